package e2e

import (
	"context"
	"net/url"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/wording"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// textPath is where a text of the program's is set.
func textPath(t *testing.T, key string) string {
	t.Helper()
	e, known := words.EntryFor(key)
	if !known {
		t.Fatalf("the program doesn't say %q", key)
	}
	return "/admin/config/text/" + e.ID
}

// An administrator finds a status, says it otherwise in both languages, sees it
// first, and an office reads it; a mail too. Then it is taken back.
func TestAnInstallationSaysThingsItsOwnWay(t *testing.T) {
	h := still(t, 1)
	h.world.Denied()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	pat := h.desk(t, browser.New(t), h.person(t, "Pat", account.Admin))
	omar.visit("/admin/index")
	tab.Click("Words and languages")
	omar.says("What the service is called", "Parley, as the program was started", "texts, 100% are in English and 100%", "0 texts are said otherwise here.", "Nothing yet.")
	omar.look("words")
	tab.Click("By part of the program")
	omar.says("Together", "Mails and calendar files")
	omar.look("words-parts")
	tab.Click("Find")
	omar.says("Showing 1 to 25 of")
	tab.Click("Next")
	omar.says("Showing 26 to 50 of")
	tab.Type("#q", "denegada")
	tab.Click("Find")
	omar.says("Denied", "Denegada")
	omar.look("words-found")
	tab.Click("Denied")
	omar.says("As the program says it", "As it is now", "None is kept yet")
	omar.look("words-text")
	tab.Click("Change")
	pat.visit(textPath(t, "Denied") + "/edit")
	tab.Type("#en", "Not approved")
	tab.Type("#es", "No aprobada")
	tab.Click("Save the draft")
	omar.says("Preview of “Denied”", "2 changes", "In English: Not approved", "In Spanish: No aprobada")
	omar.look("words-preview")

	// Pat began before that was saved, and is told.
	pat.tab.Type("#en", "Refused")
	pat.tab.Click("Save the draft")
	pat.says("This changed while you were working", "Omar Person changed this", "What you both changed", "Refused", "Not approved")
	pat.holds("#en", "Refused")
	pat.holds("#es", "No aprobada")
	pat.look("words-both")

	maria := h.desk(t, browser.New(t), h.world.Maria)
	maria.visit("/orders?status=Denied")
	maria.says("Denied")
	tab.Click("Go live")
	omar.says("Say why")
	tab.Type("#why", "The plan words it so.")
	tab.Click("Go live")
	omar.says("Version 2", "The plan words it so.", "Not approved")
	omar.look("words-live")
	maria.visit("/orders?status=Denied")
	maria.says("Not approved")
	maria.silent("Denied")
	maria.tab.Click("Español")
	maria.says("No aprobada")
	maria.silent("Denegada")
	maria.look("words-office")

	// What a value goes into keeps its place.
	const subject = "You have an update on an order (ending %s)"
	omar.visit("/admin/words")
	tab.Type("#q", "ending novedades orden")
	tab.Click("Find")
	omar.says("Hay novedades sobre una orden")
	tab.Click(subject)
	omar.says("The program puts values there", "Mails and calendar files")
	tab.Click("Change")
	tab.Type("#en", "News of an order")
	tab.Type("#es", "Hay noticias de una orden (%s)")
	tab.Click("Save the draft")
	omar.says("There is a problem", "The text must have this where its values go, each once, and no other percent sign: %s")
	omar.holds("#en", "News of an order")
	omar.holds("#es", "Hay noticias de una orden (%s)")
	omar.look("words-wrong")
	tab.Type("#en", "News of an order (%s)")
	tab.Click("Save the draft")
	omar.says("In English: News of an order (…)")
	tab.Type("#why", "Shorter.")
	tab.Click("Go live")
	omar.visit(textPath(t, "Choose a new password") + "/edit")
	tab.Type("#es", "Ponga una contraseña nueva")
	tab.Click("Save the draft")
	tab.Type("#why", "As we say it here.")
	tab.Click("Go live")
	reader{t: t, h: h}.post("/reset", url.Values{"email": {h.world.Maria.Email}})
	h.drain(t)
	if sent := h.mail.All(); len(sent) == 0 || sent[len(sent)-1].Subject != "Ponga una contraseña nueva" {
		t.Errorf("the mails are %+v", sent)
	}

	// Scripts say it too.
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		e, _ := words.EntryFor("Copied")
		return wording.Set(ctx, tx, account.Program(), e, words.Wording{English: "Copied", Spanish: "Ya está"})
	})
	maria.visit("/orders")
	var said string
	maria.tab.Eval("window.t`Copied`", &said)
	if said != "Ya está" {
		t.Errorf("a script says %q", said)
	}

	omar.visit("/admin/words?own=yes")
	omar.says("Showing 1 to 4 of 4", "Said otherwise", "Here: Not approved")
	omar.look("words-own")
	omar.visit(textPath(t, "Denied"))
	tab.Click("Compare or go back to version 1")
	omar.says("From version 2 to version 1", "Not approved", "Denegada")
	tab.Type("#why", "Offices were confused.")
	tab.Click("Go back to version 1")
	omar.says("Version 3")
	maria.visit("/orders?status=Denied")
	maria.says("Denegada")
	maria.silent("No aprobada")

	// A button that scripts click is changed after a warning.
	omar.visit(textPath(t, "Sign in") + "/edit")
	tab.Type("#en", "Log in")
	tab.Click("Save the draft")
	omar.says("Before it goes live", "scripts of offices click it by its text")
	omar.look("words-relied")
}

// The service gets a name, and keeps the one it had for those who look for it;
// a word of the glossary is said otherwise. All of it works without scripts.
func TestTheServiceIsRenamed(t *testing.T) {
	h := still(t, 1)
	tab := browser.New(t, browser.NoScript())
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/words")
	tab.Click("Change the name of the service")
	tab.Click("Change")
	omar.look("service")
	tab.Type("#name", "Cedar Health")
	tab.Type("#former", "Cedar Portal")
	tab.Click("Save the draft")
	omar.says("“Cedar Portal”: enter the last day and the name, like 2027-03-31 Cedar Portal")
	omar.holds("#name", "Cedar Health")
	omar.look("service-wrong")
	tab.Type("#former", "2027-03-31 Cedar Portal")
	tab.Click("Save the draft")
	omar.says("Formerly Cedar Portal, until March 31, 2027.", "Antes Cedar Portal, hasta el 31 de marzo de 2027.")
	omar.look("service-preview")
	tab.Type("#why", "A new owner.")
	tab.Click("Go live")
	omar.says("Version 2", "Cedar Health")
	omar.look("service-live")
	omar.visit(textPath(t, "Appeal") + "/edit")
	tab.Type("#es", "Recurso")
	tab.Click("Save the draft")
	tab.Type("#why", "Our translator prefers it.")
	tab.Click("Go live")

	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/help")
	maria.says("Formerly Cedar Portal, until March 31, 2027.", "Only the name changed")
	maria.look("service-help")
	maria.tab.Type("#help-q", "cedar portal")
	maria.tab.Click("main form button")
	maria.says("1 page", "Formerly Cedar Portal, until March 31, 2027.")
	maria.look("service-found")
	maria.tab.Click(".speak:not(.in-menu) button")
	maria.visit("/help/glossary")
	maria.says("Recurso")
	maria.look("service-glossary")
	maria.tab.Eval(`document.cookie = "parley_session=; path=/; max-age=0"`, nil)
	maria.visit("/sign-in")
	maria.says("Antes Cedar Portal, hasta el 31 de marzo de 2027.", "Solo cambió el nombre")
	maria.look("service-sign-in")
	var title string
	maria.tab.Eval(`document.title`, &title)
	if title != "Iniciar sesión – Cedar Health" {
		t.Errorf("the page is %q", title)
	}
}
