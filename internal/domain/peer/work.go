package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// work is what keeps reviewers busy.
type work struct {
	times
	calls map[account.PersonID][]kept // not canceled, by start
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
	h := Hours{Weekly: w.weekly[c.id], Off: w.off[c.id], Before: c.gap, After: c.gap}
	for _, s := range w.calls[c.id] {
		if s.live {
			h.Claimed = append(h.Claimed, within(s.Span)...)
		}
	}
	for _, s := range w.holds[c.id] {
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
	for _, s := range w.calls[c.id] {
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

// loadWork reads hours, time off, calls and holds that have not ended, each
// in one statement. Claims say the same as calls and holds, row by row; these
// are fewer. around is how much beyond the horizon counts: the rest of a day,
// or of a week where somebody has a number for it. What is held for about, for
// call or for draft is in nobody's way.
func loadWork(ctx context.Context, tx *db.Tx, in Horizon, around time.Duration, about []order.ID, call ID, draft string) (work, error) {
	w := work{calls: map[account.PersonID][]kept{}, holds: map[account.PersonID][]kept{}}
	var err error
	if w.times, err = timesOf(ctx, tx); err != nil {
		return w, err
	}
	type span struct {
		of account.PersonID
		kept
	}
	calls, err := db.All(ctx, tx, func(r db.Row) (s span, err error) {
		var status Status
		err = r.Scan((*string)(&s.of), &s.Start, &s.End, (*string)(&status))
		s.live = status.Live()
		return s, err
	}, `select reviewer_id, starts_at, ends_at, status from call where starts_at >= $1 and starts_at < $2 and reviewer_id is not null
			and status <> 'cancelled' and id <> $3 order by starts_at, id`, in.From().Add(-around), in.Until().Add(around), string(call))
	for _, s := range calls {
		w.calls[s.of] = append(w.calls[s.of], s.kept)
	}
	if err != nil {
		return w, err
	}
	if err := w.loadUndo(ctx, tx, in, around, about); err != nil {
		return w, err
	}
	holds, err := db.All(ctx, tx, func(r db.Row) (s span, err error) {
		var minutes int
		err = r.Scan((*string)(&s.of), &s.Start, &minutes, &s.till)
		s.End = s.Start.Add(time.Duration(minutes) * time.Minute)
		return s, err
	}, `select reviewer_id, starts_at, minutes, held_until from call_draft
		where held_until > $1 and reviewer_id <> '' and starts_at is not null and id <> $2 order by id`, tx.Now(), draft)
	for _, s := range holds {
		w.holds[s.of] = append(w.holds[s.of], s.kept)
	}
	return w, err
}

// loadUndo reads the old times of calls that can still be put back: such a
// time is taken. For the orders that the call is about it is free: who goes on
// undoes no more.
func (w work) loadUndo(ctx context.Context, tx *db.Tx, in Horizon, around time.Duration, about []order.ID) error {
	type old struct {
		of account.PersonID
		kept
	}
	list, args := db.In(4, about)
	all, err := db.All(ctx, tx, func(r db.Row) (o old, err error) {
		var day, week bool
		err = r.Scan((*string)(&o.of), &o.Start, &o.End, &day, &week)
		o.live, o.offDay, o.offWeek = true, !day, !week
		return o, err
	}, `select reviewer_id, starts_at, ends_at, on_day, on_week from call_undo
		where state = 'open' and until > $1 and call_id not in (select call_id from call_order where order_id in `+list+`) and reviewer_id <> '' and starts_at >= $2 and starts_at < $3`,
		append([]any{tx.Now(), in.From().Add(-around), in.Until().Add(around)}, args...)...)
	for _, o := range all {
		w.calls[o.of] = append(w.calls[o.of], o.kept)
	}
	return err
}
