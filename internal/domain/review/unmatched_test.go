package review_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

const newCard = "HBR 400-100-999"

// unlisted has Maria send what meets every criterion for a patient whom no list
// has.
func unlisted(t *testing.T, w *scene.World) order.Order {
	t.Helper()
	var r request.Request
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		w.Plan.Unmatched = true
		if w.Plan, err = plan.Save(ctx, tx, account.Program(), w.Plan); err != nil {
			return err
		}
		if r, err = request.Begin(ctx, tx, w.Maria); err != nil {
			return err
		}
		typed := request.Typed{Number: newCard, Born: civil.Date{Year: 1990, Month: time.March, Day: 3}, Service: civil.Date{Year: 2026, Month: time.December, Day: 1}}
		if r, err = request.EnterPatient(ctx, tx, w.Maria, r, r.Version, typed); err != nil {
			return err
		}
		s := member.Stated{First: "Nora", Last: "Canarynew", Born: typed.Born, PlanID: w.Plan.ID, Business: w.Line.Code, Number: newCard, State: "TX"}
		if r, err = request.EnterUnlisted(ctx, tx, w.Maria, r, r.Version, s); err != nil {
			return err
		}
		if r, err = request.SaveOrder(ctx, tx, w.Maria, r, r.Version, request.Asked{Services: []request.AskedService{{Code: "72148"}}, Diagnoses: []string{"M54.50"}, Urgency: "standard"}); err != nil {
			return err
		}
		r, err = request.SaveProviders(ctx, tx, w.Maria, r, r.Version, request.Named{Practitioner: w.Doctor.ID, Location: w.North.ID, Site: "open",
			Contact: order.Contact{Name: "Maria Chen", Phone: "555-555-0147", Email: w.Maria.Email}})
		return err
	})
	o, err := received(w, r, meets)
	if err != nil || o.Status != order.New || !o.Unmatched {
		t.Fatalf("sent without a match: %s, unmatched %v, %v", o.Status, o.Unmatched, err)
	}
	return o
}

// listedHere puts somebody on the plan's list.
func listedHere(w *scene.World, first string, born civil.Date, number, line string) (m member.Member, c member.Coverage) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if m, err = member.Save(ctx, tx, account.Program(), member.Member{First: first, Last: "Canarynew", Born: born}); err == nil {
			c, err = member.Cover(ctx, tx, account.Program(), member.Coverage{MemberID: m.ID, PlanID: w.Plan.ID, Line: line, Number: number})
		}
		return err
	})
	return m, c
}

func reread(w *scene.World, o order.Order) (now order.Order) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = order.ByID(ctx, tx, account.Program(), o.ID)
		return err
	})
	return now
}

// Until somebody has said which member the patient is, nothing is approved:
// not by the program, whatever was answered, and not by a physician. A denial
// is possible.
func TestNothingIsApprovedForAnUnmatchedPatient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		o := unlisted(t, w)
		approval := review.Decision{Order: o.ID, Version: o.Version, Attested: true,
			Lines: []review.Line{{Line: 1, Outcome: review.Approve, Units: 1, From: o.ServiceFrom, To: o.ServiceFrom}}}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, w.Reviewers[0], approval)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("approved without a match: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			found, err := member.Search(ctx, tx, w.Maria, member.Query{Number: newCard, Born: o.Patient.Born})
			if err == nil && len(found) > 0 {
				t.Errorf("a search finds who was entered by hand: %v", found)
			}
			if _, err := member.Match(ctx, tx, string(w.Plan.ID), newCard, "Nora", "Canarynew", o.Patient.Born); !fault.Is(err, fault.NotFound) {
				t.Errorf("an import takes them for a member: %v", err)
			}
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
			return err
		})
	})
}

// Staff match by hand what agrees in two of three, and what meets the criteria
// is approved then; nobody else may, and not twice.
func TestStaffMatchAPatient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		o := unlisted(t, w)
		m, c := listedHere(w, "Leonora", o.Patient.Born, "HBR400100999", w.Line.Code)
		_, other := listedHere(w, "Nora", o.Patient.Born, "HBR400100111", "medicaid")
		listedHere(w, "Nora", civil.Date{Year: 1950, Month: 1, Day: 1}, "HBR400100333", w.Line.Code) // only the name agrees
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := order.Candidates(ctx, tx, w.Reviewers[0], o)
			if err == nil && (len(all) != 2 || all[0].Exact()) {
				t.Errorf("candidates: %+v", all)
			}
			return err
		})
		w.Do(order.MatchSweep)
		if o = reread(w, o); !o.Unmatched {
			t.Fatal("matched without a person although the first name differs")
		}
		try := func(by account.Actor, version int, id member.ID, coverage string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := order.MatchPatient(ctx, tx, by, o, version, id, coverage)
				return err
			})
		}
		for what, err := range map[string]error{
			"by the office":        try(w.Maria, o.Version, m.ID, c.ID),
			"an earlier version":   try(w.Reviewers[0], o.Version-1, m.ID, c.ID),
			"another's coverage":   try(w.Reviewers[0], o.Version, m.ID, other.ID),
			"another type of plan": try(w.Reviewers[0], o.Version, other.MemberID, other.ID),
			"the entered one":      try(w.Reviewers[0], o.Version, member.ID(o.MemberID), o.CoverageID),
		} {
			if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := try(w.Reviewers[0], o.Version, m.ID, c.ID); err != nil {
			t.Fatal(err)
		}
		follows(w, o)
		now := reread(w, o)
		if now.Unmatched || now.MemberID != string(m.ID) || now.Patient.First != "Leonora" || now.MemberNumber != "HBR400100999" || now.Status != order.Approved {
			t.Errorf("after matching: %+v", now)
		}
	})
}

// A later list that has number, name and date of birth matches by itself, once
// nobody else has the same.
func TestALaterListMatchesWhatAgreesInAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		o, twice := unlisted(t, w), unlisted(t, w)
		m, _ := listedHere(w, "NORA", o.Patient.Born, "hbr400100999", w.Line.Code)
		double, _ := listedHere(w, "Nora", o.Patient.Born, "HBR400100999", w.Line.Code)
		w.Do(order.MatchSweep)
		if reread(w, o).MemberID == string(m.ID) || reread(w, o).MemberID == string(double.ID) {
			t.Fatal("one of two who agree in all was taken")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			double.Last = "Another"
			_, err := member.Save(ctx, tx, account.Program(), double)
			return err
		})
		w.Do(order.MatchSweep)
		follows(w, o)
		follows(w, twice)
		for _, one := range []order.Order{o, twice} {
			if now := reread(w, one); now.MemberID != string(m.ID) || now.Status != order.Approved {
				t.Errorf("after the list came: %s for %s", now.Status, now.MemberID)
			}
		}
	})
}

// follows does what follows a match, twice: jobs may repeat.
func follows(w *scene.World, o order.Order) {
	for range 2 {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if err := request.PatientMatched(ctx, tx, order.Matched{OrderID: string(o.ID)}); err != nil {
				return err
			}
			return review.PatientMatched(ctx, tx, order.Matched{OrderID: string(o.ID)})
		})
	}
}

// What is entered by hand is checked, needs a plan that allows it, and can be
// corrected by the office that entered it.
func TestEnteringByHandIsChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 0)
		s := member.Stated{First: "Nora", Last: "Canarynew", Born: civil.Date{Year: 1990, Month: 3, Day: 3}, PlanID: w.Plan.ID, Business: w.Line.Code, Number: newCard}
		enter := func(by account.Actor, s member.Stated) (m member.Member, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				m, _, err = member.Enter(ctx, tx, by, s)
				return err
			})
			return m, err
		}
		if _, err := enter(w.Maria, s); fault.Of(err).Fields["plan"] == "" {
			t.Errorf("a plan that doesn't allow it: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			w.Plan.Unmatched = true
			w.Plan, err = plan.Save(ctx, tx, account.Program(), w.Plan)
			return err
		})
		for field, change := range map[string]func(*member.Stated){
			"first": func(s *member.Stated) { s.First = " " }, "last": func(s *member.Stated) { s.Last = "-" }, "number": func(s *member.Stated) { s.Number = "1" },
			"born": func(s *member.Stated) { s.Born = civil.Date{Year: 2199, Month: 1, Day: 1} }, "sex": func(s *member.Stated) { s.Sex = "?" }, "state": func(s *member.Stated) { s.State = "Tex" },
			"plan": func(s *member.Stated) { s.Business = "none" },
		} {
			wrong := s
			change(&wrong)
			if _, err := enter(w.Maria, wrong); fault.Of(err).Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := enter(w.Scheduler, s); !fault.Is(err, fault.Denied) {
			t.Errorf("by a scheduler: %v", err)
		}
		first, err := enter(w.Maria, s)
		if err != nil {
			t.Fatal(err)
		}
		s.ID, s.First = first.ID, "Norah"
		if again, err := enter(w.Maria, s); err != nil || again.ID != first.ID || again.First != "Norah" {
			t.Errorf("corrected: %+v, %v", again, err)
		}
		if _, err := enter(w.Stranger, s); !fault.Is(err, fault.NotFound) {
			t.Errorf("corrected by another office: %v", err)
		}
	})
}
