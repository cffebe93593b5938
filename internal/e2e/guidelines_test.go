package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/guideline"
)

// A guideline is read as an outline, tried with answers, changed from a file
// with its mistakes and its coverage told, put live and taken back.
func TestAGuidelineIsChangedOnScreen(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Publish("lumbar-mri")
			library, err := guideline.Library()
			if err != nil {
				t.Fatal(err)
			}
			var v *guideline.Version
			for _, one := range library {
				if one.ID == "lumbar-mri" {
					v = one
				}
			}
			file := func(replace ...string) string {
				path := filepath.Join(t.TempDir(), "guideline.json")
				if err := os.WriteFile(path, []byte(strings.NewReplacer(append(replace, `"version": "`+v.Version+`"`, `"version": "own"`)...).Replace(string(v.Text()))), 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			omar.visit("/admin/index")
			omar.tab.Click("Guidelines")
			omar.says("1 guideline, by title", v.Title, v.Version, "Holds now")
			omar.look("guidelines-" + name)
			omar.tab.Click(v.Title)
			omar.says("Versions and when they hold", "Sources", "each question can be asked, each criterion met", "Questions", "Criteria", "Met when", "Rests on")
			omar.look("guideline-" + name)
			omar.tab.Click("Try it with answers, as an office sees it")
			omar.says("Needs a person.", "Need more", "Why we ask")
			omar.look("guideline-try-" + name)
			omar.tab.Click("See what comes of it")
			omar.says("There is a problem")
			omar.look("guideline-tried-" + name)

			omar.visit("/admin/guidelines/lumbar-mri/try?tried=yes&q.red_flags=cauda&q.earlier_mri=false")
			omar.says("Can be approved: 1", "Not needed")
			omar.look("guideline-met-" + name)

			// A file with mistakes, then one whose own tests fail.
			omar.visit("/admin/guidelines")
			omar.tab.Click("Read the file")
			omar.says("Choose a file with a guideline or a questionnaire")
			omar.visit("/admin/config/guideline/lumbar-mri")
			omar.tab.Upload("#file", file(`"about"`, `"abbout"`))
			omar.tab.Click("Read the file")
			omar.says("There is a problem", "about: is missing", "abbout: is not supported")
			omar.look("guideline-wrong-" + name)
			omar.visit("/admin/guidelines")
			omar.tab.Upload("#file", file(`"outcome": "approve"`, `"outcome": "person"`))
			omar.tab.Click("Read the file")
			omar.says("Its text stands below, not saved yet.", "Change "+v.Title)
			omar.tab.Click("Save the draft")
			omar.says("Preview of "+v.Title, "Coverage report", "It can't go live before all do.", "can be approved, and must need a person", "0 requests with its questions are being written")
			omar.look("guideline-preview-" + name)
			omar.tab.Type("#why", "New evidence.")
			omar.tab.Click("Go live")
			omar.says("not as they should be. See the coverage report")
			omar.look("guideline-held-" + name)

			omar.visit("/admin/config/guideline/lumbar-mri")
			omar.tab.Upload("#file", file(v.About, "Pictures of the lower back."))
			omar.tab.Click("Read the file")
			omar.tab.Click("Save the draft")
			omar.says("2 changes", "Pictures of the lower back.", "is taken back")
			omar.tab.Click("Try the draft with answers, as an office sees it")
			omar.says("Try Lumbar spine MRI own")
			omar.visit("/admin/config/guideline/lumbar-mri/preview")
			omar.tab.Type("#why", "New evidence.")
			omar.tab.Click("Go live")
			omar.says("Version 2", "New evidence.", "Pictures of the lower back.")
			omar.look("guideline-live-" + name)
			omar.tab.Click("Compare or go back to version 1")
			omar.says("Pictures of the lower back.")
			omar.tab.Type("#why", "Too soon.")
			omar.tab.Click("Go back to version 1")
			omar.says("Version 3", "Taken back")
			omar.visit("/admin/guidelines/lumbar-mri/versions/own")
			omar.says("It was taken back")
			omar.look("guideline-version-" + name)
		})
	}
}
