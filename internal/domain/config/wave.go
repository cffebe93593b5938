package config

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// WaveSubject is a wave of the roll-out as a subject.
func WaveSubject(id string) Subject { return Subject{"wave", id} }

// A wave is one as its form has it: with codes and names.
type wave struct {
	plan.Rollout
	plan, program, names, from, to string
}

const (
	waveWhat  = "What is rolled out"
	waveWhom  = "To whom"
	waveWhen  = "When"
	waveWords = "What offices read"
)

var waveBounds = []bound[wave]{
	text(Field{Key: "feature", Label: "Feature", Section: waveWhat, Input: Choose, Choices: featureChoices()}, func(w *wave) *string { return &w.Feature }),
	text(Field{Key: "plan", Label: "Plan", Hint: "Its code", Section: waveWhat}, func(w *wave) *string { return &w.plan }),
	text(Field{Key: "program", Label: "Program", Hint: "Its code", Section: waveWhat}, func(w *wave) *string { return &w.program }),
	text(Field{Key: "line", Label: "Type of plan", None: "Every type", Section: waveWhom, Input: Choose, Choices: append([]Choice{{"", "Every type"}}, LineCodes...)}, func(w *wave) *string { return &w.Line }),
	text(Field{Key: "state", Label: "State of the office", Hint: "Two letters. Empty for every state", None: "Every state", Optional: true, Section: waveWhom}, func(w *wave) *string { return &w.State }),
	text(Field{Key: "organizations", Label: "Only these organizations", Hint: "One name a line, as it is written in their account", None: "All", Input: Lines, Each: true, Optional: true, Section: waveWhom}, func(w *wave) *string { return &w.names }),
	number(Field{Key: "percent", Label: "Or a share of organizations", Unit: "percent", Hint: "0 for no share. Raised later, it keeps those that have it", None: "No share", Section: waveWhom}, func(w *wave) *int { return &w.Percent }),
	text(Field{Key: "stage", Label: "Stage", Section: waveWhen, Input: Choose, Choices: []Choice{{"off", "Off"}, {"announced", "Announced"}, {"pilot", "Pilot"}, {"on", "On"}, {"ending", "Ending"}}}, func(w *wave) *string { return (*string)(&w.Stage) }),
	text(Field{Key: "from", Label: "First day", Hint: "Like 2026-11-24", Section: waveWhen}, func(w *wave) *string { return &w.from }),
	text(Field{Key: "to", Label: "Last day", Hint: "Empty for no end", None: "No end", Optional: true, Section: waveWhen}, func(w *wave) *string { return &w.to }),
	text(Field{Key: "notice", Label: "Notice", Hint: "Left empty, it is made of the wave", None: "Made of the wave", Input: Lines, Optional: true, Section: waveWords}, func(w *wave) *string { return &w.Notice }),
	text(Field{Key: "notice_es", Label: "Notice in Spanish", None: "Made of the wave", Input: Lines, Optional: true, Section: waveWords}, func(w *wave) *string { return &w.NoticeES }),
	text(Field{Key: "instead", Label: "What offices read that don’t have it", None: "Made of the wave", Input: Lines, Optional: true, Section: waveWords}, func(w *wave) *string { return &w.Fallback }),
	text(Field{Key: "instead_es", Label: "The same in Spanish", None: "Made of the wave", Input: Lines, Optional: true, Section: waveWords}, func(w *wave) *string { return &w.FallbackES }),
	text(Field{Key: "call", Label: "Phone number they call", None: "The plan’s", Optional: true, Section: waveWords}, func(w *wave) *string { return &w.Phone }),
}

func featureChoices() (all []Choice) {
	for _, f := range plan.Features {
		all = append(all, Choice{f.ID, strings.ToUpper(f.Words[:1]) + f.Words[1:]})
	}
	return all
}

var waveKind = kind{
	name:   "wave",
	fields: fieldsOf(waveBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		r, err := plan.Wave(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		w, err := formOf(ctx, tx, r)
		return docOf(waveBounds, w), err
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		w, err := waveWith(ctx, tx, id, d)
		if err != nil {
			return nil, err
		}
		return docOf(waveBounds, w), peer.CheckServed(ctx, tx, w.Rollout)
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		w, err := waveWith(ctx, tx, id, d)
		if err != nil {
			return err
		}
		return plan.SetWave(ctx, tx, by, w.Rollout)
	},
	reads: func(Doc) []string { return nil },
}

// formOf is a stored wave as its form has it.
func formOf(ctx context.Context, tx *db.Tx, r plan.Rollout) (w wave, err error) {
	w = wave{Rollout: r, from: r.From.String()}
	if !r.To.IsZero() {
		w.to = r.To.String()
	}
	p, err := plan.Get(ctx, tx, r.PlanID)
	if err != nil {
		return w, err
	}
	g, err := plan.GetProgram(ctx, tx, r.ProgramID)
	if err != nil {
		return w, err
	}
	w.plan, w.program = p.Code, g.Code
	var names []string
	for id := range strings.SplitSeq(r.Organizations, ",") {
		if id == "" {
			continue
		}
		o, err := account.GetOrganization(ctx, tx, id)
		if err != nil {
			return w, err
		}
		names = append(names, o.Name)
	}
	slices.Sort(names)
	w.names = strings.Join(names, "\n")
	return w, nil
}

// waveWith is the wave of a document. Invalid faults are at the keys of its
// fields.
func waveWith(ctx context.Context, tx *db.Tx, id string, d Doc) (w wave, err error) {
	f := fault.Fields{}
	fill(waveBounds, &w, d, f)
	w.ID, w.State = id, strings.ToUpper(w.State)
	w.From, w.To = dayOf(f, "from", w.from), dayOf(f, "to", w.to)
	plans, err := plan.All(ctx, tx)
	if err != nil {
		return w, err
	}
	if i := slices.IndexFunc(plans, func(p plan.Plan) bool { return p.Code == w.plan }); i >= 0 {
		w.PlanID = plans[i].ID
	}
	f.Check(w.PlanID != "", "plan", "There is no plan of this code")
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return w, err
	}
	if i := slices.IndexFunc(programs, func(p plan.Program) bool { return p.Code == w.program }); i >= 0 {
		w.ProgramID = programs[i].ID
	}
	f.Check(w.ProgramID != "", "program", "There is no program of this code")
	names, ids := linesOf(w.names), []string(nil)
	slices.Sort(names)
	for _, name := range names {
		o, err := account.OrganizationByName(ctx, tx, name)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return w, err
		}
		f.Check(err == nil, "organizations", words.Say("There is no organization of the name %s", name))
		ids = append(ids, o.ID)
	}
	w.names, w.Organizations = strings.Join(names, "\n"), strings.Join(ids, ",")
	return w, joined(f, w.Check())
}

// dayOf reads a date that may be left out.
func dayOf(f fault.Fields, key, text string) (d civil.Date) {
	if text == "" {
		return d
	}
	d, err := civil.ParseDate(text)
	f.Check(err == nil, key, "Enter a date, like 2026-11-24")
	return d
}

// WaveOf is the wave that a document describes, for who looks at what it would
// do.
func WaveOf(ctx context.Context, tx *db.Tx, id string, d Doc) (plan.Rollout, error) {
	w, err := waveWith(ctx, tx, id, d)
	return w.Rollout, err
}
