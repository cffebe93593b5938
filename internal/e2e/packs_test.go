package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// A rule pack is read in plain words, changed as a draft with its mistakes by
// line, tried beside what is live, held to a test case, put live and taken back.
func TestARulePackIsChangedOnScreen(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Order()
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			omar.visit("/admin/clocks")
			omar.tab.Click("Rule packs: what they say, and new versions")
			omar.says("Plans of employers (ERISA)", "Harbor Health Plan, Commercial", "Shipped")
			omar.look("packs-" + name)
			omar.tab.Click("Plans of employers (ERISA)")
			omar.says("Versions and when they hold", "Holds now", "Comes with Parley", "15 calendar days", "29 CFR 2560.503-1(f)(2)(i)", "Rights of members after a denial", "None is kept yet")
			omar.look("pack-" + name)
			omar.tab.Click("Change")
			omar.replace("#text", `"15 calendar days"`, `"2 moons"`)
			omar.replace("#text", `"kinds": [`, `"kind": [`)
			omar.tab.Click("Save the draft")
			omar.says("There is a problem", `"2 moons" is not a time`, "there is no field")
			omar.look("pack-wrong-" + name)
			omar.replace("#text", `"2 moons"`, `"2 calendar days"`)
			omar.replace("#text", `"kind": [`, `"kinds": [`)
			omar.tab.Click("Save the draft")
			omar.says("Version 2002.1 is published with other words. Give yours a new version")
			omar.replace("#text", `"version": "2002.1"`, `"version": "2026.9"`)
			omar.replace("#text", `"from": "2002-01-01"`, `"from": "2026-11-01"`)
			omar.tab.Click("Save the draft")
			omar.says("3 changes", "decided within", "15 calendar days", "2 calendar days", "1 open request goes by this pack. Each keeps the version that held when it was received.", "Used by: Harbor Health Plan, Commercial")
			omar.look("pack-preview-" + name)
			omar.tab.Click("Try the draft out beside what is live")
			omar.tab.Click("Work it out")
			omar.says("By the draft it is due earlier", "By the draft", "As it is now")
			omar.look("pack-tried-" + name)
			omar.tab.Click("Preview of the draft")
			omar.tab.Click("See and add test cases")
			omar.tab.Eval(`document.querySelector("#received").value = "2026-11-24T10:00"; document.querySelector("#expected").value = "2026-11-27T10:00"`, nil)
			omar.tab.Click("Add the test case")
			omar.says("Times are in Central Time.", "Live now:", "By the draft: Thu, Nov 26, 10:00 AM CT", "Fails")
			omar.look("pack-cases-" + name)
			omar.visit("/admin/config/pack/erisa/preview")
			omar.tab.Type("#why", "The law changed.")
			omar.tab.Click("Go live")
			omar.says("A test case fails.")
			omar.visit("/admin/config/pack/erisa/cases")
			omar.tab.Click("form[action$='/remove'] button")
			omar.visit("/admin/config/pack/erisa/preview")
			omar.tab.Type("#why", "The law changed.")
			omar.tab.Click("Go live")
			omar.says("2026.9", "Yours", "Version 2", "The law changed.")
			omar.look("pack-live-" + name)
			omar.tab.Click("Compare or go back to version 1")
			omar.tab.Type("#why", "Too soon.")
			omar.tab.Click("Go back to version 1")
			omar.says("Taken back", "Version 3", "Too soon.")
			omar.tab.Click("a[href='/admin/clocks/packs/erisa/2026.9']")
			omar.says("It was taken back", "2 calendar days")
			omar.look("pack-version-" + name)

			// A new one, from a text with a mistake; then from a file.
			omar.visit(packsList)
			omar.tab.Click("New rule pack")
			omar.tab.Type("#text", "{}")
			omar.tab.Click("Save the draft")
			omar.says("it needs an id and a version")
			omar.look("pack-new-" + name)
			file := filepath.Join(t.TempDir(), "erisa.json")
			if err := os.WriteFile(file, []byte("{\n\"id\": 7\n}"), 0o600); err != nil {
				t.Fatal(err)
			}
			omar.visit("/admin/config/pack/erisa")
			omar.tab.Upload("#file", file)
			omar.tab.Click("Read the file")
			omar.says("Its text stands below, not saved yet.", "Line 2")
			omar.look("pack-file-" + name)
		})
	}
}

const packsList = "/admin/clocks/packs"
