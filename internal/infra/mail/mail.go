// Package mail sends email: words in plain text and HTML, and where a call is
// agreed, an invitation that calendar programs act on.
//
// Whoever writes a [Message] sees to it that it says nothing about a patient.
package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// An Address is someone's name and email address.
type Address struct{ Name, Email string }

// A Message is one email to one person.
type Message struct {
	// ID tells this message from every other, and is the same each time it
	// is tried: when a connection breaks before the server has answered we
	// send again, and by the ID a mail program knows the second from a new
	// one. Letters, digits, ".", "-" and "_".
	ID string

	At       time.Time // when it was written; the zero time is when it is sent
	From     string    // what the sender is called; "" is as the server's sender is
	To       Address
	Subject  string
	Text     string
	HTML     string    // the same again, or ""
	Calendar *Calendar // or nil
	// Unsubscribe is the address that ends mails like this one when it is posted
	// to (RFC 8058), or "" where they are no mails to many.
	Unsubscribe string
}

// A Calendar is an invitation, or the end of one.
type Calendar struct {
	Method string // of iTIP: REQUEST or CANCEL, as in Body
	Body   []byte // text/calendar in UTF-8
}

// An Attachment is a file that comes with a message.
type Attachment struct {
	Name, Type string
	Content    []byte
}

// Attachments returns the files that come with m. An invitation comes both as
// a part of the text, from which mail programs draw their buttons, and as a
// file, for the programs that know only files.
func (m Message) Attachments() []Attachment {
	if m.Calendar == nil {
		return nil
	}
	return []Attachment{{"invite.ics", m.Calendar.mediaType(), m.Calendar.Body}}
}

func (c Calendar) mediaType() string { return "text/calendar; charset=UTF-8; method=" + c.Method }

// A Sender delivers messages: [SMTP] to mail servers, [Box] to a page of the
// demo.
type Sender interface {
	// Send returns nil once the message is delivered into the next server's
	// hands. See [Temporary] for whether to try again after an error.
	Send(ctx context.Context, m Message) error
}

// permanent marks an error that will be the same however often one tries.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Temporary reports whether a message that Send could not deliver might be
// delivered later. It is false only if the server refused this very message,
// or if the message is not fit to be sent. A server that is down, or will not
// have us sign in, is no reason to give a message up.
func Temporary(err error) bool {
	var p permanent
	return err != nil && !errors.As(err, &p)
}

var (
	idForm     = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)
	methodForm = regexp.MustCompile(`^[A-Z]{1,20}$`)
)

// check refuses what would end a header early and start another one, and
// what no server would take.
func (m Message) check() error {
	switch {
	case !idForm.MatchString(m.ID):
		return permanent{fmt.Errorf("mail: %q cannot be a message's ID", m.ID)}
	case hasControl(m.Subject) || m.Subject == "":
		return permanent{fmt.Errorf("mail: message %s: %q cannot be a subject", m.ID, m.Subject)}
	case hasControl(m.From):
		return permanent{fmt.Errorf("mail: message %s: %q cannot be a sender's name", m.ID, m.From)}
	case m.Text == "":
		return permanent{fmt.Errorf("mail: message %s has no text", m.ID)}
	case strings.ContainsAny(m.Unsubscribe, "<>") || hasControl(m.Unsubscribe):
		return permanent{fmt.Errorf("mail: message %s: no address to unsubscribe at", m.ID)}
	case m.Calendar != nil && !methodForm.MatchString(m.Calendar.Method):
		return permanent{fmt.Errorf("mail: message %s: %q is not a method of a calendar", m.ID, m.Calendar.Method)}
	}
	if err := m.To.check(); err != nil {
		return permanent{fmt.Errorf("mail: message %s: %w", m.ID, err)}
	}
	return nil
}

func (a Address) check() error {
	parsed, err := netmail.ParseAddress(a.Email)
	if err != nil || parsed.Address != a.Email || hasControl(a.Email) {
		return fmt.Errorf("%q is not an email address", a.Email)
	}
	if hasControl(a.Name) {
		return fmt.Errorf("%q cannot be the name in an address", a.Name)
	}
	return nil
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
