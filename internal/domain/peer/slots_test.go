package peer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/internal/domain/civil"
)

// What is offered, what can be booked and what the oracle says are the same,
// for every quarter hour and every reviewer of random worlds.
func TestAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		q := drawQuery(t, w)
		x := NewIndex(w.horizon, w.reviewers)
		offered := map[time.Time]int{}
		offers := x.Offers(q)
		for i, s := range offers {
			if i > 0 && !offers[i-1].At.Before(s.At) {
				t.Fatalf("offer %d out of order: %v", i, s)
			}
			offered[s.At] = s.Tier
		}
		for at := w.horizon.From().Add(-time.Hour); at.Before(w.horizon.Until().Add(time.Hour)); at = at.Add(15 * time.Minute) {
			want := w.candidates(q, at)
			if diff := cmp.Diff(want, x.Candidates(q, at)); diff != "" {
				t.Fatalf("%v: candidates (-oracle +index)\n%s", at, diff)
			}
			tier, ok := offered[at]
			if ok != (len(want) > 0) || ok && tier != want[0].Tier {
				t.Fatalf("%v is offered: %v, in tier %d; candidates %v", at, ok, tier, want)
			}
			delete(offered, at)
		}
		if len(offered) > 0 {
			t.Fatalf("offered beyond the horizon or off the quarter hour: %v", offered)
		}
	})
}

// A call that is booked takes offers away and adds none; when it is canceled
// the offers are what they were, bit for bit.
func TestBookingTakesAwayAndCancelingRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		q := drawQuery(t, w)
		x := NewIndex(w.horizon, w.reviewers)
		before := x.Offers(q)
		if len(before) == 0 {
			return
		}
		slot := rapid.SampledFrom(before).Draw(t, "slot")
		won := x.Candidates(q, slot.At)[0]
		h := w.reviewers[won.Reviewer]
		booked := h
		for i := range int64(q.Minutes / 5) {
			booked.Claimed = append(slices.Clone(booked.Claimed), slot.At.Unix()/300+i)
		}
		x.Set(won.Reviewer, booked)
		for _, s := range x.Offers(q) {
			if !slices.ContainsFunc(before, func(b Start) bool { return b.At.Equal(s.At) && b.Tier <= s.Tier }) {
				t.Fatalf("%v was not offered before", s)
			}
		}
		if slices.Contains(x.Candidates(q, slot.At), won) {
			t.Fatalf("%v can be booked twice with one reviewer", slot)
		}
		x.Set(won.Reviewer, h)
		if diff := cmp.Diff(before, x.Offers(q)); diff != "" {
			t.Fatalf("after canceling\n%s", diff)
		}
	})
}

// Whatever a reviewer is offered for lies, by the clock on their wall, within
// the hours they gave for that weekday. Only the repeated hour has walls that
// hours can cover once and the clock shows twice.
func TestOffersKeepToTheReviewersWall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		h := w.reviewers[0]
		free := Free(h, w.horizon)
		each(free, func(i int) {
			at := quantumStart(w.horizon.first + int64(i))
			for _, rule := range h.Weekly {
				l := at.In(rule.Zone)
				d, minute := civil.DateIn(at, rule.Zone), l.Hour()*60+l.Minute()
				_, _, kind := civil.Resolve(d, minute, rule.Zone)
				if rule.Weekday == d.Weekday() && rule.holds(d) && (rule.From <= minute && minute+5 <= rule.Until || kind == civil.Overlap) {
					return
				}
			}
			t.Fatalf("%v is in nobody's hours", at)
		})
	})
}

func TestErode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Bits(rapid.SliceOfN(rapid.Uint64(), 0, 6).Draw(t, "bits"))
		for i := range b { // make long runs likely
			b[i] |= b[i] << 1
			b[i] |= b[i] << 3
		}
		n := rapid.IntRange(-1, 450).Draw(t, "n")
		has := func(i int) bool { return i < len(b)*64 && b[i/64]>>(i%64)&1 == 1 }
		e := b.Erode(n)
		for i := range len(b) * 64 {
			want := has(i)
			for k := 1; k < n && want; k++ {
				want = has(i + k)
			}
			if got := e[i/64]>>(i%64)&1 == 1; got != want {
				t.Fatalf("bit %d eroded by %d: %v, want %v", i, n, got, want)
			}
		}
	})
}

func TestOnGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Bits(rapid.SliceOfN(rapid.Uint64(), 6, 6).Draw(t, "bits"))
		into := make([]uint64, 2)
		b.onGrid(into)
		for i := range 128 {
			if got, want := into[i/64]>>(i%64)&1, b[3*i/64]>>(3*i%64)&1; got != want {
				t.Fatalf("start %d is %d, want %d", i, got, want)
			}
		}
	})
}

// Two half hours of two people make no hour's call.
func TestNobodyIsJoinedToAnother(t *testing.T) {
	d := day("2026-11-24")
	at := func(minute int) time.Time { return civil.Start(d, minute, time.UTC) }
	a := Hours{Weekly: []Weekly{{Weekday: time.Tuesday, From: 540, Until: 570, Zone: time.UTC}}}
	b := Hours{Weekly: []Weekly{{Weekday: time.Tuesday, From: 570, Until: 600, Zone: time.UTC}}}
	x := NewIndex(NewHorizon(at(0), at(1440)), []Hours{a, b})
	q := Query{Minutes: 60, From: at(0), Until: at(1440), Tiers: []Reviewers{everyone(2)}}
	if got := x.Offers(q); len(got) != 0 {
		t.Errorf("an hour of two halves: %v", got)
	}
	q.Minutes = 30
	want := []Start{{at(540), 1}, {at(570), 1}}
	if diff := cmp.Diff(want, x.Offers(q)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Candidate{{1, 1}}, x.Candidates(q, at(570))); diff != "" {
		t.Error(diff)
	}
}

func TestTiers(t *testing.T) {
	at := func(minute int) time.Time { return civil.Start(day("2026-11-24"), minute, time.UTC) }
	morning, noon := Hours{Weekly: weekdays(540, 600, time.UTC)}, Hours{Weekly: weekdays(570, 630, time.UTC)}
	x := NewIndex(NewHorizon(at(0), at(1440)), []Hours{noon, morning, morning})
	var best, second Reviewers
	best.Add(0)
	second.Add(0) // in both: counts as the best
	second.Add(1)
	second.Add(2)
	second.Add(900) // whom nobody knows
	q := Query{Minutes: 30, From: at(0), Until: at(1440), Tiers: []Reviewers{best, second}}
	want := []Start{{at(540), 2}, {at(555), 2}, {at(570), 1}, {at(585), 1}, {at(600), 1}}
	if diff := cmp.Diff(want, x.Offers(q)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Candidate{{0, 1}, {1, 2}, {2, 2}}, x.Candidates(q, at(570))); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []time.Time{at(575), at(570).Add(time.Second), at(570).Add(1), at(-15), at(1440), at(615), at(525), time.Time{}} {
		if got := x.Candidates(q, bad); got != nil {
			t.Errorf("%v can be booked: %v", bad, got)
		}
	}
	for _, minutes := range []int{0, -15, 20, 45, 1 << 40} {
		q.Minutes = minutes
		if x.Offers(q) != nil || x.Candidates(q, at(570)) != nil {
			t.Errorf("a call of %d minutes", minutes)
		}
	}
}

func TestBuffersBetweenCalls(t *testing.T) {
	at := func(minute int) time.Time { return civil.Start(day("2026-11-24"), minute, time.UTC) }
	h := Hours{Weekly: weekdays(540, 660, time.UTC), Claimed: quanta(at(585), 3), Before: 5, After: 10}
	var got []int
	for _, s := range wallsOf(h, 15, at(0), at(1440), time.UTC) {
		var hour, minute int
		if _, err := fmt.Sscanf(s, "Nov 24 %d:%d UTC", &hour, &minute); err != nil {
			t.Fatal(err)
		}
		got = append(got, hour*60+minute)
	}
	// The call from 9:45 to 10:00 keeps the ten minutes around it free; 10:45
	// ends with the day, and its own ten minutes may lie after it.
	if diff := cmp.Diff([]int{540, 555, 615, 630, 645}, got); diff != "" {
		t.Error(diff)
	}
}

func quanta(from time.Time, n int) (all []int64) {
	for i := range n {
		all = append(all, from.Unix()/300+int64(i))
	}
	return all
}

func TestOddMinutesNeverReachBeyondTheHours(t *testing.T) {
	at := func(minute int) time.Time { return civil.Start(day("2026-11-24"), minute, time.UTC) }
	h := Hours{Weekly: []Weekly{{Weekday: time.Tuesday, From: 541, Until: 599, Zone: time.UTC}}}
	if diff := cmp.Diff([]string{"Nov 24 09:15 UTC", "Nov 24 09:30 UTC"}, wallsOf(h, 15, at(0), at(1440), time.UTC)); diff != "" {
		t.Error(diff)
	}
	whole := Hours{Weekly: everyDay(0, civil.DayMinutes, time.UTC)}
	got := wallsOf(whole, 15, at(540).Add(time.Nanosecond), at(585), time.UTC)
	if diff := cmp.Diff([]string{"Nov 24 09:15 UTC", "Nov 24 09:30 UTC"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHorizon(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 7, 0, 0, time.UTC)
	h := NewHorizon(at, at.Add(24*time.Hour))
	if h.From().After(at) || h.Until().Before(at.Add(24*time.Hour)) || h.From().Minute()%15 != 0 || h.Until().Sub(at) > 41*time.Hour {
		t.Errorf("%v until %v", h.From(), h.Until())
	}
	if none := NewHorizon(at, at.Add(-time.Hour)); none.n != 0 || len(Free(Hours{Weekly: everyDay(0, 1440, time.UTC)}, none)) != 0 {
		t.Error("a horizon that ends before it starts has time in it")
	}
	x := NewIndex(NewHorizon(at, at), []Hours{{Weekly: everyDay(0, 1440, time.UTC)}})
	if q := (Query{Minutes: 30, From: at, Until: at, Tiers: []Reviewers{everyone(1)}}); x.Offers(q) != nil && len(x.Offers(q)) > 0 || x.Candidates(q, at) != nil {
		t.Error("an empty horizon offers something")
	}
	if endless := NewHorizon(at, at.AddDate(5000, 0, 0)); endless.Until().Sub(at) > 94*24*time.Hour {
		t.Errorf("a horizon of %v", endless.Until().Sub(at))
	}
	if past := NewHorizon(time.Unix(-1_000_001, 0), time.Unix(-900_000, 0)); past.From().After(time.Unix(-1_000_001, 0)) {
		t.Errorf("before 1970: %v", past.From())
	}
}

func FuzzFree(f *testing.F) {
	f.Add(0, 1440, 3, int64(1793836800), 10, 12, 0, 5, 60)
	f.Add(1440, 0, 0, int64(0), 400*24, -5, 1<<30, -1<<30, 15)
	f.Add(600, 600, 6, int64(-1<<40), 1, 1<<40, 15, 0, 30)
	f.Fuzz(func(t *testing.T, from, until, weekday int, start int64, hours, claimed, before, after, minutes int) {
		at := time.Unix(start%(1<<38), 0)
		in := NewHorizon(at, at.Add(time.Duration(hours%100_000)*time.Hour))
		h := Hours{
			Weekly:  []Weekly{{Weekday: time.Weekday((weekday%7 + 7) % 7), From: from, Until: until, Zone: zone(t, "America/Chicago")}},
			Claimed: []int64{in.first + int64(claimed)}, Before: before, After: after,
			Off: []Span{{at.Add(time.Duration(from) * time.Minute), at.Add(time.Duration(until) * time.Minute)}},
		}
		x := NewIndex(in, []Hours{h})
		q := Query{Minutes: minutes, From: in.From(), Until: in.Until(), Tiers: []Reviewers{everyone(1)}}
		offers := x.Offers(q)
		if len(offers) > in.n/perStart {
			t.Fatalf("%d offers in %d quanta", len(offers), in.n)
		}
		for _, s := range offers {
			if s.At.Before(in.From()) || s.At.Add(time.Duration(minutes)*time.Minute).After(in.Until()) || len(x.Candidates(q, s.At)) != 1 {
				t.Fatalf("%v is offered outside %v to %v, or not to be had", s, in.From(), in.Until())
			}
		}
	})
}
