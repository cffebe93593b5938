// Package order is about an order: what a provider asked to have authorized
// for a member, line by line, and its life from receipt to decision and
// after. Providers call it an order, reviewers a case; it is one thing.
package order

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// An ID identifies an order inside the program; people use its Number.
type ID string

// An Order is a request for authorization.
type Order struct {
	ID     ID
	Number string // nine digits and a check digit, without spaces
	Status Status

	OrganizationID, LocationID, PractitionerID string // who ordered; the last two may be ""
	PractitionerAddress                        string // where the practitioner orders, as people read it; may be ""
	SiteID, SiteName                           string // where it will be done; may be ""

	MemberID, CoverageID string
	EligibilityID        string // what the plan was asked about the coverage; "" if it wasn't
	MemberNumber         string // as on the card when the order was made
	Patient              Patient
	Unmatched            bool // the office entered the patient by hand, and nobody has said yet which member they are

	PlanID    plan.ID
	Line      string // of business
	ProgramID plan.ProgramID

	Urgency            Urgency
	Channel            string // "portal", "fhir", "phone", "fax", "mail", "import"
	Caller             string // who called or wrote, where staff took it down for the office; else ""
	Title              string // in plain words: the first service
	ServiceFrom        civil.Date
	ServiceTo          civil.Date
	ValidFrom, ValidTo civil.Date // of the approval
	AuthNumber         string     // "" until approved
	Contact            Contact

	ReceivedAt time.Time
	DueAt      *time.Time // nil where no decision is due
	DecidedAt  *time.Time
	DenialKind string     // "clinical" or "administrative"; "" unless adverse
	AppealAt   *time.Time // when an appeal was filed, if one was
	Note       string     // additional information the office wrote

	CreatedBy string
	ChangedAt time.Time
	Version   int
	Source    string // where an import found it; unique

	Services   []Service
	Diagnoses  []Diagnosis
	References []Reference
}

// A Patient is what an order keeps of its member, as it was when ordered.
type Patient struct {
	First, Last string
	Born        civil.Date // zero: not known
}

// Name is how people read a patient's name.
func (p Patient) Name() string { return strings.TrimSpace(p.First + " " + p.Last) }

// A Contact is whom to ask about an order.
type Contact struct {
	Name, Phone, Extension, Fax, Email string
	Notices                            string // how they hear of the order: "" by mail, "fax" by fax
}

// An Urgency is how soon an answer is needed.
type Urgency string

// Urgencies.
const (
	Standard      Urgency = "standard"
	Urgent        Urgency = "urgent"
	Retrospective Urgency = "retrospective"
)

// A Service is one line of an order; each is decided separately.
type Service struct {
	Line       int // from 1, stable for life
	System     string
	Code       string
	Modifiers  string
	Wording    string // our own words, or the sender's; never a licensed descriptor of ours
	Laterality string
	Units      int
	Unit       string
	Place      string // place-of-service code
	From, To   civil.Date
	Status     Status
	Approved   int // units
	ApprovedFrom,
	ApprovedTo civil.Date
}

// Open are the services to be decided: all but those that were withdrawn.
func (o Order) Open() []Service {
	var all []Service
	for _, s := range o.Services {
		if s.Status != Withdrawn {
			all = append(all, s)
		}
	}
	return all
}

// A Diagnosis is one reason for an order, the primary first.
type Diagnosis struct {
	Rank     int // from 1
	Code     string
	Wording  string
	Recorded civil.Date
}

// A Reference is what others call an order: a number of the plan, of the
// sender, or of the system it came from.
type Reference struct{ Kind, Value string }

// Kinds of reference that the program itself looks at.
const (
	ACMP  = "ACMP"
	Trace = "trace number"
)

// An Event is one thing that happened to an order.
type Event struct {
	N                    int
	At                   time.Time
	ActorID, ActorName   string
	Kind                 string
	Text                 words.Text // kept with its marks, so that each reader has it in their language
	FromStatus, ToStatus Status
	Internal             bool // never shown outside the utilization-management organization
}

// A Gap is something in what an order came from that is missing or that we
// could not map. It is kept and shown, never dropped.
type Gap struct {
	Kind  string // "missing" or "unmapped"
	Path  string // where it stood
	Text  string // one sentence
	Value string // what stood there, as sent
}

// A Source is a document an order came from, kept whole.
type Source struct {
	Format, Name, Hash, BlobKey string
	ReceivedAt                  time.Time
}

// Received announces a new order. See app/reactions.go.
type Received struct{ OrderID string }

// Kind names the event.
func (Received) Kind() string { return "order.received" }

// Create stores an order and everything on it, with its first event. A zero
// Number gets one; a zero Status means received; the clock of its decision
// begins unless it brings a due time. Who may: imports, staff, and offices for
// themselves. An order whose Source exists already is a Conflict.
func Create(ctx context.Context, tx *db.Tx, by account.Actor, o Order) (Order, error) {
	if !by.IsStaff() && !by.ActsFor(o.OrganizationID) {
		return o, fault.New(fault.Denied, "You can only send orders for your own organization.")
	}
	if err := check(o); err != nil {
		return o, err
	}
	o.ID, o.Version, o.ChangedAt, o.CreatedBy = ID(db.NewID("ord")), 1, tx.Now(), string(by.ID)
	if o.Status == "" {
		o.Status = New
	}
	if o.ReceivedAt.IsZero() {
		o.ReceivedAt = tx.Now()
	}
	clock, err := forecast(ctx, tx, &o)
	if err != nil {
		return o, err
	}
	if err := insert(ctx, tx, &o); err != nil {
		return o, err
	}
	if clock != nil {
		if err := clock.Begin(ctx, tx, string(o.ID), o.PlanID); err != nil {
			return o, err
		}
	}
	if err := addEvent(ctx, tx, o, event(by, "received", words.Say("Received %s.", o.How())), o.ReceivedAt); err != nil {
		return o, err
	}
	e := by.Audit("order.created", "order", string(o.ID))
	e.MemberID = o.MemberID
	return o, record(ctx, tx, e)
}

// Written reports whether o was written here, page by page. Nothing of it stands
// in a file that could say more.
func (o Order) Written() bool { return o.Channel == "portal" }

// How says how o reached us, to follow "received": "by fax from J. Smith".
func (o Order) How() words.Text {
	by := func(way words.Text) words.Text {
		if o.Caller == "" {
			return way
		}
		return words.Say("%s from %s", way, o.Caller)
	}
	switch o.Channel {
	case "portal":
		return "through this site"
	case "fhir":
		return "as an electronic request"
	case "phone":
		return by("by phone")
	case "fax":
		return by("by fax")
	case "mail":
		return by("by mail")
	}
	return "by import"
}

func check(o Order) error {
	f := fault.Fields{}
	f.Check(o.OrganizationID != "", "organization", "Choose the ordering organization")
	f.Check(o.MemberID != "", "member", "Choose the patient")
	f.Check(o.PlanID != "", "plan", "Choose the plan")
	f.Check(o.ProgramID != "", "program", "Choose the program")
	f.Check(len(o.Services) > 0, "service", "Enter at least one service")
	return f.Err()
}

// Get returns the order people call number, with its services, diagnoses and
// references, if by may see it; else a NotFound fault that does not tell
// whether it exists. The read is audited.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Order, error) {
	o, err := Find(ctx, tx, by, `number = `, Digits(number))
	if err != nil {
		return o, err
	}
	return o, Read(ctx, tx, by, o, "order.read")
}

// ByID is Get for an order a verb already knows; it leaves no audit row, so
// the verb must leave its own.
func ByID(ctx context.Context, tx *db.Tx, by account.Actor, id ID) (Order, error) {
	return Find(ctx, tx, by, `id = `, string(id))
}

// Read audits that by saw o's member data.
func Read(ctx context.Context, tx *db.Tx, by account.Actor, o Order, action string) error {
	e := by.Audit(action, "order", string(o.ID))
	e.MemberID = o.MemberID
	return record(ctx, tx, e)
}

// Find returns the one order by may see for which the column condition, such
// as "number = ", holds of value.
func Find(ctx context.Context, tx *db.Tx, by account.Actor, column, value string) (Order, error) {
	where, args := Visible(by, 2)
	o, err := db.One(ctx, tx, scan, `select `+columns+` from orders where `+column+`$1 and `+where, append([]any{value}, args...)...)
	if err != nil {
		return o, notFound(err)
	}
	return o, load(ctx, tx, &o)
}

func notFound(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "We can't find that order.")
	}
	return err
}

// Move puts an order into status to, if its life allows that and nobody
// changed it since it was read, and says so in its timeline. It returns the
// order as it is now.
func Move(ctx context.Context, tx *db.Tx, by account.Actor, o Order, to Status, text words.Text) (Order, error) {
	if !o.Status.MayBecome(to) {
		return o, fault.New(fault.Conflict, "An order that is %s can't become %s.", o.Status.Words(), to.Words())
	}
	from := o.Status
	o.Status, o.ChangedAt = to, tx.Now()
	if err := update(ctx, tx, &o, from); err != nil {
		return o, err
	}
	if from.Pending() && !to.Pending() {
		if err := deadline.End(ctx, tx, string(o.ID), to.Decided()); err != nil {
			return o, err
		}
	}
	e := event(by, "status", text)
	e.FromStatus, e.ToStatus = from, to
	if err := addEvent(ctx, tx, o, e, tx.Now()); err != nil {
		return o, err
	}
	a := by.Audit("order.moved", "order", string(o.ID))
	a.MemberID, a.Detail = o.MemberID, string(from)+" to "+string(to)
	if err := record(ctx, tx, a); err != nil || to != Withdrawn {
		return o, err
	}
	return o, job.Add(ctx, tx, WasWithdrawn{string(o.ID)})
}

// WasWithdrawn announces that an order was taken back. See app/reactions.go.
type WasWithdrawn struct{ OrderID string }

// Kind names the event.
func (WasWithdrawn) Kind() string { return "order.withdrawn" }

// Note adds a line to an order's timeline. internal keeps it from the office.
func Note(ctx context.Context, tx *db.Tx, by account.Actor, o Order, kind string, text words.Text, internal bool) error {
	e := event(by, kind, text)
	e.Internal = internal
	return addEvent(ctx, tx, o, e, tx.Now())
}

// Events is an order's timeline as by may see it, newest first.
func Events(ctx context.Context, tx *db.Tx, by account.Actor, id ID) ([]Event, error) {
	return events(ctx, tx, id, by.IsStaff())
}

func event(by account.Actor, kind string, text words.Text) Event {
	return Event{ActorID: string(by.ID), ActorName: by.Name, Kind: kind, Text: text}
}

// AddGaps keeps what an import could not find or map.
func AddGaps(ctx context.Context, tx *db.Tx, id ID, gaps []Gap) error {
	return insertGaps(ctx, tx, id, gaps)
}

// Gaps returns what was missing or could not be mapped, in the order found.
func Gaps(ctx context.Context, tx *db.Tx, id ID) ([]Gap, error) { return gaps(ctx, tx, id) }

// AddSource keeps which document an order came from.
func AddSource(ctx context.Context, tx *db.Tx, id ID, s Source) error {
	return insertSource(ctx, tx, id, s)
}

// BySourceHash returns the id of the order that came from the document with
// this SHA-256, or a NotFound fault. For imports.
func BySourceHash(ctx context.Context, tx *db.Tx, hash string) (ID, error) {
	return bySourceHash(ctx, tx, hash)
}

// Sources returns the documents an order came from, the first one first.
func Sources(ctx context.Context, tx *db.Tx, id ID) ([]Source, error) { return sources(ctx, tx, id) }

// OfEvent returns an order for what follows an event. Nobody reads it, so
// nobody's rights are asked and nothing is audited.
func OfEvent(ctx context.Context, tx *db.Tx, id ID) (Order, error) {
	return Find(ctx, tx, account.Program(), `id = `, string(id))
}
