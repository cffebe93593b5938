package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	mime "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/message"
)

// opened is the last mail that arrived at an address, as its reader's program
// shows it.
type opened struct{ subject, text, html, calendar string }

func (p *post) open(t *testing.T, address string) (m opened) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	e, err := mime.Read(bytes.NewReader(p.last[address]))
	if err != nil {
		t.Fatalf("to %s: %v", address, err)
	}
	if m.subject, err = e.Header.Text("Subject"); err != nil {
		t.Fatal(err)
	}
	if err := e.Walk(func(_ []int, part *mime.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, _ := part.Header.ContentType()
		to := map[string]*string{"text/plain": &m.text, "text/html": &m.html, "text/calendar": &m.calendar}[kind]
		if to == nil {
			return nil
		}
		body, err := io.ReadAll(part.Body)
		*to = strings.ReplaceAll(string(body), "\r\n ", "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m opened) says(t *testing.T, subject, text string) {
	t.Helper()
	if !strings.Contains(m.subject, subject) || !strings.Contains(m.text, text) {
		t.Errorf("%q says %q, want %q and %q", m.subject, m.text, subject, text)
	}
	if !strings.Contains(m.html, `<html lang="es">`) || marked.MatchString(m.text+m.subject) {
		t.Errorf("%q is %s", m.text, m.html)
	}
	if all := m.subject + m.text + m.html + m.calendar; strings.Contains(all, "Canarywell") || strings.Contains(all, "MRI") {
		t.Errorf("the mail tells of a patient: %s", all)
	}
}

// Who chose Spanish gets their mail in it, as it comes from the server, with the
// file for their calendar.
func TestMailComesInSpanish(t *testing.T) {
	h := still(t, 1)
	server := newPost(t)
	h.Desk.Sender = server.sender()
	w := h.world
	o := w.Denied()
	tab := browser.New(t)
	d := h.desk(t, tab, w.Maria)
	d.visit("/orders/" + o.Number)
	tab.Click("Español")
	tab.Click("Solicitar llamada entre médicos")
	d.choose(5)
	tab.Click("Continuar")
	tab.Type("#phone", "555-555-0131")
	tab.Click("Continuar")
	tab.Click("Confirmar esta llamada")
	d.says("Su llamada está confirmada.", "Llamaremos al")
	d.look("spanish-call-confirmed")
	h.drain(t)
	m := server.open(t, w.Maria.Email)
	m.says(t, "Llamada entre médicos (orden que termina en "+o.Number[len(o.Number)-4:]+")", "Su llamada entre médicos está confirmada: ")
	for _, line := range []string{"METHOD:REQUEST", "SUMMARY:Llamada entre médicos (orden que termina en ", "DESCRIPTION:Referencia ", "LOCATION:Teléfono"} {
		if !strings.Contains(m.calendar, line) {
			t.Errorf("the calendar lacks %s: %s", line, m.calendar)
		}
	}
	if m := server.open(t, w.Reviewers[0].Email); !strings.Contains(m.text, "A peer-to-peer call is confirmed: ") || !strings.Contains(m.calendar, "LOCATION:Phone") {
		t.Errorf("the reviewer got %q, %s", m.text, m.calendar)
	}

	h.talk(t, h.person(t, "Aisha", account.Nurse))
	h.at(message.UndoFor)
	h.drain(t)
	server.open(t, w.Maria.Email).says(t, "Un revisor necesita algo para una orden", "Responda antes del ")
}

// Who registers on a page in Spanish gets the mail in Spanish, and the account
// that they make reads it.
func TestRegisteringInSpanish(t *testing.T) {
	h := still(t, 1)
	h.directory()
	sam := reader{t: t, h: h, other: "parley_language=es"}
	form := url.Values{"as": {"office"}, "npi": {"1306849450"}, "first_name": {"Sam"}, "last_name": {"Lee"}, "email": {"sam@elm.example"}, "phone": {"555-555-0133"}, "agreed": {"yes"}}
	if a := sam.post("/register", form); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, text(a.body))
	}
	subject, body := h.mailed(t, "sam@elm.example")
	if subject != "Confirme su correo electrónico" || !strings.Contains(body, "Abra el enlace y elija una contraseña.") {
		t.Errorf("%q says %q", subject, body)
	}
	if a := sam.post(registerLink.FindString(body), url.Values{"password": {"a quiet walk before the rain"}}); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, text(a.body))
	}
	form.Set("first_name", "Max")
	sam.other = "" // somebody else, on a page in English, tries the same address
	if a := sam.post("/register", form); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, text(a.body))
	}
	if subject, _ := h.mailed(t, "sam@elm.example"); subject != "Usted ya tiene una cuenta" {
		t.Errorf("the account got %q", subject)
	}
}
