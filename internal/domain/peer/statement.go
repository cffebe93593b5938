package peer

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Statement is what the office declared on the way to a call, in the words
// that stood beside the box it checked. It never changes.
type Statement struct {
	Code       string
	Citation   string // of the rule that asked for it, "" for a call note
	Words      string
	Day        civil.Date // zero where no day was asked for
	PersonID   account.PersonID
	PersonName string
	At         time.Time
}

// Codes of the call notes that no state's rule asks for.
const (
	Performed    = "performed"
	AppealLetter = "appeal_letter"
)

// A Question asks for a statement.
type Question struct {
	Code     string
	Sentence string // why it is asked, "" where the words say it
	Words    string // beside the check box
	DayAsked string // what its day is called, "" where none is asked for
	Required bool   // no call without it
	Citation string
}

// An Answer is a box checked, with its day.
type Answer struct {
	Code string
	Day  civil.Date
}

// Questions are what the office is asked about the orders of the call on the
// way, beside who will speak. Of several orders each has its own, since each
// may have another member: those of the orders that were added say which, and
// have its number in their code.
func Questions(ctx context.Context, tx *db.Tx, o order.Order, st Standing, d Draft) ([]Question, error) {
	all, err := questions(ctx, tx, o, st)
	for _, m := range d.Others {
		if err != nil {
			return nil, err
		}
		var more []Question
		more, err = questions(ctx, tx, m.Order, m.Standing)
		for _, q := range more {
			q.Code += "_" + m.Order.Number
			q.Words = "Order " + order.Spaced(m.Order.Number) + ": " + q.Words
			all = append(all, q)
		}
	}
	return all, err
}

// questions are those about one order: only what a rule or a fact makes apply.
// A state's consent is asked because the law asks; that the service was
// performed only once its day has come, or the request came after it; the
// letter only while an appeal is open.
func questions(ctx context.Context, tx *db.Tx, o order.Order, st Standing) ([]Question, error) {
	today := civil.DateIn(tx.Now(), st.Plan.Zone())
	state, err := review.OfficeState(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	rules, err := rulesFor(ctx, tx, state, o.Line, today)
	if err != nil {
		return nil, err
	}
	var all []Question
	for _, r := range rules {
		if r.NeedsTier == 0 {
			all = append(all, Question{Code: r.Code, Sentence: r.Sentence, Words: r.Statement, DayAsked: "Date of the consent", Required: true, Citation: r.Citation})
		}
	}
	if o.Urgency == order.Retrospective || !o.ServiceFrom.IsZero() && !o.ServiceFrom.After(today) {
		all = append(all, Question{Code: Performed, Words: "The procedure was already performed", DayAsked: "Date it was performed"})
	}
	if o.AppealAt != nil {
		all = append(all, Question{Code: AppealLetter, Words: "We hold the member’s letter that lets us speak for them in the appeal"})
	}
	return all, nil
}

// SaveAnswers keeps with by's draft what they stated about the questions of
// this order. What is wrong is said at the field named after the question's
// code, or that with "_day".
func SaveAnswers(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, answers []Answer) error {
	if err := by.Must(account.BookCalls); err != nil {
		return err
	}
	d, err := draft(ctx, tx, by, o.ID, "")
	if err != nil {
		return err
	}
	questions, err := Questions(ctx, tx, o, st, d)
	if err != nil {
		return err
	}
	f, today := fault.Fields{}, civil.DateIn(tx.Now(), st.Plan.Zone())
	var said []Statement
	for _, q := range questions {
		i := slices.IndexFunc(answers, func(a Answer) bool { return a.Code == q.Code })
		if i < 0 {
			f.Check(!q.Required, q.Code, words.Say("Check the box to confirm: %s", q.Words))
			continue
		}
		s := q.statement(tx, by)
		if q.DayAsked != "" {
			s.Day = answers[i].Day
			f.Check(!s.Day.IsZero(), q.Code+"_day", words.Say("%s must be a real date, like 11/24/2026", q.DayAsked))
			f.Check(!s.Day.After(today), q.Code+"_day", words.Say("%s can’t be in the future", q.DayAsked))
		}
		said = append(said, s)
	}
	if err := f.Err(); err != nil {
		return err
	}
	for _, s := range d.Statements { // the match is stated on another page
		if !slices.ContainsFunc(questions, func(q Question) bool { return q.Code == s.Code }) {
			said = append(said, s)
		}
	}
	d.Statements = said
	return saveDraft(ctx, tx, d)
}

func (q Question) statement(tx *db.Tx, by account.Actor) Statement {
	return Statement{Code: q.Code, Citation: q.Citation, Words: q.Words, PersonID: by.ID, PersonName: by.Name, At: tx.Now()}
}

// Unanswered are the questions that must be answered before d can become a
// call.
func Unanswered(ctx context.Context, tx *db.Tx, o order.Order, st Standing, d Draft) (open []Question, err error) {
	all, err := Questions(ctx, tx, o, st, d)
	for _, q := range all {
		if q.Required && !d.says(q.Code) {
			open = append(open, q)
		}
	}
	return open, err
}

func (d Draft) says(code string) bool {
	return slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.Code == code })
}

// GoAhead states, or takes back, that the physician knows that no reviewer
// matches as the law asks, and wants to go ahead. Taken back, a time held with
// one who doesn't match is let go.
func GoAhead(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, moving *Call, yes bool) error {
	if err := may(ctx, tx, by, o, st, moving); err != nil {
		return err
	}
	d, err := draft(ctx, tx, by, o.ID, callID(moving))
	if err != nil {
		return err
	}
	about, err := matters(ctx, tx, o, st, moving, d)
	if err != nil {
		return err
	}
	all, err := needsOf(ctx, tx, about, moving, d)
	if err != nil {
		return err
	}
	rules := slices.DeleteFunc(rulesOf(all.ruled()), func(r Rule) bool { return r.Statement == "" })
	if len(rules) == 0 {
		return fault.New(fault.Conflict, "Nothing needs to be stated about this order any more. Choose a time.")
	}
	if !yes && !slices.ContainsFunc(rules, func(r Rule) bool { return d.says(r.Code) }) {
		return fault.Fields{rules[0].Code: "Check the box if the physician knows and wants to go ahead"}.Err()
	}
	d.Statements = slices.DeleteFunc(d.Statements, func(s Statement) bool {
		return slices.ContainsFunc(rules, func(r Rule) bool { return r.Code == s.Code })
	})
	for _, r := range rules {
		if yes {
			d.Statements = append(d.Statements, r.question().statement(tx, by))
		} else if d.Slot.Tier > r.NeedsTier && !d.Slot.Start.IsZero() {
			d.Slot, d.Reviewer, d.HeldUntil = Slot{}, "", time.Time{}
			if err := letGo(ctx, tx, d.ID); err != nil {
				return err
			}
		}
	}
	return saveDraft(ctx, tx, d)
}

// question is a rule's as it is put: the sentence says what the law asks, the
// statement stands beside the box.
func (r Rule) question() Question {
	return Question{Code: r.Code, Sentence: r.Sentence, Words: r.Sentence + " " + r.Statement, Required: true, Citation: r.Citation}
}

// stated reports whether what the law asks for without a match was stated:
// on the way to this call, or when the one being moved was booked.
func stated(ctx context.Context, tx *db.Tx, rule *Rule, d Draft, moving *Call) (bool, error) {
	if rule == nil || d.says(rule.Code) {
		return rule != nil, nil
	}
	if moving == nil {
		return false, nil
	}
	said, err := statementsOf(ctx, tx, moving.ID)
	return slices.ContainsFunc(said, func(s Statement) bool { return s.Code == rule.Code }), err
}

// keepStatements stores with c what d states. That there was no match is kept
// only if the call's reviewer lacks one.
func keepStatements(ctx context.Context, tx *db.Tx, c Call, rules []Rule, lacking []string, d Draft) error {
	for _, s := range d.Statements {
		if slices.ContainsFunc(rules, func(r Rule) bool { return r.Code == s.Code }) && !slices.Contains(lacking, s.Code) {
			continue
		}
		_, err := tx.Exec(ctx, `
			insert into call_statement (call_id, code, citation, words, day, person_id, person_name, at) values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict do nothing`, string(c.ID), s.Code, s.Citation, s.Words, s.Day, string(s.PersonID), s.PersonName, s.At)
		if err != nil {
			return err
		}
	}
	return nil
}

// Statements are what the office declared about c, in the order it did. The
// caller has read the call, and so may see them.
func Statements(ctx context.Context, tx *db.Tx, c Call) ([]Statement, error) {
	return statementsOf(ctx, tx, c.ID)
}

// StatementsOf are those of all calls of a list, by call. The caller has read
// the calls.
func StatementsOf(ctx context.Context, tx *db.Tx, calls []Listed) (map[ID][]Statement, error) {
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = string(c.ID)
	}
	list, args := db.In(1, ids)
	type of struct {
		call ID
		Statement
	}
	all, err := db.All(ctx, tx, func(r db.Row) (s of, err error) {
		return s, r.Scan((*string)(&s.call), &s.Code, &s.Citation, &s.Words, &s.Day, (*string)(&s.PersonID), &s.PersonName, &s.At)
	}, `select call_id, code, citation, words, day, person_id, person_name, at from call_statement where call_id in `+list+` order by at, code, call_id`, args...)
	said := map[ID][]Statement{}
	for _, s := range all {
		said[s.call] = append(said[s.call], s.Statement)
	}
	return said, err
}

func statementsOf(ctx context.Context, tx *db.Tx, id ID) ([]Statement, error) {
	return db.All(ctx, tx, func(r db.Row) (s Statement, err error) {
		return s, r.Scan(&s.Code, &s.Citation, &s.Words, &s.Day, (*string)(&s.PersonID), &s.PersonName, &s.At)
	}, `select code, citation, words, day, person_id, person_name, at from call_statement where call_id = $1 order by at, code`, string(id))
}

// AskFor sets the language of the call; "" is English. Times are offered of
// reviewers who speak it, so a time already held is let go.
func AskFor(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, moving *Call, language string) error {
	if err := may(ctx, tx, by, o, st, moving); err != nil {
		return err
	}
	if len([]rune(language)) > 40 {
		return fault.Fields{"language": "Select a language from the list"}.Err()
	}
	if language == "" && moving != nil { // English, though the call was booked for another
		language = review.English
	}
	d, err := draft(ctx, tx, by, o.ID, callID(moving))
	if err != nil {
		return err
	}
	d.Language, d.Slot, d.Reviewer, d.HeldUntil = language, Slot{}, "", time.Time{}
	if err := letGo(ctx, tx, d.ID); err != nil {
		return err
	}
	return saveDraft(ctx, tx, d)
}
