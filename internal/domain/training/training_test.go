package training

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var admin = account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

// A room is a world with a session of two places.
type room struct {
	*scene.World
	t *testing.T
	s Session
}

func each(t *testing.T, f func(r *room)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		r := &room{World: scene.New(t, d, 1), t: t}
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			r.s, err = Save(ctx, tx, admin, Session{Title: "First steps", StartsAt: dbtest.Clock.Add(72 * time.Hour), Minutes: 60, Zone: "America/Chicago", Seats: 2, Joining: Joining{Link: "https://meet.example/1", Password: "open-sesame"}})
			return err
		})
		f(r)
	})
}

func (r *room) register(who account.Actor, want State) {
	r.t.Helper()
	r.Do(func(ctx context.Context, tx *db.Tx) error {
		got, err := Register(ctx, tx, who, r.s.ID)
		if got != want {
			r.t.Errorf("%s: %q, want %q", who.Name, got, want)
		}
		return err
	})
}

// stands counts who has a place and who waits; what the session counts agrees.
func (r *room) stands(has, wait int) {
	r.t.Helper()
	r.Do(func(ctx context.Context, tx *db.Tx) error {
		s, err := Get(ctx, tx, admin, r.s.ID)
		if err != nil {
			return err
		}
		all, err := Places(ctx, tx, admin, r.s.ID)
		n := 0
		for _, p := range all {
			if p.State == Registered {
				n++
			}
		}
		if n != has || s.Taken != has || len(all)-n != wait {
			r.t.Errorf("%d have places (%d counted) and %d wait, want %d and %d", n, s.Taken, len(all)-n, has, wait)
		}
		return err
	})
}

func (r *room) jobs(kind string) (n int) {
	r.t.Helper()
	r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from job where kind = $1`, kind)
		return err
	})
	return n
}

func TestWhoWaitsMovesUp(t *testing.T) {
	each(t, func(r *room) {
		doctor := r.Reviewers[0]
		r.register(r.Maria, Registered)
		r.register(r.Maria, Registered)
		r.register(r.Stranger, Registered)
		r.register(r.Scheduler, Waiting)
		r.register(doctor, Waiting)
		r.stands(2, 2)
		r.Do(func(ctx context.Context, tx *db.Tx) error { return Leave(ctx, tx, r.Maria, r.s.ID) })
		r.Do(func(ctx context.Context, tx *db.Tx) error { return Leave(ctx, tx, r.Maria, r.s.ID) })
		r.stands(2, 1)
		r.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := Offers(ctx, tx, r.Scheduler)
			if err != nil || len(all) != 1 || all[0].Mine != Registered || all[0].Link == "" {
				t.Errorf("who waited longest did not move up: %+v, %v", all, err)
			}
			all, err = Offers(ctx, tx, doctor)
			if len(all) != 1 || all[0].Mine != Waiting || all[0].Ahead != 0 || all[0].Joining != (Joining{}) {
				t.Errorf("who waits: %+v", all)
			}
			return err
		})
		if n := r.jobs("training.placed"); n != 3 {
			t.Errorf("%d were told of a place, want 3", n)
		}
		r.s.Seats, r.s.Version = 1, 1
		if err := r.Try(func(ctx context.Context, tx *db.Tx) error { _, err := Save(ctx, tx, admin, r.s); return err }); fault.Of(err).Fields["seats"] == "" {
			t.Errorf("fewer places than are taken: %v", err)
		}
		r.s.Seats = 5
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) { r.s, err = Save(ctx, tx, admin, r.s); return err })
		r.stands(3, 0)
		if n := r.jobs("training.changed"); n != 0 {
			t.Errorf("more places were told to %d", n)
		}
		r.s.Minutes = 90
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) { r.s, err = Save(ctx, tx, admin, r.s); return err })
		if n := r.jobs("training.changed"); n != 1 {
			t.Errorf("another length was told %d times, want once", n)
		}
		if err := r.Try(func(ctx context.Context, tx *db.Tx) error {
			s := r.s
			s.Version = 1
			_, err := Save(ctx, tx, admin, s)
			return err
		}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version is saved: %v", err)
		}
		r.Do(func(ctx context.Context, tx *db.Tx) error { return Cancel(ctx, tx, admin, r.s.ID) })
		if err := r.Try(func(ctx context.Context, tx *db.Tx) error { _, err := Register(ctx, tx, r.Maria, r.s.ID); return err }); !fault.Is(err, fault.Conflict) {
			t.Errorf("registered for what is off: %v", err)
		}
	})
}

// Many who register at once get as many places as there are, and no more.
func TestNoPlaceIsGivenTwice(t *testing.T) {
	each(t, func(r *room) {
		all := append([]account.Actor{r.Maria, r.Stranger, r.Scheduler}, r.Reviewers...)
		errs := make(chan error, len(all))
		for _, who := range all {
			go func() {
				errs <- r.Try(func(ctx context.Context, tx *db.Tx) error { _, err := Register(ctx, tx, who, r.s.ID); return err })
			}()
		}
		for range all {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		r.stands(2, 2)
		for _, who := range all[:3] {
			go func() {
				errs <- r.Try(func(ctx context.Context, tx *db.Tx) error { return Leave(ctx, tx, who, r.s.ID) })
			}()
		}
		for range 3 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		r.stands(1, 0)
	})
}

func TestWhoCameAndWhoMay(t *testing.T) {
	each(t, func(r *room) {
		r.register(r.Maria, Registered)
		r.register(r.Stranger, Registered)
		for name, do := range map[string]func(context.Context, *db.Tx) error{
			"an office makes one":       func(ctx context.Context, tx *db.Tx) error { _, err := Save(ctx, tx, r.Maria, r.s); return err },
			"an office cancels one":     func(ctx context.Context, tx *db.Tx) error { return Cancel(ctx, tx, r.Maria, r.s.ID) },
			"an office reads who comes": func(ctx context.Context, tx *db.Tx) error { _, err := Places(ctx, tx, r.Maria, r.s.ID); return err },
			"an office says who came":   func(ctx context.Context, tx *db.Tx) error { return SayAttended(ctx, tx, r.Maria, r.s.ID, nil) },
			"nobody registers": func(ctx context.Context, tx *db.Tx) error {
				_, err := Register(ctx, tx, account.Actor{}, r.s.ID)
				return err
			},
		} {
			if err := r.Try(do); !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var places []Place
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			places, err = Places(ctx, tx, admin, r.s.ID)
			return err
		})
		say := func(ctx context.Context, tx *db.Tx) error {
			return SayAttended(ctx, tx, admin, r.s.ID, []string{places[0].ID})
		}
		if err := r.Try(say); !fault.Is(err, fault.Conflict) {
			t.Errorf("who came before it began: %v", err)
		}
		r.DB.Now = func() time.Time { return dbtest.Clock.Add(73 * time.Hour) }
		r.Do(say)
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			places, err = Places(ctx, tx, admin, r.s.ID)
			if err != nil || !*places[0].Attended || *places[1].Attended {
				t.Errorf("%+v, %v", places, err)
			}
			n, err := db.Count(ctx, tx, `select count(*) from audit where action in ('training.made', 'training.registered', 'training.attended')`)
			if n != 4 {
				t.Errorf("%d audited, want 4", n)
			}
			return err
		})
	})
}

func TestWhoWorksNowhereFreesTheirPlace(t *testing.T) {
	each(t, func(r *room) {
		r.register(r.Maria, Registered)
		r.register(r.Stranger, Registered)
		r.register(r.Scheduler, Waiting)
		left := account.Left{PersonID: r.Maria.ID, OrganizationID: r.Office.ID}
		r.Do(func(ctx context.Context, tx *db.Tx) error { return FollowLeft(ctx, tx, left) })
		r.stands(2, 1)
		r.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `delete from membership where person_id = $1`, string(r.Maria.ID)); err != nil {
				return err
			}
			return FollowLeft(ctx, tx, left)
		})
		r.stands(2, 0)
	})
}

func TestWhatASessionMustSay(t *testing.T) {
	err := Session{StartsAt: dbtest.Clock}.check(dbtest.Clock)
	for _, field := range []string{"title", "zone", "starts", "minutes", "seats", "link"} {
		if fault.Of(err).Fields[field] == "" {
			t.Errorf("nothing at %s: %v", field, err)
		}
	}
	bad := Session{Title: "x", Zone: "America/Chicago", StartsAt: dbtest.Clock.Add(time.Hour), Minutes: 60, Seats: 1, Joining: Joining{Link: "http://meet.example"}}
	if err := bad.check(dbtest.Clock); fault.Of(err).Fields["link"] == "" {
		t.Errorf("a link without HTTPS: %v", err)
	}
}
