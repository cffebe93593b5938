package peer

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
)

// Invariant 26: who can take a call about several orders at a time can take
// one about any fewer of them at that time, and matches those no worse. So
// taking an order out never makes a booked time one that isn't allowed, and
// adding one never offers a time that it alone would not.
func TestSeveralOrdersOfferNoMoreThanFewer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t, rapid.IntRange(2, 3).Draw(t, "orders"))
		offer := offered(t, s)
		for some := 1; some < 1<<len(s.needs)-1; some++ {
			fewer := s
			fewer.needs = nil
			for i, n := range s.needs {
				if some>>i&1 == 1 {
					fewer.needs = append(fewer.needs, n)
				}
			}
			less := offered(t, fewer)
			at := map[time.Time]int{}
			for _, slot := range less.Slots {
				at[slot.Start] = slot.Tier
			}
			for _, slot := range offer.Slots {
				tier, ok := at[slot.Start]
				if !ok || tier > slot.Tier {
					t.Fatalf("%v is offered for all, with tier %d; for %b: %v, with tier %d", slot.Start, slot.Tier, some, ok, tier)
				}
				can := map[account.PersonID]bool{}
				for _, c := range less.candidates(slot) {
					can[c.id] = true
				}
				for _, c := range offer.candidates(slot) {
					if !can[c.id] {
						t.Fatalf("at %v %s can take the call about all, but not about %b", slot.Start, c.id, some)
					}
				}
			}
		}
	})
}

func offered(t *rapid.T, s snapshot) Offer {
	offer, err := s.offer(s.horizon())
	if err != nil {
		t.Fatal(err)
	}
	return offer
}

func TestACallGrowsByOneLength(t *testing.T) {
	of := func(minutes ...int) (all []Matter) {
		for _, m := range minutes {
			all = append(all, Matter{Order: order.Order{}, Standing: Standing{Program: plan.Program{SlotMinutes: m}}})
		}
		return all
	}
	for _, c := range []struct {
		each []int
		want int
	}{
		{[]int{15}, 15}, {[]int{15, 15}, 30}, {[]int{15, 15, 15}, 30}, {[]int{30}, 30}, {[]int{30, 30}, 60}, {[]int{30, 30, 30}, 60},
		{[]int{60}, 60}, {[]int{60, 60}, 60}, {[]int{15, 30}, 60}, {[]int{30, 15}, 60},
	} {
		if got := minutesFor(of(c.each...)); got != c.want {
			t.Errorf("programs that give %v: %d minutes, want %d", c.each, got, c.want)
		}
	}
}

func TestProgramsThatGoTogether(t *testing.T) {
	msk := plan.Program{ID: "msk", Specialty: "Orthopedic surgery"}
	for _, c := range []struct {
		other plan.Program
		want  bool
	}{
		{msk, true}, {plan.Program{ID: "spine", Specialty: "orthopedic surgery "}, true}, {plan.Program{ID: "cardiac", Specialty: "Cardiology"}, false}, {plan.Program{ID: "other"}, false},
	} {
		if got := alike(msk, c.other); got != c.want {
			t.Errorf("with %s of %q: %v", c.other.ID, c.other.Specialty, got)
		}
	}
	if alike(plan.Program{ID: "a"}, plan.Program{ID: "b"}) {
		t.Error("two programs of no specialty are taken for one")
	}
}
