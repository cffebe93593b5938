package order

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// An Amendment is what the sender of an order changes about it before it is
// decided.
type Amendment struct {
	Services   []Service // new lines, or lines that are here with other content; Withdrawn takes a line back
	References []Reference
	Withdraw   bool       // the whole order is taken back
	Text       words.Text // one sentence for the timeline
}

// Amend changes an order that is not decided yet, and says so in its timeline.
// An order all of whose lines are taken back is withdrawn. A decided order is
// a Conflict: what is wanted then is a new order, an appeal or a call.
func Amend(ctx context.Context, tx *db.Tx, by account.Actor, o Order, a Amendment) (Order, error) {
	if !by.IsStaff() && !by.ActsFor(o.OrganizationID) {
		return o, fault.New(fault.Denied, "You can only change orders of your own organization.")
	}
	if !o.Status.Pending() {
		return o, fault.New(fault.Conflict, "The order is %s and can't be changed any more. Send a new one.", o.Status.Words())
	}
	for _, s := range a.Services {
		if err := amendService(ctx, tx, &o, s); err != nil {
			return o, err
		}
	}
	for _, r := range a.References {
		if err := insertReference(ctx, tx, o.ID, r); err != nil {
			return o, err
		}
	}
	o.ChangedAt = tx.Now()
	if err := update(ctx, tx, &o, o.Status); err != nil {
		return o, err
	}
	if err := addEvent(ctx, tx, o, event(by, "amended", a.Text), tx.Now()); err != nil {
		return o, err
	}
	e := by.Audit("order.amended", "order", string(o.ID))
	e.MemberID = o.MemberID
	if err := record(ctx, tx, e); err != nil {
		return o, err
	}
	if a.Withdraw || !slices.ContainsFunc(o.Services, func(s Service) bool { return s.Status != Withdrawn }) {
		return Move(ctx, tx, by, o, Withdrawn, "Withdrawn by the sender.")
	}
	return o, nil
}

func amendService(ctx context.Context, tx *db.Tx, o *Order, s Service) error {
	if s.Status != Withdrawn {
		s.Status = o.Status
	}
	i := slices.IndexFunc(o.Services, func(held Service) bool { return held.Line == s.Line })
	if i < 0 {
		o.Services = append(o.Services, s)
		return insertService(ctx, tx, o.ID, s)
	}
	o.Services[i] = s
	_, err := tx.Exec(ctx, `
		update order_service set system = $1, code = $2, modifiers = $3, wording = $4, units = $5, unit = $6, place = $7, from_day = $8, to_day = $9, status = $10
		where order_id = $11 and line = $12`,
		s.System, s.Code, s.Modifiers, s.Wording, s.Units, s.Unit, s.Place, s.From, s.To, string(s.Status), string(o.ID), s.Line)
	return err
}

// FromDocument finds the order of a member that came from a document with this
// SHA-256, or a NotFound fault.
func FromDocument(ctx context.Context, tx *db.Tx, hash, memberID string) (Order, error) {
	id, err := db.One(ctx, tx, db.Value[string], `
		select s.order_id from order_source s join orders o on o.id = s.order_id
		where s.content_hash = $1 and o.member_id = $2 order by s.order_id desc limit 1`, hash, memberID)
	if err != nil {
		return Order{}, err
	}
	return OfEvent(ctx, tx, ID(id))
}
