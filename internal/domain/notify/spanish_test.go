package notify_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/domain/wording"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// speak has people choose Spanish.
func (o *office) speak(all ...account.Actor) {
	for _, by := range all {
		o.Do(func(ctx context.Context, tx *db.Tx) error { return account.SetLanguage(ctx, tx, by, words.Spanish) })
	}
}

// mails drains the queue at a time and returns what came new, by address.
func (o *office) mails(t *testing.T, at time.Time) map[string]mail.Message {
	t.Helper()
	before := len(o.sender.box.All())
	o.sent(t, at)
	got := map[string]mail.Message{}
	for _, m := range o.sender.box.All()[before:] {
		got[m.To.Email] = m
	}
	return got
}

// english are words that a mail in Spanish has only if a piece of it was never
// put into words.
var english = regexp.MustCompile(`(?i)\b(the|you|your|is|was|with|for|order|call|sign|reply|reference|phone)\b|%!?[sd(]|[\x02\x03\x04\x0e\x0f\x1f]`)

// inSpanish checks a whole mail with its calendar file, and that it tells of
// nobody's health.
func inSpanish(t *testing.T, m mail.Message, subject string) {
	t.Helper()
	entry := ""
	if m.Calendar != nil {
		unfolded := strings.ReplaceAll(string(m.Calendar.Body), "\r\n ", "")
		for line := range strings.Lines(unfolded) {
			if strings.HasPrefix(line, "SUMMARY") || strings.HasPrefix(line, "DESCRIPTION") || strings.HasPrefix(line, "LOCATION") {
				entry += line
			}
		}
		if !strings.Contains(entry, "SUMMARY:Llamada entre médicos") || !strings.Contains(entry, "LOCATION:Teléfono") {
			t.Errorf("the calendar has %q", entry)
		}
	}
	if !strings.Contains(m.Subject, subject) || !strings.Contains(m.HTML, `<html lang="es">`) || !strings.Contains(m.Text, "Nunca le pedimos su contraseña por correo.") {
		t.Errorf("%s got %q, %q, want %q", m.To.Email, m.Subject, m.Text, subject)
	}
	all := m.Subject + m.Text + entry
	links := regexp.MustCompile(`https://\S+`)
	if got := english.FindString(links.ReplaceAllString(all, "")); got != "" {
		t.Errorf("%s got %q in %q", m.To.Email, got, all)
	}
	for _, canary := range []string{"Canarywell", "Okafor", "HBR400100200", "MRI", "lower back"} {
		if strings.Contains(all, canary) {
			t.Errorf("%s got %s in %q", m.To.Email, canary, all)
		}
	}
}

// Who arranged a call reads of it in the language they chose, and so does a
// speaker whom they named and who has no account. Those who review read English.
func TestCallsAreToldInTheReadersLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		o.speak(o.Maria, o.Reviewers[0])
		c, denied := o.booked(t, 60)
		booked := o.mails(t, dbtest.Clock)
		inSpanish(t, booked[o.Maria.Email], "Llamada entre médicos (orden que termina en ")
		inSpanish(t, booked[speaker], "Llamada entre médicos (orden que termina en ")
		if !strings.Contains(booked[o.Maria.Email].Text, "Su llamada entre médicos está confirmada: ") {
			t.Errorf("booked: %q", booked[o.Maria.Email].Text)
		}
		for _, address := range []string{o.Reviewers[0].Email, "p2p@um.example"} {
			if m := booked[address]; !strings.Contains(m.Text, "A peer-to-peer call is confirmed: ") || !strings.Contains(m.HTML, `<html lang="en">`) {
				t.Errorf("%s got %q", address, m.Text)
			}
		}
		if e := string(booked[o.Reviewers[0].Email].Calendar.Body); !strings.Contains(e, "SUMMARY:Peer-to-peer call") {
			t.Errorf("the reviewer's calendar has %s", e)
		}

		var moved peer.Call
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, o.Maria, denied)
			if err == nil {
				moved, err = peer.Reschedule(ctx, tx, o.Maria, c, denied, st, o.Slots(o.Maria, denied, &c)[120], o.Zone())
			}
			return err
		})
		news := o.mails(t, dbtest.Clock.Add(peer.UndoFor))
		inSpanish(t, news[o.Maria.Email], "Llamada entre médicos (orden que termina en ")
		if e := string(news[o.Maria.Email].Calendar.Body); !strings.Contains(e, "UID:"+c.UIDOffice) || !strings.Contains(e, "SEQUENCE:1") || !strings.Contains(news[o.Maria.Email].Text, "cambió de hora") {
			t.Errorf("moved: %q, %s", news[o.Maria.Email].Text, e)
		}
		for _, before := range []time.Duration{24 * time.Hour, time.Hour, 15 * time.Minute} {
			inSpanish(t, o.mails(t, moved.StartsAt.Add(-before))[o.Maria.Email], "Recordatorio: Llamada entre médicos")
		}
		other, again := o.booked(t, 200)
		o.mails(t, o.now)
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cancel(ctx, tx, o.Maria, other, again, "other", "")
			return err
		})
		ended := o.mails(t, o.now.Add(peer.UndoFor))[o.Maria.Email]
		inSpanish(t, ended, "Cancelación: Llamada entre médicos")
		if ended.Calendar == nil || ended.Calendar.Method != "CANCEL" {
			t.Error("the entry isn't struck")
		}
		inSpanish(t, o.mails(t, moved.EndsAt.Add(2*time.Hour))[o.Maria.Email], "No hicimos su llamada entre médicos")
	})
}

// What else an office hears of is in its language too: decisions, messages, its
// accounts, who joins.
func TestAnOfficeHearsInItsLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		job.React(o.jobs, message.Leave)
		job.React(o.jobs, o.desk.InformationAsked)
		job.React(o.jobs, o.desk.MessageSaid)
		job.React(o.jobs, o.desk.ReplyReminder)
		job.React(o.jobs, func(context.Context, *db.Tx, message.Overdue) error { return nil })
		job.React(o.jobs, o.desk.Invited)
		o.Denied()
		o.speak(o.Maria)
		inSpanish(t, o.mails(t, dbtest.Clock.Add(review.UndoFor))[o.Maria.Email], "Hay novedades sobre una orden")

		asked := o.Order()
		var nurse, admin account.Actor
		o.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if nurse, err = o.Person(ctx, tx, "Aisha", "Bello", o.Reviewers[0].Seat().OrganizationID, account.Nurse); err != nil {
				return err
			}
			if admin, err = o.Person(ctx, tx, "Dana", "Cole", o.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			terms, err := message.TermsOf(ctx, tx, asked)
			if err != nil {
				return err
			}
			_, err = message.Send(ctx, tx, nurse, asked, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: []message.Item{{Kind: message.Text, Ask: "Which treatments were tried?"}}})
			return err
		})
		o.speak(admin)
		inSpanish(t, o.mails(t, o.now.Add(time.Minute))[o.Maria.Email], "Un revisor necesita algo para una orden")

		change := func(by account.Actor) mail.Message {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				return job.Add(ctx, tx, account.SecurityChanged{PersonID: by.ID, What: account.PasskeyAdded})
			})
			return o.mails(t, o.now)[by.Email]
		}
		inSpanish(t, change(o.Maria), "Un cambio en su cuenta")
		if m := change(nurse); m.Subject != "A change to your account" {
			t.Errorf("the nurse got %q", m.Subject)
		}

		o.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := account.Invite(ctx, tx, admin, o.Office.ID, "new@test.example, "+o.Stranger.Email, account.Post{Roles: []account.Role{account.OfficeStaff}})
			return err
		})
		invited := o.mails(t, o.now)
		if m := invited["new@test.example"]; !strings.HasPrefix(m.Subject, "Le invitan a unirse a ") {
			t.Errorf("who has no account and is invited by who reads Spanish got %q", m.Subject)
		}
		if m := invited[o.Stranger.Email]; !strings.HasPrefix(m.Subject, "You are invited to join ") {
			t.Errorf("who has an account and chose no language got %q", m.Subject)
		}
	})
}

// Somebody who registers hears in the language of the page, and what they make
// reads it; who asks for a new password hears in that of the page if they chose
// none.
func TestAPageAnswersInItsLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		job.React(o.jobs, o.desk.Registered)
		job.React(o.jobs, o.desk.RegistrationKept)
		job.React(o.jobs, o.desk.ResetAsked)
		who := account.Registration{Email: "sam@elm.example", FirstName: "Sam", LastName: "Lee", Phone: "555-555-0133", Role: account.OfficeStaff, Language: words.Spanish,
			Stated: &account.Stated{Name: "Elm Family Practice", Line: "4 Sample Street", City: "Exampleville", State: "TX", ZIP: "00002", Phone: "5555550177"}}
		o.Do(func(ctx context.Context, tx *db.Tx) error { return account.KeepRegistration(ctx, tx, who, "192.0.2.7") })
		inSpanish(t, o.mails(t, o.now)[who.Email], "Siga creando su cuenta")
		o.Do(func(ctx context.Context, tx *db.Tx) error { return account.Register(ctx, tx, who, true, "192.0.2.7") })
		m := o.mails(t, o.now)[who.Email]
		inSpanish(t, m, "Confirme su correo electrónico")
		token := regexp.MustCompile(`/register/(\S+)`).FindStringSubmatch(m.Text)[1]
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			by, _, err := account.ConfirmRegistration(ctx, tx, token, "a long and quiet afternoon")
			if err == nil && by.Reads() != words.Spanish {
				t.Errorf("the account reads %q", by.Reads())
			}
			return err
		})

		reset := func(email string, l words.Language) mail.Message {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				return account.AskReset(words.With(ctx, l), tx, email, "192.0.2.7")
			})
			return o.mails(t, o.now)[email]
		}
		inSpanish(t, reset(o.Maria.Email, words.Spanish), "Elija una contraseña nueva")
		inSpanish(t, reset(who.Email, words.English), "Elija una contraseña nueva")
		for email, l := range map[string]words.Language{o.Stranger.Email: words.English, o.Reviewers[0].Email: words.Spanish} {
			if m := reset(email, l); m.Subject != "Choose a new password" {
				t.Errorf("%s got %q", email, m.Subject)
			}
		}
	})
}

// A language is found by the address, however it is written.
func TestTheLanguageOfAnAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		o.speak(o.Maria, o.Scheduler)
		for address, want := range map[string]words.Language{
			strings.ToUpper(o.Maria.Email): words.Spanish, o.Stranger.Email: "", "nobody@test.example": "", "fax:5555550100": "", o.Scheduler.Email: words.English,
		} {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				if got, err := account.LanguageOf(ctx, tx, address); err != nil || got != want {
					t.Errorf("%s reads %q, %v, want %q", address, got, err, want)
				}
				return nil
			})
		}
	})
}

// Who hears of an order by fax reads in the language of the person who has it at
// the office; so does an address without an account.
func TestAFaxIsInTheLanguageOfWhoHasTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		o.desk.Faxes = "fax.example"
		o.speak(o.Maria)
		set := func(query string, args ...any) {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			})
		}
		first := o.Denied()
		set(`update orders set contact_notices = 'fax', contact_fax = '(555) 555-0100', contact_email = 'front@cedar.example', created_by = $1 where id = $2`, string(o.Maria.ID), string(first.ID))
		inSpanish(t, o.mails(t, o.now.Add(time.Hour))["5555550100@fax.example"], "Hay novedades")
		second := o.Denied()
		set(`update orders set contact_email = 'front@cedar.example', created_by = $1, held_by = $2 where id = $3`, string(o.Stranger.ID), string(o.Maria.ID), string(second.ID))
		inSpanish(t, o.mails(t, o.now.Add(2*time.Hour))["front@cedar.example"], "Hay novedades")
		third := o.Denied()
		set(`update orders set contact_email = 'front@cedar.example', created_by = $1 where id = $2`, string(o.Stranger.ID), string(third.ID))
		if m := o.mails(t, o.now.Add(3*time.Hour))["front@cedar.example"]; !strings.HasPrefix(m.Subject, "You have an update") {
			t.Errorf("of who chose no language: %q", m.Subject)
		}
	})
}

// A mail and its calendar file say what the installation says otherwise, in its
// reader's language, and are signed by what the service is called.
func TestMailsSpeakAsTheInstallation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		o.speak(o.Maria)
		set := func(key, en, es string) {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				e, _ := words.EntryFor(key)
				return wording.Set(ctx, tx, account.Program(), e, words.Wording{English: en, Spanish: es})
			})
		}
		set("Choose a new password", "Set a new password", "Ponga una contraseña nueva")
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			return wording.SetService(ctx, tx, account.Program(), wording.Service{Name: "Cedar Health", Former: []wording.Former{{Name: "Cedar Portal", LastDay: civil.DateIn(o.now, time.UTC)}}})
		})
		job.React(o.jobs, o.desk.ResetAsked)
		for email, want := range map[string][2]string{o.Maria.Email: {"Ponga una contraseña nueva", "Cedar Health, antes Cedar Portal. Este mensaje"}, o.Stranger.Email: {"Set a new password", "Cedar Health, formerly Cedar Portal. This message"}} {
			o.Do(func(ctx context.Context, tx *db.Tx) error { return account.AskReset(ctx, tx, email, "192.0.2.7") })
			if m := o.mails(t, o.now)[email]; m.Subject != want[0] || !strings.Contains(m.Text, want[1]) || strings.Contains(m.Text, "Parley") || m.From != "Cedar Health" {
				t.Errorf("%s got %q: %s", email, m.Subject, m.Text)
			}
		}
		var speech *wording.Speech
		o.Do(func(ctx context.Context, tx *db.Tx) (err error) { speech, err = wording.Now(ctx, tx, ""); return err })
		feed := string(o.desk.Feed(nil, speech.Own.In(words.Spanish)))
		if !strings.Contains(feed, "Llamadas de Cedar Health") {
			t.Errorf("the feed is %s", feed)
		}
	})
}
