package app

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// The demo is a small world that could be real and obviously is not: three
// plans, six programs, four offices, eight reviewers and some 200 orders
// with dates around today. It is made by the verbs people use, so that what it
// shows can happen. The names, numbers and dates are the same every time.

// A DemoPerson is somebody who can sign in to the demo.
type DemoPerson struct {
	Email        string `json:"email"`
	Password     string `json:"password"`
	TOTPSecret   string `json:"totp_secret"`
	Role         string `json:"role"`
	Organization string `json:"organization"`
	name         string
}

// DemoWorld is what `parley demo --json` prints.
type DemoWorld struct {
	URL    string              `json:"url"`
	People []DemoPerson        `json:"people"`
	Orders map[string][]string `json:"orders"`
}

// Name is how the person is called.
func (p DemoPerson) Name() string { return p.name }

// demoPassword is one for everybody: it guards nothing.
const demoPassword = "lantern-orchard-compass"

// demoSecret is a person's authenticator key: always the same, so that a
// phone or a script set up once works again.
func demoSecret(email string) string {
	sum := sha256.Sum256([]byte("parley demo " + email))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])
}

// A seeder makes the world.
type seeder struct {
	a       *App
	by      account.Actor
	rng     *rand.Rand
	today   civil.Date
	offices map[string]*demoOfficeMade
	sites   []account.Organization
	plans   map[string]plan.Plan
	lines   map[string]plan.Line
	program map[string]plan.Program
	people  map[string]account.Actor
	members []demoMember
	n       int // orders so far
}

type demoOfficeMade struct {
	org       account.Organization
	locations []provider.Location
	doctors   []provider.Practitioner
}

type demoMember struct {
	member.Member
	cover member.Coverage
}

// Seed fills an empty database with the demo. A database that has any plan is
// left as it is.
func (a *App) Seed(ctx context.Context) error {
	empty := true
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		plans, err := plan.All(ctx, tx)
		empty = len(plans) == 0
		return err
	})
	if err != nil || !empty {
		return err
	}
	s := &seeder{a: a, by: account.Program(), rng: rand.New(rand.NewPCG(2026, 11)), today: civil.DateIn(a.Clock.Now(), demoZone()),
		offices: map[string]*demoOfficeMade{}, plans: map[string]plan.Plan{}, lines: map[string]plan.Line{}, program: map[string]plan.Program{}, people: map[string]account.Actor{}}
	defer func() { a.DB.Now = a.Clock.Now }()
	s.at(-60, 9, 0)
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		for _, step := range []func(context.Context, *db.Tx) error{s.addPlans, s.addOffices, s.addPeople, s.addReviewers, s.addMembers, s.addHelp} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.addOrders(ctx); err != nil {
		return err
	}
	a.DB.Now = a.Clock.Now
	return s.hearBefore(ctx)
}

func demoZone() *time.Location {
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		return time.UTC // the program carries its own zones
	}
	return loc
}

// at sets the program's clock to a day relative to today, in Chicago, while
// the demo is made.
func (s *seeder) at(day, hour, minute int) time.Time {
	t := civil.Start(s.today.AddDays(day), hour*60+minute, demoZone())
	s.a.DB.Now = func() time.Time { return t }
	return t
}

// number is a Luhn-checked number that is the same in every demo.
func (s *seeder) number() string {
	s.n++
	nine := []byte("100000000")
	for i, v := 8, 13*s.n*s.n+30691*s.n+2026; i > 0 && v > 0; i, v = i-1, v/10 {
		nine[i] = byte('0' + v%10)
	}
	nine[0] = byte('1' + s.n%9)
	return string(nine) + string(order.CheckDigit(string(nine)))
}

func (s *seeder) addPlans(ctx context.Context, tx *db.Tx) error {
	for _, d := range demoPlans {
		p, err := plan.Save(ctx, tx, s.by, d.Plan)
		if err != nil {
			return err
		}
		s.plans[p.Code] = p
		for _, l := range d.lines {
			l.PlanID = p.ID
			if err := plan.SaveLine(ctx, tx, s.by, l); err != nil {
				return err
			}
			s.lines[p.Code+"/"+l.Code] = l
		}
		for _, h := range plan.Federal() {
			if err := plan.Close(ctx, tx, s.by, p.ID, h); err != nil {
				return err
			}
		}
	}
	for _, d := range demoPrograms {
		p, err := plan.SaveProgram(ctx, tx, s.by, d)
		if err != nil {
			return err
		}
		s.program[p.Code] = p
	}
	for _, r := range demoLaw {
		if err := peer.SaveRule(ctx, tx, s.by, r); err != nil {
			return err
		}
	}
	if err := s.addLists(ctx, tx); err != nil {
		return err
	}
	if err := s.addGuidelines(ctx, tx); err != nil {
		return err
	}
	return s.addPolicy(ctx, tx)
}

// addGuidelines publishes what comes with the program.
func (s *seeder) addGuidelines(ctx context.Context, tx *db.Tx) error {
	all, err := guideline.Library()
	if err != nil {
		return err
	}
	for _, v := range all {
		if _, _, err := guideline.Publish(ctx, tx, s.by, v.Text()); err != nil {
			return err
		}
	}
	return nil
}

// addPolicy says who does what and what is open: everything by us and open,
// but for the exceptions that the demo shows.
func (s *seeder) addPolicy(ctx context.Context, tx *db.Tx) error {
	from := s.today.AddDays(-365)
	for key, l := range s.lines {
		calls := plan.Us
		if key == "prairie/marketplace" {
			calls = plan.ThePlan
		}
		for f, by := range map[plan.Function]plan.Doer{plan.Utilization: plan.Us, plan.PeerToPeer: calls, plan.Reconsideration: plan.Us, plan.Appeal: plan.ThePlan} {
			if err := plan.Delegate(ctx, tx, s.by, plan.Delegation{PlanID: l.PlanID, Line: l.Code, Function: f, By: by, From: from}); err != nil {
				return err
			}
		}
	}
	for _, p := range s.plans {
		for _, g := range s.program {
			r := plan.Rollout{Feature: plan.CallsFeature, ProgramID: g.ID, PlanID: p.ID, Stage: plan.On, From: from}
			if p.Code == "summit" && g.Code == "cardiology" {
				r.Stage, r.From = plan.On, s.today.AddDays(45)
			}
			if err := plan.RollOut(ctx, tx, s.by, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *seeder) addOffices(ctx context.Context, tx *db.Tx) error {
	for _, d := range demoOffices {
		o, err := account.SaveOrganization(ctx, tx, s.by, d.Organization)
		if err != nil {
			return err
		}
		made := &demoOfficeMade{org: o}
		for _, l := range d.locations {
			l.OrganizationID = o.ID
			if l, err = provider.SaveLocation(ctx, tx, s.by, l); err != nil {
				return err
			}
			made.locations = append(made.locations, l)
		}
		for i, p := range d.doctors {
			if p, err = provider.SavePractitioner(ctx, tx, s.by, p, made.locations[i%len(made.locations)].ID); err != nil {
				return err
			}
			made.doctors = append(made.doctors, p)
		}
		s.offices[d.key] = made
		if o.Kind == "site" {
			s.sites = append(s.sites, o)
		}
	}
	return nil
}

func (s *seeder) addPeople(ctx context.Context, tx *db.Tx) error {
	for _, d := range demoPeople {
		p, err := account.AddPerson(ctx, tx, s.by, account.Person{Email: d.email, FirstName: d.first, LastName: d.last, Credential: d.credential, Phone: d.phone})
		if err != nil {
			return err
		}
		made := s.offices[d.office]
		seat := account.Seat{OrganizationID: made.org.ID, Role: d.role}
		if d.location > 0 {
			seat.LocationID = made.locations[d.location-1].ID
		}
		if d.role == account.Clinician {
			seat.PractitionerID = made.doctors[0].ID
		}
		if err := account.AddSeat(ctx, tx, s.by, p.ID, seat); err != nil {
			return err
		}
		if err := account.SetPassword(ctx, tx, s.by, p.ID, demoPassword); err != nil {
			return err
		}
		if err := account.Provision(ctx, tx, s.a.Box, s.by, p.ID, demoSecret(d.email)); err != nil {
			return err
		}
		if s.people[d.email], err = account.Act(ctx, tx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) addReviewers(ctx context.Context, tx *db.Tx) error {
	for _, d := range demoReviewers {
		r := d.Reviewer
		r.PersonID, r.Active, r.Weight, r.DailyCalls = s.people[d.email].ID, true, 1, 10
		for i := range r.Licenses {
			r.Licenses[i].Expires = s.today.AddDays(300 + 40*i)
		}
		if d.email == "paul.ngata@um.example" {
			r.Licenses[0].Expires = s.today.AddDays(41) // one that needs a hand
		}
		r.WeeklyCalls = 30
		for _, code := range d.programs {
			r.Programs = append(r.Programs, s.program[code].ID)
		}
		if err := review.Save(ctx, tx, s.by, r); err != nil {
			return err
		}
		for _, h := range d.hours {
			for _, day := range h.days {
				w := peer.WeeklyHours{PersonID: r.PersonID, Weekday: day, Start: h.from * 60, End: h.to * 60, TimeZone: r.TimeZone}
				if _, err := peer.AddHours(ctx, tx, s.by, w); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *seeder) addMembers(ctx context.Context, tx *db.Tx) error {
	keys := []string{"harbor/commercial", "harbor/medicare_advantage", "summit/medicaid", "prairie/commercial", "prairie/marketplace", "harbor/commercial"}
	for i := range 84 {
		key := keys[i%len(keys)]
		l := s.lines[key]
		m, err := member.Save(ctx, tx, s.by, s.person(i, l.Code == "medicare_advantage"))
		if err != nil {
			return err
		}
		c, err := member.Cover(ctx, tx, s.by, member.Coverage{MemberID: m.ID, PlanID: l.PlanID, Line: l.Code, Number: s.card(key, i), From: s.today.AddDays(-400 + i)})
		if err != nil {
			return err
		}
		s.members = append(s.members, demoMember{m, c})
	}
	return nil
}

func (s *seeder) person(i int, old bool) member.Member {
	years := 20 + (i*7)%44
	if old {
		years = 66 + i%24
	}
	d := s.today.AddDays(-years*365 - (i*37)%365)
	return member.Member{
		First: demoFirst[i%len(demoFirst)], Last: demoLast[(i*5+i/len(demoLast))%len(demoLast)], Born: d,
		Sex: []string{"female", "male"}[i%2], Line: string(rune('1'+i%9)) + "00 Sample Street", City: "Exampleville", State: []string{"TX", "IL", "AZ", "OH"}[i%4], ZIP: "00000", Phone: "(555) 555-0100",
		Language: []string{"", "", "", "", "es"}[i%5], LargePrint: old && i%3 == 0,
	}
}

// card is a member ID as on a plan's card: three letters and nine digits.
func (s *seeder) card(key string, i int) string {
	code, _, _ := strings.Cut(key, "/")
	return map[string]string{"harbor": "HBR", "summit": "SMT", "prairie": "PRA"}[code] + strconv.Itoa(400100200+i*7411)
}
