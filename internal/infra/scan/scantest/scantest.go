// Package scantest is a virus scanner for tests: a real ClamAV where it is
// installed, with one signature of its own, and a server that speaks its
// protocol where it is not. Only tests import it.
package scantest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// EICAR is the file by which scanners are tried (eicar.org). It stands here
// in a form in which no scanner finds it.
func EICAR() string {
	text, err := base64.StdEncoding.DecodeString("WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Server answers as clamd does, for files that hold EICAR or not, and returns
// its address.
func Server(t testing.TB) string {
	t.Helper()
	return serve(t, func(c net.Conn, r *bufio.Reader) {
		command, err := r.ReadString(0)
		switch {
		case err != nil:
		case command == "zPING\x00":
			_, _ = io.WriteString(c, "PONG\x00")
		case command == "zINSTREAM\x00":
			content, err := pieces(r)
			switch {
			case err != nil:
			case bytes.Contains(content, []byte(EICAR())):
				_, _ = io.WriteString(c, "stream: Eicar-Test-Signature FOUND\x00")
			default:
				_, _ = io.WriteString(c, "stream: OK\x00")
			}
		}
	})
}

// A Switch is a scanner that can be down. It is up at first.
type Switch struct {
	Address string
	down    atomic.Bool
}

// Down has it answer nothing, or again.
func (s *Switch) Down(down bool) { s.down.Store(down) }

// Switched is a Server that can be down.
func Switched(t testing.TB) *Switch {
	t.Helper()
	inner := Server(t)
	s := &Switch{}
	s.Address = serve(t, func(c net.Conn, r *bufio.Reader) {
		if s.down.Load() {
			return
		}
		to, err := net.Dial("tcp", inner[len("tcp://"):])
		if err != nil {
			return
		}
		defer to.Close()
		go func() { _, _ = io.Copy(to, r) }()
		_, _ = io.Copy(c, to)
	})
	return s
}

// Answering takes any file and gives one answer, whatever it is.
func Answering(t testing.TB, answer string) string {
	t.Helper()
	return serve(t, func(c net.Conn, r *bufio.Reader) {
		if _, err := r.ReadString(0); err == nil {
			_, _ = pieces(r)
			_, _ = io.WriteString(c, answer)
		}
	})
}

func serve(t testing.TB, talk func(net.Conn, *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c, bufio.NewReader(c))
			}()
		}
	}()
	return "tcp://" + l.Addr().String()
}

func pieces(r *bufio.Reader) (content []byte, err error) {
	for {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil || n == 0 {
			return content, err
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		content = append(content, part...)
	}
}

// Real starts ClamAV's daemon with a signature of EICAR alone, and returns
// its address. A test that can't have it is skipped: Server has spoken with
// the same client.
func Real(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/clamd") // not on everybody's path
	}
	if err != nil {
		t.Skip("ClamAV's clamd is not installed (Debian: clamav-daemon)")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "clamd.sock")
	write(t, filepath.Join(dir, "eicar.ndb"), "Parley.Eicar:0:*:"+hex.EncodeToString([]byte(EICAR()))+"\n")
	write(t, filepath.Join(dir, "clamd.conf"), "LocalSocket "+socket+"\nDatabaseDirectory "+dir+"\nForeground yes\nStreamMaxLength 50M\n")
	cmd := exec.Command(program, "--config-file", filepath.Join(dir, "clamd.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 200 {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			return "unix://" + socket
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("clamd doesn't start")
	return ""
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
