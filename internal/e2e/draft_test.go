package e2e

import (
	"context"
	"net/url"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// colleague adds somebody to the world's office.
func (h *house) colleague(first, last string, role account.Role) (who account.Actor) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		who, err = h.world.Person(ctx, tx, first, last, h.world.Office.ID, role)
		return err
	})
	return who
}

// intake changes how the world's program takes in requests.
func (h *house) intake(in plan.Intake) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		h.world.Program.Intake = in
		_, err := plan.SaveProgram(ctx, tx, account.Program(), h.world.Program)
		return err
	})
}

// Two colleagues on one draft: what one typed and left stands there for the
// other, each is told of the other, neither is overwritten unseen, and a
// program that wants one at a time gets it.
func TestTwoColleaguesOnOneDraft(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	h.world.Publish("lumbar-mri")
	jess := h.colleague("Jess", "Ng", account.OfficeStaff)
	maria := h.as(t, h.world.Maria, "authenticator")
	path := asked(t, maria)
	first := path + "/clinical/lumbar-mri/red_flags"
	d := h.desk(t, browser.New(t), jess)
	d.visit(first)
	d.tab.Click("None of these")
	d.autosaved()
	if got := maria.get(first); got.status != 200 {
		t.Fatalf("Maria at the same page: %d", got.status)
	}
	d.visit(first)
	d.says("You typed this", "it is not saved yet")
	d.look("draft-typed")
	if got := maria.post(first, url.Values{"answers": {"1"}, "q.red_flags": {"cancer"}}); got.status != 303 {
		t.Fatalf("Maria's answer: %d", got.status)
	}
	d.visit(first)
	d.says("You typed this")
	d.tab.Click("None of these")
	d.tab.Click("New or increasing weakness of a leg")
	maria.post(first, url.Values{"answers": {"2"}, "q.red_flags": {"infection"}})
	d.tab.Click("Continue")
	d.says("There is a problem", "Maria Chen changed answers on this page while you had it open", "Maria Chen changed this")
	d.look("draft-conflict")
	d.tab.Click("Continue")
	d.says("Was there an MRI")

	h.intake(plan.Intake{OneAtATime: true})
	maria.get(path + "/order")
	d.visit(path + "/order")
	d.says("Maria Chen is working on this page")
	d.look("draft-locked")
	d.tab.Click("Take over")
	d.says("What is being ordered")
	h.intake(plan.Intake{})

	h.world.Publish("knee")
	d.tab.Type("#service", "29881")
	d.tab.Click("Continue")
	d.says("Select which side")
	d.tab.Click("Left")
	d.tab.Click("Continue")
	d.says("Some clinical questions start again")
	d.look("draft-restart")
	d.tab.Click("Keep it as it was")
	d.says("MRI, lower back")
	h.world.Publish("lumbar-mri", `"version": "2026.1"`, `"version": "2026.2"`, `"Does the patient have any of these?"`, `"Does the patient have one of these?"`)
	d.visit(path + "/clinical")
	d.says("The questions changed on", "2 need a new answer")
	d.look("draft-changed")
	d.tab.Click("Continue")
	d.says("Does the patient have one of these?")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// Where a program wants the ordering practitioner's signature, the office asks
// for it by a mail that names nobody, and the practitioner signs with the
// password.
func TestTheOrderingPractitionerSigns(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	h.intake(plan.Intake{Signature: true})
	path := asked(t, h.as(t, h.world.Maria, "authenticator"))
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit(path + "/review")
	d.says("Ada Okafor, MD must sign before this is sent")
	d.look("sign-wanted")
	d.tab.Click("Ask for the signature")
	d.says("There is a problem", "has no account here")
	doctor := h.colleague("Ada", "Okafor", account.Clinician)
	h.practices(doctor)
	d.tab.Type("#note", "Please read the note of Nov 20")
	d.tab.Click("Ask for the signature")
	d.says("An email is on its way")
	if got := d.tab.Value("#note"); got != "Please read the note of Nov 20" {
		t.Errorf("the note became %q", got)
	}
	d.look("sign-asked")
	d.visit("/")
	d.says("Ada Okafor, MD needs to sign request ending")
	d.look("home-unsigned")

	h.givePassword(t, doctor)
	s := h.desk(t, browser.New(t), doctor)
	s.visit("/")
	s.says("Sign request ending")
	s.visit(path + "/review")
	s.says("Sign with your password")
	s.tab.Click("label[for=attested]")
	s.tab.Type("#password", "not it")
	s.tab.Click("Sign and send")
	s.says("This password doesn't match our records")
	s.look("sign-wrong")
	s.tab.Type("#password", walkPassword)
	s.tab.Click("Sign only")
	d.visit(path + "/review")
	d.says("Signed by Ada Okafor")
	d.look("sign-signed")
	d.visit("/")
	d.silent("needs to sign")
	d.visit(path + "/review")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("Request sent")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
