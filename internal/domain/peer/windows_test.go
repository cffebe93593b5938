package peer_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

// request asks for a call in windows, as the pages do.
func request(w *scene.World, o order.Order, windows ...peer.Span) (c peer.Call, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Maria, o)
		if err != nil {
			return err
		}
		if _, err = peer.SaveWindows(ctx, tx, w.Maria, o, st, windows); err != nil {
			return err
		}
		if _, err = peer.SavePeople(ctx, tx, w.Maria, o, st, scene.People()); err != nil {
			return err
		}
		c, err = peer.Book(ctx, tx, w.Maria, o, st, w.Zone())
		return err
	})
	return c, err
}

// hour is a window on a day of November 2026 in Chicago, of n minutes.
func hour(w *scene.World, day, h, n int) peer.Span {
	start := civil.Start(civil.Date{Year: 2026, Month: time.November, Day: day}, h*60, w.Zone())
	return peer.Span{Start: start, End: start.Add(time.Duration(n) * time.Minute)}
}

func TestWindowsAreBookedAtOnceIfATimeInsideIsFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, err := request(w, w.Denied(), hour(w, 25, 14, 60), hour(w, 24, 13, 60))
		if err != nil || c.Status != peer.Scheduled || !c.StartsAt.Equal(hour(w, 24, 13, 0).Start) || claims(t, d) != 6 {
			t.Errorf("%s at %v, %v; %d claims", c.Status, c.StartsAt, err, claims(t, d))
		}
	})
}

func TestWindowsSayWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		good := hour(w, 24, 13, 60)
		for field, windows := range map[string][]peer.Span{
			"day_1":  {good},
			"to_1":   {good, hour(w, 25, 13, 0)},
			"to_0":   {hour(w, 25, 13, 15), good},
			"from_1": {good, hour(w, 24, 13, 30)},
			"from_0": {hour(w, 23, 9, 30), good}, // already over
			"day_0":  {{Start: good.Start.Add(90 * 24 * time.Hour), End: good.End.Add(90 * 24 * time.Hour)}, good},
		} {
			_, err := request(w, o, windows...)
			if f := fault.Of(err); f.Kind != fault.Invalid || f.Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

// When a time inside the windows opens, the call has it within a minute.
func TestAFreedTimeGoesToWhoAskedForIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		in, alsoIn := hour(w, 24, 10, 30), hour(w, 24, 15, 30)
		first, err := w.Book(w.Maria, w.Denied(), peer.Slot{Start: in.Start, Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.Book(w.Maria, w.Denied(), peer.Slot{Start: alsoIn.Start, Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		early, late := w.Denied(), w.Denied()
		asked, err := request(w, early, in, alsoIn)
		if err != nil || asked.Status != peer.Requested || !asked.StartsAt.IsZero() || asked.AnswerBy == nil || !asked.AnswerBy.Equal(in.Start) {
			t.Fatalf("asked: %+v, %v", asked, err)
		}
		at(d, time.Second)
		askedLater, err := request(w, late, in, alsoIn)
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			wishes, err := peer.Wishes(ctx, tx, w.Scheduler, peer.Only{})
			if len(wishes) != 2 || wishes[0].ID != asked.ID || len(wishes[0].Windows) != 2 {
				t.Errorf("the schedulers see %+v", wishes)
			}
			return err
		})
		r := job.NewRunner(d, slog.New(slog.DiscardHandler))
		job.React(r, peer.TryFill)
		drain := func(after time.Duration) {
			at(d, after)
			if _, err := r.Drain(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		drain(2 * time.Minute)
		cancel(t, w, first, order.Order{ID: first.OrderID, MemberID: "mem"})
		drain(4 * time.Minute) // past the minute in which it can be undone
		now := func(o order.Order) (c peer.Call) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				all, err := peer.Of(ctx, tx, o)
				c = all[0]
				return err
			})
			return c
		}
		if c := now(early); c.Status != peer.Scheduled || !c.StartsAt.Equal(in.Start) {
			t.Errorf("who asked first: %s at %v", c.Status, c.StartsAt)
		}
		if c := now(late); c.Status != peer.Requested {
			t.Errorf("who asked later: %s at %v", c.Status, c.StartsAt)
		}
		_ = second
		at(d, alsoIn.End.Sub(dbtest.Clock))
		drain(alsoIn.End.Sub(dbtest.Clock))
		if c := now(late); c.Status != peer.Expired || c.ID != askedLater.ID {
			t.Errorf("after the last window: %s", c.Status)
		}
		// The order can have another call.
		if _, err := w.Book(w.Maria, late, w.Slots(w.Maria, late, nil)[0]); err != nil {
			t.Error(err)
		}
	})
}
