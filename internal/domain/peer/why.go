package peer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Check is one rule asked of one reviewer at one time.
type Check struct {
	Rule   string
	Passed bool
	Text   string // what was found, with the zone of every time
}

// A Verdict says whether a reviewer can take a call at a time, and what every
// rule says to it, in the order in which they are asked.
type Verdict struct {
	Reviewer review.Reviewer
	Order    order.Order
	Slot     Slot
	Checks   []Check
}

// Bookable reports whether every rule passed.
func (v Verdict) Bookable() bool {
	return !slices.ContainsFunc(v.Checks, func(c Check) bool { return !c.Passed })
}

// First is the first rule that failed, nil if none did.
func (v Verdict) First() *Check {
	if i := slices.IndexFunc(v.Checks, func(c Check) bool { return !c.Passed }); i >= 0 {
		return &v.Checks[i]
	}
	return nil
}

// Why explains for staff why a reviewer can, or can't, take a call about an
// order at a time, told in loc. Where a call is booked already it explains
// moving it. Who may: schedulers, supervisors and administrators; reviewers
// about themselves. It asks the facts that the engine works from.
func Why(ctx context.Context, tx *db.Tx, by account.Actor, number string, reviewer account.PersonID, at time.Time, loc *time.Location) (v Verdict, err error) {
	if !by.Can(account.ConfirmCalls) && !by.Can(account.ManageProgram) && !(by.Can(account.HoldCalls) && by.ID == reviewer) {
		return v, fault.New(fault.Denied, "You can ask this only about your own times.")
	}
	if v.Order, err = asStaff(ctx, tx, by, number); err != nil {
		return v, err
	}
	if v.Reviewer, err = review.Get(ctx, tx, reviewer); err != nil {
		return v, err
	}
	st, err := Stand(ctx, tx, by, v.Order)
	if err != nil {
		return v, err
	}
	var moving *Call
	if st.Result == AlreadyBooked {
		moving = st.Call
	}
	v.Checks = []Check{{"The order", moving != nil || st.Bookable(), "A call about this order " + map[bool]string{true: "can be booked", false: "isn’t available"}[st.Bookable()]}}
	if moving != nil {
		v.Checks[0].Text = "A call is booked; this asks about moving it"
	}
	offer, err := offerFor(ctx, tx, v.Order, st, moving, Draft{}, nil)
	if err != nil {
		return v, err
	}
	v.Slot = Slot{Start: at, Minutes: offer.minutes}
	more, err := offer.why(v.Reviewer, v.Slot, loc)
	v.Checks = append(v.Checks, more...)
	return v, err
}

// asStaff reads an order for staff who schedule. Administrators of the program
// don't read orders, and are shown nothing of one but its number.
func asStaff(ctx context.Context, tx *db.Tx, by account.Actor, number string) (order.Order, error) {
	if by.Can(account.ReadOrders) {
		return order.Get(ctx, tx, by, number)
	}
	o, err := order.Find(ctx, tx, account.Program(), "number = ", order.Digits(number))
	if err == nil && !by.Covers(string(o.PlanID), string(o.ProgramID)) {
		return order.Order{}, fault.New(fault.NotFound, "We can't find that order.")
	}
	return o, err
}

// why asks each rule of r at s. All pass exactly if r is among the candidates.
func (f Offer) why(r review.Reviewer, s Slot, loc *time.Location) (all []Check, err error) {
	c, err := f.candidate(r)
	if err != nil {
		return nil, err
	}
	for _, filter := range filters {
		n := f.needs[0]
		if i := slices.IndexFunc(f.needs, func(n need) bool { return !filter.holds(n, r) }); i >= 0 {
			n = f.needs[i]
		}
		all = append(all, check(filter.rule, filter.holds(n, r), func() (string, string) { return filter.words(n, r) }))
	}
	all = append(all, f.whyLaw(r)...)
	if !f.stay {
		all = append(all, f.whyTime(s, loc)...)
	}
	all = append(all, f.whyHours(c, s, loc)...)
	return append(all, f.whyBusy(c, s, loc)...), nil
}

func check(rule string, ok bool, words func() (yes, no string)) Check {
	yes, no := words()
	if ok {
		return Check{rule, true, yes}
	}
	return Check{rule, false, no}
}

// whyLaw is what the laws ask of the match, of each order that one speaks of.
func (f Offer) whyLaw(r review.Reviewer) (all []Check) {
	for _, n := range f.needs.ruled() {
		all = append(all, f.whyRule(n, r))
	}
	if len(all) == 0 {
		return []Check{{"Match", true, f.needs[0].matchWords(f.needs[0].tier(r))}}
	}
	return all
}

func (f Offer) whyRule(n need, r review.Reviewer) Check {
	words := n.matchWords(n.tier(r))
	unmatched := slices.ContainsFunc(f.lacking, func(l need) bool { return l.rule == n.rule })
	switch {
	case !n.lacks(r):
		return Check{"Match", true, words + ", as " + n.rule.Citation + " asks"}
	case unmatched && n.stated:
		return Check{"Match", true, words + "; the office stated that the physician wants to go ahead (" + n.rule.Citation + ")"}
	case unmatched:
		return Check{"Match", false, n.lack(r) + ", and the office hasn’t stated that the physician wants to go ahead (" + n.rule.Citation + ")"}
	}
	return Check{"Match", false, n.lack(r) + ", and there are times with a reviewer who matches (" + n.rule.Citation + ")"}
}

// matchWords is a tier as staff read it; of several orders, as for the first.
func (all needs) matchWords(tier int) string { return all[0].matchWords(tier) }

// matchWords is a tier as staff read it.
func (n need) matchWords(tier int) string {
	switch {
	case tier == TierLicensed && n.state != "":
		return "Same specialty, licensed in " + n.state
	case tier <= TierSame:
		return "Same specialty"
	}
	return "Different specialty, trained for the program"
}

// lack says what r lacks of the best match.
func (n need) lack(r review.Reviewer) string {
	if n.tier(r) == TierTrained {
		return "Different specialty: " + r.Specialty + ", not " + n.specialty
	}
	return "No license in " + n.state
}

// whyTime is what holds for everybody at a time.
func (f Offer) whyTime(s Slot, loc *time.Location) []Check {
	horizon := f.needs.end()
	if end := NewHorizon(f.now, horizon).Until(); end.Before(horizon) { // no horizon is longer than 93 days
		horizon = end
	}
	ahead := f.needs[0].program.LookAheadDays
	for _, n := range f.needs {
		ahead = min(ahead, n.program.LookAheadDays)
	}
	days := strconv.Itoa(ahead) + " business days"
	all := []Check{
		check("Start", s.Start.Unix()%(quantumSec*perStart) == 0 && s.Start.Nanosecond() == 0, func() (string, string) { return "On the quarter hour", "Calls start on the quarter hour" }),
		check("Notice", !s.Start.Before(f.query.From), func() (string, string) {
			notice := f.noticeWords()
			return "After " + notice, "Inside " + notice + ": times begin at " + civil.When(f.query.From, loc, f.now).String()
		}),
		check("Look-ahead", !s.End().After(horizon), func() (string, string) {
			return "Within the " + days, "Beyond the " + days + ", which end " + civil.Deadline(horizon, loc, f.now).String()
		}),
	}
	if f.Until != nil {
		all = append(all, check("Deadline", !s.End().After(*f.Until), func() (string, string) {
			return "Before the deadline", "Past the deadline, " + civil.Deadline(*f.Until, loc, f.now).String()
		}))
	}
	if f.moving != nil {
		all = append(all, check("Another time", !f.isNow(s.Start), func() (string, string) { return "Not the call’s time now", "This is the call’s time now" }))
	}
	return append(all, f.whyOpen(s))
}

// noticeWords say what notice counts, and in whose hours: "the notice of 1 h,
// counted while Harbor Health Plan is open, 8:00 AM to 6:00 PM CT".
func (f Offer) noticeWords() string {
	n := f.needs.latest(f.now)
	words := "the notice of " + civil.Left(n.notice()).String()
	if n.urgent && n.program.UrgentNotice > 0 {
		words += " for an urgent order"
	}
	if n.notice() == 0 {
		return words
	}
	hours, zone := n.plan.ServiceHours(), n.calendar.Zone
	today := civil.DateIn(f.now, zone)
	return words + ", counted on business days while " + n.plan.Name + " is open, " + civil.Span(civil.Start(today, hours.Open, zone), civil.End(today, hours.Close, zone), zone).String()
}

// whyOpen is whether the plans do business. A call across midnight has two
// days to ask about.
func (f Offer) whyOpen(s Slot) Check {
	for _, n := range f.needs {
		zone := n.calendar.Zone
		for _, d := range []civil.Date{civil.DateIn(s.Start, zone), civil.DateIn(s.End().Add(-time.Second), zone)} {
			if name, closed := n.calendar.Holiday(d); closed {
				return Check{"Plan’s days", false, "Plan holiday: " + name.String() + ", " + civil.MediumDate(d).String()}
			}
			if !n.calendar.IsBusinessDay(d) {
				return Check{"Plan’s days", false, "A " + d.Weekday().String() + ", on which the plan does no business"}
			}
			if hours, name, some := n.calendar.Shut(d); some && s.Start.Before(civil.End(d, hours.Close, zone)) && s.End().After(civil.Start(d, hours.Open, zone)) {
				return Check{"Plan’s days", false, "Plan holiday: " + name.String() + ", " + civil.SpanOn(civil.Start(d, hours.Open, zone), civil.End(d, hours.Close, zone), zone, f.now).String()}
			}
		}
	}
	return Check{"Plan’s days", true, "The plan does business on this day"}
}

// whyHours is whether the reviewer works.
func (f Offer) whyHours(c candidate, s Slot, loc *time.Location) []Check {
	all := []Check{check("Weekly hours", covers(f.work.weekly[c.id], s), func() (string, string) {
		return "Weekly hours cover " + civil.Span(s.Start, s.End(), loc).String(), "No weekly hours cover " + civil.Span(s.Start, s.End(), loc).String()
	})}
	all = append(all, f.whyShut("Time off", "No time off", "Time off", f.work.off[c.id], s, loc))
	if busy := f.work.busy[c.id]; len(busy) > 0 {
		all = append(all, f.whyShut("Own calendar", "Nothing in the reviewer’s own calendar", "Busy in the reviewer’s own calendar", busy, s, loc))
	}
	return all
}

// whyShut is whether one of some spans keeps a reviewer from a call.
func (f Offer) whyShut(rule, yes, no string, spans []Span, s Slot, loc *time.Location) Check {
	for _, span := range spans {
		if span.Start.Before(span.End) && touches(span, s) {
			return Check{rule, false, no + " from " + civil.When(span.Start, loc, f.now).String() + " to " + civil.Deadline(span.End, loc, f.now).String()}
		}
	}
	return Check{rule, true, yes}
}

// touches reports whether a span shares a quantum with s.
func touches(span Span, s Slot) bool {
	first, last := floorDiv(span.Start.Unix(), quantumSec), ceilDiv(ceilUnix(span.End), quantumSec)
	q := quantaOf(s)
	return first <= q[len(q)-1] && q[0] < last
}

// whyBusy is what else the reviewer has: the number of the day and the week,
// other calls, and times that offices hold.
func (f Offer) whyBusy(c candidate, s Slot, loc *time.Location) []Check {
	day := civil.DateIn(s.Start, c.zone)
	today, week := 0, 0
	for _, k := range f.work.callsOf(c.id) {
		d := civil.DateIn(k.Start, c.zone)
		today += no(d == day)
		week += no(weekOf(d) == weekOf(day))
	}
	all := []Check{check("Calls of the day", today < c.daily, func() (string, string) {
		n := strconv.Itoa(today) + " of " + strconv.Itoa(c.daily)
		return n, "Day is full: " + n
	})}
	if c.weekly > 0 {
		all = append(all, check("Calls of the week", week < c.weekly, func() (string, string) {
			n := strconv.Itoa(week) + " of " + strconv.Itoa(c.weekly)
			return n, "Week is full: " + n
		}))
	}
	all = append(all, Check{"Other calls", true, "No other call"}, Check{"Held times", true, "Not held by anybody"})
	calls, holds := &all[len(all)-2], &all[len(all)-1]
	for _, k := range f.work.callsOf(c.id) {
		if k.live && c.near(k.Span, s) {
			*calls = Check{calls.Rule, false, "Another call, " + civil.Span(k.Start, k.End, loc).String() + c.keeps()}
		}
	}
	for _, k := range f.work.holdsOf(c.id) {
		if c.near(k.Span, s) {
			*holds = Check{holds.Rule, false, civil.Span(k.Start, k.End, loc).String() + " is held until " + civil.Clock(k.till, loc).String() + " by an office" + c.keeps()}
		}
	}
	return all
}

func (c candidate) keeps() string {
	if c.gap == 0 {
		return ""
	}
	return "; " + strconv.Itoa(c.gap) + " minutes around each call stay free"
}

// near reports whether a call in span leaves c too little time around s.
func (c candidate) near(span Span, s Slot) bool {
	gap := ceilDiv(int64(max(c.gap, 0)), int64(Quantum/time.Minute))
	theirs, ours := within(span), quantaOf(s)
	return len(theirs) > 0 && theirs[0]-gap <= ours[len(ours)-1] && ours[0] <= theirs[len(theirs)-1]+gap
}
