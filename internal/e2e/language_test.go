package e2e

import (
	"regexp"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/words"
)

// An office reads in Spanish what it chose to, on the page where it chose it,
// and comes back to it after signing in elsewhere. Those who review read English.
func TestAnOfficeReadsSpanish(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	tab := browser.New(t)
	d := h.desk(t, tab, w.Maria)
	d.visit("/orders?status=Denied")
	d.says("Orders")
	d.look("language-english")
	tab.Click("Español")
	d.says("Órdenes", "Denegada", "Inicio", "Ayuda")
	d.silent("Home", "Denied")
	var lang, at string
	tab.Eval(`document.documentElement.lang`, &lang)
	tab.Eval(`location.pathname + location.search`, &at)
	if lang != "es" || at != "/orders?status=Denied" {
		t.Errorf("%s in %s", at, lang)
	}
	d.look("language-spanish")
	for name, path := range map[string]string{
		"home": "/", "order": "/orders/" + o.Number, "times": "/orders/" + o.Number + "/p2p/time", "messages": "/messages", "new": "/requests/new",
		"account": "/account", "notices": "/account/notices", "security": "/account/security", "help": "/help", "guide": "/help/guides/office", "calls": "/p2p", "check": "/check",
	} {
		d.visit(path)
		d.look("spanish-" + name)
		var text string
		tab.Eval(`document.body.innerText`, &text)
		if got := marked.FindString(text); got != "" {
			t.Errorf("%s: %q", path, got)
		}
	}
	d.visit("/account")
	tab.Eval(`document.querySelector("input[name=language][value=en]").click()`, nil)
	tab.Eval(`document.querySelector("#tz").value = "America/Chicago"`, nil)
	tab.Click("Guardar cambios")
	d.says("Saved.", "Account")

	staff := browser.New(t)
	r := h.desk(t, staff, w.Reviewers[0])
	r.visit("/review")
	r.silent("Español")
}

// What stays in English on a page in Spanish says so, to be read aloud rightly:
// the questions of a guideline, its criteria, the reasons of a
// decision.
func TestEnglishOnASpanishPageIsMarked(t *testing.T) {
	h := still(t, 1)
	w := h.world
	w.Lists()
	w.Publish("lumbar-mri")
	path := asked(t, h.as(t, w.Maria, "authenticator"))
	o := w.Denied()
	tab := browser.New(t)
	d := h.desk(t, tab, w.Maria)
	d.visit(path + "/clinical")
	d.silent("in English only")
	tab.Click("Español")
	d.says("Las preguntas y los criterios solo están en inglés.")
	d.look("spanish-questions")
	english := func(selector string) (all bool) {
		tab.Eval(`[...document.querySelectorAll("`+selector+`")].length > 0 && [...document.querySelectorAll("`+selector+`")].every(e => e.querySelector("[lang=en]") !== null)`, &all)
		return all
	}
	for _, selector := range []string{".contents h1", ".contents form .choice label", "#meter", ".meter-line"} {
		if !english(selector) {
			t.Errorf("%s of the questions isn't marked", selector)
		}
	}
	var spanish bool
	tab.Eval(`document.querySelector(".meter-line .tag").closest("[lang]").lang === "es"`, &spanish)
	if !spanish {
		t.Error("what the program says is marked too")
	}
	d.visit("/orders/" + o.Number)
	d.look("spanish-order-denied")
	for _, selector := range []string{".order-head h1", "#decision + .pre", "td:first-child, tbody th"} {
		if !english(selector) {
			t.Errorf("%s of the order isn't marked", selector)
		}
	}
	thread := h.talk(t, h.person(t, "Aisha", account.Nurse))
	h.at(message.UndoFor)
	h.drain(t)
	d.visit("/messages/" + thread.Number)
	d.look("spanish-thread")
	for _, selector := range []string{".order-head h1", ".item h3"} {
		if !english(selector) {
			t.Errorf("%s of the message isn't marked", selector)
		}
	}
	tab.Click("English")
	var n int
	tab.Eval(`document.querySelectorAll("main [lang]").length`, &n)
	if n != 0 {
		t.Errorf("%d pieces of a page in English are marked", n)
	}
}

// marked is what no page may show: a value that wasn't put in, or a mark of a
// text that was never put into words.
var marked = regexp.MustCompile(`%!?[sd(]|%\[\d|[\x02\x03\x04\x0e\x0f\x1e\x1f]`)

// Pages have room for a language that is a third longer than English.
func TestALongerLanguageFits(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	d := h.desk(t, browser.New(t, browser.Language(string(words.Pseudo))), w.Maria)
	for name, path := range map[string]string{
		"home": "/", "order": "/orders/" + o.Number, "orders": "/orders", "reschedule": "/p2p/" + c.Number + "/reschedule", "call": "/p2p/" + c.Number, "messages": "/messages", "new": "/requests/new",
		"account": "/account", "security": "/account/security", "help": "/help", "check": "/check", "clock": "/orders/" + o.Number + "/clock",
	} {
		d.visit(path)
		d.look("pseudo-" + name)
	}
}
