package peer

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
)

// What is kept from one question to the next, while hours, calls, holds and
// the clock change in between, answers as if it were computed anew.
func TestShelfAnswersAsIfNothingWereKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := newShelf()
		now := civil.Start(day("2026-11-20"), 600, time.UTC)
		w := work{times: newTimes(), diaries: map[account.PersonID]*busy{}}
		people := []candidate{drawCandidate(t, "a"), drawCandidate(t, "b"), drawCandidate(t, "c")}
		for _, c := range people {
			w.weekly[c.id] = everyDay(0, 1440, c.zone)
		}
		for range rapid.IntRange(1, 8).Draw(t, "questions") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 20, -20, 300, -300, 3000}).Draw(t, "minutes on")) * time.Minute)
			from := now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 15, 1500, 6000, -900}).Draw(t, "from")) * time.Minute)
			in := NewHorizon(from, from.Add(time.Duration(rapid.SampledFrom([]int{1, 20, 30, 70}).Draw(t, "hours"))*time.Hour))
			changeOne(t, &w, people, now, in)
			w.now, w.from, w.to = now, in.From().Add(-weekAround), in.Until().Add(weekAround)
			w.call, w.draft = ID(rapid.SampledFrom([]string{"", "a-call-0", "b-call-1"}).Draw(t, "moving")), rapid.SampledFrom([]string{"", "a-hold-0"}).Draw(t, "own hold")
			w.about = rapid.SampledFrom([][]order.ID{nil, {"o-0"}}).Draw(t, "about")
			ask := func(s *shelf) (all [][]Candidate) {
				w.shelf, w.calls, w.holds = s, map[account.PersonID][]kept{}, map[account.PersonID][]kept{}
				x := w.index(in, people)
				for _, minutes := range lengths {
					q := Query{Minutes: minutes, From: in.From(), Until: in.Until(), Tiers: []Reviewers{everyone(3)}}
					for _, start := range x.Offers(q) {
						all = append(all, append(x.Candidates(q, start.At), Candidate{int(start.At.Unix()), minutes}))
					}
				}
				return all
			}
			if got, want := ask(long), ask(nil); !reflect.DeepEqual(got, want) {
				t.Fatalf("at %v in %v to %v: %d starts kept, %d anew", now, in.From(), in.Until(), len(got), len(want))
			}
		}
	})
}

func drawCandidate(t *rapid.T, id account.PersonID) candidate {
	loc, err := civil.Zone(rapid.SampledFrom(zoneNames).Draw(t, "own zone"))
	if err != nil {
		t.Fatal(err)
	}
	return candidate{id: id, zone: loc, daily: rapid.IntRange(1, 3).Draw(t, "a day"), weekly: rapid.IntRange(0, 4).Draw(t, "a week"),
		gap: rapid.SampledFrom([]int{0, 0, 10}).Draw(t, "gap")}
}

// changeOne gives one reviewer other hours, another number of calls in a day,
// or other things to do.
func changeOne(t *rapid.T, w *work, people []candidate, now time.Time, in Horizon) {
	i := rapid.IntRange(0, len(people)-1).Draw(t, "who")
	id := people[i].id
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		w.off[id] = []Span{drawSpan(t, in, 6000, "off")}
	case 4:
		people[i].daily = people[i].daily%3 + 1
	case 3:
		from := rapid.IntRange(0, 20).Draw(t, "opens") * 60
		w.weekly[id] = everyDay(from, from+180, people[i].zone)
	case 1:
		people[i] = drawCandidate(t, id)
	case 2:
		b := &busy{}
		for n := range rapid.IntRange(0, 4).Draw(t, "calls") {
			e := drawEntry(t, now, fmt.Sprintf("%s-call-%d", id, n))
			b.calls = append(b.calls, e)
		}
		slices.SortFunc(b.calls, func(a, b entry) int { return a.Start.Compare(b.Start) })
		for n := range rapid.IntRange(0, 2).Draw(t, "holds") {
			b.holds = append(b.holds, drawEntry(t, now, fmt.Sprintf("%s-hold-%d", id, n)))
		}
		for n := range rapid.IntRange(0, 2).Draw(t, "old times") {
			e := drawEntry(t, now, fmt.Sprintf("%s-old-%d", id, n))
			e.live, e.orders, e.offDay = true, []order.ID{order.ID(fmt.Sprint("o-", n))}, rapid.Bool().Draw(t, "off its day")
			b.old = append(b.old, e)
		}
		w.diaries = maps.Clone(w.diaries)
		w.diaries[id] = b
	}
}

func drawEntry(t *rapid.T, now time.Time, id string) entry {
	start := quantumStart(floorDiv(now.Unix(), 900)*perStart + int64(rapid.IntRange(-100, 900).Draw(t, "start")*perStart))
	return entry{kept: kept{Span: Span{start, start.Add(30 * time.Minute)}, live: rarely(t, "live"), till: now.Add(time.Duration(rapid.IntRange(-60, 600).Draw(t, "ends")) * time.Minute)}, id: id}
}
