package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// An operator has an office's passwords end; people read the date before, and
// choose a new one in one step after. An operator sends somebody a link.
func TestPasswordsEnd(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	const password = "a quiet walk before the rain"
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		if err := account.SetPassword(ctx, tx, account.Program(), h.world.Maria.ID, password); err != nil {
			return err
		}
		return account.Provision(ctx, tx, h.Web.Settings.Box, account.Program(), h.world.Maria.ID, walkKey)
	})
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	omar.tab.Click("Passwords that end")
	omar.says("No organization's passwords end")
	omar.tab.Type("#organization", "Cedar")
	omar.tab.Click("Save")
	omar.says("There is no organization of this name", "Enter a number from 30 to 730")
	omar.look("passwords-wrong")
	omar.tab.Type("#organization", "Cedar Orthopedics")
	omar.tab.Type("#password_days", "90")
	omar.tab.Click("Save")
	omar.says("It is set", "After 90 days")
	omar.look("passwords")
	omar.visit("/admin/users/" + string(h.world.Maria.ID))
	omar.tab.Click("Send a link to choose a password")
	omar.says("person.reset_sent")
	h.drain(t)
	if subject, text := h.mailed(t, h.world.Maria.Email); resetLink.FindString(text) == "" {
		t.Errorf("%s: %s", subject, text)
	}

	maria := h.desk(t, browser.New(t), h.world.Maria)
	maria.visit("/")
	maria.silent("Your password ends")
	maria.visit("/account/security")
	maria.says("Your organization has passwords end after some time")
	h.at(80 * 24 * time.Hour)
	maria = h.desk(t, maria.tab, h.world.Maria)
	maria.visit("/")
	maria.says("Your password ends", "Choose a new one")
	maria.look("password-ends")

	h.at(91 * 24 * time.Hour)
	maria = &desk{t, h, browser.New(t)}
	maria.visit("/orders")
	maria.tab.Type("#email", h.world.Maria.Email)
	maria.tab.Type("#password", password)
	maria.tab.Click("Sign in")
	maria.tab.Type("#code", walkCode(t, h))
	maria.tab.Click("Continue")
	maria.says("Choose a new password", "yours has")
	maria.look("password-ended")
	maria.visit("/requests/new")
	maria.says("Choose a new password")
	maria.tab.Type("#password", password)
	maria.tab.Click("Save and continue")
	maria.says("This is the password you have now")
	maria.tab.Type("#password", "seven green umbrellas, folded")
	maria.tab.Click("Save and continue")
	maria.silent("Choose a new password")
	if !strings.Contains(maria.tab.URL(), "/requests/new") {
		t.Errorf("at %s", maria.tab.URL())
	}
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// walkCode is what an authenticator with walkKey shows at the house's time.
func walkCode(t testing.TB, h *house) string {
	t.Helper()
	code, err := totp.GenerateCode(walkKey, h.DB.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}
