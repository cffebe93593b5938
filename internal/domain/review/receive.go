package review

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
)

// Receive takes in a request that an office sends. Where what was answered
// meets the criteria for every service it is approved in the same moment;
// all else waits for a person. It can't be denied here: a guideline.Outcome
// knows of approvals alone, and of nothing else a determination is made.
// Sending twice is sending once. Who may: those who send requests.
func Receive(ctx context.Context, tx *db.Tx, by account.Actor, r request.Request, s request.Sending) (order.Order, error) {
	sent, err := request.Send(ctx, tx, by, r, s)
	if err != nil || len(sent.Outcomes) == 0 {
		return sent.Order, err
	}
	o, err := settle(ctx, tx, r, sent)
	if err != nil || !o.Status.Pending() {
		return o, err
	}
	return o, tally(ctx, tx, o)
}

// FileChecked approves an order that lacked nothing but a file that was still
// being checked when it was sent, and that nobody has begun to review.
func FileChecked(ctx context.Context, tx *db.Tx, e attachment.Checked) error {
	all, err := attachment.UploadsByID(ctx, tx, []string{e.UploadID})
	if err != nil || len(all) == 0 || all[0].OrderID == "" || all[0].Status != attachment.Accepted {
		return err
	}
	o, err := order.OfEvent(ctx, tx, order.ID(all[0].OrderID))
	if err != nil {
		return err
	}
	return again(ctx, tx, o)
}

// settle approves what can be approved without a person.
func settle(ctx context.Context, tx *db.Tx, r request.Request, sent request.Sent) (order.Order, error) {
	program, err := plan.GetProgram(ctx, tx, sent.Order.ProgramID)
	if err != nil {
		return sent.Order, err
	}
	approvals, ok := enough(sent)
	paused, err := anyPaused(ctx, tx, approvals)
	if err != nil {
		return sent.Order, err
	}
	if !ok || paused || program.Intake.ByHand || r.Patient.Anyway != "" { // care that is asked for twice needs a look
		return sent.Order, nil
	}
	return approve(ctx, tx, sent.Order, approvals)
}

// enough are the approvals of all services, in their order; false if one of
// them needs a person, asks for more than the guideline covers, or lacks a
// file that it takes.
func enough(sent request.Sent) (all []guideline.Approval, ok bool) {
	for i, s := range sent.Order.Services {
		a, ok := sent.Outcomes[i].CanBeApproved()
		lacks := func(f guideline.FileAsked) bool { return !slices.Contains(sent.Enclosed, f.ID) }
		if !ok || s.Units > a.Units || slices.ContainsFunc(a.Files, lacks) {
			return nil, false
		}
		all = append(all, a)
	}
	return all, true
}

// approve makes the determination that the criteria are met. The approval
// holds from today, or from the day of service where that is past.
func approve(ctx context.Context, tx *db.Tx, o order.Order, approvals []guideline.Approval) (order.Order, error) {
	zone, err := zoneOf(ctx, tx, o)
	if err != nil {
		return o, err
	}
	today := civil.DateIn(tx.Now(), zone)
	from := today
	if !o.ServiceFrom.IsZero() && o.ServiceFrom.Before(today) {
		from = o.ServiceFrom
	}
	by := account.Program()
	made := Determination{OrderID: o.ID, At: tx.Now(), PersonID: by.ID, Name: by.Name, Outcome: order.Approved, Rationale: because(approvals)}
	for i, s := range o.Services {
		made.Lines = append(made.Lines, Line{Line: s.Line, Outcome: Approve, Units: s.Units, From: from, To: today.AddDays(approvals[i].Days), Criterion: approvals[i].Guideline})
	}
	if err := enact(ctx, tx, by, o, Decision{Lines: made.Lines}, &made); err != nil {
		return o, err
	}
	return order.ByID(ctx, tx, by, o.ID)
}

// because names the guidelines whose criteria are met.
func because(approvals []guideline.Approval) string {
	var names []string
	for _, a := range approvals {
		if !strings.Contains(strings.Join(names, "\n"), a.Guideline) {
			names = append(names, a.Guideline)
		}
	}
	return "The answers meet the criteria of " + strings.Join(names, " and ") + "."
}

// ByProgram reports whether no person made the determination: the answers met
// the criteria when the request was sent.
func (d Determination) ByProgram() bool { return d.PersonID == account.Program().ID }
