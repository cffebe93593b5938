package peer

import (
	"math/bits"
	"slices"
	"time"
)

// An Index holds for a number of reviewers at which quarter hours of a
// horizon each could start a call, for every length of call. Reviewers go by
// their number, from 0. Many may read an index at once, but none while Set
// runs.
type Index struct {
	in      Horizon
	almanac almanac
	words   int // of one reviewer's row
	rows    [len(lengths)][]uint64
}

// NewIndex computes the index of reviewers with these hours.
func NewIndex(in Horizon, reviewers []Hours) *Index {
	x := emptyIndex(in, len(reviewers))
	for r, h := range reviewers {
		x.Set(r, h)
	}
	return x
}

func emptyIndex(in Horizon, reviewers int) *Index {
	x := &Index{in: in, almanac: almanac{in, map[*time.Location][]localDay{}, map[stretchOf][]stretch{}}, words: in.n / block}
	for i := range x.rows {
		x.rows[i] = make([]uint64, reviewers*x.words)
	}
	return x
}

// Set computes one reviewer's part anew, after a call of theirs was booked
// or their hours changed.
func (x *Index) Set(reviewer int, h Hours) {
	b, have := h.free(x.almanac), 1
	for i, minutes := range lengths {
		n := minutes / int(Quantum/time.Minute)
		b.erode(have, n)
		have = n
		b.onGrid(x.row(i, reviewer))
	}
	x.close(reviewer, h.Full)
}

// close takes away the starts that lie in the spans.
func (x *Index) close(reviewer int, spans []Span) {
	if len(spans) == 0 {
		return
	}
	open := newBits(x.in)
	open.fill(0, x.in.n, true)
	for _, s := range spans {
		open.clearTouching(s, x.in)
	}
	starts := make([]uint64, x.words)
	open.onGrid(starts)
	for i := range x.rows {
		row := x.row(i, reviewer)
		for k := range row {
			row[k] &= starts[k]
		}
	}
}

func (x *Index) row(length, reviewer int) []uint64 {
	return x.rows[length][reviewer*x.words : (reviewer+1)*x.words]
}

// Reviewers is a set of them, by number.
type Reviewers []uint64

// Add puts a reviewer into the set, which grows as needed.
func (s *Reviewers) Add(reviewer int) {
	for len(*s) <= reviewer/64 {
		*s = append(*s, 0)
	}
	(*s)[reviewer/64] |= 1 << (reviewer % 64)
}

// Has reports whether the reviewer is in the set.
func (s Reviewers) Has(reviewer int) bool {
	return reviewer >= 0 && reviewer/64 < len(s) && s[reviewer/64]>>(reviewer%64)&1 == 1
}

// A Query asks for times of a call.
type Query struct {
	Minutes int       // 15, 30 or 60; anything else finds nothing
	From    time.Time // the call starts no earlier
	Until   time.Time // and is over no later
	Open    Bits      // when the plan answers, see SpansOf; nil is always

	// Tiers are the reviewers who may take the call, those who match it best
	// first. Whoever is in several counts in the first.
	Tiers []Reviewers
}

// limits returns the quarter hours at which q allows a call to start, and
// which of the lengths it is. Both Offers and Candidates go by it.
func (x *Index) limits(q Query) (allowed []uint64, length int, ok bool) {
	length = slices.Index(lengths[:], q.Minutes)
	if length < 0 {
		return nil, 0, false
	}
	quanta := q.Minutes / int(Quantum/time.Minute)
	within := SpansOf([]Span{{q.From, q.Until}}, x.in)
	for i := range within {
		if i < len(q.Open) {
			within[i] &= q.Open[i]
		} else if q.Open != nil {
			within[i] = 0
		}
	}
	allowed = make([]uint64, x.words)
	within.Erode(quanta).onGrid(allowed)
	return allowed, length, true
}

// A Start is a time at which a call can start, and the best tier that has
// someone for it, 1 for the first.
type Start struct {
	At   time.Time
	Tier int
}

// Offers returns every time at which some reviewer of some tier could take
// the call, the earliest first.
func (x *Index) Offers(q Query) []Start {
	allowed, length, ok := x.limits(q)
	if !ok {
		return nil
	}
	tiers := make([]uint64, len(q.Tiers)*x.words)
	for t, set := range q.Tiers {
		x.unite(tiers[t*x.words:(t+1)*x.words], length, set)
	}
	return x.starts(allowed, tiers)
}

// unite adds to acc the starts of all in the set. This is the loop that
// everyone waits for: it reads each reviewer's row once.
func (x *Index) unite(acc []uint64, length int, set Reviewers) {
	reviewers := len(x.rows[length]) / max(1, x.words)
	each(set, func(r int) {
		if r >= reviewers {
			return
		}
		row := x.row(length, r)[:len(acc)]
		for i := range acc {
			acc[i] |= row[i]
		}
	})
}

// starts lists what each tier's bits say.
func (x *Index) starts(allowed, tiers []uint64) []Start {
	any, count := make([]uint64, x.words), 0
	for i := range any {
		for t := i; t < len(tiers); t += x.words {
			any[i] |= tiers[t] & allowed[i]
		}
		count += bits.OnesCount64(any[i])
	}
	found := make([]Start, 0, count)
	each(any, func(i int) {
		tier := 0
		for tiers[tier*x.words+i/64]>>(i%64)&1 == 0 {
			tier++
		}
		found = append(found, Start{x.start(i), tier + 1})
	})
	return found
}

// start returns the instant of the horizon's ith quarter hour.
func (x *Index) start(i int) time.Time { return quantumStart(x.in.first + int64(i)*perStart) }

// A Candidate is a reviewer who could take a call.
type Candidate struct{ Reviewer, Tier int }

// Candidates returns who could take the call if it starts at start, the best
// tier first and then by number. There is at least one exactly if Offers has
// that start.
func (x *Index) Candidates(q Query, start time.Time) []Candidate {
	allowed, length, ok := x.limits(q)
	i, onGrid := x.gridIndex(start)
	if !ok || !onGrid || allowed[i/64]>>(i%64)&1 == 0 {
		return nil
	}
	var found []Candidate
	reviewers := len(x.rows[length]) / x.words
	for t, set := range q.Tiers {
		each(set, func(r int) {
			if r < reviewers && x.row(length, r)[i/64]>>(i%64)&1 == 1 && !inAny(q.Tiers[:t], r) {
				found = append(found, Candidate{r, t + 1})
			}
		})
	}
	return found
}

func inAny(tiers []Reviewers, r int) bool {
	return slices.ContainsFunc(tiers, func(s Reviewers) bool { return s.Has(r) })
}

// gridIndex returns which quarter hour of the horizon t is, if it is one.
func (x *Index) gridIndex(t time.Time) (int, bool) {
	const step = quantumSec * perStart
	i := t.Unix()/step - x.in.first/perStart
	return int(i), t.Unix()%step == 0 && t.Nanosecond() == 0 && i >= 0 && i < int64(x.words*64)
}
