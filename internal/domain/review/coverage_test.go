package review_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A plan with a system of its own has the last word on whom it covers: what
// meets the criteria waits for it, is approved once it says yes, and goes to a
// person if it says no.
func TestApprovalsWaitForThePlansWord(t *testing.T) {
	for said, want := range map[string]order.Status{"true": order.Approved, "false": order.New} {
		t.Run(said, func(t *testing.T) { dbtest.Each(t, func(t *testing.T, d *db.DB) { waits(t, d, said, want) }) })
	}
}

// waits has the plan be down when the request is sent, and say said afterwards.
func waits(t *testing.T, d *db.DB, said string, want order.Status) {
	ctx := context.Background()
	w := scene.New(t, d, 1)
	w.Lists()
	w.Publish("lumbar-mri", noFiles...)
	up := false
	system := httptest.NewServer(http.HandlerFunc(func(wr http.ResponseWriter, _ *http.Request) {
		if !up {
			wr.WriteHeader(http.StatusBadGateway)
		}
		_, _ = wr.Write([]byte(`{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":` + said + `}]}`))
	}))
	defer system.Close()
	w.Plan.Eligibility = system.URL
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		w.Plan, err = plan.Save(ctx, tx, account.Program(), w.Plan)
		return err
	})
	r := w.Filled()
	ask := member.AskPlan{EligibilityID: r.Patient.EligibilityID}
	if err := (&member.Inquiry{DB: d}).Ask(ctx, ask); err != nil { // it is down
		t.Fatal(err)
	}
	o, err := received(w, r, meets)
	if err != nil || o.Status != order.New {
		t.Fatalf("before the plan's word: %s, %v", o.Status, err)
	}
	up = true
	for range 2 { // asking again changes nothing more
		if err := (&member.Inquiry{DB: d}).Ask(ctx, ask); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return review.EligibilityAnswered(ctx, tx, member.EligibilityAnswered(ask))
		})
	}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		o, err = order.ByID(ctx, tx, account.Program(), o.ID)
		return err
	})
	if o.Status != want {
		t.Errorf("after the plan said %s: %s, want %s", said, o.Status, want)
	}
}
