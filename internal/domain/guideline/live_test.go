package guideline

import (
	"slices"
	"strings"
	"testing"
)

func TestEnableWhen(t *testing.T) {
	when := func(op, answer string) string {
		return q("x", Boolean, `, "enableWhen": [{"question": "on", "operator": "`+op+`", `+answer+`}]`)
	}
	for _, c := range []struct {
		on, x string
		a     Answer
		want  bool
	}{
		{q("on", Boolean), when("exists", `"answerBoolean": true`), yes(false), true}, {q("on", Boolean), when("exists", `"answerBoolean": true`), Answer{}, false},
		{q("on", Boolean), when("exists", `"answerBoolean": false`), Answer{}, true}, {q("on", Boolean, ext(notDoc)), when("exists", `"answerBoolean": true`), Answer{NotDocumented: true}, false},
		{q("on", Boolean), when("=", `"answerBoolean": true`), yes(true), true}, {q("on", Boolean), when("=", `"answerBoolean": true`), yes(false), false},
		{q("on", Boolean), when("!=", `"answerBoolean": true`), yes(false), true}, {q("on", Boolean), when("!=", `"answerBoolean": true`), Answer{}, true},
		{q("on", Integer), when(">", `"answerInteger": 3`), num(4), true}, {q("on", Integer), when(">", `"answerInteger": 3`), num(3), false}, {q("on", Integer), when(">=", `"answerInteger": 3`), num(3), true},
		{q("on", Decimal), when("<", `"answerDecimal": 3.5`), num(3.4), true}, {q("on", Decimal), when("<=", `"answerDecimal": 3.5`), num(3.6), false}, {q("on", Decimal), when("<", `"answerDecimal": 3.5`), Answer{}, false},
		{q("on", Quantity, ext(inWeeks)), when(">=", `"answerQuantity": {"value": 6, "code": "wk"}`), num(6), true},
		{q("on", Date), when(">", `"answerDate": "2026-01-01"`), Answer{Values: []Value{{Day: date("2026-01-02")}}}, true}, {q("on", Date), when("<", `"answerDate": "2026-01-01"`), Answer{Values: []Value{{Day: date("2026-01-02")}}}, false},
		{q("on", Choice, repeats, threeCodes), when("=", `"answerCoding": {"code": "b"}`), codes("a", "b"), true}, {q("on", Choice, repeats, threeCodes), when("!=", `"answerCoding": {"code": "b"}`), codes("a", "b"), false},
		{q("on", String), when("=", `"answerString": "z"`), codes("z"), true},
	} {
		v := made(t, c.on+","+c.x, "")
		if got := slices.Contains(v.Enabled(nov24, Answers{"on": c.a}), "x"); got != c.want {
			t.Errorf("%s with %+v: %v", c.x, c.a, got)
		}
	}
}

func TestSeveralConditions(t *testing.T) {
	both := `, "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": true}, {"question": "b", "operator": "=", "answerBoolean": true}], "enableBehavior": `
	for _, c := range []struct {
		behavior string
		a, b     bool
		want     bool
	}{{"all", true, true, true}, {"all", true, false, false}, {"any", true, false, true}, {"any", false, false, false}} {
		v := made(t, q("a", Boolean)+","+q("b", Boolean)+","+q("x", Boolean, both+`"`+c.behavior+`"`), "")
		if got := slices.Contains(v.Enabled(nov24, Answers{"a": yes(c.a), "b": yes(c.b)}), "x"); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// A group that is not there takes what is in it along, and what hangs on that.
func TestWhatIsNotAskedCountsForNothing(t *testing.T) {
	v := made(t, q("on", Boolean)+`,{"linkId": "g", "type": "group", "text": "G", "enableWhen": [{"question": "on", "operator": "=", "answerBoolean": true}], "item": [`+q("inside", Integer)+`]},`+
		q("then", Boolean, ext(sdcExpr("enableWhenExpression", "inside > 3"))), rule("r", "inside > 3"))
	a := Answers{"on": yes(true), "inside": num(4), "then": yes(true)}
	if got := strings.Join(v.Enabled(nov24, a), " "); got != "on inside then" || v.Evaluate(nov24, a).Finding.Truth != Met {
		t.Errorf("%s", got)
	}
	a["on"] = yes(false)
	if got := strings.Join(v.Enabled(nov24, a), " "); got != "on" || v.Evaluate(nov24, a).Finding.Truth != NotShown || len(v.Live(nov24, a)) != 1 {
		t.Errorf("%s", got)
	}
	a["on"] = yes(true) // it is there again as it was
	if v.Evaluate(nov24, a).Finding.Truth != Met {
		t.Error("the answer was lost")
	}
}

func TestMistakesInAQuestionnaireAreNamed(t *testing.T) {
	for says, items := range map[string]string{
		"questionnaire.item[0].type: \"reference\" is not supported":                     q("x", "reference"),
		"questionnaire.item[1].linkId: \"x\" stands twice":                               q("x", Boolean) + "," + q("x", Boolean),
		"questionnaire.item[0].linkId: is missing":                                       q("", Boolean),
		"questionnaire.item[0].linkId: expressions would know it as patient_age":         q("patient_age", Integer),
		"questionnaire.item[1].linkId: expressions would know it as a_1":                 q("a.1", Integer) + "," + q("a-1", Integer),
		"questionnaire.item[0].answerOption: belongs to a choice":                        q("x", Choice),
		"questionnaire.item[0].answerValueSet: \"#none\" is not contained":               q("x", Choice, `, "answerValueSet": "#none"`),
		"questionnaire.item[0].extension: a quantity needs a unit":                       q("x", Quantity),
		"questionnaire.item[0].extension[0].url: the extension \"http://else\"":          q("x", Boolean, ext(`{"url": "http://else", "valueBoolean": true}`)),
		"questionnaire.item[0].extension[0].valueExpression.language: \"text/fhirpath\"": q("x", Boolean, strings.Replace(ext(sdcExpr("initialExpression", "true")), "text/expr", "text/fhirpath", 1)),
		"questionnaire.item[0]: initialExpression: expected bool":                        q("x", Boolean, ext(sdcExpr("initialExpression", "patient_age"))),
		"questionnaire.item[0]: calculatedExpression: expected struct, but got int":      q("x", Date, ext(sdcExpr("calculatedExpression", "patient_age"))),
		"questionnaire.item[0].modifierExtension: is not supported":                      q("x", Boolean, `, "modifierExtension": []`),
		"questionnaire.item[0].required: must be true or false":                          q("x", Boolean, `, "required": "yes"`),
		"questionnaire.item[0].item[0]: stands inside a question":                        q("x", Boolean, `, "item": [`+q("y", Boolean)+`]`),
		"questionnaire.item[0].repeats: a group that repeats":                            `{"linkId": "g", "type": "group", "text": "G", "repeats": true, "item": [` + q("y", Boolean) + `]}`,
		"questionnaire.item[0].repeats: only a choice":                                   q("x", String, repeats),
		"questionnaire.item[0].enableWhen[0].question: there is no question \"z\"":       q("x", Boolean, `, "enableWhen": [{"question": "z", "operator": "exists", "answerBoolean": true}]`),
		"questionnaire.item[1].enableWhen[0]: x has no option \"z\"":                     q("x", Choice, threeCodes) + "," + q("y", Boolean, `, "enableWhen": [{"question": "x", "operator": "=", "answerCoding": {"code": "z"}}]`),
		"questionnaire.item[1].enableWhen[0].operator: > needs a number":                 q("x", Boolean) + "," + q("y", Boolean, `, "enableWhen": [{"question": "x", "operator": ">", "answerBoolean": true}]`),
		"questionnaire.item[0].enableWhen[0].operator: \"~\" is not supported":           q("x", Boolean, `, "enableWhen": [{"question": "x", "operator": "~", "answerBoolean": true}]`),
		"questionnaire.item[0].enableBehavior: is missing":                               q("x", Boolean, `, "enableWhen": [{"question": "x", "operator": "=", "answerBoolean": true}, {"question": "x", "operator": "=", "answerBoolean": true}]`),
		"questionnaire.item[0]: depends on itself":                                       q("x", Boolean, `, "enableWhen": [{"question": "x", "operator": "=", "answerBoolean": true}]`),
		"depends on itself, by way of others":                                            q("x", Integer, ext(sdcExpr("calculatedExpression", "y + 1"))) + "," + q("y", Integer, ext(sdcExpr("calculatedExpression", "x + 1"))),
		"questionnaire.item[0].initial: the initial value can't be an answer":            q("x", Choice, threeCodes, `, "initial": [{"valueCoding": {"code": "z"}}]`),
		"questionnaire.item[0].initial[0].valueQuantity: is not a value of its type":     q("x", Quantity, ext(inWeeks), `, "initial": [{"valueQuantity": {"value": 1, "comparator": "<"}}]`),
		"questionnaire.item[0].extension[0].valueCodeableConcept.coding[0].code":         q("x", Boolean, ext(`{"url": "`+core+`questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "slider"}]}}`)),
		"questionnaire.item[1].enableWhen[0]: x has no answers of that type":             q("x", Integer) + "," + q("y", Boolean, `, "enableWhen": [{"question": "x", "operator": "=", "answerBoolean": true}]`),
		"questionnaire.item[0].initial[0]: has no value of the question's type":          q("x", Boolean, `, "initial": [{"valueString": "yes"}]`),
		"questionnaire.item[0].extension[0]: has no value of the question's type":        q("x", Integer, ext(`{"url": "`+core+`minValue", "valueDate": "2026-01-01"}`)),
		"questionnaire.item[0].initial[0].valueInteger: is not a value":                  q("x", Integer, `, "initial": [{"valueInteger": 1.5}]`),
		"questionnaire.item[0].extension[0].valueUri: must be an address":                q("x", Boolean, ext(`{"url": "`+core+`questionnaire-supportLink", "valueUri": "javascript:alert(1)"}`)),
		"questionnaire.item[0].linkId: must be of letters":                               q("a/b", Boolean),
		"questionnaire.item[0].text: holds a character":                                  strings.Replace(q("x", Boolean), "Question", `\u0000`, 1),
		"questionnaire.item: holds no question":                                          "",
	} {
		if got := mistakes(t, document1(items, "")); !strings.Contains(got, says) {
			t.Errorf("want %q in\n%s", says, got)
		}
	}
}

func TestMistakesElsewhere(t *testing.T) {
	good := document1(q("x", Boolean), rule("r", "x"))
	if _, err := Read([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, now, says string }{
		{`"id": "made"`, `"id": "Made Up"`, "id: must be of lower-case letters"}, {`"from": "2026-01-01"`, `"from": "2026-13-01"`, "from: must be a date"}, {`"from": "2026-01-01"`, `"from": "2026-01-01", "to": "2025-01-01"`, "to: is before from"},
		{`"programs": ["msk"], "codes": ["72148"]`, `"programs": ["msk"], "codes": ["72148", "lumbar"]`, `codes[1]: "lumbar" is not a procedure code`}, {`"codes": ["72148"], "units"`, `"codes": ["72149"], "units"`, "approval: says nothing of code 72148"},
		{`"units": 2`, `"units": 0`, "approval[0]: needs units and days"}, {`"url": "https://example.com/"`, `"url": "ftp://example.com/"`, "sources[0].url: must be an address"}, {`"year": 2020`, `"year": 20`, "sources[0].year: must be a year"},
		{`"criteria": {`, `"criterion": {`, "criterion: is not supported"}, {`"source": "s"`, `"source": "t"`, `criteria.source: there is no source "t"`}, {`"evidence": "E"`, `"evidence": " "`, "criteria.evidence: is missing"},
		{`"title": "Made up"`, `"title": "Made up", "title": "Again"`, `"title" stands twice in one object`}, {`"about": "A test."`, `"about": null`, "about: must be a text"}, {`"about": "A test."`, `"about": {}`, "about: must be a text"},
		{`"sources": [`, `"sources": [[],`, "sources[0]: must be an object"},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("%s is not there", c.old)
		}
		if got := mistakes(t, strings.Replace(good, c.old, c.now, 1)); !strings.Contains(got, c.says) {
			t.Errorf("%s: want %q in\n%s", c.now, c.says, got)
		}
	}
	for text, says := range map[string]string{"": "EOF", "[]": "must be an object", "null": "must be an object", good + "{}": "something follows", strings.Repeat("[", 100): "nested more than 32 deep", "\xff": "not text in UTF-8", strings.Repeat(" ", mostBytes+1): "larger than 2 MB"} {
		if got := mistakes(t, text); !strings.Contains(got, says) {
			t.Errorf("want %q in %s", says, got)
		}
	}
}

func TestWhatANewFactMayTakeAway(t *testing.T) {
	items := q("x", Boolean) + "," + q("many", Choice, repeats, threeCodes) + "," + q("n", Integer, ext(sdcExpr("calculatedExpression", "len(many)")))
	for text, fine := range map[string]bool{
		"x": true, "not x": true, `"a" in many`: true, `any(many, # != "none")`: true, `x and ("a" in many or "b" in many)`: true, "answered(x)": true,
		`not ("a" in many)`: false, `none(many, # == "a")`: false, "len(many) == 1": false, "not answered(x)": false, "n < 2": false, `any(many, # == "a") == false`: false,
	} {
		_, err := Read([]byte(document1(items, rule("r", text))))
		if (err == nil) != fine || err != nil && !strings.Contains(err.Error(), "can_be_lost") {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := Read([]byte(document1(items, rule("r", text, `, "can_be_lost": true`)))); err != nil {
			t.Errorf("%s, said: %v", text, err)
		}
	}
}
