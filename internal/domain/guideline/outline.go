package guideline

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// An Asked is a question, or a group of them, in the outline of a guideline.
type Asked struct {
	LinkID, Text string
	Depth        int // 0 for what stands at the top
	Group        bool
	Note         bool   // text to read
	How          string // it is answered: "One of 3: Yes, …"
	When         string // it is asked; "" for always
	Required     bool
	Hidden       bool
	Criteria     []string // that rest on it, by their ids
	Reason       string   // why it is asked although none does
}

// Outline are the questions in their order, with what rests on each.
func (v *Version) Outline() (all []Asked) {
	var walk func(items []*Item, depth int)
	walk = func(items []*Item, depth int) {
		for _, i := range items {
			a := Asked{LinkID: i.LinkID, Text: i.Text, Depth: depth, Group: i.Type == Group, Note: i.Type == Display, How: i.how(), When: v.when(i), Required: i.Required, Hidden: i.Hidden, Reason: i.Reason}
			for _, c := range v.Criteria.Rules() {
				if slices.ContainsFunc(c.when.uses, func(name string) bool {
					return name == i.name && i.Type.asks() || v.index.leads(i, v.index.byName[name])
				}) {
					a.Criteria = append(a.Criteria, c.ID)
				}
			}
			all = append(all, a)
			walk(i.Items, depth+1)
		}
	}
	walk(v.Questionnaire.Items, 0)
	return all
}

// how says how an item is answered.
func (i *Item) how() string {
	var options []string
	for _, o := range i.Options {
		options = append(options, o.Display)
	}
	list := strings.Join(options, ", ")
	switch {
	case i.Type == Boolean:
		return "Yes or no"
	case i.Type.chooses() && i.Repeats:
		return "Some of " + itoa(len(options)) + ": " + list
	case i.Type.chooses():
		return "One of " + itoa(len(options)) + ": " + list
	case i.calculated != nil:
		return "Worked out: " + i.calculated.text
	case i.Type.number() && len(i.Units) > 0:
		return "A number of " + i.Units[0].Display
	case i.Type.number():
		return "A number"
	case i.Type == Date:
		return "A date"
	case i.Type == DateTime:
		return "A date and a time"
	case i.Type == Attachment:
		return "A file"
	case i.Type.asks():
		return "Text"
	}
	return ""
}

// when says when an item is asked; "" for always.
func (v *Version) when(i *Item) string {
	var parts []string
	for _, c := range i.conditions {
		said := "is answered"
		if on := v.index.items[c.Question]; !c.exists && on != nil {
			said = c.Operator + " " + on.say(c.Answer, time.UTC)
		} else if c.exists && !c.Answer.Yes {
			said = "is not answered"
		}
		parts = append(parts, c.Question+" "+said)
	}
	if i.enable != nil {
		parts = append(parts, i.enable.text)
	}
	if i.anyOf {
		return strings.Join(parts, " or ")
	}
	return strings.Join(parts, " and ")
}

// A Weighed is a criterion, or several put together, in the outline.
type Weighed struct {
	ID, Sentence      string
	How               string // it is put together: "All of these", "" for a rule
	When              string // a rule is met
	Section, Citation string
	Source            Source
	Evidence          string
	Questions         []string // it rests on, by their link ids
	Of                []Weighed
}

// Tree is the tree of criteria.
func (v *Version) Tree() Weighed { return v.weighed(v.Criteria) }

func (v *Version) weighed(c Criterion) Weighed {
	w := Weighed{ID: c.ID, Sentence: c.Sentence, Section: c.Section, Citation: c.Citation, Evidence: c.Evidence}
	w.Source, _ = v.source(c.Source)
	switch c.Kind {
	case AllOf:
		w.How = "All of these"
	case AnyOf:
		w.How = "Any of these"
	case AtLeast:
		w.How = "At least " + itoa(c.N) + " of these"
	case Not:
		w.How = "Not this"
	}
	if c.when != nil {
		w.When = c.when.text
		for _, name := range c.when.uses {
			if i := v.index.byName[name]; i != nil {
				w.Questions = append(w.Questions, i.LinkID)
			}
		}
	}
	for _, one := range c.Of {
		w.Of = append(w.Of, v.weighed(one))
	}
	return w
}

// A Said is one thing that a version says, in words: what it is about, and what
// it says of it.
type Said struct{ About, Words string }

// Tell is all that a version says, in words, so that two can be compared by what
// they mean.
func (v *Version) Tell() []Said {
	until := "No end"
	if !v.To.IsZero() {
		until = v.To.String()
	}
	all := []Said{{"Version", v.Version}, {"Title", v.Title}, {"About", v.About}, {"First day", v.From.String()}, {"Last day", until},
		{"Programs", strings.Join(v.Programs, ", ")}, {"Plans", cmp.Or(strings.Join(v.Plans, ", "), "Every plan")}, {"Procedures", strings.Join(v.Codes, ", ")}}
	for _, s := range v.Sources {
		all = append(all, Said{"Source " + s.ID, strings.TrimSpace(s.Cite() + " " + s.URL)})
	}
	for _, a := range v.Outline() {
		name := "Question " + a.LinkID
		all = append(all, Said{name, a.Text})
		for _, one := range []Said{{"answered", a.How}, {"asked when", a.When}, {"why", a.Reason}} {
			if one.Words != "" {
				all = append(all, Said{name + ": " + one.About, one.Words})
			}
		}
		if a.Required {
			all = append(all, Said{name + ": must be answered", "Yes"})
		}
	}
	v.tellCriteria(v.Tree(), "", &all)
	for _, f := range v.Files {
		need, when := "helpful", ""
		if f.Required {
			need = "required"
		}
		if f.when != nil {
			when = ", when " + f.when.text
		}
		all = append(all, Said{"File " + f.ID, f.Item + " (" + need + when + "): " + f.Why})
	}
	for _, t := range v.Terms {
		all = append(all, Said{"Approval of " + strings.Join(t.Codes, ", "), strings.TrimSpace(itoa(t.Units)+" "+t.Unit) + " within " + itoa(t.Days) + " days"})
	}
	for _, c := range v.Cases {
		all = append(all, Said{"Test case " + c.Name, map[bool]string{true: "Can be approved", false: "Needs a person"}[c.Approve]})
	}
	return all
}

// tellCriteria tells of a criterion and those below it; place names one without
// an id.
func (v *Version) tellCriteria(w Weighed, place string, all *[]Said) {
	name := "Criterion " + w.ID
	if w.ID == "" {
		name = "Criteria" + place
	}
	for _, one := range []Said{{"", w.Sentence}, {": takes", w.How}, {": met when", w.When}, {": section", w.Section}, {": citation", strings.TrimSpace(w.Source.ID + " " + w.Citation)}, {": evidence", w.Evidence}} {
		if one.Words != "" {
			*all = append(*all, Said{name + one.About, one.Words})
		}
	}
	for n, one := range w.Of {
		v.tellCriteria(one, place+" "+itoa(n+1), all)
	}
}
