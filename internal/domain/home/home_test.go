package home_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/home"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

type room struct {
	*scene.World
	t *testing.T
}

func (r room) of(by account.Actor) (d home.Desk) {
	r.t.Helper()
	r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = home.Of(ctx, tx, by, tx.Now().Add(12*time.Hour), home.AsLast)
		return err
	})
	return d
}

func (r room) later(d time.Duration) {
	now := r.DB.Now().Add(d)
	r.DB.Now = func() time.Time { return now }
}

func kinds(d home.Desk) (all []home.Kind) {
	for _, n := range d.Needs {
		all = append(all, n.Kind)
	}
	return all
}

// What waits for an office stands there, the soonest first, until it is done or
// put off, and to nobody else.
func TestWhatNeedsAnOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := room{scene.New(t, d, 1), t}
		if got := r.of(r.Maria); len(got.Needs) != 0 || !got.Changes.Since.IsZero() {
			t.Fatalf("before anything: %+v", got)
		}
		denied, asked, bare := r.Denied(), r.Order(), r.Order()
		r.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := order.Move(ctx, tx, account.Program(), bare, order.InfoRequested, "More information was asked for."); err != nil {
				return err
			}
			nurse, err := r.Person(ctx, tx, "Aisha", "Bello", r.Reviewers[0].Seat().OrganizationID, account.Nurse)
			if err != nil {
				return err
			}
			terms, err := message.TermsOf(ctx, tx, asked)
			if err != nil {
				return err
			}
			thread, err := message.Send(ctx, tx, nurse, asked, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: []message.Item{{Kind: message.Text, Ask: "Which treatments were tried?"}}})
			if err != nil {
				return err
			}
			return message.Leave(ctx, tx, message.Go{ThreadID: thread.ID, Version: thread.Version})
		})
		found := map[home.Kind]home.Need{}
		got := r.of(r.Maria)
		for i, n := range got.Needs {
			found[n.Kind] = n
			if i > 0 && n.By != nil && got.Needs[i-1].By != nil && n.By.Before(*got.Needs[i-1].By) {
				t.Errorf("not the soonest first: %+v", got.Needs)
			}
		}
		if len(got.Needs) != 3 || found[home.Call].Order != denied.Number || found[home.Answer].Order != asked.Number || found[home.Inform].Order != bare.Number {
			t.Fatalf("%+v", got.Needs)
		}
		if got := r.of(r.Stranger); len(got.Needs)+len(got.Changes.Lines) != 0 {
			t.Errorf("another office: %+v", got)
		}
		r.putOff(found[home.Call])
	})
}

// putOff snoozes a need of Maria's: it is back when the time is over.
func (r room) putOff(n home.Need) {
	r.t.Helper()
	before := len(r.of(r.Maria).Needs)
	snooze := func(key string, after time.Duration) error {
		return r.Try(func(ctx context.Context, tx *db.Tx) error {
			return home.Snooze(ctx, tx, r.Maria, key, tx.Now().Add(after))
		})
	}
	for _, bad := range []error{snooze("call", time.Hour), snooze(n.Key(), -time.Hour), snooze(n.Key(), 90*24*time.Hour), snooze("home.snooze.x y", time.Hour)} {
		if !fault.Is(bad, fault.Invalid) {
			r.t.Errorf("taken: %v", bad)
		}
	}
	if err := snooze(n.Key(), time.Hour); err != nil {
		r.t.Fatal(err)
	}
	if got := r.of(r.Maria); len(got.Needs) != before-1 || got.Snoozed != 1 {
		r.t.Errorf("put off: %v, %d snoozed", kinds(got), got.Snoozed)
	}
	r.Do(func(ctx context.Context, tx *db.Tx) error { return home.WakeAll(ctx, tx, r.Maria) })
	if got := r.of(r.Maria); len(got.Needs) != before || got.Snoozed != 0 {
		r.t.Errorf("shown again: %v", kinds(got))
	}
	if err := snooze(n.Key(), time.Hour); err != nil {
		r.t.Fatal(err)
	}
	r.later(time.Hour)
	if got := r.of(r.Maria); len(got.Needs) != before || got.Snoozed != 0 {
		r.t.Errorf("after the time: %v", kinds(got))
	}
}

// What was decided since the last visit stays there all through this one.
func TestWhatChangedSinceTheLastVisit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := room{scene.New(t, d, 1), t}
		o := r.Order()
		first := r.DB.Now()
		r.of(r.Maria)
		r.later(20 * time.Hour)
		r.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, r.Reviewers[0], scene.Denial(o))
			return err
		})
		r.later(time.Minute)
		for range 3 { // the page is loaded again, a while after
			got := r.of(r.Maria).Changes
			if !got.Since.Equal(first.Truncate(time.Second)) || len(got.Lines) != 1 || got.Lines[0].Number != o.Number || got.More {
				t.Errorf("in this visit: %+v", got)
			}
			r.later(time.Hour)
		}
		r.later(24 * time.Hour)
		if got := r.of(r.Maria).Changes; len(got.Lines) != 0 || got.Since.IsZero() {
			t.Errorf("in the next: %+v", got)
		}
	})
}
