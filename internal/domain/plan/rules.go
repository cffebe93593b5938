package plan

import "parley/internal/domain/civil"

func holds(from, to, day civil.Date) bool {
	return !day.Before(from) && (to.IsZero() || !day.After(to))
}

// DoerOf is who does something for a program on a day, by the lines of a
// matrix that are about it: one for the program counts before one for all, the
// later before the earlier. Without one the plan does it.
func DoerOf(lines []Delegation, program ProgramID, day civil.Date) Doer {
	best, found := Delegation{}, false
	for _, d := range lines {
		if !holds(d.From, d.To, day) || d.ProgramID != "" && d.ProgramID != program {
			continue
		}
		closer := d.ProgramID != "" && best.ProgramID == ""
		same := (d.ProgramID == "") == (best.ProgramID == "")
		if !found || closer || same && d.From.After(best.From) {
			best, found = d, true
		}
	}
	if !found {
		return ThePlan
	}
	return best.By
}

// phase picks the phase that holds for an office on day, the narrower before
// the wider, and the first day after it on which an open phase begins.
func phase(all []Rollout, of Office, day civil.Date) (now Rollout, next civil.Date) {
	now.Stage = Off
	for _, r := range all {
		if !r.isFor(of) {
			continue
		}
		closer := r.narrow() > now.narrow()
		same := r.narrow() == now.narrow()
		if holds(r.From, r.To, day) && (now.From.IsZero() || closer || same && r.From.After(now.From)) {
			now = r
		}
		if r.Stage.Open() && r.From.After(day) && (next.IsZero() || r.From.Before(next)) {
			next = r.From
		}
	}
	return now, next
}

func (r Rollout) isFor(of Office) bool {
	return (r.Line == "" || r.Line == of.Line) && (r.State == "" || r.State == of.State) && r.Reaches(of.OrganizationID)
}

// narrow is how close a phase is drawn: to some offices by name, to a share of
// them, to a line of business, to a state.
func (r Rollout) narrow() (n int) {
	if r.Organizations != "" {
		n += 8
	}
	if r.Percent > 0 {
		n += 4
	}
	if r.Line != "" {
		n += 2
	}
	if r.State != "" {
		n++
	}
	return n
}
