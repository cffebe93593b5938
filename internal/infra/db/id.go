package db

import (
	"strings"

	"github.com/google/uuid"
)

// NewID returns a new identifier such as "ord_0199f3c2e5…": a UUIDv7
// (RFC 9562), so that ids sort roughly in the order they were made. The prefix
// says what it identifies, to a person reading a log and to a test.
func NewID(prefix string) string {
	return prefix + "_" + strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "")
}
