package request_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A draft that nobody touches is spoken of 7, 2 and 0 days before it expires,
// once each, can be brought back for 30 days, and is then gone with all that
// was said on it.
func TestADraftsLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		if _, err := answer(w, w.Maria, r, meets, 1); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if r, err = request.Get(ctx, tx, w.Maria, r.Number); err != nil {
				return err
			}
			return request.KeepTyped(ctx, tx, w.Maria, r, "order", url.Values{"service": {"72148"}})
		})
		said := map[int][]int{}
		for day := 0; day <= 46; day++ {
			d.Now = func() time.Time { return dbtest.Clock.Add(time.Duration(day) * 24 * time.Hour) }
			for range 2 { // a sweep that runs again finds nothing to do
				w.Do(request.Sweep)
			}
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				n, err := db.Count(ctx, tx, `select count(*) from job where kind = 'request.expiring'`)
				said[n] = append(said[n], day)
				return err
			})
		}
		first := func(n int) int { return slices.Min(said[n]) }
		if first(1) != 8 || first(2) != 13 || first(3) != 14 || len(said) != 4 {
			t.Errorf("reminders by number: %v", said)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, table := range []string{"request", "request_kept", "guideline_response", "guideline_answer"} {
				if n, err := db.Count(ctx, tx, `select count(*) from `+table); err != nil || n != 0 {
					t.Errorf("%d rows remain in %s, %v", n, table, err)
				}
			}
			return nil
		})
	})
}

func TestAnExpiredDraftCanBeBroughtBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		d.Now = func() time.Time { return dbtest.Clock.Add(40 * 24 * time.Hour) }
		w.Do(request.Sweep)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			open, err := request.Drafts(ctx, tx, w.Maria, false)
			if err != nil {
				return err
			}
			gone, err := request.Drafts(ctx, tx, w.Maria, true)
			if err != nil || len(open) != 0 || len(gone) != 1 {
				t.Fatalf("%d open, %d deleted, %v", len(open), len(gone), err)
			}
			back, err := request.Restore(ctx, tx, w.Maria, r.Number)
			if err != nil || back.DeletedAt != nil || !back.ExpiresAt.After(tx.Now()) || back.Order.Services[0].Code != "72148" {
				t.Errorf("%v: %+v", err, back)
			}
			return nil
		})
	})
}

// What is typed is kept as it stands, for the office alone, without a
// password, until the page is saved.
func TestWhatIsTypedIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		typed := url.Values{"service": {"7214"}, "password": {"secret"}, "why": {"ünïcode & more"}}
		kept := func() (k request.Kept, ok bool) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				found, err := request.KeptFor(ctx, tx, w.Maria, r, "order", time.Time{})
				if ok = found != nil; ok {
					k = *found
				}
				return err
			})
			return k, ok
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return request.KeepTyped(ctx, tx, w.Maria, r, "order", typed)
		})
		k, ok := kept()
		if !ok || k.Form.Get("service") != "7214" || k.Form.Get("why") != "ünïcode & more" || k.Form.Has("password") || k.Name != "Maria Chen" {
			t.Fatalf("%v %+v", ok, k)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			return request.KeepTyped(ctx, tx, w.Maria, r, "order", url.Values{"why": {string(make([]byte, 200_000))}})
		}); !fault.Is(err, fault.Invalid) {
			t.Errorf("200 kB: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := request.SaveOrder(ctx, tx, w.Maria, r, r.Version, request.Asked{Services: []request.AskedService{{Code: "72148"}}, Diagnoses: []string{"M54.59"}, Urgency: "standard"})
			return err
		})
		if _, ok := kept(); ok {
			t.Error("it is still kept after the page was saved")
		}
	})
}

// What two people type on one page stays apart: each goes on with their own,
// saving one forgets that one, and a colleague's is shown only while nobody
// saved the page after it.
func TestWhatTwoPeopleTypeStaysApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		var jess account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			jess, err = w.Person(ctx, tx, "Jess", "Ng", w.Office.ID, account.OfficeStaff)
			return err
		})
		minute := 0
		later := func(f func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			minute++
			d.Now = func() time.Time { return dbtest.Clock.Add(time.Duration(minute) * time.Minute) }
			w.Do(f)
		}
		keeps := func(by account.Actor, code string) {
			t.Helper()
			later(func(ctx context.Context, tx *db.Tx) error {
				return request.KeepTyped(ctx, tx, by, r, "order", url.Values{"service": {code}})
			})
		}
		sees := func(by account.Actor) (code string) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				k, err := request.KeptFor(ctx, tx, by, r, "order", r.Changed[request.OrderPart].At)
				if k != nil {
					code = k.Form.Get("service")
				}
				return err
			})
			return code
		}
		keeps(jess, "1")
		if sees(jess) != "1" || sees(w.Maria) != "1" {
			t.Errorf("Jess sees %q and Maria %q", sees(jess), sees(w.Maria))
		}
		keeps(w.Maria, "2")
		if sees(jess) != "1" || sees(w.Maria) != "2" {
			t.Errorf("both typed: Jess sees %q and Maria %q", sees(jess), sees(w.Maria))
		}
		later(func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = request.Save(ctx, tx, w.Maria, r, request.OrderPart, r.Version, func(*request.Content) {})
			return err
		})
		if sees(jess) != "1" || sees(w.Maria) != "" {
			t.Errorf("Maria saved: Jess sees %q and Maria %q", sees(jess), sees(w.Maria))
		}
		later(func(ctx context.Context, tx *db.Tx) error { return request.Discard(ctx, tx, jess, r, "order") })
		if sees(jess) != "" {
			t.Errorf("Jess discarded hers and sees %q", sees(jess))
		}
	})
}

// Who else works on a page is told; where the program lets one person at a
// time, they also can't save it until they took it over.
func TestWorkingOnAPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		var jess account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			jess, err = w.Person(ctx, tx, "Jess", "Ng", w.Office.ID, account.OfficeStaff)
			return err
		})
		enter := func(by account.Actor) (other *request.Working) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				other, err = request.Enter(ctx, tx, by, r, request.OrderPart)
				return err
			})
			return other
		}
		save := func(by account.Actor) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				saved, err := request.Save(ctx, tx, by, r, request.OrderPart, r.Version, func(*request.Content) {})
				if err == nil {
					r = saved
				}
				return err
			})
		}
		if enter(jess) != nil {
			t.Fatal("somebody else works on a page that nobody opened")
		}
		if other := enter(w.Maria); other == nil || other.Name != "Jess Ng" {
			t.Errorf("Maria isn't told of Jess: %+v", other)
		}
		if err := save(w.Maria); err != nil {
			t.Errorf("she can't work on it too: %v", err)
		}
		p := w.Program
		p.Intake.OneAtATime = true
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
			return err
		})
		if err := save(w.Maria); !fault.Is(err, fault.Conflict) {
			t.Errorf("saved under Jess's hands: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return request.TakeOver(ctx, tx, w.Maria, r, request.OrderPart)
		})
		if err := save(w.Maria); err != nil {
			t.Errorf("taken over, and refused: %v", err)
		}
		enter(jess)
		d.Now = func() time.Time { return dbtest.Clock.Add(6 * time.Minute) }
		if enter(w.Maria) != nil {
			t.Error("Jess left six minutes ago and still counts")
		}
	})
}
