// Package bench measures what Parley is held to: free times, bookings and
// searches, on a database of its own that it fills first. Figures are printed
// one line of JSON each.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
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

// A Figure is one measurement.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	N     int     `json:"n"` // how many times it was taken
}

// A Run is one bench on one database.
type Run struct {
	DB    *db.DB
	Rows  int           // orders, or reviewers for slots
	For   time.Duration // how long to measure
	Mixed int           // operations against each other, for booking
	Out   io.Writer
	world world

	Handler http.Handler // answers readers, for intake

	numbered atomic.Int64
}

// world is what orders and calls live in.
type world struct {
	offices  []account.Organization
	location []provider.Location
	doctor   provider.Practitioner
	plan     plan.Plan
	program  plan.Program
	member   member.Member
	staff    []account.Actor // one of each office
}

func (r *Run) print(name string, value float64, unit string, n int) error {
	return json.NewEncoder(r.Out).Encode(Figure{name, value, unit, n})
}

func (r *Run) do(ctx context.Context, f func(*db.Tx) error) error { return r.DB.Update(ctx, f) }

const offices = 50

// prepare fills an empty database with a plan that is open around the clock
// for calls, offices and their people.
func (r *Run) prepare(ctx context.Context) error {
	return r.do(ctx, func(tx *db.Tx) (err error) {
		by, w := account.Program(), &r.world
		tag := db.NewID("b")[2:14]
		if w.plan, err = plan.Save(ctx, tx, by, plan.Plan{Code: "bench-" + tag, Name: "Bench plan", TimeZone: "America/Chicago", Phone: "(800) 555-0100"}); err != nil {
			return err
		}
		line := plan.Line{PlanID: w.plan.ID, Code: "commercial", Name: "Commercial", DecisionDays: 7, UrgentHours: 72, CallEffect: "change", CallWindowDays: 60, CallBusiness: true, CallsPerCase: 0}
		if err = plan.SaveLine(ctx, tx, by, line); err != nil {
			return err
		}
		if w.program, err = plan.SaveProgram(ctx, tx, by, plan.Program{Code: "bench-" + tag, Name: "Bench program", SlotMinutes: 60, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 60, NoticeMinutes: 60}); err != nil {
			return err
		}
		day := civil.Date{Year: 2020, Month: time.January, Day: 1}
		for _, f := range []plan.Function{plan.Utilization, plan.PeerToPeer} {
			if err = plan.Delegate(ctx, tx, by, plan.Delegation{PlanID: w.plan.ID, Line: "commercial", Function: f, By: plan.Us, From: day}); err != nil {
				return err
			}
		}
		if err = plan.RollOut(ctx, tx, by, plan.Rollout{Feature: plan.CallsFeature, ProgramID: w.program.ID, PlanID: w.plan.ID, Stage: plan.On, From: day}); err != nil {
			return err
		}
		if w.member, err = member.Save(ctx, tx, by, member.Member{First: "Bench", Last: "Member", Born: civil.Date{Year: 1970, Month: 1, Day: 1}}); err != nil {
			return err
		}
		return r.people(ctx, tx)
	})
}

func (r *Run) people(ctx context.Context, tx *db.Tx) error {
	by, w := account.Program(), &r.world
	for i := range offices {
		o, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: fmt.Sprintf("Bench office %d", i), Sees: "all"})
		if err != nil {
			return err
		}
		l, err := provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: o.ID, Name: "Main", State: "TX", TimeZone: "America/Chicago"})
		if err != nil {
			return err
		}
		a, err := r.person(ctx, tx, "staff", account.Seat{OrganizationID: o.ID, Role: account.OfficeStaff})
		if err != nil {
			return err
		}
		w.offices, w.location, w.staff = append(w.offices, o), append(w.location, l), append(w.staff, a)
	}
	var err error
	w.doctor, err = provider.SavePractitioner(ctx, tx, by, provider.Practitioner{First: "Bench", Last: "Doctor", Credential: "MD", Phone: "(555) 555-0131"}, w.location[0].ID)
	return err
}

func (r *Run) person(ctx context.Context, tx *db.Tx, first string, seat account.Seat) (account.Actor, error) {
	p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: db.NewID("p")[2:] + "@bench.example", FirstName: first, LastName: "Bench"})
	if err != nil {
		return account.Actor{}, err
	}
	if err := account.AddSeat(ctx, tx, account.Program(), p.ID, seat); err != nil {
		return account.Actor{}, err
	}
	a, err := account.Act(ctx, tx, p.ID)
	a.Verified = true
	return a, err
}

// reviewers adds n physicians with ordinary hours in four zones.
func (r *Run) reviewers(ctx context.Context, n int) error {
	zones := []string{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"}
	return r.do(ctx, func(tx *db.Tx) error {
		um, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "um", Name: "Bench reviewers"})
		if err != nil {
			return err
		}
		for i := range n {
			a, err := r.person(ctx, tx, "reviewer", account.Seat{OrganizationID: um.ID, Role: account.Physician})
			if err != nil {
				return err
			}
			if err := r.qualify(ctx, tx, a, zones[i%len(zones)], 9*60, 17*60); err != nil {
				return err
			}
		}
		return nil
	})
}

// qualify has a physician take calls of the program on weekdays, between two
// minutes of the day.
func (r *Run) qualify(ctx context.Context, tx *db.Tx, a account.Actor, zone string, from, until int) error {
	err := review.Save(ctx, tx, account.Program(), review.Reviewer{PersonID: a.ID, Specialty: "Bench", TimeZone: zone, Physician: true, DailyCalls: 50, Weight: 1, Active: true,
		Licenses: []review.License{{State: "TX", Number: "1", Expires: civil.Date{Year: 2099, Month: 1, Day: 1}}}, Programs: []plan.ProgramID{r.world.program.ID}})
	if err != nil {
		return err
	}
	for day := time.Monday; day <= time.Friday; day++ {
		if _, err := peer.AddHours(ctx, tx, account.Program(), peer.WeeklyHours{PersonID: a.ID, Weekday: day, Start: from, End: until, TimeZone: zone, From: civil.Date{Year: 2020, Month: 1, Day: 1}}); err != nil {
			return err
		}
	}
	return nil
}

// denied stores n denied orders, of each office in turn, and returns them.
func (r *Run) denied(ctx context.Context, n int) ([]order.Order, error) {
	all := make([]order.Order, n)
	err := r.do(ctx, func(tx *db.Tx) error {
		now := tx.Now()
		for i := range all {
			all[i] = r.order(i%offices, order.Denied, now.Add(-48*time.Hour))
			all[i].Number = fmt.Sprintf("%010d", r.numbered.Add(1)) // the bench's own range: so many at random would meet
			all[i].DecidedAt, all[i].DenialKind = &now, "clinical"
		}
		_, err := order.CreateMany(ctx, tx, account.Program(), all)
		return err
	})
	return all, err
}

func (r *Run) order(office int, s order.Status, received time.Time) order.Order {
	w := r.world
	return order.Order{
		Number: order.NewNumber(), Status: s, OrganizationID: w.offices[office].ID, LocationID: w.location[office].ID, PractitionerID: w.doctor.ID,
		MemberID: string(w.member.ID), MemberNumber: "BEN000000000", Patient: order.Patient{First: "Bench", Last: "Member", Born: w.member.Born},
		PlanID: w.plan.ID, Line: "commercial", ProgramID: w.program.ID, Urgency: order.Standard, Channel: "import", Title: "Bench service", ReceivedAt: received,
		Services: []order.Service{{Line: 1, System: "CPT", Code: "72148", Wording: "Bench service", Units: 1}},
	}
}

// by is who books for the nth order that denied returned.
func (r *Run) by(n int) account.Actor { return r.world.staff[n%offices] }

// percentile returns the value below which p of all lie, in milliseconds.
func percentile(all []time.Duration, p float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[min(len(all)-1, int(p*float64(len(all))))].Microseconds()) / 1000
}

func fixed() *rand.Rand { return rand.New(rand.NewPCG(7, 11)) }
