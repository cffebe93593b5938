package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/mail"
)

// entry is the calendar file that one address got last.
func (o *office) entry(t *testing.T, address string) *mail.Calendar {
	t.Helper()
	all := o.sender.box.All()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].To.Email == address && all[i].Calendar != nil {
			return all[i].Calendar
		}
	}
	t.Fatalf("%s got no entry", address)
	return nil
}

// When another reviewer takes a call at the same time, the two reviewers
// hear of it, by entries of their own, and the office never does; what
// reminds of the call goes to who has it.
func TestTheOfficeHearsNothingOfAnotherReviewer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 2)
		c, _ := o.booked(t, 60)
		o.sent(t, dbtest.Clock)
		was := o.Holder(c)
		if e := o.entry(t, was.Email); !strings.Contains(string(e.Body), c.UIDReviewer) {
			t.Fatalf("the first entry is %s", e.Body)
		}
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cover(ctx, tx, o.Scheduler, peer.Absence{Reviewer: was.ID, Span: peer.Span{Start: c.StartsAt, End: c.EndsAt}})
			return err
		})
		lines := o.sent(t, dbtest.Clock)
		var now peer.Call
		o.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = peer.ByID(ctx, tx, c.ID)
			return err
		})
		other := o.Holder(now)
		if len(lines) != 2 || other.ID == was.ID {
			t.Fatalf("sent %q", lines)
		}
		has(t, lines, 1, was.Email+": Canceled: peer-to-peer call")
		has(t, lines, 1, other.Email+": Peer-to-peer call")
		old, fresh := o.entry(t, was.Email), o.entry(t, other.Email)
		if text := string(old.Body); old.Method != "CANCEL" || !strings.Contains(text, "METHOD:CANCEL") || !strings.Contains(text, c.UIDReviewer) || !strings.Contains(text, "SEQUENCE:1") {
			t.Errorf("the old entry: %s %s", old.Method, text)
		}
		if text := string(fresh.Body); fresh.Method != "REQUEST" || !strings.Contains(text, now.UIDReviewer) || strings.Contains(text, c.UIDReviewer) || !strings.Contains(text, "SEQUENCE:1") || strings.Contains(text, o.Maria.Email) {
			t.Errorf("the new entry: %s %s", fresh.Method, text)
		}
		var reminders []string
		for _, before := range []time.Duration{24 * time.Hour, time.Hour, 15 * time.Minute, time.Minute} {
			reminders = append(reminders, o.sent(t, c.StartsAt.Add(-before))...)
		}
		has(t, reminders, 2, other.Email+": Reminder")
		has(t, reminders, 0, was.Email)
		has(t, reminders, 3, o.Maria.Email+": Reminder")
	})
}
