package config_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var texas = config.Doc{"state": "TX", "line": "commercial", "code": "tx_match", "from": "2026-01-01", "to": "", "used": "yes", "needs_tier": "1",
	"citation": "28 TAC §19.1710", "sentence": "Texas asks for a Texas license.", "statement": "The physician wants to go ahead"}

// A rule of a state is drafted, goes live, is tightened, turned off and taken
// back; another of the same day is refused.
func TestARuleOfAStateHasALife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		s := config.RuleSubject(db.NewID("mrl"))
		seen := 0
		live := func(number int, changes config.Doc) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				doc := maps.Clone(texas)
				maps.Copy(doc, changes)
				v, err := config.Save(ctx, tx, admin, s, doc, 0)
				if err != nil {
					return err
				}
				seen = number
				return config.GoLive(ctx, tx, admin, s, v.Revision, "The law.")
			})
		}
		rules := func() (all []peer.Rule) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) { all, err = peer.Rules(ctx, tx); return err })
			return all
		}
		for field, wrong := range map[string]config.Doc{"state": {"state": ""}, "code": {"code": "TX match"}, "from": {"from": "soon"}, "to": {"to": "2025-12-31"}, "needs_tier": {"needs_tier": "4"},
			"citation": {"citation": ""}, "sentence": {"sentence": ""}, "statement": {"statement": "", "needs_tier": "0"}} {
			if err := live(0, wrong); fault.Of(err).Fields[field] == "" {
				t.Errorf("%s: %v %v", field, err, fault.Of(err).Fields)
			}
		}
		if err := live(1, nil); err != nil || len(rules()) != 1 || rules()[0].NeedsTier != 1 {
			t.Fatalf("%v %+v", err, rules())
		}
		if err := live(2, config.Doc{"code": "other"}); fault.Of(err).Fields["code"] == "" {
			t.Errorf("it became another: %v", err)
		}
		if err := live(2, config.Doc{"used": "", "from": "2026-02-01"}); err != nil || !rules()[0].Off || rules()[0].From != (civil.Date{Year: 2026, Month: 2, Day: 1}) {
			t.Errorf("%v %+v", err, rules())
		}
		other := s
		s = config.RuleSubject(db.NewID("mrl"))
		if err := live(1, config.Doc{"from": "2026-02-01"}); fault.Of(err).Fields["from"] == "" {
			t.Errorf("two of one day: %v", err)
		}
		s = other
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.RollBack(ctx, tx, admin, s, 1, seen, "Too soon.")
		})
		if got := rules(); len(got) != 1 || got[0].Off || got[0].From.Month != 1 {
			t.Errorf("%+v", got)
		}
		r := rules()[0]
		w.Do(func(ctx context.Context, tx *db.Tx) error { // what a file sets is a version, too
			r.ID, r.Citation = "", "28 TAC §19.1711"
			if err := peer.SaveRule(ctx, tx, account.Program(), r); err != nil {
				return err
			}
			if err := config.Witness(ctx, tx, account.Program(), s, "Set by a file."); err != nil {
				return err
			}
			all, err := config.Versions(ctx, tx, admin, s)
			if len(all) != 4 || all[0].Doc["citation"] != r.Citation {
				t.Errorf("%d versions, %+v", len(all), all[0])
			}
			return err
		})
	})
}

// What a rule asks of a call by who would take it.
func TestWhatARuleAsks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		s := config.RuleSubject(db.NewID("mrl"))
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := config.Save(ctx, tx, admin, s, texas, 0)
			return err
		})
		for _, c := range []struct {
			given  config.Doc
			change config.Doc
			want   string
		}{
			{config.Doc{"line": "commercial", "day": "2026-11-24", "reviewer": "1"}, nil, "free"},
			{config.Doc{"line": "commercial", "day": "2026-11-24", "reviewer": "2"}, nil, "stated"},
			{config.Doc{"line": "commercial", "day": "2026-11-24", "reviewer": "3"}, config.Doc{"statement": ""}, "no"},
			{config.Doc{"line": "medicaid", "day": "2026-11-24", "reviewer": "3"}, nil, "free"},
			{config.Doc{"line": "commercial", "day": "2025-11-24", "reviewer": "3"}, nil, "free"},
			{config.Doc{"line": "commercial", "day": "2026-11-25", "reviewer": "3"}, config.Doc{"used": ""}, "free"},
			{config.Doc{"line": "commercial", "day": "2026-11-26", "reviewer": "1"}, config.Doc{"needs_tier": "0"}, "stated"},
		} {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				if err := config.AddCase(ctx, tx, admin, s, c.given, c.want, ""); err != nil {
					return err
				}
				doc := maps.Clone(texas)
				maps.Copy(doc, c.change)
				all, err := config.Try(ctx, tx, s, doc)
				if err != nil || len(all) != 1 || !all[0].Passed() {
					t.Errorf("%v: %+v %v", c, all, err)
					return err
				}
				return config.RemoveCase(ctx, tx, admin, s, all[0].ID)
			})
		}
	})
}
