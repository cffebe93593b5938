package portal

import (
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/words"
)

// standingWords says, in one or two sentences, why a call is to be had or
// not, and what it can do.
func standingWords(s peer.Standing, loc *time.Location, now time.Time) words.Text {
	switch s.Result {
	case peer.Available:
		if s.Until == nil {
			return "This call can change the decision."
		}
		return words.Say("This call can change the decision, until %s.", civil.Deadline(*s.Until, loc, now))
	case peer.BeforeDecision:
		return words.Say("We're about to decide. A call can help before we do, until %s.", civil.Deadline(*s.Until, loc, now))
	case peer.DiscussOnly:
		return words.Say("This call is for discussion only. It can't change the decision because %s.", because(s, loc, now))
	case peer.AlreadyBooked:
		if s.Call.Status == peer.Requested && s.Call.StartsAt.IsZero() {
			return "You asked for a call and gave us times. It isn't booked yet."
		}
		if s.Call.Status == peer.Requested {
			return words.Say("A call is requested for %s. It isn't booked yet.", callTime(*s.Call, loc, now))
		}
		if !now.Before(s.Call.EndsAt) {
			return words.Say("The call was on %s. Its result isn't here yet.", callTime(*s.Call, loc, now))
		}
		return words.Say("A call is booked for %s.", callTime(*s.Call, loc, now))
	case peer.Used:
		return words.Say("A call took place on %s. This plan allows %s per decision.", civil.ShortDate(civil.DateIn(s.Call.StartsAt, loc), civil.DateIn(now, loc)), calls(s.Line.CallsPerCase))
	case peer.NotOpenYet:
		return notOpen(s, loc, now)
	case peer.PlanHandles:
		return words.Say("%s runs its own calls.", s.Plan.Name)
	case peer.NotOffered:
		return words.Say("%s offers no peer-to-peer calls for this type of plan.", s.Plan.Name)
	case peer.Administrative:
		return "This was denied for an administrative reason, not a clinical one. A call can't change it."
	}
	return "A peer-to-peer call is offered when a service is denied or approved in part. That isn't so for this order."
}

func because(s peer.Standing, loc *time.Location, now time.Time) words.Text {
	switch s.Why {
	case peer.BecauseAppeal:
		return words.Say("an appeal was filed on %s", civil.ShortDate(civil.DateIn(*s.Appeal, loc), civil.DateIn(now, loc)))
	case peer.BecauseWindow:
		return words.Say("the window ended %s", civil.Deadline(*s.Until, loc, now))
	case peer.BecausePlan:
		return words.Say("%s decides this", s.Plan.Name)
	}
	return "the decision is made, and this type of plan allows no change by a call after that"
}

func notOpen(s peer.Standing, loc *time.Location, now time.Time) words.Text {
	text := words.Say("Calls for %s with %s", s.Program.Name, s.Plan.Name)
	if s.Opens.IsZero() {
		text += " can't be booked here yet."
	} else {
		text += " " + words.Say("can be booked here from %s.", civil.ShortDate(s.Opens, civil.DateIn(now, loc)))
	}
	return words.Say("%s Until then call %s, %s.", text, s.Phone(), s.Hours())
}

func calls(n int) words.Text {
	if n == 1 {
		return "one call"
	}
	return words.Say("%s calls", thousands(n))
}

// callTime is when a call is, with its zone.
func callTime(c peer.Call, loc *time.Location, now time.Time) words.Text {
	if c.StartsAt.IsZero() {
		return "no time yet"
	}
	return civil.SpanOn(c.StartsAt, c.EndsAt, loc, now)
}

// statusWords are the heading and the next sentence of a call's page.
func statusWords(c peer.Call) (heading, next words.Text) {
	switch c.Status {
	case peer.Requested:
		return "We've got your request. It isn't booked yet.", "We'll write to you when it is confirmed."
	case peer.Scheduled, peer.Confirmed:
		return "Your call is confirmed.", ""
	case peer.Cancelled:
		return "This call is canceled.", words.Say("The reason given: %s.", words.Text(peer.ReasonWords(c.CancelReason)))
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
func staffWords(c peer.Call) words.Text {
	switch c.Status {
	case peer.Requested:
		return "The office asked for this call. Nobody has confirmed it yet."
	case peer.Scheduled, peer.Confirmed:
		return "This call is confirmed."
	case peer.Cancelled:
		return words.Say("This call is canceled. The reason given: %s.", words.Text(peer.ReasonWords(c.CancelReason)))
	case peer.Missed:
		return "The reviewer didn't call. The office can choose another time."
	case peer.NoShow:
		return "The office couldn't be reached. It can choose another time."
	}
	heading, next := statusWords(c)
	return words.Join([]words.Text{heading, next}, " ")
}
