package deadline

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

func published(ctx context.Context, tx *db.Tx) ([]*Pack, error) {
	return db.All(ctx, tx, func(r db.Row) (*Pack, error) {
		var text string
		p := &Pack{own: true}
		if err := r.Scan(&text, &p.back); err != nil {
			return nil, err
		}
		return p, json.Unmarshal([]byte(text), p)
	}, `select text, back_at is not null from rule_pack order by id, published_at, version`)
}

func publish(ctx context.Context, tx *db.Tx, p *Pack) (fresh bool, err error) {
	text, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	all, err := packs(ctx, tx)
	if err != nil {
		return false, err
	}
	for _, old := range all {
		if old.Ref() != p.Ref() {
			continue
		}
		if was, err := json.Marshal(old); err != nil || string(was) != string(text) {
			return false, fault.New(fault.Conflict, "Version %s of the rule pack %s is published with other words. Give yours a new version.", p.Version, p.ID)
		}
		return false, nil
	}
	_, err = tx.Exec(ctx, `insert into rule_pack (id, version, text, published_at) values ($1, $2, $3, $4)`, p.ID, p.Version, string(text), tx.Now())
	return true, err
}

func (k Kept) insert(ctx context.Context, tx *db.Tx, planID plan.ID) error {
	next, mark := k.next(0)
	f := k.facts
	return tx.Send(ctx, `
		insert into clock (order_id, packs, kind, electronic, state, plan_id, received_at, due_at, rule, standing, paused_until, start_s, due_s, next_s, next_mark)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		k.OrderID, k.refs(), string(f.Kind), f.Electronic, f.State, string(planID), f.Received, k.Due, k.ruleRef(), string(k.Standing), k.pausedUntil(),
		k.Started.Unix(), k.Due.Unix(), next, mark)
}

// update stores where the clock stands now. Marks that were passed stay so.
func (k Kept) update(ctx context.Context, tx *db.Tx) error {
	passed, err := db.One(ctx, tx, db.Value[int], `select next_mark from clock where order_id = $1`, k.OrderID)
	if err != nil {
		return err
	}
	next, mark := k.next(passed)
	_, err = tx.Exec(ctx, `update clock set due_at = $1, rule = $2, standing = $3, paused_until = $4, due_s = $5, next_s = $6, next_mark = $7 where order_id = $8`,
		k.Due, k.ruleRef(), string(k.Standing), k.pausedUntil(), k.Due.Unix(), next, mark, k.OrderID)
	return err
}

func (k Kept) ruleRef() string { return k.Pack.Ref() + "/" + k.Rule.ID }

func (k Kept) pausedUntil() *time.Time {
	if !k.Paused {
		return nil
	}
	return &k.Until
}

// next is when the next warning comes, in Unix seconds, and which part of the
// time is then used up; mark is the one that was next before, 0 for none yet.
func (k Kept) next(mark int) (*int64, int) {
	for _, m := range marks {
		if m >= mark {
			at := k.Mark(m).Unix()
			return &at, m
		}
	}
	return nil, mark
}

// Of is an order's clock with all that happened to it, as it stands at the
// transaction's time, or a NotFound fault: an order that came from another
// system has none. The caller has read the order, and so may see it.
func Of(ctx context.Context, tx *db.Tx, orderID string) (Kept, error) {
	type row struct {
		refs, standing string
		s              Subject
		ended          *time.Time
	}
	r, err := db.One(ctx, tx, func(in db.Row) (r row, err error) {
		return r, in.Scan(&r.refs, (*string)(&r.s.Kind), &r.s.Electronic, &r.s.State, (*string)(&r.s.PlanID), &r.s.Received, &r.standing, &r.ended)
	}, `select packs, kind, electronic, state, plan_id, received_at, standing, ended_at from clock where order_id = $1`, orderID)
	if err != nil {
		return Kept{}, err
	}
	all, err := packs(ctx, tx)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{OrderID: orderID, Standing: Standing(r.standing), EndedAt: r.ended}
	if k.packs, err = named(all, r.refs); err != nil {
		return k, err
	}
	p, err := plan.Get(ctx, tx, r.s.PlanID)
	if err != nil {
		return k, err
	}
	if k.facts, err = factsOf(ctx, tx, p, r.s); err != nil {
		return k, err
	}
	if k.Events, err = events(ctx, tx, orderID); err != nil {
		return k, err
	}
	k.facts.Events = k.Events
	now := tx.Now()
	if k.EndedAt != nil {
		now = *k.EndedAt
	}
	k.Clock, err = Reckon(k.packs, k.facts, now)
	return k, err
}

func events(ctx context.Context, tx *db.Tx, orderID string) ([]Event, error) {
	return db.All(ctx, tx, func(r db.Row) (e Event, err error) {
		var until *time.Time
		err = r.Scan(&e.At, (*string)(&e.Kind), &until, (*string)(&e.To), &e.Mark, &e.Why, &e.Actor)
		if until != nil {
			e.Until = *until
		}
		return e, err
	}, `select at, kind, until, to_kind, mark, why, actor_name from clock_event where order_id = $1 order by n`, orderID)
}

func addEvent(ctx context.Context, tx *db.Tx, by account.Actor, orderID string, e Event) error {
	var until *time.Time
	if !e.Until.IsZero() {
		until = &e.Until
	}
	_, err := tx.Exec(ctx, `
		insert into clock_event (order_id, n, at, kind, until, to_kind, why, actor_id, actor_name)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from clock_event where order_id = $1`,
		orderID, e.At, string(e.Kind), until, string(e.To), e.Why, string(by.ID), by.Name)
	return err
}

func end(ctx context.Context, tx *db.Tx, orderID string, decided bool) error {
	now := tx.Now()
	how := `'stopped'`
	if decided {
		how = `case when due_at < $1 then 'missed' else 'met' end`
	}
	return tx.Send(ctx, `update clock set standing = `+how+`, ended_at = $1, next_s = null, paused_until = null where order_id = $2 and ended_at is null`, now, orderID)
}
