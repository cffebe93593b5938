// Package scan asks a virus scanner about files. It says what the scanner
// said and decides nothing: a file about which nothing was said has not
// passed.
package scan

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// A Verdict is what a scanner found in a file.
type Verdict struct {
	Clean bool
	Name  string // of what was found, in the scanner's words; "" if clean
}

// A Scanner looks for viruses. An error says that it could not, and nothing
// about the file.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (Verdict, error)
	// Ping says whether the scanner answers.
	Ping(ctx context.Context) error
}

// A Clamd is the daemon of ClamAV, spoken with by its INSTREAM command
// (clamd(8)): the file goes in pieces, each after its length, and never lies
// on a disk on the way.
type Clamd struct {
	Network, Address string        // "tcp" and HOST:PORT, or "unix" and a path
	Patience         time.Duration // for one file; 0 is two minutes
}

var _ Scanner = Clamd{}

// Open returns the scanner at an address such as tcp://127.0.0.1:3310 or
// unix:///run/clamav/clamd.ctl.
func Open(address string) (Clamd, error) {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.Scheme == "tcp" && u.Port() != "":
		return Clamd{Network: "tcp", Address: u.Host}, nil
	case err == nil && u.Scheme == "unix" && u.Path != "" && u.Host == "":
		return Clamd{Network: "unix", Address: u.Path}, nil
	}
	return Clamd{}, errors.New("the scanner's address must be like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl")
}

const (
	patience = 2 * time.Minute
	piece    = 64 << 10 // bytes sent at once
)

// Scan implements Scanner.
func (c Clamd) Scan(ctx context.Context, r io.Reader) (Verdict, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return Verdict{}, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return Verdict{}, err
	}
	sent := send(conn, r)
	if failed := (&net.OpError{}); sent != nil && !errors.As(sent, &failed) { // the file's fault, not the line's
		return Verdict{}, sent
	}
	// A scanner that has had enough answers and hangs up: its answer says more
	// than that the line broke.
	answer, err := reply(conn)
	if err != nil {
		return Verdict{}, errors.Join(sent, err)
	}
	if sent != nil && !strings.HasSuffix(answer, " FOUND") {
		return Verdict{}, fmt.Errorf("the file was not sent to the scanner: %w", sent)
	}
	return verdict(answer)
}

// Ping implements Scanner.
func (c Clamd) Ping(ctx context.Context) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "zPING\x00"); err != nil {
		return err
	}
	answer, err := reply(conn)
	if err == nil && answer != "PONG" {
		err = errors.New("what answers there is no clamd")
	}
	return err
}

func (c Clamd) dial(ctx context.Context) (net.Conn, error) {
	wait := c.Patience
	if wait == 0 {
		wait = patience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	conn, err := (&net.Dialer{}).DialContext(ctx, c.Network, c.Address)
	if err != nil {
		cancel()
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // which ends a read or write under way
	return hangUp{conn, func() { stop(); cancel() }}, nil
}

// hangUp is a connection whose Close also forgets its deadline.
type hangUp struct {
	net.Conn
	forget func()
}

func (h hangUp) Close() error {
	h.forget()
	return h.Conn.Close()
}

// send writes the file in pieces, and the empty piece that ends it. A file
// that breaks off is never ended.
func send(w io.Writer, r io.Reader) error {
	buf := make([]byte, 4+piece)
	for {
		n, err := r.Read(buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := w.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			_, err := w.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return err
		}
	}
}

const longest = 4096 // bytes of an answer

func reply(r io.Reader) (string, error) {
	text, err := bufio.NewReader(io.LimitReader(r, longest)).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("the scanner gave no answer: %w", err)
	}
	return strings.TrimSuffix(text, "\x00"), nil
}

// verdict reads "stream: OK" and "stream: NAME FOUND"; anything else is an
// error of the scanner's.
func verdict(answer string) (Verdict, error) {
	said, ok := strings.CutPrefix(answer, "stream: ")
	if ok && said == "OK" {
		return Verdict{Clean: true}, nil
	}
	if name, found := strings.CutSuffix(said, " FOUND"); ok && found && name != "" {
		return Verdict{Name: name}, nil
	}
	return Verdict{}, fmt.Errorf("the scanner could not scan: %.200q", answer)
}
