package e2e

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var manual = flag.String("manual", "", "write the manual's pictures into this folder")

// The manual's pictures are of the demo, as it is on the morning of the tests'
// clock: go test ./internal/e2e -run PicturesOfTheManual -manual ../../docs/pictures
func TestPicturesOfTheManual(t *testing.T) {
	h := open(t, "", true)
	h.Clock.Advance(time.Until(dbtest.Clock))
	ctx := context.Background()
	if err := h.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	orders, err := h.DemoOrders(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tab := browser.New(t)
	maria := h.demo(t, tab, "maria.chen@cedar.example")
	number := "3044506909" // the demo is the same every day; some days are left to talk about this one
	maria.picture("/orders", "orders", 860)
	maria.picture("/orders/"+number, "order", 960)
	maria.picture("/orders/"+number+"/p2p/time", "time", 1060)
	maria.tab.Click("Book the earliest time")
	maria.tab.Click("Confirm this call")
	maria.says("Your call is confirmed.")
	maria.picture("", "confirmed", 780)

	erik := h.demo(t, tab, "erik.lind@um.example")
	erik.picture("/review", "queue", 780)
	erik.visit("/review/cases/" + orders["in_review"][0] + "/decide")
	erik.tab.Click("Deny")
	erik.picture("", "decide", 1060)
	erik.picture("/review/calendar", "calendar", 920)
	h.drain(t)
	h.demo(t, tab, "sam.brooks@um.example").picture("/board", "board", 640)
	h.demo(t, tab, "omar.diallo@um.example").picture("/admin", "health", 560)
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// demo seats one of the demo's people.
func (h *house) demo(t *testing.T, tab *browser.Tab, email string) *desk {
	t.Helper()
	var who account.Actor
	err := h.DB.View(context.Background(), func(tx *db.Tx) error {
		p, err := account.ByEmail(context.Background(), tx, email)
		if err == nil {
			who, err = account.Act(context.Background(), tx, p.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h.desk(t, tab, who)
}

// picture opens path, unless it is the page that is open, and keeps what
// stands at its top.
func (d *desk) picture(path, name string, height int) {
	d.Helper()
	if path != "" {
		d.visit(path)
	}
	d.tab.Axe()
	if *manual != "" {
		d.tab.Eval(`scrollTo(0, 0), document.activeElement.blur()`, nil)
		path := filepath.Join(*manual, name+".png")
		d.tab.Snapshot(path, 1280, height)
		d.tab.Width(1280)
		if err := shrink(path); err != nil {
			d.Fatal(err)
		}
	}
}

// shrink keeps of a picture its 256 most frequent colors, which is all a page
// has but for the edges of letters, and so a third of its size.
func shrink(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	often := map[color.Color]int{}
	b := whole.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			often[whole.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(often), func(a, b color.Color) int { return often[b] - often[a] })
	small := image.NewPaletted(b, colors[:min(256, len(colors))])
	draw.Draw(small, b, whole, b.Min, draw.Src)
	out := &bytes.Buffer{}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(out, small); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
