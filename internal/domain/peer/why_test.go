package peer

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
)

// drawReviewer is one who may or may not fit.
func drawReviewer(t *rapid.T, i int) review.Reviewer {
	r := review.Reviewer{
		PersonID: account.PersonID(fmt.Sprintf("prs_%d", i)), Name: fmt.Sprintf("Reviewer %d", i), TimeZone: rapid.SampledFrom(zoneNames).Draw(t, "zone"),
		Specialty: rapid.SampledFrom([]string{"Orthopedic surgery", "orthopedic surgery ", "Radiology"}).Draw(t, "specialty"),
		Physician: rarely(t, "no physician"), Active: rarely(t, "inactive"), Weight: 1,
		DailyCalls: rapid.IntRange(0, 3).Draw(t, "daily"), WeeklyCalls: rapid.SampledFrom([]int{0, 0, 2, 4}).Draw(t, "weekly"),
		GapMinutes: rapid.SampledFrom([]int{0, 0, 5, 15, 20}).Draw(t, "gap"),
	}
	if rarely(t, "untrained") {
		r.Programs = []plan.ProgramID{"msk"}
	}
	if rarely(t, "unlicensed") {
		r.Licenses = []review.License{{State: rapid.SampledFrom([]string{"TX", "OH"}).Draw(t, "state"), Expires: day("2030-01-01")}}
	}
	r.Plans = rapid.SampledFrom([][]plan.ID{nil, {"harbor"}, {"summit"}}).Draw(t, "plans")
	r.Lines = rapid.SampledFrom([][]string{nil, nil, {"commercial"}, {"medicaid"}}).Draw(t, "lines")
	r.Languages = rapid.SampledFrom([][]string{nil, {"Spanish"}}).Draw(t, "languages")
	return r
}

// rarely is true, but for one time in eight.
func rarely(t *rapid.T, label string) bool { return rapid.IntRange(0, 7).Draw(t, label) > 0 }

// drawNeed is what an order asks, of one of two plans with days of their own.
func drawNeed(t *rapid.T, now time.Time, zone *time.Location) need {
	n := need{calendar: civil.Calendar{Zone: zone}, today: civil.DateIn(now, zone),
		plan: plan.Plan{ID: rapid.SampledFrom([]plan.ID{"harbor", "harbor", "summit"}).Draw(t, "plan"), Opens: rapid.SampledFrom([]int{0, 480, 990}).Draw(t, "opens"), Closes: rapid.SampledFrom([]int{1020, 1080, 1440}).Draw(t, "closes")},
		line: plan.Line{Code: "commercial", CallReviewer: rapid.SampledFrom([]string{"any", "any", "not_decider", "decider"}).Draw(t, "policy")},
		program: plan.Program{ID: "msk", LookAheadDays: rapid.IntRange(1, 4).Draw(t, "days"),
			NoticeMinutes: rapid.SampledFrom([]int{0, 60, 180, 1500}).Draw(t, "notice"), UrgentNotice: rapid.SampledFrom([]int{0, 30}).Draw(t, "urgent notice")},
		urgent:    rapid.Bool().Draw(t, "urgent"),
		specialty: rapid.SampledFrom([]string{"", "Orthopedic surgery"}).Draw(t, "needs"), state: rapid.SampledFrom([]string{"", "TX"}).Draw(t, "office"), decider: "prs_0"}
	if rapid.Bool().Draw(t, "holiday") {
		h := civil.Holiday{Falls: civil.OnDate(n.today.AddDays(rapid.IntRange(0, 4).Draw(t, "holiday on"))), Name: "Holiday"}
		if rapid.Bool().Draw(t, "for some hours") {
			h.Shut = civil.Hours{Open: 720, Close: rapid.SampledFrom([]int{750, 1440}).Draw(t, "closed until")}
		}
		n.calendar.Holidays = civil.Holidays{h}
	}
	if rapid.Bool().Draw(t, "law") {
		n.rule = &Rule{State: "TX", NeedsTier: rapid.IntRange(1, 3).Draw(t, "needs tier"), Citation: "28 TAC"}
		n.stated = rapid.Bool().Draw(t, "stated")
	}
	if rapid.Bool().Draw(t, "deadline") {
		until := now.Add(time.Duration(rapid.IntRange(-60, 6000).Draw(t, "until")) * time.Minute)
		n.until = &until
	}
	return n
}

// drawSnapshot is one for a call about so many orders.
func drawSnapshot(t *rapid.T, orders int) snapshot {
	chicago, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot{seed: "ord_1", minutes: rapid.SampledFrom([]int{15, 30, 60}).Draw(t, "minutes")}
	s.now = civil.Start(day(rapid.SampledFrom(weeks).Draw(t, "week")), rapid.IntRange(0, 1439).Draw(t, "minute"), chicago).Add(time.Duration(rapid.IntRange(0, 59).Draw(t, "second")) * time.Second)
	language := rapid.SampledFrom([]string{"", "", "Spanish"}).Draw(t, "language")
	for range orders {
		n := drawNeed(t, s.now, chicago)
		n.language = language
		s.needs = append(s.needs, n)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "reviewers") {
		s.all = append(s.all, drawReviewer(t, i))
	}
	drawWork(t, &s)
	return s
}

func drawWork(t *rapid.T, s *snapshot) {
	in := s.horizon()
	s.work = work{times: newTimes(), calls: map[account.PersonID][]kept{}, holds: map[account.PersonID][]kept{}}
	for _, r := range s.all {
		h := drawHours(t, in)
		s.work.weekly[r.PersonID], s.work.off[r.PersonID] = h.Weekly, h.Off
		if rapid.Bool().Draw(t, "has a calendar of their own") {
			for range rapid.IntRange(0, 3).Draw(t, "blocks") {
				s.work.busy[r.PersonID] = append(s.work.busy[r.PersonID], drawSpan(t, in, 600, "busy"))
			}
		}
		for range rapid.IntRange(0, 3).Draw(t, "calls") {
			start := in.From().Add(time.Duration(rapid.IntRange(-90, in.n/perStart+30).Draw(t, "call")) * 15 * time.Minute)
			k := kept{Span: Span{start, start.Add(time.Duration(rapid.SampledFrom([]int{15, 30, 60}).Draw(t, "length")) * time.Minute)}, live: rarely(t, "over")}
			s.work.calls[r.PersonID] = append(s.work.calls[r.PersonID], k)
			if rapid.IntRange(0, 5).Draw(t, "this one moves") == 0 && s.moving == nil {
				s.moving = &Call{StartsAt: start.Add(time.Hour)}
			}
		}
		if rapid.Bool().Draw(t, "held") {
			start := in.From().Add(time.Duration(rapid.IntRange(0, in.n/perStart).Draw(t, "hold")) * 15 * time.Minute)
			s.work.holds[r.PersonID] = []kept{{Span: Span{start, start.Add(30 * time.Minute)}, till: s.now.Add(5 * time.Minute)}}
		}
	}
	s.work.close()
}

// What the page of reasons calls bookable is exactly what is offered: every
// quarter hour, and odd minutes too, of every reviewer of random worlds.
// (SCH-10; invariants 4 and 5)
func TestWhyAgreesWithTheOffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t, rapid.IntRange(1, 3).Draw(t, "orders"))
		offer, err := s.offer(s.horizon())
		if err != nil {
			t.Fatal(err)
		}
		offered := map[time.Time]bool{}
		for _, slot := range offer.Slots {
			offered[slot.Start] = true
		}
		in := s.horizon()
		for at := in.From().Add(-2 * time.Hour); at.Before(in.Until().Add(26 * time.Hour)); at = at.Add(5 * time.Minute) {
			slot := Slot{Start: at, Minutes: s.minutes}
			free := map[account.PersonID]bool{}
			for _, c := range offer.candidates(slot) {
				free[c.id] = true
			}
			if offered[at] != (len(free) > 0) {
				t.Fatalf("%v is offered: %v, and %d could take it", at, offered[at], len(free))
			}
			for _, r := range s.all {
				checks, err := offer.why(r, slot, time.UTC)
				if err != nil {
					t.Fatal(err)
				}
				if v := (Verdict{Checks: checks}); v.Bookable() != free[r.PersonID] {
					t.Fatalf("%v with %s: bookable %v, in the offer %v\n%+v", at, r.Name, v.Bookable(), free[r.PersonID], checks)
				}
			}
		}
	})
}

// Invariant 25: of a lower tier nothing is offered where the law asks for
// more, unless no time has it and the office stated that it wants to go ahead.
func TestLawHidesWhatDoesNotMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t, 1)
		offer, err := s.offer(s.horizon())
		if err != nil {
			t.Fatal(err)
		}
		rule, stated := s.needs[0].rule, s.needs[0].stated
		s.needs[0].rule = nil
		free, err := s.offer(s.horizon())
		if err != nil {
			t.Fatal(err)
		}
		best := 4
		for _, slot := range free.Slots {
			best = min(best, slot.Tier)
		}
		for _, slot := range offer.Slots {
			if rule != nil && slot.Tier > rule.NeedsTier && (!stated || best <= rule.NeedsTier) {
				t.Fatalf("%v is offered; the rule needs %d, stated %v, the best there is %d", slot, rule.NeedsTier, stated, best)
			}
		}
		if rule != nil && best <= 3 && stated && best > rule.NeedsTier && len(offer.Slots) != len(free.Slots) {
			t.Fatalf("stated, but %d of %d times", len(offer.Slots), len(free.Slots))
		}
	})
}
