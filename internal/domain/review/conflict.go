package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Conflict of interest keeps a reviewer from deciding about an office's
// orders: they own a part of it, worked there, or are close to someone who
// does.
type Conflict struct {
	OrganizationID, Organization string
	Why                          string
	At                           time.Time
}

// Declare has by not decide about an office's orders from now on. Who may:
// reviewers, for themselves. The error is Invalid at "why".
func Declare(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, why string) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(why != "", "why", "Say in a few words what the conflict is")
	f.Check(len([]rune(why)) <= 300, "why", "This must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into review_conflict (person_id, organization_id, why, declared_at) values ($1, $2, $3, $4)
		on conflict (person_id, organization_id) do update set why = excluded.why`, string(by.ID), organizationID, why, tx.Now())
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from case_claim where person_id = $1 and order_id in (select id from orders where organization_id = $2)`, string(by.ID), organizationID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("conflict.declared", "organization", organizationID))
}

// Withdraw takes a conflict of by's back.
func Withdraw(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string) error {
	if _, err := tx.Exec(ctx, `delete from review_conflict where person_id = $1 and organization_id = $2`, string(by.ID), organizationID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("conflict.withdrawn", "organization", organizationID))
}

// Conflicts are those that by declared, by the office's name.
func Conflicts(ctx context.Context, tx *db.Tx, by account.Actor) ([]Conflict, error) {
	return conflictsOf(ctx, tx, by)
}

func conflictsOf(ctx context.Context, tx *db.Tx, by account.Actor) ([]Conflict, error) {
	return db.All(ctx, tx, func(r db.Row) (c Conflict, err error) {
		return c, r.Scan(&c.OrganizationID, &c.Organization, &c.Why, &c.At)
	}, `select c.organization_id, o.name, c.why, c.declared_at from review_conflict c join organization o on o.id = c.organization_id
		where c.person_id = $1 order by o.name, o.id`, string(by.ID))
}

// noConflict refuses who declared a conflict with an order's office.
func noConflict(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	in, err := db.Exists(ctx, tx, `select 1 from review_conflict where person_id = $1 and organization_id = $2`, string(by.ID), o.OrganizationID)
	if err == nil && in {
		return fault.New(fault.Denied, "You declared a conflict of interest with this office. Someone else must review its orders.")
	}
	return err
}
