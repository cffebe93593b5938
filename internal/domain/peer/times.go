package peer

import (
	"context"
	"maps"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// times are when reviewers work, and when they are off. They are shared:
// nobody may change them.
type times struct {
	weekly map[account.PersonID][]Weekly
	off    map[account.PersonID][]Span // by start
	busy   map[account.PersonID][]Span // in calendars of their own, by start
	shut   map[account.PersonID][]Span // both, of those who have both
}

// closed is when a reviewer takes no calls whatever the hours: time off, and
// what their own calendars say. It is the same slice as long as nothing of it
// changes.
func (t *times) closed(who account.PersonID) []Span {
	if len(t.busy[who]) == 0 {
		return t.off[who]
	}
	if len(t.off[who]) == 0 {
		return t.busy[who]
	}
	return t.shut[who]
}

// close puts time off and own calendars together.
func (t *times) close() {
	for who, busy := range t.busy {
		both := append(slices.Clone(t.off[who]), busy...)
		slices.SortStableFunc(both, func(a, b Span) int { return a.Start.Compare(b.Start) })
		t.shut[who] = both
	}
}

// without are the times as they would be if a reviewer had a span off.
func (t *times) without(who account.PersonID, off Span) *times {
	changed := &times{t.weekly, maps.Clone(t.off), t.busy, map[account.PersonID][]Span{}} // those that are remembered are everybody's
	changed.off[who] = append(slices.Clone(t.off[who]), off)
	changed.close()
	return changed
}

func newTimes() *times {
	none := func() map[account.PersonID][]Span { return map[account.PersonID][]Span{} }
	return &times{map[account.PersonID][]Weekly{}, none(), none(), none()}
}

// offBack is for how long time off that is over still matters: calls that
// others got meanwhile count as the reviewer's own share.
const offBack = fairDays + 62*24*time.Hour

// timesOf are everybody's, remembered. Time off is read back to the first of a
// month, so that what is remembered holds for as long.
func timesOf(ctx context.Context, tx *db.Tx) (*times, error) {
	since := civil.DateIn(tx.Now().Add(-offBack), time.UTC)
	since.Day = 1
	return db.Remember(ctx, tx, "hours", since.String(), func() (*times, error) {
		t := newTimes()
		if err := t.loadWeekly(ctx, tx); err != nil {
			return t, err
		}
		type span struct {
			of account.PersonID
			Span
		}
		off, err := db.All(ctx, tx, func(r db.Row) (s span, err error) { return s, r.Scan((*string)(&s.of), &s.Start, &s.End) },
			`select person_id, starts_at, ends_at from time_off where ends_at > $1 order by starts_at, id`, civil.Start(since, 0, time.UTC))
		for _, s := range off {
			t.off[s.of] = append(t.off[s.of], s.Span)
		}
		if err != nil {
			return t, err
		}
		if err := t.loadBusy(ctx, tx); err != nil {
			return t, err
		}
		t.close()
		return t, nil
	})
}

func (t *times) loadWeekly(ctx context.Context, tx *db.Tx) error {
	all, err := db.All(ctx, tx, scanHours, `select `+hoursColumns+` from weekly_hours order by person_id, weekday, start_minute, id`)
	for _, h := range all {
		w, zoneErr := h.weekly()
		if zoneErr != nil {
			return zoneErr
		}
		t.weekly[h.PersonID] = append(t.weekly[h.PersonID], w)
	}
	return err
}
