package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A nurse asks for what is missing, two people of the office answer in pieces,
// one thing is not there, and the nurse reads it at once.
func TestAnInformationRequest(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				p := w.Program
				p.Reviewing.MoreTime = true
				_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
				return err
			})
			aisha, jess := h.person(t, "Aisha", account.Nurse), h.colleague("Jess", "Ortiz", account.OfficeStaff)
			o := w.Order()
			tab := browser.New(t, options...)
			nurse := h.desk(t, tab, aisha)
			nurse.visit("/review/cases/" + o.Number)
			nurse.tab.Click("Ask for information")
			nurse.says("What is needed", "Item 1", "Reply by", "Maria Chen hears of it by mail")
			nurse.look("ask-" + name)
			nurse.tab.Click("button[value=send]")
			nurse.says("Add at least one item")
			nurse.look("ask-errors-" + name)
			nurse.tab.Choose("#template", "office-notes")
			nurse.tab.Click("Add an item")
			nurse.holds("#ask_1", "Send the office notes of the three most recent visits")
			nurse.tab.Choose("#template", "treatments")
			nurse.tab.Click("Add an item")
			nurse.tab.Click("Check the words")
			nurse.says("Reads at grade")
			nurse.holds("#ask_2", "Which treatments were tried")
			nurse.look("ask-filled-" + name)
			nurse.tab.Click("button[value=send]")
			nurse.says("1 file and 1 answer needed: MRI, lower back", "seconds")
			nurse.look("ask-undo-" + name)
			nurse.tab.Click("#undo-ask button")
			nurse.says("Ask for information")
			nurse.holds("#ask_2", "Which treatments were tried")
			nurse.tab.Click("button[value=send]")
			h.at(message.UndoFor)
			h.drain(t)
			nurse.visit("/review/cases/" + o.Number)
			nurse.says("More information needed", "Messages with the office", "Waiting for the office")
			nurse.look("case-asked-" + name)

			maria := h.desk(t, tab.Person(options...), w.Maria)
			maria.visit("/")
			maria.says("Messages (1)", "Answer the message about order")
			maria.look("home-asked-" + name)
			maria.visit("/messages")
			maria.says("Needs a reply (1)", "Unread (1)", "1 file and 1 answer needed", "Rosa Canarywell", "Harbor Health Plan")
			maria.look("messages-" + name)
			maria.tab.Click("1 file and 1 answer needed: MRI, lower back")
			maria.says("What is needed", "If we don't hear from you, we'll decide with what we have", "Why:", "What would be enough:", "Not answered", "Ask for more time")
			maria.look("thread-" + name)
			number := maria.tab.URL()[strings.LastIndex(maria.tab.URL(), "/")+1:]
			maria.tab.Click("Send answers")
			maria.says("Answer at least one item", "Check the box to confirm you may share this information")
			maria.look("thread-errors-" + name)
			maria.tab.Type("#answer_2", "Physical therapy for 8 weeks, no relief.")
			if name == "script" {
				maria.autosaved()
			}
			maria.tab.Click("button[value=save]")
			maria.says("Needs a reply (1)")

			h.at(message.UndoFor + 5*time.Minute)
			second := h.desk(t, tab.Person(options...), jess)
			second.visit("/messages/" + number)
			second.says("Answered, not sent", "by Maria Chen, not sent yet")
			second.tab.Click("#item-1 details.more summary")
			second.tab.Click("label[for=without_1]")
			second.tab.Type("#without_why_1", "The visits were by phone.")
			second.tab.Click("label[for=may]")
			second.tab.Click("Send answers")
			second.says("2 items of 2 answered", "Sent", "decision by", "Answered")
			second.look("thread-sent-" + name)
			h.drain(t)
			second.visit("/orders/" + o.Number)
			second.says("In review", "Messages (1)", "The office answered what was asked for")
			second.look("order-messages-" + name)

			nurse.visit("/review/cases/" + o.Number)
			nurse.says("In review", "New", "1 message")
			nurse.look("case-answered-" + name)
			nurse.tab.Click("1 file and 1 answer needed: MRI, lower back")
			nurse.says("Not available: It wasn't done", "The visits were by phone.", "Physical therapy for 8 weeks", "Response: additional information provided")
			nurse.look("thread-nurse-" + name)
			nurse.tab.Click("Reply")
			nurse.tab.Type("#text", "canary for colleagues alone")
			nurse.tab.Click("Keep as internal note")
			nurse.says("Internal: the office doesn't see this")
			maria.visit("/messages/" + number)
			maria.silent("canary for colleagues alone")
			maria.says("Notices (")
			for _, m := range h.mail.All() {
				for _, secret := range []string{"Canarywell", "Rosa", "MRI", "therapy"} {
					if strings.Contains(m.Subject+m.Text+m.HTML, secret) {
						t.Errorf("a mail says %s: %s", secret, m.Subject)
					}
				}
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// What came after the decision is new information; an office asks something
// itself; and nobody else reads any of it.
func TestMessagesAroundADecision(t *testing.T) {
	h := still(t, 1)
	w := h.world
	aisha := h.person(t, "Aisha", account.Nurse)
	o := w.Order()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		l := w.Line
		l.ReconsiderationDays = 30
		if err := plan.SaveLine(ctx, tx, account.Program(), l); err != nil {
			return err
		}
		terms, err := message.TermsOf(ctx, tx, o)
		if err != nil {
			return err
		}
		_, err = message.Send(ctx, tx, aisha, o, message.Ask{Type: "clarification", ReplyBy: terms.Usual, Items: []message.Item{{Kind: message.Text, Ask: "Which treatments were tried?"}}})
		return err
	})
	h.at(message.UndoFor)
	h.drain(t)
	var thread message.Thread
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := message.AboutOrder(ctx, tx, w.Maria, o.ID)
		if len(all) != 1 {
			t.Fatalf("%d threads", len(all))
		}
		thread = all[0]
		return err
	})
	h.at(thread.ReplyBy.Sub(dbtest.Clock) + time.Minute)
	h.drain(t)
	maria := h.desk(t, browser.New(t), w.Maria)
	maria.visit("/messages/" + thread.Number)
	maria.says("Reply is late", "The time to reply is over. You can still send your answer")
	maria.look("thread-late")
	maria.visit("/messages/new?order=" + o.Number)
	maria.tab.Click("Send message")
	maria.says("Select what it is about", "Write your message")
	maria.look("question-errors")
	maria.tab.Click("label[for=topic]")
	maria.tab.Type("#text", "When will this be decided?")
	maria.tab.Click("Send message")
	maria.says("Question about a decision: MRI, lower back", "Waiting for a reviewer")
	maria.look("question-sent")
	h.drain(t)
	nurse := h.desk(t, browser.New(t), aisha)
	nurse.visit("/messages")
	nurse.says("Needs a reply (1)", "Question about a decision")
	nurse.look("messages-nurse")
	nurse.tab.Click("Question about a decision: MRI, lower back")
	nurse.tab.Type("#text", "By Friday.")
	nurse.tab.Click("Send message")
	nurse.says("Waiting for the office")

	stranger := h.as(t, w.Stranger, "authenticator")
	for _, path := range []string{"/messages/" + thread.Number, "/messages/" + thread.Number + "/uploads"} {
		if a := stranger.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s for another office: %d", path, a.status)
		}
	}
	if a := stranger.post("/messages/"+thread.Number, nil); a.status != http.StatusNotFound {
		t.Errorf("another office answers: %d", a.status)
	}
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
