package e2e

import (
	"strings"
	"testing"

	"parley/internal/browser"
)

// The office ends the link of a speaker without an account, and sends another;
// with a script and without.
func TestTheOfficeChangesASpeakersLink(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			o := w.Denied()
			c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[9])
			if err != nil {
				t.Fatal(err)
			}
			h.drain(t)
			links := func() (all []string) {
				for _, m := range h.mail.All() {
					if _, link, ok := strings.Cut(m.Text, "/speak/"); ok && m.To.Email == c.People.Email {
						all = append(all, strings.Fields(link)[0])
					}
				}
				return all
			}
			first := links()
			if len(first) != 1 {
				t.Fatalf("%d links", len(first))
			}
			nobody := reader{t: t, h: h}
			d := h.desk(t, browser.New(t, options...), w.Maria)
			d.visit("/p2p/" + c.Number)
			d.says("The speaker's link", "got a personal link to this call")
			d.look("call-link-" + name)
			d.tab.Click("End the link of the speaker")
			d.says("was ended", "The office ended the speaker's link.")
			d.silent("End the link")
			d.look("call-link-ended-" + name)
			if a := nobody.get("/speak/" + first[0]); a.status != 404 {
				t.Errorf("the old link: %d", a.status)
			}
			d.tab.Click("Send a new link to the speaker")
			h.drain(t)
			d.visit("/p2p/" + c.Number)
			d.says("got a personal link to this call")
			all := links()
			if len(all) != 2 || all[1] == all[0] {
				t.Fatalf("%d links", len(all))
			}
			if a := nobody.get("/speak/" + all[1]); a.status != 200 {
				t.Errorf("the new link: %d", a.status)
			}
			if all := h.faults(); all != "" {
				t.Error(all)
			}
		})
	}
}
