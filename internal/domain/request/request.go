// Package request is about a request for authorization while an office is
// filling it in: who it is for, what is ordered, by whom and where. Offices
// call an unfinished one a draft. Once sent it is an order, under the number
// it had all along, and nothing about it changes here any more.
package request

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An ID identifies a request inside the program; people use its Number.
type ID string

// A Request is what an office has filled in so far.
type Request struct {
	ID             ID
	Number         string // that of the order it will be
	OrganizationID string
	Content
	Version                int // of the whole; see Changed for its parts
	CreatedBy, CreatedName string
	CreatedAt              time.Time
	ChangedBy, ChangedName string
	ChangedAt              time.Time
	ExpiresAt              time.Time
	DeletedAt              *time.Time // nil unless deleted; then it is kept for 30 days
	SentAt                 *time.Time // nil until sent
	OrderID                order.ID   // "" until sent
}

// A Part is a page of a request. People work on parts at the same time.
type Part string

// Parts, in the order in which they are asked.
const (
	PatientPart   Part = "patient"
	OrderPart     Part = "order"
	ProvidersPart Part = "providers"
	ClinicalPart  Part = "clinical"
)

// Parts are those of a request, in order. The clinical one is not among them
// where nothing is asked about what is ordered.
func (c Content) Parts() []Part {
	all := []Part{PatientPart, OrderPart, ProvidersPart}
	if c.Done(OrderPart) && c.Clinical.Guidelines == 0 {
		return all
	}
	return append(all, ClinicalPart)
}

// Content is what the parts hold.
type Content struct {
	Patient   Patient
	Order     Ordered
	Providers Providers
	Clinical  Clinical
	Signature *Signature // nil until signed, and after a change
	Handed    *Handing   // nil unless the practitioner was asked to answer
	Files     Files
	Taken     *Taken          // how staff took it down for its office; nil if nobody did
	Changed   map[Part]Change // of the parts somebody has saved
}

// A Change is who saved a part last, and as which version of the request.
type Change struct {
	By      account.PersonID
	Name    string
	At      time.Time
	Version int
}

// Taken is how staff took a request down that its office made by phone, fax or
// mail.
type Taken struct {
	AssistID           string
	Channel            string // "phone", "fax" or "mail"
	Caller, CallerRole string
	Phone              string // to call back; may be ""
	ReceivedAt         time.Time
	By                 string // name of who took it down
}

// A Patient is for whom the request is. Before one is chosen, the rest is what
// was typed to find them.
type Patient struct {
	Typed               Typed
	MemberID            string // "" until chosen
	CoverageID          string // "" until a plan is chosen
	Number              string // on the card
	First, Last         string
	Born                civil.Date
	Sex                 string
	Address             string
	PlanID              plan.ID
	Line                string
	PlanName            string
	CoveredFrom, Covers civil.Date // zero: not known, or no end
	EligibilityID       string     // what the plan was asked about their coverage; "" until a plan is chosen
	Anyway              string     // why it is asked for although there is an open order for it
	Unmatched           bool       // entered by hand: no list has them
}

// Chosen reports whether it is known for whom the request is, and which plan
// is asked.
func (p Patient) Chosen() bool { return p.MemberID != "" && p.CoverageID != "" }

// Name is how people read a patient's name.
func (p Patient) Name() string { return order.Patient{First: p.First, Last: p.Last}.Name() }

// Typed is what an office typed to find a patient.
type Typed struct {
	Service     civil.Date // day of the service; zero if it could not be read
	Number      string
	First, Last string
	Born        civil.Date
	NoPrefix    bool
}

// Ordered is what is asked for, and why.
type Ordered struct {
	Services  []Service
	Diagnoses []Diagnosis
	ProgramID plan.ProgramID // "" until it is clear
	Urgency   order.Urgency  // "" until said
	Urgent    string         // which legal test makes it urgent; "" unless urgent
	Why       string         // in the office's words
	Insisted  bool           // sent although the list says no authorization is needed, or not by us
}

// A Service is one procedure that is asked for.
type Service struct {
	System, Code, Wording string
	Side                  string // "left", "right", "both" or ""
	Units                 int
	Unit                  string
}

// A Diagnosis is one reason; the first is the primary one.
type Diagnosis struct{ Code, Wording string }

// Providers are who orders, whom to ask, and where it will be done.
type Providers struct {
	PractitionerID string // "" until chosen
	Practitioner   string // as people read them
	AddressKey     string // of the practitioner's address; see provider.Addresses
	Address        string // as people read it
	LocationID     string // of the office that orders
	Location       string
	Contact        order.Contact
	ContactOnce    bool          // the contact is for this request only
	SiteID         string        // "" where it is not here, or not decided
	Site           string        // as people read it
	SiteOpen       bool          // not decided yet
	Network        plan.Standing // of the site, in the patient's plan on the day of service
}

// keep is how long a draft lives after it was last changed, and remain how
// long a deleted one can be brought back.
const (
	keep   = 14
	remain = 30
)

// Begin starts a request for the office where by works, or for which they act.
// Who may: those who send requests.
func Begin(ctx context.Context, tx *db.Tx, by account.Actor) (Request, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return Request{}, err
	}
	seat := by.Seat()
	r := Request{ID: ID(db.NewID("req")), Number: order.NewNumber(), OrganizationID: seat.OrganizationID, Version: 1,
		CreatedBy: string(by.ID), CreatedName: by.Name, CreatedAt: tx.Now()}
	r.Providers.LocationID = seat.LocationID
	if a := by.Assists; a != nil {
		r.Taken = &Taken{AssistID: a.ID, Channel: a.Channel, Caller: a.Caller, CallerRole: a.CallerRole, Phone: a.Phone, ReceivedAt: a.ReceivedAt, By: by.Name}
	}
	r.touch(tx, by)
	if err := insert(ctx, tx, &r); err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.begun")
}

// touch notes who changed r, and that it lives on for two weeks.
func (r *Request) touch(tx *db.Tx, by account.Actor) {
	r.ChangedBy, r.ChangedName, r.ChangedAt = string(by.ID), by.Name, tx.Now()
	zone := zoneOf(by)
	r.ExpiresAt = civil.EndOfDay(civil.DateIn(tx.Now(), zone).AddDays(keep), zone)
}

// zoneOf is where the days of by's drafts are counted until they said where
// they are.
func zoneOf(by account.Actor) *time.Location {
	if zone, err := civil.Zone(by.Zone); err == nil && by.Zone != "" {
		return zone
	}
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Get returns the request people call number, if by may see it and it was
// not deleted; else a NotFound fault. Who may: those who send requests, of
// the office's drafts as they see its orders; staff who act for an office, of
// the drafts that staff took down for it. The read is audited.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Request, error) {
	r, err := find(ctx, tx, by, order.Digits(number))
	if err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.read")
}

// Behind returns the request people call number for what shows nothing of its
// patient, such as the pieces of a file. It leaves no audit row, so the verb
// must leave its own. Who may: as for Get.
func Behind(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Request, error) {
	return find(ctx, tx, by, order.Digits(number))
}

// Save keeps a part of r as change leaves it. since is the version of r that
// the reader had before them; if somebody else saved the part after that, the
// error is a Conflict that says who, and r is as they left it.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, r Request, part Part, since int, change func(*Content)) (Request, error) {
	if err := r.open(tx); err != nil {
		return r, err
	}
	if last := r.Changed[part]; last.Version > since && last.By != by.ID {
		return r, fault.New(fault.Conflict, "%s changed this page while you had it open. Check what they entered, then continue.", last.Name)
	}
	if err := r.free(ctx, tx, by, part); err != nil {
		return r, err
	}
	r.Signature = nil // it was for what r said before
	change(&r.Content)
	r.Version++
	changed := map[Part]Change{part: {By: by.ID, Name: by.Name, At: tx.Now(), Version: r.Version}}
	for p, c := range r.Changed {
		if p != part {
			changed[p] = c
		}
	}
	r.Changed = changed
	r.touch(tx, by)
	if err := update(ctx, tx, r); err != nil {
		return r, err
	}
	if err := forgetTyped(ctx, tx, by, r, string(part)); err != nil {
		return r, err
	}
	if err := leave(ctx, tx, by, r, part); err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.saved")
}

// open refuses what can no longer be changed.
func (r Request) open(tx *db.Tx) error {
	switch {
	case r.SentAt != nil:
		return fault.New(fault.Conflict, "This request was sent. It is order %s now.", order.Spaced(r.Number))
	case r.DeletedAt != nil:
		return fault.New(fault.Conflict, "This draft was deleted.")
	case !r.ExpiresAt.After(tx.Now()):
		return fault.New(fault.Conflict, "This draft expired.")
	}
	return nil
}
