package db

import "strings"

// A dialect holds every difference between the two databases that a
// statement can show. Keep it this short.
type dialect struct {
	name       string
	skipLocked string // claims a queue row without waiting for another worker
	forUpdate  string // holds a row until the transaction ends
	batches    bool   // several statements can go in one message
}

var (
	postgres = dialect{
		name: "postgres", skipLocked: "for update skip locked", forUpdate: "for update",
		batches: true,
	}
	lite = dialect{name: "sqlite"} // one writer at a time: nothing to lock or skip
)

func (d dialect) expand(q string) string {
	if !strings.Contains(q, "{{") {
		return q
	}
	q = strings.ReplaceAll(q, "{{skip locked}}", d.skipLocked)
	return strings.ReplaceAll(q, "{{for update}}", d.forUpdate)
}
