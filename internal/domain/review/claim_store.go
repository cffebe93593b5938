package review

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// Claims are those that hold on some cases, in one statement. The caller has
// read the orders.
func Claims(ctx context.Context, tx *db.Tx, ids []order.ID) (map[order.ID]Claim, error) {
	found := map[order.ID]Claim{}
	if len(ids) == 0 {
		return found, nil
	}
	list, args := db.In(2, ids)
	all, err := db.All(ctx, tx, scanClaim, `select order_id, person_id, name, claimed_at, until from case_claim where until > $1 and order_id in `+list,
		append([]any{tx.Now()}, args...)...)
	for _, c := range all {
		found[c.OrderID] = c
	}
	return found, err
}

func scanClaim(r db.Row) (c Claim, err error) {
	return c, r.Scan((*string)(&c.OrderID), (*string)(&c.PersonID), &c.Name, &c.At, &c.Until)
}

// ClaimedBy are the ids of the cases that a person works on, the latest first.
func ClaimedBy(ctx context.Context, tx *db.Tx, by account.Actor) ([]order.ID, error) {
	return db.All(ctx, tx, db.Value[order.ID], `select order_id from case_claim where person_id = $1 and until > $2 order by claimed_at desc, order_id limit 100`,
		string(by.ID), tx.Now())
}

// claim stores by's claim; false if someone else's holds.
func claim(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) (bool, error) {
	return claimUntil(ctx, tx, by, id, tx.Now().Add(Idle))
}

func claimUntil(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID, until time.Time) (bool, error) {
	now := tx.Now()
	n, err := tx.Exec(ctx, `
		insert into case_claim (order_id, person_id, name, claimed_at, until) values ($1, $2, $3, $4, $5)
		on conflict (order_id) do update set person_id = excluded.person_id, name = excluded.name, claimed_at = excluded.claimed_at, until = excluded.until
		where case_claim.until <= $4 or case_claim.person_id = $2`,
		string(id), string(by.ID), by.Name, now, until)
	return n == 1, err
}

// claimOneOf claims the first in the queue of those of some cases that are free
// and that no other transaction is claiming, "" if none is. The list is filled
// up so that few texts of the statement are made ready.
func claimOneOf(ctx context.Context, tx *db.Tx, by account.Actor, ids []order.ID) (order.ID, error) {
	size := firstLook
	if len(ids) > size {
		size = mostLook
	}
	list, args := db.In(5, append(slices.Clone(ids), make([]order.ID, size-len(ids))...))
	got, err := db.All(ctx, tx, db.Value[order.ID], `
		insert into case_claim (order_id, person_id, name, claimed_at, until)
		select id, $1, $2, $3, $4 from orders
		where id in `+list+` and not exists (select 1 from case_claim c where c.order_id = orders.id and c.until > $3)
		order by sort_due, id limit 1 {{skip locked}}
		on conflict (order_id) do update set person_id = excluded.person_id, name = excluded.name, claimed_at = excluded.claimed_at, until = excluded.until
		where case_claim.until <= $3
		returning order_id`, append([]any{string(by.ID), by.Name, tx.Now(), tx.Now().Add(Idle)}, args...)...)
	if err != nil || len(got) == 0 {
		return "", err
	}
	return got[0], nil
}

func release(ctx context.Context, tx *db.Tx, id order.ID) error {
	_, err := tx.Exec(ctx, `delete from case_claim where order_id = $1`, string(id))
	return err
}

func see(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) error {
	now := tx.Now()
	if _, err := tx.Exec(ctx, `
		insert into case_presence (order_id, person_id, name, seen_at) values ($1, $2, $3, $4)
		on conflict (order_id, person_id) do update set seen_at = excluded.seen_at,
			before_at = case when case_presence.seen_at < $5 then case_presence.seen_at else case_presence.before_at end`,
		string(id), string(by.ID), by.Name, now, now.Add(-present)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update case_claim set until = $1 where order_id = $2 and person_id = $3 and until > $4`, now.Add(Idle), string(id), string(by.ID), now)
	return err
}
