package db

import (
	"database/sql/driver"
	"strings"
)

// SQLite takes "$1" for a name, and looks each up among all when values are
// bound: of a statement that saves many rows that is half the time. "?" has no
// name.

// A placed statement has a "?" for each placeholder, and says which argument
// each stands for.
type placed struct {
	text string
	at   []int // of each "?", the argument's index
}

// place puts "?" for "$n". What stands in quotes or in a comment stays.
func place(query string) placed {
	var text strings.Builder
	var p placed
	for i := 0; i < len(query); {
		end := i + 1
		switch c := query[i]; {
		case c == '\'' || c == '"':
			end = i + 1 + until(query[i+1:], query[i:i+1])
		case c == '-' && strings.HasPrefix(query[i:], "--"):
			end = i + until(query[i:], "\n")
		case c == '$':
			n := 0
			for end < len(query) && '0' <= query[end] && query[end] <= '9' {
				n = 10*n + int(query[end]-'0')
				end++
			}
			if n > 0 {
				p.at = append(p.at, n-1)
				text.WriteByte('?')
				i = end
				continue
			}
		}
		text.WriteString(query[i:end])
		i = end
	}
	p.text = text.String()
	return p
}

// until is the length of s up to and with the first end, all of s without one.
func until(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

// arguments are args in the order of p's placeholders, as they are for a text
// that had none: it may have its own "?".
func (p placed) arguments(args []driver.NamedValue) []driver.NamedValue {
	if len(p.at) == 0 {
		return args
	}
	all := make([]driver.NamedValue, 0, len(p.at))
	for i, at := range p.at {
		if at >= len(args) {
			return args // too few: the database says so
		}
		all = append(all, driver.NamedValue{Ordinal: i + 1, Value: args[at].Value})
	}
	return all
}
