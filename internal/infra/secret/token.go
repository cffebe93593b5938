package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
)

// Token returns a token that nobody can guess, and the hash to store in its
// stead: whoever reads the database cannot use what they find there. The
// token is 256 random bits in letters that need no escaping in an address.
func Token() (plain, hash string) {
	random := make([]byte, 32)
	rand.Read(random) // never fails; see crypto/rand
	plain = base64.RawURLEncoding.EncodeToString(random)
	return plain, HashToken(plain)
}

// HashToken returns the hash under which a token is stored. A token is too
// long to be guessed, so a fast hash will do.
func HashToken(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// Code6 returns six random digits, for a code that is mailed. It is guessed
// in a million tries: let few be made, and let it soon expire.
func Code6() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("secret: " + err.Error()) // crypto/rand does not fail
	}
	return fmt.Sprintf("%06d", n.Int64())
}
