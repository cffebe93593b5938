package peer

import (
	"slices"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
)

// A shelf keeps where calls of each length could start with each reviewer, as
// the rows of an index, for one long horizon. A row is computed again when
// something it was made of is another: the reviewer's hours, time off, calls,
// holds or numbers, or the time at which a hold of theirs ends. Nothing has to
// be told to it.
type shelf struct {
	mu   sync.Mutex
	in   Horizon
	rows *Index // of all in place
	of   map[account.PersonID]*shelved
}

// shelved is what a row was made of.
type shelved struct {
	place       int
	made, until time.Time // until is zero if it holds for ever
	busy        *busy
	weekly      []Weekly
	off         []Span
	candidate   candidate
}

// shelfDays are kept ahead: more than most programs offer. A longer horizon
// makes the shelf longer.
const shelfDays = 32

func newShelf() *shelf { return &shelf{of: map[account.PersonID]*shelved{}} }

// index is that of some reviewers' free time in in, or a little more.
func (w work) index(in Horizon, people []candidate) *Index {
	if w.shelf == nil || !w.shelf.keeps(w.now, in) {
		hours := make([]Hours, len(people))
		for i, c := range people {
			hours[i] = w.hours(c)
		}
		return NewIndex(in, hours)
	}
	aside := make([]int, 0, 4)
	for i, c := range people {
		if w.apart(c.id) {
			aside = append(aside, i)
		}
	}
	x := w.shelf.take(w, in, people)
	for _, i := range aside {
		x.Set(i, w.hours(people[i]))
	}
	return x
}

// keeps reports whether a horizon begins today, as UTC counts, or later.
func (s *shelf) keeps(now time.Time, in Horizon) bool { return in.first >= today(now) }

func today(now time.Time) int64 {
	const day = int64(24 * time.Hour / Quantum)
	return floorDiv(now.Unix()/quantumSec, day) * day
}

// apart reports whether what keeps a reviewer busy is different for this one
// call: a hold of the person's own, the call being moved, a time that can't be
// put back any more, or calls that are only planned.
func (w work) apart(id account.PersonID) bool {
	if _, planned := w.calls[id]; planned {
		return true
	}
	b := w.diaries[id]
	if b == nil {
		return false
	}
	moving := func(e entry) bool { return e.id == string(w.call) }
	return w.draft != "" && slices.ContainsFunc(b.holds, func(e entry) bool { return e.id == w.draft }) ||
		w.call != "" && (slices.ContainsFunc(b.between(w.from, w.to), moving) || slices.ContainsFunc(b.old, moving)) ||
		slices.ContainsFunc(b.old, func(e entry) bool {
			return slices.ContainsFunc(e.orders, func(o order.ID) bool { return slices.Contains(w.about, o) })
		})
}

// take copies the rows of some reviewers, in their order, for all words that
// in touches.
func (s *shelf) take(w work, in Horizon, people []candidate) *Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reach(w.now, in)
	first := int(in.first-s.in.first) / block
	last := int(ceilDiv(in.first+int64(in.n)-s.in.first, block))
	x := emptyIndex(Horizon{s.in.first + int64(first)*block, (last - first) * block}, len(people))
	plain := work{times: w.times, diaries: w.diaries, now: w.now, from: s.in.From().Add(-weekAround), to: s.in.Until().Add(weekAround),
		calls: map[account.PersonID][]kept{}, holds: map[account.PersonID][]kept{}}
	for i, c := range people {
		place := s.row(plain, c)
		for length := range lengths {
			copy(x.row(length, i), s.rows.row(length, place)[first:last])
		}
	}
	return x
}

// reach begins the shelf anew if it doesn't begin today or ends too early.
func (s *shelf) reach(now time.Time, in Horizon) {
	first, end := today(now), max(in.first+int64(in.n), today(now)+int64(shelfDays*24*time.Hour/Quantum))
	if s.rows != nil && s.in.first == first && s.in.first+int64(s.in.n) >= in.first+int64(in.n) {
		return
	}
	s.in = Horizon{first, int(ceilDiv(end-first, block) * block)}
	s.rows, s.of = emptyIndex(s.in, 0), map[account.PersonID]*shelved{}
}

// row returns the place of a reviewer's row, which is right as of now.
func (s *shelf) row(w work, c candidate) (place int) {
	now := &shelved{place: len(s.of), made: w.now, busy: w.diaries[c.id], weekly: w.weekly[c.id], off: w.closed(c.id), candidate: c}
	if old, ok := s.of[c.id]; ok {
		if old.same(now) {
			return old.place
		}
		now.place = old.place
	} else {
		for length := range s.rows.rows {
			s.rows.rows[length] = append(s.rows.rows[length], make([]uint64, s.rows.words)...)
		}
	}
	now.until = now.busy.end(w.now)
	s.of[c.id] = now
	s.rows.Set(now.place, w.hours(c))
	return now.place
}

// same reports whether a row that was made before can stand for one made now.
func (s *shelved) same(now *shelved) bool {
	a, b := s.candidate, now.candidate
	return s.busy == now.busy && one(s.weekly, now.weekly) && one(s.off, now.off) && !now.made.Before(s.made) && (s.until.IsZero() || now.made.Before(s.until)) &&
		a.zone == b.zone && a.daily == b.daily && a.weekly == b.weekly && a.gap == b.gap
}

// one reports whether two slices are one and the same.
func one[T any](a, b []T) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// end is when the first of the holds that stand ends, zero if there is none.
func (b *busy) end(now time.Time) (first time.Time) {
	if b == nil {
		return first
	}
	for _, all := range [][]entry{b.holds, b.old} {
		for _, e := range all {
			if e.till.After(now) && (first.IsZero() || e.till.Before(first)) {
				first = e.till
			}
		}
	}
	return first
}
