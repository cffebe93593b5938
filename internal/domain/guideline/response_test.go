package guideline

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const everyType = `{"linkId": "g", "type": "group", "text": "G", "item": [`

func everyItem() string {
	return everyType + strings.Join([]string{q("boolean", Boolean), q("decimal", Decimal), q("integer", Integer), q("quantity", Quantity, ext(inWeeks, notDoc)), q("date", Date), q("datetime", DateTime),
		q("string", String), q("text", Text), q("choice", Choice, threeCodes), q("many", Choice, repeats, threeCodes), q("open", OpenChoice, threeCodes), q("attachment", Attachment)}, ",") + `]}`
}

// Answers come back as they were written, whoever gave them.
func TestResponsesComeBack(t *testing.T) {
	v := made(t, everyItem(), "")
	at := time.Date(2026, 11, 24, 15, 30, 0, 123456000, time.UTC)
	values := map[string][]Value{
		"boolean": {{Yes: true}}, "decimal": {{Number: 0.1}}, "integer": {{Number: -7}}, "quantity": {{Number: 6.5}}, "date": {{Day: date("2026-02-28")}}, "datetime": {{At: at}},
		"string": {{Text: "a \"b\" <c>"}}, "text": {{Text: "one\ntwo"}}, "choice": {{Text: "b"}}, "many": {{Text: "a"}, {Text: "b"}}, "open": {{Text: "else", Open: true}}, "attachment": {{Text: "note.pdf"}},
	}
	rapid.Check(t, func(rt *rapid.T) {
		a := Answers{}
		for id, vals := range values {
			switch rapid.IntRange(0, 2).Draw(rt, id) {
			case 0:
				a[id] = Answer{Values: vals, Origin: rapid.SampledFrom([]Origin{Manual, Override}).Draw(rt, "origin"), By: "per_x", At: at}
			case 1:
				a[id] = Answer{Values: vals, Origin: rapid.SampledFrom([]Origin{AutoClient, AutoServer}).Draw(rt, "origin")}
			}
		}
		if rapid.Bool().Draw(rt, "not documented") {
			a["quantity"] = Answer{NotDocumented: true, Origin: Manual, By: "per_x", At: at}
		}
		if rapid.Bool().Draw(rt, "emptied") {
			a["string"] = Answer{Origin: Override, By: "per_x", At: at}
		}
		text, err := v.ResponseJSON(a, false)
		if err != nil {
			rt.Fatal(err)
		}
		back, err := v.ReadResponse(text)
		if err != nil || !reflect.DeepEqual(back, a) {
			rt.Fatalf("%v\n%s\n%+v\n%+v", err, text, a, back)
		}
	})
}

func TestAResponseIsFHIR(t *testing.T) {
	v := made(t, q("wks", Quantity, ext(inWeeks))+","+q("gone", Boolean, `, "enableWhen": [{"question": "wks", "operator": ">", "answerQuantity": {"value": 99}}]`), "")
	a := Answers{"wks": num(6), "gone": yes(true)}
	for done, want := range map[bool]string{
		false: `{"resourceType":"QuestionnaireResponse","questionnaire":"urn:parley:questionnaire:made|1","status":"in-progress","item":[` + weeksItem + `,` + goneItem + `]}`,
		true:  `{"resourceType":"QuestionnaireResponse","questionnaire":"urn:parley:questionnaire:made|1","status":"completed","item":[` + weeksItem + `]}`,
	} {
		kept := a
		if done {
			kept = v.Live(nov24, a)
		}
		text, err := v.ResponseJSON(kept, done)
		if err != nil || string(text) != want {
			t.Errorf("%v\n%s\nwant\n%s", err, text, want)
		}
	}
}

const (
	manual    = `"extension":[{"url":"http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin","extension":[{"url":"source","valueCode":"manual"}]}]`
	weeksItem = `{"linkId":"wks","text":"Question wks","answer":[{` + manual + `,"valueQuantity":{"code":"wk","system":"http://unitsofmeasure.org","unit":"weeks","value":6}}]}`
	goneItem  = `{"linkId":"gone","text":"Question gone","answer":[{` + manual + `,"valueBoolean":true}]}`
)

func TestResponsesThatAreRefused(t *testing.T) {
	v := made(t, everyItem(), "")
	good := func(items string) string {
		return `{"resourceType": "QuestionnaireResponse", "questionnaire": "urn:parley:questionnaire:made|1", "status": "in-progress", "item": [{"linkId": "g", "item": [` + items + `]}]}`
	}
	if a, err := v.ReadResponse([]byte(good(`{"linkId": "quantity", "answer": [{"valueQuantity": {"value": 14, "code": "d"}}]}`))); err != nil || a["quantity"].Values[0].Number != 2 {
		t.Errorf("days are not weeks: %+v %v", a, err)
	}
	for text, says := range map[string]string{
		good(`{"linkId": "nonsense", "answer": [{"valueBoolean": true}]}`):                                                                                                       "item[0].item[0].linkId: there is no such question",
		good(`{"linkId": "boolean", "answer": [{"valueString": "yes"}]}`):                                                                                                        "item[0].item[0].answer[0]: has no value of the question's type",
		good(`{"linkId": "boolean", "answer": [{"valueBoolean": true}, {"valueBoolean": true}]}`):                                                                                "answer: Select one answer only",
		good(`{"linkId": "boolean", "answer": [{"valueBoolean": true, "item": []}]}`):                                                                                            "answer[0].item: is not supported",
		good(`{"linkId": "choice", "answer": [{"valueCoding": {"code": "z"}}]}`):                                                                                                 "answer[0]: Select",
		good(`{"linkId": "quantity", "answer": [{"valueQuantity": {"value": 1, "code": "kg"}}]}`):                                                                                "must be in weeks",
		good(`{"linkId": "boolean", "answer": [{"extension": [{"url": "` + extAbsent + `", "valueCode": "unknown"}]}]}`):                                                         "can't be “not documented”",
		good(`{"linkId": "boolean", "answer": [{"extension": [{"url": "` + extOrigin + `", "extension": [{"url": "source", "valueCode": "guessed"}]}], "valueBoolean": true}]}`): `"guessed" is not an origin`,
		good(`{"linkId": "boolean"}, {"linkId": "date", "answer": [{"valueDate": "2026-02-30"}]}`):                                                                               "answer[0].valueDate",
		strings.Replace(good(""), "made|1", "made|2", 1):                                                                                                                         "questionnaire: must be urn:parley:questionnaire:made|1",
		strings.Replace(good(""), "in-progress", "entered-in-error", 1):                                                                                                          `status: "entered-in-error" is not supported`,
	} {
		_, err := v.ReadResponse([]byte(text))
		var m Mistakes
		if !errors.As(err, &m) || !strings.Contains(m.Error(), says) {
			t.Errorf("want %q: %v", says, err)
		}
	}
}

func TestCarry(t *testing.T) {
	old := made(t, q("same", Boolean)+","+q("reworded", Boolean)+","+q("gone", Boolean)+","+q("pick", Choice, threeCodes)+","+q("wks", Quantity, ext(inWeeks)), "")
	now := made(t, q("same", Boolean)+","+strings.Replace(q("reworded", Boolean, required), "Question", "Another question", 1)+","+q("pick", Choice, strings.Replace(threeCodes, "A B", "Another B", 1))+
		","+q("wks", Quantity, ext(strings.Replace(inWeeks, `"wk"`, `"d"`, 1)))+","+q("new", Boolean, required)+","+q("optional", Boolean), "")
	a := Answers{"same": yes(true), "reworded": yes(true), "gone": yes(true), "pick": codes("b"), "wks": num(6)}
	kept, c := Carry(old, now, nov24, a)
	if !reflect.DeepEqual(c, Carried{Kept: []string{"same"}, Again: []string{"reworded", "pick", "wks", "new"}, Dropped: []string{"gone"}}) || len(kept) != 1 {
		t.Errorf("%+v %+v", c, kept)
	}
	a["pick"] = codes("a") // its words are as they were
	if _, c := Carry(old, now, nov24, a); len(c.Kept) != 2 {
		t.Errorf("%+v", c)
	}
	if all, c := Carry(old, old, nov24, a); len(all) != 5 || len(c.Again)+len(c.Dropped) > 0 {
		t.Errorf("nothing has changed: %+v", c)
	}
	for _, s := range []struct{ got, want string }{
		{Carried{Kept: make([]string, 7), Again: make([]string, 2)}.Changed(date("2026-11-18")).String(), "The questions changed on Nov 18, 2026. We kept 7 answers; 2 need a new answer."},
		{Carried{Kept: make([]string, 1)}.Changed(date("2026-11-18")).String(), "The questions changed on Nov 18, 2026. We kept 1 answer."},
		{Carried{Kept: make([]string, 3)}.Restart(9).String(), "Changing the procedure restarts 6 of 9 clinical questions. 3 answers still apply and will be kept."},
		{Carried{Kept: make([]string, 1)}.Restart(2).String(), "Changing the procedure restarts 1 of 2 clinical questions. 1 answer still applies and will be kept."},
		{Carried{}.Restart(1).String(), "Changing the procedure restarts 1 of 1 clinical question."},
		{Carried{Kept: make([]string, 4)}.Restart(4).String(), "Changing the procedure keeps all your answers."},
	} {
		if s.got != s.want {
			t.Errorf("%s\nwant %s", s.got, s.want)
		}
	}
}

func TestFilesAskedFor(t *testing.T) {
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	ids := func(a Answers) string {
		var got []string
		for _, f := range all[2].FilesAsked(nov24, a) {
			got = append(got, f.ID)
		}
		return strings.Join(got, " ")
	}
	if got := ids(nil); got != "note" {
		t.Errorf("%s", got)
	}
	if got := ids(Answers{"red_flags": codes("none"), "care_kinds": codes("exercise"), "earlier_mri": yes(true)}); got != "note earlier therapy" {
		t.Errorf("%s", got) // the required before the helpful
	}
}

// Whatever a file says, reading it ends, and what was read can be asked,
// tested and answered.
func FuzzGuideline(f *testing.F) {
	f.Add([]byte(document1(everyItem(), rule("r", "boolean and integer / 2 > 1"))))
	f.Add([]byte(strings.Replace(document1(q("x", Boolean, ext(notDoc)), `{"at_least": 1, "of": [`+rule("r", "x")+`, {"not": `+rule("s", "not x")+`}]}`), `"approval"`,
		`"files": [{"id": "f", "item": "F", "why": "W", "need": "helpful", "when": "x"}], "cases": [{"name": "C", "facts": {"age": 3}, "answers": {"x": null}, "outcome": "person", "findings": {"r": "not shown"}}], "approval"`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 8000 {
			return
		}
		v, err := Read(text)
		if err != nil {
			return
		}
		form := v.Form(nov24, v.Prefill(nov24, nil))
		for _, p := range form.Pages {
			v.Take(nov24, nil, p.Key, map[string][]string{FieldName(p.Key): {"1"}}, Stamp{})
		}
		v.Evaluate(nov24, nil)
		v.Test()
	})
}

func FuzzQuestionnaire(f *testing.F) {
	f.Add(q("x", Boolean))
	f.Add(everyItem())
	f.Add(q("x", Integer) + "," + q("y", Boolean, ext(sdcExpr("enableWhenExpression", "x > 3 and patient_age < 9"))))
	f.Fuzz(func(t *testing.T, items string) {
		v, err := Read([]byte(document1(items, "")))
		if err != nil {
			return
		}
		a := v.Prefill(nov24, nil)
		if again := v.Prefill(nov24, a); len(again) != len(a) {
			t.Errorf("filled twice: %v %v", a, again)
		}
		v.Form(nov24, a)
	})
}

func FuzzCriteria(f *testing.F) {
	f.Add("n > 3 and yes", 4, true)
	f.Add(`any(many, # == "a") or not sure`, 0, false)
	f.Add("weeks(day, service_date) >= 6 and n % 2 == 1 or answered(words)", -1, true)
	v, err := Read([]byte(document1(someItems, "")))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, when string, n int, b bool) {
		e, err := v.index.scope.condition(when)
		if err != nil {
			return
		}
		a := Answers{"n": num(float64(n % 1000)), "yes": yes(b), "many": codes("a"), "words": codes("text")}
		if got := e.holds(v.state(nov24, a).env); got != Met && got != NotMet && got != NotShown {
			t.Errorf("%s is %q", when, got)
		}
	})
}

// Whatever is posted or sent, what is kept can be written and comes back.
func FuzzAnswers(f *testing.F) {
	f.Add("6 wks", "a", `{"resourceType": "QuestionnaireResponse"}`)
	f.Add("11/24/2026 2:30 PM", "none", "")
	f.Add("1,200.5", "", `{"item": [{}]}`)
	v, err := Read([]byte(document1(everyItem(), "")))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, typed, code, response string) {
		posted := map[string][]string{}
		for _, i := range flatten(v.Questionnaire.Items) {
			posted[FieldName(i.LinkID)] = []string{typed}
			if i.Type.chooses() {
				posted[FieldName(i.LinkID)] = []string{code}
				posted[FieldName(i.LinkID)+".other"] = []string{typed}
			}
		}
		a := v.Take(nov24, nil, "", posted, Stamp{By: "per_x", At: time.Unix(0, 0).UTC()}).Answers
		text, err := v.ResponseJSON(a, false)
		if err != nil || !json.Valid(text) {
			t.Fatalf("%v %s", err, text)
		}
		back, err := v.ReadResponse(text)
		if err != nil || len(back) != len(a) {
			t.Fatalf("%v\n%s", err, text)
		}
		for id := range a {
			if !a[id].same(back[id]) {
				t.Errorf("%s was %+v and is %+v", id, a[id], back[id])
			}
		}
		_, _ = v.ReadResponse([]byte(response)) // it ends
	})
}
