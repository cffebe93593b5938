package review

import (
	"cmp"
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Decide makes a determination on every service of an order. Approving takes
// a reviewer; anything adverse takes a physician with a license that holds
// today, specific reasons, and the statement that they reviewed the case, and
// where the plan says so that the office was heard before (Announce). Who
// declared a conflict of interest with the office may not. If the order changed
// since it was read, or someone else works on it, the error is a Conflict. A decision is reopened
// for an error by a second person. Where the program asks for a second
// signature an adverse decision is only proposed: what is returned has no ID.
// For a minute who decided can take it back (Undo); nobody is told before.
func Decide(ctx context.Context, tx *db.Tx, by account.Actor, d Decision) (Determination, error) {
	if err := notice.Must(ctx, tx, by, notice.Decisions); err != nil {
		return Determination{}, err
	}
	made, o, err := Prepare(ctx, tx, by, d)
	if err != nil {
		return made, err
	}
	second, err := needsSecond(ctx, tx, o, made)
	if err != nil || second {
		if err == nil {
			err = propose(ctx, tx, by, o, d)
		}
		return made, err
	}
	return made, enact(ctx, tx, by, o, d, &made)
}

// Prepare is the determination that a decision would be, with its order, if by
// may make it. It writes nothing.
func Prepare(ctx context.Context, tx *db.Tx, by account.Actor, d Decision) (Determination, order.Order, error) {
	if err := by.Must(account.Approve); err != nil {
		return Determination{}, order.Order{}, err
	}
	o, err := order.ByID(ctx, tx, by, d.Order)
	if err != nil {
		return Determination{}, o, err
	}
	if o.Version != d.Version {
		return Determination{}, o, fault.New(fault.Conflict, "Someone else changed this order while you were deciding. Read it again before you decide.")
	}
	for _, asks := range []func() error{
		func() error { return mine(ctx, tx, by, o) },
		func() error { return noConflict(ctx, tx, by, o) },
		func() error { return cmp.Or(check(o, d), matched(o, d)) },
		func() error { return secondPerson(ctx, tx, by, d) },
	} {
		if err := asks(); err != nil {
			return Determination{}, o, err
		}
	}
	made, err := sign(ctx, tx, by, o, d)
	if err != nil {
		return Determination{}, o, err
	}
	return made, o, unheard(ctx, tx, o, d)
}

// AsDecided is o as a determination leaves it, for what is shown before it is
// made.
func AsDecided(o order.Order, d Decision, made Determination) order.Order {
	o.Services = slices.Clone(o.Services)
	decideServices(&o, d.Lines)
	o.Status, o.DecidedAt, o.DenialKind = made.Outcome, &made.At, ""
	if made.Outcome.Adverse() {
		o.DenialKind = d.Kind
	}
	return o
}

// enact makes a determination that may be made.
func enact(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, d Decision, made *Determination) error {
	made.ID = db.NewID("det")
	if err := made.remember(o); err != nil {
		return err
	}
	made.version = o.Version + 1 // which apply makes it
	if err := insert(ctx, tx, made); err != nil {
		return err
	}
	if err := keep(ctx, tx, o, *made); err != nil {
		return err
	}
	if err := apply(ctx, tx, by, o, d, *made); err != nil {
		return err
	}
	if err := endIntent(ctx, tx, o.ID); err != nil {
		return err
	}
	if err := release(ctx, tx, o.ID); err != nil {
		return err
	}
	tell := Decided{string(o.ID), made.ID}
	if made.UndoUntil == nil {
		return job.Add(ctx, tx, tell)
	}
	return job.Add(ctx, tx, tell, job.At(*made.UndoUntil))
}

// What leads to deciding again.
const (
	AfterCall            = "peer-to-peer"
	AfterError           = "error" // the first decision was wrong
	AfterReconsideration = "reconsideration"
	AfterAppeal          = "appeal"
)

// MayReopen refuses who may not decide again on o after something led to it:
// without a license that holds or with a conflict of interest, and after an
// error or an appeal who made the decision.
func MayReopen(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, after string) error {
	if err := noConflict(ctx, tx, by, o); err != nil {
		return err
	}
	d := Decision{Order: o.ID, After: after, Lines: []Line{{Outcome: Deny}}}
	if err := secondPerson(ctx, tx, by, d); err != nil {
		return err
	}
	_, err := sign(ctx, tx, by, o, d)
	return err
}

// secondPerson has a decision that is reopened for an error, or appealed, be
// made by someone else than who made it: nobody corrects themselves unseen, and
// nobody hears an appeal against themselves (42 CFR 422.590(h)(2),
// 438.406(b)(2)(i), 29 CFR 2560.503-1(h)(3)(ii)).
func secondPerson(ctx context.Context, tx *db.Tx, by account.Actor, d Decision) error {
	if d.After != AfterError && d.After != AfterAppeal {
		return nil
	}
	first, err := Latest(ctx, tx, d.Order)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil || first.PersonID != by.ID && first.SecondID != by.ID:
		return err
	case d.After == AfterAppeal:
		return fault.New(fault.Denied, "You made this decision. Someone else must decide on the appeal.")
	}
	return fault.New(fault.Denied, "You made this decision. Someone else must reopen it for an error.")
}

// sign says who decides and refuses those who may not.
func sign(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, d Decision) (Determination, error) {
	made := Determination{
		OrderID: o.ID, At: tx.Now(), PersonID: by.ID, Name: by.Name,
		Outcome: outcome(d.Lines), Rationale: d.Rationale, WouldChange: d.WouldChange, Reviewed: d.Reviewed, Plain: d.Plain, PlainES: d.PlainES, Lines: d.Lines,
	}
	r, err := Get(ctx, tx, by.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return made, err
	}
	made.Credential, made.Specialty = r.Credential, r.Specialty
	if !made.Outcome.Adverse() {
		return made, nil
	}
	today := civil.DateIn(tx.Now(), r.zone())
	if !by.Can(account.Deny) || by.IsProgram() || !r.Physician || !r.Active {
		return made, fault.New(fault.Denied, "Only a physician reviewer can deny or reduce a service. Send the case to a physician.")
	}
	if !r.Licensed("", today) {
		return made, fault.New(fault.Denied, "Your license on file has expired. Ask your administrator to renew it before you decide.")
	}
	state, err := OfficeState(ctx, tx, o)
	if err != nil {
		return made, err
	}
	made.License = r.License(state, today)
	return made, nil
}

// apply writes the outcome into the order.
func apply(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, d Decision, made Determination) error {
	from := o.Status
	o = AsDecided(o, d, made)
	o.Status = from // Move changes it
	if err := order.SetServices(ctx, tx, o); err != nil {
		return err
	}
	if made.Outcome != order.Denied && o.AuthNumber == "" {
		var err error
		if o.AuthNumber, err = order.FreeAuthorization(ctx, tx); err != nil {
			return err
		}
	}
	_, err := order.Move(ctx, tx, by, o, made.Outcome, sentence(made, d.After))
	return err
}
