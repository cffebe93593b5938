package guideline

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// realItems use what a questionnaire of others uses, in the form that FHIR's
// and SDC's own examples have.
const realItems = `
{"linkId": "1", "prefix": "1.", "type": "group", "text": "Home oxygen", "code": [{"system": "http://example.org/codes", "code": "oxygen"}],
 "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "page", "display": "Page"}]}}],
 "item": [
  {"linkId": "1.1", "type": "choice", "text": "Where was it measured?", "required": true, "answerValueSet": "#places",
   "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-supportLink", "valueUri": "https://example.org/help"}]},
  {"linkId": "1.2", "type": "quantity", "text": "How long was the walk?", "initial": [{"valueQuantity": {"value": 6, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min"}}],
   "extension": [
    {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit", "valueCoding": {"system": "http://unitsofmeasure.org", "code": "min"}},
    {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption", "valueCoding": {"system": "http://unitsofmeasure.org", "code": "h", "display": "hours"}},
    {"url": "http://hl7.org/fhir/StructureDefinition/entryFormat", "valueString": "minutes or hours"}],
   "item": [{"linkId": "1.2-help", "type": "display", "text": "Leave out the rests.",
     "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "help"}], "text": "Help"}}]}]},
  {"linkId": "1.3", "type": "display", "text": "Now the result."},
  {"linkId": "1.4", "type": "group", "text": "Result", "item": [
   {"linkId": "1.4.1", "type": "decimal", "text": "Lowest saturation", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit", "valueCoding": {"code": "%"}},
     {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueDecimal": 0}, {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueDecimal": 100}]},
   {"linkId": "1.4.2", "type": "boolean", "text": "Is it low?", "readOnly": true, "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": true},
     {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression", "valueExpression": {"language": "text/expr", "expression": "q_1_4_1 <= 88"}}]}]},
  {"linkId": "1.5", "type": "choice", "text": "Which devices?", "repeats": true,
   "answerOption": [{"valueCoding": {"code": "c", "display": "Concentrator"}, "initialSelected": true}, {"valueCoding": {"code": "p", "display": "Portable"}}, {"valueCoding": {"code": "t", "display": "Tank"}}],
   "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs", "valueInteger": 1}, {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs", "valueInteger": 2}]},
  {"linkId": "1.6", "type": "attachment", "text": "Test report", "enableWhen": [{"question": "1.4.2", "operator": "=", "answerBoolean": true}]}]}`

const realSets = `"contained": [{"resourceType": "ValueSet", "id": "places", "status": "active", "compose": {"include": [{"system": "http://example.org/places", "concept": [{"code": "lab", "display": "A laboratory"}, {"code": "home", "display": "At home"}]}]}},
 {"resourceType": "ValueSet", "id": "unused", "status": "active", "expansion": {"timestamp": "2026-01-01", "contains": [{"system": "http://example.org/x", "code": "x", "display": "X"}]}}],
 "status": "active", "subjectType": ["Patient"], "meta": {"profile": ["http://example.org/p"]}, "item"`

func toggled(expression string, codes ...string) string {
	all := []string{strings.Replace(sdcExpr("", expression), sdc, "expression", 1)}
	for _, c := range codes {
		all = append(all, `{"url": "option", "valueCoding": {"code": "`+c+`"}}`)
	}
	return `{"url": "` + sdc + `answerOptionsToggleExpression", "extension": [` + strings.Join(all, ",") + `]}`
}

// Options are offered while their condition holds, and count only then.
func TestOptionsThatDependOnAnswers(t *testing.T) {
	v := made(t, q("sure", Boolean)+","+q("pick", Choice, threeCodes, ext(phrase("what applies"), toggled("sure", "a", "b"), toggled("patient_age < 18", "b"))), rule("r", `pick in ["a", "b"]`))
	for _, c := range []struct {
		f    Facts
		a    Answers
		want string
	}{
		{nov24, Answers{}, "none"}, {nov24, Answers{"sure": yes(true)}, "a b none"}, {Facts{Age: new(9)}, Answers{}, "b none"}, {Facts{Age: new(19)}, Answers{"sure": yes(false)}, "none"},
	} {
		var got []string
		for _, o := range v.Form(c.f, c.a).Pages[1].Items[0].Options {
			got = append(got, o.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.a, got, c.want)
		}
	}
	a := Answers{"sure": yes(true), "pick": codes("a")}
	if v.Evaluate(nov24, a).Finding.Truth != Met {
		t.Error("an option that is offered counts")
	}
	a["sure"] = yes(false)
	if v.Evaluate(nov24, a).Finding.Truth != NotShown {
		t.Error("an option that is no longer offered counts")
	}
	if got := v.Take(nov24, Answers{}, "pick", url.Values{"q.pick": {"a"}}, Stamp{}).Faults["q.pick"]; got.String() != "Select what applies" {
		t.Errorf("an option that is not offered was taken: %q", got)
	}
	for says, items := range map[string]string{
		`there is no option "z"`:                        q("pick", Choice, threeCodes, ext(toggled("true", "z"))),
		"needs options and an expression":               q("pick", Choice, threeCodes, ext(toggled("true"))),
		"depends on itself":                             q("pick", Choice, threeCodes, ext(toggled(`pick == "a"`, "b"))),
		"answerOptionsToggleExpression: unknown name z": q("pick", Choice, threeCodes, ext(toggled("z", "b"))),
	} {
		if got := mistakes(t, document1(items, "")); !strings.Contains(got, says) {
			t.Errorf("want %q in %s", says, got)
		}
	}
}

func TestAQuestionnaireOfOthersIsRead(t *testing.T) {
	v, err := Read([]byte(strings.Replace(document1(realItems, rule("r", "q_1_4_2")), `"item"`, realSets, 1)))
	if err != nil {
		t.Fatal(err)
	}
	a := v.Prefill(nov24, nil)
	p := v.Form(nov24, a).Pages[0]
	var labels []string
	for _, f := range p.Items {
		labels = append(labels, f.Label)
	}
	if got := strings.Join(labels, "|"); got != "Where was it measured?|How long was the walk?|Now the result.|Result|Lowest saturation|Which devices?" || p.Title != "Home oxygen" {
		t.Fatalf("%s", got)
	}
	where, walk, devices := p.Items[0], p.Items[1], p.Items[5]
	if len(where.Options) != 2 || where.Options[1].Label != "At home" || where.SupportLink != "https://example.org/help" {
		t.Errorf("%+v", where)
	}
	if walk.Hint != "Leave out the rests. minutes or hours" || walk.Value != "6" || walk.Tag != "From the plan" || len(walk.Units) != 2 || walk.Echo != "6 minutes" {
		t.Errorf("%+v", walk)
	}
	if !devices.Options[0].Selected || devices.Options[1].Selected {
		t.Errorf("%+v", devices)
	}
	got := v.Take(nov24, a, "1", url.Values{"q.1.1": {"home"}, "q.1.2": {"0.5"}, "q.1.2.unit": {"h"}, "q.1.4.1": {"88 %"}, "q.1.5": {"c", "t"}}, Stamp{})
	if len(got.Faults) > 0 || !got.Again { // the report is asked for now
		t.Fatalf("%+v", got)
	}
	if says := v.index.items["1.2"].Say(got.Answers["1.2"], time.UTC); says != "30 minutes" {
		t.Errorf("%s", says)
	}
	if r := v.Evaluate(nov24, got.Answers); r.Finding.Truth != Met {
		t.Errorf("%+v", r.Finding)
	}
	for _, bad := range []url.Values{{"q.1.1": {"home"}, "q.1.5": {"c", "p", "t"}}, {"q.1.1": {"home"}, "q.1.4.1": {"101"}}, {"q.1.1": {""}}} {
		if got := v.Take(nov24, a, "1", bad, Stamp{}); len(got.Faults) != 1 {
			t.Errorf("%v: %v", bad, got.Faults)
		}
	}
	text, err := v.ResponseJSON(got.Answers, false)
	if err != nil || !strings.Contains(string(text), `"valueCoding":{"code":"home","display":"At home","system":"http://example.org/places"}`) {
		t.Errorf("%v %s", err, text)
	}
	if back, err := v.ReadResponse(text); err != nil || len(back) != len(got.Answers) {
		t.Errorf("%v %v", err, back)
	}
}
