package ui

import (
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/words"
)

// BirthDate is a date of birth as people here write one, 04/28/1986, or that
// none is on file.
func BirthDate(d civil.Date) words.Text {
	if d.IsZero() {
		return "not on file"
	}
	return words.AsIs(ShortDay(d))
}

// ShortDay is a date in eight digits: 04/28/1986.
func ShortDay(d civil.Date) string {
	s := d.String() // 1986-04-28
	return s[5:7] + "/" + s[8:10] + "/" + s[:4]
}

// AndMore follows the number of a call's order, where the call is about others
// too: " and 1 more order".
func AndMore(n int) words.Text {
	switch n {
	case 0:
		return ""
	case 1:
		return " and 1 more order"
	}
	return " " + words.Say("and %s more orders", strconv.Itoa(n))
}

// DueClock is a decision's clock in words: the absolute due time in the
// reader's zone and the time left, always elapsed time, so that two clocks
// compare at a glance.
func DueClock(due time.Time, loc *time.Location, now time.Time) ClockView {
	left := due.Sub(now)
	v := ClockView{State: "on_track", At: due, Due: civil.NearWhen(due, loc, now), Text: words.Say("Due in %s", civil.Left(left))}
	switch {
	case left <= 0:
		v.State, v.Text = "overdue", words.Say("Overdue by %s", civil.Left(-left))
	case left <= 4*time.Hour:
		v.State = "at_risk"
	case left <= 24*time.Hour:
		v.State = "due_soon"
	}
	return v
}

// KeptClock is an order's clock in words, as it runs or ran.
func KeptClock(k deadline.Kept, loc *time.Location, now time.Time) ClockView {
	switch k.Standing {
	case deadline.Paused:
		return ClockView{State: "paused", Text: "Paused", Due: words.Say("runs on %s", civil.NearWhen(k.Until, loc, now))}
	case deadline.Met, deadline.TooLate:
		early := k.Due.Sub(*k.EndedAt)
		if early < 0 {
			return ClockView{State: "overdue", Text: words.Say("Decided %s late", civil.Left(-early)), Due: civil.When(*k.EndedAt, loc, now)}
		}
		return ClockView{State: "met", Text: words.Say("Met, %s early", civil.Left(early)), Due: civil.When(*k.EndedAt, loc, now)}
	case deadline.Stopped:
		return ClockView{State: "none", Text: "Not running", Due: words.Say("ended %s", civil.When(*k.EndedAt, loc, now))}
	}
	return DueClock(k.Due, loc, now)
}

// OrderTag is an order's status as people see it everywhere.
func OrderTag(s order.Status) (TagKind, words.Text) {
	kind := TagNeutral
	switch s {
	case order.New, order.NurseReview, order.DoctorReview:
		kind = TagInfo
	case order.InfoRequested:
		kind = TagWarning
	case order.Approved, order.Partial, order.NotRequired:
		kind = TagSuccess
	case order.Denied:
		kind = TagError
	}
	return kind, words.Text(s.Words())
}

// CallTag is a call's status as people see it everywhere.
func CallTag(s peer.Status) (TagKind, words.Text) {
	kind := TagP2P
	switch s {
	case peer.Cancelled, peer.Expired, peer.Completed:
		kind = TagNeutral
	case peer.Requested:
		kind = TagWarning
	case peer.NoShow, peer.Missed:
		kind = TagError
	}
	return kind, words.Text(s.Words())
}

// source says where a rule stands: "Medicare Advantage, 2026.1: 42 CFR 422.572(a)".
func source(l deadline.Limit) words.Text {
	if l.Pack.From.IsZero() { // a plan's own time has no version to look up
		return l.Pack.Name
	}
	return words.Say("%s, %s: %s", l.Pack.Name, l.Pack.Version, l.Rule.Citation)
}
