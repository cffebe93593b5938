// Package secret keeps what nobody else may know: passwords as hashes, tokens
// that open a door once, and data sealed with a key that lies beside the
// database and not in it.
package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one argon2id hash takes. The figures are OWASP's for a server
// that many people sign in to at once.
type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

var current = cost{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltLength, hashLength = 16, 32
	longest                = 4096 // bytes; far beyond any password we let people choose
)

// seats bounds how many hashes are computed at once. More would not finish
// sooner, and each holds 19 MiB while it waits for a processor.
var seats = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

func (c cost) key(password string, salt []byte) []byte {
	seats <- struct{}{}
	defer func() { <-seats }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.time, c.memory, c.threads, hashLength)
}

// Hash returns what to store for a password, in the PHC string format. The
// same characters typed on another keyboard, composed otherwise, match too.
func Hash(password string) (string, error) {
	if len(password) > longest {
		return "", errors.New("secret: the password is too long to hash")
	}
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails; see crypto/rand
	return current.format(salt, current.key(password, salt)), nil
}

func (c cost) format(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.memory, c.time, c.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// Verify reports whether hash is of password.
func Verify(hash, password string) bool {
	c, salt, key, err := parse(hash)
	if err != nil || len(password) > longest {
		return false
	}
	return subtle.ConstantTimeCompare(c.key(password, salt), key) == 1
}

// Stale reports whether a hash should be replaced by a new one the next time
// its password is at hand, because passwords are hashed otherwise today.
func Stale(hash string) bool {
	c, salt, _, err := parse(hash)
	return err != nil || c != current || len(salt) != saltLength
}

// Decoy takes as long as Verify does and finds nothing. It is for an address
// that has no account, so that the time of the answer does not tell.
func Decoy(password string) {
	if len(password) <= longest {
		current.key(password, make([]byte, saltLength))
	}
}

// parse reads a PHC string. It refuses a cost that would bring the server
// down, wherever that came from.
func parse(hash string) (c cost, salt, key []byte, err error) {
	var version int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, errors.New("secret: not an argon2id hash")
	}
	_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads)
	salt, err3 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err4 := base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return c, nil, nil, fmt.Errorf("secret: not an argon2id hash: %w", err)
	}
	if version != argon2.Version || c.memory > 1<<20 || c.time < 1 || c.time > 16 || c.threads < 1 || c.threads > 16 || len(key) != hashLength {
		return c, nil, nil, errors.New("secret: an argon2id hash of a kind we do not make")
	}
	return c, salt, key, nil
}
