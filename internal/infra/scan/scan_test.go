package scan

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"parley/internal/infra/scan/scantest"
)

var ctx = context.Background()

func scanText(t *testing.T, c Clamd, text string) (Verdict, error) {
	t.Helper()
	return c.Scan(ctx, strings.NewReader(text))
}

func open(t *testing.T, address string) Clamd {
	t.Helper()
	c, err := Open(address)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatAScannerSays(t *testing.T) {
	c := open(t, scantest.Server(t))
	if v, err := scanText(t, c, "a note"); err != nil || !v.Clean {
		t.Errorf("a note: %+v, %v", v, err)
	}
	if v, err := scanText(t, c, strings.Repeat("x", 300_000)+scantest.EICAR()); err != nil || v.Clean || v.Name == "" {
		t.Errorf("EICAR: %+v, %v", v, err)
	}
	if v, err := scanText(t, c, ""); err != nil || !v.Clean {
		t.Errorf("nothing: %+v, %v", v, err)
	}
	if err := c.Ping(ctx); err != nil {
		t.Error(err)
	}
}

// A real ClamAV, where it is installed, agrees.
func TestARealClamd(t *testing.T) {
	c := open(t, scantest.Real(t))
	if err := c.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	if v, err := scanText(t, c, strings.Repeat("a note ", 100_000)); err != nil || !v.Clean {
		t.Errorf("a note: %+v, %v", v, err)
	}
	if v, err := scanText(t, c, scantest.EICAR()); err != nil || v.Clean {
		t.Errorf("EICAR: %+v, %v", v, err)
	}
	if v, err := c.Scan(ctx, io.LimitReader(zeros{}, 60<<20)); err == nil && v.Clean {
		t.Error("a file beyond the scanner's limit passed")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Nothing but a clear "OK" has passed.
func TestNothingElsePasses(t *testing.T) {
	for _, answer := range []string{"", "\x00", "stream: \x00", "stream: OK", "OK\x00", "stream: OKAY\x00", "INSTREAM size limit exceeded. ERROR\x00",
		"stream: Can't allocate memory ERROR\x00", "stream:  FOUND OK\x00", "stream: FOUND\x00", strings.Repeat("x", 10_000)} {
		c := open(t, scantest.Answering(t, answer))
		if v, err := scanText(t, c, "a note"); err == nil && v.Clean {
			t.Errorf("%q passed", answer)
		}
	}
	c := open(t, scantest.Server(t))
	if v, err := c.Scan(ctx, io.MultiReader(strings.NewReader("half a"), iotest.ErrReader(io.ErrUnexpectedEOF))); err == nil {
		t.Errorf("half a file: %+v", v)
	}
}

func TestAScannerThatIsDown(t *testing.T) {
	c := Clamd{Network: "unix", Address: filepath.Join(t.TempDir(), "none")}
	if v, err := scanText(t, c, "a note"); err == nil {
		t.Errorf("%+v", v)
	}
	if c.Ping(ctx) == nil {
		t.Error("it answers")
	}
}

func TestAScannerThatSaysNothing(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	c := Clamd{Network: "tcp", Address: silent.Addr().String(), Patience: 100 * time.Millisecond}
	if v, err := scanText(t, c, "a note"); err == nil {
		t.Errorf("%+v", v)
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]Clamd{
		"tcp://127.0.0.1:3310": {Network: "tcp", Address: "127.0.0.1:3310"}, "unix:///run/clamav/clamd.ctl": {Network: "unix", Address: "/run/clamav/clamd.ctl"},
	} {
		if got, err := Open(address); err != nil || got != want {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	for _, address := range []string{"", "127.0.0.1:3310", "tcp://127.0.0.1", "unix://", "unix://run/clamd", "http://x:1"} {
		if got, err := Open(address); err == nil {
			t.Errorf("%q: %+v", address, got)
		}
	}
}

// What is sent is what the protocol asks for, however it is read.
func TestPieces(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20_001)
	var sent bytes.Buffer
	if err := send(&sent, iotest.HalfReader(bytes.NewReader(content))); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for r := bufio.NewReader(&sent); ; {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(r, part); err != nil {
			t.Fatal(err)
		}
		got = append(got, part...)
	}
	if !bytes.Equal(got, content) || sent.Len() != 0 {
		t.Errorf("%d bytes of %d", len(got), len(content))
	}
}
