// Package guideline is about what is asked of an office and why.
//
// A guideline is a document that says when a service is appropriate, with the
// public sources it rests on. Its questions are what an office answers on the
// way to sending a request: one question, or a few that belong together, a
// page, and each can say why it is asked. Its criteria are the rules a
// reviewer reads: each is met, not met, or not shown. Not shown means that
// there is no evidence either way; it is never counted against anybody. A
// criterion names what evidence would show it, and the answers it rests on.
//
// A version of a guideline never changes once it is published. What an office
// answered keeps the version it was asked by, and where each answer came
// from: a person, the member's record, or the plan.
//
// The program may find that a request can be approved. It never denies: what
// it can't approve needs a person, and [Outcome] has no third value.
package guideline

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/code"
)

// A Version is one version of a guideline, ready to be asked and evaluated.
// Only [Read] makes one, so that whatever it holds has been checked.
type Version struct {
	ID       string // "lumbar-mri", the same for every version
	Title    string // "Lumbar spine MRI"
	Version  string // "2026.1"
	About    string // one sentence for the list of guidelines
	From, To civil.Date
	Programs []string // codes of the programs it is for
	Plans    []string // codes of plans; none means every plan
	Codes    []string // procedure codes, CPT or HCPCS, numbers only
	Sources  []Source
	Files    []FileAsked
	Terms    []Term
	Cases    []Case

	Questionnaire Questionnaire
	Criteria      Criterion

	text  []byte
	index index
}

// Name is how a version is named to people: "Lumbar spine MRI 2026.1".
func (v *Version) Name() string { return v.Title + " " + v.Version }

// Text is the document as it was read.
func (v *Version) Text() []byte { return slices.Clone(v.text) }

// In reports whether the version is in effect on a day.
func (v *Version) In(day civil.Date) bool {
	return !day.Before(v.From) && (v.To.IsZero() || !day.After(v.To))
}

// A Source is a public document that a guideline rests on.
type Source struct {
	ID        string
	Title     string
	Publisher string
	Year      int
	URL       string
}

// Cite is how a source is named in a line: "Title. Publisher, 2021".
func (s Source) Cite() string { return s.Title + ". " + s.Publisher + ", " + itoa(s.Year) }

// A FileAsked is one row of the checklist of files.
type FileAsked struct {
	ID       string
	Item     string // "Physical-therapy notes"
	Why      string
	Required bool // else it is helpful
	when     *expression
}

// A Term says for which codes, how much and for how long an approval holds.
type Term struct {
	Codes []string
	Units int
	Unit  string // "" where the unit is the service itself
	Days  int    // from the day of the decision
}

// Facts are what is known of a request beside its answers.
type Facts struct {
	Age       *int       // whole years on the date of service; nil: not known
	Sex       string     // as recorded; "": not known
	Service   civil.Date // date of service
	Code      string     // of the service
	Diagnoses []string   // codes, with or without their dot
	Urgency   string     // "standard", "urgent" or "retrospective"
	Plan      string     // code of the plan
	Line      string     // of business
	Zone      *time.Location
}

// AgeOn is the age of someone born on a day, for Facts; nil where either day
// is not known.
func AgeOn(born, service civil.Date) *int {
	if born.IsZero() || service.IsZero() {
		return nil
	}
	return new(born.Age(service))
}

func (f Facts) zone() *time.Location { return cmp.Or(f.Zone, time.UTC) }

// factNames are the names by which expressions know facts, each with a value
// of its type.
var factNames = map[string]any{
	"patient_age": 0, "patient_sex": "", "service_date": time.Time{}, "service_code": "",
	"diagnoses": []string{}, "urgency": "", "plan": "", "line": "",
}

// known are the facts that are known, by name.
func (f Facts) known() map[string]any {
	env := map[string]any{}
	for name, s := range map[string]string{"patient_sex": f.Sex, "service_code": code.Plain(f.Code), "urgency": f.Urgency, "plan": f.Plan, "line": f.Line} {
		if s != "" && s != "unknown" {
			env[name] = s
		}
	}
	if f.Age != nil {
		env["patient_age"] = *f.Age
	}
	if !f.Service.IsZero() {
		env["service_date"] = instant(f.Service)
	}
	if len(f.Diagnoses) > 0 {
		plain := make([]string, 0, len(f.Diagnoses))
		for _, d := range f.Diagnoses[:min(len(f.Diagnoses), mostValues)] {
			plain = append(plain, code.Plain(d))
		}
		env["diagnoses"] = plain
	}
	return env
}

// instant is how an expression holds a day: its midnight in UTC, whose days
// all have 24 hours.
func instant(d civil.Date) time.Time { return civil.Start(d, 0, time.UTC) }

// FilesAsked are the files that the answers call for, the required first.
func (v *Version) FilesAsked(f Facts, a Answers) []FileAsked {
	st := v.state(f, a)
	var all []FileAsked
	for _, file := range v.Files {
		if file.when == nil || file.when.holds(st.env) == Met {
			all = append(all, file)
		}
	}
	slices.SortStableFunc(all, func(a, b FileAsked) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

func (v *Version) requiredFiles(f Facts, a Answers) []FileAsked {
	return slices.DeleteFunc(v.FilesAsked(f, a), func(file FileAsked) bool { return !file.Required })
}

func rank(f FileAsked) int {
	if f.Required {
		return 0
	}
	return 1
}

// term says what an approval of a code covers.
func (v *Version) term(service string) (Term, bool) {
	for _, t := range v.Terms {
		if slices.ContainsFunc(t.Codes, func(c string) bool { return strings.EqualFold(c, service) }) {
			return t, true
		}
	}
	return Term{}, false
}
