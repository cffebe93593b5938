package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Matched announces that it is known which member an order is for, whose
// patient the office had entered by hand. See app/reactions.go.
type Matched struct{ OrderID string }

// Kind names the event.
func (Matched) Kind() string { return "order.matched" }

// Candidates returns the members of its plan who could be the patient of an
// order that was sent without a match, those who agree best first; none for
// any other order. Who may: reviewers, and the program.
func Candidates(ctx context.Context, tx *db.Tx, by account.Actor, o Order) ([]member.Candidate, error) {
	if !o.Unmatched {
		return nil, nil
	}
	m, err := member.Get(ctx, tx, member.ID(o.MemberID))
	if err != nil {
		return nil, err
	}
	return member.Candidates(ctx, tx, by, m, o.PlanID, o.MemberNumber)
}

// MatchPatient says which member the patient of o is, under one of their
// spans, and has the plan asked about it. The order takes over name, date of
// birth and number from the list. version is the order's when it was read.
// Who may: reviewers; the program where number, name and date of birth are all
// the same. The error is a Conflict if the order changed or is matched, Invalid
// at "patient" if the span isn't of the order's plan and type of plan: another
// one has other clocks.
func MatchPatient(ctx context.Context, tx *db.Tx, by account.Actor, o Order, version int, id member.ID, coverage string) (Order, error) {
	if err := by.Must(account.ReviewOrders); err != nil && !by.IsProgram() {
		return o, err
	}
	if o.Version != version || !o.Unmatched || !o.Status.Pending() {
		return o, fault.New(fault.Conflict, "Someone else changed this order meanwhile. Read it again before you go on.")
	}
	m, c, err := member.Chosen(ctx, tx, id, coverage)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return o, err
	}
	f := fault.Fields{}
	f.Check(err == nil, "patient", "Select the member")
	f.Check(err != nil || c.PlanID == o.PlanID && c.Line == o.Line, "patient", "The order was sent for another plan or type of plan. Ask the office to send it for this one")
	if err := f.Err(); err != nil {
		return o, err
	}
	asked, err := member.AskFor(ctx, tx, by, o.OrganizationID, c, o.ServiceFrom)
	if err != nil {
		return o, err
	}
	o.MemberID, o.CoverageID, o.MemberNumber, o.EligibilityID = string(m.ID), c.ID, c.Number, asked.ID
	o.Patient, o.Unmatched, o.ChangedAt = Patient{First: m.First, Last: m.Last, Born: m.Born}, false, tx.Now()
	return o, matched(ctx, tx, by, &o)
}

func matched(ctx context.Context, tx *db.Tx, by account.Actor, o *Order) error {
	if err := updatePatient(ctx, tx, o); err != nil {
		return err
	}
	if err := addEvent(ctx, tx, *o, event(by, "patient", "The patient was matched to a member of the plan."), tx.Now()); err != nil {
		return err
	}
	if err := Read(ctx, tx, by, *o, "order.matched"); err != nil {
		return err
	}
	return job.Add(ctx, tx, Matched{string(o.ID)})
}

// mostMatched is how many orders one sweep looks at.
const mostMatched = 200

// MatchSweep matches the orders whose patients are on a list by now, with the
// same number, name and date of birth, and nobody else. All others are left to
// people.
func MatchSweep(ctx context.Context, tx *db.Tx) error {
	by := account.Program()
	ids, err := db.All(ctx, tx, db.Value[ID], `select id from orders where unmatched order by id limit $1`, mostMatched)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := matchExact(ctx, tx, by, id); err != nil {
			return err
		}
	}
	return nil
}

func matchExact(ctx context.Context, tx *db.Tx, by account.Actor, id ID) error {
	o, err := OfEvent(ctx, tx, id)
	if err != nil || !o.Status.Pending() {
		return err
	}
	all, err := Candidates(ctx, tx, by, o)
	if err != nil || len(all) == 0 || !all[0].Exact() || all[0].Coverage.Line != o.Line || len(all) > 1 && all[1].Exact() {
		return err
	}
	_, err = MatchPatient(ctx, tx, by, o, o.Version, all[0].Member.ID, all[0].Coverage.ID)
	return err
}

// updatePatient saves for whom an order is, if the version is still the one
// that was read.
func updatePatient(ctx context.Context, tx *db.Tx, o *Order) error {
	err := db.Changed(tx.Exec(ctx, `
		update orders set member_id = $1, coverage_id = $2, member_number = $3, member_key = $4, patient_first = $5, patient_last = $6, birth_date = $7,
			first_key = $8, last_key = $9, eligibility_id = $10, unmatched = $11, changed_at = $12, version = version + 1
		where id = $13 and version = $14`,
		o.MemberID, orNull(o.CoverageID), o.MemberNumber, NumberKey(o.MemberNumber), o.Patient.First, o.Patient.Last, o.Patient.Born,
		Fold(o.Patient.First), Fold(o.Patient.Last), o.EligibilityID, o.Unmatched, o.ChangedAt, string(o.ID), o.Version))
	if err == nil {
		o.Version++
	}
	return err
}
