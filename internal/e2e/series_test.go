package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
)

// A reviewer ends one session and sees the booked call in it before that.
func TestAReviewerChangesOneSession(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	tuesday := civil.Date{Year: 2026, Month: time.November, Day: 24}
	c, err := w.Book(w.Maria, o, peer.Slot{Start: civil.Start(tuesday, 9*60, w.Zone()), Minutes: 30})
	if err != nil {
		t.Fatal(err)
	}
	d := h.desk(t, browser.New(t), w.Reviewers[0])
	d.visit("/review/calendar")
	d.tab.Click("Change or end Tuesdays, 9:00 AM to 5:00 PM")
	d.tab.Click("See what changes")
	d.says("There is a problem", "Select which sessions to change", "Select what to change", "Select a session")
	d.look("series-error")
	d.tab.Click("This session")
	d.tab.Choose("#day", "2026-11-24")
	d.tab.Click("The times")
	d.tab.Type("#start", "10 AM")
	d.tab.Type("#end", "noon")
	d.look("series")
	d.tab.Click("See what changes")
	d.says("Tue, Nov 24 only, 10:00 AM to 12:00 PM", "Tuesdays, 9:00 AM to 5:00 PM, from Tue, Dec 1",
		"1 booked call stands where you'll have no hours. It stays as it is until you or a scheduler moves it.", "Tue, Nov 24, 9:00 to 9:30 AM CT")
	d.look("series-preview")
	d.tab.Click("Save the change")
	d.says("Your hours are changed.", "Tue, Nov 24 only, 10:00 AM to 12:00 PM")
	d.look("calendar-changed")
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		now, err := peer.ByID(ctx, tx, c.ID)
		if now.Status != peer.Scheduled || !now.StartsAt.Equal(c.StartsAt) {
			t.Errorf("the call became %+v", now)
		}
		return err
	})
}
