package provider_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

// A numberDesk is an office with a location that has both numbers.
type numberDesk struct {
	*scene.World
	t     *testing.T
	d     *db.DB
	dana  account.Actor
	place provider.Location
	now   time.Time
}

func numbers(t *testing.T, d *db.DB) *numberDesk {
	n := &numberDesk{World: scene.New(t, d, 1), t: t, d: d, now: dbtest.Clock}
	d.Now = func() time.Time { return n.now }
	n.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if n.dana, err = n.Person(ctx, tx, "Dana", "Cole", n.Office.ID, account.OrgAdmin); err != nil {
			return err
		}
		n.place, err = provider.KeepLocation(ctx, tx, n.dana, provider.Location{OrganizationID: n.Office.ID, Name: "South", Line: "20 Sample Street", City: "Exampleville", State: "TX", ZIP: "00002", Phone: "5555550149", Fax: "5555550148", TimeZone: "America/Chicago"})
		return err
	})
	return n
}

// with does something with the number as it is now, and keeps what a failure
// left, as the page does.
func (n *numberDesk) with(kind string, f func(context.Context, *db.Tx, provider.Number) error) (err error) {
	n.t.Helper()
	n.Do(func(ctx context.Context, tx *db.Tx) error {
		found, findErr := provider.FindNumber(ctx, tx, n.dana, n.Office.ID, n.place.ID, kind)
		if findErr != nil {
			return findErr
		}
		err = f(ctx, tx, found)
		return nil
	})
	return err
}

func (n *numberDesk) ask(kind string) error {
	return n.with(kind, func(ctx context.Context, tx *db.Tx, x provider.Number) error { return provider.Ask(ctx, tx, n.dana, x) })
}

func (n *numberDesk) prove(kind, code string) error {
	return n.with(kind, func(ctx context.Context, tx *db.Tx, x provider.Number) error {
		return provider.Prove(ctx, tx, n.dana, x, code)
	})
}

// faxed runs the jobs and returns the code on the test fax, "" if none went.
func (n *numberDesk) faxed() (code string) {
	n.t.Helper()
	r := job.NewRunner(n.d, nil)
	job.React(r, func(ctx context.Context, tx *db.Tx, e provider.NumberAsked) error {
		_, drawn, ok, err := provider.DrawFaxCode(ctx, tx, e)
		if ok {
			code = drawn
		}
		return err
	})
	if _, err := r.Drain(context.Background()); err != nil {
		n.t.Fatal(err)
	}
	return code
}

func (n *numberDesk) sure() (ok bool) {
	n.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		ok, err = provider.FaxConfirmed(ctx, tx, n.Office.ID, "(555) 555-0148")
		return err
	})
	return ok
}

func other(code string) string {
	if code[0] == '1' {
		return "2" + code[1:]
	}
	return "1" + code[1:]
}

// A fax number counts once its code is entered, for a year, until somebody says
// that it is still right, and not when it changes.
func TestAFaxNumberIsConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := numbers(t, d)
		still := func() error {
			return n.with(provider.Fax, func(ctx context.Context, tx *db.Tx, x provider.Number) error {
				return provider.Still(ctx, tx, n.dana, x)
			})
		}
		if err := n.prove(provider.Fax, "123456"); fault.Of(err).Fields["code"].String() != "We have not sent a code. Ask for one" {
			t.Errorf("before a code: %v", err)
		}
		if err := still(); !fault.Is(err, fault.Conflict) {
			t.Errorf("still right, but never proven: %v", err)
		}
		if err := n.ask(provider.Fax); err != nil {
			t.Fatal(err)
		}
		code := n.faxed()
		if err := n.ask(provider.Fax); !fault.Is(err, fault.TooMany) {
			t.Errorf("again at once: %v", err)
		}
		if err := n.prove(provider.Fax, other(code)); fault.Of(err).Fields["code"].String() != "This code doesn’t match. You have 4 tries left" {
			t.Errorf("a wrong code: %v", err)
		}
		if n.sure() {
			t.Error("it counts before")
		}
		if err := n.prove(provider.Fax, code[:3]+" "+code[3:]); err != nil || !n.sure() {
			t.Errorf("%v, %t", err, n.sure())
		}
		if err := n.prove(provider.Fax, code); err == nil {
			t.Error("the code works twice")
		}
		n.now = n.now.Add(366 * 24 * time.Hour)
		if n.sure() {
			t.Error("it counts after a year")
		}
		if err := still(); err != nil || !n.sure() {
			t.Errorf("still right: %v, %t", err, n.sure())
		}
		n.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			n.place.Fax = "5555550150"
			n.place, err = provider.KeepLocation(ctx, tx, n.dana, n.place)
			return err
		})
		if n.sure() {
			t.Error("the old number counts")
		}
		if err := still(); !fault.Is(err, fault.Conflict) {
			t.Errorf("the new number is still right: %v", err)
		}
	})
}

// Codes are guessed five times and not more, hold a day, and are sent five
// times a day.
func TestCodesForNumbersAreFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := numbers(t, d)
		if err := n.ask(provider.Fax); err != nil {
			t.Fatal(err)
		}
		code := n.faxed()
		for range 5 {
			_ = n.prove(provider.Fax, other(code))
		}
		if err := n.prove(provider.Fax, code); fault.Of(err).Fields["code"].String() != "Too many tries. Ask for a new code" {
			t.Errorf("after five: %v", err)
		}
		for range 4 {
			n.now = n.now.Add(time.Hour)
			if err := n.ask(provider.Fax); err != nil {
				t.Fatal(err)
			}
			code = n.faxed()
		}
		n.now = n.now.Add(time.Hour)
		if err := n.ask(provider.Fax); !fault.Is(err, fault.TooMany) {
			t.Errorf("a sixth code: %v", err)
		}
		n.now = n.now.Add(24 * time.Hour)
		if err := n.prove(provider.Fax, code); fault.Of(err).Fields["code"].String() != "This code has expired. Ask for a new one" {
			t.Errorf("a day later: %v", err)
		}
	})
}

// A phone number is confirmed by a code that staff read out, and only staff
// draw it.
func TestAPhoneNumberIsConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := numbers(t, d)
		read := func(by account.Actor) (code string, err error) {
			err = n.Try(func(ctx context.Context, tx *db.Tx) error {
				_, code, err = provider.ReadOut(ctx, tx, by, n.place.ID)
				return err
			})
			return code, err
		}
		staff := n.Reviewers[0]
		if _, err := read(staff); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody asked: %v", err)
		}
		if err := n.ask(provider.Phone); err != nil {
			t.Fatal(err)
		}
		n.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := provider.ToCall(ctx, tx, staff)
			if len(all) != 1 || all[0].Number != "(555) 555-0149" || all[0].Organization != n.Office.Name {
				t.Errorf("%+v", all)
			}
			return err
		})
		if _, err := read(n.dana); !fault.Is(err, fault.Denied) {
			t.Errorf("the office draws its own code: %v", err)
		}
		code, err := read(staff)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.prove(provider.Phone, code); err != nil {
			t.Fatal(err)
		}
		err = n.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := provider.FindNumber(ctx, tx, n.Maria, n.Office.ID, n.place.ID, provider.Phone)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("office staff: %v", err)
		}
	})
}
