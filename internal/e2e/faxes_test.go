package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect/inspecttest"
)

// second is an order for another patient.
func (h *house) second(t testing.TB) (o order.Order) {
	t.Helper()
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		m, err := member.Save(ctx, tx, account.Program(), member.Member{First: "Otto", Last: "Secondbird", Born: civil.Date{Year: 1950, Month: 2, Day: 11}})
		if err != nil {
			return err
		}
		if _, err := member.Cover(ctx, tx, account.Program(), member.Coverage{MemberID: m.ID, PlanID: w.Plan.ID, Line: "commercial", Number: "HBR777000111"}); err != nil {
			return err
		}
		o, err = order.Create(ctx, tx, account.Program(), order.Order{
			OrganizationID: w.Office.ID, LocationID: w.North.ID, PractitionerID: w.Doctor.ID, MemberID: string(m.ID), MemberNumber: "HBR777000111",
			Patient: order.Patient{First: m.First, Last: m.Last, Born: m.Born}, PlanID: w.Plan.ID, Line: "commercial", ProgramID: w.Program.ID,
			Urgency: order.Standard, Channel: "portal", Title: "MRI, knee", Contact: order.Contact{Name: "Maria Chen", Email: w.Maria.Email},
			Services: []order.Service{{Line: 1, System: "CPT", Code: "73721", Wording: "MRI, knee", Units: 1}},
		})
		return err
	})
	return o
}

// faxed uploads a fax with these pages and opens it.
func (d *desk) faxed(numbers ...string) {
	d.Helper()
	d.visit("/assist/faxes")
	d.tab.Type("#from", "(555) 555-0148")
	d.tab.Upload("#files", onDisk(d.T, "in.tif", inspecttest.Fax(d, numbers...)))
	d.tab.Click("Upload")
	d.h.drain(d)
	d.visit("/assist/faxes")
	d.tab.Click(".table tbody a")
}

// A fax of two patients: one's cover sheet is read and confirmed by one click,
// the other's pages are found by the member; a page in the wrong place leaves
// the order at once, and is put where it belongs.
func TestAFaxOfTwoPatients(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			a, b := h.world.Order(), h.second(t)
			rosa, aisha := h.person(t, "Rosa", account.Intake), h.person(t, "Aisha", account.Nurse)
			tab := browser.New(t, options...)
			d := h.desk(t, tab, rosa)
			d.visit("/assist")
			d.tab.Click("Faxes: none waits")
			d.says("No fax waits.")
			d.tab.Click("Upload")
			d.says("There is a problem", "Select a file")
			d.look("faxes-wrong-" + name)
			d.faxed(a.Number, "", "", "")
			d.says("From (555) 555-0148, uploaded by Rosa Person", "Pages 1-4: cover sheet of order "+order.Spaced(a.Number), "Rosa Canarywell", "Page 1 of 4", "Waiting")
			d.look("fax-" + name)
			id := strings.TrimPrefix(strings.SplitN(tab.URL(), "?", 2)[0], h.url)
			d.visit("/assist/faxes")
			d.says("(555) 555-0148", "Waiting")
			d.look("faxes-" + name)
			second := h.desk(t, tab.Person(options...), aisha)
			second.visit(id)
			second.says("You are not alone", "Rosa Person looks at this fax too")

			d.visit(id + "?page=4")
			d.tab.Click("Turn right page 4")
			d.says("Page 4 of 4")
			d.tab.Click("Put pages 1-4 there")
			d.says("On an order", order.Spaced(a.Number)+". By Rosa Person")
			d.look("fax-put-" + name)
			second.tab.Click("Put pages 1-4 there")
			second.says("Something changed", "Rosa Person put page 1 on order "+order.Spaced(a.Number)+" meanwhile")
			h.drain(t)

			maria := h.desk(t, tab.Person(options...), h.world.Maria)
			maria.visit("/orders/" + a.Number)
			maria.says("Fax of 2026", "pages 1-4.pdf", "Came by fax from (555) 555-0148")
			maria.look("order-fax-" + name)
			maria.visit(id)
			maria.says("You don't have access")

			d.visit(id)
			d.tab.Type("#pages", "3-4")
			d.tab.Click("Another patient’s")
			d.says("Another patient's pages 3-4", "This opens a privacy incident")
			d.tab.Click("Report it")
			d.says("Say what happened")
			d.look("fax-wrong-" + name)
			d.tab.Type("#what", "Behind the sheet of one patient were two pages of another.")
			d.tab.Click("Report it")
			d.says("Another patient's", "Pages 1-2: cover sheet of order "+order.Spaced(a.Number))
			d.look("fax-reported-" + name)
			maria.visit("/orders/" + a.Number)
			maria.silent("pages 1-4.pdf")
			maria.says("A file was taken out of this order: it isn't about this patient.")

			d.tab.Click("Put pages 1-2 there")
			d.tab.Click("label[for=p-3]")
			d.tab.Click("label[for=p-4]")
			d.tab.Click("Put on an order")
			d.says("Put pages 3-4 on an order")
			d.tab.Click("Find")
			d.says("Enter the order ID, or the member ID and the date of birth")
			d.tab.Type("#member", "HBR777000111")
			d.tab.Type("#born", "2/11/1950")
			d.tab.Click("Find")
			d.says("On which one?", "MRI, knee", "Otto Secondbird, born")
			d.look("fax-find-" + name)
			d.tab.Click("Put them there")
			d.says(order.Spaced(b.Number) + ". By Rosa Person")
			d.visit("/assist/faxes")
			d.says("No fax waits.")
			d.visit("/assist/faxes?done=yes")
			d.says("Done")
			h.drain(t)

			nurse := second
			nurse.visit("/review/cases/" + b.Number)
			nurse.says("pages 3-4.pdf", "Came by fax (555) 555-0148")
			nurse.tab.Click("Fax of 2026-11-23, pages 3-4.pdf")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
			for _, secret := range append(canaries, "Secondbird", "HBR777000111", "two pages of another") {
				if strings.Contains(h.logs.String(), secret) || strings.Contains(d.tab.URL(), secret) {
					t.Errorf("a log or an address says %s", secret)
				}
			}
		})
	}
}

// A file that the office sent is another patient's: who reads it says so, and it
// is gone for both sides.
func TestAFileOfAnotherPatient(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	o := h.world.Order()
	aisha := h.person(t, "Aisha", account.Nurse)
	tab := browser.New(t)
	d := h.desk(t, tab, aisha)
	d.faxed("", "")
	d.tab.Type("#pages", "1")
	d.tab.Click("Set aside")
	d.tab.Click("Set aside")
	d.says("Select why they are for no order")
	d.look("fax-aside")
	d.tab.Click("It is blank")
	d.tab.Click("Set aside")
	d.says("It is blank. By Aisha Person")
	d.tab.Type("#pages", "2")
	d.tab.Click("Put on an order")
	d.tab.Type("#number", order.Spaced(o.Number))
	d.tab.Click("Find")
	d.says("Rosa Canarywell")
	d.tab.Click("Put them there")
	h.drain(t)
	r := h.as(t, aisha, "authenticator")
	page := r.get("/review/cases/" + o.Number)
	_, rest, _ := strings.Cut(page.body, "/review/cases/"+o.Number+"/files/")
	file, _, _ := strings.Cut(rest, "\"")
	d.visit("/review/cases/" + o.Number + "/files/" + file)
	d.tab.Click("This file belongs to another patient")
	d.look("file-wrong")
	d.tab.Type("#what", "The name on it is another one.")
	d.tab.Click("Report it")
	d.says("Page 2 of 2", "Another patient's")
	if a := h.as(t, h.world.Maria, "authenticator").get("/orders/" + o.Number + "/files/" + file); a.status != 404 {
		t.Errorf("the office still opens it: %d", a.status)
	}
	if a := r.post("/assist/faxes/none/aside", url.Values{}); a.status != 404 {
		t.Errorf("no such fax: %d", a.status)
	}
}

// By keyboard alone, on a phone.
func TestAFaxByKeyboard(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	o := h.world.Order()
	rosa := h.person(t, "Rosa", account.Intake)
	tab := browser.New(t)
	k := &typist{desk: h.desk(t, tab, rosa)}
	k.faxed("", o.Number)
	tab.Width(375)
	k.visit(strings.TrimPrefix(tab.URL(), h.url))
	k.press("Put page 2 there")
	k.says(order.Spaced(o.Number) + ". By Rosa Person")
	k.reach(`e.id === "p-1"`)
	tab.Press("Space")
	k.press("Set aside")
	k.reach(`e.id === "reason"`)
	tab.Press("Space")
	k.press("Set aside")
	k.says("It is blank. By Rosa Person")
}
