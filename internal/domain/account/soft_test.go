package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"parley/internal/domain/account"
)

// A soft is an authenticator without a device: it makes one passkey and signs
// with it, as WebAuthn asks (level 2, section 6).
type soft struct {
	t       testing.TB
	origin  string
	id      []byte
	key     *ecdsa.PrivateKey
	handle  []byte
	counter uint32
	flags   byte // user present and verified, and what else the test says
}

func newSoft(t testing.TB) *soft {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	rand.Read(id)
	return &soft{t: t, origin: "https://parley.example", id: id, key: key, flags: 0x05}
}

// asks reads what the page was given for the browser.
func (s *soft) asks(c account.Ceremony) (challenge string, user []byte) {
	s.t.Helper()
	text, err := json.Marshal(c.Options)
	if err != nil {
		s.t.Fatal(err)
	}
	var o struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(text, &o); err != nil {
		s.t.Fatal(err)
	}
	user, err = base64.RawURLEncoding.DecodeString(o.User.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return o.Challenge, user
}

func (s *soft) client(kind, challenge string) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": s.origin, "crossOrigin": false})
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func (s *soft) data(flags byte) []byte {
	rp := sha256.Sum256([]byte("parley.example"))
	out := append(rp[:], flags)
	return binary.BigEndian.AppendUint32(out, s.counter)
}

// create answers a request for a new passkey, with no attestation.
func (s *soft) create(c account.Ceremony) string {
	challenge, user := s.asks(c)
	s.handle = user
	auth := append(s.data(s.flags|0x40), make([]byte, 16)...)
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(s.id)))
	auth = append(append(auth, s.id...), s.cose()...)
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(object, 0x64), "none"...)
	object = append(append(object, 0x67), "attStmt"...)
	object = append(append(object, 0xa0, 0x68), "authData"...)
	object = append(object, 0x58, byte(len(auth)))
	object = append(object, auth...)
	return s.answer(map[string]any{"clientDataJSON": b64(s.client("webauthn.create", challenge)), "attestationObject": b64(object)})
}

// cose is the public key as authenticators write it (RFC 9053: EC2, ES256, P-256).
func (s *soft) cose() []byte {
	point, err := s.key.PublicKey.Bytes()
	if err != nil {
		s.t.Fatal(err)
	}
	out := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, point[1:33]...)
	return append(append(out, 0x22, 0x58, 0x20), point[33:]...)
}

// get signs a challenge.
func (s *soft) get(c account.Ceremony) string {
	challenge, _ := s.asks(c)
	s.counter++
	return s.sign(challenge)
}

func (s *soft) sign(challenge string) string {
	client, auth := s.client("webauthn.get", challenge), s.data(s.flags)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(auth, hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, sum[:])
	if err != nil {
		s.t.Fatal(err)
	}
	return s.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(s.data(s.flags)), "signature": b64(signature), "userHandle": b64(s.handle)})
}

func (s *soft) answer(response map[string]any) string {
	text, err := json.Marshal(map[string]any{"id": b64(s.id), "rawId": b64(s.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
