package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// A plan gets a color, which is too light to read, and a logo by a draft; its
// letters have both once it is live.
func TestAPlanHasAColorAndALogo(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			o := h.world.Denied()
			h.at(time.Hour)
			h.drain(t)
			tab := browser.New(t, options...)
			edit := "/admin/config/plan/" + string(h.world.Plan.ID) + "/edit"
			omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
			omar.visit(edit)
			omar.says("Logo: none. Choose one below.")
			omar.tab.Type("#color", "yellow")
			omar.tab.Click("Save the draft")
			omar.says("Enter a color as # and 6 digits or letters A to F, like #1A56A8")
			omar.tab.Type("#color", "f2a900")
			omar.tab.Click("Save the draft")
			omar.says("Preview of Harbor Health Plan", "#F2A900. The color has 2.0:1 contrast on white. Text on letters is #9A6C00 instead")
			omar.visit(edit)
			omar.tab.Upload("#logo", drawnIn(t, "logo.gif", []byte("GIF89a")))
			omar.tab.Click("Put it into the draft")
			omar.says("There is a problem", "The logo must be a PNG picture")
			omar.look("plan-logo-wrong-" + name)
			omar.tab.Upload("#logo", drawnIn(t, "logo.png", logo(t)))
			omar.tab.Click("Put it into the draft")
			omar.says("Preview of Harbor Health Plan", "2 changes", "A picture (")
			omar.visit(edit)
			omar.says("Without the logo")
			omar.look("plan-brand-" + name)
			omar.visit(strings.TrimSuffix(edit, "edit") + "preview")
			omar.tab.Type("#why", "The plan sent its brand.")
			omar.tab.Click("Go live")
			omar.says("Live")

			maria := h.desk(t, tab, h.world.Maria)
			maria.visit("/orders/" + o.Number)
			maria.tab.Click("section[aria-labelledby=letters] a")
			maria.look("letter-branded-" + name)
			src := maria.tab.Attribute("img.letter-logo", "src")
			office := h.as(t, h.world.Maria, "authenticator")
			if a := office.get(src); a.status != http.StatusOK || !strings.HasPrefix(a.body, "\x89PNG") {
				t.Errorf("the logo: %d", a.status)
			}
			if a := office.get("/logos/none"); a.status != http.StatusNotFound {
				t.Errorf("another: %d", a.status)
			}
			path := strings.TrimPrefix(maria.tab.URL(), h.url) + "/pdf?print=large"
			out, err := exec.Command("pdfimages", "-list", drawnIn(t, "letter.pdf", []byte(office.get(path).body))).CombinedOutput() //nolint:gosec // the test's own file
			if err != nil || !strings.Contains(string(out), "480    96") {
				t.Errorf("the PDF's pictures: %s, %v", out, err)
			}
		})
	}
}

func logo(t *testing.T) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 480, 96))
	for y := range 96 {
		for x := range 96 {
			if (x-48)*(x-48)+(y-48)*(y-48) < 48*48 {
				m.Set(x, y, color.NRGBA{R: 242, G: 169, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func drawnIn(t *testing.T, name string, content []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
