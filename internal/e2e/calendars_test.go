package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A day more without business moves the due times that count business days, as
// was said before it was saved; taken out, they are as before.
func TestAHolidayMovesWhatItSays(t *testing.T) {
	h := still(t, 1)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		h.world.Line.RulePacks = "caqh-core" // 2 business days
		return plan.SaveLine(ctx, tx, account.Program(), h.world.Line)
	})
	o := h.world.Order()
	due := func() (at time.Time) {
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			now, err := order.ByID(ctx, tx, account.Program(), o.ID)
			at = *now.DueAt
			return err
		})
		return at
	}
	before := due()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/calendars")
	omar.look("calendars")
	omar.tab.Click("Harbor Health Plan")
	omar.says("Thanksgiving")
	omar.look("holidays")
	omar.tab.Click("See what it does")
	omar.says("Enter a date", "Enter a name", "Enter a name in Spanish", "Say why")
	omar.look("holidays-wrong")
	omar.tab.Eval(`document.querySelector("#day").value = "2026-11-24"`, nil)
	omar.tab.Type("#name", "Day before Thanksgiving")
	omar.tab.Type("#name_es", "Víspera de Acción de Gracias")
	omar.tab.Type("#why", "The plan asked for it.")
	omar.tab.Click("See what it does")
	omar.says("Adding Tue, Nov 24, 2026 moves 1 decision date. 0 booked calls of this plan are on that day.")
	omar.look("holidays-effect")
	omar.tab.Click("Save the change")
	omar.says("Day before Thanksgiving")
	h.drain(t)
	if after := due(); !after.After(before) {
		t.Errorf("due %v before and %v after", before, after)
	}
	omar.tab.Click("a[href*='take=2026-11-24']")
	omar.says("Take out Day before Thanksgiving", "Tue, Nov 24, 2026")
	omar.look("holiday-take")
	omar.tab.Type("#why", "A mistake.")
	omar.tab.Click("See what it does")
	omar.says("Taking out Tue, Nov 24, 2026 moves 1 decision date.")
	omar.tab.Click("Save the change")
	omar.silent("Day before Thanksgiving")
	h.drain(t)
	if after := due(); !after.Equal(before) {
		t.Errorf("due %v before and %v in the end", before, after)
	}
}

// A holiday is put on a day with six booked calls: the preview counts clocks and
// calls, keeping them leaves them, and rebooking gives each another day.
func TestAHolidayWithCallsInside(t *testing.T) {
	h := still(t, 3)
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		w.Line.RulePacks = "caqh-core" // 2 business days
		return plan.SaveLine(ctx, tx, account.Program(), w.Line)
	})
	w.Order()
	closed := civil.Date{Year: 2026, Month: time.November, Day: 24}
	var calls []peer.Call
	for i := range 6 {
		c, err := w.Book(w.Maria, w.Denied(), peer.Slot{Start: dbtest.Clock.Add(28*time.Hour + time.Duration(i/3)*30*time.Minute), Minutes: 30}) // Tuesday from 1 PM
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	h.drain(t)
	days := func() (n int, moved []time.Time) {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, c := range calls {
				now, err := peer.ByID(ctx, tx, c.ID)
				if err != nil {
					return err
				}
				if civil.DateIn(now.StartsAt, w.Zone()) == closed {
					n++
				} else {
					moved = append(moved, now.StartsAt)
				}
			}
			return nil
		})
		return n, moved
	}
	path := "/admin/calendars/" + string(w.Plan.ID)
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	add := func() {
		omar.visit(path)
		omar.tab.Eval(`document.querySelector("#day").value = "2026-11-24"`, nil)
		omar.tab.Type("#name", "Founders day")
		omar.tab.Type("#name_es", "Día de los fundadores")
		omar.tab.Type("#why", "The plan asked for it.")
		omar.tab.Click("See what it does")
		omar.says("Adding Tue, Nov 24, 2026 moves 1 decision date. 6 booked calls of this plan are on that day.", "Keep the calls", "Rebook")
	}
	add()
	omar.look("holiday-calls")
	omar.tab.Click("Save the change")
	omar.says("Choose what becomes of the booked calls")
	omar.look("holiday-calls-wrong")
	omar.tab.Click("Keep the calls")
	omar.tab.Click("Save the change")
	omar.says("Founders day", "6 booked calls are on this day.")
	omar.look("holiday-kept")
	h.drain(t)
	if n, _ := days(); n != 6 {
		t.Fatalf("%d of 6 calls were kept", n)
	}
	omar.visit(path)
	omar.tab.Click("a[href*='take=2026-11-24']")
	omar.tab.Type("#why", "Once more.")
	omar.tab.Click("See what it does")
	omar.says("Taking out Tue, Nov 24, 2026", "6 booked calls")
	omar.tab.Click("Save the change")
	omar.silent("Founders day")

	add()
	omar.tab.Click("label[for=calls-2]")
	omar.tab.Click("Save the change")
	omar.says("Founders day")
	h.drain(t)
	n, moved := days()
	if n != 0 || len(moved) != 6 {
		t.Fatalf("%d calls are still on the day", n)
	}
	for _, at := range moved {
		if local := at.In(w.Zone()); civil.DateIn(at, w.Zone()) != closed.AddDays(1) || local.Hour() < 12 || local.Hour() > 14 {
			t.Errorf("a call moved to %v", local)
		}
	}
	h.at(10 * time.Minute)
	h.drain(t) // what is told once it can't be put back any more
	told := 0
	for _, m := range h.mail.All() {
		if m.To.Email == w.Maria.Email && strings.Contains(m.Subject, "Wed, Nov 25") {
			told++
		}
	}
	if told != 6 {
		t.Errorf("the office got %d mails of new times", told)
	}
	omar.visit(path)
	omar.silent("booked calls are on this day")
}

// A rule holds every year; what it is for decides what moves. An office reads
// the name in its language.
func TestAHolidayOfEachYear(t *testing.T) {
	h := still(t, 3)
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		w.Line.RulePacks = "caqh-core" // 2 business days
		return plan.SaveLine(ctx, tx, account.Program(), w.Line)
	})
	w.Order()
	denied := w.Denied()
	if _, err := w.Book(w.Maria, w.Denied(), peer.Slot{Start: dbtest.Clock.Add(28 * time.Hour), Minutes: 30}); err != nil { // Tuesday, 1 PM
		t.Fatal(err)
	}
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	fill := func(rule, applies string) {
		omar.visit("/admin/calendars/" + string(w.Plan.ID))
		omar.tab.Click("label[for=when-2]")
		omar.tab.Type("#rule", rule)
		omar.tab.Type("#name", "Harvest day")
		omar.tab.Type("#name_es", "Día de la cosecha")
		omar.tab.Eval(`document.querySelector("[name=applies][value=`+applies+`]").checked = true`, nil)
		omar.tab.Type("#why", "The plan asked for it.")
	}
	fill("every now and then", "both")
	omar.tab.Click("See what it does")
	omar.says("Enter a rule, like 4th Thursday of November, last Monday of May or July 4")
	omar.look("holiday-rule-wrong")
	fill("4th thursday of november", "both")
	omar.tab.Click("See what it does")
	omar.says("This date is already in the list")
	fill("4th Tuesday of November", "calls")
	omar.tab.Click("See what it does")
	omar.says("Adding the 4th Tuesday of November each year moves no decision date: it is for calls only. 1 booked call of this plan is on its days.", "It falls on Tue, Nov 24, 2026; Tue, Nov 23, 2027; Tue, Nov 28, 2028; and so on.")
	omar.look("holiday-rule-calls")
	fill("4th Tuesday of November", "clocks")
	omar.tab.Click("See what it does")
	omar.says("moves 1 decision date. It is for clocks only: calls stay, and can be booked.")
	omar.silent("Keep the calls")
	omar.tab.Click("Save the change")
	omar.says("The 4th Tuesday of November each year", "For clocks only")
	omar.look("holidays-rules")

	omar.tab.Click("a[href*='change=4th+Tuesday']")
	omar.says("Change Harvest day")
	omar.tab.Click("label[for=applies]")
	omar.tab.Click("label[for=closed-2]")
	omar.tab.Eval(`document.querySelector("#from").value = "14:00"; document.querySelector("#until").value = "13:00"`, nil)
	omar.tab.Type("#why", "Only the afternoon.")
	omar.tab.Click("See what it does")
	omar.says("Enter the hours, the later one after the earlier")
	omar.look("holiday-hours-wrong")
	omar.tab.Eval(`document.querySelector("#from").value = "12:00"; document.querySelector("#until").value = "18:00"`, nil)
	omar.tab.Click("See what it does")
	omar.says("Changing the 4th Tuesday of November each year moves", "1 booked call of this plan is in its hours.")
	omar.tab.Click("Keep the calls")
	omar.tab.Click("Save the change")
	omar.says("Closed 12:00 PM to 6:00 PM", "1 booked call is on this day.")
	omar.look("holiday-hours")

	maria := h.desk(t, tab, w.Maria)
	maria.visit("/orders/" + denied.Number + "/p2p")
	maria.says("Closed – Thanksgiving")
	w.Do(func(ctx context.Context, tx *db.Tx) error { // nobody could book in the hours that are closed
		st, err := peer.Stand(ctx, tx, w.Maria, denied)
		if err != nil {
			return err
		}
		offer, err := peer.Offers(ctx, tx, w.Maria, denied, st, nil)
		for _, s := range offer.Slots {
			if local := s.Start.In(w.Zone()); civil.DateIn(s.Start, w.Zone()).Day == 24 && local.Hour() >= 12 && local.Hour() < 18 {
				t.Errorf("offered at %v", local)
			}
		}
		return err
	})
	maria.tab.Click("Español")
	maria.says("Cerrado – Día de Acción de Gracias")
	maria.look("times-spanish")
}

// A calendar file's days are put into a draft; what can't be taken is listed.
func TestHolidaysFromACalendarFile(t *testing.T) {
	for how, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(how, func(t *testing.T) {
			h := still(t, 1)
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			file := filepath.Join(t.TempDir(), "days.ics")
			text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n" +
				"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20261224\r\nSUMMARY:Christmas Eve\r\nEND:VEVENT\r\n" +
				"BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261231T120000Z\r\nSUMMARY:Half a day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			omar.visit("/admin/calendars/" + string(h.world.Plan.ID))
			omar.tab.Click("Read the file")
			omar.says("There is a problem", "Choose a calendar file")
			omar.look("calendar-file-none-" + how)
			omar.tab.Upload("#file", file)
			omar.tab.Click("Read the file")
			omar.says("From the calendar file", "1 day of the file stands below, not saved yet.", "1 event of the file that can't be taken", "Half a day", "It isn't all day.")
			omar.look("calendar-file-read-" + how)
			omar.tab.Click("Save the draft")
			omar.says("enter a name in Spanish behind the name")
			days := omar.tab.Value("#days")
			omar.tab.Type("#days", days+" | Nochebuena")
			omar.tab.Click("Save the draft")
			omar.says("1 change", "2026-12-24 Christmas Eve | Nochebuena")
		})
	}
}
