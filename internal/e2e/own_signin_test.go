package e2e

import (
	"context"
	"errors"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/openid/openidtest"
)

// An office's administrator shows that the domain is theirs, enters the
// provider, tries it as themselves and turns it on; only then colleagues are led
// there.
func TestAnOfficeSetsUpItsOwnSignIn(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	w := h.world
	p := openidtest.New(t, h.DB.Now, h.Web.Settings.URL.JoinPath("/sign-in/organization/callback").String())
	h.Web.Settings.Identity = p.Client()
	var records []string
	h.Web.Settings.LookUpTXT = func(_ context.Context, name string) ([]string, error) {
		if name != "_parley.cedarortho.example" || records == nil {
			return nil, errors.New("no such host")
		}
		return records, nil
	}
	admin := func(email string) (a account.Actor) {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			who, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: email, FirstName: "Jess", LastName: "Moreno"})
			if err != nil {
				return err
			}
			if err := account.AddSeat(ctx, tx, account.Program(), who.ID, account.Seat{OrganizationID: w.Office.ID, Role: account.OrgAdmin}); err != nil {
				return err
			}
			a, err = account.Act(ctx, tx, who.ID)
			return err
		})
		return a
	}
	tab := browser.New(t)
	d := h.desk(t, tab, admin("dana@cedarortho.example"))
	d.visit("/organization/" + w.Office.ID)
	tab.Click("Sign-in")
	d.says("show that your mail domain is yours", "First show that a domain is yours.")
	tab.Type("#domain", "gmail.com")
	tab.Click("Add the domain")
	d.says("Anybody gets an address at gmail.com")
	d.look("own-sso-wrong")
	tab.Type("#domain", "cedarortho.example")
	tab.Click("Add the domain")
	d.says("_parley.cedarortho.example", "parley-verification=", "To be shown")
	d.look("own-sso-domain")
	tab.Click("Look for cedarortho.example now")
	d.says("The record isn't there yet")
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		records, err = db.All(ctx, tx, db.Value[string], `select 'parley-verification=' || word from sso_proof`)
		return err
	})
	tab.Click("Look for cedarortho.example now")
	d.says("The domain is yours.", "Yours since")
	tab.Click("Save the provider")
	d.says("Enter the client secret", "Enter an address on the internet")
	d.look("own-sso-provider-wrong")
	tab.Type("#issuer", openidtest.Issuer)
	tab.Type("#client", openidtest.ClientID)
	tab.Type("#secret", openidtest.Secret)
	tab.Click("Save the provider")
	d.says("It is saved.", "Sign in at your provider as yourself.")
	d.silent(openidtest.Secret)
	tab.Click("Try it yourself")
	d.says("The trial didn't work", "says another mail address than your account here has")
	d.look("own-sso-trial")
	if a := h.as(t, w.Maria, "authenticator").get("/organization/" + w.Office.ID + "/sign-in"); a.status != 403 {
		t.Errorf("staff: %d", a.status)
	}

	jess := h.desk(t, tab, admin("jess.moreno@cedarortho.example"))
	jess.visit("/organization/" + w.Office.ID + "/sign-in")
	tab.Click("Try it yourself")
	jess.says("It works: your provider knows you", "Tried by Jess Moreno")
	tab.Click("Turn it on")
	jess.says("It is on.")
	tab.Click("No passwords: only through your sign-in, or with a passkey")
	tab.Click("Save the provider")
	jess.says("First an administrator needs a way in when your provider is down")
	jess.look("own-sso-on")

	out := &desk{t, h, browser.New(t)}
	out.visit("/sign-in/organization")
	out.tab.Type("#email", "somebody@cedarortho.example")
	out.tab.Click("Continue")
	out.says("People of cedarortho.example sign in where Cedar Orthopedics keeps their accounts")
	tab.Click("Remove this sign-in")
	tab.Click("Remove it")
	jess.says("It is removed.")
}
