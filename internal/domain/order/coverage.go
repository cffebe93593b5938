package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// CoverageWords say what is known of whether the plan covers an order's
// patient, as a sentence of its timeline; "" where only its list was asked,
// which said yes.
func CoverageWords(e member.Eligibility, plan string) words.Text {
	switch {
	case e.State == member.Asking || e.State == member.NoAnswer || e.State == member.GaveUp:
		return words.Say("Eligibility to be confirmed: %s has not answered yet. Its list of members is what we go by.", plan)
	case e.Source == member.ByPlan && e.Covered:
		return words.Say("%s confirmed the coverage.", plan)
	case !e.Covered && !e.To.IsZero():
		return words.Say("%s says that the coverage ended %s.", plan, civil.MediumDate(e.To))
	case !e.Covered:
		return words.Say("%s says that it doesn’t cover the patient on the day of service.", plan)
	}
	return ""
}

// EligibilityAnswered says in the timeline of an order what the plan answered
// after it was sent.
func EligibilityAnswered(ctx context.Context, tx *db.Tx, a member.EligibilityAnswered) error {
	e, err := member.EligibilityByID(ctx, tx, a.EligibilityID)
	if err != nil {
		return err
	}
	all, err := OfEligibility(ctx, tx, e.ID)
	for _, o := range all {
		if err := noteCoverage(ctx, tx, account.Program(), o, e); err != nil {
			return err
		}
	}
	return err
}

// OfEligibility returns the orders that were sent with an answer about their
// patient: one, or none yet. For what follows an event.
func OfEligibility(ctx context.Context, tx *db.Tx, id string) (all []Order, err error) {
	ids, err := db.All(ctx, tx, db.Value[ID], `select id from orders where eligibility_id = $1 and eligibility_id <> '' order by id`, id)
	for _, id := range ids {
		o, err := OfEvent(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, err
}

// NoteCoverage says in the timeline of an order with which answer about its
// patient it was sent.
func NoteCoverage(ctx context.Context, tx *db.Tx, by account.Actor, o Order) error {
	if o.EligibilityID == "" {
		return nil
	}
	e, err := member.EligibilityByID(ctx, tx, o.EligibilityID)
	if err != nil {
		return err
	}
	return noteCoverage(ctx, tx, by, o, e)
}

func noteCoverage(ctx context.Context, tx *db.Tx, by account.Actor, o Order, e member.Eligibility) error {
	p, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return err
	}
	text := CoverageWords(e, p.Name)
	if text == "" {
		return nil
	}
	return Note(ctx, tx, by, o, "eligibility", text, false)
}
