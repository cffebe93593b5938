package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
)

var (
	personalLink = regexp.MustCompile(`/speak/[A-Za-z0-9_-]{43}`)
	sixDigits    = regexp.MustCompile(`code is (\d{6})`)
)

// speakerCode asks for a code at a link and reads it in the mail.
func (h *house) speakerCode(t *testing.T, who reader, link string) string {
	t.Helper()
	expect(t, who.post(link+"/code", url.Values{}), link)
	found := sixDigits.FindStringSubmatch(h.mailTo(t, "ada@test.example", "Your code").Text)
	if found == nil {
		t.Fatal("no code in the mail")
	}
	return found[1]
}

// A speaker without an account reads the call by a link from the mail and a
// code, says that they are late, and nobody else gets in.
func TestASpeakerComesInByALinkAndACode(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		c, at := h.onTheDay(t, o)
		invitation := h.mailTo(t, "ada@test.example", "Peer-to-peer call")
		link := personalLink.FindString(invitation.Text)
		if link == "" {
			t.Fatalf("no link in\n%s", invitation.Text)
		}
		if strings.Contains(string(invitation.Calendar.Body), "/speak/") {
			t.Error("the link stands in the calendar file, which others see")
		}
		if personalLink.MatchString(h.mailTo(t, w.Maria.Email, "Peer-to-peer call").Text) {
			t.Error("who arranged the call got a personal link")
		}
		nobody := reader{t: t, h: h}
		door := nobody.get(link)
		if door.status != 200 {
			t.Fatalf("the door: %d", door.status)
		}
		for _, secret := range append(canaries, o.Number, c.Number, "Okafor", "ada@", "555-0131", "Harbor") {
			if strings.Contains(door.body, secret) {
				t.Errorf("the door says %q", secret)
			}
		}
		for _, path := range []string{"/call", "/phone"} {
			expect(t, nobody.get(link+path), link)
		}
		expect(t, nobody.post(link+"/late", url.Values{"late": {"10"}}), link)
		expect(t, nobody.post(link+"/phone", url.Values{"phone": {"555-555-0166"}}), link)
		code := h.speakerCode(t, nobody, link)
		in := nobody.post(link, url.Values{"code": {code}})
		expect(t, in, link+"/call")
		cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
		g := nobody
		g.other = cookie
		card := g.get(link + "/call").body
		for _, want := range []string{"Rosa Canarywell", "(555) 555-0131", "CT"} {
			if !strings.Contains(card, want) {
				t.Errorf("the card doesn't say %q", want)
			}
		}
		if strings.Contains(card, "HBR400100200") || strings.Contains(card, "Reviewer Number") {
			t.Error("the card says more than it need")
		}
		at(-30 * time.Minute)
		expect(t, g.post(link+"/late", url.Values{"late": {"10"}}), link+"/call")
		if strings.Contains(h.logs.String(), strings.TrimPrefix(link, "/speak/")) {
			t.Error("the link stands in the log")
		}
		for _, path := range []string{"/speak/nonsense", link + "x"} {
			if a := nobody.get(path); a.status != 404 {
				t.Errorf("%s: %d", path, a.status)
			}
		}
		expect(t, h.as(t, w.Maria, "authenticator").post("/p2p/"+c.Number+"/cancel", url.Values{"reason": {"other"}}), "/p2p/"+c.Number)
		if a := g.get(link); a.status != 404 {
			t.Errorf("after the call was canceled: %d", a.status)
		}
	})
}

func TestTheSpeakersPages(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	c, at := h.onTheDay(t, o)
	link := personalLink.FindString(h.mailTo(t, "ada@test.example", "Peer-to-peer call").Text)
	at(-90 * time.Minute)
	d := &desk{t, h, browser.New(t)}
	d.visit(link)
	d.says("we send a code to the address at which you got the link")
	d.look("speaker-door")
	d.tab.Click("Send a code")
	d.says("We sent a code")
	d.tab.Type("#code", "12345")
	d.tab.Click("Open the call")
	d.says("There is a problem", "Code must be 6 digits")
	d.look("speaker-code")
	h.drain(t)
	code := sixDigits.FindStringSubmatch(h.mailTo(t, "ada@test.example", "Your code").Text)[1]
	d.tab.Type("#code", code)
	d.tab.Click("Open the call")
	d.says("Rosa Canarywell, born 04/28/1986", "A physician reviewer, orthopedic surgery", "in 1 h 30 min", c.Reference())
	d.look("speaker-card")
	d.tab.Click("10 minutes")
	d.tab.Click("Tell the reviewer")
	d.says("Running 10 minutes late")
	d.tab.Click("Change phone number")
	d.says("Change phone")
	d.look("speaker-phone")
	d.tab.Type("#phone", "555")
	d.tab.Click("Save the number")
	d.says("There is a problem")
	d.tab.Type("#phone", "555-555-0177")
	d.tab.Click("Save the number")
	d.says("(555) 555-0177")
	d.tab.Click("Close this page on this device")
	d.says("Send a")
	d.silent("Canarywell")
	lind := h.desk(t, d.tab, w.Reviewers[0])
	lind.visit("/p2p/" + c.Number)
	lind.says("Ada Okafor, MD", "The office changed the number to call.")
}
