package web

import (
	"encoding/base64"

	"parley/internal/infra/secret"
)

// What people search by is often a member's name, ID or birth date, and an
// address stays in the browser's history. So forms post what was typed, and the
// address of what was found carries it sealed: it can still be kept, shared with
// a colleague and gone back to, but says nothing (ASVS 14.2.1).

// Seal is text so that it can stand in an address for a purpose and say
// nothing.
func Seal(box *secret.Box, purpose, text string) (string, error) {
	sealed, err := box.Seal([]byte(text), []byte(purpose))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// Unseal is what was sealed for a purpose; "" for anything else, such as an
// address from before the key changed.
func Unseal(box *secret.Box, purpose, s string) string {
	sealed, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(sealed) == 0 {
		return ""
	}
	plain, err := box.Open(sealed, []byte(purpose))
	if err != nil {
		return ""
	}
	return string(plain)
}
