package e2e

import (
	"context"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Who signed in with a code is offered a passkey on Home, and nowhere else,
// until they have one or put the offer away. Where scripts are off nothing
// stands there.
func TestAPasskeyIsOfferedAfterACode(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	const offer = "Skip the code next time"
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, who := range []account.Actor{h.world.Maria, h.world.Reviewers[0]} {
			if err := account.SetPassword(ctx, tx, account.Program(), who.ID, "a quiet walk before the rain"); err != nil {
				return err
			}
		}
		return nil
	})
	if a := h.as(t, h.world.Maria, "passkey").get("/"); strings.Contains(a.body, offer) {
		t.Error("it is offered after a passkey")
	}
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/")
	d.says(offer, "Add a passkey")
	d.look("passkey-offer")
	d.visit("/orders")
	d.silent(offer)
	d.visit("/")
	d.tab.Click("Add a passkey")
	d.says("Create the passkey")
	d.visit("/")
	d.tab.Click("Don’t show this again")
	d.silent(offer)
	if !strings.HasSuffix(d.tab.URL(), "/") {
		t.Errorf("at %s", d.tab.URL())
	}
	if a := h.as(t, h.world.Maria, "authenticator").get("/"); strings.Contains(a.body, offer) {
		t.Error("it is offered again")
	}
	jess := h.colleague("Jess", "Moreno", account.OfficeStaff)
	if a := h.as(t, jess, "authenticator").get("/"); strings.Contains(a.body, offer) { // she has no password, which adding one takes
		t.Error("it is offered to who can't add one")
	}
	quiet := h.desk(t, browser.New(t, browser.NoScript()), h.world.Reviewers[0])
	quiet.visit("/review")
	quiet.silent(offer)
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
