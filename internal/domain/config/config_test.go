package config

import (
	"context"
	"maps"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var (
	omar   = account.Actor{ID: "per_omar", Name: "Omar Ali", Seats: []account.Seat{{Role: account.Admin}}}
	pat    = account.Actor{ID: "per_pat", Name: "Pat Reyes", Seats: []account.Seat{{Role: account.Admin}}}
	office = account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}}
)

// A world is a database with a program in it.
type world struct {
	*testing.T
	d *db.DB
	s Subject
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := &world{t, d, Subject{Kind: "program"}}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			p, err := plan.SaveProgram(ctx, tx, omar, plan.Program{Code: "imaging", Name: "Imaging", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5, NoticeMinutes: 60})
			w.s.ID = string(p.ID)
			return err
		})
		f(w)
	})
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := w.try(f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) try(f func(ctx context.Context, tx *db.Tx) error) error {
	return w.d.Update(context.Background(), func(tx *db.Tx) error { return f(context.Background(), tx) })
}

func (w *world) now() (d Doc) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) { d, err = Current(ctx, tx, w.s); return err })
	return d
}

// draft saves what is live with some fields changed.
func (w *world) draft(by account.Actor, seen int, changes Doc) (v Version) {
	w.Helper()
	d := w.now()
	maps.Copy(d, changes)
	w.do(func(ctx context.Context, tx *db.Tx) (err error) { v, err = Save(ctx, tx, by, w.s, d, seen); return err })
	return v
}

func (w *world) versions() (all []Version) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) { all, err = Versions(ctx, tx, omar, w.s); return err })
	return all
}

func TestADraftGoesLiveAndBack(t *testing.T) {
	each(t, func(w *world) {
		v := w.draft(omar, 0, Doc{"slot_minutes": "60", "description": " Pictures "})
		if w.now()["slot_minutes"] != "30" {
			t.Error("a draft holds already")
		}
		if v.Doc["description"] != "Pictures" {
			t.Errorf("not tidied: %q", v.Doc["description"])
		}
		if err := w.try(func(ctx context.Context, tx *db.Tx) error { return GoLive(ctx, tx, omar, w.s, v.Revision, " ") }); fault.Of(err).Fields["why"] == "" {
			t.Errorf("no reason: %v", err)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			return GoLive(ctx, tx, pat, w.s, v.Revision, "The plan asked for it.")
		})
		if w.now()["slot_minutes"] != "60" {
			t.Error("it doesn't hold")
		}
		all := w.versions()
		if len(all) != 2 || all[0].Number != 2 || all[0].State != Live || all[0].ByName != "Pat Reyes" || all[0].Why != "The plan asked for it." || all[1].State != Past || all[1].EndedAt == nil {
			t.Fatalf("%+v", all)
		}
		if err := w.try(func(ctx context.Context, tx *db.Tx) error { return RollBack(ctx, tx, omar, w.s, 1, 1, "A mistake.") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("rolled back from what isn't live: %v", err)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error { return RollBack(ctx, tx, omar, w.s, 1, 2, "A mistake.") })
		if all = w.versions(); len(all) != 3 || all[0].Number != 3 || !maps.Equal(all[0].Doc, all[2].Doc) || w.now()["slot_minutes"] != "30" {
			t.Errorf("%+v", all)
		}
		if got := Diff(w.s, all[1].Doc, all[0].Doc); len(got) != 2 || got[1] != (Change{"slot_minutes", "Length of a call", "60 minutes", "30 minutes"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestTwoAdministratorsAtOnce(t *testing.T) {
	each(t, func(w *world) {
		first := w.draft(omar, 0, Doc{"slot_minutes": "60"})
		again := func(by account.Actor, seen int) error {
			return w.try(func(ctx context.Context, tx *db.Tx) error {
				_, err := Save(ctx, tx, by, w.s, first.Doc, seen)
				return err
			})
		}
		if err := again(pat, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second draft: %v", err)
		}
		if err := again(pat, 1); err != nil {
			t.Error(err)
		}
		if err := again(omar, 1); !fault.Is(err, fault.Conflict) {
			t.Errorf("over what Pat saved: %v", err)
		}
		if err := w.try(func(ctx context.Context, tx *db.Tx) error { return GoLive(ctx, tx, omar, w.s, 1, "x") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("live as it wasn't seen: %v", err)
		}
		// Meanwhile a file sets another field and one of the same.
		w.do(func(ctx context.Context, tx *db.Tx) error {
			p, err := plan.GetProgram(ctx, tx, plan.ProgramID(w.s.ID))
			p.SlotMinutes, p.HoldMinutes = 15, 9
			if err == nil {
				_, err = plan.SaveProgram(ctx, tx, account.Program(), p)
			}
			return err
		})
		if err := w.try(func(ctx context.Context, tx *db.Tx) error { return GoLive(ctx, tx, omar, w.s, 2, "x") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("live over what a file set: %v", err)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error { return Refresh(ctx, tx, omar, w.s, 2) })
		w.do(func(ctx context.Context, tx *db.Tx) error { return GoLive(ctx, tx, omar, w.s, 3, "Both.") })
		if now := w.now(); now["slot_minutes"] != "60" || now["hold_minutes"] != "9" {
			t.Errorf("%v", now)
		}
	})
}

func TestAScheduledVersionGoesLiveOnce(t *testing.T) {
	each(t, func(w *world) {
		v := w.draft(omar, 0, Doc{"slot_minutes": "60"})
		at := dbtest.Clock.Add(time.Hour)
		schedule := func(seen int, at time.Time) error {
			return w.try(func(ctx context.Context, tx *db.Tx) error {
				return Schedule(ctx, tx, omar, w.s, seen, at, "America/Chicago", "Agreed.")
			})
		}
		if err := schedule(1, dbtest.Clock); fault.Of(err).Fields["at"] == "" {
			t.Errorf("in the past: %v", err)
		}
		if err := schedule(1, at); err != nil {
			t.Fatal(err)
		}
		due := func(d Due) {
			t.Helper()
			w.do(func(ctx context.Context, tx *db.Tx) error { return GoLiveDue(ctx, tx, d) })
		}
		due(Due{v.ID, 2})
		if w.now()["slot_minutes"] != "30" {
			t.Error("before its time")
		}
		if err := w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := Save(ctx, tx, pat, w.s, v.Doc, 2)
			return err
		}); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed while scheduled: %v", err)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error { return Unschedule(ctx, tx, pat, w.s, 2) })
		if err := schedule(3, at); err != nil {
			t.Fatal(err)
		}
		w.d.Now = func() time.Time { return at }
		due(Due{v.ID, 2}) // of the first schedule
		if w.now()["slot_minutes"] != "30" {
			t.Error("by the job of a schedule that was called off")
		}
		due(Due{v.ID, 4})
		due(Due{v.ID, 4})
		if all := w.versions(); len(all) != 2 || all[0].State != Live || all[0].ByName != "Omar Ali" || w.now()["slot_minutes"] != "60" {
			t.Errorf("%+v", all)
		}
	})
}

// What others changed meanwhile isn't overwritten by a clock: other fields are
// kept, and the same one holds it back.
func TestAScheduledVersionKeepsWhatOthersChanged(t *testing.T) {
	for field, held := range map[string]bool{"hold_minutes": false, "slot_minutes": true} {
		t.Run(field, func(t *testing.T) {
			each(t, func(w *world) {
				v := w.draft(omar, 0, Doc{"slot_minutes": "60"})
				at := dbtest.Clock.Add(time.Hour)
				w.do(func(ctx context.Context, tx *db.Tx) error {
					if err := Schedule(ctx, tx, omar, w.s, 1, at, "America/Chicago", "Agreed."); err != nil {
						return err
					}
					p, err := plan.GetProgram(ctx, tx, plan.ProgramID(w.s.ID))
					if field == "hold_minutes" {
						p.HoldMinutes = 15
					} else {
						p.SlotMinutes = 15
					}
					if err == nil {
						_, err = plan.SaveProgram(ctx, tx, account.Program(), p)
					}
					return err
				})
				w.d.Now = func() time.Time { return at }
				w.do(func(ctx context.Context, tx *db.Tx) error { return GoLiveDue(ctx, tx, Due{v.ID, 2}) })
				all, now := w.versions(), w.now()
				if held && (all[0].State != Draft || all[0].Held != "Somebody changed the same meanwhile: Length of a call." || now["slot_minutes"] != "15") {
					t.Errorf("not held: %+v", all[0])
				}
				if !held && (all[0].State != Live || now["slot_minutes"] != "60" || now["hold_minutes"] != "15") {
					t.Errorf("not merged: %+v", all[0])
				}
			})
		})
	}
}

func TestWhatCantBeSet(t *testing.T) {
	each(t, func(w *world) {
		save := func(s Subject, d Doc) error {
			return w.try(func(ctx context.Context, tx *db.Tx) error { _, err := Save(ctx, tx, omar, s, d, 0); return err })
		}
		change := func(d Doc, changes Doc) Doc {
			d = maps.Clone(d)
			maps.Copy(d, changes)
			return d
		}
		fresh := Subject{"program", "prg_new"}
		for field, d := range map[string]Doc{
			"name": {"name": ""}, "look_ahead_days": {"look_ahead_days": "61"}, "slot_minutes": {"slot_minutes": "20"}, "hold_minutes": {"hold_minutes": "x"},
			"file_types": {"file_types": "exe"}, "quality_percent": {"quality_percent": "101"}, "code": {"code": "cardiology"},
		} {
			if err := save(w.s, change(w.now(), d)); fault.Of(err).Fields[field] == "" {
				t.Errorf("nothing at %s: %v", field, err)
			}
		}
		if err := save(fresh, change(Usual(fresh), Doc{"name": "Other", "code": "imaging"})); fault.Of(err).Fields["code"].String() != "This code is already used by Imaging" {
			t.Errorf("%v", err)
		}
		health := Subject{"plan", "pln_new"}
		for field, d := range map[string]Doc{"phone": {}, "closes": {"closes": "7:00"}, "opens": {"opens": "early"}, "time_zone": {"time_zone": "Mars"}, "code": {"code": "A B"}} {
			if err := save(health, change(Usual(health), d)); fault.Of(err).Fields[field] == "" {
				t.Errorf("nothing at %s: %v", field, err)
			}
		}
		if err := save(LineSubject("pln_none", "commercial"), Doc{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a line of no plan: %v", err)
		}
		if err := save(Subject{"king", "x"}, Doc{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("no kind: %v", err)
		}
		for name, f := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"save": func(ctx context.Context, tx *db.Tx) error { _, err := Save(ctx, tx, office, w.s, Doc{}, 0); return err },
			"live": func(ctx context.Context, tx *db.Tx) error { return GoLive(ctx, tx, office, w.s, 1, "x") },
			"schedule": func(ctx context.Context, tx *db.Tx) error {
				return Schedule(ctx, tx, office, w.s, 1, tx.Now(), "", "x")
			},
			"unschedule": func(ctx context.Context, tx *db.Tx) error { return Unschedule(ctx, tx, office, w.s, 1) },
			"drop":       func(ctx context.Context, tx *db.Tx) error { return Drop(ctx, tx, office, w.s, 1) },
			"refresh":    func(ctx context.Context, tx *db.Tx) error { return Refresh(ctx, tx, office, w.s, 1) },
			"roll back":  func(ctx context.Context, tx *db.Tx) error { return RollBack(ctx, tx, office, w.s, 1, 2, "x") },
			"versions":   func(ctx context.Context, tx *db.Tx) error { _, err := Versions(ctx, tx, office, w.s); return err },
			"pending":    func(ctx context.Context, tx *db.Tx) error { _, err := Pending(ctx, tx, office); return err },
		} {
			if err := w.try(f); !fault.Is(err, fault.Denied) {
				t.Errorf("an office, %s: %v", name, err)
			}
		}
	})
}

// A new plan with a type of plan comes to be by the same way.
func TestANewPlanAndItsLine(t *testing.T) {
	each(t, func(w *world) {
		live := func(s Subject, d Doc) {
			t.Helper()
			w.do(func(ctx context.Context, tx *db.Tx) error {
				if _, err := Save(ctx, tx, omar, s, d, 0); err != nil {
					return err
				}
				return GoLive(ctx, tx, omar, s, 1, "New.")
			})
		}
		s := Subject{"plan", db.NewID("pln")}
		d := Usual(s)
		d["name"], d["code"], d["phone"], d["closes"] = "Bay Health", "bay", "(800) 555-0101", "24:00"
		live(s, d)
		l := LineSubject(plan.ID(s.ID), "medicaid")
		d = Usual(l)
		d["rule_packs"] = "erisa, illinois"
		live(l, d)
		w.do(func(ctx context.Context, tx *db.Tx) error {
			got, err := plan.GetLine(ctx, tx, plan.ID(s.ID), "medicaid")
			if got.RulePacks != "erisa,illinois" || got.Name != "Medicaid" {
				t.Errorf("%+v", got)
			}
			return err
		})
		if err := w.try(func(ctx context.Context, tx *db.Tx) error {
			d["rule_packs"] = "nowhere"
			_, err := Save(ctx, tx, omar, l, d, 0)
			return err
		}); fault.Of(err).Fields["rule_packs"] == "" {
			t.Errorf("%v", err)
		}
		w.s = s
		now := w.now()
		if got := Reads(s, now); len(got) < 2 {
			t.Errorf("%q", got)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := Save(ctx, tx, omar, s, now, 0); err != nil {
				return err
			}
			return Drop(ctx, tx, omar, s, 1)
		})
		if all := w.versions(); len(all) != 1 {
			t.Errorf("a dropped draft is shown: %+v", all)
		}
	})
}
