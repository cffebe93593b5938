package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A script says how a mail server behaves.
type script struct {
	greet, mail, rcpt, data, auth error // what it answers instead of yes
	tls                           bool  // it offers STARTTLS
	implicit                      bool  // it encrypts from the first byte
	hangUp                        bool  // it breaks the connection once it has the text, before it answers
	hangUpAfter                   bool  // it breaks the connection once it has answered 250
	stall                         bool  // it accepts connections and says nothing
}

// A mailServer is a real SMTP server on a port of its own.
type mailServer struct {
	script
	addr    *net.TCPAddr
	roots   *x509.CertPool
	mu      sync.Mutex
	got     []string
	logins  []string
	secured bool
}

func (s *mailServer) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

func (s *mailServer) sender() *SMTP {
	return &SMTP{
		Host: "127.0.0.1", Port: s.addr.Port, TLS: NoTLS, From: Address{"Parley", "parley@um.example"},
		Timeout: 5 * time.Second, TLSConfig: &tls.Config{RootCAs: s.roots},
	}
}

func start(t *testing.T, how script) *mailServer {
	t.Helper()
	s := &mailServer{script: how}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().(*net.TCPAddr)
	if how.stall {
		t.Cleanup(func() { l.Close() })
		return s
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{s, c}, how.greet
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = quiet{}
	certificate := s.certify(t)
	if how.tls {
		server.TLSConfig = certificate
	}
	if how.implicit {
		l = tls.NewListener(l, certificate)
	}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }()
	// l is closed too, because a test may end before the server knows of it.
	t.Cleanup(func() { l.Close(); server.Close(); <-done })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certify makes a certificate for 127.0.0.1 that only s.roots trusts.
func (s *mailServer) certify(t *testing.T) *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

type session struct {
	*mailServer
	conn *smtp.Conn
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.logins = append(s.logins, user+":"+password)
		return s.auth
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return s.mail }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.rcpt }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data == nil {
		s.got = append(s.got, string(text))
	}
	_, s.secured = s.conn.TLSConnectionState()
	if s.hangUp {
		s.conn.Conn().Close()
	}
	if s.hangUpAfter {
		time.AfterFunc(20*time.Millisecond, func() { s.conn.Conn().Close() })
	}
	return s.data
}
