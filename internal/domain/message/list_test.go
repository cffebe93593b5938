package message_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// Notes never leave those who review, whichever way somebody looks.
func TestNotesStayInside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		thread := k.asked(50 * 24 * time.Hour)
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := message.Jot(ctx, tx, k.nurse, thread, k.o, "canary-note")
			return err
		})
		err := k.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := message.Jot(ctx, tx, k.Maria, thread, k.o, "from outside")
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office leaves a note: %v", err)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, by := range []account.Actor{k.Maria, k.nurse} {
				all, err := message.Entries(ctx, tx, by, thread)
				if err != nil {
					return err
				}
				found := false
				for _, e := range all {
					found = found || strings.Contains(e.Text, "canary-note")
				}
				page, err := message.List(ctx, tx, by, message.Query{View: message.All, Text: "canary-note"})
				if err != nil {
					return err
				}
				if inside := by.ID == k.nurse.ID; found != inside || len(page.Threads) != map[bool]int{true: 1}[inside] {
					t.Errorf("%s reads the note: %v, finds %d", by.Name, found, len(page.Threads))
				}
			}
			return nil
		})
		if now := k.read(k.Maria, thread); now.OfficeN >= now.LastN {
			t.Error("an internal note counts as unread for the office")
		}
	})
}

// The list shows what each may see, counts it, and goes on where it ended.
func TestListing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		for range message.PageSize + 3 {
			k.o = k.Order()
			k.asked(50 * 24 * time.Hour)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			seen := map[string]bool{}
			q := message.Query{View: message.NeedsReply, Today: k.DB.Now().Add(24 * time.Hour)}
			for range 3 {
				p, err := message.List(ctx, tx, k.Maria, q)
				if err != nil {
					return err
				}
				for _, l := range p.Threads {
					if seen[l.Number] || !l.Unread || l.Patient != "Rosa Canarywell" {
						t.Errorf("twice, read or nobody's: %+v", l)
					}
					seen[l.Number] = true
				}
				if q.Before = p.Older; q.Before == "" {
					break
				}
			}
			if len(seen) != message.PageSize+3 {
				t.Errorf("%d listed", len(seen))
			}
			for by, want := range map[*account.Actor]int{&k.Maria: message.PageSize + 3, &k.Stranger: 0, &k.Scheduler: 0} {
				n, err := message.UnreadOf(ctx, tx, *by)
				if err != nil || n != want {
					t.Errorf("%s: %d unread, %v", by.Name, n, err)
				}
			}
			return nil
		})
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := message.List(ctx, tx, k.Maria, message.Query{View: message.NeedsReply})
			if err != nil {
				return err
			}
			if err := message.See(ctx, tx, k.Maria, p.Threads[0].Thread); err != nil {
				return err
			}
			if err := message.Snooze(ctx, tx, k.Maria, p.Threads[1].Thread, tx.Now().Add(time.Hour)); err != nil {
				return err
			}
			counts, err := message.Counts(ctx, tx, k.Maria, tx.Now().Add(24*time.Hour))
			if counts[message.NeedsReply] != message.PageSize+2 || counts[message.Unread] != message.PageSize+2 || counts[message.Snoozed] != 1 || counts[message.DueToday] != 0 {
				t.Errorf("%+v", counts)
			}
			return err
		})
	})
}

// An office asks something itself; those who review answer, and it turns.
func TestQuestionOfAnOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		var q message.Thread
		err := k.Try(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Begin(ctx, tx, k.Maria, order.Order{}, message.Start{Topic: "weather"})
			return err
		})
		if f := fault.Of(err).Fields; f["topic"] == "" || f["text"] == "" {
			t.Errorf("nothing said: %v", err)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			q, err = message.Begin(ctx, tx, k.Maria, k.o, message.Start{Topic: "decision", Text: "Why 12 visits?"})
			return err
		})
		q = k.read(k.nurse, q)
		if q.Turn != message.Review {
			t.Errorf("whose turn: %q", q.Turn)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Reply(ctx, tx, k.nurse, q, k.o, "The guideline says so.")
			return err
		})
		q = k.read(k.Maria, q)
		if q.Turn != message.Office || !q.Unread(message.Office, 1) {
			t.Errorf("after the answer: %+v", q)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Close(ctx, tx, k.Maria, q, k.o)
			return err
		})
		q = k.read(k.nurse, q)
		err = k.Try(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Reply(ctx, tx, k.nurse, q, k.o, "More.")
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("after it closed: %v", err)
		}
	})
}
