package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Somebody meets an error, reports it from there and gets a reference; an
// administrator reads it and says what became of it.
func TestAProblemIsReported(t *testing.T) {
	h := still(t, 0)
	tab := browser.New(t)
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/1369306954?q=x")
	maria.says("Check the number or the address.", "Report a problem")
	maria.look("problem-error")
	tab.Click("Report a problem")
	maria.says("Leave patients out of it")
	maria.holds("#page", "/orders/1369306954")
	if tab.Value("#reference") == "" {
		t.Error("the reference of the error is lost")
	}
	tab.Type("#expected", "The order.")
	tab.Click("Send the report")
	maria.says("Say what happened")
	maria.holds("#expected", "The order.")
	maria.holds("#page", "/orders/1369306954")
	maria.look("problem-wrong")
	tab.Type("#happened", "The order was gone.")
	tab.Click("Send the report")
	maria.says("Thank you. We have your report.", "Its reference", h.world.Maria.Email)
	maria.look("problem-reported")

	maria.visit("/help")
	tab.Click("Release notes")
	maria.says("Release notes", "Version test", "Version 0.1.0", "Peer-to-peer calls")
	maria.silent("New since your last visit")
	maria.look("releases")
	h.world.Do(func(ctx context.Context, tx *db.Tx) error { // as if she had read it before the newest
		return account.SetPreference(ctx, tx, h.world.Maria, "releases_seen", "2026-11-21")
	})
	maria.visit("/help/releases")
	maria.says("New since your last visit")
	tab.Click("Español")
	maria.says("Novedades de cada versión", "Días festivos en su idioma")
	maria.look("releases-spanish")
	maria.visit("/help")
	tab.Click("Informar de un problema")
	maria.holds("#page", "/help")
	maria.says("No incluya datos de pacientes")
	maria.look("problem-spanish")

	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/problems")
	omar.says("Maria Chen", "Cedar Orthopedics", "The order was gone.", "Expected: The order.", "/orders/1369306954")
	omar.look("problems")
	tab.Click("main form button")
	omar.says("Say what became of it")
	omar.look("problems-wrong")
	tab.Type("input[name=outcome]", "The link was old.")
	tab.Click("main form button")
	omar.says("Closed by Omar Person", "The link was old.")
	omar.look("problems-closed")
}
