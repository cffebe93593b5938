package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/infra/db"
)

// talk is an order about which a nurse asked for a file and two texts, and the
// thread of it.
func (h *house) talk(t testing.TB, aisha account.Actor) (thread message.Thread) {
	t.Helper()
	o := h.world.Order()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		terms, err := message.TermsOf(ctx, tx, o)
		if err != nil {
			return err
		}
		thread, err = message.Send(ctx, tx, aisha, o, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: []message.Item{
			{Kind: message.File, Ask: "Send the office notes."}, {Kind: message.Text, Ask: "Which treatments were tried?"}, {Kind: message.Text, Ask: "Since when?"}}})
		return err
	})
	return thread
}

var hidden = regexp.MustCompile(`name="(was_\d)" value="([^"]*)"`)

// answers is the form of a thread's page as somebody read it.
func (r reader) answers(number string) url.Values {
	r.t.Helper()
	form := url.Values{"answer_1": {""}, "answer_2": {""}, "answer_3": {""}}
	page := r.get("/messages/" + number)
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		form.Set(m[1], m[2])
	}
	if len(form) != 6 {
		r.t.Fatalf("the page has other fields: %v\n%s", form, text(page.body))
	}
	return form
}

// Two people answer different items of one message at the same time, each from
// a page on which the other's was empty; on the same item the later one sees
// the other's answer, and can put theirs in its place.
func TestTwoPeopleAnswerAtOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		thread := h.talk(t, h.person(t, "Aisha", account.Nurse))
		h.at(message.UndoFor)
		h.drain(t)
		path := "/messages/" + thread.Number
		maria, jess := h.as(t, h.world.Maria, "authenticator"), h.as(t, h.colleague("Jess", "Ortiz", account.OfficeStaff), "authenticator")
		hers, his := maria.answers(thread.Number), jess.answers(thread.Number)
		hers.Set("answer_2", "Therapy, 8 weeks.")
		his.Set("answer_3", "Since August.")
		var both sync.WaitGroup
		for _, one := range []struct {
			who  reader
			form url.Values
		}{{maria, hers}, {jess, his}} {
			both.Go(func() {
				if got := one.who.post(path, one.form); got.status != http.StatusSeeOther {
					t.Errorf("%d %s", got.status, text(got.body))
				}
			})
		}
		both.Wait()
		page := text(maria.get(path).body)
		for _, words := range []string{"Therapy, 8 weeks.", "Since August.", "by Maria Chen, not sent yet", "by Jess Ortiz, not sent yet"} {
			if !strings.Contains(page, words) {
				t.Errorf("%q is not kept", words)
			}
		}

		his.Set("answer_2", "Injections.")
		got := jess.post(path, his)
		if said := text(got.body); got.status != http.StatusConflict || !strings.Contains(said, "Maria Chen answered this at the same time") || !strings.Contains(said, "Therapy, 8 weeks.") || !strings.Contains(said, "Injections.") {
			t.Fatalf("%d %s", got.status, said)
		}
		for _, m := range hidden.FindAllStringSubmatch(got.body, -1) {
			his.Set(m[1], m[2])
		}
		if got := jess.post(path, his); got.status != http.StatusSeeOther {
			t.Errorf("theirs was read, and still: %d %s", got.status, text(got.body))
		}
		if page := text(maria.get(path).body); !strings.Contains(page, "Injections.") || strings.Contains(page, "Therapy, 8 weeks.") {
			t.Error("what was chosen knowingly is not kept")
		}
	})
}

// What is saved on the way has been read: somebody who goes on typing doesn't
// come into their own way, and a second tab does.
func TestAutosaveOfAnswers(t *testing.T) {
	h := still(t, 1)
	thread := h.talk(t, h.person(t, "Aisha", account.Nurse))
	h.at(message.UndoFor)
	h.drain(t)
	maria := h.as(t, h.world.Maria, "authenticator")
	form := maria.answers(thread.Number)
	other := maria.answers(thread.Number)
	for _, words := range []string{"Th", "Therapy", "Therapy, 8 weeks."} {
		form.Set("answer_2", words)
		got := maria.post("/messages/"+thread.Number+"/keep", form)
		read := map[string]string{}
		if err := json.Unmarshal([]byte(got.body), &read); got.status != http.StatusOK || err != nil || read["was_2"] == "" {
			t.Fatalf("%d %v %s", got.status, err, got.body)
		}
		for name, mark := range read {
			form.Set(name, mark)
		}
	}
	other.Set("answer_2", "In another tab.")
	if got := maria.post("/messages/"+thread.Number+"/keep", other); got.status != http.StatusConflict {
		t.Errorf("another tab: %d", got.status)
	}
	if page := text(maria.get("/messages/" + thread.Number).body); !strings.Contains(page, "Therapy, 8 weeks.") {
		t.Error("what was typed first is lost")
	}
}

// A mail that comes back is heard of by the office's administrator, and both
// sides of the thread see it.
func TestANoticeThatComesBack(t *testing.T) {
	h := still(t, 1)
	server := newPost(t)
	server.mood = func(_ *smtp.Conn, address string) error {
		if address == h.world.Maria.Email {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}
	h.Desk.Sender = server.sender()
	aisha := h.person(t, "Aisha", account.Nurse)
	dana := h.colleague("Dana", "Ortiz", account.OrgAdmin)
	thread := h.talk(t, aisha)
	h.at(message.UndoFor)
	h.drain(t)
	if len(server.heard) != 1 || server.heard[dana.Email] != 1 {
		t.Fatalf("mails arrived for %v, want one for %s", server.heard, dana.Email)
	}
	d := h.desk(t, browser.New(t), dana)
	d.visit("/")
	d.says("Notices that could not be delivered", "Mail to "+h.world.Maria.Email)
	d.look("home-bounced")
	d.tab.Click("#bounces ~ ul a")
	d.tab.Click("Notices (2)")
	d.says("could not be delivered. The office's administrators were told")
	nurse := h.desk(t, browser.New(t), aisha)
	nurse.visit("/messages/" + thread.Number)
	nurse.tab.Click("Notices (2)")
	nurse.says("could not be delivered")
}

// How somebody hears is their choice, and wrong times are told at their field.
func TestNoticesOfAPerson(t *testing.T) {
	h := still(t, 1)
	aisha := h.person(t, "Aisha", account.Nurse)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/account")
	d.tab.Click("Notices by mail, digest and quiet hours")
	d.says("A reviewer needs something", "Daily digest", "Quiet hours")
	d.look("notices")
	d.tab.Eval(`document.querySelector("#quiet_from").value = "08:00"`, nil)
	d.tab.Click("Save changes")
	d.says("There is a problem", "Enter when quiet hours end")
	d.look("notices-errors")
	d.tab.Eval(`document.querySelector("#quiet_to").value = "17:00"`, nil)
	d.tab.Click("label[for=digest]")
	d.tab.Click("Save changes")
	d.says("Saved.")
	h.talk(t, aisha)
	h.at(message.UndoFor)
	h.drain(t)
	if n := len(h.mail.All()); n != 0 {
		t.Errorf("%d mails in quiet hours", n)
	}
	h.at(8 * time.Hour) // 5 PM, Chicago
	h.drain(t)
	if n := len(h.mail.All()); n != 1 {
		t.Errorf("%d mails when they end", n)
	}
	staff := h.desk(t, browser.New(t), aisha)
	staff.visit("/account/notices")
	staff.says("An office answered what I asked")
	staff.silent("A reviewer needs something")
}

// What is looked for among messages never stands in an address in the open,
// and filters hold beside it, from page to page and view to view.
func TestMessagesAreFound(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.talk(t, h.person(t, "Aisha", account.Nurse))
			h.at(message.UndoFor)
			h.drain(t)
			maria := h.desk(t, browser.New(t, options...), h.world.Maria)
			maria.visit("/messages")
			maria.tab.Click("Search and filter")
			maria.tab.Type("#words", "canarywell")
			maria.tab.Choose("#program", string(h.world.Program.ID))
			maria.tab.Click("Show these messages")
			maria.says("1 file and 2 answers needed", "Needs a reply (1)")
			maria.holds("#words", "canarywell")
			maria.look("messages-found")
			if at := maria.tab.URL(); strings.Contains(strings.ToLower(at), "canary") || !strings.Contains(at, "program=") {
				t.Errorf("the address is %s", at)
			}
			maria.tab.Click("Unread (1)")
			maria.holds("#words", "canarywell")
			maria.tab.Type("#words", "somebody")
			maria.tab.Click("Show these messages")
			maria.says("No messages match what you look for.")
			maria.tab.Click("Show all")
			maria.says("1 file and 2 answers needed")
			if a := h.as(t, h.world.Maria, "authenticator").post("/messages/search", url.Values{"words": {strings.Repeat("x", 300)}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(text(a.body), "200 characters or less") {
				t.Errorf("a search that is a book: %d", a.status)
			}
		})
	}
}
