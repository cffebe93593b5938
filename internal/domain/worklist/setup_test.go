package worklist_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func TestWhatAnInstallationHas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		admin := account.Actor{ID: "per_a", Seats: []account.Seat{{Role: account.Admin}}}
		look := func(by account.Actor) (s worklist.Setup, err error) {
			err = d.View(ctx, func(tx *db.Tx) (err error) { s, err = worklist.SetupOf(ctx, tx, by); return err })
			return s, err
		}
		if s, err := look(admin); err != nil || s != (worklist.Setup{}) {
			t.Errorf("an empty one: %+v, %v", s, err)
		}
		w := scene.New(t, d, 2)
		w.Lists()
		s, err := look(admin)
		if err != nil || s.Types != 1 || s.Programs != 1 || s.Reviewers != 2 || s.Offices != 2 || s.Waves == 0 || s.Procedures == 0 || !s.Coverages || !s.Diagnoses {
			t.Errorf("%+v, %v", s, err)
		}
		if _, err := look(w.Maria); !fault.Is(err, fault.Denied) {
			t.Errorf("an office: %v", err)
		}
	})
}
