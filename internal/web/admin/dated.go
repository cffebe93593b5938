package admin

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// Holidays, delegation and waves of the roll-out have pages on which they
// change at once, and versions with drafts beside them. What is here is for
// both.

var rolloutCrumb = ui.Link{Text: "Roll-out", Href: "/admin/rollout"}

// isDated reports whether a subject is one of them.
func isDated(s config.Subject) bool {
	return slices.Contains([]string{"wave", "calendar", "delegation"}, s.Kind)
}

// datedPage is where a subject changes at once.
func datedPage(s config.Subject) ui.Link {
	switch s.Kind {
	case "wave":
		return rolloutCrumb
	case "calendar":
		return ui.Link{Text: "Holidays", Href: "/admin/calendars/" + s.ID}
	}
	return ui.Link{Text: "Plans and delegation", Href: "/admin/plans/" + s.ID}
}

// datedTitle is what a subject is called; doc is how it is, or how it is drafted.
func datedTitle(ctx context.Context, r *web.Request, s config.Subject, doc config.Doc) (string, error) {
	if s.Kind == "wave" {
		if doc["feature"] == "" {
			return "", fault.New(fault.NotFound, "We can’t find that.")
		}
		return upper(plan.FeatureOf(doc["feature"]).Words) + ": " + doc["plan"] + ", " + doc["program"] + " from " + doc["from"], nil
	}
	p, err := plan.Get(ctx, r.Tx, plan.ID(s.ID))
	if s.Kind == "calendar" {
		return "Holidays of " + p.Name, err
	}
	return "Who does what for " + p.Name, err
}

// proven is witnessed for a change that no test case may fail by.
func proven(ctx context.Context, r *web.Request, s config.Subject, why string, do func() error) error {
	return witnessed(ctx, r, s, why, func() error {
		if err := do(); err != nil {
			return err
		}
		return config.Prove(ctx, r.Tx, s)
	})
}

// witnessed does something at once and keeps what it changed as a version.
func witnessed(ctx context.Context, r *web.Request, s config.Subject, why string, do func() error) error {
	if err := config.Witness(ctx, r.Tx, r.By, s, "As it was before versions were kept, or set by a file."); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return config.Witness(ctx, r.Tx, r.By, s, why)
}

// effectsOf says what a draft would touch, in sentences.
func (p *previewPage) effectsOf(ctx context.Context, r *web.Request) (err error) {
	switch p.s.Kind {
	case "wave":
		return p.waveEffects(ctx, r)
	case "calendar":
		was, err := config.Holidays(p.now)
		if err != nil {
			return err
		}
		is, err := config.Holidays(p.open.Doc)
		if err != nil {
			return err
		}
		return p.calendarEffects(ctx, r, was, is)
	}
	if p.under, err = worklist.UnderPolicy(ctx, r.Tx, r.By, plan.ID(p.s.ID), "", ""); err != nil {
		return err
	}
	p.effects = []string{p.touchesWords()}
	return nil
}

// waveEffects are whom the wave would reach, and what they would read.
func (p *previewPage) waveEffects(ctx context.Context, r *web.Request) error {
	wave, err := config.WaveOf(ctx, r.Tx, p.s.ID, p.open.Doc)
	if fault.Is(err, fault.Invalid) {
		p.effects = []string{"The draft isn’t valid any more. Change it, and it says what is wrong."}
		return nil
	}
	if err != nil {
		return err
	}
	w := &wavePage{w: wave, today: civil.DateIn(p.at, p.loc)}
	if w.policyNames, err = namesOf(ctx, r, []plan.Rollout{wave}); err != nil {
		return err
	}
	if err := w.look(ctx, r); err != nil {
		return err
	}
	p.effects = []string{w.reaches(), touches(*w.touched)}
	if w.named() {
		p.effects = append(p.effects, "Organizations: "+strings.Join(w.reached, ", ")+".")
	}
	if w.takes {
		p.effects = append(p.effects, "So far every office has this for the plan and the program. With this wave, only those have it that a wave gives it to.")
	}
	words := w.words()
	for _, said := range []string{words.Text, words.ES} {
		if said != "" {
			p.effects = append(p.effects, "Offices read: "+said)
		}
	}
	return p.lookWith(ctx, r, w.policyNames, wave)
}

// lookWith works out what an office would see of the draft's plan and program
// with it live.
func (p *previewPage) lookWith(ctx context.Context, r *web.Request, names policyNames, draft plan.Rollout) error {
	today := civil.DateIn(p.at, p.loc)
	if p.day == "" {
		p.day = draft.From.String()
	}
	if p.office == "" {
		return nil
	}
	p.looked = &rolloutPage{policyNames: names, office: p.office, day: p.day, today: today, loc: p.loc, now: p.at, faults: map[string]words.Text{}, plan: draft.PlanID, program: draft.ProgramID, draft: &draft}
	err := p.looked.see(ctx, r)
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors, p.looked = fault.Of(err).Fields, web.Errors(err, "office", "day"), nil
		return nil
	}
	return err
}

// draftsOf are the open drafts of some kinds.
func draftsOf(ctx context.Context, r *web.Request, kinds ...string) (all []setting, err error) {
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return nil, err
	}
	for _, v := range pending {
		if !slices.Contains(kinds, v.Subject.Kind) {
			continue
		}
		title, err := datedTitle(ctx, r, v.Subject, v.Doc)
		if err != nil {
			return nil, err
		}
		all = append(all, setting{s: v.Subject, name: title, open: v})
	}
	return all, nil
}

// codeChoices has plans and programs be chosen by name where a form has their
// codes.
func codeChoices(ctx context.Context, r *web.Request, fields []config.Field) ([]config.Field, error) {
	plans, err := plan.All(ctx, r.Tx)
	if err != nil {
		return nil, err
	}
	programs, err := plan.Programs(ctx, r.Tx)
	fields = slices.Clone(fields)
	for i := range fields {
		f := &fields[i]
		switch f.Key {
		case "plan":
			f.Input, f.Hint, f.Choices = config.Choose, "", []config.Choice{{Words: "Choose a plan"}}
			for _, p := range plans {
				f.Choices = append(f.Choices, config.Choice{Value: p.Code, Words: p.Name})
			}
		case "program":
			f.Input, f.Hint, f.Choices = config.Choose, "", []config.Choice{{Words: "Choose a program"}}
			for _, p := range programs {
				f.Choices = append(f.Choices, config.Choice{Value: p.Code, Words: p.Name})
			}
		}
	}
	return fields, err
}
