package peer_test

import (
	"context"
	"path/filepath"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/secret"
	"parley/internal/scene"
)

// The calls to come of somebody who left are a colleague's, who hears of them;
// so are the orders. What is over stays as it was.
func TestCallsOfWhoLeftAreAColleagues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[9])
		if err != nil {
			t.Fatal(err)
		}
		var dana account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			dana, err = w.Person(ctx, tx, "Dana", "Cole", w.Office.ID, account.OrgAdmin)
			return err
		})
		held := func(who account.Actor) (n int) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = peer.HeldBy(ctx, tx, w.Office.ID, who.ID)
				return err
			})
			return n
		}
		if held(w.Maria) != 1 || held(dana) != 0 {
			t.Fatalf("%d and %d calls", held(w.Maria), held(dana))
		}
		left := account.Left{PersonID: w.Maria.ID, OrganizationID: w.Office.ID, To: dana.ID}
		for range 2 { // a job may run again
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				if err := order.FollowLeft(ctx, tx, left); err != nil {
					return err
				}
				return peer.FollowLeft(ctx, tx, left)
			})
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			now, err := peer.ByID(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			if now.ArrangerID != dana.ID || now.ArrangerEmail != dana.Email || now.ArrangerName != "Dana Cole" {
				t.Errorf("arranged by %s, %s", now.ArrangerName, now.ArrangerEmail)
			}
			all, err := peer.Events(ctx, tx, now)
			if len(all) == 0 || all[0].Text.String() != "Maria Chen left. Dana Cole goes on with it." || len(all) > 1 && all[1].Kind == all[0].Kind {
				t.Errorf("%+v", all)
			}
			mine, findErr := order.ByID(ctx, tx, dana, o.ID)
			if findErr != nil || mine.Contact.Email != dana.Email || mine.Contact.Name != "Dana Cole" {
				t.Errorf("%+v, %v", mine.Contact, findErr)
			}
			return err
		})
		if held(w.Maria) != 0 || held(dana) != 1 {
			t.Errorf("%d and %d calls", held(w.Maria), held(dana))
		}
	})
}

// The calendar of a location shows nothing once its organization's people see
// only their own, and shows it again when that ends.
func TestALocationsCalendarFollowsWhoSeesWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		box, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		var dana account.Actor
		var token string
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if dana, err = w.Person(ctx, tx, "Dana", "Cole", w.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			if err = peer.NewPlaceFeed(ctx, tx, box, w.Maria, w.North.ID); err != nil {
				return err
			}
			all, err := peer.PlaceFeeds(ctx, tx, box, w.Maria)
			token = all[0].Token
			return err
		})
		for _, step := range []struct {
			sees string
			open bool
		}{{"all", true}, {"own", false}, {"location", true}} {
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				if err := account.SetSees(ctx, tx, dana, w.Office.ID, step.sees); err != nil {
					return err
				}
				_, _, err := peer.ReadFeed(ctx, tx, token)
				if fault.Is(err, fault.NotFound) != !step.open {
					t.Errorf("%s: %v", step.sees, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
