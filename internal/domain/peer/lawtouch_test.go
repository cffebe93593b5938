package peer_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A rule that is to be finds the calls to come that lack what it asks, and who
// would still match.
func TestWhatARuleWouldFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		orderedBy(w, "Orthopedic surgery")
		change(w, 0, func(r *review.Reviewer) { r.Licenses[0].State = "OH" })
		change(w, 1, func(r *review.Reviewer) { r.Licenses[0].State = "OH" })
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0])
		if err != nil || c.Tier != peer.TierSame {
			t.Fatal(c.Tier, err)
		}
		change(w, 1, func(r *review.Reviewer) { r.Licenses[0].State = "TX" })
		off, elsewhere, any, otherLine := texas, texas, texas, texas
		off.Off, elsewhere.State, any.NeedsTier, otherLine.Line = true, "OH", 0, "medicaid"
		for _, want := range []struct {
			peer.Rule
			calls, lacking, matches int
		}{{texas, 1, 1, 1}, {off, 1, 0, 1}, {elsewhere, 0, 0, 1}, {any, 1, 1, 2}, {otherLine, 0, 0, 1}} {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				got, err := want.Find(ctx, tx, account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.Admin}}})
				if err != nil || got.Calls != want.calls || len(got.Lacking) != want.lacking {
					t.Errorf("%+v: %+v %v", want.Rule, got, err)
				}
				if len(got.Lacking) > 0 && (got.Lacking[0].Number != c.Number || got.Lacking[0].Reviewer == "") {
					t.Errorf("%+v", got.Lacking)
				}
				if len(got.Pools) != 1 || got.Pools[0].Takes != 2 || got.Pools[0].Matches != want.matches || got.Pools[0].Matching*2 != got.Pools[0].Minutes*want.matches || got.Pools[0].Minutes == 0 {
					t.Errorf("%+v", got.Pools)
				}
				return err
			})
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { _, err := texas.Find(ctx, tx, w.Maria); return err }); !fault.Is(err, fault.Denied) {
			t.Errorf("an office looked: %v", err)
		}
	})
}
