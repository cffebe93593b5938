package guideline

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// A Case is an example that a guideline carries: facts and answers, and what
// must come of them.
type Case struct {
	Name     string
	Facts    Facts
	Answers  Answers
	Approve  bool         // else it needs a person
	Findings map[ID]Truth // of the rules it speaks of
	path     string
}

// caseDay is the date of service where a case doesn't say one.
var caseDay = civil.Date{Year: 2026, Month: time.November, Day: 24}

func (v *Version) readCase(o *object) Case {
	c := Case{Name: o.need("name"), Answers: Answers{}, Findings: map[ID]Truth{}, path: o.path}
	c.Facts = v.readFacts(o.child("facts"))
	v.readCaseAnswers(o.child("answers"), &c)
	switch outcome := o.need("outcome"); outcome {
	case "approve":
		c.Approve = true
	case "person":
	default:
		o.fail("outcome", "must be approve or person")
	}
	if findings := o.child("findings"); findings != nil {
		rules := v.Criteria.Rules()
		for _, id := range slices.Sorted(maps.Keys(findings.fields)) {
			truth := Truth(findings.text(id))
			if !slices.Contains([]Truth{Met, NotMet, NotShown}, truth) {
				findings.fail(id, "must be met, not met or not shown")
			}
			if !slices.ContainsFunc(rules, func(r Criterion) bool { return r.ID == id }) {
				findings.fail(id, "there is no such criterion")
			}
			c.Findings[ID(id)] = truth
		}
	}
	o.end()
	return c
}

func (v *Version) readFacts(o *object) Facts {
	f := Facts{Service: caseDay, Urgency: "standard", Line: "commercial"}
	if len(v.Codes) > 0 {
		f.Code = v.Codes[0]
	}
	if o == nil {
		return f
	}
	if o.has("age") {
		f.Age = new(o.whole("age"))
	}
	if o.has("service_date") {
		f.Service = day(o, "service_date")
	}
	f.Sex, f.Plan, f.Diagnoses = o.text("sex"), o.text("plan"), o.texts("diagnoses")
	for key, p := range map[string]*string{"code": &f.Code, "urgency": &f.Urgency, "line": &f.Line} {
		if o.has(key) {
			*p = o.text(key)
		}
	}
	o.end()
	return f
}

// readCaseAnswers reads answers as people would type them: null is "not
// documented", a list several codes.
func (v *Version) readCaseAnswers(o *object, c *Case) {
	if o == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(o.fields)) {
		i := v.index.items[id]
		raw, _ := o.raw(id)
		if i == nil || !i.Type.asks() {
			o.fail(id, "there is no such question")
			continue
		}
		a, err := i.readCaseAnswer(raw)
		if err != nil {
			o.fail(id, "%v", err)
		}
		c.Answers[id] = a
	}
}

func (i *Item) readCaseAnswer(raw json.RawMessage) (Answer, error) {
	var typed any
	if err := json.Unmarshal(raw, &typed); err != nil {
		return Answer{}, err
	}
	var wrong words.Text
	a := Answer{Origin: Manual}
	switch t := typed.(type) {
	case nil:
		if !i.NotDocumented {
			return a, fmt.Errorf("the question can't be answered with “not documented”")
		}
		return Answer{NotDocumented: true, Origin: Manual}, nil
	case bool:
		a.Values = []Value{{Yes: t}}
		if i.Type != Boolean {
			wrong = "is not a yes-or-no question"
		}
	case float64:
		a, wrong = i.ReadText(strconv.FormatFloat(t, 'f', -1, 64), "", "", time.UTC)
	case string:
		a, wrong = i.readCaseText([]any{t})
	case []any:
		a, wrong = i.readCaseText(t)
	default:
		wrong = "is no answer"
	}
	a.Origin = Manual
	if wrong != "" {
		return a, fmt.Errorf("%s", wrong)
	}
	return a, nil
}

func (i *Item) readCaseText(all []any) (a Answer, wrong words.Text) {
	for _, one := range all {
		text, ok := one.(string)
		if !ok {
			return a, "is no list of codes"
		}
		if !i.Type.chooses() {
			return i.ReadText(text, "", "", time.UTC)
		}
		_, known := i.option(text)
		a.Values = append(a.Values, Value{Text: text, Open: !known})
	}
	return a, i.acceptsMany(a.Values)
}

// Try runs a case and says what of it is not as it should be.
func (v *Version) Try(c Case) (wrong []string) {
	r := v.Evaluate(c.Facts, c.Answers)
	if _, approve := r.Outcome.CanBeApproved(); approve != c.Approve {
		wrong = append(wrong, map[bool]string{true: "can be approved, and must need a person", false: "needs a person, and must be approved"}[approve]+": "+v.explain(r))
	}
	for _, f := range r.Finding.rules() {
		if want, ok := c.Findings[f.Criterion]; ok && f.Truth != want {
			wrong = append(wrong, fmt.Sprintf("%s is %s, and must be %s", f.Criterion, f.Truth, want))
		}
	}
	live := v.state(c.Facts, c.Answers)
	for _, id := range slices.Sorted(maps.Keys(c.Answers)) {
		if i := v.index.items[id]; !live.enabled[i] {
			wrong = append(wrong, fmt.Sprintf("%s is answered and not asked", id))
		}
	}
	return wrong
}

// explain lists the rules with what was found of them.
func (v *Version) explain(r Result) string {
	text := ""
	for n, f := range r.Finding.rules() {
		if n > 0 {
			text += ", "
		}
		text += string(f.Criterion) + " " + string(f.Truth)
	}
	return text
}
