package guideline

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/civil"
)

var nov24 = Facts{Service: date("2026-11-24"), Code: "72148"}

// One page after the other, as an office would go through them.
func TestFormGrowsWithTheAnswers(t *testing.T) {
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	v := all[2]
	if v.ID != "lumbar-mri" {
		t.Fatal(v.ID)
	}
	a := Answers{}
	wantPages := func(want string) Form {
		t.Helper()
		f := v.Form(nov24, a)
		var keys []string
		for _, p := range f.Pages {
			keys = append(keys, p.Key)
		}
		if got := strings.Join(keys, " "); got != want {
			t.Fatalf("pages %s, want %s", got, want)
		}
		return f
	}
	f := wantPages("red_flags earlier")
	if f.Guideline != "Lumbar spine MRI 2026.1" || f.Open() != "red_flags" || f.Next("red_flags") != "earlier" || f.Next("earlier") != "" || f.Next("nonsense") != "" {
		t.Errorf("%s opens %s", f.Guideline, f.Open())
	}
	flags := f.Pages[0].Items[0]
	if flags.Control != Boxes || len(flags.Options) != 6 || !flags.Options[5].Exclusive || flags.Hint != "Choose all that the record shows." || flags.Name != "q.red_flags" || !flags.Required {
		t.Errorf("%+v", flags)
	}
	why := flags.Why[0]
	if why.Guideline != "Lumbar spine MRI 2026.1" || why.Section != "1 Red flags" || why.URL != "https://acsearch.acr.org/docs/69483/Narrative/" || !strings.HasSuffix(why.Source, "American College of Radiology, 2021") {
		t.Errorf("%+v", why)
	}
	a["red_flags"] = codes("none")
	f = wantPages("red_flags symptom_start care response next_step earlier")
	care, ok := f.Page("care")
	if !ok || care.Title != "Treatment for this episode" || len(care.Items) != 2 || care.N != 3 || care.Answered || care.Seconds < 5 || care.Seconds > MostSeconds {
		t.Errorf("%+v", care)
	}
	if weeks := care.Items[1]; weeks.Control != Number || weeks.Units[0].Display != "weeks" || !weeks.NotDocumented {
		t.Errorf("%+v", weeks)
	}
	a["earlier_mri"] = yes(true)
	wantPages("red_flags symptom_start care response next_step earlier changed")
	a["red_flags"] = codes("cancer")
	f = wantPages("red_flags earlier changed")
	if f.Open() != "changed" || !f.Pages[0].Items[0].Options[2].Selected {
		t.Errorf("open %s, %+v", f.Open(), f.Pages[0].Items[0].Options)
	}
}

func TestControls(t *testing.T) {
	options := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, `{"valueString": "o`+itoa(i)+`"}`)
		}
		return `, "answerOption": [` + strings.Join(all, ",") + `]`
	}
	for _, c := range []struct {
		item string
		want Control
	}{
		{q("x", Choice, options(7)), Radios}, {q("x", Choice, options(8)), TwoColumns}, {q("x", Choice, options(15)), TwoColumns}, {q("x", Choice, options(16)), Combobox},
		{q("x", Choice, repeats, options(3)), Boxes}, {q("x", OpenChoice, options(3)), Radios}, {q("x", Boolean), YesNo}, {q("x", Integer), Number}, {q("x", Decimal), Number},
		{q("x", Quantity, ext(inWeeks)), Number}, {q("x", Date), Day}, {q("x", DateTime), DayTime}, {q("x", String), Line}, {q("x", Text), Area}, {q("x", Attachment), FileName},
	} {
		f := made(t, c.item, "").Form(nov24, nil)
		if got := f.Pages[0].Items[0].Control; got != c.want {
			t.Errorf("%s: %s, want %s", c.item[:40], got, c.want)
		}
	}
}

// What people type, what comes of it, and the sentence where nothing does.
func TestTypedAnswers(t *testing.T) {
	bound := func(min, max string) string {
		return `{"url": "` + core + `minValue", ` + min + `}, {"url": "` + core + `maxValue", ` + max + `}`
	}
	weeks := q("x", Quantity, ext(inWeeks, phrase("number of weeks"), `{"url": "`+sdc+`maxQuantity", "valueQuantity": {"value": 52}}`, `{"url": "`+sdc+`minQuantity", "valueQuantity": {"value": 0}}`))
	count := q("x", Integer, ext(phrase("number of visits"), bound(`"valueInteger": 1`, `"valueInteger": 12`)))
	day := q("x", Date, ext(phrase("the date of the visit"), `{"url": "`+core+`minValue", "valueDate": "2026-01-01"}`))
	for _, c := range []struct{ item, typed, says, wrong string }{
		{weeks, "6", "6 weeks", ""}, {weeks, "6 wks", "6 weeks", ""}, {weeks, "6wk", "6 weeks", ""}, {weeks, "1 week", "1 week", ""}, {weeks, " 6.5 Weeks. ", "6.5 weeks", ""}, {weeks, "42 days", "6 weeks", ""}, {weeks, "0", "0 weeks", ""},
		{weeks, "2 months", "", "Enter number of weeks in weeks"}, {weeks, "6 apples", "", "Enter number of weeks in weeks"}, {weeks, "six", "", "Enter number of weeks, as a number"}, {weeks, "-1", "", "Number of weeks must be between 0 and 52 weeks"}, {weeks, "53", "", "Number of weeks must be between 0 and 52 weeks"},
		{weeks, "1,5", "", "Enter number of weeks, as a number"}, {weeks, "1e300", "", "Enter number of weeks in weeks"}, {weeks, "NaN", "", "Enter number of weeks, as a number"},
		{count, "12", "12", ""}, {count, "13", "", "Number of visits must be between 1 and 12"}, {count, "1.5", "", "Number of visits must be a whole number"}, {count, "3 visits", "", "Enter number of visits, as a number alone"},
		{q("x", Decimal), "1,200.5", "1200.5", ""}, {q("x", Decimal), "12,00", "", "Enter an answer to “Question x”, as a number"},
		{day, "11/24/2026", "Nov 24, 2026", ""}, {day, "1/2/2026", "Jan 2, 2026", ""}, {day, "2026-11-24", "Nov 24, 2026", ""}, {day, "Nov 24, 2026", "Nov 24, 2026", ""}, {day, "November 24 2026", "Nov 24, 2026", ""},
		{day, "2/30/2026", "", "The date of the visit must be a real date, like 11/24/2026"}, {day, "11/24/26", "", "The date of the visit must be a real date, like 11/24/2026"}, {day, "12/31/2025", "", "Enter a date on or after Jan 1, 2026"},
		{q("x", Boolean, ext(phrase("whether it hurts"))), "yes", "Yes", ""}, {q("x", Boolean, ext(phrase("whether it hurts"))), "maybe", "", "Select whether it hurts"},
		{q("x", String, `, "maxLength": 5`), "abcde", "abcde", ""}, {q("x", String, `, "maxLength": 5`), "abcdef", "", "Answer must be 5 characters or less"}, {q("x", Text), strings.Repeat("é", 4000), strings.Repeat("é", 4000), ""}, {q("x", Text), strings.Repeat("e", 4001), "", "Answer must be 4,000 characters or less"},
	} {
		v := made(t, c.item, "")
		got := v.Take(nov24, nil, "", url.Values{"q.x": {c.typed}}, Stamp{})
		if got.Faults["q.x"].String() != c.wrong {
			t.Errorf("%q: %q, want %q", c.typed, got.Faults["q.x"], c.wrong)
		}
		if says := v.index.items["x"].Say(got.Answers["x"], time.UTC); says != c.says {
			t.Errorf("%q is %q, want %q", c.typed, says, c.says)
		}
	}
}

func TestDatesWithATime(t *testing.T) {
	zone, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	v := made(t, q("x", DateTime, ext(phrase("the time of the fall"))), "")
	f := Facts{Zone: zone}
	got := v.Take(f, nil, "x", url.Values{"q.x": {"11/24/2026"}, "q.x.time": {"2:30 PM"}}, Stamp{})
	if says := v.index.items["x"].Say(got.Answers["x"], zone); says != "Nov 24, 2026, 2:30 PM CT" {
		t.Errorf("%s %v", says, got.Faults)
	}
	field := v.Form(f, got.Answers).Pages[0].Items[0]
	if field.Value != "11/24/2026" || field.Time != "14:30" {
		t.Errorf("%q %q", field.Value, field.Time)
	}
	got = v.Take(f, nil, "x", url.Values{"q.x": {"11/24/2026"}}, Stamp{})
	if got.Faults["q.x"].String() != "The time of the fall must have a time, like 2:30 PM" {
		t.Errorf("%v", got.Faults)
	}
}

func TestChoicesThatArePosted(t *testing.T) {
	some := q("x", Choice, repeats, threeCodes, ext(phrase("what applies"), `{"url": "`+core+`questionnaire-maxOccurs", "valueInteger": 2}`))
	open := q("x", OpenChoice, threeCodes, ext(phrase("what applies")))
	for _, c := range []struct {
		item        string
		posted      url.Values
		says, wrong string
	}{
		{some, url.Values{"q.x": {"b", "a"}}, "An A, A B", ""}, {some, url.Values{"q.x": {"a", "a"}}, "An A", ""},
		{some, url.Values{"q.x": {"a", "none"}}, "", "Select “None” alone, or the others without it"}, {some, url.Values{"q.x": {"z"}}, "", "Select what applies"},
		{q("x", Choice, threeCodes), url.Values{"q.x": {"a", "b"}}, "", "Select one answer only"},
		{open, url.Values{"q.x.other": {" Something else "}}, "Something else", ""}, {open, url.Values{"q.x": {"a"}, "q.x.other": {"more"}}, "", "Select one answer only"},
		{q("x", Choice, threeCodes), url.Values{"q.x": {"a"}, "q.x.other": {"more"}}, "An A", ""}, // not asked for, not read
		{q("x", Choice, threeCodes, ext(notDoc)), url.Values{"q.x.unknown": {"on"}}, "Not documented", ""}, {q("x", Choice, threeCodes, ext(notDoc)), url.Values{"q.x": {"_unknown"}}, "Not documented", ""},
		{q("x", Choice, threeCodes, ext(notDoc)), url.Values{"q.x": {"a"}, "q.x.unknown": {"on"}}, "", "Give an answer, or select “I don't know, or it is not documented”, not both"},
		{q("x", Choice, threeCodes), url.Values{"q.x.unknown": {"on"}}, "", ""}, // nobody offered it
		{q("x", Choice, required, threeCodes), url.Values{"q.x.unknown": {"on"}}, "", "Select an answer to “Question x”"},
		{q("x", Choice, required, threeCodes, ext(phrase("what applies"))), url.Values{}, "", "Select what applies"}, {q("x", Integer, required, ext(phrase("number of visits"))), url.Values{"q.x": {" "}}, "", "Enter number of visits"},
	} {
		v := made(t, c.item, "")
		got := v.Take(nov24, nil, "x", c.posted, Stamp{})
		if got.Faults["q.x"].String() != c.wrong {
			t.Errorf("%v: %q, want %q", c.posted, got.Faults["q.x"], c.wrong)
		}
		if says := v.index.items["x"].Say(got.Answers["x"], time.UTC); c.wrong == "" && says != c.says {
			t.Errorf("%v is %q, want %q", c.posted, says, c.says)
		}
	}
}

// A page that its answers make longer is shown again, without faults for what
// nobody has seen.
func TestAPageThatGrows(t *testing.T) {
	v := made(t, `{"linkId": "g", "type": "group", "text": "A group", "item": [`+q("first", Boolean, required)+`,`+
		q("then", String, required, ext(phrase("what then")), `, "enableWhen": [{"question": "first", "operator": "=", "answerBoolean": true}]`)+`]}`, "")
	got := v.Take(nov24, nil, "g", url.Values{"q.first": {"yes"}, "q.then": {"not asked yet"}}, Stamp{})
	if len(got.Faults) > 0 || !got.Again || got.Answers["then"].given() {
		t.Fatalf("%+v", got)
	}
	again := v.Take(nov24, got.Answers, "g", url.Values{"q.first": {"yes"}}, Stamp{})
	if again.Again || again.Faults["q.then"].String() != "Enter what then" {
		t.Errorf("%+v", again)
	}
	done := v.Take(nov24, got.Answers, "g", url.Values{"q.first": {"yes"}, "q.then": {"this"}}, Stamp{})
	if done.Again || len(done.Faults) > 0 || !v.Form(nov24, done.Answers).Pages[0].Answered {
		t.Errorf("%+v", done)
	}
	drawn := v.Form(nov24, got.Answers).Posted("g", url.Values{"q.first": {"yes"}, "q.then": {"typed"}}, again.Faults)
	if f := drawn.Pages[0].Items[1]; f.Value != "typed" || f.Error.String() != "Enter what then" || !drawn.Pages[0].Items[0].Options[0].Selected {
		t.Errorf("%+v", f)
	}
}

func TestWhereAnswersCameFrom(t *testing.T) {
	v := made(t, q("age", Integer, ext(sdcExpr("initialExpression", "patient_age"), notDoc))+","+q("set", Choice, repeats, `, "answerOption": [{"valueCoding": {"code": "a", "display": "A"}, "initialSelected": true}, {"valueCoding": {"code": "b", "display": "B"}}]`)+
		","+q("sum", Integer, `, "readOnly": true`, ext(sdcExpr("calculatedExpression", "age + 1"))), "")
	f := Facts{Age: new(64)}
	if old := v.Prefill(Facts{Age: new(2_000_000_000)}, nil); old["age"].given() {
		t.Errorf("filled with what can't be an answer: %+v", old["age"])
	}
	a := v.Prefill(f, nil)
	tag := func(n int) string { return v.Form(f, a).Pages[n].Items[0].Tag.String() }
	if a["age"].Values[0].Number != 64 || a["set"].Values[0].Text != "a" || tag(0) != "From the plan" || tag(1) != "From the plan" {
		t.Fatalf("%+v", a)
	}
	if sum := v.Form(f, a).Pages[2].Items[0]; sum.Value != "65" || !sum.ReadOnly {
		t.Errorf("calculated: %+v", sum)
	}
	stamp := Stamp{"per_x", time.Unix(0, 0)}
	post := func(key string, values ...string) {
		t.Helper()
		got := v.Take(f, a, key, url.Values{"q." + key: values}, stamp)
		if len(got.Faults) > 0 {
			t.Fatal(got.Faults)
		}
		a = got.Answers
	}
	post("age", "64")
	if a["age"].Origin != AutoServer || a["age"].By != "" {
		t.Errorf("left as it was: %+v", a["age"])
	}
	post("age", "63")
	if a["age"].Origin != Override || a["age"].By != "per_x" || tag(0) != "Changed by you" {
		t.Errorf("changed: %+v", a["age"])
	}
	post("set")
	if again := v.Prefill(f, a); again["set"].given() {
		t.Errorf("emptied, and filled again: %+v", again["set"])
	}
	a["age"] = Answer{Values: []Value{{Number: 60}}, Origin: AutoClient}
	if tag(0) != "From your record" {
		t.Errorf("%s", tag(0))
	}
	post("age", "61")
	if a["age"].Origin != Override {
		t.Errorf("changed what came from the record: %+v", a["age"])
	}
	a["age"] = Answer{Values: []Value{{Number: 60}}, Origin: AutoClient}
	if sum := v.Live(f, a)["sum"]; sum.Values[0].Number != 61 {
		t.Errorf("calculated anew: %+v", sum)
	}
	if post := v.Take(f, a, "sum", url.Values{"q.sum": {"1"}}, stamp).Answers["sum"]; post.given() {
		t.Errorf("a read-only answer was taken: %+v", post)
	}
}

// A page is answered when what must be is; the rest may stay empty, and what
// is kept but no longer fits the question is no answer.
func TestWhenAPageIsAnswered(t *testing.T) {
	v := made(t, `{"linkId": "g", "type": "group", "text": "A group", "item": [`+q("must", Choice, required, threeCodes)+`,`+q("may", Choice, threeCodes)+`]}`, rule("r", `must == "a"`))
	for _, c := range []struct {
		a        Answers
		answered bool
		truth    Truth
	}{
		{Answers{}, false, NotShown}, {Answers{"must": codes("a")}, true, Met}, {Answers{"may": codes("a")}, false, NotShown},
		{Answers{"must": codes("left out since")}, false, NotShown}, {Answers{"must": codes("a", "b")}, false, NotShown}, {Answers{"must": codes("b"), "may": codes("b")}, true, NotMet},
	} {
		form, got := v.Form(nov24, c.a), v.Evaluate(nov24, c.a).Finding.Truth
		if form.Pages[0].Answered != c.answered || got != c.truth || (form.Open() == "") != c.answered {
			t.Errorf("%+v: answered %v, %s", c.a, form.Pages[0].Answered, got)
		}
	}
}

func TestTextsGoWithTheNextQuestion(t *testing.T) {
	v := made(t, q("hello", Display)+","+q("x", Boolean)+`,{"linkId": "h", "type": "group", "text": "Hidden", "item": [`+q("y", Boolean, ext(`{"url": "`+core+`questionnaire-hidden", "valueBoolean": true}`))+`]}`, "")
	f := v.Form(nov24, nil)
	if len(f.Pages) != 1 || f.Pages[0].Key != "x" || len(f.Pages[0].Items) != 2 || f.Pages[0].Items[0].Control != Note {
		t.Errorf("%+v", f.Pages)
	}
}
