package peer

import (
	"time"

	"parley/internal/domain/civil"
)

// The oracle: every candidate against every reviewer against every interval.
// It shares with the engine what a wall time is, and nothing else.

type world struct {
	horizon   Horizon
	reviewers []Hours
}

// canTake reports whether a reviewer could take a call from start until end.
func (w world) canTake(h Hours, start, end time.Time) bool {
	for m := start; m.Before(end); m = m.Add(5 * time.Minute) {
		if !works(h, m) || closed(h, m) {
			return false
		}
	}
	for _, s := range h.Full {
		if start.Before(s.End) && s.Start.Before(start.Add(5*time.Minute)) && s.Start.Before(s.End) {
			return false
		}
	}
	gap := time.Duration(max(h.Before, h.After)) * time.Minute
	for _, q := range h.Claimed {
		taken := time.Unix(q*300, 0)
		if start.Before(taken.Add(5*time.Minute+gap)) && taken.Add(-gap).Before(end) {
			return false
		}
	}
	return true
}

// works reports whether the five minutes from m lie in the weekly hours.
func works(h Hours, m time.Time) bool {
	for _, w := range h.Weekly {
		for _, d := range []civil.Date{civil.DateIn(m, w.Zone).AddDays(-1), civil.DateIn(m, w.Zone), civil.DateIn(m, w.Zone).AddDays(1)} {
			if d.Weekday() != w.Weekday || d.Before(w.ValidFrom) || !w.ValidUntil.IsZero() && d.After(w.ValidUntil) || w.From >= w.Until {
				continue
			}
			if !m.Before(civil.Start(d, w.From, w.Zone)) && !m.Add(5*time.Minute).After(civil.End(d, w.Until, w.Zone)) {
				return true
			}
		}
	}
	return false
}

// closed reports whether a holiday or time off touches the five minutes from m.
func closed(h Hours, m time.Time) bool {
	for _, s := range h.Off {
		if s.Start.Before(s.End) && m.Before(s.End) && s.Start.Before(m.Add(5*time.Minute)) {
			return true
		}
	}
	if h.Holidays.Zone == nil {
		return false
	}
	_, holiday := h.Holidays.Holiday(civil.DateIn(m, h.Holidays.Zone))
	return holiday
}

// candidates answers what Candidates should.
func (w world) candidates(q Query, start time.Time) (found []Candidate) {
	end := start.Add(time.Duration(q.Minutes) * time.Minute)
	if start.Before(q.From) || end.After(q.Until) || start.Before(w.horizon.From()) || end.After(w.horizon.Until()) {
		return nil
	}
	if q.Open != nil {
		for m := start; m.Before(end); m = m.Add(5 * time.Minute) {
			if i := int(m.Unix()/300 - w.horizon.first); q.Open[i/64]>>(i%64)&1 == 0 {
				return nil
			}
		}
	}
	for t := range q.Tiers {
		for r, h := range w.reviewers {
			if q.Tiers[t].Has(r) && !inAny(q.Tiers[:t], r) && w.canTake(h, start, end) {
				found = append(found, Candidate{r, t + 1})
			}
		}
	}
	return found
}
