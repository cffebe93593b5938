package e2e

import (
	"context"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A patient whom no list has and a practitioner whom no directory has are
// entered by hand; both sides read that, staff find the member when a later
// list has them, and check the practitioner.
func TestAPatientInNoListAndAPractitionerInNoDirectory(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				h.world.Plan.Unmatched, h.world.Plan.MemberIDs = true, "HBR######"
				h.world.Plan, err = plan.Save(ctx, tx, account.Program(), h.world.Plan)
				return err
			})
			tab := browser.New(t, options...)
			d := h.desk(t, tab, h.world.Maria)
			d.enterUnlisted(name)
			d.orderByStated(name)
			number := strings.TrimPrefix(d.sendAsIs(name), "/orders/")
			d = h.desk(t, tab, h.world.Reviewers[0])
			d.visit("/review/cases/" + number)
			d.says("Not matched to a member", "The patient isn't matched to a member", "The ordering practitioner isn't checked")
			d.look("case-unmatched-" + name)
			d.tab.Click("Match the patient")
			d.says("No member of Harbor Health Plan agrees in two", "Nora Canarynew")
			h.world.Do(func(ctx context.Context, tx *db.Tx) error {
				m, err := member.Save(ctx, tx, account.Program(), member.Member{First: "Nora", Last: "Canarynew-Smith", Born: civil.Date{Year: 1990, Month: 3, Day: 3}, Line: "4 New Road", City: "Exampleville"})
				if err == nil {
					_, err = member.Cover(ctx, tx, account.Program(), member.Coverage{MemberID: m.ID, PlanID: h.world.Plan.ID, Line: h.world.Line.Code, Number: "HBR400100999"})
				}
				return err
			})
			d.tab.Click("Find members")
			d.says("Canarynew-Smith", "Not the same: name")
			d.look("match-" + name)
			d.tab.Click("This is the patient")
			d.says("There is a problem", "Select the member")
			d.tab.Click("Nora Canarynew-Smith")
			d.tab.Click("This is the patient")
			d.says("Nora Canarynew-Smith")
			d.silent("Not matched to a member")
			d.tab.Click("Check the practitioner")
			d.says("Iris Novak, NP", "4 New Road, Exampleville, TX 00001", "The directory, as last imported, doesn't have this NPI")
			d.look("practitioner-" + name)
			d.tab.Click("They are who the office says")
			d.silent("The ordering practitioner isn't checked")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

func (d *desk) enterUnlisted(name string) {
	d.visit("/requests/new")
	d.date("service", "12", "1", "2026")
	d.tab.Type("#number", "HBR 400 100 999")
	d.date("born", "3", "3", "1990")
	d.tab.Click("Continue")
	d.says("We couldn't find this member", "This number doesn't look like a member ID of any plan we handle. They look like HBR000000 (Harbor Health Plan).")
	d.look("unlisted-unlike-" + name)
	d.tab.Click("Continue without a match")
	d.says("Enter the patient by hand")
	d.tab.Click("Continue without a match")
	d.says("There is a problem", "Enter the first name", "Enter the last name", "Member IDs of Harbor Health Plan look like HBR000000. Check the card")
	d.look("unlisted-wrong-" + name)
	d.tab.Type("#first", "Nora")
	d.tab.Type("#last", "Canarynew")
	d.tab.Click("Continue without a match")
	d.says("There is a problem", "Member IDs of Harbor Health Plan look like")
	d.silent("Enter the first name")
	d.look("unlisted-unlike-number-" + name)
	d.tab.Click("label[for=as_on_card]")
	d.tab.Click("Continue without a match")
	d.says("What is being ordered", "Not matched to a member")
}

func (d *desk) orderByStated(name string) {
	d.tab.Type("#service", "72148")
	d.tab.Type("#diagnosis", "M54.50")
	d.tab.Click("label[for=urgency]")
	d.tab.Click("Continue")
	d.says("Who is ordering?")
	d.tab.Click("Someone the national directory doesn’t have")
	d.tab.Type("#contact_phone", "555-555-0147")
	d.tab.Click("Not decided yet")
	d.tab.Type("#stated_npi", "1234567890")
	d.tab.Click("Continue")
	d.says("There is a problem", "This NPI doesn't pass its check digit", "Enter the specialty")
	d.look("stated-wrong-" + name)
	for field, text := range map[string]string{"npi": "1234567893", "first": "Iris", "last": "Novak", "credential": "NP", "specialty": "Orthopedics", "line": "4 New Road",
		"city": "Exampleville", "state": "TX", "zip": "00001", "phone": "555-555-0177"} {
		d.tab.Type("#stated_"+field, text)
	}
	d.tab.Click("Continue")
}

// sendAsIs sends a request whose pages are filled in, and answers its order's path.
func (d *desk) sendAsIs(name string) string {
	d.says("Check your answers and send", "Iris Novak, NP", "You entered the patient by hand")
	d.look("unlisted-check-" + name)
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("Request sent")
	d.tab.Click("Open the order")
	d.says("Not matched to a member", "Nothing can be approved before")
	d.look("unlisted-order-" + name)
	at := d.tab.URL()
	return at[strings.Index(at, "/orders/"):]
}
