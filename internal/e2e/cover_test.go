package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// afternoon has the first reviewer six calls from 1 PM on, and makes it that.
func (h *house) afternoon(t *testing.T) (calls []peer.Call, orders []order.Order) {
	t.Helper()
	w := h.world
	for n := range w.Reviewers[1:] {
		h.alter(n+1, func(r *review.Reviewer) { r.Active = false })
	}
	for i := range 6 {
		o := w.Denied()
		c, err := w.Book(w.Maria, o, peer.Slot{Start: dbtest.Clock.Add(4*time.Hour + time.Duration(i)*30*time.Minute), Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		calls, orders = append(calls, c), append(orders, o)
	}
	for n := range w.Reviewers[1:] {
		h.alter(n+1, func(r *review.Reviewer) { r.Active = true })
	}
	h.drain(t)
	h.at(4 * time.Hour)
	h.drain(t) // what reminds of them
	return calls, orders
}

// mails counts what an address got.
func (h *house) mails(address string) (n int) {
	for _, m := range h.mail.All() {
		if m.To.Email == address {
			n++
		}
	}
	return n
}

// A reviewer gets sick at 1 PM: from their calendar six calls find another
// reviewer at the same time, and the office hears nothing.
func TestSickReviewerFindsOthersFromTheCalendar(t *testing.T) {
	h := still(t, 3)
	w := h.world
	calls, _ := h.afternoon(t)
	office, sick := h.mails(w.Maria.Email), h.mails(w.Reviewers[0].Email)
	d := h.desk(t, browser.New(t), w.Reviewers[0])
	d.visit("/review/calendar")
	d.tab.Type("#from_day", "11/23/2026")
	d.tab.Type("#from_time", "1 PM")
	d.tab.Type("#to_day", "11/23/2026")
	d.tab.Type("#to_time", "5 PM")
	d.tab.Click("Add time off")
	d.says("6 booked calls stand in it.", "Find someone else for the 6 calls")
	d.look("calendar-cover")
	d.tab.Click("Find someone else for the 6 calls")
	d.says("Reviewer Number000 is away Mon, Nov 23, 1:00 to 5:00 PM CT.", "All 6 calls can be covered at the same time", "Reviewer Number001", "6 cancellations", "The offices: nothing.")
	d.look("cover-plan")
	d.tab.Click("Cover the 6 calls")
	d.says("Working on it", "0 of 6 calls done")
	d.look("cover-working")
	h.drain(t)
	d.tab.Click("See how far it is")
	d.says("All 6 calls have another reviewer at the same time.", "Covered")
	d.silent("Changed since the plan")
	d.look("covered")
	if n := h.mails(w.Maria.Email); n != office {
		t.Errorf("the office got %d mails", n-office)
	}
	if n := h.mails(w.Reviewers[0].Email) - sick; n != 6 {
		t.Errorf("the sick reviewer got %d mails, want 6 cancellations", n)
	}
	d.visit("/review/calendar")
	d.silent("Find someone else")

	maria := h.desk(t, d.tab, w.Maria)
	maria.visit("/p2p/" + calls[0].Number)
	maria.silent("Given to", "Number00")
	maria.visit("/orders/" + order.Spaced(calls[0].Number))
	maria.silent("Number00")
}

// The same from the board, where one of six can't be covered: it stands as
// needing a hand, with other times.
func TestSchedulerCoversAnAbsence(t *testing.T) {
	h := still(t, 3)
	w := h.world
	_, orders := h.afternoon(t)
	h.alter(1, func(r *review.Reviewer) { r.DailyCalls = 3; r.TimeZone = "America/New_York" })
	h.alter(2, func(r *review.Reviewer) { r.DailyCalls = 2; r.TimeZone = "America/New_York" })
	d := h.desk(t, browser.New(t), w.Scheduler)
	d.visit("/board")
	d.says("Today (6)", "Needs a hand (0)")
	d.look("board-today")
	d.tab.Click("Cover an absence")
	d.tab.Click("Show the plan")
	d.says("Select a reviewer")
	d.look("cover-error")
	d.tab.Choose("#reviewer", string(w.Reviewers[0].ID))
	d.tab.Type("#from_time", "1 PM")
	d.tab.Type("#to_time", "noonish")
	d.tab.Click("Show the plan")
	d.says("End time must be a time")
	if got := d.tab.Value("#to_time") + d.tab.Value("#from_time"); got != "noonish1 PM" {
		t.Errorf("the times became %q", got)
	}
	d.tab.Type("#to_time", "5 PM")
	d.tab.Click("Show the plan")
	d.says("5 of 6 calls can be covered at the same time", "Nobody can", "Nearest other times", "5 cancellations")
	d.look("cover-plan-board")
	d.tab.Type("#reason", strings.Repeat("x", 101))
	d.tab.Click("Cover the 5 calls")
	d.says("The reason must be 100 characters or less", "5 of 6 calls can be covered at the same time")
	d.tab.Type("#reason", "Sick")

	// Meanwhile an office cancels a call and a new one takes its place.
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Scheduler, orders[1])
		if err == nil {
			_, err = peer.Cancel(ctx, tx, w.Scheduler, *st.Call, orders[1], "other", "")
		}
		return err
	})
	d.tab.Click("Cover the 5 calls")
	h.drain(t)
	d.tab.Click("See how far it is")
	d.says("Changed since the plan", "changed meanwhile, so nothing was done with it", "nobody could take it in the plan; it went to")
	d.look("covered-changed")

	h.alter(1, func(r *review.Reviewer) { r.DailyCalls = 0 })
	h.alter(2, func(r *review.Reviewer) { r.DailyCalls = 0 })
	o := w.Denied()
	h.alter(0, func(r *review.Reviewer) { r.DailyCalls = 100 })
	slots := w.Slots(w.Maria, o, nil)
	c, err := w.Book(w.Maria, o, slots[0])
	if err != nil {
		t.Fatal(err)
	}
	d.visit("/board/cover?" + url.Values{"reviewer": {string(w.Reviewers[0].ID)}, "from": {c.StartsAt.Format(time.RFC3339)}, "to": {c.EndsAt.Format(time.RFC3339)}}.Encode())
	d.says("Nobody can take the call at the same time")
	d.tab.Click("Record the time off")
	h.drain(t)
	d.tab.Click("See how far it is")
	d.says("Nobody could take the call at the same time.", "Needs a hand", "Reschedule")
	d.look("covered-left")
	d.visit("/board")
	d.says("Needs a hand (1)", "Reviewer away", "has time off at this time", "2:00 to 2:30 PM ET for the reviewer")
	d.look("board-away")
}

// One call goes to another reviewer: who can take it is a choice, who can't
// stands below with the reason.
func TestSchedulerMovesOneCall(t *testing.T) {
	h := still(t, 4)
	w := h.world
	calls, orders := h.afternoon(t)
	h.alter(1, func(r *review.Reviewer) { r.Specialty = "Cardiology" })
	h.alter(2, func(r *review.Reviewer) { r.Programs = nil })
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: w.Reviewers[3].ID, Span: peer.Span{Start: calls[1].StartsAt, End: calls[1].EndsAt}})
		return err
	})
	d := h.desk(t, browser.New(t), w.Scheduler)
	d.visit("/board")
	d.tab.Click("Move " + calls[1].Reference())
	d.says("Move a call to another reviewer", "Reviewer Number001", "Can't take it (2)", "Not trained for Musculoskeletal", "Time off from", "Reviewer Number000 a cancellation. The office is told nothing")
	d.look("move")
	d.tab.Click("Give the call to this reviewer")
	d.says("There is a problem", "Select a reviewer")
	d.look("move-error")
	d.tab.Click("Reviewer Number001")
	d.tab.Click("Give the call to this reviewer")
	d.says("Reviewer Number001", "Chosen by Sam Brooks", "Given to Reviewer Number001 at the same time")
	d.look("call-moved")

	// Somebody else was first: nothing is done, and the page says so.
	d.visit("/board/calls/" + calls[2].Number + "/move")
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.Reassign(ctx, tx, w.Scheduler, calls[2], orders[2], calls[2].Version, w.Reviewers[3].ID)
		return err
	})
	d.tab.Click("Reviewer Number001")
	d.tab.Click("Give the call to this reviewer")
	d.says("This call changed while you had it open. Look at it again.", "Reviewer now", "Reviewer Number003")

	for n := range 3 {
		h.alter(n+1, func(r *review.Reviewer) { r.DailyCalls = 0 })
	}
	d.visit("/board/calls/" + calls[4].Number + "/move")
	d.says("Nobody else can take this call at this time", "Choose another time instead")
	d.look("move-nobody")
}

// The board asks the database as much with forty calls as with none, and its
// filters narrow it.
func TestBoardTakesTheSameStatementsWhateverThereIs(t *testing.T) {
	each(t, 2, func(t *testing.T, h *house) {
		w := h.world
		took := map[string]int{}
		h.Web.Ran = func(pattern string, statements int) { took[pattern] = statements }
		sam := h.as(t, w.Scheduler, "authenticator")
		count := func(path string) int {
			t.Helper()
			for range 2 { // the first visit after a change reads what is remembered
				if a := sam.get(path); a.status != http.StatusOK {
					t.Fatalf("%s: %d", path, a.status)
				}
			}
			return took["GET /board"]
		}
		empty := count("/board")
		for i := range 12 {
			o := w.Denied()
			if i%2 == 0 {
				if _, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[5*i]); err != nil {
					t.Fatal(err)
				}
			}
		}
		full := count("/board")
		if empty != full || full > 14 {
			t.Errorf("%d statements with nothing, %d with calls", empty, full)
		}
		t.Logf("%d statements", full)
		if n := count("/board?program=" + string(w.Program.ID) + "&plan=" + string(w.Plan.ID)); n != full {
			t.Errorf("%d statements with filters", n)
		}
		if a := sam.get("/board?program=" + string(w.Program.ID)); !strings.Contains(a.body, "Remove filter: Musculoskeletal") || !strings.Contains(a.body, "P ") {
			t.Error("the filter isn't shown")
		}
		if a := sam.get("/board?program=none"); strings.Contains(a.body, "/move") {
			t.Error("another program's board has the calls")
		}
	})
}

// A scheduler of another program finds none of these calls, on the board, in
// an absence, or one by one.
func TestSchedulersOfOtherProgramsSeeNothing(t *testing.T) {
	h := still(t, 2)
	w := h.world
	calls, _ := h.afternoon(t)
	other := h.person(t, "Olga", account.Scheduler)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return account.AddScope(ctx, tx, account.Program(), other.ID, account.Scope{ProgramID: "prg_other"})
	})
	olga := h.as(t, other, "authenticator")
	span := fmt.Sprintf("reviewer=%s&from=%s&to=%s", w.Reviewers[0].ID, calls[0].StartsAt.Format(time.RFC3339), calls[5].EndsAt.Format(time.RFC3339))
	a := olga.get("/board/cover?" + span)
	if a.status != http.StatusOK || strings.Contains(a.body, calls[0].Number) || !strings.Contains(a.body, "Not shown: 6 calls of programs") {
		t.Errorf("%d: the plan of another program's calls", a.status)
	}
	if a := olga.get("/board"); strings.Contains(a.body, calls[0].Number) {
		t.Error("the board shows another program's calls")
	}
	if a := olga.get("/board/calls/" + calls[0].Number + "/move"); a.status != http.StatusNotFound {
		t.Errorf("a call of another program: %d", a.status)
	}
	if a := h.as(t, w.Reviewers[1], "authenticator").get("/board/calls/" + calls[0].Number + "/move"); a.status != http.StatusForbidden {
		t.Errorf("another reviewer's call: %d", a.status)
	}
}
