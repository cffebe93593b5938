package peer

import (
	"math/bits"
	"slices"
	"time"
)

// This file and its neighbors slots_hours.go and slots_index.go find free
// times. They know no database and no clock; book and page ask the same
// functions, so that what is offered can be booked and nothing else can.
//
// Time is cut into quanta of five minutes of UTC, numbered from 1970, and a
// reviewer's free time is one bit for each. Calls start on the quarter hour,
// which is a quarter hour on every wall in the world, since all zones differ
// from UTC by whole quarters. However odd the hours someone enters, the work
// is bounded by the number of quanta.

const (
	// Quantum is the grain of reviewers' time: what a call claims of it.
	Quantum = 5 * time.Minute

	perStart   = 3      // quanta from one start to the next
	block      = 64 * 3 // quanta whose starts fill one word
	maxQuanta  = 93 * 24 * 12
	quantumSec = int64(Quantum / time.Second)
)

// lengths of a call in minutes.
var lengths = [...]int{15, 30, 60}

// A Horizon is the stretch of time in which times are looked for.
type Horizon struct {
	first int64 // quantum, a multiple of perStart
	n     int   // quanta, a multiple of block
}

// NewHorizon returns one that covers from until until, and a little more so
// as to come out even. It is never longer than 93 days.
func NewHorizon(from, until time.Time) Horizon {
	first := floorDiv(from.Unix(), quantumSec*perStart) * perStart
	n := min(max(0, ceilDiv(until.Unix(), quantumSec)-first), maxQuanta)
	return Horizon{first, int(ceilDiv(n, block) * block)}
}

// From returns when the horizon starts.
func (h Horizon) From() time.Time { return quantumStart(h.first) }

// Until returns when the horizon ends.
func (h Horizon) Until() time.Time { return quantumStart(h.first + int64(h.n)) }

func quantumStart(q int64) time.Time { return time.Unix(q*quantumSec, 0).UTC() }

// index returns which of the horizon's quanta q is, cut off at its ends.
func (h Horizon) index(q int64) int { return int(min(max(0, q-h.first), int64(h.n))) }

// ceilUnix is t.Unix, but up to the next second where that goes down.
func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }

// A Span is the time from Start until End, End itself not included.
type Span struct{ Start, End time.Time }

// Bits is one bit for each quantum of a horizon, the first in the lowest bit
// of the first word.
type Bits []uint64

func newBits(in Horizon) Bits { return make(Bits, in.n/64) }

// SpansOf returns the quanta of in that lie wholly within one of the spans.
func SpansOf(spans []Span, in Horizon) Bits {
	b := newBits(in)
	for _, s := range spans {
		b.setWithin(s, in)
	}
	return b
}

// setWithin sets the quanta that lie wholly within s.
func (b Bits) setWithin(s Span, in Horizon) {
	b.fill(in.index(ceilDiv(ceilUnix(s.Start), quantumSec)), in.index(floorDiv(s.End.Unix(), quantumSec)), true)
}

// clearTouching clears the quanta that share any time with s.
func (b Bits) clearTouching(s Span, in Horizon) {
	if s.Start.Before(s.End) {
		b.fill(in.index(floorDiv(s.Start.Unix(), quantumSec)), in.index(ceilDiv(ceilUnix(s.End), quantumSec)), false)
	}
}

// fill sets or clears the bits from i up to, not including, j.
func (b Bits) fill(i, j int, set bool) {
	for i < j {
		end := min(j, (i/64+1)*64)
		mask := ^uint64(0) >> (64 - (end - i)) << (i % 64)
		if set {
			b[i/64] |= mask
		} else {
			b[i/64] &^= mask
		}
		i = end
	}
}

// Erode returns the quanta from which n in a row are set: where a call of n
// quanta can start. What comes after the horizon is not set.
//
// Reviewers' bits must be eroded one by one and only then united. Half an
// hour of one and the next half hour of another make no hour's call.
func (b Bits) Erode(n int) Bits {
	e := slices.Clone(b)
	e.erode(1, n)
	return e
}

// erode makes of the starts of have quanta in a row those of n.
func (b Bits) erode(have, n int) {
	for have < n {
		step := min(have, n-have)
		b.andShifted(step)
		have += step
	}
}

// andShifted keeps each bit whose nth follower is set too.
func (b Bits) andShifted(n int) {
	words, shift := n/64, n%64
	for i := range b {
		var follower uint64
		if j := i + words; j < len(b) {
			follower = b[j] >> shift
			if shift > 0 && j+1 < len(b) {
				follower |= b[j+1] << (64 - shift)
			}
		}
		b[i] &= follower
	}
}

// onGrid keeps of each three bits the first: the quarter hours. The result is
// a third as long.
func (b Bits) onGrid(into []uint64) {
	for i := range into {
		a, m, z := b[3*i], b[3*i+1], b[3*i+2]
		into[i] = everyThird(a) | a>>63<<21 | everyThird(m>>2)<<22 | everyThird(z>>1)<<43
	}
}

// everyThird gathers the bits 0, 3, 6, … 60 of w into the lowest 21, by the
// steps that undo a three-way interleaving.
func everyThird(w uint64) uint64 {
	w &= 0x1249249249249249
	w = (w | w>>2) & 0x10c30c30c30c30c3
	w = (w | w>>4) & 0x100f00f00f00f00f
	w = (w | w>>8) & 0x001f0000ff0000ff
	w = (w | w>>16) & 0x001f00000000ffff
	return (w | w>>32) & 0x1fffff
}

// each calls f with the number of every set bit, in order.
func each(words []uint64, f func(int)) {
	for i, w := range words {
		for ; w != 0; w &= w - 1 {
			f(i*64 + bits.TrailingZeros64(w))
		}
	}
}
