package guideline

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A tree of rules on yes-or-no questions, drawn at random, as JSON.
func drawTree(t *rapid.T, depth int, n *int) string {
	*n++
	kind := "rule"
	if depth > 0 {
		kind = rapid.SampledFrom([]string{"rule", "all", "any", "at_least", "not"}).Draw(t, "kind")
	}
	if kind == "rule" {
		on := fmt.Sprintf("b%d", rapid.IntRange(0, 5).Draw(t, "question"))
		return rule(fmt.Sprintf("r%d", *n), rapid.SampledFrom([]string{on, "not " + on, on + " == true"}).Draw(t, "when"))
	}
	if kind == "not" {
		return `{"not": ` + drawTree(t, depth-1, n) + `}`
	}
	var parts []string
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		parts = append(parts, drawTree(t, depth-1, n))
	}
	list := strings.Join(parts, ",")
	if kind == "at_least" {
		return fmt.Sprintf(`{"at_least": %d, "of": [%s]}`, rapid.IntRange(1, len(parts)).Draw(t, "n"), list)
	}
	return `{"` + kind + `": [` + list + `]}`
}

func sixQuestions() string {
	var all []string
	for i := range 6 {
		all = append(all, q(fmt.Sprintf("b%d", i), Boolean, ext(notDoc)))
	}
	return strings.Join(all, ",")
}

// What is found of a tree is what arithmetic on 0, 1/2 and 1 says: all is the
// least, any the greatest, n of many the n-th greatest, not the rest to 1.
func TestEvaluationEqualsANaiveOne(t *testing.T) {
	worth := map[Truth]int{NotMet: 0, NotShown: 1, Met: 2}
	var naive func(c Criterion, a Answers) int
	naive = func(c Criterion, a Answers) int {
		if c.Kind == Rule {
			name := strings.TrimSuffix(strings.TrimPrefix(c.when.text, "not "), " == true")
			answer, n := a[name], 1
			if answer.given() {
				n = map[bool]int{true: 2, false: 0}[answer.Values[0].Yes]
			}
			if strings.HasPrefix(c.when.text, "not ") {
				n = 2 - n
			}
			return n
		}
		var parts []int
		for _, one := range c.Of {
			parts = append(parts, naive(one, a))
		}
		slices.Sort(parts)
		switch c.Kind {
		case AllOf:
			return parts[0]
		case AnyOf:
			return parts[len(parts)-1]
		case Not:
			return 2 - parts[0]
		}
		return parts[len(parts)-c.N]
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := 0
		v := made(t, sixQuestions(), drawTree(rt, 3, &n))
		a := Answers{}
		for i := range 6 {
			switch rapid.IntRange(0, 3).Draw(rt, "answer") {
			case 0:
				a[fmt.Sprintf("b%d", i)] = yes(true)
			case 1:
				a[fmt.Sprintf("b%d", i)] = yes(false)
			case 2:
				a[fmt.Sprintf("b%d", i)] = Answer{NotDocumented: true}
			}
		}
		r := v.Evaluate(nov24, a)
		if got, want := worth[r.Finding.Truth], naive(v.Criteria, a); got != want {
			rt.Fatalf("%s, want %d halves", r.Finding.Truth, want)
		}
		approval, ok := r.Outcome.CanBeApproved()
		if ok != (r.Finding.Truth == Met) || ok && (approval.Units != 2 || approval.Days != 30 || len(r.Outcome.NeedsAPerson()) > 0) || !ok && len(r.Outcome.NeedsAPerson()) == 0 {
			rt.Fatalf("%s comes to %+v with %d open", r.Finding.Truth, approval, len(r.Outcome.NeedsAPerson()))
		}
	})
}

// drawAnswers answers some of a guideline's questions with what is worth
// trying.
func drawAnswers(t *rapid.T, v *Version) Answers {
	a := Answers{}
	for _, i := range flatten(v.Questionnaire.Items) {
		values := v.valuesFor(i)
		if !i.Type.asks() || len(values) == 0 {
			continue
		}
		if n := rapid.IntRange(-1, len(values)-1).Draw(t, i.LinkID); n >= 0 {
			a[i.LinkID] = Answer{Values: values[n], Origin: Manual}
		}
	}
	return a
}

func drawFacts(t *rapid.T, v *Version) Facts {
	f := Facts{Service: caseDay, Code: rapid.SampledFrom(v.Codes).Draw(t, "code")}
	if age := rapid.IntRange(-1, 100).Draw(t, "age"); age >= 0 {
		f.Age = &age
	}
	return f
}

// Learning more never turns what is met into not met, unless the rule says
// that it can.
func TestLearningMoreTakesNothingAway(t *testing.T) {
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		lost := map[ID]bool{}
		for _, c := range v.Criteria.Rules() {
			lost[ID(c.ID)] = c.CanBeLost
		}
		rapid.Check(t, func(rt *rapid.T) {
			f, a := drawFacts(rt, v), drawAnswers(rt, v)
			before := v.Evaluate(f, a)
			more := drawAnswers(rt, v)
			for id := range a {
				added := more[id].Values
				more[id] = a[id]
				if both := append(slices.Clone(a[id].Values), added...); v.index.items[id].Repeats && v.index.items[id].acceptsMany(both) == "" {
					more[id] = Answer{Values: both, Origin: Manual} // one more of the list is more, too
				}
			}
			after := v.Evaluate(f, more)
			was := before.Finding.rules()
			for n, now := range after.Finding.rules() {
				if was[n].Truth == Met && now.Truth == NotMet && !lost[now.Criterion] {
					rt.Fatalf("%s: %s was met", v.ID, now.Criterion)
				}
			}
		})
	}
}

// Neither the order in which answers came nor that of what was chosen counts.
func TestOrderNeverMatters(t *testing.T) {
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		rapid.Check(t, func(rt *rapid.T) {
			f, a := drawFacts(rt, v), drawAnswers(rt, v)
			rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
			var ids []string
			for id := range a {
				ids = append(ids, id)
			}
			rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			other := Answers{}
			for _, id := range ids {
				answer := a[id]
				answer.Values = slices.Clone(answer.Values)
				rng.Shuffle(len(answer.Values), func(i, j int) { answer.Values[i], answer.Values[j] = answer.Values[j], answer.Values[i] })
				other[id] = answer
			}
			one, two := v.Evaluate(f, a), v.Evaluate(f, other)
			if v.explain(one) != v.explain(two) || one.Finding.Truth != two.Finding.Truth {
				rt.Fatalf("%s: %s, and then %s", v.ID, v.explain(one), v.explain(two))
			}
		})
	}
}

// The program can't deny: an Outcome can be approved or needs a person, only
// an evaluation makes one that can be approved, and no word for more exists.
func TestNoOutcomeDenies(t *testing.T) {
	var zero Outcome
	if _, ok := zero.CanBeApproved(); ok {
		t.Error("nothing can be approved that was not evaluated")
	}
	typ := reflect.TypeFor[Outcome]()
	var methods []string
	for i := range typ.NumMethod() {
		methods = append(methods, typ.Method(i).Name)
	}
	if got := strings.Join(methods, " "); got != "CanBeApproved NeedsAPerson" {
		t.Errorf("an outcome says more than it should: %s", got)
	}
	for i := range typ.NumField() {
		if typ.Field(i).IsExported() {
			t.Errorf("anybody can set %s", typ.Field(i).Name)
		}
	}
}

func TestAResultExplainsItself(t *testing.T) {
	v := made(t, q("weeks_of", Quantity, ext(inWeeks, notDoc))+","+q("b", Boolean), `{"all": [`+rule("long", "weeks_of >= 6 and patient_age >= 18")+`,`+rule("b", "b")+`]}`)
	f := Facts{Age: new(17), Code: "72148"}
	r := v.Evaluate(f, Answers{"weeks_of": {Values: []Value{{Number: 8}}, Origin: AutoClient}})
	long := r.Finding.Of[0]
	if long.Truth != NotMet || long.Source.Cite() != "A source. A publisher, 2020" || !reflect.DeepEqual(long.Used, []Used{
		{Question: "Age on the date of service", Answer: "17"}, {LinkID: "weeks_of", Question: "Question weeks_of", Answer: "8 weeks", Origin: AutoClient}}) {
		t.Errorf("%+v", long)
	}
	m := r.Meter(v)
	if m.Met != 0 || m.NotMet != 1 || m.NotShown != 1 || m.Lines[1].Word != "Need more" || m.Lines[0].Word != "Not met" || m.Sentence.String() != "This may need a review. This could help: E." || m.Title.String() != "Criteria for made up" || m.Approve {
		t.Errorf("%+v", m)
	}
	f.Age = new(18)
	m = v.Evaluate(f, Answers{"weeks_of": num(6), "b": yes(true)}).Meter(v)
	if !m.Approve || m.Sentence.String() != "Based on your answers this can be approved when you send it." {
		t.Errorf("%+v", m)
	}
	f.Code = "72149" // no terms for it
	if r := v.Evaluate(f, Answers{"weeks_of": num(6), "b": yes(true)}); r.Meter(v).Approve || r.Finding.Truth != Met || r.Meter(v).Sentence != "This needs a review by a person." {
		t.Errorf("%+v", r.Outcome)
	}
}
