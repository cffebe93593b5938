package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/mail"
)

// onTheDay books a call and answers it with a clock that counts from its start.
func (h *house) onTheDay(t *testing.T, o order.Order) (c peer.Call, at func(time.Duration)) {
	t.Helper()
	c, err := h.world.Book(h.world.Maria, o, h.world.Slots(h.world.Maria, o, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	return c, func(d time.Duration) { h.at(c.StartsAt.Sub(dbtest.Clock) + d) }
}

// mailTo is the newest mail to an address whose subject has these words.
func (h *house) mailTo(t *testing.T, address, words string) mail.Message {
	t.Helper()
	h.drain(t)
	var found mail.Message
	for _, m := range h.mail.All() {
		for _, c := range canaries {
			if strings.Contains(m.Subject+m.Text+m.HTML, c) {
				t.Errorf("a mail holds %q", c)
			}
		}
		if m.To.Email == address && strings.Contains(m.Subject, words) {
			found = m
		}
	}
	if found.Subject == "" {
		t.Fatalf("no mail to %s says %q", address, words)
	}
	return found
}

// An office that can't be reached is called twice before it counts as such,
// and books again with one press.
func TestNotReachedTwiceThenBookedAgain(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	c, at := h.onTheDay(t, o)
	tab := browser.New(t)
	at(0)
	lind := h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls")
	lind.tab.Click("Open call " + c.Reference())
	lind.says("Call (555) 555-0131", "None yet.", "Why it was denied", "Guideline 1, section 2", "Therapy notes.", "What came of the call?")
	if got := lind.tab.Attribute(".big a", "href"); got != "tel:+15555550131" {
		t.Errorf("the number leads to %q", got)
	}
	lind.look("workspace")
	lind.tab.Type("#notes", "Rang the direct line.")
	lind.tab.Click("No answer")
	lind.says("Attempts (1)", "10:00 AM CT, no answer", "Call again at 10:05 AM CT or later.")
	if got := lind.tab.Value("#notes"); got != "Rang the direct line." {
		t.Errorf("the notes became %q", got)
	}
	lind.tab.Click("Not reached")
	lind.tab.Type("#note_"+o.Number, "Tried the direct line.")
	lind.tab.Click("Record the outcome")
	lind.says("There is a problem", "Record 2 attempts, 5 minutes apart, before you choose Not reached")
	if got := lind.tab.Value("#note_" + o.Number); got != "Tried the direct line." {
		t.Errorf("the reason became %q", got)
	}
	lind.look("workspace-too-few")
	at(5 * time.Minute)
	lind.tab.Click("Voicemail")
	lind.says("Attempts (2)", "we left a voicemail", "Enough attempts to choose Not reached.")
	if got := lind.tab.Value("#note_" + o.Number); got != "Tried the direct line." {
		t.Errorf("after the attempt the reason is %q", got)
	}
	lind.tab.Click("Record the outcome")
	lind.says("Not reached", "Tried the direct line.")
	lind.look("workspace-not-reached")

	m := h.mailTo(t, w.Maria.Email, "We couldn't reach you")
	if !strings.Contains(m.Text, "We called twice") || !strings.Contains(m.Text, "/p2p/"+c.Number+"/again") {
		t.Errorf("the mail says %q", m.Text)
	}
	maria := h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("We couldn't reach you.", "We called at 10:00 AM CT, no answer.", "We called at 10:05 AM CT, we left a voicemail.")
	maria.silent("Rang the direct line", "Number000")
	maria.look("call-not-reached")
	maria.tab.Click("Choose another time")
	maria.says("Choose a time for the peer-to-peer call")
	maria.visit("/p2p/" + c.Number + "/again")
	maria.says("Choose a time for the peer-to-peer call")
	maria.choose(3)
	maria.tab.Click("Continue")
	maria.tab.Click("Continue")
	maria.tab.Click("Confirm this call")
	maria.says("Your call is confirmed.")
}

// A call nobody makes is missed by us. It stands first on the board until it
// is booked again.
func TestMissedByTheReviewer(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o, other := w.Denied(), w.Denied()
	c, at := h.onTheDay(t, o)
	second, err := w.Book(w.Maria, other, w.Slots(w.Maria, other, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	at(3 * time.Hour)
	h.drain(t)
	if m := h.mailTo(t, w.Maria.Email, "We missed your peer-to-peer call"); !strings.Contains(m.Text, "This isn't your office's fault.") {
		t.Errorf("the mail says %q", m.Text)
	}
	h.mailTo(t, "p2p@um.example", "Priority: we missed")
	tab := browser.New(t)
	maria := h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("We missed this call.", "This isn't your office's fault.", "Choose another time")
	maria.look("call-missed")
	sam := h.desk(t, tab, w.Scheduler)
	sam.visit("/board")
	sam.says("Needs a hand (2)", "Missed by us", c.Reference(), second.Reference(), "Call the office and book another time.")
	sam.look("board-missed")
	sam.tab.Click("Followed up missed call " + second.Reference())
	sam.says("Needs a hand (1)")
	sam.silent(second.Reference())
	sam.tab.Click("Book again for " + order.Spaced(o.Number))
	sam.choose(0)
	sam.tab.Click("Continue")
	sam.tab.Click("Continue")
	sam.tab.Click("Confirm this call")
	sam.says("Your call is confirmed.")
	sam.visit("/board")
	sam.says("Nothing needs a hand.")
	lind := h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls/" + c.Number)
	lind.says("No attempt was recorded, so this call counts as missed by us.")
	lind.look("workspace-missed")
}

// The decision stays, for a reason that the office reads; and a call that was
// made but has no outcome waits for one.
func TestTheDecisionStays(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	c, at := h.onTheDay(t, o)
	tab := browser.New(t)
	at(time.Minute)
	lind := h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls/" + c.Number)
	lind.tab.Click("Decision stays")
	lind.tab.Click("Record the outcome")
	lind.says("Record that you reached the office before you choose this outcome", "Add a reason")
	lind.tab.Click("Reached")
	lind.says("In progress", "10:01 AM CT, the office answered")
	lind.tab.Click("label[for=name_checked]")
	lind.tab.Click("label[for=credential_checked]")
	lind.tab.Type("#notes", "Therapy began on November 2.")
	lind.tab.Click("Save notes")
	lind.says("Saved.", "Checked by Reviewer Number000", "10:01 AM CT")
	lind.look("workspace-reached")
	if got := lind.tab.Value("#notes"); got != "Therapy began on November 2." {
		t.Errorf("the notes became %q", got)
	}

	at(3 * time.Hour)
	h.drain(t)
	lind = h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls")
	lind.says("Needs an outcome (1)", "Needs outcome")
	lind.look("reviewer-calls-open")
	maria := h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("Result to come", "We called. The result isn't here yet.")
	maria.look("call-result-to-come")
	sam := h.desk(t, tab, w.Scheduler)
	sam.visit("/board")
	sam.says("Needs a hand (1)", "Needs outcome", c.Reference())
	sam.look("board-needs-outcome")

	lind = h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls/" + c.Number)
	lind.tab.Click("Decision stays")
	lind.tab.Type("#note_"+o.Number, "3 weeks of therapy are shown; the guideline asks for 6.")
	lind.tab.Click("Record the outcome")
	lind.says("Completed", "Decision stays", "Therapy began on November 2.")
	lind.look("workspace-upheld")
	if m := h.mailTo(t, w.Maria.Email, "The result of your peer-to-peer call"); strings.Contains(m.Text, "therapy") || strings.Contains(m.Text, "stays") {
		t.Errorf("the mail tells the result: %q", m.Text)
	}
	maria = h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("Completed", "Decision stays: 3 weeks of therapy are shown; the guideline asks for 6.", "We called at 10:01 AM CT, the office answered.")
	maria.silent("Therapy began on November 2", "Number000")
	maria.look("call-upheld")
}

// A decision that changes is made anew, and the call's page says what it is.
func TestTheDecisionChanges(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	c, at := h.onTheDay(t, o)
	h.at(time.Minute)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := attachment.Add(ctx, tx, account.Program(), attachment.File{OrderID: string(o.ID), Name: "therapy.txt", MediaType: "text/plain", BlobKey: "none"})
		return err
	})
	tab := browser.New(t)
	at(0)
	lind := h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls/" + c.Number)
	lind.says("therapy.txt", "New since the decision")
	lind.tab.Click("Reached")
	lind.tab.Click("Decision changed")
	lind.tab.Type("#note_"+o.Number, "6 weeks of therapy are shown now.")
	lind.tab.Click("Record the outcome")
	lind.says("Determination", "What led to deciding again?")
	var prefilled bool
	lind.tab.Eval(`document.querySelector("[name=after][value=peer-to-peer]").checked`, &prefilled)
	if !prefilled {
		t.Error("the form doesn't know that a call led to it")
	}
	lind.look("decide-after-call")
	lind.visit("/review/calls/" + c.Number)
	lind.says("The new determination is still to be made")
	lind.look("workspace-overturned")
	maria := h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("Decision changed: the reviewer is writing the new decision")
	lind = h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls/" + c.Number)
	lind.tab.Click("Decide this case again")
	lind.tab.Click("Approve")
	lind.tab.Click("label[for=attested]")
	lind.tab.Click("Send determination")
	lind.says("Approved")
	maria = h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("Decision changed: Approved: 6 weeks of therapy are shown now.")
	maria.look("call-overturned")
	maria.visit("/orders/" + o.Number)
	maria.says("Approved", "Decided again after peer-to-peer")
}

// An office says that it is late, and gives another number; the reviewer and
// the schedulers see it where they work.
func TestRunningLateIsSeen(t *testing.T) {
	h := still(t, 1)
	w := h.world
	c, at := h.onTheDay(t, w.Denied())
	tab := browser.New(t)
	at(-50 * time.Minute)
	maria := h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("Running late?", "Over 15 minutes?")
	maria.tab.Click("Tell the reviewer")
	maria.says("Select 5, 10 or 15 minutes. If you need longer, reschedule the call")
	maria.look("call-late-error")
	maria.tab.Click("10 minutes")
	maria.tab.Click("Tell the reviewer")
	maria.says("Running 10 minutes late. The reviewer was told at 9:10 AM CT.")
	maria.look("call-late")
	maria.tab.Click("Change phone")
	maria.tab.Type("#phone", "12")
	maria.tab.Click("Save the number")
	maria.says("Phone number must be 10 digits")
	if got := maria.tab.Value("#phone"); got != "12" {
		t.Errorf("the number became %q", got)
	}
	maria.look("call-phone-error")
	maria.tab.Type("#phone", "555 555 0199")
	maria.tab.Type("#extension", "7")
	maria.tab.Click("Save the number")
	maria.says("(555) 555-0199 ext. 7", "The office changed the number to call.")

	h.mailTo(t, w.Reviewers[0].Email, "Running late: Peer-to-peer call")
	if m := h.mailTo(t, w.Reviewers[0].Email, "New number: Peer-to-peer call"); strings.Contains(m.Text, "0199") {
		t.Errorf("the mail holds the number: %q", m.Text)
	}
	lind := h.desk(t, tab, w.Reviewers[0])
	lind.visit("/review/calls")
	lind.says("10 minutes late", "(555) 555-0199 ext. 7")
	lind.look("reviewer-calls-late")
	lind.visit("/review/calls/" + c.Number)
	lind.says("The office is running 10 minutes late", "Expect them at 10:10 AM CT.")
	lind.look("workspace-late")
	sam := h.desk(t, tab, w.Scheduler)
	sam.visit("/board")
	sam.says("10 minutes late")
	at(0)
	maria = h.desk(t, tab, w.Maria)
	maria.visit("/p2p/" + c.Number + "/phone")
	maria.silent("Save the number")
}

// Notes are saved while they are typed, and the workspace is its reviewer's.
func TestNotesAreSavedAsTyped(t *testing.T) {
	h := still(t, 2)
	w := h.world
	o := w.Denied()
	c, at := h.onTheDay(t, o)
	at(0)
	holder, other := w.Holder(c), w.Reviewers[0]
	if holder.ID == other.ID {
		other = w.Reviewers[1]
	}
	for _, who := range []account.Actor{other, w.Scheduler, w.Maria} {
		for _, path := range []string{"", "/notes", "/attempts"} {
			if a := h.as(t, who, "authenticator").post("/review/calls/"+c.Number+path, url.Values{"notes": {"mine"}, "result": {"no_answer"}}); a.status != 404 && a.status != 403 {
				t.Errorf("%s posts to %q: %d", who.Name, path, a.status)
			}
		}
	}
	lind := h.desk(t, browser.New(t), holder)
	lind.visit("/review/calls/" + c.Number)
	lind.tab.Type("#notes", "Saved without a press.")
	lind.tab.Click("Decision stays")
	lind.autosaved()
	lind.look("workspace-autosaved")
	lind.visit("/review/calls/" + c.Number)
	var chosen bool
	lind.tab.Eval(`document.querySelector("[value=upheld]").checked`, &chosen)
	if got := lind.tab.Value("#notes"); got != "Saved without a press." || !chosen {
		t.Errorf("the page holds %q and the choice %v", got, chosen)
	}
}

// The workspace needs no script.
func TestAnOutcomeWithoutScripts(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	c, at := h.onTheDay(t, o)
	at(0)
	by := h.as(t, w.Reviewers[0], "authenticator")
	path := "/review/calls/" + c.Number
	typed := url.Values{"notes": {"Kept."}, "name_checked": {"yes"}, "outcome_" + o.Number: {peer.MoreToCome}, "note_" + o.Number: {"Therapy notes by Friday."}, "result": {peer.Answered}}
	if a := by.post(path, typed); a.status != 422 || !strings.Contains(a.body, "Therapy notes by Friday.") || !strings.Contains(a.body, "Kept.") {
		t.Errorf("before an attempt: %d", a.status)
	}
	if a := by.post(path+"/attempts", typed); a.status != 303 || a.to != path {
		t.Errorf("an attempt: %d to %s", a.status, a.to)
	}
	if a := by.get(path); !strings.Contains(a.body, "Therapy notes by Friday.") || !strings.Contains(a.body, "Kept.") {
		t.Error("what was typed is lost by logging an attempt")
	}
	if a := by.post(path, typed); a.status != 303 || a.to != path {
		t.Errorf("the outcome: %d to %s", a.status, a.to)
	}
	if a := by.post(path, typed); a.status != 409 {
		t.Errorf("the outcome again: %d", a.status)
	}
	maria := h.as(t, w.Maria, "authenticator")
	if a := maria.get("/p2p/" + c.Number); !strings.Contains(a.body, "More information:</strong> Therapy notes by Friday.") {
		t.Error("the office doesn't read what it promised")
	}
}
