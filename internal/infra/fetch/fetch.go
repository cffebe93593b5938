// Package fetch gets documents from addresses that people type in, from the
// public internet and from nowhere else: such an address must not make the
// program speak to the machine it runs on, to its neighbors, or to what a cloud
// tells its machines. A name is looked up once, and what it led to is judged
// where the connection is made; so a name that leads elsewhere the second time
// gains nothing.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// A Client gets documents. Its zero value is ready.
type Client struct {
	// May says which hosts may be spoken to besides those of the public
	// internet; nil for none. Tests alone set it.
	May func(netip.AddrPort) bool
	// Trust is how servers prove who they are; nil for the system's way.
	Trust func(*http.Transport)
}

// Limits of one document.
const (
	Most      = 5 << 20 // bytes, after unpacking
	patience  = 20 * time.Second
	redirects = 3
	httpsPort = 443
)

// A Document is what was got. Same says that it is still what Tag and Since
// named, and that there is no Body.
type Document struct {
	Body  []byte
	Tag   string // ETag, to ask with next time; "" if the server names none
	Since string // Last-Modified, likewise
	Same  bool
}

// Errors that say to people what is wrong with an address.
var (
	ErrScheme  = errors.New("the address must begin with https://")
	ErrPrivate = errors.New("the address leads to a private network")
	ErrLarge   = errors.New("the calendar is larger than 5 MB")
	ErrMoved   = errors.New("the address leads on too often, or to one that isn't https")
)

// An AnswerError is a status that brings no document.
type AnswerError int

// Error implements error.
func (e AnswerError) Error() string { return fmt.Sprintf("the server answered %d", int(e)) }

// Address reads an address as people paste it: https, or webcal, which is
// https by another name. It is an error if it is any other, names a user, or
// another port than that of https.
func Address(text string) (string, error) {
	text = strings.TrimSpace(text)
	for _, scheme := range []string{"webcal://", "webcals://"} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			text = "https://" + text[len(scheme):]
		}
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", ErrScheme // the error of Parse quotes the address, which is a secret
	}
	if err := check(u); err != nil {
		return "", err
	}
	return u.String(), nil
}

func check(u *url.URL) error {
	if !strings.EqualFold(u.Scheme, "https") || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return ErrScheme
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !Public(ip) {
		return ErrPrivate
	}
	if host := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")); host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return ErrPrivate
	}
	return nil
}

// Get gets the document at address, unless it is still the one that tag and
// since name. The error is one of this package's, or says no more than that
// there was no answer: it never holds the address.
func (c Client) Get(ctx context.Context, address, tag, since string) (Document, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Document{}, ErrScheme
	}
	if !c.forTests() {
		if err := check(req.URL); err != nil {
			return Document{}, err
		}
	}
	req.Header.Set("Accept", "text/calendar, text/plain;q=0.5, */*;q=0.1")
	req.Header.Set("User-Agent", "Parley calendar reader")
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	if since != "" {
		req.Header.Set("If-Modified-Since", since)
	}
	transport := c.transport()
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport, CheckRedirect: c.follow}).Do(req)
	if err != nil {
		return Document{}, plain(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	return read(res)
}

func (c Client) forTests() bool { return c.May != nil }

// transport goes through no proxy: what a proxy connects to nobody here sees.
func (c Client) transport() *http.Transport {
	d := &net.Dialer{Timeout: 10 * time.Second, Control: c.control}
	t := &http.Transport{Proxy: nil, DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 15 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	if c.Trust != nil {
		c.Trust(t)
	}
	return t
}

// control runs once the name is looked up, for each address that is tried.
func (c Client) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivate
	}
	if c.May != nil && c.May(to) {
		return nil
	}
	if !Public(to.Addr()) || to.Port() != httpsPort {
		return ErrPrivate
	}
	return nil
}

// HTTP is a client for a protocol whose addresses people type in too. The same
// rules hold; it follows no redirect, and reads no body beyond Most.
func (c Client) HTTP() *http.Client {
	return &http.Client{Transport: guarded{c, c.transport()}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return ErrMoved }}
}

// guarded judges each address before it is asked.
type guarded struct {
	c    Client
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.c.forTests() {
		if err := check(r.URL); err != nil {
			return nil, err
		}
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, plain(err)
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, Most), res.Body}
	return res, nil
}

func (c Client) follow(req *http.Request, via []*http.Request) error {
	if len(via) > redirects {
		return ErrMoved
	}
	if c.forTests() && strings.EqualFold(req.URL.Scheme, "https") {
		return nil // where it leads is judged when it is dialed
	}
	if err := check(req.URL); err != nil {
		return errors.Join(ErrMoved, err)
	}
	return nil
}

func read(res *http.Response) (Document, error) {
	d := Document{Tag: short(res.Header.Get("ETag")), Since: short(res.Header.Get("Last-Modified"))}
	switch {
	case res.StatusCode == http.StatusNotModified:
		d.Same = true
		return d, nil
	case res.StatusCode != http.StatusOK:
		return d, AnswerError(res.StatusCode)
	}
	var err error
	if d.Body, err = io.ReadAll(io.LimitReader(res.Body, Most+1)); err != nil {
		return d, plain(err)
	}
	if len(d.Body) > Most {
		return d, ErrLarge
	}
	return d, nil
}

// short keeps a header that is sent back next time.
func short(s string) string {
	if len(s) > 500 {
		return ""
	}
	return s
}

// errNoAnswer stands for what the network says, which quotes addresses.
var errNoAnswer = errors.New("there was no answer")

// plain is an error without the address in it.
func plain(err error) error {
	for _, known := range []error{ErrPrivate, ErrMoved, ErrScheme, ErrLarge} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errNoAnswer
}
