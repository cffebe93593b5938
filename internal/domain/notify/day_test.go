package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// speaker is the address of who speaks in the calls of tests, who has no
// account.
const speaker = "ada@test.example"

// body is the text of the newest mail whose subject has these words, to
// anybody but the speaker.
func (o *office) body(t *testing.T, words string) string {
	t.Helper()
	return o.bodyTo(t, words, func(address string) bool { return address != speaker })
}

func (o *office) bodyTo(t *testing.T, words string, to func(address string) bool) string {
	t.Helper()
	all := o.sender.box.All()
	for i := len(all) - 1; i >= 0; i-- {
		if strings.Contains(all[i].Subject, words) && to(all[i].To.Email) {
			if strings.Contains(all[i].Text, "Canarywell") || strings.Contains(all[i].Text, "Okafor") {
				t.Errorf("a mail names people: %q", all[i].Text)
			}
			return all[i].Text
		}
	}
	t.Fatalf("no mail says %q", words)
	return ""
}

// What comes of a call is told to both sides, without saying what it is; and
// another time is offered only where one is to be had.
func TestWhatBecameOfACallIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		missed, _ := o.booked(t, 60)
		vain, _ := o.booked(t, 70)
		held, _ := o.booked(t, 80)
		o.sent(t, missed.EndsAt)
		lines := o.sent(t, missed.EndsAt.Add(time.Hour))
		has(t, lines, 2, "We missed your peer-to-peer call")
		has(t, lines, 1, "p2p@um.example: Priority: we missed a peer-to-peer call")
		if text := o.body(t, "We missed"); !strings.Contains(text, "This isn't your office's fault.") || !strings.Contains(text, "/p2p/"+missed.Number+"/again") {
			t.Errorf("it says %q", text)
		}
		if text := o.bodyTo(t, "We missed", func(a string) bool { return a == speaker }); strings.Contains(text, "https://") || !strings.Contains(text, "turn to Maria Chen") {
			t.Errorf("to who has no account and a call that is over, it says %q", text)
		}

		for i := range 2 {
			o.now = vain.StartsAt.Add(time.Duration(i*5) * time.Minute)
			if _, err := o.Dial(vain, "no_answer"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := o.Record(vain, peer.Said{Outcome: peer.Unreachable}); err != nil {
			t.Fatal(err)
		}
		has(t, o.sent(t, o.now), 2, "We couldn't reach you for your peer-to-peer call")
		if text := o.body(t, "We couldn't reach you"); !strings.Contains(text, "We called twice and couldn't reach you") || !strings.Contains(text, "/p2p/"+vain.Number+"/again") {
			t.Errorf("it says %q", text)
		}

		o.now = held.StartsAt.Add(-time.Hour)
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			c, ord, err := peer.Get(ctx, tx, o.Maria, held.Number)
			if err == nil {
				_, err = peer.RunLate(ctx, tx, o.Maria, c, ord, 15)
			}
			return err
		})
		lines = o.sent(t, o.now)
		has(t, lines, 1, "Running late: Peer-to-peer call")
		has(t, lines, 0, o.Maria.Email+": Running late")
		if text := o.body(t, "Running late"); !strings.Contains(text, "15 minutes late") {
			t.Errorf("it says %q", text)
		}
		o.now = held.StartsAt
		if _, err := o.Dial(held, peer.Answered); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Record(held, peer.Said{Outcome: peer.Upheld, Note: "Therapy is not shown."}); err != nil {
			t.Fatal(err)
		}
		has(t, o.sent(t, o.now), 2, "The result of your peer-to-peer call")
		if text := o.body(t, "The result of"); strings.Contains(text, "Therapy") || strings.Contains(text, "stays") {
			t.Errorf("the mail tells the result: %q", text)
		}
	})
}
