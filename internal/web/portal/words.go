package portal

import (
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
)

// standingWords says, in one or two sentences, why a call is to be had or
// not, and what it can do.
func standingWords(s peer.Standing, loc *time.Location, now time.Time) string {
	switch s.Result {
	case peer.Available:
		if s.Until == nil {
			return "This call can change the decision."
		}
		return "This call can change the decision, until " + civil.Deadline(*s.Until, loc, now) + "."
	case peer.BeforeDecision:
		return "We're about to decide. A call can help before we do, until " + civil.Deadline(*s.Until, loc, now) + "."
	case peer.DiscussOnly:
		return "This call is for discussion only. It can't change the decision because " + because(s, loc, now) + "."
	case peer.AlreadyBooked:
		if s.Call.Status == peer.Requested && s.Call.StartsAt.IsZero() {
			return "You asked for a call and gave us times. It isn't booked yet."
		}
		if s.Call.Status == peer.Requested {
			return "A call is requested for " + callTime(*s.Call, loc, now) + ". It isn't booked yet."
		}
		if !now.Before(s.Call.EndsAt) {
			return "The call was on " + callTime(*s.Call, loc, now) + ". Its result isn't here yet."
		}
		return "A call is booked for " + callTime(*s.Call, loc, now) + "."
	case peer.Used:
		return "A call took place on " + civil.ShortDate(civil.DateIn(s.Call.StartsAt, loc), civil.DateIn(now, loc)) + ". This plan allows " + calls(s.Line.CallsPerCase) + " per decision."
	case peer.NotOpenYet:
		return notOpen(s, loc, now)
	case peer.PlanHandles:
		return s.Plan.Name + " runs its own calls."
	case peer.NotOffered:
		return s.Plan.Name + " offers no peer-to-peer calls for this type of plan."
	case peer.Administrative:
		return "This was denied for an administrative reason, not a clinical one. A call can't change it."
	}
	return "A peer-to-peer call is offered when a service is denied or approved in part. That isn't so for this order."
}

func because(s peer.Standing, loc *time.Location, now time.Time) string {
	switch s.Why {
	case peer.BecauseAppeal:
		return "an appeal was filed on " + civil.ShortDate(civil.DateIn(*s.Appeal, loc), civil.DateIn(now, loc))
	case peer.BecauseWindow:
		return "the window ended " + civil.Deadline(*s.Until, loc, now)
	case peer.BecausePlan:
		return s.Plan.Name + " decides this"
	}
	return "the decision is made, and this type of plan allows no change by a call after that"
}

func notOpen(s peer.Standing, loc *time.Location, now time.Time) string {
	words := "Calls for " + s.Program.Name + " with " + s.Plan.Name
	if s.Opens.IsZero() {
		words += " can't be booked here yet."
	} else {
		words += " can be booked here from " + civil.ShortDate(s.Opens, civil.DateIn(now, loc)) + "."
	}
	return words + " Until then call " + s.Phone() + ", " + s.Hours() + "."
}

func calls(n int) string {
	if n == 1 {
		return "one call"
	}
	return thousands(n) + " calls"
}

// callTime is when a call is, with its zone.
func callTime(c peer.Call, loc *time.Location, now time.Time) string {
	if c.StartsAt.IsZero() {
		return "no time yet"
	}
	return civil.SpanOn(c.StartsAt, c.EndsAt, loc, now)
}

// statusWords are the heading and the next sentence of a call's page.
func statusWords(c peer.Call) (heading, next string) {
	switch c.Status {
	case peer.Requested:
		return "We've got your request. It isn't booked yet.", "We'll write to you when it is confirmed."
	case peer.Scheduled, peer.Confirmed:
		return "Your call is confirmed.", ""
	case peer.Cancelled:
		return "This call is canceled.", "The reason given: " + peer.ReasonWords(c.CancelReason) + "."
	case peer.Missed:
		return "We missed this call.", "This isn't your office's fault. Choose another time."
	case peer.NoShow:
		return "We couldn't reach you.", "Choose another time if you still want to talk."
	case peer.Completed:
		return "This call took place.", ""
	case peer.InCall:
		return "This call is going on now.", ""
	}
	return "This request expired.", ""
}

// staffWords say where a call stands to those who work on the other side of it.
func staffWords(c peer.Call) string {
	switch c.Status {
	case peer.Requested:
		return "The office asked for this call. Nobody has confirmed it yet."
	case peer.Scheduled, peer.Confirmed:
		return "This call is confirmed."
	case peer.Cancelled:
		return "This call is canceled. The reason given: " + peer.ReasonWords(c.CancelReason) + "."
	case peer.Missed:
		return "The reviewer didn't call. The office can choose another time."
	case peer.NoShow:
		return "The office couldn't be reached. It can choose another time."
	}
	heading, next := statusWords(c)
	return strings.TrimSpace(heading + " " + next)
}
