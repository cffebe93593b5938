package e2e

import (
	"context"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A practitioner with several addresses orders from one of them, which is
// remembered; a contact holds for one request or for all that follow; and who
// wants faxes gets them at the gateway, without a word about the patient.
func TestAddressesContactsAndFaxes(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			h.Web.Settings.Faxes, h.Desk.Faxes = true, "fax.example"
			h.twoAddresses()
			maria := h.as(t, h.world.Maria, "authenticator")
			path := begun(t, maria)
			maria.to(path+"/order", map[string][]string{"service": {"72148"}, "diagnosis": {"M54.50"}, "urgency": {"standard"}})
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit(path + "/providers")
			d.tab.Click("Ada Okafor, MD")
			d.tab.Click("North")
			d.tab.Type("#contact_phone", "555-555-0147")
			d.tab.Click("label[for=contact_notices-2]")
			d.tab.Click("This request only")
			d.tab.Click("Not decided yet")
			d.tab.Click("Continue")
			d.says("There is a problem", "Enter a fax number", "At which address?", "1 North Road, Exampleville, TX 00001", "7 Elm Street, Oakville, TX 00002")
			d.look("contact-wrong-" + name)
			d.tab.Click("7 Elm Street, Oakville, TX 00002")
			d.tab.Type("#contact_fax", "(555) 555-0148")
			d.tab.Click("Continue")
			d.says("Ada Okafor, MD, 7 Elm Street, Oakville, TX 00002", "On this site, and by fax to")
			d.look("contact-review-" + name)
			d.tab.Click("label[for=attested]")
			d.tab.Click("Send request")
			d.tab.Click("Open the order")
			d.says("Ada Okafor, MD, 7 Elm Street")

			h.world.Do(func(ctx context.Context, tx *db.Tx) error {
				o, err := order.Get(ctx, tx, account.Program(), path[strings.LastIndexByte(path, '/')+1:])
				if err != nil {
					return err
				}
				return h.Desk.Decided(ctx, tx, review.Decided{OrderID: string(o.ID), DeterminationID: "det_test"})
			})
			h.drain(t)
			faxed := false
			for _, m := range h.mail.All() {
				if m.To.Email == "5555550148@fax.example" {
					faxed = true
					if strings.Contains(m.Text+m.Subject, "Canarywell") {
						t.Error("a fax names the patient")
					}
				}
			}
			if !faxed {
				t.Error("no fax was sent")
			}

			next := begun(t, maria)
			maria.post(next+"/order", map[string][]string{"service": {"72148"}, "diagnosis": {"M54.50"}, "urgency": {"standard"}})
			maria.post(next+"/order/similar", map[string][]string{"anyway": {"Another level"}})
			d.visit(next + "/providers")
			d.says("At which address?")
			if d.tab.Value("#contact_fax") != "" {
				t.Error("a contact for one request stands on the next")
			}
			d.tab.Type("#contact_name", "Jo Desk")
			d.tab.Type("#contact_phone", "555-555-0199")
			d.tab.Click("label[for=contact_notices]")
			d.tab.Type("#contact_email", "jo@office.example")
			d.tab.Click("This and my next requests")
			d.tab.Click("Not decided yet")
			d.tab.Click("Continue")
			d.says("Check your answers and send", "7 Elm Street", "Jo Desk", "by email to jo@office.example")
			third := begun(t, maria)
			maria.post(third+"/order", map[string][]string{"service": {"72148"}, "diagnosis": {"M54.50"}, "urgency": {"standard"}})
			maria.post(third+"/order/similar", map[string][]string{"anyway": {"Another level"}})
			d.visit(third + "/providers")
			if got := d.tab.Value("#contact_name"); got != "Jo Desk" {
				t.Errorf("the contact is %q", got)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// twoAddresses has the world's doctor work at two of the office's locations.
func (h *house) twoAddresses() {
	w, by := h.world, account.Program()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		north := w.North
		north.Line, north.City, north.ZIP = "1 North Road", "Exampleville", "00001"
		if _, err := provider.SaveLocation(ctx, tx, by, north); err != nil {
			return err
		}
		south, err := provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: w.Office.ID, Name: "South", Line: "7 Elm Street", City: "Oakville", State: "TX", ZIP: "00002", Phone: "(555) 555-0150"})
		if err != nil {
			return err
		}
		_, err = provider.SavePractitioner(ctx, tx, by, w.Doctor, south.ID)
		return err
	})
}
