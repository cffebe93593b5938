package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

var resetLink = regexp.MustCompile(`/reset/[A-Za-z0-9_-]+`)

// Who forgot the password chooses another by a mailed link; an administrator
// can send it too.
func TestAForgottenPasswordIsReplaced(t *testing.T) {
	h := still(t, 1)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		return account.Provision(ctx, tx, h.Web.Settings.Box, account.Program(), h.world.Maria.ID, walkKey)
	})
	d := &desk{t, h, browser.New(t)}
	d.visit("/sign-in")
	d.tab.Click("I forgot my password")
	d.tab.Click("Send a link")
	d.says("Enter an email address")
	d.tab.Type("#email", h.world.Maria.Email)
	d.tab.Click("Send a link")
	d.says("If that address has an account, we sent a mail")
	d.look("reset")
	h.drain(t)
	mails := h.mail.All()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	link := resetLink.FindString(mails[0].Text)
	d.visit(link)
	d.tab.Type("#password", "short")
	d.tab.Click("Save and sign in")
	d.says("Password must be 12 characters or more")
	d.look("reset-new")
	d.tab.Type("#password", "seven green umbrellas, folded")
	d.tab.Click("Save and sign in")
	d.says("Code")
	if !strings.Contains(d.tab.URL(), "/sign-in/verify") {
		t.Errorf("at %s", d.tab.URL())
	}
	d.visit(link)
	d.says("This link doesn't work any more")

	dana := h.desk(t, browser.New(t), h.colleague("Dana", "Cole", account.OrgAdmin))
	dana.visit("/organization/" + h.world.Office.ID + "/people/" + string(h.world.Maria.ID))
	dana.tab.Click("Send a link to choose a new one")
	dana.says("The link is on its way to them")
	h.drain(t)
	if got := h.mail.All(); resetLink.FindString(got[len(got)-1].Text) == "" {
		t.Errorf("%+v", got[len(got)-1])
	}
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// A lost authenticator app is removed by two administrators.
func TestALostPhoneTakesTwoAdministrators(t *testing.T) {
	h := still(t, 1)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		return account.Provision(ctx, tx, h.Web.Settings.Box, account.Program(), h.world.Maria.ID, walkKey)
	})
	path := "/organization/" + h.world.Office.ID + "/people/" + string(h.world.Maria.ID)
	dana := h.desk(t, browser.New(t), h.colleague("Dana", "Cole", account.OrgAdmin))
	dana.visit(path)
	dana.tab.Click("Ask to remove their second factor")
	dana.says("Another administrator agrees within a day")
	dana.visit(path)
	dana.says("Dana Cole asked", "Another administrator agrees on this page")
	dana.silent("Agree and remove it")
	kim := h.desk(t, browser.New(t, browser.NoScript()), h.colleague("Kim", "Ray", account.OrgAdmin))
	kim.visit(path)
	kim.look("factor")
	kim.tab.Click("Agree and remove it")
	kim.says("Their passkeys, authenticator app and recovery codes are removed")
	kim.visit(path)
	kim.silent("Lost the phone?")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
