package plan

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// What is drawn narrower counts before what is wider.
func TestTheNarrowerWaveCounts(t *testing.T) {
	all := []Rollout{
		{Stage: On, From: date("2026-01-01")},
		{Stage: Announced, State: "TX", From: date("2026-01-01")},
		{Stage: Ending, Line: "medicaid", From: date("2026-01-01")},
		{Stage: Pilot, Organizations: "org_1,org_2", From: date("2026-01-01")},
		{Stage: Off, Organizations: "org_2", Line: "medicaid", State: "TX", From: date("2026-01-01")},
	}
	for _, c := range []struct {
		of   Office
		want Stage
	}{
		{Office{}, On},
		{Office{State: "OH", Line: "commercial"}, On},
		{Office{State: "TX", Line: "commercial"}, Announced},
		{Office{State: "TX", Line: "medicaid"}, Ending},
		{Office{State: "TX", Line: "medicaid", OrganizationID: "org_1"}, Pilot},
		{Office{State: "TX", Line: "medicaid", OrganizationID: "org_2"}, Off},
		{Office{OrganizationID: "org_12"}, On},
	} {
		if now, _ := phase(all, c.of, date("2026-11-23")); now.Stage != c.want {
			t.Errorf("%+v: %s, want %s", c.of, now.Stage, c.want)
		}
	}
}

// Turned off, a wave is off with the next question, whoever remembered it, and
// says what to do instead; then it goes on as it was.
func TestAWaveIsTurnedOffAtOnce(t *testing.T) {
	ctx := context.Background()
	admin := account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		var wave Rollout
		do := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Update(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		stage := func() (now Rollout) {
			do(func(tx *db.Tx) (err error) {
				now, _, err = StageOf(ctx, tx, CallsFeature, "prg_1", wave.PlanID, Office{Line: "commercial"}, date("2026-11-23"))
				return err
			})
			return now
		}
		reach := []account.Scope{}
		news := func() (all []Said) {
			do(func(tx *db.Tx) (err error) { all, err = News(ctx, tx, reach, "org_1", date("2026-11-23")); return err })
			return all
		}
		do(func(tx *db.Tx) error {
			p, err := Save(ctx, tx, admin, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago"})
			if err == nil {
				_, err = SaveProgram(ctx, tx, admin, Program{ID: "prg_1", Code: "msk", Name: "Joints", SlotMinutes: 30, Confirm: "instant"})
			}
			if err == nil {
				wave, err = SaveWave(ctx, tx, admin, Rollout{Feature: CallsFeature, PlanID: p.ID, ProgramID: "prg_1", Stage: On, From: date("2026-11-20")})
			}
			reach = append(reach, account.Scope{PlanID: string(p.ID), ProgramID: "prg_1"})
			return err
		})
		if now := stage(); now.Stage != On || now.ID != wave.ID {
			t.Fatalf("%+v", now)
		}
		if got := news(); len(got) != 1 || !strings.Contains(got[0].Text, "New for Joints, Harbor: book peer-to-peer calls online since Fri, Nov 20") {
			t.Errorf("news: %q", got)
		}
		do(func(tx *db.Tx) error {
			err := Stop(ctx, tx, admin, wave.ID, "", Said{}, "")
			for _, field := range []string{"reason", "fallback", "fallback_es", "phone"} {
				if fault.Of(err).Fields[field] == "" {
					t.Errorf("nothing at %s: %v", field, err)
				}
			}
			return Stop(ctx, tx, admin, wave.ID, "Calls were lost.", Said{"It is off.", "Está apagado."}, "(800) 555-0100")
		})
		if now := stage(); now.Stage != Off || now.Notice != "It is off. Call (800) 555-0100." {
			t.Errorf("stopped: %+v", now)
		}
		if got := news(); len(got) != 1 || got[0] != (Said{"It is off. Call (800) 555-0100.", "Está apagado. Llame al (800) 555-0100."}) {
			t.Errorf("news: %q", got)
		}
		do(func(tx *db.Tx) error {
			if err := Stop(ctx, tx, admin, wave.ID, "a", Said{"b", "b"}, "c"); !fault.Is(err, fault.Conflict) {
				t.Errorf("stopped twice: %v", err)
			}
			return Restart(ctx, tx, admin, wave.ID)
		})
		if now := stage(); now.Stage != On {
			t.Errorf("on again: %+v", now)
		}
	})
}

func TestWhatNoWaveIs(t *testing.T) {
	admin := account.Actor{ID: "per_a", Seats: []account.Seat{{Role: account.Admin}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(context.Background(), func(tx *db.Tx) error {
			_, err := SaveWave(context.Background(), tx, admin, Rollout{Feature: "x", Stage: Pilot, State: "Texas", Percent: 101, From: date("2026-11-20"), To: date("2026-11-01")})
			return err
		})
		for _, field := range []string{"feature", "plan", "program", "state", "to", "percent"} {
			if fault.Of(err).Fields[field] == "" {
				t.Errorf("nothing at %s: %v", field, err)
			}
		}
		office := account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}}
		err = d.Update(context.Background(), func(tx *db.Tx) error { return Restart(context.Background(), tx, office, "rll_1") })
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office: %v", err)
		}
	})
}
