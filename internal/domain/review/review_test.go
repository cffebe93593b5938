package review_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func decide(w *scene.World, by account.Actor, d review.Decision) (made review.Determination, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		made, err = review.Decide(ctx, tx, by, d)
		return err
	})
	return made, err
}

func again(t testing.TB, w *scene.World, id order.ID) (o order.Order) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.ByID(ctx, tx, account.Program(), id)
		return err
	})
	return o
}

func approval(o order.Order) review.Decision {
	d := review.Decision{Order: o.ID, Version: o.Version, Attested: true}
	for _, s := range o.Open() {
		d.Lines = append(d.Lines, review.Line{Line: s.Line, Outcome: review.Approve, Units: s.Units, From: civil.Date{Year: 2026, Month: 12, Day: 1}, To: civil.Date{Year: 2027, Month: 1, Day: 31}})
	}
	return d
}

// Only a physician whose license holds makes an adverse determination; a
// nurse, the program and an office never do.
func TestOnlyAPhysicianDenies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		nurse := w.Reviewers[1]
		nurse.Seats = []account.Seat{{OrganizationID: nurse.Seat().OrganizationID, Role: account.Nurse}}
		expired := w.Reviewers[1]
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update reviewer_license set expires_on = '2026-11-22' where person_id = $1`, string(expired.ID))
			return err
		})
		o := w.Order()
		for who, by := range map[string]account.Actor{"a nurse": nurse, "the program": account.Program(), "the office": w.Maria, "a physician whose license expired yesterday": expired} {
			if _, err := decide(w, by, scene.Denial(o)); !fault.Is(err, fault.Denied) {
				t.Errorf("%s denied: %v", who, err)
			}
		}
		if got := again(t, w, o.ID); got.Status != order.New {
			t.Fatalf("refused decisions left it %s", got.Status)
		}
		made, err := decide(w, w.Reviewers[0], scene.Denial(o))
		if err != nil || made.License != "TX 1" || made.Outcome != order.Denied {
			t.Fatalf("%+v %v", made, err)
		}
		if got := again(t, w, o.ID); got.Status != order.Denied || got.DenialKind != "clinical" || got.DecidedAt == nil || got.AuthNumber != "" || got.Services[0].Status != order.Denied {
			t.Errorf("%+v", got)
		}
		if _, err := decide(w, nurse, approval(w.Order())); err != nil {
			t.Errorf("a nurse approves: %v", err)
		}
	})
}

func TestAnAdverseDecisionSaysWhy(t *testing.T) {
	d := dbtest.SQLite(t)
	w := scene.New(t, d, 1)
	o := w.Order()
	_, err := decide(w, w.Reviewers[0], review.Decision{Order: o.ID, Version: o.Version, Lines: []review.Line{{Line: 1, Outcome: review.Deny}}})
	for _, field := range []string{"reason_1", "criterion_1", "kind", "rationale", "reviewed", "would_change", "plain", "attested"} {
		if fault.Of(err).Fields[field] == "" {
			t.Errorf("nothing is said about %s: %v", field, err)
		}
	}
	_, err = decide(w, w.Reviewers[0], review.Decision{Order: o.ID, Version: o.Version, Attested: true})
	if fault.Of(err).Fields["outcome_1"] == "" {
		t.Errorf("no outcome: %v", err)
	}
}

func TestDecidingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		if _, err := decide(w, w.Reviewers[0], approval(o)); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second decision without a reason: %v", err)
		}
		stale := approval(o)
		stale.After, stale.Version = "peer-to-peer", o.Version-1
		if _, err := decide(w, w.Reviewers[0], stale); !fault.Is(err, fault.Conflict) {
			t.Errorf("a stale one: %v", err)
		}
		overturn := approval(o)
		overturn.After = "peer-to-peer"
		made, err := decide(w, w.Reviewers[0], overturn)
		if err != nil || made.N != 2 {
			t.Fatalf("%+v %v", made, err)
		}
		got := again(t, w, o.ID)
		if got.Status != order.Approved || got.AuthNumber == "" || got.ValidFrom.IsZero() || got.DenialKind != "" {
			t.Errorf("%+v", got)
		}
		worse := scene.Denial(got)
		worse.After = "error"
		if _, err := decide(w, w.Reviewers[0], worse); !fault.Is(err, fault.Conflict) {
			t.Errorf("an approval was taken back: %v", err)
		}
	})
}

func TestLicensesHoldThroughTheirLastDay(t *testing.T) {
	last := civil.Date{Year: 2026, Month: 11, Day: 23}
	r := review.Reviewer{Licenses: []review.License{{State: "TX", Number: "1", Expires: last}}}
	if !r.Licensed("TX", last) || r.Licensed("TX", last.AddDays(1)) || r.Licensed("OH", last) || !r.Licensed("", last) {
		t.Error("a license holds on its last day, in its state, and no longer")
	}
}
