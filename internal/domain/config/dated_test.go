package config_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
	"parley/internal/words"
)

// Holidays, delegation and waves go live from drafts as everything that is set,
// and back; comparisons and merges go by line.
func TestDatedLinesHaveVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		omar := account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
		now := func(s config.Subject) (doc config.Doc) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) { doc, err = config.Current(ctx, tx, s); return err })
			return doc
		}
		live := func(s config.Subject, doc config.Doc) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				v, err := config.Save(ctx, tx, omar, s, doc, 0)
				if err != nil {
					return err
				}
				return config.GoLive(ctx, tx, omar, s, v.Revision, "Asked for.")
			})
		}
		back := func(s config.Subject) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				all, err := config.Versions(ctx, tx, omar, s)
				if err != nil {
					return err
				}
				return config.RollBack(ctx, tx, omar, s, all[0].Number-1, all[0].Number, "Wrong.")
			})
		}

		days := config.CalendarSubject(w.Plan.ID)
		before := now(days)["days"]
		live(days, config.Doc{"days": before + "\n2026-11-24  Day before |  Víspera"})
		if got := now(days)["days"]; !strings.Contains(got, "2026-11-24 Day before | Víspera") {
			t.Errorf("holidays: %s", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			c, err := plan.CalendarOf(ctx, tx, w.Plan)
			if name, _ := c.Holiday(civil.Date{Year: 2026, Month: 11, Day: 24}); name.In(words.Spanish) != "Víspera" {
				t.Error("the calendar doesn't have it")
			}
			return err
		})
		if diff := config.Diff(days, config.Doc{"days": before}, now(days)); len(diff) != 1 || diff[0].Is != "2026-11-24 Day before | Víspera" {
			t.Errorf("diff: %+v", diff)
		}
		back(days)
		if got := now(days)["days"]; got != before {
			t.Errorf("back: %s", got)
		}

		who := config.DelegationSubject(w.Plan.ID)
		before = now(who)["lines"]
		if before != "commercial, calls, all, us, 2020-01-01, no end\ncommercial, decisions, all, us, 2020-01-01, no end" {
			t.Fatalf("delegation: %s", before)
		}
		live(who, config.Doc{"lines": "commercial, decisions, all, us, 2020-01-01, no end\ncommercial, calls, msk, plan, 2026-01-01, 2026-12-31"})
		doer := func() (by plan.Doer) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				by, err = plan.DoneBy(ctx, tx, w.Plan.ID, "commercial", w.Program.ID, plan.PeerToPeer, civil.DateIn(tx.Now(), time.UTC))
				return err
			})
			return by
		}
		if got := doer(); got != plan.ThePlan {
			t.Errorf("calls are done by %s", got)
		}
		back(who)
		if got := doer(); got != plan.Us || now(who)["lines"] != before {
			t.Errorf("back: %s %s", got, now(who)["lines"])
		}

		first := config.WaveSubject("rll_first")
		doc := config.Usual(first)
		for key, text := range map[string]string{"feature": plan.MessagesFeature, "plan": "harbor", "program": "msk", "stage": "pilot", "organizations": "Cedar Orthopedics", "from": "2026-11-01"} {
			doc[key] = text
		}
		live(first, doc)
		stage := func() (r plan.Rollout) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) { r, err = plan.Wave(ctx, tx, first.ID); return err })
			return r
		}
		if got := stage(); got.Stage != plan.Pilot || got.Organizations != w.Office.ID || got.ProgramID != w.Program.ID {
			t.Errorf("wave: %+v", got)
		}
		doc = now(first)
		doc["organizations"], doc["percent"] = "", "20"
		live(first, doc)
		if got := stage(); got.Percent != 20 || got.Organizations != "" {
			t.Errorf("a share: %+v", got)
		}
		back(first)
		if got := stage(); got.Percent != 0 || got.Organizations != w.Office.ID {
			t.Errorf("back: %+v", got)
		}
	})
}

func TestWhatNoDatedLineIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 0)
		omar := account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
		wrong := func(s config.Subject, doc config.Doc) fault.Fields {
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := config.Save(ctx, tx, omar, s, doc, 0)
				return err
			})
			return fault.Of(err).Fields
		}
		for text, want := range map[string]string{
			"26 Nov Thanksgiving":                "Line 1: begin with a date, like 2026-11-26, or a rule and a colon, like 4th Thursday of November:",
			"2026-11-26":                         "Line 1: enter a name behind the date",
			"2026-11-26 One\n\n2026-11-26 Other": "Line 2: this date is already in the list",
			"2026-11-26 One | Uno | closed noon": "Line 1: say the hours like closed 12:00 to 18:00",
			"2026-11-26 One | Uno | Dos":         "Line 1: there is a name too many",
			"2026-11-26 One":                     "Line 1: enter a name in Spanish behind the name, like Thanksgiving | Día de Acción de Gracias",
		} {
			if got := wrong(config.CalendarSubject(w.Plan.ID), config.Doc{"days": text})["days"].String(); got != want {
				t.Errorf("%q: %q", text, got)
			}
		}
		for text, want := range map[string]string{
			"commercial, calls":                                "Line 1: write six things with commas between them",
			"medicaid, calls, all, us, 2026-01-01, no end":     "Line 1: the plan has no type medicaid",
			"commercial, talks, all, us, 2026-01-01, no end":   "Line 1: say decisions, calls, reconsiderations or appeals",
			"commercial, calls, x, us, 2026-01-01, no end":     "Line 1: there is no program x",
			"commercial, calls, all, me, 2026-01-01, no end":   "Line 1: say us, plan or nobody",
			"commercial, calls, all, us, soon, no end":         "Line 1: the first day must be like 2026-11-24",
			"commercial, calls, all, us, 2026-01-01, 2025-1-1": "Line 1: the last day must be like 2026-11-24, or no end",
		} {
			if got := wrong(config.DelegationSubject(w.Plan.ID), config.Doc{"lines": text})["lines"].String(); got != want {
				t.Errorf("%q: %q", text, got)
			}
		}
		got := wrong(config.WaveSubject("rll_1"), config.Doc{"feature": "x", "organizations": "Nobody", "stage": "pilot", "percent": "200", "from": "x"})
		for _, key := range []string{"feature", "plan", "program", "organizations", "percent", "from"} {
			if got[key] == "" {
				t.Errorf("nothing at %s: %v", key, got)
			}
		}
	})
}

// What two did to a list of lines both hold.
func TestListsMergeByLine(t *testing.T) {
	s := config.CalendarSubject("pln_1")
	base, mine, theirs := config.Doc{"days": "2026-01-01 A\n2026-02-01 B"}, config.Doc{"days": "2026-02-01 B\n2026-03-01 C"}, config.Doc{"days": "2026-01-01 A\n2026-02-01 B\n2026-04-01 D"}
	merged, both := config.Merge(s, base, mine, theirs)
	if len(both) != 0 || merged["days"] != "2026-02-01 B\n2026-03-01 C\n2026-04-01 D" {
		t.Errorf("%q %v", merged["days"], both)
	}
}
