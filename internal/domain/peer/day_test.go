package peer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func late(w *scene.World, by account.Actor, c peer.Call, minutes int) error {
	return w.Try(func(ctx context.Context, tx *db.Tx) error {
		c, o, err := peer.Get(ctx, tx, by, c.Number)
		if err == nil {
			_, err = peer.RunLate(ctx, tx, by, c, o, minutes)
		}
		return err
	})
}

func TestRunningLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, o := booking(t, w, 20)
		at := func(when time.Time) { d.Now = func() time.Time { return when } }
		at(c.StartsAt.Add(-2*time.Hour - time.Second))
		if err := late(w, w.Maria, c, 10); !fault.Is(err, fault.Conflict) {
			t.Errorf("too early: %v", err)
		}
		at(c.EndsAt)
		if err := late(w, w.Maria, c, 10); !fault.Is(err, fault.Conflict) {
			t.Errorf("after the call: %v", err)
		}
		at(c.StartsAt.Add(-2 * time.Hour))
		if err := late(w, w.Stranger, c, 10); !fault.Is(err, fault.NotFound) {
			t.Errorf("another office: %v", err)
		}
		if err := late(w, w.Reviewers[0], c, 10); !fault.Is(err, fault.Denied) {
			t.Errorf("the reviewer says the office is late: %v", err)
		}
		if text := field(t, late(w, w.Maria, c, 20), "late"); !strings.Contains(text, "reschedule") {
			t.Errorf("20 minutes: %q", text)
		}
		if err := late(w, w.Maria, c, 10); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			mine, err := peer.ForReviewer(ctx, tx, w.Reviewers[0], c.EndsAt)
			if len(mine) != 1 || mine[0].Late != 10 {
				t.Errorf("the reviewer's list: %+v", mine)
			}
			return err
		})
		// A call that moves begins anew.
		at(dbtest.Clock)
		now, _ := read(t, w, c.Number)
		move(t, w, now, o, w.Slots(w.Maria, o, &now)[60])
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			day, err := peer.DayOf(ctx, tx, c)
			if day.Late != 0 || day.LateAt != nil {
				t.Errorf("after the move: %+v", day)
			}
			return err
		})
		if n := eventsOf(t, w, c)["late"]; n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

func TestChangingThePhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, _ := booking(t, w, 60)
		change := func(by account.Actor, p peer.People) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				c, o, err := peer.Get(ctx, tx, by, c.Number)
				if err == nil {
					_, err = peer.ChangePhone(ctx, tx, by, c, o, p)
				}
				return err
			})
		}
		told := func() (n int) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = db.Count(ctx, tx, `select count(*) from job where kind = 'peer.phone_changed'`)
				return err
			})
			return n
		}
		field(t, change(w.Maria, peer.People{}), "phone")
		err := change(w.Maria, peer.People{Phone: "123", Extension: "x", BackupPhone: "9"})
		for _, name := range []string{"phone", "extension", "backup_phone"} {
			field(t, err, name)
		}
		if err := change(w.Stranger, peer.People{Phone: "5555550199"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another office: %v", err)
		}
		if err := change(w.Maria, peer.People{Phone: "5555550199", Extension: "7", Instructions: "Ask for Ada"}); err != nil {
			t.Fatal(err)
		}
		now, _ := read(t, w, c.Number)
		if now.People.Phone != "(555) 555-0199" || now.People.Extension != "7" || now.People.Instructions != "Ask for Ada" || now.People.Last != "Okafor" || now.People.Email != c.People.Email {
			t.Errorf("now %+v", now.People)
		}
		if told() != 0 {
			t.Error("the reviewer is told days before the call")
		}
		d.Now = func() time.Time { return c.StartsAt.Add(-24*time.Hour + time.Second) }
		if err := change(w.Maria, peer.People{Phone: "5555550111"}); err != nil || told() != 1 {
			t.Errorf("told %d times, %v", told(), err)
		}
		d.Now = func() time.Time { return c.StartsAt }
		if err := change(w.Maria, peer.People{Phone: "5555550122"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("once the call began: %v", err)
		}
	})
}

// Notes, the identity check and outcomes chosen so far are kept, and are
// nobody's but the reviewer's.
func TestTheDayIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, o := booking(t, w, 9)
		save := func(by account.Actor, day peer.Day, said peer.Said) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				now, err := peer.ByID(ctx, tx, c.ID)
				if err == nil {
					err = peer.SaveDay(ctx, tx, by, now, day, map[order.ID]peer.Said{o.ID: said})
				}
				return err
			})
		}
		draft := peer.Said{Outcome: peer.Upheld, Note: "Half a sent"}
		if err := save(w.Maria, peer.Day{Notes: "x"}, draft); !fault.Is(err, fault.Denied) {
			t.Errorf("the office writes the reviewer's notes: %v", err)
		}
		field(t, save(w.Reviewers[0], peer.Day{Notes: strings.Repeat("x", 10_001)}, draft), "notes")
		if err := save(w.Reviewers[0], peer.Day{Notes: "Asked about therapy.", NameChecked: true}, draft); err != nil {
			t.Fatal(err)
		}
		first := dbtest.Clock
		d.Now = func() time.Time { return first.Add(time.Minute) }
		if err := save(w.Reviewers[0], peer.Day{Notes: "More.", NameChecked: true}, draft); err != nil {
			t.Fatal(err)
		}
		kept := func() (day peer.Day, s peer.Subject) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				if day, err = peer.DayOf(ctx, tx, c); err != nil {
					return err
				}
				all, err := peer.Subjects(ctx, tx, w.Maria, c)
				if len(all) == 1 {
					s = all[0]
				}
				return err
			})
			return day, s
		}
		day, s := kept()
		if day.Notes != "More." || !day.NameChecked || day.CredentialChecked || day.CheckedBy != w.Reviewers[0].Name || day.CheckedAt == nil || !day.CheckedAt.Equal(first) {
			t.Errorf("kept %+v", day)
		}
		if s.Said != draft || s.At != nil {
			t.Errorf("the draft is %+v", s)
		}
		d.Now = func() time.Time { return c.StartsAt }
		if _, err := w.Dial(c, peer.Answered); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Record(c, peer.Said{Outcome: peer.Withdrawn}); err != nil {
			t.Fatal(err)
		}
		if err := save(w.Reviewers[0], peer.Day{}, draft); !fault.Is(err, fault.Conflict) {
			t.Errorf("after the call: %v", err)
		}
		if day, s = kept(); day.Notes != "More." || s.Outcome != peer.Withdrawn {
			t.Errorf("after the call %+v, %+v", day, s)
		}
	})
}
