package db

import (
	"fmt"
	"strconv"
	"time"
)

func placeholder(n int) string { return "$" + strconv.Itoa(n) }

// A valuer says how it is stored. Dates do, as text that sorts.
type valuer interface{ DBValue() any }

// values puts every time in UTC at the precision both databases keep, because
// SQLite compares times as text, and asks valuers how they are stored.
func values(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = value(a)
	}
	return out
}

func value(a any) any {
	switch t := a.(type) {
	case time.Time:
		return t.UTC().Truncate(time.Microsecond)
	case *time.Time:
		if t == nil {
			return nil
		}
		return t.UTC().Truncate(time.Microsecond)
	case valuer:
		return t.DBValue()
	}
	return a
}

// row lets a plain time.Time receive what SQLite returns as text, and a
// string, number or bool what the database holds as null: an empty one.
type row struct{ Row }

func (r row) Scan(dest ...any) error {
	held := make([]any, len(dest))
	for i, d := range dest {
		held[i] = receiver(d)
	}
	return r.Row.Scan(held...)
}

func receiver(d any) any {
	switch t := d.(type) {
	case *time.Time:
		return (*timeText)(t)
	case **time.Time:
		return nullTime{t}
	case *string:
		return nullText{t}
	}
	return d
}

type nullText struct{ p *string }

func (n nullText) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*n.p = ""
	case string:
		*n.p = v
	case []byte:
		*n.p = string(v)
	case int64:
		*n.p = strconv.FormatInt(v, 10)
	default:
		return fmt.Errorf("cannot read %T as text", v)
	}
	return nil
}

type timeText time.Time

const liteTime = "2006-01-02 15:04:05.999999999-07:00"

func (t *timeText) Scan(v any) error {
	switch v := v.(type) {
	case time.Time:
		*t = timeText(v.UTC())
		return nil
	case string:
		p, err := time.Parse(liteTime, v)
		*t = timeText(p.UTC())
		return err
	case nil:
		*t = timeText{}
		return nil
	}
	return fmt.Errorf("cannot read %T as a time", v)
}

type nullTime struct{ p **time.Time }

func (n nullTime) Scan(v any) error {
	if v == nil {
		*n.p = nil
		return nil
	}
	*n.p = new(time.Time)
	return (*timeText)(*n.p).Scan(v)
}
