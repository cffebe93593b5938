package secret

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A Signer says that something came from this installation. Whoever has the
// database but not the keys can make neither its signatures nor its hashes.
type Signer struct {
	key    ed25519.PrivateKey
	public []byte
}

// seedFor is what the file of a Signer is sealed for.
var seedFor = []byte("seed of signatures")

// OpenSigner reads the seed at path, which box has sealed. If there is no such
// file it makes one. It never changes: what was hashed with it must verify for
// as long as it is kept.
func OpenSigner(path string, box *Box) (*Signer, error) {
	seed, err := readSeed(path, box)
	if errors.Is(err, fs.ErrNotExist) {
		seed, err = makeSeed(path, box)
	}
	if err == nil && len(seed) != ed25519.SeedSize {
		err = errors.New("it has the wrong length")
	}
	if err != nil {
		return nil, fmt.Errorf("secret: the seed of signatures %s: %w", path, err)
	}
	key := ed25519.NewKeyFromSeed(seed)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	return &Signer{key: key, public: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})}, nil
}

// Sign returns the Ed25519 signature of text.
func (s *Signer) Sign(text []byte) []byte { return ed25519.Sign(s.key, text) }

// Verify reports whether signature is s's of text.
func (s *Signer) Verify(text, signature []byte) bool {
	return ed25519.Verify(s.key.Public().(ed25519.PublicKey), text, signature)
}

// PublicKey is what others verify signatures with, in PEM.
func (s *Signer) PublicKey() []byte { return bytes.Clone(s.public) }

// MAC is an HMAC-SHA256 of text by a key of its own for each purpose, so that
// what is made for one never passes for another.
func (s *Signer) MAC(purpose string, text []byte) []byte {
	return mac(mac(s.key.Seed(), []byte(purpose)), text)
}

// SameMAC reports whether two MACs are the same, in a time that doesn't tell
// where they differ.
func SameMAC(a, b []byte) bool { return hmac.Equal(a, b) }

func mac(key, text []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(text)
	return m.Sum(nil)
}

func readSeed(path string, box *Box) ([]byte, error) {
	sealed, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	return box.Open(sealed, seedFor)
}

// makeSeed is makeKeys for a seed that box seals.
func makeSeed(path string, box *Box) ([]byte, error) {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // it never fails
	sealed, err := box.Seal(seed, seedFor)
	if err != nil {
		return nil, err
	}
	err = putFile(path, sealed, os.Link) // which, unlike a rename, refuses to replace
	if errors.Is(err, fs.ErrExist) {
		return readSeed(path, box)
	}
	return seed, err
}
