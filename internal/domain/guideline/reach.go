package guideline

import (
	"math/rand/v2"
	"slices"

	"github.com/expr-lang/expr/ast"

	"parley/internal/domain/civil"
)

// Whether some answers lead somewhere is asked by trying: each question gets
// the answers at which anything could change, which are those around the
// constants of the expressions. Few questions are tried in every combination,
// more at random, always the same. Where no luck helps, a case shows the way.

const (
	mostCombinations = 20000
	mostTries        = 20000
)

// A trial is one question or fact with the values that are worth trying.
type trial struct {
	tries int
	set   func(*Facts, Answers, int)
}

// reach reports whether any answers to the items, and what they depend on,
// make want true.
func (v *Version) reach(on []*Item, facts []string, want func(state) bool) bool {
	if slices.ContainsFunc(v.Cases, func(c Case) bool { return want(v.state(c.Facts, c.Answers)) }) {
		return true // a case shows it, which is quicker than trying
	}
	trials := v.trials(on, facts)
	total := 1
	for _, t := range trials {
		if total *= t.tries; total > mostCombinations {
			return v.reachAtRandom(trials, want)
		}
	}
	for n := range total {
		f, a := v.blank(), Answers{}
		for _, t := range trials {
			t.set(&f, a, n%t.tries)
			n /= t.tries
		}
		if want(v.state(f, a)) {
			return true
		}
	}
	return false
}

func (v *Version) reachAtRandom(trials []trial, want func(state) bool) bool {
	rng := rand.New(rand.NewPCG(1, 2))
	for range mostTries {
		f, a := v.blank(), Answers{}
		for _, t := range trials {
			t.set(&f, a, rng.IntN(t.tries))
		}
		if want(v.state(f, a)) {
			return true
		}
	}
	return false
}

func (v *Version) blank() Facts {
	return Facts{Age: new(50), Sex: "female", Service: caseDay, Code: v.Codes[0], Urgency: "standard", Line: "commercial", Plan: "plan", Diagnoses: []string{"R69"}}
}

// trials are for the items and all they depend on, and for the facts.
func (v *Version) trials(on []*Item, facts []string) (all []trial) {
	seen := map[*Item]bool{}
	var add func(i *Item)
	add = func(i *Item) {
		if i == nil || seen[i] {
			return
		}
		seen[i] = true
		for _, need := range v.index.needs(i) {
			add(need)
		}
		for _, e := range i.expressions() {
			facts = append(facts, exprNames(e)...)
		}
		if i.Type.asks() && (i.calculated == nil || !i.ReadOnly) {
			values := v.valuesFor(i)
			all = append(all, trial{tries: len(values) + 1, set: func(_ *Facts, a Answers, n int) {
				if n < len(values) {
					a[i.LinkID] = Answer{Values: values[n], Origin: Override}
				}
			}})
		}
	}
	for _, i := range on {
		add(i)
	}
	slices.Sort(facts)
	for _, name := range slices.Compact(facts) {
		all = append(all, v.factTrial(name))
	}
	return all
}

// valuesFor are answers to a question that are worth trying.
func (v *Version) valuesFor(i *Item) (all [][]Value) {
	keep := func(values ...Value) {
		if i.acceptsMany(values) == "" {
			all = append(all, values)
		}
	}
	switch {
	case i.Type == Boolean:
		keep(Value{Yes: true})
		keep(Value{Yes: false})
	case i.Type.chooses():
		for _, o := range i.Options {
			keep(Value{Text: o.Code})
		}
		keep(i.everything()...)
	case i.Type.number():
		for _, n := range v.numbers(i) {
			keep(Value{Number: n})
		}
	case i.Type == Date || i.Type == DateTime:
		for _, d := range v.days(i) {
			keep(Value{Day: d, At: instant(d)})
		}
	default:
		for _, s := range append(slices.Clone(v.index.constants[i.name].texts), "x") {
			keep(Value{Text: s})
		}
	}
	return all
}

// everything are all options that can be chosen together.
func (i *Item) everything() (all []Value) {
	for _, o := range i.Options {
		if i.Repeats && !o.Exclusive && (i.MaxOccurs == 0 || len(all) < i.MaxOccurs) {
			all = append(all, Value{Text: o.Code})
		}
	}
	return all
}

func (v *Version) numbers(i *Item) []float64 {
	var all []float64
	for _, bound := range []*Value{i.Min, i.Max} {
		if bound != nil {
			all = append(all, bound.Number)
		}
	}
	for _, n := range v.index.constants[i.name].numbers {
		all = append(all, n-1, n, n+1, -n-1, -n, -n+1) // the sign stands apart from the number
	}
	slices.Sort(all)
	return slices.Compact(append(all, 0))
}

// days are those before the service by the constants, as days, weeks, months
// and years.
func (v *Version) days(i *Item) (all []civil.Date) {
	all = append(all, caseDay)
	for _, c := range v.index.constants[i.name].numbers {
		n := int(c)
		if n <= 0 || n > 5000 {
			continue
		}
		for _, d := range []civil.Date{caseDay.AddDays(-n), caseDay.AddDays(-7 * n), caseDay.AddMonths(-n), caseDay.AddMonths(-12 * min(n, 100))} {
			all = append(all, d.AddDays(-1), d, d.AddDays(1))
		}
	}
	return all
}

func (v *Version) factTrial(name string) trial {
	c := v.index.constants[name]
	texts := append(slices.Clone(c.texts), "x")
	set := map[string]func(*Facts, string){
		"patient_sex": func(f *Facts, s string) { f.Sex = s }, "service_code": func(f *Facts, s string) { f.Code = s }, "urgency": func(f *Facts, s string) { f.Urgency = s },
		"plan": func(f *Facts, s string) { f.Plan = s }, "line": func(f *Facts, s string) { f.Line = s }, "diagnoses": func(f *Facts, s string) { f.Diagnoses = []string{s} },
	}[name]
	switch name {
	case "patient_age":
		ages := []int{0, 50, 100}
		for _, n := range c.numbers {
			ages = append(ages, int(n)-1, int(n), int(n)+1)
		}
		return trial{tries: len(ages), set: func(f *Facts, _ Answers, n int) { f.Age = new(ages[n]) }}
	case "service_date":
		return trial{tries: 1, set: func(*Facts, Answers, int) {}}
	case "service_code":
		texts = v.Codes
	}
	return trial{tries: len(texts), set: func(f *Facts, _ Answers, n int) { set(f, texts[n]) }}
}

// constants are what a name is compared with.
type constants struct {
	numbers []float64
	texts   []string
}

// Visit implements ast.Visitor.
func (c *constants) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IntegerNode:
		c.numbers = append(c.numbers, float64(n.Value))
	case *ast.FloatNode:
		c.numbers = append(c.numbers, n.Value)
	case *ast.StringNode:
		c.texts = append(c.texts, n.Value)
	}
}

// findConstants gives each name what it is compared with, wherever that is;
// what something calculated is compared with counts for what it is made of.
func (v *Version) findConstants() map[string]constants {
	found := map[string]constants{}
	add := func(name string, c constants) {
		all := found[name]
		all.numbers, all.texts = append(all.numbers, c.numbers...), append(all.texts, c.texts...)
		found[name] = all
	}
	for _, e := range v.expressions() {
		for _, atom := range e.root.atoms() {
			var c constants
			ast.Walk(&atom.node, &c)
			for _, name := range atom.uses {
				add(name, c)
			}
		}
	}
	for _, i := range v.index.order {
		for _, w := range i.conditions {
			if on := v.index.items[w.Question]; on != nil {
				add(on.name, constants{[]float64{w.Answer.Number}, []string{w.Answer.Text}})
			}
		}
	}
	for _, i := range slices.Backward(v.index.order) {
		if i.calculated != nil {
			for _, name := range i.calculated.uses {
				add(name, found[i.name])
			}
		}
	}
	for name, c := range found {
		slices.Sort(c.numbers)
		slices.Sort(c.texts)
		found[name] = constants{slices.Compact(c.numbers), slices.Compact(c.texts)}
	}
	return found
}

// expressions are all conditions and calculations of a version.
func (v *Version) expressions() (all []*expression) {
	for _, rule := range v.Criteria.Rules() {
		all = append(all, rule.when)
	}
	for _, i := range v.index.order {
		all = append(all, i.expressions()...)
	}
	return all
}

// atoms are the parts of an expression that have a program.
func (l *logic) atoms() (all []*logic) {
	if l.op == "atom" {
		return []*logic{l}
	}
	for _, one := range l.of {
		all = append(all, one.atoms()...)
	}
	return all
}
