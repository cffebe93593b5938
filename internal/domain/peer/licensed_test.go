package peer_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notify"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var keeper = account.Actor{ID: "per_keeper", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

func day(m time.Month, d int) civil.Date { return civil.Date{Year: 2026, Month: m, Day: d} }

// What is wrong with a license is said at its field, nobody else changes one,
// and each change is audited.
func TestLicensesAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		who := w.Reviewers[0].ID
		add := func(by account.Actor, l review.License) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.AddLicense(ctx, tx, by, who, l) })
		}
		change := func(l review.License) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.ChangeLicense(ctx, tx, keeper, who, l) })
		}
		for _, c := range []struct {
			l     review.License
			field string
		}{
			{review.License{State: "XX", Number: "1", Expires: day(12, 1)}, "state"},
			{review.License{State: "", Number: "1", Expires: day(12, 1)}, "state"},
			{review.License{State: "TX", Number: "1", Expires: day(12, 1)}, "state"},
			{review.License{State: "OK", Number: " ", Expires: day(12, 1)}, "number"},
			{review.License{State: "OK", Number: "12345678901234567890123456789012345678901", Expires: day(12, 1)}, "number"},
			{review.License{State: "OK", Number: "1"}, "expires"},
			{review.License{State: "OK", Number: "1", Expires: civil.Date{Year: 2206, Month: 1, Day: 1}}, "expires"},
		} {
			if err := add(keeper, c.l); fault.Of(err).Fields[c.field] == "" {
				t.Errorf("%+v: %v", c.l, err)
			}
		}
		if err := add(keeper, review.License{State: " ok ", Number: " OK-9 ", Expires: day(12, 1)}); err != nil {
			t.Fatal(err)
		}
		if err := change(review.License{State: "OK", Number: "OK-10", Expires: day(12, 2)}); err != nil {
			t.Fatal(err)
		}
		if err := change(review.License{State: "NY", Number: "1", Expires: day(12, 2)}); !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			t.Errorf("one that isn't there: %v", err)
		}
		for _, by := range []account.Actor{w.Maria, w.Scheduler, w.Reviewers[0]} {
			if err := add(by, review.License{State: "NY", Number: "1", Expires: day(12, 1)}); !fault.Is(err, fault.Denied) {
				t.Errorf("%s adds: %v", by.Name, err)
			}
			if err := w.Try(func(ctx context.Context, tx *db.Tx) error { _, err := peer.Lapses(ctx, tx, by); return err }); !fault.Is(err, fault.Denied) {
				t.Errorf("%s looks: %v", by.Name, err)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			r, err := review.Get(ctx, tx, who)
			if l := r.Of("OK"); l.Number != "OK-10" || l.Expires != day(12, 2) {
				t.Errorf("%+v", r.Licenses)
			}
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.RemoveLicense(ctx, tx, keeper, who, "OK") })
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from audit where action in ('license.added', 'license.changed', 'license.removed') and object_id = $1`, string(who))
			if n != 3 {
				t.Errorf("%d are audited", n)
			}
			return err
		})
	})
}

// A call after the end of its state's license is named; one that holds then is
// not, and mails go once at each mark, not for what was renewed.
func TestEndsAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		who := w.Reviewers[0].ID
		o := w.Denied()
		slots := w.Slots(w.Maria, o, nil)
		c, err := w.Book(w.Maria, o, slots[len(slots)-1])
		if err != nil {
			t.Fatal(err)
		}
		on := civil.DateIn(c.StartsAt, w.Zone())
		ends := func(last civil.Date) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return review.ChangeLicense(ctx, tx, keeper, who, review.License{State: "TX", Number: "TX-1", Expires: last})
			})
		}
		lapses := func() (all []peer.Lapse) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = peer.Lapses(ctx, tx, keeper)
				return err
			})
			return all
		}
		if ends(on); len(lapses()) != 0 {
			t.Errorf("on its last day: %+v", lapses())
		}
		ends(on.AddDays(-1))
		if all := lapses(); len(all) != 1 || all[0].Number != c.Number || all[0].State != "TX" {
			t.Errorf("the day after: %+v", all)
		}
		desk := &notify.Desk{Name: "Parley"}
		remind := func(e review.LicenseEnding) int {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error { return review.RemindOfLicenses(ctx, tx) })
			w.Do(func(ctx context.Context, tx *db.Tx) error { return desk.LicenseEnding(ctx, tx, e) })
			n := 0
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = db.Count(ctx, tx, `select count(*) from mail where object_id = $1 and key like 'license:%'`, string(who))
				return err
			})
			return n
		}
		jobs := func() (n int) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = db.Count(ctx, tx, `select count(*) from job where kind = 'review.license_ending'`)
				return err
			})
			return n
		}
		today := civil.DateIn(dbtest.Clock, w.Zone())
		for i, c := range []struct{ in, jobs int }{{61, 0}, {60, 1}, {60, 1}, {31, 2}, {30, 3}, {7, 4}, {0, 5}, {-1, 6}, {-8, 6}} {
			ends(today.AddDays(c.in))
			w.Do(func(ctx context.Context, tx *db.Tx) error { return review.RemindOfLicenses(ctx, tx) })
			if got := jobs(); got != c.jobs {
				t.Errorf("%d, in %d days: %d are asked for, want %d", i, c.in, got, c.jobs)
			}
		}
		ends(today.AddDays(30))
		event := review.LicenseEnding{PersonID: who, State: "TX", Expires: today.AddDays(30), Days: 30}
		if n := remind(event); n != 1 {
			t.Errorf("%d mails at 30 days, want the reviewer's", n)
		}
		event.Days = 60
		event.Expires = today.AddDays(60)
		if n := remind(event); n != 1 {
			t.Errorf("%d mails for what was changed", n)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Person(ctx, tx, "Sue", "Per", w.Other.ID, account.Supervisor)
			return err
		})
		ends(today.AddDays(7))
		for range 2 {
			if n := remind(review.LicenseEnding{PersonID: who, State: "TX", Expires: today.AddDays(7), Days: 7}); n != 3 {
				t.Errorf("%d mails at 7 days, want one more for the reviewer and one for the supervisor", n)
			}
		}
	})
}
