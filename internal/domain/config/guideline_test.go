package config_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/guideline"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A guideline gets a new version: refused with its mistakes, drafted though its
// own tests fail, held back by them, live, and taken back.
func TestAGuidelineHasALife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		w.Publish("lumbar-mri")
		s := config.GuidelineSubject("lumbar-mri")
		var now config.Doc
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) { now, err = config.Current(ctx, tx, s); return err })
		first, _ := config.GuidelineOf(now)
		renamed := strings.Replace(now["text"], `"version": "`+first.Version+`"`, `"version": "own"`, 1)
		seen := 0
		save := func(text string) (v config.Version, err error) {
			return v, w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				v, err = config.Save(ctx, tx, admin, s, config.Doc{"text": text}, seen)
				seen = v.Revision
				return err
			})
		}
		live := func(v config.Version) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return config.GoLive(ctx, tx, admin, s, v.Revision, "New evidence.")
			})
		}
		for text, want := range map[string]string{"{": "is not JSON", strings.Replace(now["text"], `"lumbar-mri"`, `"other"`, 1): "must stay lumbar-mri",
			strings.Replace(now["text"], `"about"`, `"abbout"`, 1): "abbout: is not supported", strings.Replace(now["text"], first.About, "Another.", 1): "published already and can't change"} {
			if _, err := save(text); !strings.Contains(fault.Of(err).Fields["text"].String(), want) {
				t.Errorf("%s: %v", want, err)
			}
			seen = 0
		}
		v, err := save(strings.Replace(renamed, `"outcome": "approve"`, `"outcome": "person"`, 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := live(v); !strings.Contains(fault.Of(err).Fields["text"].String(), "own tests is not as it should be") {
			t.Errorf("its own tests: %v", fault.Of(err).Fields)
		}
		if v, err = save(strings.Replace(renamed, first.About, "Another.", 1)); err != nil {
			t.Fatal(err)
		}
		if all := config.Diff(s, now, v.Doc); len(all) != 2 || all[0].Label != "Version" || all[1].Label != "About" || all[1].Is != "Another." {
			t.Errorf("it says %+v", all)
		}
		holds := func() (version string) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				p, err := guideline.For(ctx, tx, w.Plan.ID, w.Program.ID, first.Codes[0], civil.DateIn(dbtest.Clock, time.UTC))
				if err == nil {
					version = p.Version.Version
				}
				return err
			})
			return version
		}
		if err := live(v); err != nil || holds() != "own" {
			t.Fatalf("%v, %s holds", err, holds())
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.RollBack(ctx, tx, admin, s, 1, 2, "Too soon.")
		})
		if got := holds(); got != first.Version {
			t.Errorf("%s holds after going back", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := guideline.Every(ctx, tx)
			if err != nil || len(all) != 2 || all[0].Back == all[1].Back {
				t.Errorf("%d versions, %v", len(all), err)
			}
			return config.RollBack(ctx, tx, admin, s, 2, 3, "Again.")
		})
		if got := holds(); got != "own" {
			t.Errorf("%s holds after it came again", got)
		}
	})
}

// What a file publishes is a version, and a questionnaire by itself takes the
// place of a guideline's own.
func TestAGuidelineFromAFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		all, err := guideline.Library()
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p, fresh, err := config.PublishGuideline(ctx, tx, account.Program(), all[0].Text())
			if err != nil || !fresh {
				t.Fatal(err)
			}
			versions, err := config.Versions(ctx, tx, admin, config.GuidelineSubject(p.ID))
			if len(versions) != 1 || versions[0].Why != "Set by a file." {
				t.Errorf("%+v", versions)
			}
			if _, err := config.NewGuidelineID(ctx, tx, versions[0].Doc); !strings.Contains(fault.Of(err).Fields["text"].String(), "already") {
				t.Errorf("another of the same id: %v", err)
			}
			if _, _, err := config.PublishGuideline(ctx, tx, account.Program(), []byte("{")); !fault.Is(err, fault.Invalid) {
				t.Errorf("no guideline: %v", err)
			}
			doc, ok := config.WithQuestionnaire(versions[0].Doc, `{"resourceType": "Questionnaire", "title": "Another"}`)
			if !ok || !strings.Contains(doc["text"], `"title": "Another"`) || len(doc["text"]) >= len(versions[0].Doc["text"]) {
				t.Error("the questionnaire isn't there")
			}
			if _, ok := config.WithQuestionnaire(versions[0].Doc, string(all[0].Text())); ok {
				t.Error("a guideline is no questionnaire")
			}
			return err
		})
	})
}
