package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var since = civil.Date{Year: 2020, Month: time.January, Day: 1}

// law gives the small world's state its rules and its orders a specialty.
func (h *house) law(specialty string, rules ...peer.Rule) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, r := range rules {
			r.State, r.From = "TX", since
			if err := peer.SaveRule(ctx, tx, account.Program(), r); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `update practitioner set specialty = $1`, specialty)
		return err
	})
}

// alter changes the reviewer of that number.
func (h *house) alter(n int, f func(*review.Reviewer)) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		r, err := review.Get(ctx, tx, h.world.Reviewers[n].ID)
		if err != nil {
			return err
		}
		f(&r)
		return review.Save(ctx, tx, account.Program(), r)
	})
}

var texas = peer.Rule{Code: "tx_match", NeedsTier: peer.TierLicensed, Citation: "28 TAC §19.1710",
	Sentence:  "Texas asks that the reviewer be licensed in Texas and of the same or a similar specialty, and no such reviewer has a free time before your deadline.",
	Statement: "The physician knows and wants to go ahead"}

// No match in Texas: the page says so, a box opens the other times, and what
// was stated stays with the call, where staff read it.
func TestNoMatchInTexas(t *testing.T) {
	h := still(t, 1)
	w := h.world
	h.law("Sports medicine", texas)
	o := w.Denied()
	d := h.desk(t, browser.New(t), w.Maria)
	d.toTimes(o)
	d.says("No reviewer matches as your state asks", "Texas asks that the reviewer be licensed in Texas", "times with other reviewers are open if the physician agrees", "Write to the schedulers")
	d.silent("Book the earliest time")
	d.look("match-none")
	d.tab.Click("Show other times")
	d.says("There is a problem", "Check the box if the physician knows and wants to go ahead")
	d.look("match-error")
	d.tab.Click("The physician knows and wants to go ahead")
	d.tab.Click("Show other times")
	d.says("You stated this", "Book the earliest time")
	d.look("match-stated")
	d.choose(2)
	d.tab.Click("Continue")
	d.says("Who will be on the call", "With a reviewer of a different specialty")
	d.tab.Type("#phone", "555-555-0131")
	d.tab.Click("Continue")
	d.says("Check and confirm", "Different from the one this order needs", "The physician knows and wants to go ahead")
	d.look("match-check")
	d.tab.Click("Confirm this call")
	d.says("Your call is confirmed.")

	staff := h.desk(t, d.tab, w.Scheduler)
	staff.visit("/board")
	var call string
	staff.tab.Eval(`document.querySelector('a[href^="/p2p/"]').getAttribute("href")`, &call)
	staff.visit(call)
	staff.says("The physician knows and wants to go ahead", "Stated by Maria Chen", "28 TAC §19.1710", "Why this reviewer", "was the only one free at this time")
	staff.tab.Click("How the reviewer was found")
	staff.says("Trained for the program", "(chosen)")
	staff.look("match-call")
	staff.tab.Click("Why this time, why not another")
	staff.says("Not bookable", "This is the call's time now")
	staff.look("why-now")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// Where some times match and some don't, each says so, and a link narrows them.
func TestSpecialtyIsSaidWhereItVaries(t *testing.T) {
	h := still(t, 2)
	w := h.world
	h.law("Orthopedic surgery")
	h.alter(1, func(r *review.Reviewer) { r.Specialty, r.Languages = "Radiology", []string{"Spanish"} })
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: w.Reviewers[0].ID, Span: peer.Span{Start: dbtest.Clock.Add(3 * time.Hour), End: dbtest.Clock.AddDate(0, 2, 0)}})
		return err
	})
	o := w.Denied()
	d := h.desk(t, browser.New(t), w.Maria)
	d.toTimes(o)
	d.says("same specialty", "different specialty", "Only same specialty (")
	d.silent("Reviewer Number")
	d.look("match-varies")
	var link string
	d.tab.Eval(`[...document.querySelectorAll("a")].find(a => a.innerText.startsWith("Only same specialty")).innerText`, &link)
	d.tab.Click(link)
	d.says("Only times with a reviewer of the same specialty")
	var notes []string
	d.tab.Eval(`[...document.querySelectorAll(".slot .slot-note")].map(e => e.innerText)`, &notes)
	if len(notes) == 0 || strings.Contains(strings.Join(notes, " "), "different") {
		t.Errorf("narrowed to %q", notes)
	}
	d.tab.Click("Show all times")
	d.tab.Click("The call is in English. Ask for another language")
	d.tab.Choose("#language", "Spanish")
	d.tab.Click("Show times")
	d.says("The call is in Spanish")
	d.silent("Only same specialty")
	d.look("match-language")
}

// The member's consent is asked on the page of people, with its day, where a
// rule applies; a service whose day has come may have been performed.
func TestCallNotesAreAsked(t *testing.T) {
	h := still(t, 1)
	w := h.world
	h.law("", peer.Rule{Code: "oh_consent", Citation: "Ohio R.C. 3923.041", Sentence: "Ohio asks for the member’s consent before this call.", Statement: "The member consents to this call"})
	o := w.Denied()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update orders set urgency = 'retrospective', appeal_at = $1 where id = $2`, dbtest.Clock, string(o.ID))
		return err
	})
	d := h.desk(t, browser.New(t), w.Maria)
	d.visit("/orders/" + o.Number + "/p2p/time")
	d.choose(1)
	d.tab.Click("Continue")
	d.says("Ohio asks for the member's consent before this call.", "The procedure was already performed", "We hold the member's letter")
	d.look("notes")
	d.tab.Type("#phone", "555-555-0131")
	d.tab.Click("Continue")
	d.says("Check the box to confirm: The member consents to this call")
	d.tab.Click("The member consents to this call")
	d.tab.Type("#oh_consent_day_month", "November")
	d.tab.Type("#oh_consent_day_day", "31")
	d.tab.Type("#oh_consent_day_year", "2026")
	d.tab.Click("The procedure was already performed")
	d.tab.Click("Continue")
	d.says("Date of the consent must be a real date", "Date it was performed must be a real date")
	if got := d.tab.Value("#oh_consent_day_month") + d.tab.Value("#oh_consent_day_day"); got != "November31" {
		t.Errorf("the date typed became %q", got)
	}
	d.look("notes-errors")
	d.tab.Type("#oh_consent_day_day", "20")
	d.tab.Type("#performed_day_month", "12")
	d.tab.Type("#performed_day_day", "1")
	d.tab.Type("#performed_day_year", "2026")
	d.tab.Click("Continue")
	d.says("can't be in the future")
	d.tab.Type("#performed_day_month", "11")
	d.tab.Click("Continue")
	d.says("Check and confirm", "The member consents to this call, Fri, Nov 20, 2026", "The procedure was already performed, Sun, Nov 1, 2026")
	d.tab.Click("Confirm this call")
	d.says("Your call is confirmed.")

	reviewer := h.desk(t, d.tab, w.Reviewers[0])
	reviewer.visit("/review/calls")
	reviewer.says("Calls today")
	reviewer.tab.Click(`a[href^="/review/calls/"]`)
	reviewer.says("The procedure was already performed, Sun, Nov 1, 2026")
}

// Staff ask why: the page names the first rule that failed, and every other.
func TestWhyThisTime(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	h.alter(0, func(r *review.Reviewer) {
		r.WeeklyCalls, r.Licenses[0].Expires = 20, civil.DateIn(dbtest.Clock, w.Zone()).AddDays(40)
	})
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: w.Reviewers[0].ID, Span: peer.Span{Start: dbtest.Clock.Add(24 * time.Hour), End: dbtest.Clock.Add(28 * time.Hour)}})
		return err
	})
	d := h.desk(t, browser.New(t), w.Scheduler)
	d.visit("/board")
	d.tab.Click("Reviewers")
	d.says("1 reviewer, by name", "Orthopedic surgery", "40 days left", "English", "Musculoskeletal", "0 of 20")
	d.look("reviewers")
	d.tab.Click("Why is a time offered, or not?")
	d.look("why")
	ask := func(number, day, clock string) {
		d.tab.Type("#order", number)
		d.tab.Choose("#reviewer", string(w.Reviewers[0].ID))
		d.tab.Type("#day", day)
		d.tab.Type("#time", clock)
		d.tab.Choose("#tz", "America/Chicago")
		d.tab.Click("Explain this time")
	}
	ask("12", "11/31/2026", "noonish")
	d.says("Enter the ten digits of the order", "Day must be a real date", "Enter a time, like 1:00 PM")
	d.look("why-errors")
	for at, says := range map[[2]string]string{
		{"11/24/2026", "9:30 AM"}:  "Time off from Tue, Nov 24, 9:00 AM CT to Tue, Nov 24, 1:00 PM CT.",
		{"11/24/2026", "3:00 PM"}:  "Bookable: Reviewer Number000",
		{"11/26/2026", "10:00 AM"}: "Plan holiday: Thanksgiving",
		{"11/24/2026", "6:00 PM"}:  "No weekly hours cover 6:00 to 6:30 PM CT",
		{"12/29/2026", "10:00 AM"}: "Beyond the 10 business days",
		{"11/23/2026", "9:15 AM"}:  "Inside the notice of 1 h",
	} {
		ask(order.Spaced(o.Number), at[0], at[1])
		d.says(says)
	}
	ask(o.Number, "11/24/2026", "9:30 AM")
	d.look("why-off")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}

	// Reviewers ask about themselves, administrators about everybody; of an
	// order they see nothing but its number.
	path := "/board/why?" + url.Values{"order": {o.Number}, "reviewer": {string(w.Reviewers[0].ID)}, "at": {dbtest.Clock.Add(30 * time.Hour).Format(time.RFC3339)}}.Encode()
	admin := h.as(t, h.person(t, "Omar", account.Admin), "authenticator")
	for who, r := range map[string]reader{"the reviewer": h.as(t, w.Reviewers[0], "authenticator"), "an administrator": admin} {
		if a := r.get(path); a.status != http.StatusOK || !strings.Contains(a.body, "ookable: Reviewer Number000") || strings.Contains(a.body, "Canarywell") {
			t.Errorf("%s: %d", who, a.status)
		}
	}
	for who, r := range map[string]reader{"the office": h.as(t, w.Maria, "authenticator"), "a nurse": h.as(t, h.person(t, "Aisha", account.Nurse), "authenticator")} {
		for _, p := range []string{path, "/board/reviewers"} {
			if a := r.get(p); a.status != http.StatusForbidden {
				t.Errorf("%s, %s: %d", who, p, a.status)
			}
		}
	}
	if a := admin.get("/board/reviewers"); a.status != http.StatusOK {
		t.Errorf("an administrator sees the reviewers: %d", a.status)
	}
}

// The page of free times asks the database the same number of things however
// many reviewers there are.
func TestTimePageAsksAlikeForAnyNumberOfReviewers(t *testing.T) {
	took := map[int]int{}
	for _, reviewers := range []int{1, 40} {
		h := stands(t, reviewers)
		h.law("Orthopedic surgery", texas)
		o := h.world.Denied()
		h.Web.Ran = func(pattern string, statements int) {
			if pattern == "GET /orders/{order}/p2p/time" {
				took[reviewers] = statements
			}
		}
		if a := h.as(t, h.world.Maria, "authenticator").get("/orders/" + o.Number + "/p2p/time"); a.status != http.StatusOK {
			t.Fatal(a.status)
		}
	}
	if took[1] != took[40] || took[1] == 0 {
		t.Errorf("%d statements for 1 reviewer, %d for 40", took[1], took[40])
	}
	t.Logf("%d statements", took[40])
}
