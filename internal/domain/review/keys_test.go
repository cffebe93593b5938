package review_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Keys are off until somebody turns them on, are theirs alone, and no key does
// two things.
func TestKeysAreChosen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, doctor := staff(w, "Noor", account.Nurse), w.Reviewers[0]
		keys := func(by account.Actor) (k review.Keys) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				k, err = review.KeysOf(ctx, tx, by)
				return err
			})
			return k
		}
		save := func(on bool, of map[string]string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.SaveKeys(ctx, tx, nurse, on, of) })
		}
		if k := keys(nurse); k.Asked || k.On || k.Of["next"] != "n" {
			t.Errorf("before anybody said: %+v", k)
		}
		for field, of := range map[string]map[string]string{"next": {"next": "nn"}, "up": {"up": "j"}, "evidence": {"evidence": "é"}} {
			if err := save(true, of); fault.Of(err).Fields[field] == "" {
				t.Errorf("nothing is wrong with %v: %v", of, err)
			}
		}
		if err := save(true, map[string]string{"next": "W", "down": "n"}); err != nil {
			t.Fatal(err)
		}
		if k := keys(nurse); !k.Asked || !k.On || k.Of["next"] != "w" || k.Of["down"] != "n" || k.Of["up"] != "k" {
			t.Errorf("%+v", k)
		}
		if k := keys(doctor); k.Asked {
			t.Errorf("another has %+v", k)
		}
		if err := save(false, nil); err != nil || keys(nurse).On || !keys(nurse).Asked {
			t.Errorf("off: %v", err)
		}
	})
}
