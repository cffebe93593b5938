package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestInvitationArrives(t *testing.T) {
	server := start(t, script{})
	m := invitation()
	if err := server.sender().Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	raw := server.received()[0]
	e, err := message.Read(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := e.Header.Text("Subject")
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	for header, want := range map[string]string{
		"Message-Id": "<ntf_0192.office@um.example>", "Date": "Sat, 21 Nov 2026 15:04:05 +0000",
		"From": `"Parley" <parley@um.example>`, "To": `"Jane Doe, MD" <jane.doe@office.example>`,
		"Auto-Submitted": "auto-generated", "List-Unsubscribe": "", "User-Agent": "", "X-Mailer": "",
	} {
		if got := e.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	want := []string{
		"multipart/mixed",
		" multipart/alternative",
		"  text/plain; charset=UTF-8: Your call is confirmed.\n\nSign in to see it.\n",
		"  text/html; charset=UTF-8: <p>Your call is confirmed.</p>",
		"  text/calendar; charset=UTF-8; method=REQUEST: " + string(m.Calendar.Body),
		" text/calendar; charset=UTF-8; method=REQUEST; name=invite.ics attachment invite.ics: " + string(m.Calendar.Body),
	}
	if diff := cmp.Diff(want, outline(t, e, "")); diff != "" {
		t.Errorf("%s\n%s", diff, raw)
	}
	for _, line := range strings.Split(raw, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("not a line of mail: %q", line)
		}
	}
}

// What goes to many has the way to end it by one post (RFC 8058); what goes to
// one has none.
func TestMailToManyCanBeEnded(t *testing.T) {
	server := start(t, script{})
	m := invitation()
	m.Unsubscribe = "https://portal.example/newsletter/unsubscribe/nls_1.abc"
	if err := server.sender().Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	e, err := message.Read(strings.NewReader(server.received()[0]))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{"List-Unsubscribe": "<" + m.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} {
		if got := e.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	m.ID, m.Unsubscribe = "ntf_0193", "https://portal.example/>\r\nX: y"
	if err := server.sender().Send(context.Background(), m); err == nil || Temporary(err) {
		t.Errorf("an address that ends the header is sent: %v", err)
	}
}

// outline lists the parts of a message as a mail program sees them.
func outline(t *testing.T, e *message.Entity, indent string) []string {
	t.Helper()
	kind, params, err := e.Header.ContentType()
	if err != nil {
		t.Fatal(err)
	}
	line := indent + kind
	for _, name := range []string{"charset", "method", "name"} {
		if params[name] != "" {
			line += "; " + name + "=" + params[name]
		}
	}
	if disposition, params, err := e.Header.ContentDisposition(); err == nil {
		line += " " + disposition + " " + params["filename"]
	}
	parts := e.MultipartReader()
	if parts == nil {
		body, err := io.ReadAll(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		if kind != "text/calendar" { // whose line ends are its own
			body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
		}
		return []string{line + ": " + string(body)}
	}
	lines := []string{line}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, outline(t, part, indent+" ")...)
	}
}

func TestPlainTextAlone(t *testing.T) {
	server := start(t, script{})
	m := invitation()
	m.From, m.HTML, m.Calendar, m.To.Name, m.At = "Cedar Health", "", nil, "", time.Time{}
	if err := server.sender().Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	e, err := message.Read(strings.NewReader(server.received()[0]))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"text/plain; charset=UTF-8: " + m.Text}, outline(t, e, "")); diff != "" {
		t.Error(diff)
	}
	if e.Header.Get("Date") == "" {
		t.Error("no date")
	}
	if from := e.Header.Get("From"); from != `"Cedar Health" <parley@um.example>` {
		t.Errorf("it comes from %s", from)
	}
}

func refusal(code int) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "not today"}
}

func TestWhatIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		script    script
		temporary bool
	}{
		"no such mailbox":           {script{rcpt: refusal(550)}, false},
		"mailbox busy":              {script{rcpt: refusal(450)}, true},
		"sender refused":            {script{mail: refusal(553)}, false},
		"sender deferred":           {script{mail: refusal(451)}, true},
		"text refused":              {script{data: refusal(554)}, false},
		"greylisted":                {script{data: refusal(451)}, true},
		"the server will not talk":  {script{greet: refusal(554)}, true},
		"the link drops before 250": {script{hangUp: true}, true},
	} {
		server := start(t, c.script)
		err := server.sender().Send(context.Background(), invitation())
		if err == nil || Temporary(err) != c.temporary {
			t.Errorf("%s: temporary is %v, of %v", name, Temporary(err), err)
		}
	}
}

// The server took the message. To report an error now would send it twice.
func TestALinkThatBreaksAfterAcceptanceIsSuccess(t *testing.T) {
	server := start(t, script{hangUpAfter: true})
	if err := server.sender().Send(context.Background(), invitation()); err != nil {
		t.Error(err)
	}
	if len(server.received()) != 1 {
		t.Error("the message is not there")
	}
}

// Two tries carry one ID, so that whoever gets both can tell.
func TestASecondTryHasTheSameID(t *testing.T) {
	server := start(t, script{hangUp: true})
	for range 2 {
		if err := server.sender().Send(context.Background(), invitation()); !Temporary(err) {
			t.Fatal(err)
		}
	}
	got := server.received()
	if len(got) != 2 || !strings.Contains(got[0], "<ntf_0192.office@um.example>") || !strings.Contains(got[1], "<ntf_0192.office@um.example>") {
		t.Errorf("%d messages", len(got))
	}
}

func TestServerDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{addr: l.Addr().(*net.TCPAddr)}
	l.Close()
	if err := s.sender().Send(context.Background(), invitation()); !Temporary(err) {
		t.Errorf("a server that is down gives %v", err)
	}
}

func TestASilentServerDoesNotHoldUsUp(t *testing.T) {
	s := start(t, script{stall: true}).sender()
	s.Timeout = 100 * time.Millisecond
	began := time.Now()
	if err := s.Send(context.Background(), invitation()); !Temporary(err) {
		t.Errorf("a silent server gives %v", err)
	}
	s.Timeout = time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := s.Send(ctx, invitation()); !Temporary(err) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a silent server gives %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestEncryption(t *testing.T) {
	stranger := func(s *SMTP) { s.TLSConfig = nil }
	for name, c := range map[string]struct {
		script script
		policy TLS
		change func(*SMTP)
		sent   bool
		secure bool
	}{
		"unset means required":             {script{tls: true}, "", nil, true, true},
		"required and offered":             {script{tls: true}, StartTLS, nil, true, true},
		"required and not offered":         {script{}, StartTLS, nil, false, false},
		"unset and not offered":            {script{}, "", nil, false, false},
		"an unknown word means required":   {script{}, "sometimes", nil, false, false},
		"required of a stranger":           {script{tls: true}, StartTLS, stranger, false, false},
		"from the first byte":              {script{implicit: true}, ImplicitTLS, nil, true, true},
		"from a stranger's first byte":     {script{implicit: true}, ImplicitTLS, stranger, false, false},
		"taken as offered":                 {script{tls: true}, IfOffered, nil, true, true},
		"not offered, not insisted on":     {script{}, IfOffered, nil, true, false},
		"not wanted, though it is offered": {script{tls: true}, NoTLS, nil, true, false},
	} {
		server := start(t, c.script)
		sender := server.sender()
		sender.TLS = c.policy
		if c.change != nil {
			c.change(sender)
		}
		err := sender.Send(context.Background(), invitation())
		if (err == nil) != c.sent || len(server.received()) == 1 != c.sent {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !Temporary(err) {
			t.Errorf("%s: messages would be given up for a setting: %v", name, err)
		}
		if secured, ok := server.wasSecured(); ok && secured != c.secure {
			t.Errorf("%s: encrypted is %v", name, secured)
		}
	}
}

func (s *mailServer) wasSecured() (secured, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secured || s.implicit, len(s.got) > 0
}

func TestSigningIn(t *testing.T) {
	server := start(t, script{tls: true})
	sender := server.sender()
	sender.TLS, sender.Username, sender.Password = StartTLS, "parley", "long secret"
	if err := sender.Send(context.Background(), invitation()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"parley:long secret"}, server.logins); diff != "" {
		t.Error(diff)
	}
	if text := sender.String(); strings.Contains(text, "secret") {
		t.Errorf("%s tells the password", text)
	}

	server = start(t, script{tls: true, auth: smtp.ErrAuthFailed})
	sender.Port, sender.TLSConfig = server.addr.Port, &tls.Config{RootCAs: server.roots}
	err := sender.Send(context.Background(), invitation())
	if !Temporary(err) || strings.Contains(err.Error(), "long secret") {
		t.Errorf("a wrong password gives %v", err)
	}

	server = start(t, script{}) // no encryption: the password must not be said
	sender.Port, sender.TLS = server.addr.Port, NoTLS
	if err := sender.Send(context.Background(), invitation()); err == nil || len(server.logins) > 0 {
		t.Errorf("the password went over an open line: %v", err)
	}
}

// A server is asked whether it takes mail without one being sent.
func TestPing(t *testing.T) {
	server := start(t, script{tls: true})
	sender := server.sender()
	sender.TLS, sender.Username, sender.Password = StartTLS, "parley", "long secret"
	if err := sender.Ping(context.Background()); err != nil || len(server.logins) != 1 {
		t.Errorf("%v, %d logins", err, len(server.logins))
	}
	refusing := start(t, script{tls: true, auth: smtp.ErrAuthFailed})
	sender.Port, sender.TLSConfig = refusing.addr.Port, &tls.Config{RootCAs: refusing.roots}
	if err := sender.Ping(context.Background()); err == nil || strings.Contains(err.Error(), "long secret") {
		t.Errorf("a wrong password gives %v", err)
	}
}

func TestAWrongSenderIsForTheOperator(t *testing.T) {
	sender := start(t, script{}).sender()
	sender.From.Email = "nobody"
	if err := sender.Send(context.Background(), invitation()); !Temporary(err) {
		t.Errorf("messages would be given up for a setting: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	server := start(t, script{})
	sender := server.sender()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := sender.Send(context.Background(), invitation()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(server.received()); got != 20 {
		t.Errorf("%d of 20 arrived", got)
	}
}
