package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// An Allowed is a plan under which a patient can be entered by hand.
type Allowed struct {
	Plan plan.Plan
	Line plan.Line
}

// Unlisted returns the plans that take requests for patients whom no list has,
// by name, each once for each of its lines of business.
func Unlisted(ctx context.Context, tx *db.Tx) (some []Allowed, err error) {
	all, err := plan.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if !p.Unmatched {
			continue
		}
		lines, err := plan.LinesOf(ctx, tx, p.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			some = append(some, Allowed{p, l})
		}
	}
	return some, nil
}

// EnterUnlisted makes r one for a patient whom no list has. The request says
// so, and so does the order: nothing is approved before somebody has said which
// member it is. Who may: those who send requests, for plans that allow it.
func EnterUnlisted(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int, s member.Stated) (Request, error) {
	if err := r.open(tx); err != nil {
		return r, err
	}
	if r.Patient.Typed.Service.IsZero() {
		return r, fault.New(fault.Conflict, "Enter the date of service first.")
	}
	s.ID = ""
	if r.Patient.Unmatched {
		s.ID = member.ID(r.Patient.MemberID)
	}
	m, c, err := member.Enter(ctx, tx, by, s)
	if err != nil {
		return r, err
	}
	chosen, err := planOf(ctx, tx, c)
	if err != nil {
		return r, err
	}
	r, err = Save(ctx, tx, by, r, PatientPart, since, func(content *Content) {
		was := content.Patient
		content.Patient = Patient{Typed: was.Typed, MemberID: string(m.ID), First: m.First, Last: m.Last, Born: m.Born, Sex: m.Sex, Address: address(m), Unmatched: true}
		content.Patient.cover(chosen)
		content.replan(was)
	})
	if err != nil {
		return r, err
	}
	if err := forget(ctx, tx, by, r); err != nil {
		return r, err
	}
	return Prepare(ctx, tx, by, r)
}

// PatientMatched has a request know which member its order is for, and so the
// files that were sent with it.
func PatientMatched(ctx context.Context, tx *db.Tx, e order.Matched) error {
	o, err := order.OfEvent(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	r, err := ofOrder(ctx, tx, o.ID)
	if err != nil || !r.Patient.Unmatched {
		return err
	}
	m, c, err := member.Chosen(ctx, tx, member.ID(o.MemberID), o.CoverageID)
	if err != nil {
		return err
	}
	chosen, err := planOf(ctx, tx, c)
	if err != nil {
		return err
	}
	r.Version++
	r.Patient = Patient{Typed: r.Patient.Typed, MemberID: o.MemberID, First: m.First, Last: m.Last, Born: m.Born, Sex: m.Sex, Address: address(m), EligibilityID: o.EligibilityID, Anyway: r.Patient.Anyway}
	r.Patient.cover(chosen)
	if err := update(ctx, tx, r); err != nil {
		return err
	}
	by := account.Program()
	if err := attachment.OfMember(ctx, tx, by, string(r.ID), o.MemberID); err != nil {
		return err
	}
	return record(ctx, tx, by, r, "request.matched")
}

// UnlikeAny says that a number looks like no member ID of any plan, and how they
// look; "" where it does, or where a plan doesn't say how its own look.
func UnlikeAny(ctx context.Context, tx *db.Tx, number string) (words.Text, error) {
	all, err := plan.All(ctx, tx)
	if err != nil || number == "" || len(all) == 0 {
		return "", err
	}
	var look []words.Text
	for _, p := range all {
		_, fits := p.MemberIDs.Fit(number)
		if fits { // or it says nothing of them
			return "", nil
		}
		look = append(look, words.Say("%s (%s)", p.MemberIDs.Words(), p.Name))
	}
	if len(look) > mostLooks {
		return "This number doesn’t look like a member ID of any plan we handle.", nil
	}
	return words.Say("This number doesn’t look like a member ID of any plan we handle. They look like %s.", words.Join(look, ", ")), nil
}

// mostLooks is for how many plans it helps to read how their member IDs look.
const mostLooks = 5
