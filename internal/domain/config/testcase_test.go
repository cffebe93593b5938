package config_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var admin = account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

// Each kind answers what its test cases ask: as it is, and as a draft would
// have it.
func TestWhatComesOfAVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		harbor, line, program := config.Subject{Kind: "plan", ID: string(w.Plan.ID)}, config.LineSubject(w.Plan.ID, "commercial"), config.Subject{Kind: "program", ID: string(w.Program.ID)}
		days, who := config.CalendarSubject(w.Plan.ID), config.DelegationSubject(w.Plan.ID)
		for _, c := range []struct {
			s               config.Subject
			given           config.Doc
			now, then       string
			key, add, other string // what the draft changes: a field, what is put behind it or in its place
		}{
			{days, config.Doc{"day": "2026-11-27", "counts": "calls"}, "open", "closed", "days", "\n2026-11-27 Day after Thanksgiving | Día después", ""},
			{days, config.Doc{"day": "2026-11-27", "counts": "clocks"}, "open", "open", "days", "\n2026-11-27 Day after Thanksgiving | Día después | calls only", ""},
			{days, config.Doc{"day": "2026-11-27", "counts": "clocks"}, "open", "part", "days", "\n2026-11-27 Day after Thanksgiving | Día después | closed 12:00 to 18:00", ""},
			{who, config.Doc{"line": "commercial", "function": "appeal", "program": "msk", "day": "2026-12-01"}, "plan", "us", "lines", "\ncommercial, appeals, all, us, 2026-12-01, no end", ""},
			{who, config.Doc{"line": "commercial", "function": "appeal", "program": "msk", "day": "2026-11-30"}, "plan", "plan", "lines", "\ncommercial, appeals, all, us, 2026-12-01, no end", ""},
			{program, config.Doc{"type": "docx", "mb": "30", "pages": "10"}, "taken", "refused", "file_types", "", "pdf"},
			{program, config.Doc{"type": "pdf", "mb": "30", "pages": "10"}, "taken", "refused", "file_mb", "", "20"},
			{harbor, config.Doc{"at": "2026-11-24T17:30"}, "open", "closed", "closes", "", "17:00"},
			{harbor, config.Doc{"at": "2026-11-26T10:00"}, "closed", "closed", "closes", "", "17:00"}, // Thanksgiving
			{line, config.Doc{"received": "2026-11-24T10:00", "kind": "urgent", "state": ""}, "2026-11-27T10:00", "2026-11-25T10:00", "urgent_hours", "", "24"},
		} {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				now, err := config.Current(ctx, tx, c.s)
				if err != nil {
					return err
				}
				if err := config.AddCase(ctx, tx, admin, c.s, c.given, c.now, "Agreed with the plan."); err != nil {
					t.Errorf("%s %v: %v %v", c.s.Kind, c.given, err, fault.Of(err).Fields)
					return nil
				}
				draft := maps.Clone(now)
				if draft[c.key] += c.add; c.other != "" {
					draft[c.key] = c.other
				}
				for doc, want := range map[*config.Doc]string{&now: c.now, &draft: c.then} {
					all, err := config.Try(ctx, tx, c.s, *doc)
					if err != nil || len(all) != 1 || all[0].Got != want || all[0].Passed() != (want == c.now) {
						t.Errorf("%s %v: %+v %v, want %s", c.s.Kind, c.given, all, err, want)
						continue
					}
					if err := config.RemoveCase(ctx, tx, admin, config.Subject{Kind: c.s.Kind, ID: "another"}, all[0].ID); err != nil {
						return err
					}
				}
				all, err := config.Try(ctx, tx, c.s, now)
				if err != nil {
					return err
				}
				return config.RemoveCase(ctx, tx, admin, c.s, all[0].ID)
			})
		}
	})
}

// A version by which a test case fails doesn't go live: not now, not at its
// time, not by going back, and not at once without a version.
func TestAFailingTestCaseHoldsAVersionBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clock := dbtest.Clock
		d.Now = func() time.Time { return clock }
		w := scene.New(t, d, 1)
		days := config.CalendarSubject(w.Plan.ID)
		given := config.Doc{"day": "2026-11-27", "counts": "calls"}
		var now config.Doc
		var due config.Due
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = config.Current(ctx, tx, days)
			if err != nil {
				return err
			}
			return config.AddCase(ctx, tx, admin, days, given, "open", "")
		})
		closed := config.Doc{"days": now["days"] + "\n2026-11-27 Day after Thanksgiving | Día después"}
		refused := func(what string, err error) {
			t.Helper()
			const want = "A test case fails. Day: Fri, Nov 27, 2026; For: Calls. Expected: Open. What comes of it: Closed"
			if got := fault.Of(err).Fields[config.AtCases].String(); got != want {
				t.Errorf("%s: %q %v", what, got, err)
			}
		}
		var v config.Version
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) { // who drafts can go on: it holds later
			v, err = config.Save(ctx, tx, admin, days, closed, 0)
			return err
		})
		refused("live", w.Try(func(ctx context.Context, tx *db.Tx) error {
			return config.GoLive(ctx, tx, admin, days, v.Revision, "Asked for.")
		}))
		at := clock.Add(time.Hour)
		schedule := func(ctx context.Context, tx *db.Tx) error {
			return config.Schedule(ctx, tx, admin, days, v.Revision, at, "America/Chicago", "Asked for.")
		}
		refused("scheduled", w.Try(schedule))

		taken := func(ctx context.Context, tx *db.Tx) error {
			all, err := config.Try(ctx, tx, days, now)
			if err != nil {
				return err
			}
			for _, c := range all {
				if err := config.RemoveCase(ctx, tx, admin, days, c.ID); err != nil {
					return err
				}
			}
			return nil
		}
		w.Do(taken)
		w.Do(schedule)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.AddCase(ctx, tx, admin, days, given, "open", "")
		})
		clock = at.Add(time.Minute)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := config.Versions(ctx, tx, admin, days)
			due = config.Due{ID: all[0].ID, Revision: all[0].Revision}
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error { return config.GoLiveDue(ctx, tx, due) })
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := config.Versions(ctx, tx, admin, days)
			if all[0].State != config.Draft || !strings.HasPrefix(all[0].Held, "A test case fails.") {
				t.Errorf("at its time: %+v", all[0])
			}
			v = all[0]
			return err
		})

		w.Do(taken)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.GoLive(ctx, tx, admin, days, v.Revision, "Asked for.")
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.AddCase(ctx, tx, admin, days, given, "closed", "")
		})
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			return config.RollBack(ctx, tx, admin, days, 1, 2, "Wrong.")
		})
		if got := fault.Of(err).Fields[config.AtCases].String(); !strings.Contains(got, "What comes of it: Open") {
			t.Errorf("back: %q %v", got, err)
		}
	})
}

// What is no test case is said at the field, and only administrators keep them.
func TestWhatNoTestCaseIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		days := config.CalendarSubject(w.Plan.ID)
		given := config.Doc{"day": "2026-11-27", "counts": "calls"}
		add := func(by account.Actor, s config.Subject, given config.Doc, expected string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return config.AddCase(ctx, tx, by, s, given, expected, "") })
		}
		for key, err := range map[string]error{
			"day":      add(admin, days, config.Doc{"day": "tomorrow", "counts": "calls"}, "open"),
			"counts":   add(admin, days, config.Doc{"day": "2026-11-27", "counts": "all"}, "open"),
			"expected": add(admin, days, given, "shut"),
			"program":  add(admin, config.DelegationSubject(w.Plan.ID), config.Doc{"line": "commercial", "function": "appeal", "program": "none", "day": "2026-11-27"}, "us"),
		} {
			if fault.Of(err).Fields[key] == "" {
				t.Errorf("%s: %v %v", key, err, fault.Of(err).Fields)
			}
		}
		if err := add(admin, config.Subject{Kind: "question", ID: "x"}, given, "open"); !fault.Is(err, fault.NotFound) {
			t.Errorf("of what can't be asked: %v", err)
		}
		if err := add(admin, config.CalendarSubject("none"), given, "open"); !fault.Is(err, fault.NotFound) {
			t.Errorf("of no plan: %v", err)
		}
		if err := add(account.Actor{ID: "per_x", Seats: []account.Seat{{Role: account.OrgAdmin}}}, days, given, "open"); !fault.Is(err, fault.Denied) {
			t.Errorf("by an office: %v", err)
		}
		if err := add(admin, days, given, "open"); err != nil {
			t.Fatal(err)
		}
		if err := add(admin, days, given, "closed"); fault.Of(err).Fields["expected"] == "" {
			t.Errorf("twice: %v", err)
		}
	})
}

// Whether an organization has what a wave is about doesn't depend on whether the
// wave is turned off by hand just now.
func TestWhomAWaveReachesByATestCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		wave := config.WaveSubject("rll_first")
		doc := config.Usual(wave)
		for key, text := range map[string]string{"feature": plan.MessagesFeature, "plan": "harbor", "program": "msk", "stage": "pilot", "organizations": "Cedar Orthopedics", "from": "2026-11-01"} {
			doc[key] = text
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			v, err := config.Save(ctx, tx, admin, wave, doc, 0)
			if err != nil {
				return err
			}
			return config.GoLive(ctx, tx, admin, wave, v.Revision, "Begin.")
		})
		got := func() (all []string) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				for _, c := range []struct{ office, day string }{{"Cedar Orthopedics", "2026-11-01"}, {"Cedar Orthopedics", "2026-10-31"}, {"Birch Cardiology", "2026-11-01"}} {
					if err := config.AddCase(ctx, tx, admin, wave, config.Doc{"office": c.office, "line": "commercial", "state": "", "day": c.day}, "has", ""); err != nil {
						return err
					}
				}
				tried, err := config.Try(ctx, tx, wave, doc)
				for _, c := range tried {
					all = append(all, c.Got)
					if err := config.RemoveCase(ctx, tx, admin, wave, c.ID); err != nil {
						return err
					}
				}
				return err
			})
			return all
		}
		if all := got(); !slices.Equal(all, []string{"has", "not", "not"}) {
			t.Errorf("as it is: %v", all)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return plan.Stop(ctx, tx, admin, wave.ID, "It fails.", plan.Said{Text: "Call us.", ES: "Llámenos."}, "(800) 555-0100")
		})
		if all := got(); !slices.Equal(all, []string{"has", "not", "not"}) {
			t.Errorf("turned off: %v", all)
		}
	})
}
