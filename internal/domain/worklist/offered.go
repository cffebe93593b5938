package worklist

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Look asks what an office would see of what is rolled out. What is "" is all
// there is of it.
type Look struct {
	Organization string // its name, as it is written in its account
	Day          string // as it is typed
	Feature      string
	Plan         plan.ID
	Program      plan.ProgramID
	Line         string
	Zone         *time.Location // in which times are told
	Draft        *plan.Rollout  // looked at as if it were live; nil for what is
}

// An Offered is what an office would see of a feature in one place.
type Offered struct {
	Feature plan.Feature
	Where   string // "Harbor Health Plan, Musculoskeletal, Commercial, TX"
	Stage   plan.Stage
	Wave    string // the wave that says so, "" for none
	Why     string
}

// MayLook returns a Denied fault but for administrators and for those whom
// offices ask: who takes requests for them, and who confirms their calls.
func MayLook(by account.Actor) error {
	if by.Can(account.ManageProgram) || by.Can(account.ActOnBehalf) || by.Can(account.ConfirmCalls) {
		return nil
	}
	return fault.New(fault.Denied, "Your role doesn't let you ask what an office would see.")
}

// OfferedTo works out what an office would see on a day of each feature that
// waves are about or that has to be brought by one. An Invalid fault is at
// "office" or "day". Who may: see MayLook.
func OfferedTo(ctx context.Context, tx *db.Tx, by account.Actor, q Look) (all []Offered, err error) {
	if err := MayLook(by); err != nil {
		return nil, err
	}
	f := fault.Fields{}
	o, err := account.OrganizationByName(ctx, tx, strings.TrimSpace(q.Organization))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	f.Check(err == nil, "office", "There is no organization of this name. Write it as it is in its account")
	day, err := civil.ParseDate(q.Day)
	f.Check(err == nil, "day", "Enter a date, like 2026-11-24")
	if err := f.Err(); err != nil {
		return nil, err
	}
	l := looker{Look: q, by: by, organization: o.ID, on: day}
	if err := l.load(ctx, tx); err != nil {
		return nil, err
	}
	for _, feature := range plan.Features {
		if q.Feature != "" && q.Feature != feature.ID {
			continue
		}
		some, err := l.feature(ctx, tx, feature)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// A looker is a Look with what it needs.
type looker struct {
	Look
	by           account.Actor
	organization string
	on           civil.Date
	states       []string
	plans        []plan.Plan
	programs     []plan.Program
	lines        map[plan.ID][]plan.Line
	touched      map[wavesOf]bool
}

// wavesOf is what waves are about.
type wavesOf struct {
	feature string
	plan    plan.ID
	program plan.ProgramID
}

func (l *looker) load(ctx context.Context, tx *db.Tx) (err error) {
	if l.states, err = statesOf(ctx, tx, l.organization); err != nil {
		return err
	}
	if l.plans, err = plan.All(ctx, tx); err != nil {
		return err
	}
	if l.programs, err = plan.Programs(ctx, tx); err != nil {
		return err
	}
	l.lines = map[plan.ID][]plan.Line{}
	for _, p := range l.plans {
		if l.lines[p.ID], err = plan.LinesOf(ctx, tx, p.ID); err != nil {
			return err
		}
	}
	waves, err := plan.Waves(ctx, tx)
	l.touched = map[wavesOf]bool{}
	for _, w := range waves {
		l.touched[wavesOf{w.Feature, w.PlanID, w.ProgramID}] = true
	}
	if d := l.Draft; d != nil {
		l.touched[wavesOf{d.Feature, d.PlanID, d.ProgramID}] = true
	}
	return err
}

// stage is how far a feature is rolled out in one place, with the draft if it is
// about that.
func (l *looker) stage(ctx context.Context, tx *db.Tx, at wavesOf, of plan.Office) (now plan.Rollout, next civil.Date, err error) {
	if d := l.Draft; d != nil && at == (wavesOf{d.Feature, d.PlanID, d.ProgramID}) {
		return plan.StageWith(ctx, tx, *d, of, l.on)
	}
	return plan.StageOf(ctx, tx, at.feature, at.program, at.plan, of, l.on)
}

func (l *looker) feature(ctx context.Context, tx *db.Tx, f plan.Feature) (all []Offered, err error) {
	for _, health := range l.plans {
		for _, program := range l.programs {
			if f.Usual && l.Feature == "" && !l.touched[wavesOf{f.ID, health.ID, program.ID}] || !l.by.Covers(string(health.ID), string(program.ID)) ||
				l.Plan != "" && l.Plan != health.ID || l.Program != "" && l.Program != program.ID {
				continue
			}
			for _, line := range l.lines[health.ID] {
				if l.Line != "" && l.Line != line.Code {
					continue
				}
				for _, state := range l.states {
					one, err := l.at(ctx, tx, f, health, program, line, state)
					if err != nil {
						return nil, err
					}
					all = append(all, one)
				}
			}
		}
	}
	return all, nil
}

// at says what the office would see in one place, by which wave, and why not.
func (l *looker) at(ctx context.Context, tx *db.Tx, f plan.Feature, health plan.Plan, program plan.Program, line plan.Line, state string) (o Offered, err error) {
	where := slices.DeleteFunc([]string{health.Name, program.Name, line.Name, state}, func(s string) bool { return s == "" })
	o = Offered{Feature: f, Where: strings.Join(where, ", ")}
	does, err := plan.DoneBy(ctx, tx, health.ID, line.Code, program.ID, plan.PeerToPeer, l.on)
	if err != nil {
		return o, err
	}
	now, next, err := l.stage(ctx, tx, wavesOf{f.ID, health.ID, program.ID}, plan.Office{Line: line.Code, State: state, OrganizationID: l.organization})
	if err != nil {
		return o, err
	}
	o.Stage, o.Wave, o.Why = now.Stage, now.ID, now.Words(health, program, line.Name, civil.DateIn(tx.Now(), l.Zone)).Text
	switch {
	case f.ID == plan.CallsFeature && does == plan.ThePlan:
		o.Stage, o.Why = plan.Off, "The plan handles its peer-to-peer calls itself on that day: they are not delegated to us."
		return o, nil
	case f.ID == plan.CallsFeature && does == plan.Nobody:
		o.Stage, o.Why = plan.Off, "The plan offers no peer-to-peer calls on that day."
		return o, nil
	case now.StoppedAt != nil:
		o.Why = "Turned off " + civil.When(*now.StoppedAt, l.Zone, tx.Now()).String() + ": " + now.StoppedWhy + " Offices read: " + now.Instead(health, program, next, cmp.Or(line.Phone, health.Phone)).Text
	case now.From.IsZero() && now.Stage.Open():
		o.Why = "Every office has it: no wave brings it to some."
	case now.From.IsZero():
		o.Why = "No wave reaches this office on that day."
	case now.Stage == plan.Off:
		o.Why = "A wave since " + civil.MediumDate(now.From).String() + " keeps it off. Offices read: " + now.Instead(health, program, next, cmp.Or(line.Phone, health.Phone)).Text
	}
	if !now.Stage.Open() && !next.IsZero() {
		o.Why += " It opens " + civil.MediumDate(next).String() + "."
	}
	return o, nil
}

// statesOf are the states in which an organization has locations; one "" if it
// has none.
func statesOf(ctx context.Context, tx *db.Tx, organization string) ([]string, error) {
	all, err := db.All(ctx, tx, db.Value[string], `select distinct state from location where organization_id = $1 order by state`, organization)
	if len(all) == 0 {
		all = []string{""}
	}
	return all, err
}
