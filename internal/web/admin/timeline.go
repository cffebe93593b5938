package admin

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// timelinePage is the roll-out by date, feature by feature.
type timelinePage struct {
	policyNames
	features []featureLine
	today    civil.Date
	plan     plan.ID
	program  plan.ProgramID
}

// featureLine is what is planned of one feature, in the order of its days.
type featureLine struct {
	plan.Feature
	moments []moment
}

// A moment is a day on which a wave begins, or after which it ends; without a
// wave it is today.
type moment struct {
	day  civil.Date
	wave *plan.Rollout
	ends bool
}

func showTimeline(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &timelinePage{today: civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone)), plan: plan.ID(r.Query("plan")), program: plan.ProgramID(r.Query("program"))}
	waves, err := plan.Waves(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	if p.policyNames, err = namesOf(ctx, r, waves); err != nil {
		return web.Answer{}, err
	}
	waves = slices.DeleteFunc(waves, func(w plan.Rollout) bool {
		return p.plan != "" && w.PlanID != p.plan || p.program != "" && w.ProgramID != p.program
	})
	for _, f := range plan.Features {
		if line := p.lineOf(f, waves); len(line.moments) > 0 {
			p.features = append(p.features, line)
		}
	}
	return web.Answer{Title: "Timeline of the roll-out", Body: timelineView(p), Crumbs: crumbs("Timeline", rolloutCrumb)}, nil
}

func (p *timelinePage) lineOf(f plan.Feature, waves []plan.Rollout) featureLine {
	line := featureLine{Feature: f}
	for _, w := range waves {
		if w.Feature != f.ID {
			continue
		}
		line.moments = append(line.moments, moment{day: w.From, wave: &w})
		if !w.To.IsZero() {
			line.moments = append(line.moments, moment{day: w.To, wave: &w, ends: true})
		}
	}
	if len(line.moments) == 0 {
		return line
	}
	line.moments = append(line.moments, moment{day: p.today})
	slices.SortStableFunc(line.moments, func(a, b moment) int {
		if n := a.day.Compare(b.day); n != 0 {
			return n
		}
		return a.place() - b.place()
	})
	return line
}

// place orders what is on one day: what begins, then the present, then what
// ends with it.
func (m moment) place() int {
	switch {
	case m.ends:
		return 2
	case m.wave == nil:
		return 1
	}
	return 0
}

// says is how long a wave lasts.
func (m moment) says() string {
	if m.wave.To.IsZero() {
		return "No end is set."
	}
	return "Until " + civil.MediumDate(m.wave.To).String() + "."
}

func (p *timelinePage) planFilter() []ui.Option {
	all := []ui.Option{{Label: "Every plan"}}
	for _, one := range sortedPlans(p.plans) {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Checked: one.ID == p.plan})
	}
	return all
}

func (p *timelinePage) programFilter() []ui.Option {
	all := []ui.Option{{Label: "Every program"}}
	for _, one := range sortedPrograms(p.programs) {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Checked: one.ID == p.program})
	}
	return all
}
