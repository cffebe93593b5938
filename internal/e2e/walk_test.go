package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

const (
	walkPassword = "lantern-orchard-compass"
	walkKey      = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)

// A hand is how a person works the page.
type hand string

const (
	mouse    hand = "mouse"
	keyboard hand = "keyboard"
)

// A walk is a person who books, moves and cancels a call.
type walk struct {
	*testing.T
	h     *house
	tab   *browser.Tab
	hand  hand
	width int
	name  string
	n     int
}

// The main job, from signing in to a canceled call, by mouse and by keyboard
// alone, with JavaScript off, at both widths, light and dark, on both databases.
func TestBookMoveCancelInABrowser(t *testing.T) {
	for _, c := range []struct {
		name     string
		hand     hand
		width    int
		postgres bool
		options  []browser.Option
	}{
		{"mouse-1280-light", mouse, 1280, false, nil},
		{"keyboard-1280-dark", keyboard, 1280, true, []browser.Option{browser.Dark()}},
		{"noscript-375-light", mouse, 375, true, []browser.Option{browser.NoScript()}},
		{"keyboard-375-dark", keyboard, 375, false, []browser.Option{browser.Dark()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			database := ""
			if c.postgres {
				database = dbtest.PostgresURL(t)
			}
			h := open(t, database, true)
			h.world = scene.New(t, h.DB, 2)
			h.givePassword(t, h.world.Maria)
			w := &walk{T: t, h: h, tab: browser.New(t, c.options...), hand: c.hand, width: c.width, name: c.name}
			w.tab.Width(c.width)
			w.all(h.world.Denied())
		})
	}
}

func (h *house) givePassword(t testing.TB, who account.Actor) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		if err := account.SetPassword(ctx, tx, account.Program(), who.ID, walkPassword); err != nil {
			return err
		}
		return account.Provision(ctx, tx, h.Box, account.Program(), who.ID, walkKey)
	})
}

func (w *walk) all(o order.Order) {
	w.signIn()
	w.find(o)
	w.book(o)
	w.mail(2)
	w.move()
	w.mail(4)
	w.cancel()
	w.mail(6)
}

func (w *walk) signIn() {
	w.tab.Visit(w.h.url + "/sign-in")
	w.look("sign-in")
	w.fill("#email", w.h.world.Maria.Email)
	w.fill("#password", walkPassword)
	w.press("Sign in")
	code, err := totp.GenerateCode(walkKey, w.h.Clock.Now())
	if err != nil {
		w.Fatal(err)
	}
	w.fill("#code", code)
	w.press("Continue")
	w.says("Upcoming calls")
	w.look("home")
}

func (w *walk) find(o order.Order) {
	w.tab.Visit(w.h.url + "/orders")
	w.look("orders")
	w.fill("#orders-q", "canarywell, ro")
	if w.hand == mouse {
		w.tab.Click(".finder button") // the header has a Search too
	} else {
		w.press("Search")
	}
	w.says("Patients whose name begins with this")
	w.says(order.Spaced(o.Number))
	if strings.Contains(strings.ToLower(w.tab.URL()), "canarywell") {
		w.Errorf("the address names the patient: %s", w.tab.URL())
	}
	w.press(order.Spaced(o.Number))
	w.says("Denied")
	w.look("order")
}

func (w *walk) book(o order.Order) {
	w.press("Request peer-to-peer")
	w.says("Choose a time")
	w.look("time")
	w.press("Continue") // nothing chosen
	w.says("Select a time")
	w.look("time-error")
	w.choose(9)
	w.press("Continue")
	w.says("Who will be on the call")
	w.fill("#phone", "123") // no phone number
	w.press("Continue")
	w.says("Phone number must be 10 digits")
	w.look("people-error")
	w.fill("#phone", "555-555-0131")
	w.press("Continue")
	w.says("Check and confirm")
	w.look("check")
	w.press("Confirm this call")
	w.says("Your call is confirmed.")
	w.look("confirmed")
	w.press("Manage peer-to-peer")
	w.says("Arranged by")
	w.look("call")
	w.tab.Visit(w.h.url + "/orders/" + o.Number)
	w.says("Manage peer-to-peer")
	w.look("order-booked")
	w.press("Manage peer-to-peer")
}

func (w *walk) move() {
	w.press("Reschedule")
	w.says("Your current time is")
	w.look("reschedule")
	w.choose(14)
	w.press("Confirm this call")
	w.says("You can still undo this")
	w.look("moved")
	w.press("Undo")
	w.says("The last change was undone")
	w.look("undone")
	w.press("Reschedule")
	w.choose(14)
	w.press("Confirm this call")
	w.says("Your call is confirmed.")
	w.press("Manage peer-to-peer")
}

func (w *walk) cancel() {
	w.press("Cancel the call")
	w.look("cancel")
	w.press("Cancel the call")
	w.says("Select why you are canceling")
	w.look("cancel-error")
	w.pick("#reason")
	w.press("Cancel the call")
	w.says("This call is canceled.")
	w.look("canceled")
	w.tab.Visit(w.h.url + "/p2p?show=past")
	w.says("Canceled")
	w.look("calls")
}

// mail checks that what was done has been told to the office and the reviewer.
func (w *walk) mail(invitations int) {
	w.Helper()
	w.h.Clock.Advance(peer.UndoFor) // until then a change is nobody's news
	w.h.drain(w.T)
	n := 0
	for _, m := range w.h.mail.All() {
		if m.Calendar != nil {
			n++
		}
		for _, c := range canaries {
			if strings.Contains(m.Subject+m.Text+m.HTML, c) {
				w.Errorf("a mail holds %q", c)
			}
		}
	}
	if n != invitations { // one to who arranges it and one to the reviewer, each time
		w.Errorf("%d mails with a calendar file, want %d", n, invitations)
	}
}

// look has axe check the page, at the walk's width and with nothing that
// scrolls sideways on a phone, and keeps a picture where PARLEY_PICTURES names
// a folder.
func (w *walk) look(name string) {
	w.Helper()
	w.n++
	w.tab.Axe()
	if dir := os.Getenv("PARLEY_PICTURES"); dir != "" {
		w.tab.Screenshot(filepath.Join(dir, fmt.Sprintf("%s-%02d-%s.png", w.name, w.n, name)))
	}
	w.tab.Fits(w.width, 320)
	w.tab.Width(w.width)
}

func (w *walk) says(words string) {
	w.Helper()
	if got := w.tab.Text("body"); !strings.Contains(got, words) {
		w.Fatalf("%s doesn't say %q but\n%s", w.tab.URL(), words, got)
	}
}

func (w *walk) fill(selector, text string) {
	w.Helper()
	if w.hand == mouse {
		w.tab.Type(selector, text)
		return
	}
	w.tabTo(fmt.Sprintf(`document.activeElement.matches(%q)`, selector), selector)
	w.tab.Type(selector, text)
}

// press follows a link or presses a button by its words.
func (w *walk) press(words string) {
	w.Helper()
	if w.hand == mouse {
		w.tab.Click(words)
		return
	}
	w.tabTo(fmt.Sprintf(`document.activeElement.innerText && document.activeElement.innerText.trim() === %q`, words), words)
	w.tab.Press("Enter")
}

// choose takes the nth free time: with the mouse by its label, by keyboard
// from the first one down.
func (w *walk) choose(n int) {
	w.Helper()
	if w.hand == mouse {
		var id string
		w.tab.Eval(fmt.Sprintf(`document.querySelectorAll('input[name=slot]')[%d].id`, n), &id)
		w.tab.Click("label[for=" + id + "]")
		return
	}
	w.tabTo(`document.activeElement.name === 'slot'`, "the times")
	for range n {
		w.tab.Press("ArrowDown")
	}
	w.tab.Press("Space")
}

func (w *walk) pick(selector string) {
	w.Helper()
	if w.hand == mouse {
		w.tab.Click("label[for=" + strings.TrimPrefix(selector, "#") + "]")
		return
	}
	w.tabTo(fmt.Sprintf(`document.activeElement.matches(%q)`, selector), selector)
	w.tab.Press("Space")
}

const mostTabs = 120

// tabTo presses Tab until the condition holds of the focused element, from
// where the page put the focus.
func (w *walk) tabTo(condition, what string) {
	w.Helper()
	for range mostTabs {
		var there bool
		w.tab.Eval(`!!(`+condition+`)`, &there)
		if there {
			return
		}
		w.tab.Press("Tab")
	}
	w.Fatalf("%s: %d presses of Tab don't reach %s", w.tab.URL(), mostTabs, what)
}
