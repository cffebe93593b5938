package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// An office wants an earlier time: it is asked by mail when one opens, keeps
// its own once, and takes the next.
func TestAnEarlierTimeIsTaken(t *testing.T) {
	h := still(t, 1)
	w := h.world
	day := 24 * time.Hour
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: w.Reviewers[0].ID, Span: peer.Span{Start: dbtest.Clock, End: dbtest.Clock.Add(2 * day)}})
		return err
	})
	o := w.Denied()
	d := h.desk(t, browser.New(t), w.Maria)
	d.toCheck(o, 4)
	d.tab.Click("Confirm this call")
	d.says("Your call is confirmed.")
	d.tab.Click("Manage peer-to-peer")
	d.tab.Click("Tell me if an earlier time opens")
	d.says("It stays there until you have an earlier time.")
	d.look("alert")
	d.tab.Click("label[for=part-2]")
	d.tab.Click("Look for an earlier time")
	d.says("We look for an earlier time in a morning, and ask you if one opens.")
	d.look("call-alert")
	call := strings.TrimSuffix(d.tab.URL(), "/")

	w.Do(func(ctx context.Context, tx *db.Tx) error {
		off, err := peer.TimeOffOf(ctx, tx, w.Reviewers[0].ID)
		if err != nil {
			return err
		}
		return peer.DropTimeOff(ctx, tx, account.Program(), w.Reviewers[0].ID, off[0].ID)
	})
	h.at(2 * time.Minute)
	h.drain(t)
	asked := h.mail.All()[len(h.mail.All())-1]
	if !strings.HasPrefix(asked.Subject, "An earlier time is free") || !strings.Contains(asked.Text, "/earlier") {
		t.Fatalf("the office was asked: %s\n%s", asked.Subject, asked.Text)
	}
	d.tab.Visit(call)
	d.says("An earlier time is free: Mon, Nov 23, 11:15 to 11:45 AM CT", "We keep it for you until 9:17 AM CT")
	d.look("call-earlier")
	d.tab.Click("Take it, or keep yours")
	d.look("earlier")
	d.tab.Click("Keep the current time")
	d.silent("An earlier time is free")

	h.at(4 * time.Minute)
	h.drain(t)
	d.tab.Visit(call + "/earlier")
	d.says("An earlier time is free", "Tue, Nov 24")
	d.tab.Click("Move the call to it")
	d.says("Your call is confirmed.", "Tue, Nov 24", "You can still undo this")
}
