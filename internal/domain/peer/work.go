package peer

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// work is what keeps reviewers busy.
type work struct {
	*times
	shelf    *shelf // nil remembers no rows
	diaries  map[account.PersonID]*busy
	now      time.Time
	from, to time.Time // in which calls matter
	about    []order.ID
	call     ID
	draft    string

	calls map[account.PersonID][]kept // see callsOf
	holds map[account.PersonID][]kept
}

// A kept span is a call's, or a hold's with its end.
type kept struct {
	Span
	live bool      // it is to come: a call that is over only counts on its day and week
	till time.Time // of a hold

	// A time that can still be put back counts only where the call's new one
	// doesn't count already.
	offDay, offWeek bool
}

// hours are when c is free, as the index reads them.
func (w work) hours(c candidate) Hours {
	h := Hours{Weekly: w.weekly[c.id], Off: w.closed(c.id), Before: c.gap, After: c.gap}
	for _, s := range w.callsOf(c.id) {
		if s.live {
			h.Claimed = append(h.Claimed, within(s.Span)...)
		}
	}
	for _, s := range w.holdsOf(c.id) {
		h.Claimed = append(h.Claimed, within(s.Span)...)
	}
	perDay, perWeek := w.counted(c)
	for day, n := range perDay {
		if n >= c.daily {
			h.Full = append(h.Full, Span{civil.Start(day, 0, c.zone), civil.EndOfDay(day, c.zone)})
		}
	}
	for monday, n := range perWeek {
		if c.weekly > 0 && n >= c.weekly {
			h.Full = append(h.Full, Span{civil.Start(monday, 0, c.zone), civil.EndOfDay(monday.AddDays(6), c.zone)})
		}
	}
	return h
}

// counted are c's calls by day and by week, as caps see them.
func (w work) counted(c candidate) (perDay, perWeek map[civil.Date]int) {
	perDay, perWeek = map[civil.Date]int{}, map[civil.Date]int{}
	for _, s := range w.callsOf(c.id) {
		day := civil.DateIn(s.Start, c.zone)
		if !s.offDay {
			perDay[day]++
		}
		if !s.offWeek {
			perWeek[weekOf(day)]++
		}
	}
	return perDay, perWeek
}

// weekOf is the Monday on or before a day.
func weekOf(day civil.Date) civil.Date { return day.AddDays(-(int(day.Weekday()) + 6) % 7) }

func within(s Span) []int64 {
	return quantaOf(Slot{Start: s.Start, Minutes: int(s.End.Sub(s.Start).Minutes())})
}

// loadWork says what keeps reviewers busy. around is how much beyond the
// horizon counts: the rest of a day, or of a week where somebody has a number
// for it. What is held for about, for call or for draft is in nobody's way.
func loadWork(ctx context.Context, tx *db.Tx, in Horizon, around time.Duration, about []order.ID, call ID, draft string) (work, error) {
	w := work{now: tx.Now(), shelf: db.Keep(tx, newShelf)}
	var err error
	if w.times, err = timesOf(ctx, tx); err != nil {
		return w, err
	}
	w.diaries, err = diaries(ctx, tx)
	return w.of(in, around, about, call, draft), err
}

// of is the same of other orders, or of another call.
func (w work) of(in Horizon, around time.Duration, about []order.ID, call ID, draft string) work {
	w.from, w.to = in.From().Add(-around), in.Until().Add(around)
	w.about, w.call, w.draft = about, call, draft
	w.calls, w.holds = map[account.PersonID][]kept{}, map[account.PersonID][]kept{}
	return w
}

// callsOf are a reviewer's calls, with the old times of those that can still
// be put back: such a time is taken. For the orders that the call is about it
// is free: who goes on undoes no more.
func (w work) callsOf(id account.PersonID) []kept {
	if known, ok := w.calls[id]; ok {
		return known
	}
	var all []kept
	for _, e := range w.diaries[id].between(w.from, w.to) {
		if e.id != string(w.call) {
			all = append(all, e.kept)
		}
	}
	if b := w.diaries[id]; b != nil {
		for _, e := range b.old {
			mine := slices.ContainsFunc(e.orders, func(o order.ID) bool { return slices.Contains(w.about, o) })
			if e.till.After(w.now) && !mine && !e.Start.Before(w.from) && e.Start.Before(w.to) {
				all = append(all, e.kept)
			}
		}
	}
	w.calls[id] = all
	return all
}

// holdsOf are the times that offices hold with a reviewer.
func (w work) holdsOf(id account.PersonID) []kept {
	if known, ok := w.holds[id]; ok {
		return known
	}
	var all []kept
	if b := w.diaries[id]; b != nil {
		for _, e := range b.holds {
			if e.till.After(w.now) && e.id != w.draft {
				all = append(all, e.kept)
			}
		}
	}
	w.holds[id] = all
	return all
}
