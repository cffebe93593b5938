package guideline

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// An index finds what belongs to a version's questions.
type index struct {
	items  map[string]*Item // by link id
	byName map[string]*Item // by the name in expressions; only what people answer
	order  []*Item          // each after what it depends on
	scope  scope
	lists  map[string]bool // names whose value is a list that can grow

	constants map[string]constants // what each name is compared with
}

// compile fills the index: names, expressions, and an order to work them out
// in. Everything that doesn't fit together is a mistake.
func (d *document) compile(q *Questionnaire, items map[string]*Item) index {
	x := index{items: items, byName: map[string]*Item{}, lists: map[string]bool{}, scope: scope{samples: maps.Clone(factNames), options: map[string][]string{}}}
	inOrder := flatten(q.Items)
	for _, i := range inOrder {
		x.name(d, i)
	}
	for _, i := range inOrder {
		d.compileItem(x, i)
	}
	x.order = d.sorted(x, inOrder)
	for _, i := range x.order { // a value worked out from a list is like one
		if i.calculated != nil && slices.ContainsFunc(i.calculated.uses, func(n string) bool { return x.lists[n] }) {
			x.lists[i.name] = true
		}
	}
	return x
}

// flatten lists items, each before what is in it.
func flatten(items []*Item) (all []*Item) {
	for _, i := range items {
		all = append(append(all, i), flatten(i.Items)...)
	}
	return all
}

// reserved reports whether a name means something else in an expression.
func reserved(name string) bool {
	words := []string{"answered", "days", "weeks", "months", "years", "and", "or", "not", "in", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "nil", "true", "false"}
	return slices.Contains(words, name) || slices.Contains(builtins, name)
}

func (x index) name(d *document, i *Item) {
	if !i.Type.asks() {
		return
	}
	if _, fact := factNames[i.name]; fact || reserved(i.name) || x.byName[i.name] != nil || i.name == "" {
		d.fail(i.path+".linkId", "expressions would know it as %s, which is taken", cmp.Or(i.name, "nothing"))
		return
	}
	x.byName[i.name] = i
	x.scope.samples[i.name] = i.sample()
	x.lists[i.name] = i.Repeats
	if i.Type == Choice {
		for _, o := range i.Options {
			x.scope.options[i.name] = append(x.scope.options[i.name], o.Code)
		}
	}
}

func (d *document) compileItem(x index, i *Item) {
	compile := func(what, text string, f func(string) (*expression, error)) *expression {
		if text == "" {
			return nil
		}
		e, err := f(text)
		if err != nil {
			d.fail(i.path, "%s: %v", what, err)
		}
		return e
	}
	value := func(text string) (*expression, error) { return x.scope.value(text, i.sample()) }
	i.enable = compile("enableWhenExpression", i.source.enable, x.scope.condition)
	i.initial = compile("initialExpression", i.source.initial, value)
	i.calculated = compile("calculatedExpression", i.source.calculated, value)
	for n, t := range i.toggles {
		i.toggles[n].when = compile("answerOptionsToggleExpression", t.text, x.scope.condition)
		for _, code := range t.codes {
			if _, ok := i.option(code); !ok {
				d.fail(i.path, "answerOptionsToggleExpression: there is no option %q", code)
			}
		}
	}
	if !i.Type.asks() && (i.initial != nil || i.calculated != nil) {
		d.fail(i.path, "only a question can have a value")
	}
	for n, c := range i.conditions {
		place := i.path + ".enableWhen[" + itoa(n) + "]"
		on := x.items[c.Question]
		if on == nil || !on.Type.asks() {
			d.fail(place+".question", "there is no question %q", c.Question)
			continue
		}
		if c.Operator != "exists" && !on.Type.takes(c.kind) {
			d.fail(place, "%s has no answers of that type", c.Question)
		}
		if c.Answer.Unit != "" && (len(on.Units) == 0 || on.Units[0].Code != c.Answer.Unit) {
			d.fail(place+".answerQuantity", "must be in the unit of %s", c.Question)
		}
		if on.Type == Choice && c.Operator != "exists" {
			if _, ok := on.option(c.Answer.Text); !ok {
				d.fail(place, "%s has no option %q", c.Question, c.Answer.Text)
			}
		}
		if strings.ContainsAny(c.Operator, "<>") && !on.Type.number() && on.Type != Date && on.Type != DateTime {
			d.fail(place+".operator", "%s needs a number or a date", c.Operator)
		}
	}
}

// needs are the items that must be worked out before i.
func (x index) needs(i *Item) (all []*Item) {
	if i.up != nil {
		all = append(all, i.up)
	}
	for _, c := range i.conditions {
		if on := x.items[c.Question]; on != nil {
			all = append(all, on)
		}
	}
	for _, e := range i.expressions() {
		for _, name := range e.uses {
			if on := x.byName[name]; on != nil {
				all = append(all, on)
			}
		}
	}
	return all
}

// expressions are those of an item that there are.
func (i *Item) expressions() []*expression {
	all := []*expression{i.enable, i.initial, i.calculated}
	for _, t := range i.toggles {
		all = append(all, t.when)
	}
	return slices.DeleteFunc(all, func(e *expression) bool { return e == nil })
}

// offers reports whether an option can be chosen, given what is known.
func (i *Item) offers(code string, env map[string]any) bool {
	named := false
	for _, t := range i.toggles {
		if slices.Contains(t.codes, code) {
			if t.when.holds(env) == Met {
				return true
			}
			named = true
		}
	}
	return !named
}

// offersAll reports whether every value can be chosen.
func (i *Item) offersAll(values []Value, env map[string]any) bool {
	return !slices.ContainsFunc(values, func(v Value) bool { return !v.Open && !i.offers(v.Text, env) })
}

// sorted puts each item after what it needs. A circle is a mistake.
func (d *document) sorted(x index, items []*Item) (order []*Item) {
	const entered, done = 1, 2
	seen := map[*Item]int{}
	var enter func(*Item)
	enter = func(i *Item) {
		switch seen[i] {
		case done:
			return
		case entered:
			d.fail(i.path, "depends on itself, by way of others")
			return
		}
		seen[i] = entered
		for _, on := range x.needs(i) {
			enter(on)
		}
		seen[i] = done
		order = append(order, i)
	}
	for _, i := range items {
		enter(i)
	}
	return order
}

// A state is a questionnaire with facts and answers: which items are there,
// and what each is worth.
type state struct {
	enabled map[*Item]bool
	answers Answers        // of what is enabled, with calculated values
	env     map[string]any // facts and values, as expressions know them
}

func (v *Version) state(f Facts, a Answers) state {
	st := state{enabled: map[*Item]bool{}, answers: Answers{}, env: f.known()}
	for _, i := range v.index.order {
		st.enabled[i] = (i.up == nil || st.enabled[i.up]) && i.wanted(st)
		if !i.Type.asks() || !st.enabled[i] {
			continue
		}
		if answer, ok := i.worth(st, a[i.LinkID]); ok {
			st.answers[i.LinkID] = answer
			if answer.given() {
				st.env[i.name] = i.native(answer.Values)
			}
		}
	}
	return st
}

// wanted reports whether an item's own conditions hold.
func (i *Item) wanted(st state) bool {
	if i.enable != nil && i.enable.holds(st.env) != Met {
		return false
	}
	holds := func(c Condition) bool { return c.holds(st.answers[c.Question]) }
	if i.anyOf {
		return slices.ContainsFunc(i.conditions, holds)
	}
	return !slices.ContainsFunc(i.conditions, func(c Condition) bool { return !holds(c) })
}

// worth is the answer that counts: what a person gave, else what is
// calculated. An answer that is no longer one of a kind, or whose option is no
// longer offered, counts for nothing.
func (i *Item) worth(st state, given Answer) (Answer, bool) {
	if i.calculated != nil && (i.ReadOnly || given.Origin != Override) {
		native, ok := i.calculated.result(st.env)
		values := i.wrap(native)
		if !ok || len(values) == 0 || i.acceptsMany(values) != "" { // a fraction by zero is no answer
			return Answer{}, false
		}
		return Answer{Values: values, Origin: AutoServer}, true
	}
	if i.acceptsMany(given.Values) != "" || !i.offersAll(given.Values, st.env) {
		return Answer{}, false
	}
	return given, given.given() || given.NotDocumented
}

// holds is enableWhen as FHIR R4 has it: = wants an answer that is equal, !=
// that none is, so that it also holds of a question without an answer.
func (c Condition) holds(a Answer) bool {
	some := func(test func(n int) bool) bool {
		return slices.ContainsFunc(a.Values, func(v Value) bool { return test(c.compare(v)) })
	}
	switch c.Operator {
	case "exists":
		return a.given() == c.exists
	case "=":
		return some(func(n int) bool { return n == 0 })
	case "!=":
		return !some(func(n int) bool { return n == 0 })
	case ">":
		return some(func(n int) bool { return n > 0 })
	case "<":
		return some(func(n int) bool { return n < 0 })
	case ">=":
		return some(func(n int) bool { return n >= 0 })
	}
	return some(func(n int) bool { return n <= 0 })
}

// compare orders a value before (-1), with (0) or after (1) the condition's.
func (c Condition) compare(v Value) int {
	yes := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	w := c.Answer
	return cmp.Or(cmp.Compare(v.Number, w.Number), v.Day.Compare(w.Day), v.At.Compare(w.At), cmp.Compare(v.Text, w.Text), cmp.Compare(yes(v.Yes), yes(w.Yes)))
}

// Prefill adds initial values for questions that are there, were never
// answered and were never emptied. What it adds says that it came from the
// plan. It returns a copy.
func (v *Version) Prefill(f Facts, a Answers) Answers {
	a = maps.Clone(a)
	if a == nil {
		a = Answers{}
	}
	for _, i := range v.index.order {
		if _, there := a[i.LinkID]; there || !i.Type.asks() || len(i.preset) == 0 && i.initial == nil {
			continue
		}
		st := v.state(f, a)
		if !st.enabled[i] {
			continue
		}
		values := i.preset
		if i.initial != nil {
			native, ok := i.initial.result(st.env)
			if !ok {
				continue
			}
			values = i.wrap(native)
		}
		if len(values) > 0 && i.acceptsMany(values) == "" {
			a[i.LinkID] = Answer{Values: slices.Clone(values), Origin: AutoServer}
		}
	}
	return a
}

// Enabled lists the link ids of the questions that are asked, given facts and
// answers, in the order of the questionnaire. Hidden ones are among them.
func (v *Version) Enabled(f Facts, a Answers) (all []string) {
	st := v.state(f, a)
	for _, i := range flatten(v.Questionnaire.Items) {
		if i.Type.asks() && st.enabled[i] {
			all = append(all, i.LinkID)
		}
	}
	return all
}

// Live are the answers that count: those to questions that are asked, with
// what is calculated.
func (v *Version) Live(f Facts, a Answers) Answers { return v.state(f, a).answers }
