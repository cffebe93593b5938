package peer

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/internal/domain/civil"
)

// crowd is 500 reviewers of a plan, with a tenth of their time booked.
func crowd(b testing.TB, in Horizon) []Hours {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]Hours, 500)
	for r := range all {
		loc := zone(b, zoneNames[r%6])
		open := (7 + r%3) * 60
		all[r] = Hours{
			Weekly:   append(weekdays(open, open+240, loc), weekdays(open+300, open+540, loc)...),
			Holidays: civil.Calendar{Zone: loc, Holidays: civil.FederalHolidays()},
		}
		each(Free(all[r], in).Erode(3), func(i int) {
			if i%perStart == 0 && random.IntN(10) == 0 {
				all[r].Claimed = append(all[r].Claimed, quanta(quantumStart(in.first+int64(i)), 3)...)
			}
		})
	}
	return all
}

// tenBusinessDays is from a Friday's noon over Thanksgiving.
func tenBusinessDays(b testing.TB) (from, until time.Time, in Horizon) {
	c := civil.Calendar{Zone: zone(b, "America/Chicago"), Holidays: civil.FederalHolidays()}
	today := day("2026-11-20")
	from, until = civil.Start(today, 720, c.Zone), civil.EndOfDay(c.AddBusinessDays(today, 10), c.Zone)
	return from, until, NewHorizon(from, until)
}

func threeTiers(n int) []Reviewers {
	tiers := make([]Reviewers, 3)
	for r := range n {
		tiers[r%3].Add(r)
	}
	return tiers
}

// The budget is 100 µs for one query over 500 reviewers and ten business days.
func BenchmarkSlots500(b *testing.B) {
	from, until, in := tenBusinessDays(b)
	x := NewIndex(in, crowd(b, in))
	open := SpansOf([]Span{{from, until}}, in)
	for _, minutes := range lengths {
		q := Query{Minutes: minutes, From: from, Until: until, Open: open, Tiers: threeTiers(500)}
		b.Run(fmt.Sprintf("%dmin", minutes), func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = len(x.Offers(q))
			}
			b.ReportMetric(float64(n), "offers")
		})
	}
}

func BenchmarkCandidates500(b *testing.B) {
	from, until, in := tenBusinessDays(b)
	x := NewIndex(in, crowd(b, in))
	q := Query{Minutes: 30, From: from, Until: until, Tiers: threeTiers(500)}
	start := x.Offers(q)[20].At
	b.ReportAllocs()
	for b.Loop() {
		x.Candidates(q, start)
	}
}

// From hours and claims to the first answer, without an index at hand.
func BenchmarkSlotsCold500(b *testing.B) {
	from, until, in := tenBusinessDays(b)
	all := crowd(b, in)
	q := Query{Minutes: 60, From: from, Until: until, Tiers: threeTiers(500)}
	b.ReportAllocs()
	for b.Loop() {
		NewIndex(in, all).Offers(q)
	}
}

// One reviewer after one booking.
func BenchmarkSet(b *testing.B) {
	_, _, in := tenBusinessDays(b)
	all := crowd(b, in)
	x := NewIndex(in, all)
	b.ReportAllocs()
	for b.Loop() {
		x.Set(7, all[7])
	}
}

// The same query the naive way, for comparison.
func BenchmarkNaive500(b *testing.B) {
	from, until, in := tenBusinessDays(b)
	w := world{in, crowd(b, in)}
	q := Query{Minutes: 60, From: from, Until: until, Tiers: threeTiers(500)}
	for b.Loop() {
		for at := in.From(); at.Before(in.Until()); at = at.Add(15 * time.Minute) {
			w.candidates(q, at)
		}
	}
}
