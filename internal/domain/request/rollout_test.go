package request_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// What is taken from an office it can't do, whatever page it comes from, and
// reads what to do instead; with that it does it again.
func TestRollOutsHoldForWhatAnOfficeDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		o := w.Order()
		admin := account.Actor{ID: "per_admin", Seats: []account.Seat{{Role: account.Admin}}}
		var codes []string
		for _, s := range r.Order.Services {
			codes = append(codes, s.Code)
		}
		verbs := map[string]func(context.Context, *db.Tx) error{
			plan.FilesFeature: func(ctx context.Context, tx *db.Tx) error {
				in, err := request.FolderOf(ctx, tx, o)
				if err != nil {
					return err
				}
				_, err = request.AddFile(ctx, tx, w.Maria, o, in, attachment.New{Name: "note.pdf"}, blob.Ref{Key: "k", SHA256: "h", Size: 9})
				return err
			},
			plan.CheckFeature: func(ctx context.Context, tx *db.Tx) error {
				_, err := request.Answer(ctx, tx, w.Maria, request.Question{Plan: w.Plan, Line: w.Line, Code: codes[0], Service: civil.DateIn(tx.Now(), time.UTC)})
				return err
			},
			plan.SystemsFeature: func(ctx context.Context, tx *db.Tx) error { return order.ForSystem(ctx, tx, w.Maria, o) },
			plan.RequestsFeature: func(ctx context.Context, tx *db.Tx) error {
				_, err := request.Send(ctx, tx, w.Maria, r, request.Sending{Attested: true})
				return err
			},
		}
		for _, feature := range []string{plan.FilesFeature, plan.CheckFeature, plan.SystemsFeature, plan.RequestsFeature} {
			var wave plan.Rollout
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				wave, err = plan.SaveWave(ctx, tx, admin, plan.Rollout{Feature: feature, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Stage: plan.Off, From: civil.Date{Year: 2026, Month: 1, Day: 1}})
				return err
			})
			err := w.Try(verbs[feature])
			if !fault.Is(err, fault.Closed) || !strings.Contains(err.Error(), "For Musculoskeletal, Harbor Health Plan you can’t "+plan.FeatureOf(feature).Words+". Call (800) 555-0142.") {
				t.Errorf("%s: %v", feature, err)
			}
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				shut, err := order.ShutToSystems(ctx, tx, w.Maria, []order.ID{o.ID})
				if shut[o.ID] != (feature == plan.SystemsFeature) {
					t.Errorf("%s: shut %v", feature, shut)
				}
				return err
			})
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				wave.Stage = plan.On
				_, err := plan.SaveWave(ctx, tx, admin, wave)
				return err
			})
			if err := w.Try(verbs[feature]); fault.Is(err, fault.Closed) || err != nil && feature != plan.RequestsFeature { // which is not complete
				t.Errorf("%s again: %v", feature, err)
			}
		}
	})
}

// A program for which an office doesn't send requests here is refused when it
// is chosen; staff who take the request by phone go on.
func TestAProgramThatIsNotRolledOutIsRefusedEarly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return plan.RollOut(ctx, tx, account.Program(), plan.Rollout{Feature: plan.RequestsFeature, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Stage: plan.Pilot, Organizations: "org_x", From: civil.Date{Year: 2026, Month: 1, Day: 1}})
		})
		asked := request.Asked{Services: []request.AskedService{{Code: r.Order.Services[0].Code, Side: r.Order.Services[0].Side, Units: "1"}}, Diagnoses: []string{r.Order.Diagnoses[0].Code}, Urgency: "standard"}
		save := func(by account.Actor) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := request.SaveOrder(ctx, tx, by, r, r.Version, asked)
				return err
			})
		}
		if err := save(w.Maria); !strings.Contains(fault.Of(err).Fields["service"].String(), "you can’t send requests") {
			t.Errorf("an office: %v %v", err, fault.Of(err).Fields)
		}
		assisted := w.Maria
		assisted.Assists = &account.Assisting{}
		if err := save(assisted); fault.Of(err).Fields["service"] != "" {
			t.Errorf("by phone: %v", err)
		}
	})
}
