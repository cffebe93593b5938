package review

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// UndoFor is how long who decided can take the decision back. Letters and
// mails wait for so long.
const UndoFor = time.Minute

// remember keeps what an order was before a person decided, to take the
// decision back. What the program decides nobody takes back.
func (d *Determination) remember(o order.Order) error {
	if d.ByProgram() {
		return nil
	}
	until := d.At.Add(UndoFor)
	d.UndoUntil = &until
	was, err := json.Marshal(order.Order{Status: o.Status, ValidFrom: o.ValidFrom, ValidTo: o.ValidTo, AuthNumber: o.AuthNumber, DecidedAt: o.DecidedAt, DenialKind: o.DenialKind, Services: o.Services})
	d.before = string(was)
	return err
}

// MayUndo reports whether by can take d back now.
func (d Determination) MayUndo(by account.PersonID, now time.Time) bool {
	return d.UndoUntil != nil && now.Before(*d.UndoUntil) && (by == d.PersonID || by == d.SecondID)
}

// Undo takes the decision on an order back, within a minute: the order is what
// it was, its clock runs on, and nobody is told. Who may: who made it or signed
// it too. The error is a Conflict if the minute is over or something else
// happened to the order.
func Undo(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) (order.Order, error) {
	o, err := order.ByID(ctx, tx, by, id)
	if err != nil {
		return o, err
	}
	d, err := latest(ctx, tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && !d.MayUndo(by.ID, tx.Now()) {
		return o, fault.New(fault.Conflict, "This decision can't be taken back any more. If it is wrong, have a second person reopen it for an error.")
	}
	if err != nil {
		return o, err
	}
	events, err := order.Events(ctx, tx, account.Program(), id)
	if err != nil {
		return o, err
	}
	if o.Version != d.version || len(events) > 0 && events[0].At.After(d.At) {
		return o, fault.New(fault.Conflict, "Something happened to this order since it was decided, so the decision can't be taken back.")
	}
	if err := db.Changed(tx.Exec(ctx, `update determination set undone_at = $1 where id = $2 and undone_at is null`, tx.Now(), d.ID)); err != nil {
		return o, err
	}
	if _, err := tx.Exec(ctx, `update denial_intent set ended_at = null where order_id = $1 and ended_at = $2`, string(id), d.At); err != nil {
		return o, err
	}
	var before order.Order
	if err := json.Unmarshal([]byte(d.before), &before); err != nil {
		return o, err
	}
	if o, err = order.Restore(ctx, tx, by, o, before, "The decision was taken back within a minute. Nobody had been told."); err != nil {
		return o, err
	}
	if o.Status.Pending() {
		if _, err := claim(ctx, tx, by, id); err != nil {
			return o, err
		}
	}
	e := by.Audit("case.decision_undone", "determination", d.ID)
	e.MemberID = o.MemberID
	return o, audit.Record(ctx, tx, e)
}

// Undone reports whether the determination of an event was taken back before
// anybody was told.
func Undone(ctx context.Context, tx *db.Tx, e Decided) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from determination where id = $1 and undone_at is not null`, e.DeterminationID)
}
