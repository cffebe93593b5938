package peer

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// CheckServed refuses a wave that would open calls to be booked before anybody
// has hours for them: an Invalid fault at "stage". What else a wave is about
// needs no reviewer.
func CheckServed(ctx context.Context, tx *db.Tx, w plan.Rollout) error {
	if w.Feature != plan.CallsFeature || w.Stage != plan.On && w.Stage != plan.Pilot {
		return nil
	}
	program, err := plan.GetProgram(ctx, tx, w.ProgramID)
	if err != nil {
		return err
	}
	p, err := plan.Get(ctx, tx, w.PlanID)
	if err != nil {
		return err
	}
	first, today := w.From, civil.DateIn(tx.Now(), p.Zone())
	if first.Before(today) {
		first = today
	}
	there, err := served(ctx, tx, w, first, first.AddDays(program.LookAheadDays))
	if err != nil || there {
		return err
	}
	stage := words.Text("On")
	if w.Stage == plan.Pilot {
		stage = "a pilot"
	}
	return fault.Fields{"stage": words.Say("Peer-to-peer can't be %s for %s before a call session exists. Add sessions or choose Announced.", stage, program.Name)}.Err()
}

// served reports whether a reviewer who takes calls of the wave's program and
// plan has hours within some days.
func served(ctx context.Context, tx *db.Tx, w plan.Rollout, first, last civil.Date) (bool, error) {
	reviewers, err := review.All(ctx, tx)
	if err != nil {
		return false, err
	}
	who := map[account.PersonID]bool{}
	for _, r := range reviewers {
		who[r.PersonID] = r.Active && r.Physician && slices.Contains(r.Programs, w.ProgramID) &&
			(len(r.Plans) == 0 || slices.Contains(r.Plans, w.PlanID)) && (w.Line == "" || len(r.Lines) == 0 || slices.Contains(r.Lines, w.Line))
	}
	hours, err := db.All(ctx, tx, scanHours, `select `+hoursColumns+` from weekly_hours where valid_from <= $1 and (valid_to is null or valid_to >= $2) order by id`, last, first)
	return slices.ContainsFunc(hours, func(h WeeklyHours) bool { return who[h.PersonID] && h.falls(first, last) }), err
}

// falls reports whether any of the hours are on one of some days.
func (h WeeklyHours) falls(first, last civil.Date) bool {
	for d := first; !d.After(last); d = d.AddDays(1) {
		if d.Weekday() == h.Weekday && !d.Before(h.From) && (h.To.IsZero() || !d.After(h.To)) {
			return true
		}
	}
	return false
}
