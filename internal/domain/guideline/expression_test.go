package guideline

import (
	"strings"
	"testing"
	"time"
)

var someItems = strings.Join([]string{q("n", Integer), q("wks", Quantity, ext(inWeeks)), q("yes", Boolean), q("sure", Boolean), q("single", Choice, threeCodes), q("many", Choice, repeats, threeCodes),
	q("day", Date), q("words", String)}, ",")

func TestWhatExpressionsKnow(t *testing.T) {
	v := made(t, someItems, "")
	f := Facts{Age: new(64), Sex: "female", Service: date("2026-11-24"), Code: "72148", Diagnoses: []string{"M54.50"}, Urgency: "urgent", Plan: "harbor", Line: "medicaid"}
	full := Answers{"n": num(3), "wks": num(6.5), "yes": yes(true), "sure": yes(false), "single": codes("a"), "many": codes("a", "b"), "day": {Values: []Value{{Day: date("2026-10-13")}}}, "words": {Values: []Value{{Text: "Hello"}}}}
	none := Answers{}
	for _, c := range []struct {
		text string
		a    Answers
		want Truth
	}{
		{"n >= 3", full, Met}, {"n > 3", full, NotMet}, {"n > 3", none, NotShown},
		{"wks >= 6.5", full, Met}, {"wks == 6", full, NotMet},
		{"yes and sure", full, NotMet}, {"yes or sure", full, Met}, {"not sure", full, Met}, {"!yes", full, NotMet}, {"not yes", none, NotShown},
		// Kleene: what is known settles it.
		{"yes or n > 3", Answers{"yes": yes(true)}, Met}, {"yes and n > 3", Answers{"yes": yes(true)}, NotShown},
		{"yes and n > 3", Answers{"yes": yes(false)}, NotMet}, {"not (yes or n > 3)", Answers{"yes": yes(true)}, NotMet},
		{"n > 3 || yes", Answers{"yes": yes(false)}, NotShown}, {"yes && (sure || n > 1)", Answers{"yes": yes(true), "n": num(2)}, Met},
		{`single == "a"`, full, Met}, {`single in ["b", "none"]`, full, NotMet}, {`"b" in many`, full, Met}, {`any(many, # == "none")`, full, NotMet}, {`count(many, # != "none") == 2`, full, Met},
		{"days(day, service_date) == 42", full, Met}, {"weeks(day, service_date) == 6", full, Met}, {"months(day, service_date) == 1", full, Met}, {"years(day, service_date) == 0", full, Met}, {"months(service_date, day) == -1", full, Met},
		{"day < service_date", full, Met}, {"patient_age >= 65", full, NotMet}, {`patient_sex == "female"`, full, Met}, {`service_code == "72148"`, full, Met},
		{`any(diagnoses, # startsWith "M545")`, full, Met}, {`urgency == "urgent" and plan == "harbor" and line == "medicaid"`, full, Met},
		{"answered(n)", full, Met}, {"answered(n)", none, NotMet}, {"not answered(n)", none, Met}, {"answered(patient_age)", none, Met},
		{`lower(words) == "hello" and len(words) == 5`, full, Met}, {"n > 2 ? yes : sure", full, Met},
		{"max(n, 7) == 7 and abs(-n) == 3 and round(wks) == 7", full, Met},
		{"n % (n - 3) == 0", full, NotShown}, // what fails shows nothing
	} {
		e, err := v.index.scope.condition(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := e.holds(v.state(f, c.a).env); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

// What is not known is not known, and not empty or 0.
func TestFactsThatAreNotKnown(t *testing.T) {
	v := made(t, someItems, "")
	for _, text := range []string{"patient_age < 200", `patient_sex != "male"`, "day <= service_date", `service_code != ""`, "len(diagnoses) == 0", `plan == ""`} {
		e, err := v.index.scope.condition(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.holds(v.state(Facts{Sex: "unknown"}, nil).env); got != NotShown {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	v := made(t, someItems, "")
	for text, says := range map[string]string{
		"nonsense > 3": "unknown name nonsense", "n +": "unexpected token", "n > yes": "mismatched types", "n": "expected bool", `single == "z"`: `single has no option "z"`, `"z" in many`: `many has no option "z"`,
		`single in ["a", "z"]`: `no option "z"`, "now() > day": "unknown name now", "$env == nil": "$env is not allowed", `1 in 1..1000000`: ".. is not allowed",
		`any(many, # == "z")`: `many has no option "z"`, "any(many, any(many, # == #))": "a loop in a loop", "let x = 1; x > 0": "not allowed", "many[0] == \"a\"": "not allowed", "day.Year() > 1": "not allowed", `fromJSON("{}") == nil`: "unknown name", `repeat("a", 100) == ""`: "unknown name",
		"answered(n) == true": "stands on its own", "answered(nonsense)": "knows no nonsense", "answered(n, yes)": "stands on its own", `answered("n")`: "stands on its own", "(n ?? 3) > 2": "?? is not allowed",
		"(" + strings.Repeat("n > 1 or ", 300) + "yes)": "longer than", strings.Repeat("n+", 199) + "n > 0": "maximum allowed nodes", `{"a": 1} == nil`: "not allowed", `words matches "("`: "error parsing regexp", "days(n, service_date) > 1": "cannot use int",
		"reduce(many, # + 1) > 1": "unknown name", "type(n) == \"int\"": "unknown name", "n; yes": "not allowed", `get(many, 0) == "a"`: "unknown name",
	} {
		_, err := v.index.scope.condition(text)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

// The slowest expression that is taken ends: one that grew with its lists'
// size to the power of its loops would not within anybody's patience. The
// limit leaves room for a busy machine and the race detector.
func TestExpressionsEndSoon(t *testing.T) {
	v := made(t, someItems, "")
	var values []string
	for range mostValues {
		values = append(values, "a")
	}
	env := map[string]any{"many": values, "words": strings.Repeat("a", 4000), "n": 3}
	loop := strings.Repeat(`count(many, # matches "(a+)+$" and words matches "^(a|aa)+$") + `, 4) + "n > 0"
	e, err := v.index.scope.condition(loop)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	e.holds(env)
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}
