package secret

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
)

func TestASignerStaysTheSame(t *testing.T) {
	dir := t.TempDir()
	box, err := OpenBox(filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "signing-seed")
	one, err := OpenSigner(path, box)
	if err != nil {
		t.Fatal(err)
	}
	two, err := OpenSigner(path, box)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("what was said")
	if !two.Verify(text, one.Sign(text)) || two.Verify([]byte("something else"), one.Sign(text)) {
		t.Error("the signature doesn't tell one text from another")
	}
	if !bytes.Equal(one.MAC("a", text), two.MAC("a", text)) || bytes.Equal(one.MAC("a", text), one.MAC("b", text)) {
		t.Error("hashes must be the same for one purpose and differ for two")
	}
	block, _ := pem.Decode(one.PublicKey())
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil || !ed25519.Verify(public.(ed25519.PublicKey), text, one.Sign(text)) {
		t.Errorf("others can't verify: %v", err)
	}
}

func TestASignerNeedsItsBox(t *testing.T) {
	dir := t.TempDir()
	boxes := make([]*Box, 2)
	for i, name := range []string{"one.json", "two.json"} {
		var err error
		if boxes[i], err = OpenBox(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "signing-seed")
	if _, err := OpenSigner(path, boxes[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSigner(path, boxes[1]); err == nil {
		t.Error("another box opens it")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSigner(path, boxes[0]); err == nil {
		t.Error("a file that others can read is taken")
	}
}
