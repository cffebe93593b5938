package request_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// Before the cut-over a request is refused as soon as the plan is chosen, and
// one that was begun before that was set when it is sent.
func TestRequestsAreMadeWhereTheCutOverSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return plan.SetCutover(ctx, tx, account.Program(), plan.Cutover{PlanID: w.Plan.ID, Day: civil.Date{Year: 2026, Month: time.December, Day: 1}, OldName: "CareOld"})
		})
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := request.Send(ctx, tx, w.Maria, r, request.Sending{Attested: true})
			return err
		})
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "are made in CareOld") {
			t.Errorf("sent: %v", err)
		}
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := request.ChoosePatient(ctx, tx, w.Maria, r, r.Version, w.Member.ID, "")
			return err
		})
		if fault.Of(err).Fields["cutover"] == "" {
			t.Errorf("chosen: %v", err)
		}
		d.Now = func() time.Time { return dbtest.Clock.Add(8 * 24 * time.Hour) } // Dec 1
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := request.ChoosePatient(ctx, tx, w.Maria, r, r.Version, w.Member.ID, "")
			return err
		})
	})
}
