package secret

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, path string) *Box {
	t.Helper()
	b, err := OpenBox(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	box := open(t, path)
	sealed, err := box.Seal([]byte("JBSWY3DPEHPK3PXP"), []byte("usr_1"))
	if err != nil || bytes.Contains(sealed, []byte("JBSWY3")) || bytes.Contains(sealed, []byte("usr_1")) {
		t.Fatalf("sealed as %q, %v", sealed, err)
	}
	again := open(t, path) // as after a restart
	plain, err := again.Open(sealed, []byte("usr_1"))
	if err != nil || string(plain) != "JBSWY3DPEHPK3PXP" {
		t.Errorf("opened as %q, %v", plain, err)
	}
	if _, err := again.Open(sealed, []byte("usr_2")); err == nil {
		t.Error("one person's secret opens as another's")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := again.Open(sealed, []byte("usr_1")); err == nil {
		t.Error("a changed secret opens")
	}
	if _, err := open(t, filepath.Join(t.TempDir(), "keys.json")).Open(sealed, []byte("usr_1")); err == nil {
		t.Error("another key opens it")
	}
	if _, err := again.Open(nil, nil); err == nil {
		t.Error("nothing opens")
	}
}

func TestKeyFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBox(path); err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) {
		t.Errorf("a key file that others can read: %v", err)
	}
}

func TestKeyFilesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{damaged, filepath.Join(dir, "missing", "keys.json"), dir} {
		if _, err := OpenBox(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if text, err := os.ReadFile(damaged); err != nil || string(text) != "{" {
		t.Error("a damaged key file was replaced, and with it the only copy of the keys")
	}
	if err := Rotate(filepath.Join(dir, "none")); err == nil {
		t.Error("keys that are not there were rotated")
	}
}

// Two processes that start at once agree on the keys.
func TestBoxesMadeAtOnceShareTheirKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	boxes := make([]*Box, 16)
	var wg sync.WaitGroup
	for i := range boxes {
		wg.Go(func() {
			var err error
			if boxes[i], err = OpenBox(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed, err := boxes[0].Seal([]byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range boxes {
		if _, err := b.Open(sealed, nil); err != nil {
			t.Fatal("two boxes have two keys")
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v: only the key file should be left", left, err)
	}
}

func TestRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	old, err := open(t, path).Seal([]byte("before"), []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := Rotate(path); err != nil {
		t.Fatal(err)
	}
	box := open(t, path)
	if plain, err := box.Open(old, []byte("a")); err != nil || string(plain) != "before" {
		t.Errorf("what was sealed before opens as %q, %v", plain, err)
	}
	sealed, err := box.Seal([]byte("after"), []byte("a"))
	if err != nil || bytes.Equal(sealed[:5], old[:5]) { // where the key's id stands
		t.Errorf("the old key still seals: %v", err)
	}
}
