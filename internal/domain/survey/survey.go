// Package survey is about asking people of offices how it went, after a call
// or a decision: once, at most once a month, and never again if they don't want
// it.
package survey

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Survey is one that somebody was asked.
type Survey struct {
	ID       string
	PersonID account.PersonID
	About    About
	AskedAt  time.Time
	ClosedAt *time.Time // answered or skipped
	Answered bool
}

// Asked announces that somebody is asked. See app/reactions.go.
type Asked struct{ ID string }

// Kind names the event.
func (Asked) Kind() string { return "survey.asked" }

// Due asks later: what is asked about should have come to rest.
type Due struct {
	About     About
	SubjectID string // a call's or a determination's
	OrderID   order.ID
	PersonID  account.PersonID
}

// Kind names the job.
func (Due) Kind() string { return "survey.due" }

const (
	askAfter = 4 * time.Hour
	apart    = 30 * 24 * time.Hour // from one survey to the next
	openFor  = 14 * 24 * time.Hour
	longest  = 2000
	never    = "survey" // name of the preference; "never" is its value
)

// A Setting is after what offices are asked.
type Setting struct{ Calls, Decisions bool }

// Settings is how it is set; nothing is asked unless somebody turned it on.
func Settings(ctx context.Context, tx *db.Tx) (s Setting, err error) {
	s, err = db.One(ctx, tx, func(r db.Row) (s Setting, err error) { return s, r.Scan(&s.Calls, &s.Decisions) }, `select calls, decisions from survey_setting where id = 1`)
	if fault.Is(err, fault.NotFound) {
		return Setting{}, nil
	}
	return s, err
}

// Set says after what offices are asked from now on. Who may: administrators.
func Set(ctx context.Context, tx *db.Tx, by account.Actor, s Setting) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		insert into survey_setting (id, calls, decisions, changed_at, changed_by) values (1, $1, $2, $3, $4)
		on conflict (id) do update set calls = excluded.calls, decisions = excluded.decisions, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		s.Calls, s.Decisions, tx.Now(), string(by.ID)); err != nil {
		return err
	}
	e := by.Audit("survey.set", "survey", "setting")
	e.Detail = "after calls: " + yesNo(s.Calls) + ", after decisions: " + yesNo(s.Decisions)
	return audit.Record(ctx, tx, e)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// AfterCall has whoever arranged a call be asked about it.
func AfterCall(ctx context.Context, tx *db.Tx, e peer.OutcomeSaid) error {
	s, err := Settings(ctx, tx)
	if err != nil || !s.Calls {
		return err
	}
	c, err := peer.ByID(ctx, tx, e.CallID)
	if err != nil {
		return err
	}
	return later(ctx, tx, Due{Call, string(c.ID), c.OrderID, c.ArrangerID})
}

// AfterDecision has whoever sent a request be asked about the decision.
func AfterDecision(ctx context.Context, tx *db.Tx, e review.Decided) error {
	s, err := Settings(ctx, tx)
	if err != nil || !s.Decisions {
		return err
	}
	o, err := order.OfEvent(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	return later(ctx, tx, Due{Decision, e.DeterminationID, o.ID, account.PersonID(o.CreatedBy)})
}

func later(ctx context.Context, tx *db.Tx, d Due) error {
	if d.PersonID == "" {
		return nil
	}
	return job.Add(ctx, tx, d, job.At(tx.Now().Add(askAfter)), job.Key("survey:"+d.SubjectID))
}

// Ask asks somebody of an office, unless they were asked in the last 30 days or
// don't want it.
func Ask(ctx context.Context, tx *db.Tx, d Due) error {
	by, err := account.Act(ctx, tx, d.PersonID)
	if fault.Is(err, fault.NotFound) || err == nil && (!by.On(account.Portal) || by.IsStaff()) {
		return nil // the program itself, staff, or nobody any more
	}
	if err != nil {
		return err
	}
	said, err := account.Preference(ctx, tx, by, never)
	if err != nil || said == "never" {
		return err
	}
	o, err := order.OfEvent(ctx, tx, d.OrderID)
	if err != nil {
		return err
	}
	now := tx.Now()
	id, month := db.NewID("srv"), civil.DateIn(now, time.UTC).String()[:7]
	recent, err := db.Count(ctx, tx, `select count(*) from survey where person_id = $1 and asked_at > $2`, string(by.ID), now.Add(-apart))
	if err != nil || recent > 0 {
		return err
	}
	n, err := tx.Exec(ctx, `
		insert into survey (id, person_id, about, subject_id, program_id, plan_id, asked_at, month) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict do nothing`, id, string(by.ID), string(d.About), d.SubjectID, string(o.ProgramID), string(o.PlanID), now, month)
	if err != nil || n == 0 {
		return err
	}
	return job.Add(ctx, tx, Asked{id})
}

const columns = `id, person_id, about, asked_at, closed_at, answered`

func scan(r db.Row) (s Survey, err error) {
	return s, r.Scan(&s.ID, (*string)(&s.PersonID), (*string)(&s.About), &s.AskedAt, &s.ClosedAt, &s.Answered)
}

// Waiting is the survey that by can answer; one without an ID if there is none.
func Waiting(ctx context.Context, tx *db.Tx, by account.Actor) (Survey, error) {
	all, err := db.All(ctx, tx, scan, `select `+columns+` from survey where person_id = $1 and closed_at is null and asked_at > $2 order by asked_at desc, id limit 1`, string(by.ID), tx.Now().Add(-openFor))
	if err != nil || len(all) == 0 {
		return Survey{}, err
	}
	return all[0], nil
}

// Get is a survey that by was asked; another's is not found.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Survey, error) {
	s, err := db.One(ctx, tx, scan, `select `+columns+` from survey where id = $1 and person_id = $2`, id, string(by.ID))
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "We can't find that survey.")
	}
	return s, err
}

// Person is whom a survey asks, for the mail.
func Person(ctx context.Context, tx *db.Tx, id string) (account.Person, error) {
	s, err := db.One(ctx, tx, scan, `select `+columns+` from survey where id = $1`, id)
	if err != nil {
		return account.Person{}, err
	}
	return account.Get(ctx, tx, s.PersonID)
}

// Answer keeps what by says: a value for each question that they answered, and
// words of their own. The error is Invalid at a question's key or at "words".
func Answer(ctx context.Context, tx *db.Tx, by account.Actor, id string, values map[string]string, words string) error {
	f := fault.Fields{}
	answered := 0
	for _, q := range Questions {
		if v := values[q.Key]; v != "" {
			f.Check(q.has(v), q.Key, "Choose from the list")
			answered++
		}
	}
	words = strings.TrimSpace(words)
	f.Check(answered > 0 || words != "", Questions[0].Key, "Answer at least one question, or skip all")
	f.Check(utf8.RuneCountInString(words) <= longest, "words", "The text must be 2,000 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	if err := shut(ctx, tx, by, id, true, words); err != nil {
		return err
	}
	for _, q := range Questions {
		if values[q.Key] == "" {
			continue
		}
		if _, err := tx.Exec(ctx, `insert into survey_answer (survey_id, question, value) values ($1, $2, $3)`, id, q.Key, values[q.Key]); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, by.Audit("survey.answered", "survey", id))
}

// Skip ends a survey without an answer. With forGood by is never asked again.
func Skip(ctx context.Context, tx *db.Tx, by account.Actor, id string, forGood bool) error {
	if forGood {
		if err := account.SetPreference(ctx, tx, by, never, "never"); err != nil {
			return err
		}
	}
	return shut(ctx, tx, by, id, false, "")
}

func shut(ctx context.Context, tx *db.Tx, by account.Actor, id string, answered bool, words string) error {
	if by.Assists != nil || by.Viewed != nil {
		return fault.New(fault.Denied, "Only who was asked can answer.")
	}
	if _, err := Get(ctx, tx, by, id); err != nil {
		return err
	}
	return db.Changed(tx.Exec(ctx, `update survey set closed_at = $1, answered = $2, words = $3 where id = $4 and person_id = $5 and closed_at is null`, tx.Now(), answered, words, id, string(by.ID)))
}

// A Comment is what somebody said in their own words. Whose it is isn't told.
type Comment struct {
	About   About
	Program string
	Month   string
	Words   string
}

// Comments are the latest of the plans and programs that by works with, at
// most 200. They can hold a member's data, so who reads them may read orders,
// and it is audited. Who may: supervisors.
func Comments(ctx context.Context, tx *db.Tx, by account.Actor) ([]Comment, error) {
	if err := by.Must(account.Supervise); err != nil {
		return nil, err
	}
	if err := by.Must(account.ReadOrders); err != nil {
		return nil, err
	}
	where, args := within(by.Scopes)
	all, err := db.All(ctx, tx, func(r db.Row) (c Comment, err error) {
		return c, r.Scan((*string)(&c.About), &c.Program, &c.Month, &c.Words)
	}, `select s.about, g.name, s.month, s.words from survey s join program g on g.id = s.program_id where s.words <> '' and `+where+` order by s.closed_at desc, s.id limit 200`, args...)
	if err != nil {
		return nil, err
	}
	return all, audit.Record(ctx, tx, by.Audit("survey.comments_read", "survey", "comments"))
}

// within is SQL for the surveys s of the plans and programs that somebody of
// the staff works with; no scope is all.
func within(scopes []account.Scope) (where string, args []any) {
	if len(scopes) == 0 {
		return "1 = 1", nil
	}
	var any []string
	for _, x := range scopes {
		n := strconv.Itoa(len(args) + 1)
		m := strconv.Itoa(len(args) + 2)
		any = append(any, "($"+n+" in (s.plan_id, '') and $"+m+" in (s.program_id, ''))")
		args = append(args, x.PlanID, x.ProgramID)
	}
	return "(" + strings.Join(any, " or ") + ")", args
}

// programs are names by id.
func programs(ctx context.Context, tx *db.Tx) (map[plan.ProgramID]string, error) {
	all, err := plan.Programs(ctx, tx)
	names := map[plan.ProgramID]string{}
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return names, err
}
