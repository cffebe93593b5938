package config_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/deadline"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A pack that comes with the program gets a version of one's own, held to a test
// case, and the shipped one comes back. Orders keep what they began with.
func TestARulePackHasALife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		o := w.Order()
		s := config.PackSubject("erisa")
		var now config.Doc
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) { now, err = config.Current(ctx, tx, s); return err })
		shipped, _ := config.PackOf(now)
		drafted := strings.Replace(strings.Replace(now["text"], `"within": "15 calendar days"`, `"within": "2 calendar days"`, 1), `"version": "`+shipped.Version+`"`, `"version": "own"`, 1)
		if !strings.Contains(drafted, "2 calendar days") {
			t.Fatal("the draft is the same")
		}
		given := config.Doc{"received": "2026-11-24T10:00", "kind": "standard", "channel": "electronic", "asked": "", "answered": ""}
		save := func(text string) (v config.Version, err error) {
			return v, w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				v, err = config.Save(ctx, tx, admin, s, config.Doc{"text": text}, 0)
				return err
			})
		}
		for text, want := range map[string]string{"": "Line 1: enter", "{": "Line 1", strings.Replace(now["text"], `"erisa"`, `"other"`, 1): "must stay erisa",
			strings.Replace(now["text"], "15 calendar days", "9 calendar days", 1): "published with other words"} {
			if _, err := save(text); !strings.Contains(fault.Of(err).Fields["text"].String(), want) {
				t.Errorf("%s: %v", want, fault.Of(err).Fields)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.AddCase(ctx, tx, admin, s, given, "2026-12-09T10:00", "")
		})
		v, err := save(drafted)
		if err != nil {
			t.Fatal(err)
		}
		if all := config.Diff(s, now, v.Doc); len(all) != 2 || all[0].Label != "Version" || all[1].Was != "15 calendar days" || all[1].Is != "2 calendar days" {
			t.Errorf("it says %+v", all)
		}
		live := func(ctx context.Context, tx *db.Tx) error {
			return config.GoLive(ctx, tx, admin, s, v.Revision, "The law changed.")
		}
		if err := w.Try(live); !strings.Contains(fault.Of(err).Fields[config.AtCases].String(), "A test case fails") {
			t.Errorf("the test case: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := config.Cases(ctx, tx, s)
			if err != nil {
				return err
			}
			if err := config.RemoveCase(ctx, tx, admin, s, all[0].ID); err != nil {
				return err
			}
			asked := config.Doc{"received": "2026-11-24T10:00", "kind": "standard", "channel": "electronic", "asked": "2026-11-25T10:00", "answered": "2026-11-24T11:00"}
			if err := config.AddCase(ctx, tx, admin, s, asked, "2026-11-26T10:00", ""); fault.Of(err).Fields["answered"] == "" {
				t.Errorf("answered before: %v", err)
			}
			return config.AddCase(ctx, tx, admin, s, given, "2026-11-26T10:00", "")
		})
		holds := func() (version string) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				k, err := deadline.Of(ctx, tx, string(o.ID))
				if err != nil {
					return err
				}
				for _, l := range k.Limits {
					if l.Pack.ID == "erisa" && l.Pack.Version != shipped.Version {
						t.Errorf("the order began to count by %s", l.Pack.Ref())
					}
				}
				all, err := deadline.Packs(ctx, tx)
				version = deadline.Current(all, "erisa", civil.DateIn(dbtest.Clock, time.UTC)).Version
				return err
			})
			return version
		}
		w.Do(live)
		if holds() != "own" {
			t.Error("the draft isn't live")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := config.Cases(ctx, tx, s)
			if err == nil {
				err = config.RemoveCase(ctx, tx, admin, s, all[0].ID)
			}
			if err == nil {
				err = config.RollBack(ctx, tx, admin, s, 1, 2, "Too soon.")
			}
			return err
		})
		if got := holds(); got != shipped.Version {
			t.Errorf("%s holds after going back", got)
		}
	})
}

// What a file publishes is kept as a version.
func TestPacksOfAFileAreVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		const text = `[{"id": "lake", "version": "1", "name": "Lakeland", "basis": "contract", "source": "Contract 12", "from": "2026-01-01",
			"rules": [{"id": "standard", "kinds": ["standard"], "within": "3 business days", "sentence": "We decide within 3 business days.", "citation": "4.2"}]}]`
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := config.PublishPacks(ctx, tx, account.Program(), []byte(text))
			if err != nil || n != 1 {
				t.Errorf("%d %v", n, err)
			}
			all, err := config.Versions(ctx, tx, admin, config.PackSubject("lake"))
			if len(all) != 1 || all[0].Why != "Set by a file." {
				t.Errorf("%+v", all)
			}
			if _, err := config.NewPackID(ctx, tx, all[0].Doc); !strings.Contains(fault.Of(err).Fields["text"].String(), "already") {
				t.Errorf("another of the same id: %v", err)
			}
			if _, err := config.PublishPacks(ctx, tx, account.Program(), []byte("[")); !fault.Is(err, fault.Invalid) {
				t.Errorf("no packs: %v", err)
			}
			return err
		})
	})
}
