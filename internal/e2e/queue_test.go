package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// gaps is the number of a request whose answers leave criteria open, sent by
// Maria.
func gaps(h *house) (number string) {
	w := h.world
	w.Lists()
	w.Publish("lumbar-mri", `"need": "required"`, `"need": "helpful"`)
	answers := url.Values{"q.red_flags": {"none"}, "q.symptom_start.unknown": {"yes"}, "q.care_kinds": {"nothing"}, "q.care_weeks": {"0"}, "q.response.unknown": {"yes"}, "q.next_step": {"undecided"}, "q.earlier_mri": {"no"}}
	r := w.Filled()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		seen := 1
		for again := true; again; {
			out, err := request.SaveAnswers(ctx, tx, w.Maria, r, "lumbar-mri", "", answers, seen)
			if err != nil {
				return err
			}
			r, seen, again = out.Request, out.Questions.Response.Version, out.Again
		}
		o, err := review.Receive(ctx, tx, w.Maria, r, request.Sending{Attested: true})
		number = o.Number
		return err
	})
	return number
}

// A nurse pulls the next case, marks its criteria with the evidence, asks a
// physician; the physician pulls it, finds the reasons written from the marks,
// and denies. Nobody else can decide it meanwhile.
func TestFromTheQueueToADenial(t *testing.T) {
	h := still(t, 2)
	number := gaps(h)
	tab := browser.New(t)
	nurse, doctor := h.person(t, "Aisha", account.Nurse), h.world.Reviewers[0]
	d := h.desk(t, tab, nurse)
	d.visit("/review")
	d.says("To review (1)", "My cases (0)", "Nobody", "1 case")
	d.look("queue-new")
	d.tab.Click("Next case")
	d.says("You are working on this case", "Criteria", "Lumbar spine MRI", "to mark", "Internal notes")
	d.look("bench")
	d.tab.Click("Mark criterion 1")
	d.tab.Click("#criterion-1 button")
	d.says("Select met, not met or not shown")
	d.look("bench-wrong")
	d.tab.Click("#criterion-1 label[for$='-3']")
	d.tab.Type("#note_1", "Nothing about this in the notes.")
	d.tab.Click("#criterion-1 button")
	d.says("Not shown", "Marked by Aisha", "1 not shown")
	d.visit("/review/cases/" + number) // from its top: what the strip hides can't be looked at
	d.look("bench-marked")
	d.visit("/review?view=mine")
	d.says("My cases (1)", "You")
	d.visit("/review/cases/" + number + "/clock")
	d.says("How this clock works", "If you ask for information now", "The earliest counts")
	d.look("clock-reviewer")

	other := h.as(t, h.world.Reviewers[1], "authenticator")
	denial := url.Values{"version": {"2"}, "outcome_1": {"approved"}, "attested": {"yes"}}
	if a := other.post("/review/cases/"+number+"/decide", denial); a.status != 409 {
		t.Errorf("a case that someone has is decided by another: %d", a.status)
	}
	d.visit("/review/cases/" + number)
	d.tab.Click("Send to a physician")
	d.tab.Click("Send to physician")
	d.says("Say what the physician should look at")
	d.tab.Type("#note", "No treatment is shown.")
	d.tab.Click("Send to physician")
	d.says("Queue", "Physician review (1)")
	d.tab.Click("Next case")
	d.says("Nothing waits for you now")
	d.look("queue-none")

	h.givePassword(t, doctor)
	p := h.desk(t, tab.Person(), doctor)
	p.visit("/review")
	p.tab.Click("Next case")
	p.says("You are working on this case", "No treatment is shown.", "Marked by Aisha")
	p.tab.Click("Decide")
	if got := p.tab.Value("#rationale"); !strings.HasPrefix(got, "Not shown: ") {
		t.Errorf("the reason suggested is %q", got)
	}
	p.tab.Click("Deny")
	p.tab.Click("label[for=kind]")
	p.tab.Click("label[for=attested]")
	p.look("decide-suggested")
	p.tab.Type("#plain", "Your records do not show 6 weeks of care.")
	p.tab.Type("#password", walkPassword)
	p.tab.Click("Send determination")
	p.says("Denied", "Not shown: ")
	office := h.as(t, h.world.Maria, "authenticator").get("/orders/" + number)
	if office.status != 200 || strings.Contains(office.body, "No treatment is shown.") || strings.Contains(office.body, "Nothing about this in the notes.") {
		t.Error("the office reads what is for reviewers alone")
	}
	w := h.desk(t, tab, h.world.Maria)
	w.visit("/orders/" + number + "/clock")
	w.says("How this clock works", "Met", "7 days early")
	w.look("clock-office")
}

// Who declares a conflict of interest is neither given the office's cases nor
// can decide them.
func TestAConflictOfInterest(t *testing.T) {
	h := still(t, 1)
	o := h.world.Order()
	d := h.desk(t, browser.New(t), h.world.Reviewers[0])
	d.visit("/review/conflicts")
	d.says("You declared none.")
	d.tab.Type("#number", "1")
	d.tab.Click("Declare")
	d.says("Enter the number of an order of the office")
	d.look("conflicts-wrong")
	d.tab.Type("#number", order.Spaced(o.Number))
	d.tab.Type("#why", "My partner works there")
	d.tab.Click("Declare")
	d.says("Cedar Orthopedics", "My partner works there")
	d.look("conflicts")
	d.visit("/review")
	d.tab.Click("Next case")
	d.says("Nothing waits for you now")
	by := h.as(t, h.world.Reviewers[0], "authenticator")
	if a := by.post("/review/cases/"+o.Number+"/decide", url.Values{"version": {"1"}, "outcome_1": {"approved"}, "attested": {"yes"}}); a.status != 403 {
		t.Errorf("decided all the same: %d", a.status)
	}
	d.visit("/review/conflicts")
	d.tab.Click("Take back the conflict with Cedar Orthopedics")
	d.says("You declared none.")
}

// A clock is extended on a ground of the rule, and tried out in the console.
func TestClocksAreChangedAndTried(t *testing.T) {
	h := still(t, 1)
	o := h.world.Order()
	d := h.desk(t, browser.New(t), h.world.Reviewers[0])
	d.visit("/review/cases/" + o.Number + "/clock")
	d.says("This plan's own time", "Extend the time", "It is urgent after all")
	d.tab.Click("Extend the time")
	d.says("Select why the time is extended")
	d.look("clock-wrong")
	d.tab.Click("Matters beyond the plan's control")
	d.tab.Click("Extend the time")
	d.says("Extended once by 15 calendar days")
	d.tab.Type("#why", "Numbness since this morning.")
	d.tab.Click("Change to urgent")
	d.says("Became urgent: Numbness since this morning.", "72 hours")
	d.look("clock-urgent")

	a := h.desk(t, d.tab, h.person(t, "Kai", account.Admin))
	a.visit("/admin/clocks")
	a.look("clocks")
	a.tab.Click("Medicare Advantage")
	a.tab.Click("Work it out")
	a.says("Due ", "42 CFR 422.568(b)(1)")
	a.look("clocks-tried")
	a.visit("/admin/clocks?received=soon&kind=standard")
	a.says("Enter a date and a time", "Choose at least one rule pack")
}

// A supervisor sees which clocks run out, which ran out, and pauses approvals
// by a guideline.
func TestASupervisorWatches(t *testing.T) {
	h := still(t, 1)
	number := gaps(h)
	d := h.desk(t, browser.New(t), h.person(t, "Priya", account.Supervisor))
	d.visit("/ops")
	d.says("No decision is due within 24 hours", "no clock came close to its end")
	d.tab.Click("Pause approvals")
	d.says("Select a guideline", "Say why")
	d.look("ops-wrong")
	d.tab.Eval(`document.querySelector("#guideline").value = "lumbar-mri"`, nil)
	d.tab.Type("#why", "A red flag is misread.")
	d.tab.Click("Pause approvals")
	d.says("Lumbar spine MRI is paused: A red flag is misread.")
	h.at(7*24*time.Hour + time.Hour)
	h.world.Do(deadline.Sweep)
	d = h.desk(t, d.tab, h.person(t, "Pria", account.Supervisor)) // a week later the session has ended
	d.visit("/ops")
	d.says("Harbor Health Plan, Musculoskeletal", "Late, and not decided yet")
	d.look("ops")
	d.tab.Click("Harbor Health Plan, Musculoskeletal")
	d.says("Due in 24 hours", "Overdue", "by 1 h")
	d.look("queue-today")
	d.visit("/review/cases/" + number)
	d.says("Overdue")
}
