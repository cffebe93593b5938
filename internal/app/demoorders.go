package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A story is what happens to one demo order: when it came, what was decided
// and when, all in days before today.
type story struct {
	office   string
	service  int
	member   int
	received int
	status   order.Status // where it ends
	decided  int
	kind     string // of a denial
	call     string // "booked", "requested", "completed", "appeal" or ""
	urgent   bool
	site     bool
	doctor   int // of the office, from 1; 0 for one of the first two by turn
}

// stories are some 200: first those that scripts and people look for, then
// the crowd.
func (s *seeder) stories() []story {
	all := []story{
		{office: "cedar", service: 0, member: 0, received: 6, status: order.Denied, decided: 1, kind: "clinical"},
		{office: "cedar", service: 1, member: 0, received: 7, status: order.Denied, decided: 2, kind: "clinical"},
		{office: "cedar", service: 2, member: 3, received: 5, status: order.Denied, decided: 1, kind: "clinical", doctor: 3}, // nobody matches as Texas asks
		{office: "cedar", service: 0, member: 6, received: 6, status: order.Denied, decided: 2, kind: "clinical", call: "booked"},
		{office: "cedar", service: 10, member: 5, received: 8, status: order.Partial, decided: 1, kind: "clinical"},
		{office: "cedar", service: 0, member: 1, received: 5, status: order.Denied, decided: 1, kind: "clinical"},                       // Medicare Advantage: discussion only
		{office: "cedar", service: 1, member: 9, received: 30, status: order.Denied, decided: 20, kind: "clinical"},                     // window ended
		{office: "cedar", service: 2, member: 5, received: 9, status: order.Denied, decided: 3, kind: "clinical", call: "appeal"},       // appeal filed
		{office: "cedar", service: 0, member: 11, received: 9, status: order.Denied, decided: 2, kind: "administrative"},                // administrative
		{office: "cedar", service: 3, member: 4, received: 9, status: order.Denied, decided: 2, kind: "clinical"},                       // the plan runs its own calls
		{office: "cedar", service: 9, member: 12, received: 6, status: order.Denied, decided: 1, kind: "clinical"},                      // confirmed by hand
		{office: "cedar", service: 9, member: 15, received: 6, status: order.Denied, decided: 1, kind: "clinical", call: "requested"},   // requested
		{office: "cedar", service: 0, member: 18, received: 16, status: order.Denied, decided: 10, kind: "clinical", call: "completed"}, // used
		{office: "birch", service: 5, member: 2, received: 6, status: order.Denied, decided: 1, kind: "clinical"},                       // not open yet
		{office: "birch", service: 6, member: 0, received: 6, status: order.Denied, decided: 1, kind: "clinical"},
		{office: "willow", service: 8, member: 8, received: 6, status: order.Denied, decided: 1, kind: "clinical"},
		{office: "maple", service: 7, member: 14, received: 6, status: order.Denied, decided: 1, kind: "clinical"},
		{office: "maple", service: 8, member: 3, received: 6, status: order.Denied, decided: 2, kind: "clinical"},
	}
	offices := []string{"cedar", "cedar", "birch", "maple", "willow", "cedar"}
	crowd := []order.Status{order.Approved, order.NurseReview, order.Approved, order.New, order.Approved, order.DoctorReview, order.Approved, order.InfoRequested,
		order.Approved, order.Partial, order.Denied, order.Withdrawn, order.Approved, order.NotRequired, order.NurseReview, order.Closed, order.Approved, order.NotDelegated, order.Voided}
	fits := map[string][]int{"cedar": {0, 1, 2, 3, 9, 10}, "birch": {5, 6, 4}, "maple": {7, 8}, "willow": {8, 3, 4, 10}}
	for i := range 184 {
		office := offices[i%len(offices)]
		t := story{office: office, service: fits[office][s.rng.IntN(len(fits[office]))], member: s.rng.IntN(len(s.members)), status: crowd[i%len(crowd)], kind: "clinical", urgent: i%17 == 0, site: i%3 == 0}
		t.received = 10 + s.rng.IntN(35)
		t.decided = max(3, t.received-2-s.rng.IntN(5))
		if t.status.Pending() {
			t.received = s.rng.IntN(6)
		}
		if t.status == order.Denied && i%2 == 0 {
			t.received, t.decided = 6, 2
		}
		all = append(all, t)
	}
	return all
}

// addOrders tells the stories day by day, so that everything in an order's
// life has the time it would have had.
func (s *seeder) addOrders(ctx context.Context) error {
	all := s.stories()
	made := make([]order.Order, len(all))
	for day := 46; day >= 0; day-- {
		s.at(-day, 9, 30)
		err := s.a.DB.Update(ctx, func(tx *db.Tx) error {
			for i, t := range all {
				if t.received != day {
					continue
				}
				var err error
				if made[i], err = s.receive(ctx, tx, i, t); err != nil {
					return fmt.Errorf("demo order %d: %w", i, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		s.at(-day, 15, 10)
		if err := s.a.DB.Update(ctx, func(tx *db.Tx) error { return s.settleDay(ctx, tx, day, all, made) }); err != nil {
			return err
		}
		s.at(-day, 15, 11) // what was asked has left by then
		if err := s.drain(ctx); err != nil {
			return err
		}
	}
	if err := s.addAnswers(ctx, made); err != nil {
		return err
	}
	return s.addCalls(ctx, all, made)
}

// drain does what the day left to do, letters for the most part: two at a time,
// as workers do.
func (s *seeder) drain(ctx context.Context) error {
	var workers sync.WaitGroup
	var failed [2]error
	for i := range failed {
		workers.Go(func() { _, failed[i] = s.a.Jobs.Drain(ctx) })
	}
	workers.Wait()
	return errors.Join(failed[:]...)
}

func (s *seeder) receive(ctx context.Context, tx *db.Tx, i int, t story) (order.Order, error) {
	office, d, m := s.offices[t.office], demoServices[t.service], s.members[t.member]
	doctor := office.doctors[i%min(2, len(office.doctors))]
	if t.doctor > 0 {
		doctor = office.doctors[t.doctor-1]
	}
	o := order.Order{
		Number: s.number(), OrganizationID: office.org.ID, LocationID: office.locations[i%len(office.locations)].ID, PractitionerID: doctor.ID,
		MemberID: string(m.ID), CoverageID: m.cover.ID, MemberNumber: m.cover.Number, Patient: order.Patient{First: m.First, Last: m.Last, Born: m.Born},
		PlanID: m.cover.PlanID, Line: m.cover.Line, ProgramID: s.program[d.program].ID, Urgency: order.Standard, Channel: []string{"portal", "portal", "fhir", "phone", "fax"}[i%5],
		Title: d.wording, ServiceFrom: s.today.AddDays(7 + i%21 - t.received/2), Contact: order.Contact{Name: office.org.Name + ", authorizations", Phone: office.org.Phone},
		Services:  []order.Service{{Line: 1, System: d.system, Code: d.code, Wording: d.wording, Units: d.units, Unit: d.unit}},
		Diagnoses: []order.Diagnosis{{Rank: 1, Code: d.diagnosis, Wording: d.because}},
	}
	if t.urgent {
		o.Urgency = order.Urgent
	}
	if t.site {
		o.SiteID, o.SiteName = s.sites[0].ID, s.sites[0].Name
	}
	if i%4 == 0 {
		o.References = append(o.References, order.Reference{Kind: order.ACMP, Value: fmt.Sprintf("ACMP-%06d", 100200+i*37)})
	}
	if i%6 == 5 && d.program == "msk" {
		o.Services = append(o.Services, order.Service{Line: 2, System: "CPT", Code: "97110", Wording: "Therapy exercises", Units: 6, Unit: "visits"})
	}
	return order.Create(ctx, tx, s.by, o)
}

// settleDay does what happens on a day to orders that are there.
func (s *seeder) settleDay(ctx context.Context, tx *db.Tx, day int, all []story, made []order.Order) error {
	for i, t := range all {
		if made[i].ID == "" {
			continue
		}
		var err error
		switch {
		case t.status.Decided() && t.decided == day:
			err = s.decide(ctx, tx, t, made[i])
		case !t.status.Decided() && t.received == day:
			err = s.move(ctx, tx, t, made[i])
		}
		if err != nil {
			return fmt.Errorf("demo order %s to %s: %w", made[i].Number, t.status, err)
		}
	}
	return nil
}

func (s *seeder) move(ctx context.Context, tx *db.Tx, t story, o order.Order) error {
	if t.status == order.InfoRequested {
		return s.ask(ctx, tx, o)
	}
	said := demoMoves[t.status]
	if said == "" {
		return nil
	}
	_, err := order.Move(ctx, tx, s.by, o, t.status, said)
	return err
}

func (s *seeder) decide(ctx context.Context, tx *db.Tx, t story, o order.Order) error {
	who := s.people["aisha.bello@um.example"]
	if t.status.Adverse() {
		who = s.people["erik.lind@um.example"]
	}
	d := review.Decision{Order: o.ID, Version: o.Version, Attested: true, Kind: t.kind,
		Rationale: "The records don't show what the guideline asks for before this service.", Reviewed: "Office notes of the last two visits and the order form.",
		WouldChange: "Notes that show 6 weeks of treatment, such as physical therapy, in the last 3 months.",
		Plain:       "Your records do not show 6 weeks of care, such as exercise with a therapist, before this test."}
	if t.kind == "administrative" {
		d.Rationale, d.WouldChange = "The member's coverage had ended on the date of service.", "Proof of coverage on the date of service."
	}
	for _, svc := range o.Services {
		l := review.Line{Line: svc.Line, Outcome: review.Approve, Units: svc.Units, From: o.ServiceFrom, To: o.ServiceFrom.AddDays(60)}
		switch {
		case t.status == order.Denied:
			l = review.Line{Line: svc.Line, Outcome: review.Deny, Reason: "6 weeks of treatment before this service are not shown.", Criterion: "Demo guideline 2026.1, section 2: treatment tried first"}
		case t.status == order.Partial && svc.Line == 1 && svc.Units > 1:
			l.Outcome, l.Units, l.Reason, l.Criterion = review.Modify, max(1, svc.Units/2), "The plan of care supports half of the units asked for.", "Demo guideline 2026.1, section 4: number of units"
		case t.status == order.Partial && svc.Line == 1:
			l = review.Line{Line: 1, Outcome: review.Deny, Reason: "6 weeks of treatment before this service are not shown.", Criterion: "Demo guideline 2026.1, section 2: treatment tried first"}
		}
		d.Lines = append(d.Lines, l)
	}
	_, err := review.Decide(ctx, tx, who, d)
	return err
}

// addCalls books the calls of the stories: yesterday afternoon, and nine days
// ago the one that took place, so that it did whatever holidays lie between.
func (s *seeder) addCalls(ctx context.Context, all []story, made []order.Order) error {
	maria := s.people["maria.chen@cedar.example"]
	maria.Zone = "America/Chicago"
	for i, t := range all {
		if t.call == "" {
			continue
		}
		days := -1
		if t.call == "completed" {
			days = -9
		}
		s.at(days, 16, 0)
		var c peer.Call
		err := s.a.DB.Update(ctx, func(tx *db.Tx) (err error) {
			c, err = s.call(ctx, tx, maria, t, made[i])
			return err
		})
		if err == nil && t.call == "completed" && c.ID != "" {
			err = s.hold(ctx, c)
		}
		if err != nil {
			return fmt.Errorf("demo call about order %s: %w", made[i].Number, err)
		}
	}
	return nil
}

// hearBefore opens one case in which the office is heard before a denial: in
// the demo too Medicare Advantage allows no change by a call after it. It is
// set once the demo's denials are made.
func (s *seeder) hearBefore(ctx context.Context) error {
	return s.a.DB.Update(ctx, func(tx *db.Tx) error {
		line := s.lines["harbor/medicare_advantage"]
		line.PreDecisionHours = 24
		if err := plan.SaveLine(ctx, tx, s.by, line); err != nil {
			return err
		}
		open, err := order.InStatus(ctx, tx, s.people["maria.chen@cedar.example"], order.DoctorReview, order.NurseReview, order.New)
		if err != nil {
			return err
		}
		for _, o := range open {
			if o.Line != line.Code || o.DueAt == nil || o.DueAt.Before(tx.Now().Add(24*time.Hour)) {
				continue
			}
			_, err := review.Announce(ctx, tx, s.people["erik.lind@um.example"], o, o.Version, "6 weeks of treatment before this service are not shown. Notes of physical therapy in the last 3 months would show it.")
			return err
		}
		return nil
	})
}

// hold has the reviewer of a call call, twice, and say what came of it: each
// at its time.
func (s *seeder) hold(ctx context.Context, c peer.Call) error {
	said := peer.Said{Outcome: peer.Upheld, Note: "The notes we talked about begin in the last 3 weeks. The guideline asks for 6 weeks of treatment."}
	steps := []struct {
		after int // minutes from the call's start
		do    func(context.Context, *db.Tx, account.Actor, peer.Call) (peer.Call, error)
	}{
		{1, func(ctx context.Context, tx *db.Tx, by account.Actor, c peer.Call) (peer.Call, error) {
			return peer.Attempt(ctx, tx, by, c, "no_answer")
		}},
		{6, func(ctx context.Context, tx *db.Tx, by account.Actor, c peer.Call) (peer.Call, error) {
			return peer.Attempt(ctx, tx, by, c, peer.Answered)
		}},
		{19, func(ctx context.Context, tx *db.Tx, by account.Actor, c peer.Call) (peer.Call, error) {
			return peer.Record(ctx, tx, by, c, map[order.ID]peer.Said{c.OrderID: said})
		}},
	}
	for _, step := range steps {
		at := c.StartsAt.Add(time.Duration(step.after) * time.Minute)
		s.a.DB.Now = func() time.Time { return at }
		err := s.a.DB.Update(ctx, func(tx *db.Tx) error {
			by, err := account.Act(ctx, tx, c.ReviewerID)
			if err == nil {
				c, err = step.do(ctx, tx, by, c)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// call books the call of a story; the zero Call if the story has none.
func (s *seeder) call(ctx context.Context, tx *db.Tx, by account.Actor, t story, o order.Order) (peer.Call, error) {
	o, err := order.ByID(ctx, tx, s.by, o.ID)
	if err != nil {
		return peer.Call{}, err
	}
	if t.call == "appeal" {
		_, err := order.Appealed(ctx, tx, s.by, o, tx.Now())
		return peer.Call{}, err
	}
	st, err := peer.Stand(ctx, tx, by, o)
	if err != nil {
		return peer.Call{}, err
	}
	offer, err := peer.Offers(ctx, tx, by, o, st, nil)
	if err != nil || offer.Earliest() == nil {
		return peer.Call{}, err
	}
	slot := offer.Slots[min(2, len(offer.Slots)-1)]
	if t.call != "completed" { // some days ahead, so that it can be managed
		slot = offer.Slots[len(offer.Slots)/2]
	}
	if _, err := peer.Hold(ctx, tx, by, o, st, nil, slot); err != nil {
		return peer.Call{}, err
	}
	people := peer.People{Speaker: "ordering", First: "Ada", Last: "Okafor", Credential: "MD", Phone: "(555) 555-0131", Extension: "2", Instructions: "Press 4, ask for the ordering physician"}
	if _, err := peer.SavePeople(ctx, tx, by, o, st, people); err != nil {
		return peer.Call{}, err
	}
	return peer.Book(ctx, tx, by, o, st, demoZone())
}

// DemoPeople lists who can sign in.
func (a *App) DemoPeople(context.Context) ([]DemoPerson, error) {
	names := map[string]string{}
	for _, o := range demoOffices {
		names[o.key] = o.Name
	}
	var all []DemoPerson
	for _, d := range demoPeople {
		all = append(all, DemoPerson{Email: d.email, Password: demoPassword, TOTPSecret: demoSecret(d.email), Role: string(d.role), Organization: names[d.office], name: d.first + " " + d.last})
	}
	return all, nil
}

// DemoOrders lists orders by what a visitor looks for. Those about which the
// first person can book a call that changes the decision come first.
func (a *App) DemoOrders(ctx context.Context) (map[string][]string, error) {
	all := map[string][]string{"denied": {}, "in_review": {}, "approved": {}}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		maria, err := account.ByEmail(ctx, tx, demoPeople[0].email)
		if err != nil {
			return err
		}
		by, err := account.Act(ctx, tx, maria.ID)
		if err != nil {
			return err
		}
		for kind, statuses := range map[string][]order.Status{"denied": {order.Denied}, "in_review": {order.NurseReview, order.DoctorReview}, "approved": {order.Approved}} {
			if all[kind], err = a.demoNumbers(ctx, tx, by, kind, statuses); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

func (a *App) demoNumbers(ctx context.Context, tx *db.Tx, by account.Actor, kind string, statuses []order.Status) ([]string, error) {
	orders, err := order.InStatus(ctx, tx, by, statuses...)
	if err != nil {
		return nil, err
	}
	first, rest := []string{}, []string{}
	for _, o := range orders {
		if kind == "denied" {
			st, err := peer.Stand(ctx, tx, by, o)
			if err != nil {
				return nil, err
			}
			offer, err := peer.Offers(ctx, tx, by, o, st, nil)
			if err != nil {
				return nil, err
			}
			if st.Result == peer.Available && st.Program.Confirm == "instant" && o.LocationID != "" && len(offer.Slots) > 0 {
				first = append(first, o.Number)
				continue
			}
		}
		rest = append(rest, o.Number)
	}
	return append(first, rest...), nil
}
