package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// A physician denies a service by keyboard alone: from the queue to the case,
// past every fault, to the decision that the office then reads.
func TestPhysicianDeniesByKeyboard(t *testing.T) {
	h := still(t, 1)
	o := h.world.Order()
	h.givePassword(t, h.world.Reviewers[0])
	d := h.desk(t, browser.New(t), h.world.Reviewers[0])
	w := &walk{T: t, h: h, tab: d.tab, hand: keyboard, width: 1280, name: "physician"}
	d.visit("/review")
	d.says("1 case")
	d.look("queue")
	w.press(order.Spaced(o.Number))
	d.look("case")
	w.press("Decide")
	d.look("decide")
	w.press("Send determination")
	d.says("Select an outcome for each service", "Check the box to confirm that you have reviewed this case")

	w.pick("#outcome_1")
	d.tab.Press("ArrowDown") // Deny, which opens what a denial needs
	w.fill("#reason_1", "6 weeks of treatment are not shown.")
	w.press("Send determination")
	d.says("Enter the criterion that isn't met", "Select whether the reason is clinical or administrative", "Write the reason in plain words", "Enter what you reviewed", "Enter what would change the decision", "Write the reason for the member in plain words")
	if got := d.tab.Value("#reason_1"); got != "6 weeks of treatment are not shown." {
		t.Errorf("the reason became %q", got)
	}
	d.look("decide-errors")
	w.fill("#criterion_1", "Guideline 1, section 2")
	w.pick("#kind")
	w.fill("#rationale", "The records don't show treatment first.")
	w.fill("#reviewed", "Office notes of November 2.")
	w.fill("#would_change", "Therapy notes.")
	w.fill("#plain", "Your records do not show 6 weeks of XYZ, 72148.")
	w.pick("#attested")
	w.press("Send determination")
	d.says("“XYZ” isn't explained")
	w.fill("#plain", "Your records do not show 6 weeks of care.")
	w.press("Preview the letters")
	d.says("Letters, as they would read", "Letter to the member: Your request was not approved", "Letter to the office: Decision notice: denied", "The member's postal address isn't complete.")
	d.look("decide-preview")
	w.press("Send determination")
	d.says("Enter your current password")
	w.fill("#password", walkPassword)
	w.press("Send determination")
	d.says("Determination", "Denied", "The records don't show treatment first.", "Letters leave at 9:01 AM CT", "Undo the determination")
	d.look("case-decided")
	w.press("Decide again")
	d.says("What led to deciding again?")
	d.look("decide-again")

	office := h.desk(t, d.tab, h.world.Maria)
	office.visit("/orders/" + o.Number)
	office.says("Denied", "Request peer-to-peer", "Reviewed by a person:")
}

// A nurse approves, and finds no way to deny, on the page or beside it.
func TestNurseApprovesAndCannotDeny(t *testing.T) {
	h := still(t, 1)
	o := h.world.Order()
	nurse := h.person(t, "Aisha", account.Nurse)
	by := h.as(t, nurse, "authenticator")
	denial := url.Values{"version": {"1"}, "outcome_1": {"denied"}, "reason_1": {"x"}, "criterion_1": {"x"}, "kind": {"clinical"}, "rationale": {"x"}, "reviewed": {"x"}, "would_change": {"x"}, "plain": {"x"}, "attested": {"yes"}}
	if a := by.post("/review/cases/"+o.Number+"/decide", denial); a.status != 403 {
		t.Errorf("a nurse's denial is answered %d", a.status)
	}
	d := h.desk(t, browser.New(t), nurse)
	d.visit("/review/cases/" + o.Number + "/decide")
	d.says("You can approve", "Only a physician can deny or reduce a service")
	if d.tab.Has("[value=denied]") || d.tab.Has("#rationale") {
		t.Error("a nurse is asked about a denial")
	}
	d.look("decide-nurse")
	d.tab.Click("Approve")
	d.tab.Type("#to_1", "02/30/2027")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send determination")
	d.says("End date must be a real date")
	if got := d.tab.Value("#to_1"); got != "02/30/2027" {
		t.Errorf("the date became %q", got)
	}
	d.tab.Type("#to_1", "2/28/2027")
	d.tab.Click("Send determination")
	d.says("Approved")
}

// Where staff confirm, nothing says booked until they have.
func TestSchedulerConfirmsARequest(t *testing.T) {
	h := still(t, 1)
	w := h.world
	program := w.Program
	program.Confirm = "staff"
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := plan.SaveProgram(ctx, tx, account.Program(), program)
		return err
	})
	o := w.Denied()
	tab := browser.New(t)
	maria := h.desk(t, tab, w.Maria)
	sam := h.desk(t, tab.Person(), w.Scheduler)
	sam.visit("/board")
	sam.says("Nothing needs a hand.")
	sam.look("board-empty")

	maria.toTimes(o)
	maria.says("We confirm these calls by hand")
	maria.tab.Type("#note", "Mondays after 4 PM CT")
	maria.tab.Type("#note_phone", "555-555-0147")
	maria.tab.Click("Send to the schedulers")
	maria.toCheck(o, 4)
	maria.says("Check and send your request")
	maria.look("check-request")
	maria.tab.Click("Send this request")
	maria.says("We've got your request. It isn't booked yet.")
	maria.silent("is confirmed.", "booked for")
	maria.look("requested")
	maria.tab.Click("Manage peer-to-peer")
	maria.says("Requested", "It isn't booked yet.")
	maria.look("call-requested")
	maria.visit("/orders/" + o.Number)
	maria.says("A peer-to-peer call is requested for")

	sam.visit("/board")
	sam.says("Needs a hand (2)", "Requested", "Mondays after 4 PM CT")
	sam.look("board")
	sam.tab.Click("Done with the note on order " + order.Spaced(o.Number))
	sam.says("Needs a hand (1)")
	sam.tab.Click(`a[href^="/board/calls/"]`)
	sam.says("Confirm a call", "Reviewer Number000")
	sam.look("confirm")
	sam.tab.Click("Confirm this call")
	sam.says("Confirmed", "Why this reviewer")
	sam.look("call-staff")
	maria.visit("/orders/" + o.Number)
	maria.says("A peer-to-peer call is booked for")
}

// A reviewer's calendar: hours and time off, each first wrong and then right.
func TestReviewerKeepsACalendar(t *testing.T) {
	h := still(t, 1)
	w := h.world
	if _, err := w.Book(w.Maria, w.Denied(), w.Slots(w.Maria, w.Denied(), nil)[0]); err != nil {
		t.Fatal(err)
	}
	d := h.desk(t, browser.New(t), w.Reviewers[0])
	d.visit("/review/calls")
	d.says("Call (555) 555-0131")
	d.look("reviewer-calls")
	d.visit("/review/calendar")
	d.tab.Choose("#weekday", "1")
	d.tab.Type("#start", "10")
	d.tab.Type("#end", "noonish")
	d.tab.Click("Add hours")
	d.says("Enter an end time, like 12:00 PM")
	d.look("calendar-error")
	if got := d.tab.Value("#start") + d.tab.Value("#end"); got != "10noonish" {
		t.Errorf("the times became %q", got)
	}
	d.tab.Type("#end", "12 pm")
	d.tab.Click("Add hours")
	d.says("This overlaps Monday 9:00 AM to 5:00 PM")
	d.tab.Choose("#weekday", "6")
	d.tab.Click("Add hours")
	d.says("Offices can book you in these hours now.", "Saturdays, 10:00 AM to 12:00 PM")
	d.tab.Click("Change or end Saturdays, 10:00 AM to 12:00 PM")
	d.tab.Click("All")
	d.tab.Click("Stop taking new bookings")
	d.tab.Click("See what changes")
	d.says("None of these are left.", "No booked call is affected.")
	d.tab.Click("Save the change")
	d.says("Your hours are changed.")
	d.silent("Saturdays")

	d.tab.Type("#from_day", "11/31/2026")
	d.tab.Type("#to_day", "11/24/2026")
	d.tab.Click("Add time off")
	d.says("Start date must be a real date")
	d.tab.Type("#from_day", "11/25/2026")
	d.tab.Click("Add time off")
	d.says("The end must be after the start")
	d.tab.Click("The end must be after the start")
	if got := d.tab.Focused(); got != "to_day" {
		t.Errorf("the error leads to %s", got)
	}
	d.tab.Type("#from_day", "11/23/2026")
	d.tab.Type("#reason", "Conference")
	d.tab.Click("Add time off")
	d.says("1 booked call stands in it", "Mon, Nov 23 to Tue, Nov 24", "Conference")
	d.look("calendar")
	d.tab.Click("[action*=\"/off/\"] button")
	d.says("No time off is set.")
}

// The administrator sees that everything works, or what does not and puts it
// right; the auditor sees who did what, and neither sees the other's side.
func TestAdministratorAndAuditor(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	h.drain(t)
	omar.visit("/admin")
	omar.says("Everything works.")
	omar.look("health")
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into job (id, kind, args, state, run_at, attempt, error, added_at, ended_at) values ('job_broken', 'test.broken', '{}', 'dead', $1, 9, 'It broke.', $1, $1)`, tx.Now())
		return err
	})
	omar.visit("/admin")
	omar.says("Some work failed and waits for you.", "test.broken", "It broke.")
	omar.look("health-dead")
	omar.tab.Click("Check everything now")
	omar.says("1 thing needs you.", "Queue", "Jobs that failed for good: 1", "Database", "Files", "Mail server", "Virus scanner", "Works", "Access of staff", "Not reviewed this quarter")
	omar.look("checks")
	omar.visit("/admin")
	omar.tab.Click("Run again job_broken")
	omar.silent("It broke.")
	if omar.tab.Has("#search") {
		t.Error("an administrator is offered a search of orders")
	}

	h.desk(t, tab, h.world.Maria).visit("/orders/" + o.Number)
	lee := h.desk(t, tab, h.person(t, "Lee", account.Auditor))
	lee.visit("/admin/audit")
	lee.says("order.read", "Maria Chen", "job.revived")
	lee.silent(canaries...)
	lee.look("audit")
	lee.visit("/admin")
	lee.says("You don't have access")
	lee.look("denied")
}

// A case that someone decided meanwhile says so, and keeps what was typed.
func TestTwoDecideOneCase(t *testing.T) {
	h := still(t, 2)
	w := h.world
	o := w.Order()
	d := h.desk(t, browser.New(t), w.Reviewers[0])
	d.visit("/review/cases/" + o.Number + "/decide")
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		now, err := order.ByID(ctx, tx, account.Program(), o.ID)
		if err != nil {
			return err
		}
		_, err = review.Decide(ctx, tx, w.Reviewers[1], scene.Denial(now))
		return err
	})
	d.tab.Click("Approve")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send determination")
	d.says("There is a problem", "This case changed while you had it open. It is now: Denied.", "What led to deciding again?")
	var approve bool
	d.tab.Eval(`document.querySelector("[value=approved]").checked`, &approve)
	if !approve {
		t.Error("the outcome chosen is lost")
	}
	if !strings.Contains(d.tab.Title(), "Error: ") {
		t.Errorf("the title is %q", d.tab.Title())
	}
	d.look("decide-conflict")
}
