package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// still opens a house with a small world whose clock stands still, at the
// start of a working week in Chicago. Tests in such houses run side by side:
// they mostly wait for their browsers.
func still(t testing.TB, reviewers int) *house {
	t.Helper()
	if t, ok := t.(*testing.T); ok {
		t.Parallel()
	}
	return stands(t, reviewers)
}

// stands is still for tests that take several houses in turn.
func stands(t testing.TB, reviewers int) *house {
	t.Helper()
	return stand(t, "", reviewers)
}

// stand is stands on a database of one's choice.
func stand(t testing.TB, database string, reviewers int) *house {
	t.Helper()
	h := open(t, database, true)
	h.at(0)
	h.world = scene.New(t, h.DB, reviewers)
	return h
}

// at sets the house's clock to so much after the start of the test.
func (h *house) at(after time.Duration) {
	h.DB.Now = func() time.Time { return dbtest.Clock.Add(after) }
}

// A desk is a person at a browser, signed in.
type desk struct {
	*testing.T
	h   *house
	tab *browser.Tab
}

// desk seats who at tab, which forgets whoever sat there before.
func (h *house) desk(t *testing.T, tab *browser.Tab, who account.Actor) *desk {
	t.Helper()
	d := &desk{t, h, tab}
	d.tab.Visit(h.url + "/sign-in")
	d.tab.Eval(fmt.Sprintf(`document.cookie = "parley_session=%s; path=/"`, h.as(t, who, "authenticator").cookie), nil)
	return d
}

func (d *desk) visit(path string) {
	d.Helper()
	d.tab.Visit(d.h.url + path)
}

// says reads the page. One that is still blank is on its way.
func (d *desk) says(all ...string) {
	d.Helper()
	got := plain(d.tab.Text("body"))
	for try := 0; got == "" && try < 50; try++ {
		time.Sleep(100 * time.Millisecond)
		got = plain(d.tab.Text("body"))
	}
	for _, words := range all {
		if !strings.Contains(got, words) {
			d.Fatalf("%s doesn't say %q but\n%s", d.tab.URL(), words, got)
		}
	}
}

// holds reads a field, whose text is no part of what a page says.
func (d *desk) holds(field, words string) {
	d.Helper()
	if got := plain(d.tab.Value(field)); !strings.Contains(got, words) {
		d.Fatalf("%s of %s holds %q, not %q", field, d.tab.URL(), got, words)
	}
}

func (d *desk) silent(all ...string) {
	d.Helper()
	got := plain(d.tab.Text("body"))
	for _, words := range all {
		if strings.Contains(got, words) {
			d.Errorf("%s says %q", d.tab.URL(), words)
		}
	}
}

// plain has one kind of apostrophe and of space, so that a test need not know
// which one a sentence was written with.
func plain(s string) string { return strings.NewReplacer("’", "'", " ", " ").Replace(s) }

// look has axe check the page, light and dark, on a desk and on a phone, with
// nothing that scrolls sideways on the smallest of them; pictures are kept
// where PARLEY_PICTURES names a folder.
func (d *desk) look(name string) {
	d.Helper()
	schemes := []string{"dark", "light"}
	if !d.tab.Scripted() { // the same page in the same colors, which were looked at with its script
		schemes = schemes[1:]
	}
	for _, scheme := range schemes {
		d.tab.Scheme(scheme)
		for _, width := range []int{375, 1280} {
			d.tab.Width(width)
			d.tab.Axe()
			if dir := os.Getenv("PARLEY_PICTURES"); dir != "" {
				d.tab.Screenshot(filepath.Join(dir, fmt.Sprintf("%s-%s-%d.png", name, scheme, width)))
			}
		}
	}
	d.tab.Fits(1280, 768, 320)
	d.tab.Width(1280)
}

// autosaved waits until the page says that what was typed is saved.
func (d *desk) autosaved() {
	d.Helper()
	for try := 0; d.tab.Text("[data-autosave-status]") != "Saved."; try++ {
		if try == 100 {
			d.Fatalf("the page says %q", d.tab.Text("[data-autosave-status]"))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// choose takes the nth free time that is shown, and answers its key.
func (d *desk) choose(n int) (key string) {
	d.Helper()
	d.tab.Eval(fmt.Sprintf(`document.querySelectorAll('input[name=slot]')[%d].id`, n), &key)
	d.tab.Click("label[for=" + key + "]")
	return key
}

// toTimes, toPeople and toCheck go the way to a call as far as their names say.
func (d *desk) toTimes(o order.Order) {
	d.Helper()
	d.visit("/orders/" + o.Number)
	d.tab.Click("Request peer-to-peer")
	d.says("Choose a time")
}

func (d *desk) toPeople(o order.Order, nth int) (key string) {
	d.Helper()
	d.toTimes(o)
	key = d.choose(nth)
	d.tab.Click("Continue")
	d.says("Who will be on the call")
	return key
}

func (d *desk) toCheck(o order.Order, nth int) (key string) {
	d.Helper()
	key = d.toPeople(o, nth)
	d.tab.Type("#phone", "555-555-0131")
	d.tab.Click("Continue")
	d.says("Check and")
	return key
}

// calls counts the calls about an order that are to come.
func (h *house) calls(t testing.TB, o order.Order) (n int) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from call where order_id = $1 and status in ('requested', 'scheduled', 'confirmed')`, string(o.ID))
		return err
	})
	return n
}
