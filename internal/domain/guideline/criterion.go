package guideline

import (
	"slices"
	"strings"
	"time"
)

// A Criterion is a rule, or several put together.
type Criterion struct {
	ID       string
	Kind     Kind
	N        int // for AtLeast: how many
	Sentence string
	Of       []Criterion

	// Of a rule:
	Section  string // of the guideline: "2.1 Conservative care"
	Source   string // id of the source it rests on
	Citation string // where in the source: "Recommendation 2"
	Evidence string // what would show it: "Physical-therapy notes that cover six weeks"
	// CanBeLost says that learning more can turn it from met into not met,
	// as with "none of these was found". Without it that can't happen.
	CanBeLost bool

	path string
	when *expression
}

// A Kind is how a criterion is put together.
type Kind string

// Kinds.
const (
	Rule    Kind = "rule"
	AllOf   Kind = "all"
	AnyOf   Kind = "any"
	AtLeast Kind = "at least"
	Not     Kind = "not"
)

const mostCriteria = 200

// readCriterion reads the tree: {"all": […]}, {"any": […]}, {"at_least": 2,
// "of": […]}, {"not": {…}}, or a rule with "when".
func readCriterion(o *object, x index, seen map[string]bool) (c Criterion) {
	if o == nil {
		return c
	}
	c = Criterion{path: o.path, ID: o.text("id"), Sentence: o.text("sentence")}
	if len(seen) >= mostCriteria {
		o.fail("", "is one too many: at most %d criteria", mostCriteria)
		return c
	}
	if c.ID != "" && seen[c.ID] {
		o.fail("id", "%q stands twice", c.ID)
	}
	seen[c.ID+o.path] = true
	seen[c.ID] = true
	var parts []*object
	switch {
	case o.has("all"):
		c.Kind, parts = AllOf, o.children("all")
	case o.has("any"):
		c.Kind, parts = AnyOf, o.children("any")
	case o.has("at_least"):
		c.Kind, c.N, parts = AtLeast, o.whole("at_least"), o.children("of")
	case o.has("not"):
		c.Kind, parts = Not, []*object{o.child("not")}
	default:
		c.rule(o, x)
	}
	for _, p := range parts {
		c.Of = append(c.Of, readCriterion(p, x, seen))
	}
	if c.Kind != Rule && len(c.Of) == 0 || c.Kind == AtLeast && (c.N < 1 || c.N > len(c.Of)) {
		o.fail("", "has no parts, or not as many as it asks for")
	}
	o.end()
	return c
}

func (o *object) has(key string) bool {
	_, ok := o.fields[key]
	return ok
}

func (c *Criterion) rule(o *object, x index) {
	c.Kind = Rule
	c.ID, c.Sentence = o.need("id"), o.need("sentence")
	c.Section, c.Source, c.Citation, c.Evidence = o.need("section"), o.need("source"), o.text("citation"), o.need("evidence")
	c.CanBeLost = o.flag("can_be_lost")
	when, err := x.scope.condition(o.need("when"))
	if err != nil {
		o.fail("when", "%v", err)
		return
	}
	c.when = when
	if !c.CanBeLost && !when.root.monotone(x.lists, false) {
		o.fail("when", "can be lost when more is known (a list that grows, or a question that is answered): say so with can_be_lost")
	}
}

// Rules are the rules of the tree, from left to right.
func (c Criterion) Rules() (all []Criterion) {
	if c.Kind == Rule {
		return []Criterion{c}
	}
	for _, one := range c.Of {
		all = append(all, one.Rules()...)
	}
	return all
}

// A Finding is what was found of a criterion, and what it rests on.
type Finding struct {
	Criterion ID
	Kind      Kind
	Truth     Truth
	Sentence  string
	Section   string
	Source    Source // zero unless a rule
	Citation  string
	Evidence  string
	Used      []Used // the answers and facts it rests on, by name
	N         int    // of "at least n of"
	Of        []Finding
}

// An ID identifies a criterion within its guideline.
type ID string

// A Used is one answer or fact that a rule looked at.
type Used struct {
	LinkID   string // "" for a fact
	Question string // in words
	Answer   string // in words; "" where there is none
	Origin   Origin
}

// truth puts what was found of the parts together. For n of many, a part that
// is not shown could still go either way.
func (c Criterion) truth(parts []Finding) Truth {
	of := func(f Finding) Truth { return f.Truth }
	switch c.Kind {
	case AllOf:
		return all(parts, of)
	case AnyOf:
		return some(parts, of)
	case Not:
		return parts[0].Truth.not()
	}
	met, open := 0, 0
	for _, p := range parts {
		switch p.Truth {
		case Met:
			met++
		case NotShown:
			open++
		}
	}
	switch {
	case met >= c.N:
		return Met
	case met+open < c.N:
		return NotMet
	}
	return NotShown
}

func (v *Version) find(c Criterion, st state, zone *time.Location) Finding {
	f := Finding{Criterion: ID(c.ID), Kind: c.Kind, Sentence: c.Sentence, Section: c.Section, Citation: c.Citation, Evidence: c.Evidence, N: c.N}
	if c.Kind != Rule {
		for _, one := range c.Of {
			f.Of = append(f.Of, v.find(one, st, zone))
		}
		f.Truth = c.truth(f.Of)
		return f
	}
	f.Source, _ = v.source(c.Source)
	f.Truth = c.when.holds(st.env)
	for _, name := range c.when.uses {
		f.Used = append(f.Used, v.used(name, st, zone))
	}
	return f
}

func (v *Version) source(id string) (Source, bool) {
	i := slices.IndexFunc(v.Sources, func(s Source) bool { return s.ID == id })
	if i < 0 {
		return Source{}, false
	}
	return v.Sources[i], true
}

var factWords = map[string]string{
	"patient_age": "Age on the date of service", "patient_sex": "Sex as recorded", "service_date": "Date of service", "service_code": "Procedure code",
	"diagnoses": "Diagnoses", "urgency": "How soon", "plan": "Plan", "line": "Type of plan",
}

func (v *Version) used(name string, st state, zone *time.Location) Used {
	i := v.index.byName[name]
	if i == nil {
		u := Used{Question: factWords[name]}
		switch known := st.env[name].(type) {
		case string:
			u.Answer = known
		case int:
			u.Answer = itoa(known)
		case []string:
			u.Answer = strings.Join(known, ", ")
		case time.Time:
			u.Answer = (&Item{Type: Date}).say((&Item{Type: Date}).wrap(known)[0], zone)
		}
		return u
	}
	a := st.answers[i.LinkID]
	return Used{LinkID: i.LinkID, Question: i.Text, Answer: i.Say(a, zone), Origin: a.Origin}
}

// rules are the findings about rules, from left to right.
func (f Finding) rules() (all []Finding) {
	if f.Kind == Rule {
		return []Finding{f}
	}
	for _, one := range f.Of {
		all = append(all, one.rules()...)
	}
	return all
}

// open are the rules that keep a finding from being met: what a person looks
// at, and for which more evidence would help. Under what is met there is none.
func (f Finding) open() (all []Finding) {
	switch {
	case f.Truth == Met:
		return nil
	case f.Kind == Rule:
		return []Finding{f}
	case f.Kind == Not:
		return f.rules()
	}
	for _, one := range f.Of {
		all = append(all, one.open()...)
	}
	return all
}
