package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// Searching, filtering, saving a view, and what is found where nothing is.
func TestFindingOrders(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	for range 3 {
		w.Order()
	}
	d := h.desk(t, browser.New(t), w.Maria)
	d.visit("/orders")
	d.says("4 orders", "Denied (1)", "Sent (3)")

	d.tab.Click("Denied (1)")
	d.tab.Click("Apply filters")
	d.says("1 order", "Filters (1)", order.Spaced(o.Number))
	d.look("orders-filtered")
	d.tab.Click("Save this view")
	d.tab.Click("Save view")
	d.says("Enter a name for the view", "Filters (1)")
	d.look("orders-view-error")
	d.tab.Type("#name", strings.Repeat("x", 41))
	d.tab.Click("Save view")
	d.says("The name must be 40 characters or less")
	if got := d.tab.Value("#name"); got != strings.Repeat("x", 41) {
		t.Errorf("the name typed became %q", got)
	}
	d.tab.Type("#name", "To talk about")
	d.tab.Click("Save view")
	d.says("Saved views:", "To talk about")
	d.tab.Click("Clear filters")
	d.says("4 orders")
	d.tab.Click("To talk about")
	d.says("1 order", "Filters (1)")
	d.tab.Click(".chip a")
	d.says("4 orders")
	d.tab.Click("Save this view")
	d.tab.Click("Delete view To talk about")
	d.silent("Saved views:")

	d.search("zzzz, nobody")
	d.says("No orders match this search")
	d.look("orders-none")
	d.search("q")
	d.says("We need at least 2 letters")
	d.search(order.Spaced(o.Number))
	d.says("The order with this ID", "1 order")
	d.search(strings.Repeat("long ", 60))
	d.says("Use 200 characters or less")
	d.look("orders-too-long")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

func (d *desk) search(what string) {
	d.Helper()
	d.tab.Type("#orders-q", what)
	d.tab.Press("Enter")
}

// The form for who has the card in hand says what is wrong with a date, and
// stays open with what was typed.
func TestSearchByCard(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/orders")
	d.tab.Click("Search by member or order ID")
	d.tab.Type("#last_name", "Canarywell")
	d.tab.Type("#born_month", "February")
	d.tab.Type("#born_day", "30")
	d.tab.Type("#born_year", "1986")
	d.tab.Click("Find orders")
	d.says("Date of birth must be a real date")
	if got := d.tab.Value("#last_name") + d.tab.Value("#born_month") + d.tab.Value("#born_day"); got != "CanarywellFebruary30" {
		t.Errorf("what was typed became %q", got)
	}
	d.look("orders-card-error")
	d.tab.Type("#born_month", "4")
	d.tab.Type("#born_day", "28")
	d.tab.Click("Find orders")
	d.says("1 order", order.Spaced(o.Number))
}

// Whatever is wrong, nothing typed is lost, and each fault is said at its field.
func TestWhatWasTypedStays(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	d := h.desk(t, browser.New(t), h.world.Maria)

	d.toTimes(o)
	d.tab.Type("#note", "Mondays after 4 PM CT")
	d.tab.Type("#note_phone", "12")
	d.tab.Click("Send to the schedulers")
	d.says("Phone number must be 10 digits")
	if got := d.tab.Value("#note"); got != "Mondays after 4 PM CT" {
		t.Errorf("the note became %q", got)
	}
	d.look("time-note-error")
	d.tab.Type("#note_phone", "555-555-0147")
	d.tab.Click("Send to the schedulers")
	d.says("Your note is with the schedulers")
	d.look("time-note-sent")

	d.toPeople(o, 4)
	d.tab.Click("Someone else")
	typed := map[string]string{"#first_name": "Jonah", "#last_name": "", "#phone": "555", "#extension": "x2", "#backup_phone": "1", "#email": "jonah at example", "#instructions": "Press 4"}
	for field, text := range typed {
		d.tab.Type(field, text)
	}
	d.tab.Click("Continue")
	d.says("Enter the last name", "Select a credential", "Phone number must be 10 digits", "Extension must be numbers only", "Enter an email address in the correct format")
	for field, text := range typed {
		if got := d.tab.Value(field); got != text {
			t.Errorf("%s: %q became %q", field, text, got)
		}
	}
	d.look("people-errors")
	d.tab.Choose("#credential", "PharmD")
	d.tab.Type("#last_name", "Pham")
	d.tab.Click("Continue")
	d.says("Choose someone with one of these credentials: MD, DO, NP, PA")
}

// Two take one time: who comes second sees the closest times, has lost
// nothing, and books the closest by going on.
func TestTwoDesksOneTime(t *testing.T) {
	h := still(t, 1)
	w := h.world
	first, second := w.Denied(), w.Denied()
	tab := browser.New(t)
	a, b := h.desk(t, tab, w.Maria), h.desk(t, tab.Person(), w.Maria)

	key := a.toCheck(first, 5)
	h.at(6 * time.Minute) // a's hold has ended
	b.toTimes(second)
	b.tab.Click("label[for=" + key + "]")
	b.tab.Click("Continue")
	b.tab.Type("#phone", "555-555-0132")
	b.tab.Click("Continue")
	b.tab.Click("Confirm this call")
	b.says("Your call is confirmed.")

	a.tab.Click("Confirm this call")
	a.says("There is a problem", "The closest are")
	if f := a.tab.Focused(); a.tab.Has("[data-error-summary]") && f != "div" {
		t.Errorf("focus is on %s, not on what went wrong", f)
	}
	a.look("time-lost")
	a.tab.Click("Continue") // the closest is chosen already
	a.says("Check and confirm", "(555) 555-0131", "Ada Okafor")
	a.tab.Click("Confirm this call")
	a.says("Your call is confirmed.")
	if h.calls(t, first) != 1 || h.calls(t, second) != 1 {
		t.Error("not one call for each")
	}
}

// Two choose the same free time; who presses Continue second is told at once.
func TestTimeHeldBySomeoneElse(t *testing.T) {
	h := still(t, 1)
	w := h.world
	first, second := w.Denied(), w.Denied()
	tab := browser.New(t)
	a, b := h.desk(t, tab, w.Maria), h.desk(t, tab.Person(), w.Maria)
	b.toTimes(second)
	chosen := b.choose(5) // before it is taken: after that the page itself offers it no more
	if key := a.toPeople(first, 5); key != chosen {
		t.Fatalf("one chose %s, the other %s", key, chosen)
	}
	b.tab.Click("Continue")
	b.says("The closest are")
	b.tab.Click("Continue")
	b.says("Who will be on the call")
}

// Going back after booking, and pressing Confirm twice, book nothing more.
func TestConfirmingTwiceBooksOnce(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.toCheck(o, 3)
	check := d.tab.URL()
	d.tab.Eval(`(b => { b.click(); b.click(); })([...document.querySelectorAll("button")].find(b => b.innerText === "Confirm this call"))`, nil)
	time.Sleep(500 * time.Millisecond)
	d.visit("/p2p")
	d.says("Confirmed")
	if n := h.calls(t, o); n != 1 {
		t.Fatalf("%d calls", n)
	}
	d.tab.Visit(check)
	d.says("Arranged by") // there is nothing to confirm any more
	d.look("call")
	if n := h.calls(t, o); n != 1 {
		t.Fatalf("%d calls", n)
	}
}

func TestBackAfterBooking(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.toCheck(o, 3)
	d.tab.Click("Confirm this call")
	d.says("Your call is confirmed.")
	d.tab.Back()
	d.says("Arranged by")
	d.silent("Confirm this call")
	if n := h.calls(t, o); n != 1 {
		t.Fatalf("%d calls", n)
	}
}

// The time zone is asked once, kept, and everything is read in it from then on.
func TestZoneIsKept(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.toTimes(o)
	d.says("Times are in Central Time (CT)")
	d.tab.Click("Change time zone")
	d.look("zone")
	d.tab.Click("Arizona (no daylight time)")
	d.tab.Click("Continue")
	d.says("MST")
	d.visit("/orders/" + o.Number)
	d.says("MST")
}

// No free time is no dead end.
func TestNoTimeIsFree(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: w.Reviewers[0].ID, Span: peer.Span{Start: dbtest.Clock, End: dbtest.Clock.AddDate(0, 2, 0)}})
		return err
	})
	d := h.desk(t, browser.New(t), w.Maria)
	d.toTimes(o)
	d.says("No times are open", "Tell us when you can talk", "Write to the schedulers", "(800) 555-0142")
	d.look("time-none")
}

// No time is free, so the office gives times of its own; when one inside them
// opens, the call is booked and both sides have their invitations.
func TestAPreferredWindowIsBookedWhenATimeOpens(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: w.Reviewers[0].ID, Span: peer.Span{Start: dbtest.Clock, End: dbtest.Clock.Add(60 * 24 * time.Hour)}})
		return err
	})
	tab := browser.New(t)
	maria := h.desk(t, tab, w.Maria)
	sam := h.desk(t, tab.Person(), w.Scheduler)
	maria.toTimes(o)
	maria.tab.Click("Give your times")
	maria.says("When can you talk?", "Give at least 2 times of 30 minutes or more")
	maria.look("windows")
	maria.tab.Choose("#day_0", "2026-11-24")
	maria.tab.Choose("#from_0", "600")
	maria.tab.Choose("#to_0", "600")
	maria.tab.Click("Add another time")
	maria.tab.Click("Continue")
	maria.says("Choose a day for time 2", "Choose when time 2 starts")
	maria.look("windows-error")
	maria.tab.Choose("#to_0", "660")
	maria.tab.Choose("#day_1", "2026-11-25")
	maria.tab.Choose("#from_1", "840")
	maria.tab.Choose("#to_1", "870")
	maria.tab.Click("Continue")
	maria.says("Who will be on the call", "One of 2 times you gave")
	maria.look("windows-people")
	maria.tab.Type("#phone", "555-555-0131")
	maria.tab.Click("Continue")
	maria.says("Check and send your request", "Tue, Nov 24, 10:00 to 11:00 AM CT; Wed, Nov 25, 2:00 to 2:30 PM CT")
	maria.look("windows-check")
	maria.tab.Click("Send this request")
	maria.says("We've got your request. It isn't booked yet.", "We'll confirm one of your times by Tue, Nov 24, 10:00 AM CT")
	maria.look("windows-requested")
	maria.tab.Click("Manage peer-to-peer")
	maria.says("When you can talk")
	maria.look("windows-call")
	maria.visit("/orders/" + o.Number)
	maria.says("A peer-to-peer call is requested, and has no time yet.")
	sam.visit("/board")
	sam.says("Times given", "Tue, Nov 24, 10:00 to 11:00 AM CT", "No reviewer is free in these times yet.")
	sam.look("board-windows")
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		off, err := peer.TimeOffOf(ctx, tx, w.Reviewers[0].ID)
		if err != nil {
			return err
		}
		return peer.DropTimeOff(ctx, tx, account.Program(), w.Reviewers[0].ID, off[0].ID)
	})
	h.at(2 * time.Minute)
	h.drain(t)
	maria.visit("/orders/" + o.Number)
	maria.says("A peer-to-peer call is booked for Tue, Nov 24, 10:00 to 10:30 AM CT")
	invited := 0
	for _, m := range h.mail.All() {
		if m.Calendar != nil && m.Calendar.Method == "REQUEST" {
			invited++
		}
	}
	if invited != 2 { // who arranges it, and the reviewer
		t.Errorf("%d invitations", invited)
	}
}

// Home, the list of calls, the page of a call and of its cancellation, in
// every state an office meets.
func TestOfficePages(t *testing.T) {
	h := still(t, 1)
	w := h.world
	d := h.desk(t, browser.New(t), w.Maria)
	d.visit("/")
	d.says("You're caught up", "No calls are coming up")
	d.look("home-empty")
	d.visit("/p2p")
	d.look("calls-empty")
	d.visit("/orders")
	d.says("No orders yet")
	d.look("orders-empty")
	booked(h)
	w.Order()
	d.visit("/")
	d.says("Peer-to-peer call today about order ending", "Confirmed")
	d.look("home")
	d.visit("/p2p")
	d.look("calls")
	d.visit("/orders/1234567897")
	d.says("We can't find")
	d.look("not-found")
}
