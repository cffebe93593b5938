package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// A denial of a member who reads Spanish: the office reads its letter, the
// member's waits for its words, is printed and mailed, and each way is on
// record.
func TestLetters(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				m := w.Member
				m.Line, m.City, m.State, m.ZIP, m.Language = "12 Main Street", "Austin", "TX", "78701", "es"
				_, err := member.Save(ctx, tx, account.Program(), m)
				return err
			})
			clerk := h.person(t, "Ines", account.Intake)
			o := w.Order()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
				return err
			})
			h.drain(t)
			tab := browser.New(t, options...)
			maria := h.desk(t, tab, w.Maria)
			maria.visit("/orders/" + o.Number)
			maria.says("No letters yet.") // it can still be taken back
			h.at(review.UndoFor)
			h.drain(t)
			maria.visit("/orders/" + o.Number)
			maria.says("Letters (1)", "Decision notice: denied")
			maria.look("order-letters-" + name)
			maria.tab.Click("Decision notice: denied")
			maria.says("Harbor Health Plan", "What would change this", "Therapy notes.", "Peer-to-peer call", "Until May 22, 2027", "How it was sent", "On this page")
			maria.look("letter-office-" + name)

			d := h.desk(t, tab.Person(options...), clerk)
			d.visit("/review/letters")
			d.says("Needs a fix (1)", "Denied, to the member in Spanish", "The reason for the member is missing in Spanish.")
			d.look("letters-fix-" + name)
			d.tab.Click("Denied, to the member in Spanish")
			d.says("Su solicitud no fue aprobada", "Must be mended:")
			d.tab.Click("Write the letter again")
			d.says("Write what the member is told")
			d.look("letter-fix-" + name)
			d.tab.Type("#plain", "Sus documentos no muestran 6 semanas de terapia.")
			d.tab.Click("Write the letter again")
			d.says("Needs a fix (0)", "Nothing needs a hand here.")
			h.drain(t)
			d.visit("/review/letters?view=print")
			d.says("To print (1)", "Will be sent by mail")
			d.look("letters-print-" + name)
			d.tab.Click("Print these as one batch")
			d.says("Printed (1)", "Batch of 1 letter", "Open the sheets (PDF)")
			d.look("letters-printed-" + name)
			sheets := h.as(t, clerk, "authenticator").get(d.tab.Attribute(`a[href^="/review/batches/"]`, "href"))
			if sheets.status != http.StatusOK || !strings.HasPrefix(sheets.body, "%PDF-") {
				t.Errorf("the sheets: %d", sheets.status)
			}
			d.tab.Click("Given to the mail")
			d.says("Printed (0)")

			maria.visit("/orders/" + o.Number)
			maria.says("Letters (2)", "Letter to the member (Spanish): Su solicitud no fue aprobada", "Sent by mail.")
			maria.tab.Click("Letter to the member (Spanish): Su solicitud no fue aprobada")
			maria.says("Por qué", "Sus documentos no muestran 6 semanas de terapia.", "Sus derechos", "Given to the mail, Ines")
			maria.look("letter-member-" + name)
			for _, href := range []string{"Save as PDF", "PDF in large print"} {
				at := maria.tab.URL()
				path := at[strings.Index(at, "/orders/"):] + "/pdf"
				if href != "Save as PDF" {
					path += "?print=large"
				}
				if a := h.as(t, w.Maria, "authenticator").get(path); a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF-") {
					t.Errorf("%s: %d", href, a.status)
				}
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// A denial with a second signature, which is sent back, proposed again, signed,
// and taken back within the minute.
func TestSecondSignature(t *testing.T) {
	h := still(t, 2)
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		p := w.Program
		p.SecondSignature = true
		_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
		return err
	})
	h.givePassword(t, w.Reviewers[1])
	o := w.Order()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
		return err
	})
	tab := browser.New(t)
	first := h.desk(t, tab, w.Reviewers[0])
	first.visit("/review/cases/" + o.Number)
	first.says("A denial waits for a second signature")
	first.tab.Click("Read and sign it, or send it back")
	first.says("You proposed this. Another physician must sign it.")
	first.look("signature-own")
	second := h.desk(t, tab.Person(), w.Reviewers[1])
	second.visit("/review/cases/" + o.Number + "/sign")
	second.says("Second signature", "proposes this", "Not shown.")
	second.tab.Click("Sign and send")
	second.says("Enter your current password")
	second.look("signature-errors")
	second.tab.Click("label[for=attested]")
	second.tab.Type("#password", walkPassword)
	second.tab.Click("Sign and send")
	second.says("Denied", "Second signature:", "Undo the determination", "Next case")
	second.look("signature-made")
	second.tab.Click("Undo the determination")
	second.says("In review")
	second.silent("A denial waits for a second signature", "Undo the determination")
	h.at(review.UndoFor)
	h.drain(t)
	if n := len(h.mail.All()); n > 0 {
		t.Errorf("%d mails about what was taken back", n)
	}
}

// An approval takes one key to the form and one to send it.
func TestApprovalInTwoKeys(t *testing.T) {
	h := still(t, 1)
	o := h.world.Order()
	d := h.desk(t, browser.New(t), h.world.Reviewers[0])
	d.visit("/review/cases/" + o.Number + "/decide?outcome=approved")
	d.says("By sending you state: I have reviewed this case")
	d.look("decide-quick")
	d.visit("/review/cases/" + o.Number + "/decide?outcome=approved")
	d.tab.Press("Enter")
	d.says("Approved", "Undo the determination")
	d.look("decided-quick")
}
