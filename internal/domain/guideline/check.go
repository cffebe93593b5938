package guideline

import (
	"fmt"
	"slices"
	"strings"
)

// A Report is what testing a guideline found: how many cases and checks
// passed, and what failed, with its place.
type Report struct {
	Passed int
	Failed Mistakes
}

func (r *Report) check(ok bool, place, format string, args ...any) {
	if ok {
		r.Passed++
		return
	}
	r.Failed = append(r.Failed, Mistake{place, fmt.Sprintf(format, args...)})
}

// Test runs a guideline's own cases and looks for what reading it can't find:
// questions nobody can be asked, criteria no answer can meet, questions that
// nothing rests on, and pages too long to read.
func (v *Version) Test() Report {
	r := &Report{}
	for _, c := range v.Cases {
		wrong := v.Try(c)
		r.check(len(wrong) == 0, c.path, "%s: %s", c.Name, strings.Join(wrong, "; "))
	}
	r.check(len(v.Cases) > 0, "cases", "there is none")
	v.testRules(r)
	v.testReach(r)
	v.testUse(r)
	v.testPages(r)
	return *r
}

// testRules wants each rule met in one case and not in another, so that a
// change of it can't go unnoticed.
func (v *Version) testRules(r *Report) {
	met, other := map[ID]bool{}, map[ID]bool{}
	for _, c := range v.Cases {
		for _, f := range v.Evaluate(c.Facts, c.Answers).Finding.rules() {
			met[f.Criterion] = met[f.Criterion] || f.Truth == Met
			other[f.Criterion] = other[f.Criterion] || f.Truth != Met
		}
	}
	for _, c := range v.Criteria.Rules() {
		r.check(met[ID(c.ID)] && other[ID(c.ID)], c.path, "%s needs a case in which it is met, and one in which it is not", c.ID)
	}
}

// testUse wants every question to be for something.
func (v *Version) testUse(r *Report) {
	used := v.rested()
	for _, i := range flatten(v.Questionnaire.Items) {
		if i.Type.asks() {
			r.check(used[i] || i.Reason != "", i.path, "no criterion rests on %s, and it says no reason of its own (%s)", i.LinkID, extReason)
		}
	}
}

// rested are the questions that criteria rest on, directly or by way of what
// is calculated from them or asked because of them, and those that decide
// which files are asked for.
func (v *Version) rested() map[*Item]bool {
	used := map[*Item]bool{}
	var mark func(i *Item)
	mark = func(i *Item) {
		if i == nil || used[i] {
			return
		}
		used[i] = true
		for _, on := range v.index.needs(i) {
			mark(on)
		}
	}
	conditions := []*expression{}
	for _, c := range v.Criteria.Rules() {
		conditions = append(conditions, c.when)
	}
	for _, f := range v.Files {
		conditions = append(conditions, f.when)
	}
	for _, e := range conditions {
		if e != nil {
			for _, name := range e.uses {
				mark(v.index.byName[name])
			}
		}
	}
	return used
}

// testPages wants no page to take longer to read than MostSeconds, also when
// everything on it is asked.
func (v *Version) testPages(r *Report) {
	for _, top := range v.Questionnaire.Items {
		p := Page{}
		if top.Type == Group {
			p.Title = top.Text
		}
		everything := state{enabled: map[*Item]bool{}}
		for _, i := range flatten([]*Item{top}) {
			everything.enabled[i] = true
		}
		v.fill(&p, top, everything, Facts{}.zone(), true)
		r.check(p.seconds() <= MostSeconds, top.path, "the page takes %d seconds to read, and %d at most is right", p.seconds(), MostSeconds)
	}
}

// testReach wants every question to be asked, and every criterion to be met,
// by some answers.
func (v *Version) testReach(r *Report) {
	for _, i := range flatten(v.Questionnaire.Items) {
		if len(i.conditions) == 0 && i.enable == nil {
			continue
		}
		ok := v.reach(v.index.needs(i), exprNames(i.enable), func(st state) bool { return st.enabled[i] })
		r.check(ok, i.path, "no answers lead to %s", i.LinkID)
	}
	v.reachCriterion(r, v.Criteria)
}

func (v *Version) reachCriterion(r *Report, c Criterion) {
	var on []*Item
	var facts []string
	for _, rule := range c.Rules() {
		for _, name := range rule.when.uses {
			if i := v.index.byName[name]; i != nil {
				on = append(on, i)
			} else {
				facts = append(facts, name)
			}
		}
	}
	met := func(st state) bool { return v.find(c, st, Facts{}.zone()).Truth == Met }
	slices.Sort(facts)
	r.check(v.reach(on, slices.Compact(facts), met), c.path, "no answers can meet %s", strings.TrimSpace(string(c.Kind)+" "+c.ID))
	for _, one := range c.Of {
		v.reachCriterion(r, one)
	}
}

func exprNames(e *expression) (facts []string) {
	if e == nil {
		return nil
	}
	for _, name := range e.uses {
		if _, fact := factNames[name]; fact {
			facts = append(facts, name)
		}
	}
	return facts
}
