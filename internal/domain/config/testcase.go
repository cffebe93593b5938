package config

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A TestCase says what must come of how a subject is set, given something. A
// version of which something else comes doesn't go live.
type TestCase struct {
	ID string
	Subject
	Given    Doc    // by the keys of its subject's exam
	Expected string // the answer, as the exam's field has it
	Why      string // who wants it so; may be empty
	ByID     account.PersonID
	ByName   string
	MadeAt   time.Time
}

// An Exam is what can be asked of subjects of a kind.
type Exam struct {
	Given  []Field
	Answer Field

	// try is what comes of a document for something given. An Invalid fault is
	// at the keys of Given.
	try func(ctx context.Context, tx *db.Tx, id string, d Doc, given Doc) (string, error)
}

// exams are those of the kinds of which something comes that can be asked.
var exams = map[string]Exam{"plan": planExam, "line": lineExam, "program": programExam, "wave": waveExam, "calendar": calendarExam, "delegation": delegationExam, "rule": ruleExam, "pack": packExam}

// ExamOf is what can be asked of a subject; false if nothing can.
func ExamOf(s Subject) (Exam, bool) {
	e, ok := exams[s.Kind]
	return e, ok
}

// A Tried is a test case with what comes of a version.
type Tried struct {
	TestCase
	Got   string     // the answer, "" where there is none
	Wrong words.Text // why there is none

	Asked      []string // what is given, as people read it: "Day: Fri, Nov 27"
	Want, Have string   // what is expected and what comes of it, as people read it
}

// Passed reports whether what comes of the version is what must.
func (t Tried) Passed() bool { return t.Wrong == "" && t.Got == t.Expected }

// mostCases is how many a subject can have: all are tried with each version.
const mostCases = 100

// AddCase keeps a test case of a subject that is set or drafted. It need not
// pass yet: what must hold can be said before it does. Invalid faults are at the
// keys of the exam and its answer, and at "why". Who may: administrators
// and the program.
func AddCase(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, given Doc, expected, why string) error {
	if err := mayKeep(by); err != nil {
		return err
	}
	exam, ok := ExamOf(s)
	if !ok {
		return fault.New(fault.NotFound, "We can't find that.")
	}
	d, err := toAsk(ctx, tx, s)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(exam.Answer.holds(expected), exam.Answer.Key, words.Say("Choose or enter what must come of it, for “%s”", exam.Answer.Label))
	f.Check(utf8.RuneCountInString(why) <= 300, "why", "The reason must be 300 characters or less")
	for _, g := range exam.Given {
		f.Check(g.holds(given[g.Key]), g.Key, words.Say("Enter something for “%s”", g.Label))
	}
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := exam.try(ctx, tx, s.ID, d, given); err != nil {
		return err
	}
	all, err := Cases(ctx, tx, s)
	if err != nil {
		return err
	}
	f.Check(len(all) < mostCases, exam.Answer.Key, "There are 100 test cases already. Take one out first")
	f.Check(!slices.ContainsFunc(all, func(c TestCase) bool { return maps.Equal(c.Given, given) }), exam.Answer.Key, "There is a test case for this already")
	if err := f.Err(); err != nil {
		return err
	}
	c := TestCase{ID: db.NewID("cfc"), Subject: s, Given: given, Expected: expected, Why: strings.TrimSpace(why), ByID: by.ID, ByName: by.Name, MadeAt: tx.Now()}
	if err := insertCase(ctx, tx, c); err != nil {
		return err
	}
	return Version{Subject: s}.audit(ctx, tx, by, "config.case_added", c.ID)
}

// mayKeep says who keeps test cases: administrators, and an import.
func mayKeep(by account.Actor) error {
	if by.IsProgram() {
		return nil
	}
	return by.Must(account.ManageProgram)
}

// toAsk is how a subject is set, or drafted where it isn't there yet.
func toAsk(ctx context.Context, tx *db.Tx, s Subject) (Doc, error) {
	d, err := Current(ctx, tx, s)
	if err != nil || len(d) > 0 {
		return d, err
	}
	v, err := openOf(ctx, tx, s)
	if err == nil && v.ID == "" {
		err = fault.New(fault.NotFound, "We can't find that.")
	}
	return v.Doc, err
}

// RemoveCase takes a test case out. One that is gone already is no fault. Who
// may: as for AddCase.
func RemoveCase(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, id string) error {
	if err := mayKeep(by); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from config_case where id = $1 and kind = $2 and subject_id = $3`, id, s.Kind, s.ID)
	if err != nil || n == 0 {
		return err
	}
	return Version{Subject: s}.audit(ctx, tx, by, "config.case_removed", id)
}

// Try is what comes of a document for each of its subject's test cases, in the
// order in which they were made.
func Try(ctx context.Context, tx *db.Tx, s Subject, d Doc) ([]Tried, error) {
	exam, ok := ExamOf(s)
	if !ok || len(d) == 0 {
		return nil, nil
	}
	all, err := Cases(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	zone, err := zoneOf(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	said := func(f Field, text string) string { return f.said(text, zone, tx.Now()) }
	var tried []Tried
	for _, c := range all {
		t := Tried{TestCase: c, Want: said(exam.Answer, c.Expected)}
		for _, g := range exam.Given {
			t.Asked = append(t.Asked, g.Label+": "+said(g, c.Given[g.Key]))
		}
		t.Got, err = exam.try(ctx, tx, s.ID, d, c.Given)
		if fault.Is(err, fault.Invalid) { // such as a type of plan that the version takes out
			t.Wrong, err = words.AsIs(first(fault.Of(err).Fields)), nil
		}
		if err != nil {
			return nil, err
		}
		t.Have = cmp.Or(t.Wrong.String(), said(exam.Answer, t.Got))
		tried = append(tried, t)
	}
	return tried, nil
}

// AtCases is where an Invalid fault stands that says that a test case fails.
const AtCases = "cases"

// prove refuses a document of which something else comes than a test case says.
func prove(ctx context.Context, tx *db.Tx, s Subject, d Doc) error {
	all, err := Try(ctx, tx, s, d)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t Tried) bool { return !t.Passed() })
	if i < 0 {
		return nil
	}
	t := all[i]
	return fault.Fields{AtCases: words.Say("A test case fails. %s. Expected: %s. What comes of it: %s", strings.Join(t.Asked, "; "), t.Want, t.Have)}.Err()
}

// zoneOf is in which times of a subject's test cases are said.
func zoneOf(ctx context.Context, tx *db.Tx, s Subject) (*time.Location, error) {
	id := plan.ID(s.ID)
	switch s.Kind {
	case "line":
		id, _ = LineOf(s.ID)
	case "plan":
	default:
		return civil.Zone(civil.DefaultZone)
	}
	p, err := plan.Get(ctx, tx, id)
	if fault.Is(err, fault.NotFound) { // a draft of a new plan
		return civil.Zone(civil.DefaultZone)
	}
	return p.Zone(), err
}

// said is a text of f as people read it, times in a zone.
func (f Field) said(text string, zone *time.Location, now time.Time) string {
	at, err := momentOf(Doc{"": text}, "", zone)
	if f.Input != Moment || err != nil {
		return f.Words(text)
	}
	return civil.When(at, zone, now).String()
}

// Prove refuses how a subject is set now if a test case fails: for who changed
// it other than by a version, in the same transaction.
func Prove(ctx context.Context, tx *db.Tx, s Subject) error {
	now, err := Current(ctx, tx, s)
	if err != nil {
		return err
	}
	return prove(ctx, tx, s, now)
}

func scanCase(r db.Row) (c TestCase, err error) {
	var given string
	if err := r.Scan(&c.ID, &c.Subject.Kind, &c.Subject.ID, &given, &c.Expected, &c.Why, (*string)(&c.ByID), &c.ByName, &c.MadeAt); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(given), &c.Given)
}

const caseColumns = `id, kind, subject_id, given, expected, why, by_id, by_name, made_at`

// Cases are those of a subject, in the order in which they were made.
func Cases(ctx context.Context, tx *db.Tx, s Subject) ([]TestCase, error) {
	return db.All(ctx, tx, scanCase, `select `+caseColumns+` from config_case where kind = $1 and subject_id = $2 order by made_at, id`, s.Kind, s.ID)
}

func insertCase(ctx context.Context, tx *db.Tx, c TestCase) error {
	given, err := c.Given.text()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into config_case (`+caseColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, c.Subject.Kind, c.Subject.ID, given, c.Expected, c.Why, string(c.ByID), c.ByName, c.MadeAt)
	return err
}
