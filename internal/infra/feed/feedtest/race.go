//go:build race

package feedtest

// Race reports whether the race detector is on, under which a file of 100,000
// lines takes minutes.
const Race = true
