package guideline

import (
	"strings"
	"testing"
)

// with puts cases into a document.
func withCases(t *testing.T, items, criteria string, cases ...string) *Version {
	t.Helper()
	v, err := Read([]byte(strings.Replace(document1(items, criteria), `"approval"`, `"cases": [`+strings.Join(cases, ",")+`], "approval"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func anExample(answers, outcome string) string {
	return `{"name": "An example", "answers": {` + answers + `}, "outcome": "` + outcome + `"}`
}

// What testing a guideline finds, each alone.
func TestWhatTestingFinds(t *testing.T) {
	met, not := anExample(`"x": true`, "approve"), anExample(`"x": false`, "person")
	x := q("x", Boolean)
	if r := withCases(t, x, rule("r", "x"), met, not).Test(); len(r.Failed) > 0 || r.Passed < 6 {
		t.Fatalf("%+v", r)
	}
	for name, c := range map[string]struct {
		v    *Version
		says string
	}{
		"no case":                {withCases(t, x, rule("r", "x")), "cases: there is none"},
		"a rule met in no case":  {withCases(t, x, rule("r", "x"), not), "r needs a case in which it is met, and one in which it is not"},
		"a rule met in all":      {withCases(t, x, rule("r", "x"), met), "r needs a case in which it is met, and one in which it is not"},
		"another outcome":        {withCases(t, x, rule("r", "x"), met, not, anExample(`"x": true`, "person")), "cases[2]: An example: can be approved, and must need a person: r met"},
		"another finding":        {withCases(t, x, rule("r", "x"), met, strings.Replace(not, `"outcome"`, `"findings": {"r": "not shown"}, "outcome"`, 1)), "cases[1]: An example: r is not met, and must be not shown"},
		"a case nobody is asked": {withCases(t, x+","+q("y", Boolean, `, "enableWhen": [{"question": "x", "operator": "=", "answerBoolean": true}]`, ext(`{"url": "urn:parley:why-asked", "valueString": "Because."}`)), rule("r", "x"), met, anExample(`"x": false, "y": true`, "person")), "y is answered and not asked"},
		"a question for nothing": {withCases(t, x+","+q("y", Boolean), rule("r", "x"), met, not), "questionnaire.item[1]: no criterion rests on y"},
		"a question never asked": {withCases(t, x+","+q("y", Boolean, ext(sdcExpr("enableWhenExpression", "patient_age > 200 and x and not x"))), rule("r", "x or y"), met, not), "questionnaire.item[1]: no answers lead to y"},
		"a rule never met":       {withCases(t, x, `{"any": [`+rule("r", "x")+`,`+rule("s", "x and not x")+`]}`, met, not), "criteria.any[1]: no answers can meet rule s"},
		"a tree never met":       {withCases(t, x, `{"all": [`+rule("r", "x")+`,`+rule("s", "not x")+`]}`, met, not), "criteria: no answers can meet all"},
		"too much to read":       {withCases(t, strings.Replace(x, "Question x", strings.Repeat("word ", 160), 1), rule("r", "x"), met, not), "questionnaire.item[0]: the page takes 41 seconds to read, and 40 at most is right"},
	} {
		var got []string
		for _, m := range c.v.Test().Failed {
			got = append(got, m.String())
		}
		if !strings.Contains(strings.Join(got, "\n"), c.says) {
			t.Errorf("%s: want %q in %q", name, c.says, got)
		}
	}
}

// Numbers, dates and codes at which something changes are found by
// themselves, also through what is calculated.
func TestReachFindsTheEdges(t *testing.T) {
	items := q("n", Integer) + "," + q("d", Date) + "," + q("w", Quantity, ext(inWeeks)) + "," + q("s", String) + "," + q("sum", Integer, `, "readOnly": true`, ext(sdcExpr("calculatedExpression", "n * 2")))
	for _, when := range []string{"n == 37", "n > 400 and n < 402", "days(d, service_date) == 41", "weeks(d, service_date) >= 26 and months(d, service_date) < 7", "w >= 6.5 and w < 7", `s == "a word"`, "sum == 74 and n == 37",
		"patient_age == 17", `patient_sex == "male" and urgency == "urgent"`, `any(diagnoses, # == "M5450")`, `service_code == "72148" and line == "medicaid" and plan == "harbor"`, "not (n > -5)"} {
		v := withCases(t, items, rule("r", when))
		for _, m := range v.Test().Failed {
			if strings.Contains(m.Text, "no answers") {
				t.Errorf("%s: %s", when, m)
			}
		}
	}
}

func TestMistakesInCases(t *testing.T) {
	items := q("x", Boolean) + "," + q("n", Integer) + "," + q("c", Choice, threeCodes)
	for bad, says := range map[string]string{
		anExample(`"z": true`, "person"): "cases[0].answers.z: there is no such question", anExample(`"x": null`, "person"): "cases[0].answers.x: the question can't be answered",
		anExample(`"n": true`, "person"): "cases[0].answers.n: is not a yes-or-no", anExample(`"n": "many"`, "person"): "cases[0].answers.n: Enter", anExample(`"c": "z"`, "person"): "cases[0].answers.c: Select",
		anExample(`"c": [1]`, "person"): "cases[0].answers.c: is no list of codes", anExample(`"n": {}`, "person"): "cases[0].answers.n: is no answer", anExample("", "deny"): "cases[0].outcome: must be approve or person",
		`{"name": "", "answers": {}, "outcome": "person"}`: "cases[0].name: is missing", `{"name": "A", "facts": {"weight": 3}, "answers": {}, "outcome": "person"}`: "cases[0].facts.weight: is not supported",
		`{"name": "A", "answers": {}, "outcome": "person", "findings": {"z": "met"}}`: "cases[0].findings.z: there is no such criterion", `{"name": "A", "answers": {}, "outcome": "person", "findings": {"r": "denied"}}`: "cases[0].findings.r: must be met",
	} {
		got := mistakes(t, strings.Replace(document1(items, ""), `"approval"`, `"cases": [`+bad+`], "approval"`, 1))
		if !strings.Contains(got, says) {
			t.Errorf("want %q in %s", says, got)
		}
	}
}
