package peer_test

import (
	"context"
	"testing"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Calls open only where somebody who takes them has hours by then.
func TestCallsWaitForSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		day := func(s string) civil.Date {
			d, err := civil.ParseDate(s)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		wave := plan.Rollout{Feature: plan.CallsFeature, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Stage: plan.On, From: day("2026-12-01")}
		check := func(r plan.Rollout, want string) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				if got := fault.Of(peer.CheckServed(ctx, tx, r)).Fields["stage"].String(); got != want {
					t.Errorf("%s from %v: %q", r.Stage, r.From, got)
				}
				return nil
			})
		}
		run := func(sql string, args ...any) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, sql, args...)
				return err
			})
		}
		const refused = "Peer-to-peer can't be On for Musculoskeletal before a call session exists. Add sessions or choose Announced."
		check(wave, "")
		run(`update weekly_hours set valid_from = $1`, day("2026-12-20"))
		check(wave, refused)
		late := wave
		late.From = day("2026-12-15")
		check(late, "")
		run(`update weekly_hours set valid_from = $1, valid_to = $2`, day("2026-01-01"), day("2026-11-30"))
		check(wave, refused)
		past := wave
		past.From = day("2020-01-01")
		check(past, "")
		run(`update weekly_hours set valid_to = null`)
		run(`update reviewer set active = $1`, false)
		check(wave, refused)
		for _, other := range []plan.Rollout{
			{Feature: plan.CallsFeature, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Stage: plan.Announced, From: wave.From},
			{Feature: plan.MessagesFeature, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Stage: plan.On, From: wave.From},
		} {
			check(other, "")
		}
	})
}
