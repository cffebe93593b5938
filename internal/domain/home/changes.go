package home

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/worklist"
	"parley/internal/infra/db"
)

const (
	// away is how long somebody is gone before what they come back to is a new
	// visit.
	away = 4 * time.Hour
	// longest is how far back changes go: who was away for longer reads the list.
	longest = 30 * 24 * time.Hour
)

// Changes are what was decided since by was last here.
type Changes struct {
	Since time.Time // zero at the first visit
	Lines []worklist.Line
	More  bool // there were more than are shown
}

// MostChanges is how many changes Home shows.
const MostChanges = 50

// changes are those since the visit before this one.
func changes(ctx context.Context, tx *db.Tx, by account.Actor, kept map[string]string) (c Changes, err error) {
	c.Since, err = visit(ctx, tx, by, kept[visited])
	if err != nil || c.Since.IsZero() {
		return c, err
	}
	from := c.Since
	if oldest := tx.Now().Add(-longest); from.Before(oldest) {
		from = oldest
	}
	c.Lines, err = worklist.DecidedSince(ctx, tx, by, from, MostChanges+1)
	if len(c.Lines) > MostChanges {
		c.Lines, c.More = c.Lines[:MostChanges], true
	}
	return c, err
}

// visit notes that by is here and says when they were here before: the same all
// through a visit, so that what changed stays on the page while it is read.
func visit(ctx context.Context, tx *db.Tx, by account.Actor, value string) (since time.Time, err error) {
	now := tx.Now()
	before, last := "", ""
	if b, l, ok := strings.Cut(value, " "); ok {
		before, last = b, l
	}
	at, err := time.Parse(time.RFC3339, last)
	first := err != nil
	if !first && now.Sub(at) >= away {
		before = last
	}
	if first {
		before = "-"
	}
	if by.Viewed == nil && (first || now.Sub(at) >= 5*time.Minute) { // a page that is loaded again writes nothing
		value := before + " " + now.UTC().Format(time.RFC3339)
		err := tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error { return account.SetPreference(ctx, tx, by, visited, value) })
		if err != nil {
			return time.Time{}, err
		}
	}
	since, err = time.Parse(time.RFC3339, before)
	if err != nil {
		return time.Time{}, nil
	}
	return since, nil
}
