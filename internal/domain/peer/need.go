package peer

import (
	"slices"
	"strings"
	"time"

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
	calendar  civil.Calendar // of the plan
	today     civil.Date
	until     *time.Time // after which no call about it may end, nil for the horizon's own end
	rule      *Rule      // of law that asks for a tier, nil if none does
	urgent    bool       // the order is
	stated    bool       // the office made the statement that the law asks for without a match
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

// lastDay is the last of the days in which times are offered.
func (n need) lastDay() civil.Date {
	return n.calendar.AddBusinessDays(n.today, n.program.LookAheadDays)
}

// lacks reports whether the law asks for a better match than r is.
func (n need) lacks(r review.Reviewer) bool {
	return n.rule != nil && n.tier(r) > n.rule.NeedsTier
}

// needs are what all the orders of one call ask, that of the first one first.
// Whoever takes the call must fit each of them, and is as good a match as for
// the order they match worst.
type needs []need

func (all needs) fits(r review.Reviewer) bool {
	return !slices.ContainsFunc(all, func(n need) bool { return !n.fits(r) })
}

func (all needs) tier(r review.Reviewer) (worst int) {
	for _, n := range all {
		worst = max(worst, n.tier(r))
	}
	return worst
}

// lastDay is the first of the orders' last days.
func (all needs) lastDay() civil.Date {
	last := all[0].lastDay()
	for _, n := range all[1:] {
		if day := n.lastDay(); day.Before(last) {
			last = day
		}
	}
	return last
}

// ruled are those for which the law asks for a match.
func (all needs) ruled() (some needs) {
	for _, n := range all {
		if n.rule != nil {
			some = append(some, n)
		}
	}
	return some
}

// deadline is the earliest, nil where none of the orders has one.
func (all needs) deadline() (first *time.Time) {
	for _, n := range all {
		if n.until != nil && (first == nil || n.until.Before(*first)) {
			first = n.until
		}
	}
	return first
}

// notice is how much business time must lie before a call about the order.
func (n need) notice() time.Duration {
	return time.Duration(n.program.Notice(n.urgent)) * time.Minute
}

// from is when the notice is over if it is given now: it runs while the plan
// does business, so one given on a Friday evening ends on Monday.
func (n need) from(now time.Time) time.Time {
	return n.calendar.AddBusinessTime(now, n.notice(), n.plan.ServiceHours())
}

// latest is the one whose notice is over last.
func (all needs) latest(now time.Time) need {
	last := all[0]
	for _, n := range all[1:] {
		if n.from(now).After(last.from(now)) {
			last = n
		}
	}
	return last
}

// end is when the last day of the horizon is over, on the calendar on which
// that is first.
func (all needs) end() (first time.Time) {
	for _, n := range all {
		if end := civil.EndOfDay(n.lastDay(), n.calendar.Zone); first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first
}

// open are the days on which all the plans do business.
func (all needs) open(in Horizon) (bits Bits) {
	for _, n := range all {
		days := open(n.calendar, n.today, n.lastDay(), in)
		for j := range bits {
			days[j] &= bits[j]
		}
		bits = days
	}
	return bits
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
