package peer_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func date(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hoursOf are a reviewer's hours on a weekday, as "from..to start-end".
func hoursOf(t testing.TB, w *scene.World, weekday time.Weekday) (all []string, ids []string) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		hours, err := peer.HoursOf(ctx, tx, w.Reviewers[0].ID)
		slices.SortFunc(hours, func(a, b peer.WeeklyHours) int { return a.From.Compare(b.From) })
		for _, h := range hours {
			if h.Weekday == weekday {
				to := ""
				if !h.To.IsZero() {
					to = h.To.String()
				}
				all, ids = append(all, h.From.String()+".."+to+" "+civil.MinuteOfDay(h.Start).String()+"-"+civil.MinuteOfDay(h.End).String()), append(ids, h.ID)
			}
		}
		return err
	})
	return all, ids
}

func changeHours(w *scene.World, by account.Actor, id string, ch peer.HoursChange) (stand []peer.Listed, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		stand, err = peer.ChangeHours(ctx, tx, by, w.Reviewers[0].ID, id, ch)
		return err
	})
	return stand, err
}

// The reviewer takes calls on Tuesdays from 9 to 5. Each change begins there.
func TestOneSessionThoseThatFollowOrAll(t *testing.T) {
	first := "2026-01-01.."
	for name, k := range map[string]struct {
		ch   peer.HoursChange
		want []string
	}{
		"this":               {peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-12-01"), Start: 600, Until: 720}, []string{first + "2026-11-30 9:00 AM-5:00 PM", "2026-12-01..2026-12-01 10:00 AM-12:00 PM", "2026-12-02.. 9:00 AM-5:00 PM"}},
		"this, ended":        {peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-12-01"), End: true}, []string{first + "2026-11-30 9:00 AM-5:00 PM", "2026-12-02.. 9:00 AM-5:00 PM"}},
		"following":          {peer.HoursChange{Scope: peer.AndFollowing, Day: date(t, "2026-12-01"), Start: 600, Until: 720}, []string{first + "2026-11-30 9:00 AM-5:00 PM", "2026-12-01.. 10:00 AM-12:00 PM"}},
		"following, ended":   {peer.HoursChange{Scope: peer.AndFollowing, Day: date(t, "2026-12-01"), End: true}, []string{first + "2026-11-30 9:00 AM-5:00 PM"}},
		"all, of a Monday":   {peer.HoursChange{Scope: peer.AllSessions, Start: 600, Until: 720}, []string{first + "2026-11-22 9:00 AM-5:00 PM", "2026-11-23.. 10:00 AM-12:00 PM"}},
		"all ended":          {peer.HoursChange{Scope: peer.AllSessions, End: true}, []string{first + "2026-11-22 9:00 AM-5:00 PM"}},
		"until midnight":     {peer.HoursChange{Scope: peer.AndFollowing, Day: date(t, "2026-12-01"), Start: 600, Until: 1440}, []string{first + "2026-11-30 9:00 AM-5:00 PM", "2026-12-01.. 10:00 AM-midnight"}},
		"the very next one":  {peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-11-24"), End: true}, []string{first + "2026-11-23 9:00 AM-5:00 PM", "2026-11-25.. 9:00 AM-5:00 PM"}},
		"the same as before": {peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-12-01"), Start: 540, Until: 1020}, []string{first + "2026-11-30 9:00 AM-5:00 PM", "2026-12-01..2026-12-01 9:00 AM-5:00 PM", "2026-12-02.. 9:00 AM-5:00 PM"}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				d.Now = func() time.Time { return dbtest.Clock }
				w := scene.New(t, d, 1)
				_, ids := hoursOf(t, w, time.Tuesday)
				if _, err := changeHours(w, w.Reviewers[0], ids[0], k.ch); err != nil {
					t.Fatal(err)
				}
				if got, _ := hoursOf(t, w, time.Tuesday); !slices.Equal(got, k.want) {
					t.Errorf("%q\nwant %q", got, k.want)
				}
				if got, _ := hoursOf(t, w, time.Monday); len(got) != 1 {
					t.Errorf("Mondays became %q", got)
				}
			})
		})
	}
}

// What was split is changed together again, whichever part is named.
func TestASplitSeriesIsStillOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		_, ids := hoursOf(t, w, time.Tuesday)
		if _, err := changeHours(w, w.Reviewers[0], ids[0], peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-12-08"), Start: 600, Until: 660}); err != nil {
			t.Fatal(err)
		}
		_, ids = hoursOf(t, w, time.Tuesday)
		if _, err := changeHours(w, w.Scheduler, ids[1], peer.HoursChange{Scope: peer.AndFollowing, Day: date(t, "2026-12-08"), Start: 780, Until: 900}); err != nil {
			t.Fatal(err)
		}
		want := []string{"2026-01-01..2026-12-07 9:00 AM-5:00 PM", "2026-12-08.. 1:00 PM-3:00 PM"}
		if got, _ := hoursOf(t, w, time.Tuesday); !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

// What is offered follows, calls that are booked stay, and they are named.
func TestChangedHoursKeepTheCalls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		o := w.Denied()
		tuesday := date(t, "2026-11-24")
		on := func(minute int) time.Time { return civil.Start(tuesday, minute, w.Zone()) }
		slot := func(at time.Time) bool {
			return slices.ContainsFunc(w.Slots(w.Maria, o, nil), func(s peer.Slot) bool { return s.Start.Equal(at) })
		}
		early, other := w.Denied(), w.Denied()
		c, err := w.Book(w.Maria, early, peer.Slot{Start: on(9 * 60), Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Book(w.Maria, other, peer.Slot{Start: on(11 * 60), Minutes: 30}); err != nil {
			t.Fatal(err)
		}
		if !slot(on(13*60)) || !slot(on(13*60).AddDate(0, 0, 7)) {
			t.Fatal("Tuesday afternoons aren't offered")
		}
		_, ids := hoursOf(t, w, time.Tuesday)
		ch := peer.HoursChange{Scope: peer.ThisSession, Day: tuesday, Start: 10 * 60, Until: 12 * 60}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := peer.PreviewHours(ctx, tx, w.Reviewers[0], w.Reviewers[0].ID, ids[0], ch)
			if len(p.Calls) != 1 || p.Calls[0].ID != c.ID {
				t.Errorf("calls that would stand outside: %+v", p.Calls)
			}
			return err
		})
		stand, err := changeHours(w, w.Reviewers[0], ids[0], ch)
		if err != nil || len(stand) != 1 || stand[0].ID != c.ID {
			t.Fatalf("%v, %+v", err, stand)
		}
		if slot(on(13*60)) || !slot(on(10*60)) || !slot(on(13*60).AddDate(0, 0, 7)) {
			t.Error("what is offered doesn't follow the change")
		}
		if now, _ := read(t, w, c.Number); now.Status != peer.Scheduled || !now.StartsAt.Equal(c.StartsAt) {
			t.Errorf("the call became %+v", now)
		}
	})
}

func TestChangesThatAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 2)
		_, ids := hoursOf(t, w, time.Tuesday)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.AddHours(ctx, tx, w.Reviewers[0], peer.WeeklyHours{PersonID: w.Reviewers[0].ID, Weekday: time.Tuesday, Start: 18 * 60, End: 20 * 60, TimeZone: "America/Chicago"})
			return err
		})
		good := peer.HoursChange{Scope: peer.AllSessions, Start: 600, Until: 720}
		for name, k := range map[string]struct {
			ch    peer.HoursChange
			field string
		}{
			"no scope":          {peer.HoursChange{Start: 600, Until: 720}, "scope"},
			"another weekday":   {peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-12-02"), End: true}, "day"},
			"a session past":    {peer.HoursChange{Scope: peer.AndFollowing, Day: date(t, "2026-11-17"), End: true}, "day"},
			"an end before":     {peer.HoursChange{Scope: peer.AllSessions, Start: 720, Until: 600}, "end"},
			"odd minutes":       {peer.HoursChange{Scope: peer.AllSessions, Start: 601, Until: 720}, "start"},
			"over other hours":  {peer.HoursChange{Scope: peer.AllSessions, Start: 600, Until: 19 * 60}, "start"},
			"over them one day": {peer.HoursChange{Scope: peer.ThisSession, Day: date(t, "2026-12-01"), Start: 600, Until: 19 * 60}, "start"},
		} {
			if _, err := changeHours(w, w.Reviewers[0], ids[0], k.ch); fault.Of(err).Fields[k.field] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := changeHours(w, w.Reviewers[1], ids[0], good); !fault.Is(err, fault.Denied) {
			t.Errorf("another reviewer: %v", err)
		}
		if _, err := changeHours(w, w.Reviewers[0], "hrs_none", good); !fault.Is(err, fault.NotFound) {
			t.Errorf("hours that aren't there: %v", err)
		}
		before, _ := hoursOf(t, w, time.Tuesday)
		if len(before) != 2 {
			t.Errorf("a refused change left %q", before)
		}
	})
}
