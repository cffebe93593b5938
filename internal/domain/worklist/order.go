package worklist

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// sorts are the columns of each order, and whether it falls.
var sorts = map[Sort]struct {
	columns []string
	falls   bool
}{
	ByDue:     {[]string{"orders.sort_due", "orders.id"}, false},
	ByEntered: {[]string{"orders.received_at", "orders.id"}, true},
	ByPatient: {[]string{"orders.last_key", "orders.first_key", "orders.id"}, false},
	ByStatus:  {[]string{"orders.status", "orders.sort_due", "orders.id"}, false},
}

// SortedBy is the order a list really has: a search by name reads by name,
// whose index it walks.
func (q Query) SortedBy() Sort {
	if q.Sort == "" && (q.Term.Kind == Name || q.Exact.Last != "") {
		return ByPatient
	}
	if _, ok := sorts[q.Sort]; !ok {
		return ByDue
	}
	return q.Sort
}

func (l Line) key(s Sort) []any {
	switch s {
	case ByEntered:
		return []any{l.Received, string(l.ID)}
	case ByPatient:
		return []any{l.lastKey, l.firstKey, string(l.ID)}
	case ByStatus:
		return []any{string(l.Status), l.sortDue, string(l.ID)}
	}
	return []any{l.sortDue, string(l.ID)}
}

func cursor(l Line, s Sort) string {
	text, err := json.Marshal(l.key(s))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// place reads a cursor back; anything that is none begins at the start.
func place(text string, s Sort) []any {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return nil
	}
	var key []any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if d.Decode(&key) != nil || len(key) != len(sorts[s].columns) {
		return nil
	}
	for i, v := range key {
		switch t := v.(type) {
		case json.Number:
			n, err := t.Int64()
			if err != nil {
				return nil
			}
			key[i] = n
		case string:
			if s == ByEntered && i == 0 {
				at, err := time.Parse(time.RFC3339Nano, t)
				if err != nil {
					return nil
				}
				key[i] = at
			}
		default:
			return nil
		}
	}
	return typed(key, s)
}

// typed refuses a cursor whose values are not of the columns' types.
func typed(key []any, s Sort) []any {
	number := map[Sort]int{ByDue: 0, ByStatus: 1}
	for i, v := range key {
		_, isNumber := v.(int64)
		at, wants := number[s]
		if isNumber != (wants && i == at) {
			return nil
		}
	}
	return key
}
