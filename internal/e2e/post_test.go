package e2e

import (
	"io"
	"log"
	"net"
	"regexp"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"parley/internal/infra/mail"
)

// A post is a real mail server that can be away.
type post struct {
	port   int
	mu     sync.Mutex
	got    map[string][]int // Message-ID to the launches in which it arrived
	launch int
	gone   bool
	heard  map[string]int                                 // address to how many mails arrived for it
	last   map[string][]byte                              // address to the last of them
	mood   func(session *smtp.Conn, address string) error // what it says to a recipient; nil takes everybody
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{got: map[string][]int{}, heard: map[string]int{}, last: map[string][]byte{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(p)
	server.Domain = "localhost"
	server.ErrorLog = log.New(io.Discard, "", 0) // a client that was killed is what we want
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return p
}

// from says which launch of the program sends what arrives from now on.
func (p *post) from(launch int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.launch = launch
}

func (p *post) away(gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = gone
}

// NewSession refuses everybody while the server is away.
func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return nil, &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "away"}
	}
	return &delivery{post: p, conn: c}, nil
}

// sender is a mail program that hands everything to p.
func (p *post) sender() *mail.SMTP {
	return &mail.SMTP{Host: "127.0.0.1", Port: p.port, TLS: mail.NoTLS, From: mail.Address{Name: "Parley", Email: "no-reply@parley.example"}}
}

type delivery struct {
	*post
	conn *smtp.Conn
	to   string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }

func (d *delivery) Rcpt(address string, _ *smtp.RcptOptions) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to = address
	if d.mood == nil {
		return nil
	}
	return d.mood(d.conn, address)
}

func (d *delivery) Reset()        {}
func (d *delivery) Logout() error { return nil }

var messageID = regexp.MustCompile(`(?mi)^Message-ID: <([^@>]+)`)

func (d *delivery) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := messageID.FindSubmatch(text)
	if m == nil {
		return &smtp.SMTPError{Code: 554, Message: "no Message-ID"}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard[d.to]++
	d.last[d.to] = text
	d.got[string(m[1])] = append(d.got[string(m[1])], d.launch)
	return nil
}
