package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A SetupTest says what must come of how something is set, given something: an
// import of which something else comes is refused.
type SetupTest struct {
	About    string            `json:"about"` // "plan", "line", "program", "calendar", "delegation" or "rule"
	Plan     string            `json:"plan,omitempty"`
	Line     string            `json:"line,omitempty"`
	Program  string            `json:"program,omitempty"`
	State    string            `json:"state,omitempty"` // of a rule, which goes by state, line, code and first day
	Code     string            `json:"code,omitempty"`
	From     civil.Date        `json:"from,omitzero"`
	Given    map[string]string `json:"given"`
	Expected string            `json:"expected"`
	Why      string            `json:"why,omitempty"`
}

// subjectOf is what a test is about; false if the file doesn't say it so that it
// can be found.
func (c *configurer) subjectOf(ctx context.Context, tx *db.Tx, in SetupTest) (s config.Subject, ok bool, err error) {
	if in.About == "rule" {
		r, err := peer.RuleOf(ctx, tx, peer.Rule{State: in.State, Line: in.Line, Code: in.Code, From: in.From})
		return config.RuleSubject(r.ID), r.ID != "", err
	}
	p, program := c.plans[in.Plan], c.programs[in.Program]
	ids := map[string]config.Subject{"plan": {Kind: "plan", ID: string(p.ID)}, "line": config.LineSubject(p.ID, in.Line), "program": {Kind: "program", ID: string(program.ID)},
		"calendar": config.CalendarSubject(p.ID), "delegation": config.DelegationSubject(p.ID)}
	s, known := ids[in.About]
	return s, known && (p.ID != "" || program.ID != "" && in.About == "program"), nil
}

// setTests keeps the tests of the file. One of the same given things is set
// anew.
func (c *configurer) setTests(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Tests {
		about := func(err error) error { return about("test of "+in.About+" "+in.Plan+in.Program+in.State, err) }
		s, ok, err := c.subjectOf(ctx, tx, in)
		if err != nil {
			return err
		}
		if !ok {
			return about(fmt.Errorf("nothing of this kind and code is set"))
		}
		all, err := config.Cases(ctx, tx, s)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(one config.TestCase) bool { return maps.Equal(one.Given, in.Given) }); i >= 0 {
			if all[i].Expected == in.Expected && all[i].Why == in.Why {
				continue
			}
			if err := config.RemoveCase(ctx, tx, c.by, s, all[i].ID); err != nil {
				return about(err)
			}
		}
		if err := config.AddCase(ctx, tx, c.by, s, in.Given, in.Expected, in.Why); err != nil {
			return about(err)
		}
	}
	return nil
}

// prove refuses a file by which a test fails, or that opens calls before anybody
// has hours for them.
func (c *configurer) prove(ctx context.Context, tx *db.Tx) error {
	rules, err := c.ruleSubjects(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range slices.Concat(c.subjects(), rules) {
		if err := config.Prove(ctx, tx, s); err != nil {
			return about(s.Kind, err)
		}
	}
	waves, err := plan.Waves(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range waves {
		if slices.Contains(c.waves, w.ID) {
			continue
		}
		p, err := plan.Get(ctx, tx, w.PlanID)
		if err == nil && w.StoppedAt == nil {
			err = peer.CheckServed(ctx, tx, w)
		}
		if err != nil {
			return about("roll-out for "+p.Code, err)
		}
	}
	return nil
}

func (x *exporter) addTests(ctx context.Context, tx *db.Tx) error {
	type one struct {
		s  config.Subject
		as SetupTest
	}
	var subjects []one
	for _, id := range byText(x.plans) {
		lines, err := plan.LinesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		code := x.plans[id]
		subjects = append(subjects, one{config.Subject{Kind: "plan", ID: string(id)}, SetupTest{About: "plan", Plan: code}})
		slices.SortFunc(lines, func(a, b plan.Line) int { return strings.Compare(a.Code, b.Code) })
		for _, l := range lines {
			subjects = append(subjects, one{config.LineSubject(id, l.Code), SetupTest{About: "line", Plan: code, Line: l.Code}})
		}
		subjects = append(subjects, one{config.CalendarSubject(id), SetupTest{About: "calendar", Plan: code}}, one{config.DelegationSubject(id), SetupTest{About: "delegation", Plan: code}})
	}
	for _, id := range byText(x.programs) {
		subjects = append(subjects, one{config.Subject{Kind: "program", ID: string(id)}, SetupTest{About: "program", Program: x.programs[id]}})
	}
	rules, err := peer.Rules(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range rules {
		subjects = append(subjects, one{config.RuleSubject(r.ID), SetupTest{About: "rule", State: r.State, Line: r.Line, Code: r.Code, From: r.From}})
	}
	for _, of := range subjects { // "" stands for every plan or program, and has none
		all, err := config.Cases(ctx, tx, of.s)
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b config.TestCase) int { return strings.Compare(givenText(a.Given), givenText(b.Given)) })
		for _, c := range all {
			of.as.Given, of.as.Expected, of.as.Why = c.Given, c.Expected, c.Why
			x.Tests = append(x.Tests, of.as)
		}
	}
	return nil
}

// byText are the keys of a map by their texts.
func byText[K ~string](m map[K]string) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int { return strings.Compare(m[a], m[b]) })
}

// givenText orders tests of one subject.
func givenText(d config.Doc) (text string) {
	for _, key := range slices.Sorted(maps.Keys(d)) {
		text += key + "=" + d[key] + "\n"
	}
	return text
}
