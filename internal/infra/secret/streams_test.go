package secret

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func openStreams(t *testing.T, dir string) *Streams {
	t.Helper()
	s, err := OpenStreams(filepath.Join(dir, "file-keys.json"), open(t, filepath.Join(dir, "keys.json")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func seal(t *testing.T, s *Streams, text, associated string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := s.Seal(&b, []byte(associated))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unseal(s *Streams, sealed []byte, associated string) (string, error) {
	r, err := s.Open(bytes.NewReader(sealed), []byte(associated))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestStreams(t *testing.T) {
	dir := t.TempDir()
	text := strings.Repeat("Canarywell, Rosa. ", 3000)
	sealed := seal(t, openStreams(t, dir), text, "one")
	if bytes.Contains(sealed, []byte("Canarywell")) {
		t.Fatal("it can be read")
	}
	again := openStreams(t, dir) // as after a restart
	if got, err := unseal(again, sealed, "one"); err != nil || got != text {
		t.Errorf("opened as %d letters, %v", len(got), err)
	}
	if _, err := unseal(again, sealed, "two"); err == nil {
		t.Error("one file opens in the place of another")
	}
	if _, err := unseal(openStreams(t, t.TempDir()), sealed, "one"); err == nil {
		t.Error("another key opens it")
	}
	keys, err := os.ReadFile(filepath.Join(dir, "file-keys.json"))
	if err != nil || !bytes.Contains(keys, []byte("encryptedKeyset")) || bytes.Contains(keys, []byte("keyData")) {
		t.Errorf("the keys of files lie open: %v", err)
	}
}

func TestStreamsAfterANewKey(t *testing.T) {
	dir := t.TempDir()
	first := openStreams(t, dir)
	before := seal(t, first, "before", "x")
	if err := RotateStreams(filepath.Join(dir, "file-keys.json"), open(t, filepath.Join(dir, "keys.json"))); err != nil {
		t.Fatal(err)
	}
	next := openStreams(t, dir)
	after := seal(t, next, "after", "x")
	for text, sealed := range map[string][]byte{"before": before, "after": after} {
		if got, err := unseal(next, sealed, "x"); err != nil || got != text {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	if _, err := unseal(first, after, "x"); err == nil {
		t.Error("the old key seals still")
	}
}

// The box's own key may change too: it opens what the old one sealed.
func TestStreamsAfterANewBox(t *testing.T) {
	dir := t.TempDir()
	sealed := seal(t, openStreams(t, dir), "x", "x")
	if err := Rotate(filepath.Join(dir, "keys.json")); err != nil {
		t.Fatal(err)
	}
	if got, err := unseal(openStreams(t, dir), sealed, "x"); err != nil || got != "x" {
		t.Error(got, err)
	}
	if err := RotateStreams(filepath.Join(dir, "none.json"), open(t, filepath.Join(dir, "keys.json"))); err == nil {
		t.Error("a file that is not there got a new key")
	}
	if err := os.WriteFile(filepath.Join(dir, "file-keys.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStreams(filepath.Join(dir, "file-keys.json"), open(t, filepath.Join(dir, "keys.json"))); err == nil {
		t.Error("a broken file of keys opens")
	}
}
