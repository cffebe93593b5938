package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// An administrator sees what is missing before offices can work, and where to
// do it.
func TestSetupSaysWhatIsMissing(t *testing.T) {
	h := still(t, 1)
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	omar.tab.Click("Setup")
	omar.says("tasks are left", "Two administrators", "Some steps need a second one", "1 program", "Run parley import members")
	omar.look("setup")
	h.person(t, "Pat", account.Admin)
	h.world.Lists()
	omar.visit("/admin/setup")
	omar.says("2 administrators", "Imported")
	omar.silent("Some steps need a second one")
}
