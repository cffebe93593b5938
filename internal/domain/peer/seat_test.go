package peer_test

import (
	"context"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A move that can still be put back is final once another has the call.
func TestReassigningSealsAMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[8])
		if err != nil {
			t.Fatal(err)
		}
		moved := move(t, w, c, o, w.Slots(w.Maria, o, &c)[20])
		other := w.Reviewers[0]
		if moved.ReviewerID == other.ID {
			other = w.Reviewers[1]
		}
		var now peer.Call
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = peer.Reassign(ctx, tx, w.Scheduler, moved, o, moved.Version, other.ID)
			return err
		})
		if now.ReviewerID != other.ID || !now.StartsAt.Equal(moved.StartsAt) || claims(t, d) != 6 || held(t, d) != 0 || booked(t, d) != 1 {
			t.Errorf("%s has it; %d claims, %d held, %d on days", now.ReviewerID, claims(t, d), held(t, d), booked(t, d))
		}
		if m, _ := now.Match(); !strings.Contains(m.Why, "Chosen by Sam Brooks") {
			t.Errorf("why: %q", m.Why)
		}
		if _, err := putBack(w, now, o); !fault.Is(err, fault.Conflict) {
			t.Errorf("put back: %v", err)
		}
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Reassign(ctx, tx, w.Scheduler, now, o, moved.Version, moved.ReviewerID)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("chosen on an old page: %v", err)
		}
	})
}

// Who could take a call comes first, who couldn't with the first reason.
func TestSeatsSayWhoCanAndWhyNot(t *testing.T) {
	d := dbtest.SQLite(t)
	w := newSick(t, d)
	w.exec(`delete from reviewer_license where person_id = $1`, string(w.Reviewers[1].ID))
	w.exec(`delete from reviewer_program where person_id = $1`, string(w.Reviewers[2].ID))
	seats := func(by account.Actor) (free, not []peer.Seat, err error) {
		err = d.View(context.Background(), func(tx *db.Tx) (err error) {
			free, not, err = peer.Seats(context.Background(), tx, by, w.calls[2], w.orders[2], w.Zone())
			return err
		})
		return free, not, err
	}
	free, not, err := seats(w.Scheduler)
	if err != nil || len(free) != 0 || len(not) != 2 || not[0].Why != "No license that holds today" || not[1].Why != "Not trained for Musculoskeletal" {
		t.Errorf("%v, %+v, %v", free, not, err)
	}
	w.exec(`insert into reviewer_program (person_id, program_id) values ($1, $2)`, string(w.Reviewers[2].ID), string(w.Program.ID))
	if free, not, err = seats(w.Reviewers[0]); err != nil || len(free) != 1 || free[0].Reviewer.PersonID != w.Reviewers[2].ID || len(not) != 1 {
		t.Errorf("%v, %v, %v", free, not, err)
	}
	for _, by := range []account.Actor{w.Maria, w.Reviewers[1]} {
		if _, _, err := seats(by); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", by.Name, err)
		}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cover(ctx, tx, by, w.away)
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
	id := w.cover(w.Scheduler)
	if _, err := w.report(t, w.Reviewers[1], id); !fault.Is(err, fault.NotFound) {
		t.Errorf("another reviewer reads it: %v", err)
	}
	w.away.End = w.away.Start
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.Cover(ctx, tx, w.Scheduler, w.away)
		return err
	})
	if f := fault.Of(err); f.Kind != fault.Invalid || f.Fields["to"] == "" {
		t.Errorf("an empty span: %v", err)
	}
}
