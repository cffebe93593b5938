// Package scene sets up a small world for tests: an office with a denied
// order, a plan that lets it be discussed, and reviewers who have hours. Only
// tests import it.
package scene

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A World is what an order and a call about it live in.
type World struct {
	DB            *db.DB
	Office, Other account.Organization
	North         provider.Location
	Doctor        provider.Practitioner
	Plan          plan.Plan
	Line          plan.Line
	Program       plan.Program
	Member        member.Member
	Maria         account.Actor   // office staff who sees all of Office's orders
	Stranger      account.Actor   // office staff of Other
	Scheduler     account.Actor   // of the utilization-management organization
	Reviewers     []account.Actor // physicians, of the same
	t             testing.TB
	people        int
}

// Reviewers makes a world with n physicians who take calls on weekdays from 9
// to 5 in Chicago.
func New(t testing.TB, d *db.DB, n int) *World {
	t.Helper()
	w := &World{DB: d, t: t}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		if err := w.providers(ctx, tx); err != nil {
			return err
		}
		if err := w.plans(ctx, tx); err != nil {
			return err
		}
		return w.staff(ctx, tx, n)
	})
	return w
}

// Do runs f in a transaction and fails the test if it fails.
func (w *World) Do(f func(context.Context, *db.Tx) error) {
	w.t.Helper()
	if err := w.Try(f); err != nil {
		w.t.Fatal(err)
	}
}

// Try runs f in a transaction.
func (w *World) Try(f func(context.Context, *db.Tx) error) error {
	ctx := context.Background()
	return w.DB.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) })
}

func (w *World) providers(ctx context.Context, tx *db.Tx) (err error) {
	by := account.Program()
	if w.Office, err = account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: "Cedar Orthopedics", Sees: "all"}); err != nil {
		return err
	}
	if w.Other, err = account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: "Birch Cardiology", Sees: "all"}); err != nil {
		return err
	}
	if w.North, err = provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: w.Office.ID, Name: "North", State: "TX", TimeZone: "America/Chicago"}); err != nil {
		return err
	}
	w.Doctor, err = provider.SavePractitioner(ctx, tx, by, provider.Practitioner{First: "Ada", Last: "Okafor", Credential: "MD", Phone: "(555) 555-0131"}, w.North.ID)
	return err
}

func (w *World) plans(ctx context.Context, tx *db.Tx) (err error) {
	by := account.Program()
	if w.Plan, err = plan.Save(ctx, tx, by, plan.Plan{Code: "harbor", Name: "Harbor Health Plan", TimeZone: "America/Chicago", Phone: "(800) 555-0142", Hours: "Monday to Friday"}); err != nil {
		return err
	}
	w.Line = plan.Line{PlanID: w.Plan.ID, Code: "commercial", Name: "Commercial", DecisionDays: 7, UrgentHours: 72, CallEffect: "change", CallWindowDays: 30, CallBusiness: true, CallsPerCase: 1, Peers: "MD,DO,NP,PA"}
	if err := plan.SaveLine(ctx, tx, by, w.Line); err != nil {
		return err
	}
	if w.Program, err = plan.SaveProgram(ctx, tx, by, plan.Program{Code: "msk", Name: "Musculoskeletal", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5, NoticeMinutes: 60, Distribution: "p2p@um.example"}); err != nil {
		return err
	}
	long := civil.Date{Year: 2020, Month: time.January, Day: 1}
	for _, f := range []plan.Function{plan.Utilization, plan.PeerToPeer} {
		if err := plan.Delegate(ctx, tx, by, plan.Delegation{PlanID: w.Plan.ID, Line: "commercial", Function: f, By: plan.Us, From: long}); err != nil {
			return err
		}
	}
	for _, h := range plan.Federal() {
		if err := plan.Close(ctx, tx, by, w.Plan.ID, h); err != nil {
			return err
		}
	}
	if err := plan.RollOut(ctx, tx, by, plan.Rollout{Feature: plan.CallsFeature, ProgramID: w.Program.ID, PlanID: w.Plan.ID, Stage: plan.On, From: long}); err != nil {
		return err
	}
	w.Member, err = member.Save(ctx, tx, by, member.Member{First: "Rosa", Last: "Canarywell", Born: civil.Date{Year: 1986, Month: 4, Day: 28}})
	return err
}

func (w *World) staff(ctx context.Context, tx *db.Tx, n int) error {
	um, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "um", Name: "Utilization Management"})
	if err != nil {
		return err
	}
	if w.Maria, err = w.Person(ctx, tx, "Maria", "Chen", w.Office.ID, account.OfficeStaff); err != nil {
		return err
	}
	if w.Stranger, err = w.Person(ctx, tx, "Nina", "Patel", w.Other.ID, account.OfficeStaff); err != nil {
		return err
	}
	if w.Scheduler, err = w.Person(ctx, tx, "Sam", "Brooks", um.ID, account.Scheduler); err != nil {
		return err
	}
	for i := range n {
		r, err := w.Person(ctx, tx, "Reviewer", fmt.Sprintf("Number%03d", i), um.ID, account.Physician)
		if err != nil {
			return err
		}
		if err := w.qualify(ctx, tx, r); err != nil {
			return err
		}
		w.Reviewers = append(w.Reviewers, r)
	}
	return nil
}

// Person adds somebody with one role.
func (w *World) Person(ctx context.Context, tx *db.Tx, first, last, organization string, role account.Role) (account.Actor, error) {
	w.people++
	p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: fmt.Sprintf("%s.%s%d@test.example", first, last, w.people), FirstName: first, LastName: last})
	if err != nil {
		return account.Actor{}, err
	}
	if err := account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: organization, Role: role}); err != nil {
		return account.Actor{}, err
	}
	a, err := account.Act(ctx, tx, p.ID)
	a.Verified = true
	return a, err
}

func (w *World) qualify(ctx context.Context, tx *db.Tx, who account.Actor) error {
	r := review.Reviewer{PersonID: who.ID, Specialty: "Orthopedic surgery", TimeZone: "America/Chicago", Physician: true, DailyCalls: 100, Weight: 1, Active: true,
		Licenses: []review.License{{State: "TX", Number: "TX-1", Expires: civil.Date{Year: 2030, Month: 1, Day: 1}}}, Programs: []plan.ProgramID{w.Program.ID}}
	if err := review.Save(ctx, tx, account.Program(), r); err != nil {
		return err
	}
	for day := time.Monday; day <= time.Friday; day++ {
		h := peer.WeeklyHours{PersonID: who.ID, Weekday: day, Start: 9 * 60, End: 17 * 60, TimeZone: "America/Chicago", From: civil.Date{Year: 2026, Month: 1, Day: 1}}
		if _, err := peer.AddHours(ctx, tx, account.Program(), h); err != nil {
			return err
		}
	}
	return nil
}

// Order is one the office sends, not yet decided.
func (w *World) Order() order.Order {
	w.t.Helper()
	var made order.Order
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = order.Create(ctx, tx, account.Program(), order.Order{
			OrganizationID: w.Office.ID, LocationID: w.North.ID, PractitionerID: w.Doctor.ID, MemberID: string(w.Member.ID), MemberNumber: "HBR400100200",
			Patient: order.Patient{First: w.Member.First, Last: w.Member.Last, Born: w.Member.Born}, PlanID: w.Plan.ID, Line: "commercial", ProgramID: w.Program.ID,
			Urgency: order.Standard, Channel: "portal", Title: "MRI, lower back", Contact: order.Contact{Name: "Maria Chen", Email: w.Maria.Email},
			Services: []order.Service{{Line: 1, System: "CPT", Code: "72148", Wording: "MRI, lower back", Units: 1}},
		})
		return err
	})
	return made
}

// Denied is one the first reviewer denied just now, for clinical reasons.
func (w *World) Denied() order.Order {
	w.t.Helper()
	o := w.Order()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := review.Decide(ctx, tx, w.Reviewers[0], Denial(o))
		return err
	})
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.ByID(ctx, tx, account.Program(), o.ID)
		return err
	})
	return o
}

// Denial is a complete clinical denial of all of o's services.
func Denial(o order.Order) review.Decision {
	d := review.Decision{Order: o.ID, Version: o.Version, Kind: "clinical", Rationale: "Not shown.", Reviewed: "Office notes.", WouldChange: "Therapy notes.", Plain: "Your records do not show 6 weeks of care.", Attested: true}
	for _, s := range o.Open() {
		d.Lines = append(d.Lines, review.Line{Line: s.Line, Outcome: review.Deny, Reason: "6 weeks of treatment are not shown.", Criterion: "Guideline 1, section 2"})
	}
	return d
}

// People are who speaks in most tests.
func People() peer.People {
	return peer.People{Speaker: "ordering", First: "Ada", Last: "Okafor", Credential: "MD", Phone: "555-555-0131", Email: "ada@test.example"}
}

// Book books a call about o at slot, by by, in one transaction a step as the
// pages do.
func (w *World) Book(by account.Actor, o order.Order, slot peer.Slot) (c peer.Call, err error) {
	var st peer.Standing
	err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		if st, err = peer.Stand(ctx, tx, by, o); err == nil {
			_, err = peer.Hold(ctx, tx, by, o, st, nil, slot)
		}
		return err
	})
	if err != nil {
		return c, err
	}
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.SavePeople(ctx, tx, by, o, st, People())
		return err
	})
	if err != nil {
		return c, err
	}
	err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		if st, err = peer.Stand(ctx, tx, by, o); err == nil {
			c, err = peer.Book(ctx, tx, by, o, st, w.Zone())
		}
		return err
	})
	return c, err
}

// Dial logs an attempt for a call, by the reviewer who has it.
func (w *World) Dial(c peer.Call, result string) (now peer.Call, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		if now, err = peer.ByID(ctx, tx, c.ID); err == nil {
			now, err = peer.Attempt(ctx, tx, w.Holder(c), now, result)
		}
		return err
	})
	return now, err
}

// Record says what came of a call about one order, by the reviewer who has it.
func (w *World) Record(c peer.Call, said peer.Said) (now peer.Call, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		if now, err = peer.ByID(ctx, tx, c.ID); err == nil {
			now, err = peer.Record(ctx, tx, w.Holder(c), now, map[order.ID]peer.Said{c.OrderID: said})
		}
		return err
	})
	return now, err
}

// Holder is the reviewer who has a call.
func (w *World) Holder(c peer.Call) account.Actor {
	w.t.Helper()
	for _, r := range w.Reviewers {
		if r.ID == c.ReviewerID {
			return r
		}
	}
	w.t.Fatalf("nobody has call %s", c.Number)
	return account.Actor{}
}

// Slots are the free times for a call about o, or for moving one.
func (w *World) Slots(by account.Actor, o order.Order, moving *peer.Call) []peer.Slot {
	w.t.Helper()
	var offer peer.Offer
	err := w.DB.View(context.Background(), func(tx *db.Tx) error {
		st, err := peer.Stand(context.Background(), tx, by, o)
		if err == nil {
			offer, err = peer.Offers(context.Background(), tx, by, o, st, moving)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return offer.Slots
}

// Zone is Chicago.
func (w *World) Zone() *time.Location {
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		w.t.Fatal(err)
	}
	return loc
}
