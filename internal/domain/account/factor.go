package account

import (
	"context"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A FactorRequest is that an administrator asked for somebody's passkeys,
// authenticator app and recovery codes to be removed, because they lost them. It takes a
// second administrator, so that nobody alone can weaken another's account.
type FactorRequest struct {
	By   PersonID
	Name string
	At   time.Time
}

const factorRequestHolds = 24 * time.Hour

// FactorRequestOf is the one about somebody of an organization that still
// holds; nil if there is none. Who may: administrators of the organization.
func FactorRequestOf(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) (*FactorRequest, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	all, err := db.All(ctx, tx, func(r db.Row) (f FactorRequest, err error) { return f, r.Scan((*string)(&f.By), &f.Name, &f.At) },
		`select asked_by, asked_name, asked_at from factor_reset where person_id = $1 and organization_id = $2 and asked_at > $3`,
		string(id), organizationID, tx.Now().Add(-factorRequestHolds))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// AskFactorReset asks a second administrator to agree that somebody's second
// factor is removed. The person is told. Who works for others too is Denied:
// one organization doesn't decide for them. Who may: administrators of the
// organization, but nobody for themselves.
func AskFactorReset(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) error {
	if err := mayResetFactor(ctx, tx, by, organizationID, id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		insert into factor_reset (person_id, organization_id, asked_by, asked_name, asked_at) values ($1, $2, $3, $4, $5)
		on conflict (person_id) do update set organization_id = excluded.organization_id, asked_by = excluded.asked_by,
			asked_name = excluded.asked_name, asked_at = excluded.asked_at`,
		string(id), organizationID, string(by.ID), by.Name, tx.Now()); err != nil {
		return err
	}
	if err := announce(ctx, tx, id, FactorResetAsked); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.second_factor_reset_asked", id, organizationID)
}

func mayResetFactor(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) error {
	c, err := othersPost(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	if !c.HasFactor() {
		return fault.New(fault.Conflict, "They have no passkey and no authenticator app to remove.")
	}
	seats, err := Seats(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, s := range seats {
		if s.OrganizationID != organizationID {
			return fault.New(fault.Denied, "They work for another organization too. Call the support line.")
		}
	}
	return nil
}

// AgreeFactorReset removes the second factor, as another administrator asked
// within a day: they set up a new one at the next sign-in. Who may: as
// AskFactorReset, but not who asked.
func AgreeFactorReset(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) error {
	if err := mayResetFactor(ctx, tx, by, organizationID, id); err != nil {
		return err
	}
	f, err := FactorRequestOf(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	if f == nil {
		return fault.New(fault.Conflict, "Nobody has asked for this in the last day. Ask, and have another administrator agree.")
	}
	if f.By == by.ID {
		return fault.New(fault.Denied, "You asked for it. Another administrator agrees.")
	}
	if _, err := tx.Exec(ctx, `delete from factor_reset where person_id = $1`, string(id)); err != nil {
		return err
	}
	if err := removeFactor(ctx, tx, id); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.second_factor_reset", id, "asked by "+string(f.By))
}

// StopFactorReset calls it off; there may be nothing to call off. Who may: as
// AskFactorReset.
func StopFactorReset(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) error {
	if _, err := othersPost(ctx, tx, by, organizationID, id); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from factor_reset where person_id = $1 and organization_id = $2`, string(id), organizationID)
	if err != nil || n == 0 {
		return err
	}
	return record(ctx, tx, by, "person.second_factor_reset_stopped", id, organizationID)
}
