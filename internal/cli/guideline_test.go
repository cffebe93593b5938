package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/infra/db/dbtest"
)

const lumbar = "../domain/guideline/library/lumbar-mri.json"

func TestGuidelineTestPassesWhatComesWithParley(t *testing.T) {
	status, out, errs := run(t, "guideline", "test", lumbar)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := lines[len(lines)-1]; status != 0 || !strings.HasSuffix(last, " passed, 0 failed") || strings.HasPrefix(last, "0 ") {
		t.Errorf("%d %s%s", status, out, errs)
	}
}

// Each fault that somebody can make in a file is found, and its place named.
func TestGuidelineTestFindsWhatIsWrong(t *testing.T) {
	good, err := os.ReadFile(lumbar)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, now, says string }{
		{"a case that no longer holds", `care_weeks >= 6 and`, `care_weeks >= 7 and`, "cases[6]: Exactly six weeks of each: needs a person, and must be approved"},
		{"a name nobody knows", `care_weeks >= 6 and`, `care_week >= 6 and`, "criteria.all[0].any[1].all[1].when: unknown name care_week"},
		{"a criterion that can't be met", `weeks(symptom_start, service_date) >= 6`, `weeks(symptom_start, service_date) >= 6 and care_weeks < 0`, "criteria.all[0].any[1].all[0]: no answers can meet rule lasting"},
		{"an option that isn't there", `response in [\"same\", \"worse\"]`, `response in [\"same\", \"worst\"]`, `criteria.all[0].any[1].all[2].when: response has no option "worst"`},
		{"a question on nothing", `"question": "earlier_mri"`, `"question": "early_mri"`, `there is no question "early_mri"`},
		{"a question that nobody is asked", `"question": "earlier_mri", "operator": "=", "answerBoolean": true`, `"question": "care_weeks", "operator": ">", "answerQuantity": {"value": 999, "code": "wk"}`, "no answers lead to changed"},
		{"a question for nothing", `earlier_mri == false or changed`, `earlier_mri == false`, "no criterion rests on changed"},
		{"something unknown", `"linkId": "response"`, `"linkId": "response", "answerConstraint": "optionsOnly"`, "questionnaire.item[3].answerConstraint: is not supported"},
		{"an unknown source", `"source": "vadod"`, `"source": "va"`, `there is no source "va"`},
		{"a page too long to read", `Choose all that the record shows.`, strings.Repeat("Choose all that the record shows. ", 40), "seconds to read, and 40 at most"},
		{"no JSON", `"title"`, `title`, "the file: is not JSON as it should be"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(good), c.old) {
				t.Fatalf("%s is not in the guideline", c.old)
			}
			path := filepath.Join(t.TempDir(), "g.json")
			if err := os.WriteFile(path, []byte(strings.Replace(string(good), c.old, c.now, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			status, out, errs := run(t, "guideline", "test", path)
			if status != 1 || !strings.Contains(out, c.says) || strings.Contains(out, " 0 failed") {
				t.Errorf("%d, want %q\n%s%s", status, c.says, out, errs)
			}
		})
	}
}

func TestGuidelineExamples(t *testing.T) {
	if status, out, _ := run(t, "guideline", "example"); status != 0 || !strings.Contains(out, "lumbar-mri") {
		t.Errorf("%d %s", status, out)
	}
	text, _ := os.ReadFile(lumbar)
	if status, out, _ := run(t, "guideline", "example", "lumbar-mri"); status != 0 || out != string(text) {
		t.Errorf("%d, %d bytes", status, len(out))
	}
	if status, _, errs := run(t, "guideline", "example", "nonsense"); status != 1 || !strings.Contains(errs, "nonsense") {
		t.Errorf("%d %s", status, errs)
	}
	if status, _, _ := run(t, "guideline", "test", "/no/such/file"); status != 2 {
		t.Errorf("%d", status)
	}
}

func TestGuidelineImport(t *testing.T) {
	changed := filepath.Join(t.TempDir(), "changed.json")
	text, err := os.ReadFile(lumbar)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, []byte(strings.Replace(string(text), "When an MRI", "When exactly an MRI", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, database := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "p.db"), "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			at := []string{"--database", database, "--data", t.TempDir()}
			run(t, append([]string{"migrate"}, at...)...)
			for _, c := range []struct {
				file   string
				status int
				says   string
			}{
				{lumbar, 0, "Lumbar spine MRI 2026.1 is published, in effect from 2026-01-01."},
				{lumbar, 0, "Lumbar spine MRI 2026.1 is published already."},
				{changed, 1, "changed.json: Lumbar spine MRI 2026.1 is published already and can't change."},
				{"guideline.go", 1, "guideline.go: The guideline is not as it should be:\nthe file: is not JSON"},
				{"no-such-file", 2, "no-such-file"},
			} {
				status, out, errs := run(t, append([]string{"guideline", "import", c.file}, at...)...)
				if status != c.status || !strings.Contains(out+errs, c.says) {
					t.Errorf("%s: %d, want %d with %q\n%s%s", c.file, status, c.status, c.says, out, errs)
				}
			}
		})
	}
}
