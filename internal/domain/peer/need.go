package peer

import (
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
)

// Tiers of a match, the best first.
const (
	TierLicensed = 1 // the specialty that the order needs, and a license in the office's state
	TierSame     = 2 // the specialty
	TierTrained  = 3 // trained for the program
)

// A need is what an order asks of the reviewer who takes the call.
type need struct {
	plan      plan.Plan
	line      plan.Line
	program   plan.Program
	specialty string // "" for none in particular: then the license alone makes the tier
	state     string // of the office, "" if it isn't known
	language  string // "" for English
	decider   account.PersonID
	today     civil.Date
	rule      *Rule // of law that asks for a tier, nil if none does
}

// tier is how well r matches.
func (n need) tier(r review.Reviewer) int {
	same := n.specialty == "" || strings.EqualFold(strings.TrimSpace(n.specialty), strings.TrimSpace(r.Specialty))
	switch {
	case same && r.Licensed(n.state, n.today):
		return TierLicensed
	case same:
		return TierSame
	}
	return TierTrained
}

// A filter is a reason for which a reviewer can't take a call at any time.
// They are asked in this order, by the engine and by the page that explains.
type filter struct {
	rule  string
	holds func(need, review.Reviewer) bool
	words func(need, review.Reviewer) (yes, no string)
}

var filters = []filter{
	{"Takes calls", func(_ need, r review.Reviewer) bool { return r.Active && r.Physician && r.DailyCalls > 0 },
		func(_ need, r review.Reviewer) (string, string) {
			return "An active physician", r.Name + " isn’t an active physician who takes calls"
		}},
	{"Program", func(n need, r review.Reviewer) bool { return slices.Contains(r.Programs, n.program.ID) },
		func(n need, _ review.Reviewer) (string, string) {
			return "Trained for " + n.program.Name, "Not trained for " + n.program.Name
		}},
	{"License", func(n need, r review.Reviewer) bool { return r.Licensed("", n.today) },
		func(n need, r review.Reviewer) (string, string) {
			return "License " + r.License(n.state, n.today), "No license that holds today"
		}},
	{"Plan", func(n need, r review.Reviewer) bool { on, _ := r.OnPanel(n.plan.ID, n.line.Code); return on },
		func(n need, _ review.Reviewer) (string, string) {
			return "Takes calls for " + n.plan.Name, "Not on the panel of " + n.plan.Name
		}},
	{"Type of plan", func(n need, r review.Reviewer) bool { _, on := r.OnPanel(n.plan.ID, n.line.Code); return on },
		func(n need, _ review.Reviewer) (string, string) {
			return "Takes calls for " + n.line.Name, "Takes no calls for " + n.line.Name
		}},
	{"Language", func(n need, r review.Reviewer) bool { return r.Speaks(n.language) },
		func(n need, _ review.Reviewer) (string, string) {
			return "Speaks " + first(n.language, review.English), "Doesn’t speak " + n.language
		}},
	{"Conflict", need.free,
		func(n need, _ review.Reviewer) (string, string) {
			if n.line.CallReviewer == plan.Decider {
				return "Made the decision, as the plan asks", "Only who made the decision may take the call"
			}
			return "No conflict", "Made the decision, so may not take the call"
		}},
}

// free reports whether the plan's policy lets r speak about the decision.
// Where nobody is on record as having made it, the policy "only who decided"
// leaves nobody.
func (n need) free(r review.Reviewer) bool {
	switch n.line.CallReviewer {
	case plan.NotDecider:
		return r.PersonID != n.decider
	case plan.Decider:
		return r.PersonID == n.decider
	}
	return true
}

// fits reports whether r could take the call at some time.
func (n need) fits(r review.Reviewer) bool {
	for _, f := range filters {
		if !f.holds(n, r) {
			return false
		}
	}
	return true
}
