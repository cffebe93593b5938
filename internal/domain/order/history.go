package order

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// addEvent numbers an event within its order. Two at once collide on the
// primary key and one is run again, so the numbers have no holes. Its text is
// kept as it is, with the marks of its values: who reads it may read another
// language than who did it.
func addEvent(ctx context.Context, tx *db.Tx, o Order, e Event, at time.Time) error {
	return tx.Send(ctx, `
		insert into order_event (order_id, n, at, actor_id, actor_name, kind, text, from_status, to_status, internal)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from order_event where order_id = $1`,
		string(o.ID), at, e.ActorID, e.ActorName, e.Kind, string(e.Text), string(e.FromStatus), string(e.ToStatus), e.Internal)
}

func events(ctx context.Context, tx *db.Tx, id ID, all bool) ([]Event, error) {
	return db.All(ctx, tx, func(r db.Row) (e Event, err error) {
		return e, r.Scan(&e.N, &e.At, &e.ActorID, &e.ActorName, &e.Kind, (*string)(&e.Text), (*string)(&e.FromStatus), (*string)(&e.ToStatus), &e.Internal)
	}, `select n, at, actor_id, actor_name, kind, text, from_status, to_status, internal from order_event
		where order_id = $1 and (internal = $2 or internal = $3) order by n desc`, string(id), false, all)
}

func insertGaps(ctx context.Context, tx *db.Tx, id ID, gaps []Gap) error {
	before, err := db.Count(ctx, tx, `select count(*) from order_gap where order_id = $1`, string(id))
	if err != nil {
		return err
	}
	for i, g := range gaps {
		if _, err := tx.Exec(ctx, `insert into order_gap (order_id, n, kind, path, text, value) values ($1, $2, $3, $4, $5, $6)`,
			string(id), before+i+1, g.Kind, g.Path, g.Text, g.Value); err != nil {
			return err
		}
	}
	return nil
}

func gaps(ctx context.Context, tx *db.Tx, id ID) ([]Gap, error) {
	return db.All(ctx, tx, func(r db.Row) (g Gap, err error) { return g, r.Scan(&g.Kind, &g.Path, &g.Text, &g.Value) },
		`select kind, path, text, value from order_gap where order_id = $1 order by n`, string(id))
}

func insertSource(ctx context.Context, tx *db.Tx, id ID, s Source) error {
	_, err := tx.Exec(ctx, `
		insert into order_source (order_id, n, format, name, content_hash, blob_key, received_at)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6 from order_source where order_id = $1`,
		string(id), s.Format, s.Name, s.Hash, s.BlobKey, s.ReceivedAt)
	return err
}

func bySourceHash(ctx context.Context, tx *db.Tx, hash string) (ID, error) {
	return db.One(ctx, tx, db.Value[ID], `select order_id from order_source where content_hash = $1 order by order_id limit 1`, hash)
}

func sources(ctx context.Context, tx *db.Tx, id ID) ([]Source, error) {
	return db.All(ctx, tx, func(r db.Row) (s Source, err error) {
		return s, r.Scan(&s.Format, &s.Name, &s.Hash, &s.BlobKey, &s.ReceivedAt)
	}, `select format, name, content_hash, blob_key, received_at from order_source where order_id = $1 order by n`, string(id))
}

// SetServices replaces what is decided about each service line. For package
// review, in the transaction of a determination.
func SetServices(ctx context.Context, tx *db.Tx, o Order) error {
	for _, s := range o.Services {
		err := db.Changed(tx.Exec(ctx, `update order_service set status = $1, approved_units = $2, approved_from = $3, approved_to = $4 where order_id = $5 and line = $6`,
			string(s.Status), s.Approved, s.ApprovedFrom, s.ApprovedTo, string(o.ID), s.Line))
		if err != nil {
			return err
		}
	}
	return nil
}

// Restore puts an order back to what it was before a step that is taken back,
// and says so in its timeline. For package review, within the minute in which
// nobody was told of the step. The error is a Conflict if the order changed
// since.
func Restore(ctx context.Context, tx *db.Tx, by account.Actor, o, before Order, text words.Text) (Order, error) {
	from := o.Status
	o.Status, o.Services, o.ChangedAt = before.Status, before.Services, tx.Now()
	o.ValidFrom, o.ValidTo, o.AuthNumber, o.DecidedAt, o.DenialKind = before.ValidFrom, before.ValidTo, before.AuthNumber, before.DecidedAt, before.DenialKind
	if err := SetServices(ctx, tx, o); err != nil {
		return o, err
	}
	if err := update(ctx, tx, &o, from); err != nil {
		return o, err
	}
	if o.Status.Pending() {
		if err := deadline.Reopen(ctx, tx, string(o.ID)); err != nil {
			return o, err
		}
	}
	e := event(by, "status", text)
	e.FromStatus, e.ToStatus = from, o.Status
	if err := addEvent(ctx, tx, o, e, tx.Now()); err != nil {
		return o, err
	}
	a := by.Audit("order.restored", "order", string(o.ID))
	a.MemberID, a.Detail = o.MemberID, string(from)+" to "+string(o.Status)
	return o, record(ctx, tx, a)
}

// Appealed notes that an appeal was filed at a time, after which a call can
// no longer change the decision.
func Appealed(ctx context.Context, tx *db.Tx, by account.Actor, o Order, at time.Time) (Order, error) {
	o.AppealAt, o.ChangedAt = &at, tx.Now()
	if err := update(ctx, tx, &o, o.Status); err != nil {
		return o, err
	}
	if err := addEvent(ctx, tx, o, event(by, "appeal", "An appeal was filed."), at); err != nil {
		return o, err
	}
	e := by.Audit("order.appealed", "order", string(o.ID))
	e.MemberID = o.MemberID
	return o, record(ctx, tx, e)
}

// Among returns those of the orders with these ids that by may see, in the
// order of the ids, with their services but no other parts, in two statements
// however many they are. It leaves no audit row, so the verb must leave its
// own.
func Among(ctx context.Context, tx *db.Tx, by account.Actor, ids []ID) ([]Order, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	where, args := Visible(by, 1)
	list, more := db.In(len(args)+1, ids)
	// By case, so that no planner walks all orders of an office to find these.
	all, err := db.All(ctx, tx, scan, `select `+columns+` from orders where id in `+list+` and case when `+where+` then 1 else 0 end = 1`, append(args, more...)...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Order) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return all, loadServices(ctx, tx, all)
}

// InStatus returns the orders by may see that are in one of the statuses, in
// the order they were received, at most 500, without their parts.
func InStatus(ctx context.Context, tx *db.Tx, by account.Actor, statuses ...Status) ([]Order, error) {
	where, args := Visible(by, 1)
	list, more := db.In(len(args)+1, statuses)
	return db.All(ctx, tx, scan, `select `+columns+` from orders where `+where+` and status in `+list+` order by received_at, id limit 500`, append(args, more...)...)
}
