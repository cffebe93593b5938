// Package notify tells people what happened, outside the program: by mail,
// with a calendar file where there is a call. Nothing it sends holds a
// member's data; a mail says what kind of thing happened and where to sign in
// to read it.
package notify

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/wording"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/mail"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A Desk writes and sends for one installation.
type Desk struct {
	Name    string       // of the service where none is set (package wording)
	URL     string       // where people sign in, without a slash at its end
	From    mail.Address // also the organizer of every calendar entry
	DB      *db.DB
	Sender  mail.Sender
	Keys    *secret.Signer // sign links that end a newsletter
	Support string         // address that hears of problems; "" for none
	Faxes   string         // domain of the gateway that faxes what is mailed to NUMBER@domain; "" for none
}

// faxed begins the address of who hears by fax, before their number.
const faxed = "fax:"

// address is where a letter to an address goes.
func (d *Desk) address(to string) string {
	number, ok := strings.CutPrefix(to, faxed)
	if !ok || d.Faxes == "" { // without a gateway the mail fails, and staff see that
		return to
	}
	return order.Digits(number) + "@" + d.Faxes
}

// A Letter is one mail to one address, in no language yet.
type Letter struct {
	Key      string // tells this mail from every other; sent once for each key
	To       mail.Address
	Subject  words.Text
	Lines    []words.Text // paragraphs
	Link     string       // path of the page to open, "" for none
	LinkText words.Text
	Calendar *entry // in the file that comes with it, nil for none
	ObjectID string // what it is about, to list what was sent
	// Language is what somebody reads who chose none, where that is known: of the
	// page on which they asked for the mail, or of who has it sent. "" is English.
	Language words.Language
	Written  bool // the paragraphs are what somebody wrote, in English
	// Unsubscribe is where a reader says that they want no more mails like this.
	Unsubscribe string
	Secret      bool // the text is forgotten once it is sent: it holds a code
	// NotBefore is when it may go out, the zero time for at once.
	NotBefore time.Time
}

// Send delivers one queued mail. See app/reactions.go.
type Send struct{ MailID string }

// Kind names the event.
func (Send) Kind() string { return "notify.send" }

// Queue puts a letter in the caller's transaction: it will be sent if that
// commits, once for its key however often it is queued. No address, no mail. It
// is in the language that whoever has the address chose; people who work for the
// organization read English.
func (d *Desk) Queue(ctx context.Context, tx *db.Tx, l Letter) error {
	if l.To.Email == "" {
		return nil
	}
	in, err := readBy(ctx, tx, l)
	if err != nil {
		return err
	}
	speech, err := wording.Now(ctx, tx, d.Name)
	if err != nil {
		return err
	}
	c := d.compose(l, speech.Signs(tx.Now()), speech.Own.In(in))
	id := db.NewID("mail")
	n, err := tx.Exec(ctx, `
		insert into mail (id, key, address, name, subject, body, html, calendar, method, object_id, secret, unsubscribe, state, queued_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $13) on conflict do nothing`,
		id, l.Key, d.address(l.To.Email), l.To.Name, c.subject, c.text, c.html, c.calendar, c.method, l.ObjectID, l.Secret, l.Unsubscribe, tx.Now())
	if err != nil || n == 0 {
		return err
	}
	return job.Add(ctx, tx, Send{id}, job.At(latest(tx.Now(), l.NotBefore)))
}

// readBy is the language in which a letter goes out.
func readBy(ctx context.Context, tx *db.Tx, l Letter) (words.Language, error) {
	in, err := account.LanguageOf(ctx, tx, l.To.Email)
	switch {
	case in.Known() || err != nil:
		return in, err
	case l.Language.Known():
		return l.Language, nil
	}
	return words.English, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

type queued struct {
	mail.Message
	state, calendar, method string
}

func scanQueued(r db.Row) (q queued, err error) {
	return q, r.Scan(&q.ID, &q.To.Email, &q.To.Name, &q.Subject, &q.Text, &q.HTML, &q.calendar, &q.method, &q.state, &q.At, &q.Unsubscribe)
}

// Deliver sends one queued mail. The server's answer decides: refused for
// good is kept as failed for people to see, anything else is tried again by
// the queue. A mail whose answer was lost goes out again under the same
// Message-ID, by which the reader's program knows it.
func (d *Desk) Deliver(ctx context.Context, s Send) error {
	var q queued
	err := d.DB.View(ctx, func(tx *db.Tx) (err error) {
		q, err = db.One(ctx, tx, scanQueued, `select id, address, name, subject, body, html, calendar, method, state, queued_at, unsubscribe from mail where id = $1`, s.MailID)
		if err != nil {
			return err
		}
		speech, err := wording.Now(ctx, tx, d.Name)
		if err == nil {
			q.From = speech.Name
		}
		return err
	})
	if err != nil || q.state != "waiting" {
		return err
	}
	if q.calendar != "" {
		q.Calendar = &mail.Calendar{Method: q.method, Body: []byte(q.calendar)}
	}
	sendErr := d.Sender.Send(ctx, q.Message)
	state, text := "sent", ""
	switch {
	case sendErr != nil && mail.Temporary(sendErr):
		state, text = "waiting", sendErr.Error()
	case sendErr != nil:
		state, text = "failed", sendErr.Error()
	}
	// The sending has happened, whether or not we are being stopped.
	err = d.DB.Update(context.WithoutCancel(ctx), func(tx *db.Tx) error { return settle(ctx, tx, s.MailID, state, text) })
	if err == nil && state == "waiting" {
		return sendErr
	}
	return err
}

func settle(ctx context.Context, tx *db.Tx, id, state, text string) error {
	var sent *time.Time
	if now := tx.Now(); state == "sent" {
		sent = &now
	}
	_, err := tx.Exec(ctx, `update mail set state = $1, error = $2, tries = tries + 1, sent_at = $3 where id = $4 and state = 'waiting'`, state, text, sent, id)
	if err != nil || state == "waiting" {
		return err
	}
	if state == "failed" {
		if err := job.Add(ctx, tx, Failed{id}); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `update mail set body = '', html = '' where id = $1 and secret = $2`, id, true)
	return err
}

// A Sent is one mail about an object, for its timeline and for staff.
type Sent struct {
	Address, Subject, State, Error string
	Queued                         time.Time
	At                             *time.Time // when the server took it; nil if it has not
}

// About lists the mails about an object, newest first.
func About(ctx context.Context, tx *db.Tx, objectID string) ([]Sent, error) {
	return db.All(ctx, tx, scanSent, `select address, subject, state, error, queued_at, sent_at from mail where object_id = $1 order by queued_at desc, id desc`, objectID)
}

// Troubled lists mails that failed or have waited for half an hour, newest
// first, at most 100.
func Troubled(ctx context.Context, tx *db.Tx, by account.Actor) ([]Sent, error) {
	if !by.Can(account.ManageProgram) && !by.Can(account.ConfirmCalls) {
		return nil, fault.New(fault.Denied, "Your role doesn't show you undelivered mail.")
	}
	return db.All(ctx, tx, scanSent, `
		select address, subject, state, error, queued_at, sent_at from mail
		where state = 'failed' or (state = 'waiting' and queued_at < $1) order by queued_at desc, id limit 100`, tx.Now().Add(-30*time.Minute))
}

func scanSent(r db.Row) (s Sent, err error) {
	return s, r.Scan(&s.Address, &s.Subject, &s.State, &s.Error, &s.Queued, &s.At)
}
