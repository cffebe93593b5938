package peer

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/internal/domain/account"
)

func drawPool(t *rapid.T) (pool []candidate) {
	for i := range rapid.IntRange(1, 8).Draw(t, "reviewers") {
		id := account.PersonID(fmt.Sprintf("prs_%d", i))
		pool = append(pool, candidate{id: id, tier: 1, had: 2, programs: 1, weight: rapid.IntRange(1, 6).Draw(t, "weight"), hash: hash("ord", id)})
	}
	return pool
}

// SCH-60, invariant 18: after every booking each of those who are equally
// free is within one call of their part of all, whatever the weights.
func TestEachStaysWithinOneCallOfTheirPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := drawPool(t)
		n, weights := counts{own: map[account.PersonID]int{}}, 0
		for _, c := range pool {
			weights += c.weight
		}
		for total := 1; total <= 80; total++ {
			shares := sharesOf(pool, n)
			all := slices.Clone(pool)
			for i := range all {
				all[i].share = shares[all[i].id]
			}
			slices.SortStableFunc(all, better)
			n.own[all[0].id]++
			for _, c := range pool {
				if off := n.own[c.id]*weights - c.weight*total; off >= weights || off <= -weights {
					t.Fatalf("after %d calls %s with weight %d of %d has %d", total, c.id, c.weight, weights, n.own[c.id])
				}
			}
		}
	})
}

// Who was away while others got calls counts as having had their part of
// those, and no more: nobody is flooded, nobody forgotten.
func TestWhoComesBackIsNotFlooded(t *testing.T) {
	pool := []candidate{{id: "a", tier: 1, weight: 1}, {id: "b", tier: 1, weight: 1}, {id: "back", tier: 1, weight: 2}}
	n := counts{own: map[account.PersonID]int{"a": 5, "b": 5}, missed: map[account.PersonID]map[account.PersonID]int{"back": {"a": 4, "b": 4, "of another tier": 90}}}
	if got := sharesOf(pool, n)["back"].calls; got != 8 { // as many for each weight as a and b got
		t.Errorf("counts as having had %d calls, want 8", got)
	}
}

// Invariant 19: the same snapshot has the same answer, in whichever order the
// database returned it.
func TestTheOrderOfCandidatesIsTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := drawPool(t)
		for i := range pool {
			pool[i].tier, pool[i].programs = rapid.IntRange(1, 3).Draw(t, "tier"), rapid.IntRange(1, 2).Draw(t, "programs")
			pool[i].packed = rapid.Bool().Draw(t, "packed")
			pool[i].hash = uint32(rapid.IntRange(0, 1).Draw(t, "hash"))
		}
		want := slices.SortedStableFunc(slices.Values(pool), better)
		got := slices.SortedStableFunc(slices.Values(rapid.Permutation(pool).Draw(t, "order")), better)
		if !slices.EqualFunc(want, got, func(a, b candidate) bool { return a.id == b.id }) {
			t.Fatalf("%+v\n%+v", want, got)
		}
		for i := 1; i < len(got); i++ {
			if got[i].tier < got[i-1].tier {
				t.Fatal("a lower tier goes before a better one")
			}
		}
	})
}

func TestWhySaysWhatDecided(t *testing.T) {
	base := candidate{id: "a", name: "Dr. Lind", tier: 1, had: 2, programs: 2}
	for _, c := range []struct {
		change func(*candidate)
		want   string
	}{
		{func(c *candidate) { c.tier = 2 }, "2 were free at this time; Dr. Lind is the closest match."},
		{func(c *candidate) { c.programs = 3 }, "2 were free at this time; Dr. Lind is trained for fewer programs, so that others stay free for calls only they can take."},
		{func(c *candidate) { c.share.due = 9 }, "2 were free at this time; Dr. Lind was due by share of calls."},
		{func(c *candidate) { c.hash = 9 }, "2 were free at this time; the lot fell on Dr. Lind of those who were equal."},
	} {
		next := base
		next.id = "b"
		c.change(&next)
		if got := why([]candidate{base, next}, base); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if got := why([]candidate{next, base}, base); got != "Dr. Lind was next: those before were taken in the same moment." {
			t.Error(got)
		}
	}
	if got := why([]candidate{base}, base); got != "Dr. Lind was the only one free at this time." {
		t.Error(got)
	}
	kept := base
	kept.had = 1
	if got := why([]candidate{kept, base}, kept); got != "2 were free at this time; Dr. Lind had the call before." {
		t.Error(got)
	}
}
