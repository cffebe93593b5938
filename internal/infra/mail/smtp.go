package mail

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// A TLS says how the connection to the mail server is protected.
type TLS string

const (
	StartTLS    TLS = "starttls" // upgraded before anything is said, or not used
	ImplicitTLS TLS = "tls"      // encrypted from the first byte, as on port 465
	IfOffered   TLS = "offered"  // upgraded if the server can
	NoTLS       TLS = "none"     // for a relay on the same machine
)

// SMTP hands messages to a mail server. Each message has its own connection:
// a few a minute do not earn a pool, and a failure stays its own.
type SMTP struct {
	Host               string
	Port               int
	TLS                TLS    // "" is StartTLS
	Username, Password string // both "" if the server asks for none
	From               Address
	Hello              string        // what we call ourselves; "" is the machine's name
	Timeout            time.Duration // for one message; 0 is 30 seconds
	TLSConfig          *tls.Config   // nil trusts the system's certificate authorities
}

// Send delivers m to the server.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := s.From.check(); err != nil { // a wrong setting, not a wrong message
		return fmt.Errorf("mail: the sender: %w", err)
	}
	msg, err := s.compose(m)
	if err != nil {
		return permanent{fmt.Errorf("mail: message %s: %w", m.ID, err)}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	err = s.deliver(ctx, msg)
	switch {
	case err == nil || msg.IsDelivered(): // the server said 250; what broke afterwards is not the message's concern
		return nil
	case refused(err):
		return permanent{fmt.Errorf("mail: message %s: %w", m.ID, err)}
	}
	return fmt.Errorf("mail: message %s: %w", m.ID, errors.Join(err, ctx.Err()))
}

// refused reports whether the server answered 5xx to the message itself. The
// same answer to our greeting or our password concerns all messages, and is
// for the operator to mend.
func refused(err error) bool {
	var s *gomail.SendError
	if !errors.As(err, &s) || s.ErrorCode()/100 != 5 {
		return false
	}
	switch s.Reason {
	case gomail.ErrSMTPMailFrom, gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrWriteContent:
		return true
	}
	return false
}

// deliver speaks with the server until the message is accepted. It gives up
// when ctx ends, by closing the connection under the library's feet: the
// library looks at a context only while it dials.
func (s *SMTP) deliver(ctx context.Context, msg *gomail.Msg) error {
	return s.talk(ctx, func(client *gomail.Client, session *smtp.Client) error {
		return client.SendWithSMTPClient(session, msg)
	})
}

// Ping asks the server whether it would take messages of ours: it answers, in
// the way it is to be protected, and knows our password.
func (s *SMTP) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	return errors.Join(s.talk(ctx, func(*gomail.Client, *smtp.Client) error { return nil }), ctx.Err())
}

func (s *SMTP) talk(ctx context.Context, say func(*gomail.Client, *smtp.Client) error) error {
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialing, network, address)
		if err == nil {
			context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	}
	client, err := gomail.NewClient(s.Host, append(s.options(), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return err
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	if err := say(client, session); err != nil {
		return err
	}
	return client.CloseWithSMTPClient(session)
}

func (s *SMTP) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.TLS == ImplicitTLS {
		return (&tls.Dialer{Config: s.tlsConfig()}).DialContext(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

var policies = map[TLS]gomail.TLSPolicy{
	"": gomail.TLSMandatory, StartTLS: gomail.TLSMandatory, IfOffered: gomail.TLSOpportunistic, NoTLS: gomail.NoTLS,
}

func (s *SMTP) options() []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(s.timeout()), gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	if s.TLS == ImplicitTLS {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(policies[s.TLS]))
	}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	if s.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.Username), gomail.WithPassword(s.Password))
	}
	return options
}

func (s *SMTP) timeout() time.Duration { return cmp.Or(s.Timeout, 30*time.Second) }

func (s *SMTP) tlsConfig() *tls.Config {
	config := s.TLSConfig.Clone() // of nil is nil
	if config == nil {
		config = &tls.Config{}
	}
	config.ServerName = cmp.Or(config.ServerName, s.Host)
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	return config
}

// compose writes the message as the mail server gets it: the alternatives
// from the plainest to the one that does most, then the files.
func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.FromFormat(cmp.Or(m.From, s.From.Name), s.From.Email), msg.AddToFormat(m.To.Name, m.To.Email)); err != nil {
		return nil, err
	}
	msg.SetMessageIDWithValue(m.ID + s.From.Email[strings.LastIndexByte(s.From.Email, '@'):])
	msg.Subject(m.Subject)
	if !m.At.IsZero() {
		msg.SetDateWithValue(m.At.UTC())
	}
	// No holiday replies: RFC 3834, and what one large mail server asks instead.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if m.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if c := m.Calendar; c != nil {
		msg.AddAlternativeString(gomail.ContentType("text/calendar; method="+c.Method), string(c.Body),
			gomail.WithPartCharset(gomail.CharsetUTF8), gomail.WithPartEncoding(gomail.EncodingB64))
	}
	for _, a := range m.Attachments() {
		err := msg.AttachReader(a.Name, bytes.NewReader(a.Content),
			gomail.WithFileContentType(gomail.ContentType(a.Type)), gomail.WithFileEncoding(gomail.EncodingB64))
		if err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// String says which server it is, and keeps the password to itself.
func (s *SMTP) String() string {
	return "smtp://" + net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}
