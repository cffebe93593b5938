// Package help is about what readers are told when they look for help beside
// the guides: questions with their answers, resources, and whom to reach, each
// for all plans and programs or for some.
package help

import (
	"context"
	"net/mail"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Kind is what an entry is.
type Kind string

// Kinds of entries.
const (
	Question Kind = "question"
	Resource Kind = "resource"
	Contact  Kind = "contact"
)

// An Entry is one thing to know. Which fields count depends on its kind.
type Entry struct {
	ID              string
	Kind            Kind
	Name            string   // the question, the resource's title, or who is reached
	Text            string   // the answer, or what it is, paragraphs apart by blank lines
	Plans, Programs []string // codes for which it holds; none for all
	Topic           string   // key of the Topic it belongs to; "" for none
	Href            string   // of a resource
	Phone, Fax      string   // of a contact
	Email           string
	Zone            string // of the contact's hours
	Opens, Closes   int    // on business days, in minutes of the zone's local day; Closes 0: not said
	Shown           bool
	Place           int // lower ones first
}

// For reports whether e holds for a plan and a program, by their codes; ""
// asks for any.
func (e Entry) For(plan, program string) bool {
	return (plan == "" || len(e.Plans) == 0 || slices.Contains(e.Plans, plan)) &&
		(program == "" || len(e.Programs) == 0 || slices.Contains(e.Programs, program))
}

const (
	longestName = 160
	longestText = 4000
)

// Check says what keeps e from being saved: an Invalid fault at the names of
// its fields.
func (e Entry) Check() error {
	f := fault.Fields{}
	f.Check(e.Name != "", "name", "Enter what it is called")
	f.Check(utf8.RuneCountInString(e.Name) <= longestName, "name", "This must be 160 characters or less")
	f.Check(utf8.RuneCountInString(e.Text) <= longestText, "text", "The text must be 4,000 characters or less")
	f.Check(e.Topic == "" || TopicOf(e.Topic).Key != "", "topic", "Choose a topic from the list")
	f.Check(e.Place >= 0 && e.Place <= 999, "place", "The place must be 0 to 999")
	switch e.Kind {
	case Question:
		f.Check(e.Text != "", "text", "Enter the answer")
	case Resource:
		f.Check(leads(e.Href), "href", "Enter an address that begins with https://, or one of this service that begins with /")
	case Contact:
		e.checkContact(f)
	default:
		f.Check(false, "kind", "Choose what it is")
	}
	return f.Err()
}

func (e Entry) checkContact(f fault.Fields) {
	f.Check(e.Phone+e.Fax+e.Email != "", "phone", "Enter a phone number, a fax number or an email address")
	if e.Email != "" {
		a, err := mail.ParseAddress(e.Email)
		f.Check(err == nil && a.Address == e.Email, "email", "Enter an email address, like name@example.com")
	}
	if e.Closes == 0 && e.Opens == 0 {
		return
	}
	_, err := civil.Zone(e.Zone)
	f.Check(e.Zone != "" && err == nil, "zone", "Choose the time zone of the hours")
	f.Check(e.Opens >= 0 && e.Closes > e.Opens && e.Closes <= civil.DayMinutes, "closes", "It must close after it opens, on the same day")
}

// leads reports whether a link can lead to an address: a page of ours, or one
// elsewhere by HTTPS.
func leads(href string) bool {
	u, err := url.Parse(href)
	if err != nil || strings.ContainsAny(href, "\\ \r\n\t") {
		return false
	}
	return u.Scheme == "https" && u.Host != "" || u.Scheme == "" && u.Host == "" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//")
}

// Save stores an entry, new if its ID is not there yet. One that is there as it
// is stays as it is. Who may: administrators and imports.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, e Entry) (Entry, error) {
	if err := may(by); err != nil {
		return e, err
	}
	if err := Fits(ctx, tx, e); err != nil {
		return e, err
	}
	if e.ID == "" {
		e.ID = db.NewID("hlp")
	}
	was, err := Get(ctx, tx, e.ID)
	if err == nil && was.same(e) {
		return e, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return e, err
	}
	if err := save(ctx, tx, e); err != nil {
		return e, err
	}
	a := by.Audit("help.saved", string(e.Kind), e.ID)
	a.Detail = e.Name
	return e, audit.Record(ctx, tx, a)
}

func may(by account.Actor) error {
	if by.Can(account.ImportData) {
		return nil
	}
	return by.Must(account.ManageProgram)
}

// same reports whether e and other say the same.
func (e Entry) same(other Entry) bool {
	same := slices.Equal(e.Plans, other.Plans) && slices.Equal(e.Programs, other.Programs)
	e.Plans, e.Programs, other.Plans, other.Programs = nil, nil, nil, nil
	return same && reflect.DeepEqual(e, other)
}

// Fits says what keeps e from being saved, also that it is for plans or
// programs that are not there.
func Fits(ctx context.Context, tx *db.Tx, e Entry) error {
	if err := e.Check(); err != nil {
		return err
	}
	plans, err := plan.All(ctx, tx)
	if err != nil {
		return err
	}
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	for _, c := range e.Plans {
		f.Check(slices.ContainsFunc(plans, func(p plan.Plan) bool { return p.Code == c }), "plans", words.Say("There is no plan “%s”", c))
	}
	for _, c := range e.Programs {
		f.Check(slices.ContainsFunc(programs, func(p plan.Program) bool { return p.Code == c }), "programs", words.Say("There is no program “%s”", c))
	}
	return f.Err()
}

// Get returns an entry, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, id string) (Entry, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from help_entry where id = $1`, id)
}

// All returns every entry, also those not shown, in the order people read
// them. Who may: administrators and imports.
func All(ctx context.Context, tx *db.Tx, by account.Actor) ([]Entry, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	return entries(ctx, tx, `1 = 1`)
}

// Shown returns what everyone may read, in order. It names no one's patients.
func Shown(ctx context.Context, tx *db.Tx) ([]Entry, error) {
	return entries(ctx, tx, `shown = $1`, true)
}
