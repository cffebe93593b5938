package peer

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// needsOf says what each of a call's orders asks of a reviewer.
func needsOf(ctx context.Context, tx *db.Tx, about []Matter, moving *Call, d Draft) (needs, error) {
	calendars, all := map[plan.ID]civil.Calendar{}, make(needs, len(about))
	for i, m := range about {
		calendar, known := calendars[m.Order.PlanID]
		if !known {
			var err error
			if calendar, err = plan.CallCalendarOf(ctx, tx, m.Standing.Plan); err != nil {
				return nil, err
			}
			calendars[m.Order.PlanID] = calendar
		}
		n, err := needOf(ctx, tx, m.Order, m.Standing, civil.DateIn(tx.Now(), calendar.Zone))
		if err != nil {
			return nil, err
		}
		n.calendar, n.until, n.language = calendar, m.deadline(), d.Language
		if moving != nil && d.Language == "" {
			n.language = moving.Language
		}
		if n.stated, err = stated(ctx, tx, n.rule, d, moving); err != nil {
			return nil, err
		}
		all[i] = n
	}
	return all, nil
}

// needOf says what an order asks of a reviewer. The specialty is that of the
// practitioner who ordered, since the law speaks of a peer of the one who
// ordered (28 TAC 19.1710: "same or similar specialty as the physician who
// ordered"); where it isn't known, the one that orders of the program usually
// come from.
func needOf(ctx context.Context, tx *db.Tx, o order.Order, st Standing, today civil.Date) (n need, err error) {
	n = need{plan: st.Plan, line: st.Line, program: st.Program, specialty: st.Program.Specialty, today: today, urgent: o.Urgency == order.Urgent}
	if o.PractitionerID != "" {
		specialty, err := specialtyOf(ctx, tx, o.PractitionerID)
		if err != nil {
			return n, err
		}
		n.specialty = first(specialty, n.specialty)
	}
	if n.state, err = review.OfficeState(ctx, tx, o); err != nil {
		return n, err
	}
	rules, err := rulesFor(ctx, tx, n.state, o.Line, today)
	if err != nil {
		return n, err
	}
	n.rule = strictest(rules)
	if st.Line.CallReviewer == plan.NotDecider || st.Line.CallReviewer == plan.Decider {
		n.decider, err = review.Decider(ctx, tx, o.ID)
	}
	return n, err
}

// specialties are those of the practitioners that a transaction has read.
type specialties map[string]string

func specialtyOf(ctx context.Context, tx *db.Tx, practitioner string) (string, error) {
	known := *db.KeepInTx(tx, func() *specialties { return &specialties{} })
	if s, ok := known[practitioner]; ok {
		return s, nil
	}
	who, err := provider.GetPractitioner(ctx, tx, practitioner)
	if err == nil {
		known[practitioner] = who.Specialty
	}
	return who.Specialty, err
}

// anyRule reports whether the law asks for a match for one of the orders.
func anyRule(ctx context.Context, tx *db.Tx, about []Matter) (bool, error) {
	for _, m := range about {
		state, err := review.OfficeState(ctx, tx, m.Order)
		if err != nil {
			return false, err
		}
		calendar, err := plan.CallCalendarOf(ctx, tx, m.Standing.Plan)
		if err != nil {
			return false, err
		}
		rules, err := rulesFor(ctx, tx, state, m.Order.Line, civil.DateIn(tx.Now(), calendar.Zone))
		if err != nil || strictest(rules) != nil {
			return true, err
		}
	}
	return false, nil
}
