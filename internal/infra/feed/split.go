package feed

import (
	"errors"
	"fmt"
	"strings"
)

var (
	errOpen   = errors.New("has a quotation mark that is not closed")
	errMiddle = errors.New("has a quotation mark in the middle of a field")
)

// Fields splits a line of comma-separated values and appends them to into.
func Fields(line string, into []string) ([]string, error) {
	for {
		field, rest, more, err := first(line)
		if err != nil {
			return into, err
		}
		into = append(into, field)
		if !more {
			return into, nil
		}
		line = rest
	}
}

// first cuts the first field off a line; more says whether a comma follows it.
func first(line string) (field, rest string, more bool, err error) {
	if strings.HasPrefix(line, `"`) {
		return quoted(line[1:])
	}
	field, rest, more = strings.Cut(line, ",")
	if strings.Contains(field, `"`) {
		return "", "", false, errMiddle
	}
	return field, rest, more, nil
}

// quoted cuts a field whose opening mark is gone. A mark inside is doubled.
func quoted(s string) (field, rest string, more bool, err error) {
	for end := 0; ; end += 2 {
		i := strings.IndexByte(s[end:], '"')
		if i < 0 {
			return "", "", false, errOpen
		}
		if end += i; end+1 < len(s) && s[end+1] == '"' {
			continue
		}
		field, rest = strings.ReplaceAll(s[:end], `""`, `"`), s[end+1:]
		if rest == "" {
			return field, "", false, nil
		}
		if rest[0] != ',' {
			return "", "", false, errMiddle
		}
		return field, rest[1:], true, nil
	}
}

func countText(has, wants int) string {
	return fmt.Sprintf("has %d fields where the header has %d", has, wants)
}
