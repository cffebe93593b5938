package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// replace changes a piece of what stands in a field.
func (d *desk) replace(field, old, now string) {
	d.Helper()
	d.tab.Eval(fmt.Sprintf(`(e => { if (!e.value.includes(%[2]q)) throw new Error("it doesn't hold " + %[2]q); e.value = e.value.replace(%[2]q, %[3]q) })(document.querySelector(%[1]q))`, field, old, now), nil)
}

// A letter is changed without a shell: refused with what it can't say, looked
// at, scheduled, found in the letter of a denial, and taken back, which leaves
// that letter as it was sent.
func TestALetterTemplateIsChanged(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			admin := h.person(t, "Omar", account.Admin)
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				m := w.Member
				m.Line, m.City, m.State, m.ZIP = "12 Main Street", "Austin", "TX", "78701"
				if _, err := member.Save(ctx, tx, account.Program(), m); err != nil {
					return err
				}
				if err := account.AddSeat(ctx, tx, account.Program(), admin.ID, account.Seat{OrganizationID: admin.Seat().OrganizationID, Role: account.Supervisor}); err != nil {
					return err
				}
				admin, err = account.Act(ctx, tx, admin.ID)
				admin.Verified = true
				return err
			})
			o := w.Order()
			tab := browser.New(t, options...)
			omar := h.desk(t, tab, admin)

			omar.visit("/admin/index")
			omar.tab.Click("Letter templates")
			omar.says("22 templates, by letter", "Denied, to the member, in English", "denied-member-es", "Shipped", "Every plan")
			omar.look("templates-" + name)
			omar.visit("/admin/templates?status=own")
			omar.says("You have no template of your own yet.")
			omar.look("templates-none-" + name)
			omar.visit("/admin/templates?q=denied+spanish")
			omar.says("1 template, by letter")
			omar.tab.Click("Denied, to the member, in Spanish")
			omar.says("Denied, to the member, in Spanish", "The one in English is denied-member-en. It isn't older.")
			omar.visit("/admin/config/template/denied-member-en")
			omar.says("As it is now", "Every state", "No other template is for these letters in this language.", "None is kept yet")
			omar.look("template-" + name)

			omar.tab.Click("Change")
			omar.says("What can stand in it", "The member's rights, with until when", "There", "Beside it: the one in Spanish")
			omar.look("template-edit-" + name)
			omar.replace("#text", "Dear {{.Member.Name}},", "Dear {{.Member.Nickname}}, the QIO knows.")
			omar.replace("#text", `{{template "rights" .}}`, "")
			omar.tab.Click("Save the draft")
			omar.says("There is a problem", "{{.Member.Nickname}} isn't available here", `The clause {{template "rights" .}} is missing: the member's rights`, "Missing")
			omar.holds("#text", "{{.Member.Nickname}}, the QIO knows.")
			omar.look("template-wrong-" + name)
			omar.replace("#text", "Nickname", "Name")
			omar.replace("#text", `{{template "reviewer" .}}`, `{{template "rights" .}}`+"\n"+`{{template "reviewer" .}}`)
			omar.tab.Click("Save the draft")
			omar.says("“QIO” isn't explained")
			omar.replace("#text", "the QIO knows.", "we are sorry for the wait.")
			omar.tab.Click("Save the draft")
			omar.says("Preview of Denied, to the member, in English", "Dear {{.Member.Name}}, we are sorry for the wait.", "All 6 clauses that these letters need are there.", "Reads at grade", "Grade 8 is the most", "The one in Spanish, denied-member-es, is older.")
			omar.look("template-preview-" + name)

			// Another tab on the same draft is told.
			pat := h.desk(t, tab.Person(options...), h.person(t, "Pat", account.Admin))
			pat.visit("/admin/config/template/denied-member-en/edit")

			omar.tab.Click("See it as a letter")
			omar.says("As it is drafted.", "A made-up case.", "Dear Jane Roe, we are sorry for the wait.", "PDF in large print, 18 points")
			omar.look("template-letter-" + name)
			clerk := h.as(t, admin, "authenticator")
			for _, query := range []string{"?of=draft", "?of=draft&print=large", "?order=" + o.Number} {
				if a := clerk.get("/admin/templates/denied-member-en/pdf" + query); a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF-") {
					t.Errorf("%s: %d", query, a.status)
				}
			}
			if a := h.as(t, h.person(t, "Lou", account.Admin), "authenticator").get("/admin/templates/denied-member-en/letter?order=" + o.Number); a.status != http.StatusNotFound || strings.Contains(a.body, "Canarywell") {
				t.Errorf("who reads no orders reads one: %d", a.status)
			}
			omar.tab.Type("#order", "1000000001")
			omar.tab.Click("Show")
			omar.says("We can't find that order.", "Jane Roe")
			omar.look("template-letter-none-" + name)
			omar.tab.Type("#order", o.Number)
			omar.tab.Click("Show")
			omar.says("It isn't one that such a letter is written about", "we are sorry for the wait.", "Canarywell", "Must be mended:", "No criterion is named.")
			omar.look("template-letter-order-" + name)
			omar.tab.Click("In Spanish")
			omar.says("Estimado/a", "Canarywell")

			omar.visit("/admin/config/template/denied-member-en/edit")
			omar.replace("#text", "sorry for the wait", "sorry for this")
			omar.tab.Click("Save the draft")
			pat.replace("#text", "{{template \"help\" .}}", "Thank you.\n\n{{template \"help\" .}}")
			pat.tab.Click("Save the draft")
			pat.says("This changed while you were working", "we are sorry for this.", "The form holds their changes and yours.")
			pat.holds("#text", "Thank you.")
			pat.holds("#text", "we are sorry for this.")
			pat.look("template-both-" + name)

			omar.tab.Click("label[for=when-2]")
			omar.tab.Eval(`document.querySelector("#at").value = "2026-11-24T08:00"`, nil)
			omar.tab.Type("#why", "The plan asked for it.")
			omar.tab.Click("Go live")
			omar.says("A version is scheduled", "Goes live Tue, Nov 24, 8:00 AM CT", "The plan asked for it.")
			omar.visit("/admin/templates?status=open")
			omar.says("1 template", "Scheduled", "Shipped")
			h.at(24 * time.Hour)
			h.drain(t)
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
				return err
			})
			h.at(24*time.Hour + review.UndoFor)
			h.drain(t)
			ines := h.desk(t, tab.Person(options...), h.person(t, "Ines", account.Intake))
			ines.visit("/review/letters?view=print")
			ines.tab.Click("Denied, to the member")
			ines.says("Canarywell, we are sorry for this.")
			at := ines.tab.URL()

			omar = h.desk(t, omar.tab, admin)
			omar.visit("/admin/config/template/denied-member-en")
			omar.says("Version 2, letters say 2026.2", "Version 1, letters say 2026.1")
			omar.look("template-live-" + name)
			omar.tab.Click("Compare or go back to version 1")
			omar.says("Dear {{.Member.Name}}, we are sorry for this.", "Dear {{.Member.Name}},")
			omar.tab.Type("#why", "Members wrote that it sounds false.")
			omar.look("template-back-" + name)
			omar.tab.Click("Go back to version 1")
			omar.says("Version 3, letters say 2026.3", "Members wrote that it sounds false.")
			omar.tab.Click("See it as a letter")
			omar.says("As it is live, version 2026.3.")
			omar.silent("we are sorry")
			ines.visit(at[strings.Index(at, "/review/"):])
			ines.says("Canarywell, we are sorry for this.")
			omar.visit("/admin/audit?action=order.read&order=" + o.Number)
			omar.says("order.read", "Omar Person")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// One for a plan begins as a copy, counts for the plan, and can be turned off.
func TestALetterTemplateForAPlan(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			omar.visit("/admin/templates")
			omar.tab.Click("Write one for a plan from denied-member-en")
			omar.says("New letter template")
			omar.look("template-new-" + name)
			omar.tab.Click("Save the draft")
			omar.says("The template denied-member-en is for the same letters. Change that one")
			omar.tab.Choose("#plan", "harbor")
			omar.tab.Choose("#line", "commercial")
			if omar.tab.Scripted() {
				omar.tab.Eval(`document.querySelector("#text").setSelectionRange(0, 0)`, nil)
				omar.tab.Click("Of the case")
				omar.tab.Click("{{.Plan.Phone}}")
				omar.holds("#text", "{{.Plan.Phone}}{{template")
				omar.replace("#text", "{{.Plan.Phone}}", "")
			}
			omar.replace("#text", "Dear", "Hello")
			omar.tab.Click("Save the draft")
			omar.says("Preview of Denied, to the member, in English: Harbor Health Plan, Commercial", "Every plan (denied-member-en): this one counts before it.", "Members who read Spanish get denied-member-es, which is for: Every plan. Write one for these in Spanish too.")
			omar.look("template-new-preview-" + name)
			omar.tab.Type("#why", "Harbor asked for it.")
			omar.tab.Click("Go live")
			omar.says("Version 1, letters say 2026.1", "Harbor asked for it.")
			omar.visit("/admin/templates?status=own")
			omar.says("1 template", "Harbor Health Plan, Commercial", "Yours")
			omar.look("templates-own-" + name)
			omar.tab.Click("Try which template counts")
			omar.look("template-which-" + name)
			omar.tab.Choose("#plan", "harbor")
			omar.tab.Choose("#line", "medicaid")
			omar.tab.Choose("#state", "IL")
			omar.tab.Click("Work it out")
			omar.says("For Harbor Health Plan, Medicaid, IL on Mon, Nov 23, 2026: denied-member-en, version 2026.1.")
			omar.tab.Choose("#line", "commercial")
			omar.tab.Click("Work it out")
			omar.says("For Harbor Health Plan, Commercial, IL on Mon, Nov 23, 2026: harbor-denied-member-en-commercial, version 2026.1.", "It names the plan and the type of plan.", "It names nothing, and comes with Parley.")
			omar.look("template-which-found-" + name)
			omar.tab.Click("#main a[href$=harbor-denied-member-en-commercial]")
			omar.tab.Click("Change")
			omar.tab.Click("label[for=used]")
			omar.tab.Click("Save the draft")
			omar.tab.Type("#why", "They want what all have.")
			omar.tab.Click("Go live")
			omar.tab.Click("Write it in Spanish")
			omar.holds("#plan", "harbor")
			omar.holds("#text", "Estimado/a")
			omar.visit("/admin/templates?status=off")
			omar.says("Turned off", "harbor-denied-member-en-commercial")
			omar.visit("/admin/templates/which?kind=denied&audience=member&language=en&plan=harbor&line=commercial")
			omar.says("denied-member-en, version 2026.1.")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
