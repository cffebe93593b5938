package letter

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// A Source is a template as people write it: what letters it is for, and its
// text. When it is published it gets its version and the day since when it
// holds.
type Source struct {
	ID string
	Case
	Off  bool
	Text string // without its description
}

// Source is what was written for t.
func (t *Template) Source() Source {
	_, body, _ := strings.Cut(strings.ReplaceAll(t.Text, "\r\n", "\n"), "\n\n")
	return Source{t.ID, t.Case(), t.Off, Tidy(body)}
}

// Tidy is a text as it is kept: no spaces behind lines, no empty lines around.
func Tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// File is s as a file that Read reads.
func (s Source) File(version string, from civil.Date) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(strings.Fields(value), " "))
		}
	}
	line("id", s.ID)
	line("version", version)
	line("kind", string(s.Kind))
	line("audience", string(s.Audience))
	line("language", s.Language)
	line("plan", s.Plan)
	line("line", s.Line)
	line("state", s.State)
	line("from", from.String())
	if s.Off {
		line("off", "yes")
	}
	return b.String() + "\n" + Tidy(s.Text) + "\n"
}

// Read is s as a template that letters can be drawn from. It isn't published,
// and the day doesn't matter.
func (s Source) Read() (*Template, error) { return Read(s.File("draft", must(2026, 1, 1))) }

// Renew publishes s as the next version of its template, which holds at once.
// The faults are those of Publish.
func Renew(ctx context.Context, tx *db.Tx, by account.Actor, s Source) (*Template, error) {
	all, err := templates(ctx, tx)
	if err != nil {
		return nil, err
	}
	was, err := currentOf(ctx, tx, s.ID)
	if err != nil {
		return nil, err
	}
	from, err := atOnce(tx, was)
	if err != nil {
		return nil, err
	}
	t, _, err := Publish(ctx, tx, by, s.File(nextVersion(all, s.ID, from.Year), from))
	return t, err
}

// nextVersion is the number of a year's next version: "2026.3".
func nextVersion(all []*Template, id string, year int) string {
	most := 0
	for _, t := range all {
		in, n, _ := strings.Cut(t.Version, ".")
		if number, err := strconv.Atoi(n); err == nil && t.ID == id && in == strconv.Itoa(year) {
			most = max(most, number)
		}
	}
	return strconv.Itoa(year) + "." + strconv.Itoa(most+1)
}

// Set has a template be as a file of the configuration says, and leaves it alone
// if it is so. Where its version is published with other words, or wouldn't
// count, it becomes the next version. The faults are those of Publish.
func Set(ctx context.Context, tx *db.Tx, by account.Actor, s Source, version string, from civil.Date) error {
	all, err := templates(ctx, tx)
	if err != nil {
		return err
	}
	today, err := Today(tx)
	if err != nil {
		return err
	}
	taken := false
	for _, t := range all {
		if t.ID == s.ID && t.Version == version {
			if t.From == from && t.Source() == s && today.Before(from) {
				return nil
			}
			taken = true
		}
	}
	if today.Before(from) {
		_, _, err := Publish(ctx, tx, by, s.File(version, from))
		return err
	}
	now, err := currentOf(ctx, tx, s.ID)
	if err != nil || now != nil && now.Own && now.Source() == s {
		return err
	}
	if taken || now != nil && now.Own && from.Before(now.From) {
		_, err = Renew(ctx, tx, by, s)
		return err
	}
	_, _, err = Publish(ctx, tx, by, s.File(version, from))
	return err
}
