package peer

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
)

// noticed is an order of a plan that is open from 8 to 6 in Chicago, with two
// hours' notice, half an hour for an urgent one.
func noticed(t testing.TB) need {
	chicago := zone(t, "America/Chicago")
	return need{plan: plan.Plan{Name: "Harbor", Opens: 8 * 60, Closes: 18 * 60}, program: plan.Program{NoticeMinutes: 120, UrgentNotice: 30},
		calendar: civil.Calendar{Zone: chicago, Holidays: civil.Holidays{{Falls: civil.OnDate(day("2026-11-26")), Name: "Thanksgiving"}}}}
}

func TestNoticeRunsWhileThePlanIsOpen(t *testing.T) {
	n := noticed(t)
	at := func(date string, minute int) time.Time { return civil.Start(day(date), minute, n.calendar.Zone) }
	for _, k := range []struct {
		why    string
		now    time.Time
		urgent bool
		want   time.Time
	}{
		{"in the middle of a day", at("2026-11-23", 10*60), false, at("2026-11-23", 12*60)},
		{"before the plan opens", at("2026-11-23", 6*60), false, at("2026-11-23", 10*60)},
		{"into the next day", at("2026-11-23", 17*60), false, at("2026-11-24", 9*60)},
		{"to the very end of a day", at("2026-11-23", 16*60), false, at("2026-11-23", 18*60)},
		{"over Thanksgiving", at("2026-11-25", 17*60), false, at("2026-11-27", 9*60)},
		{"over a weekend", at("2026-11-27", 17*60+30), false, at("2026-11-30", 9*60+30)},
		{"on a Sunday", at("2026-11-29", 12*60), false, at("2026-11-30", 10*60)},
		{"over the weekend on which clocks are set back", at("2026-10-30", 17*60), false, at("2026-11-02", 9*60)},
		{"an urgent order on a Friday evening", at("2026-11-27", 17*60+45), true, at("2026-11-30", 8*60+15)},
	} {
		n.urgent = k.urgent
		if got := n.from(k.now); !got.Equal(k.want) {
			t.Errorf("%s: from %v, want %v", k.why, got.In(n.calendar.Zone), k.want)
		}
	}
}

// The oracle: a clock that ticks each minute, and counts it if the plan is
// open. It shares with the engine what a wall time is, and nothing else.
func TestNoticeAgreesWithAClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := civil.Zone(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		now := civil.Start(day(rapid.SampledFrom(weeks).Draw(t, "week")).AddDays(rapid.IntRange(0, 6).Draw(t, "day")), rapid.IntRange(0, 1439).Draw(t, "minute"), loc)
		opens := rapid.IntRange(0, 95).Draw(t, "opens") * 15
		n := need{calendar: civil.Calendar{Zone: loc, Holidays: civil.Holidays{{Falls: civil.OnDate(civil.DateIn(now, loc).AddDays(rapid.IntRange(0, 3).Draw(t, "holiday"))), Name: "Holiday"}}},
			plan:    plan.Plan{Opens: opens, Closes: rapid.IntRange(opens/15+1, 96).Draw(t, "closes") * 15},
			program: plan.Program{NoticeMinutes: rapid.IntRange(0, 900).Draw(t, "notice"), UrgentNotice: rapid.SampledFrom([]int{0, 45}).Draw(t, "urgent notice")},
			urgent:  rapid.Bool().Draw(t, "urgent")}
		left := n.program.NoticeMinutes
		if n.urgent && n.program.UrgentNotice > 0 {
			left = n.program.UrgentNotice
		}
		at := now
		for ; left > 0; at = at.Add(time.Minute) {
			d := civil.DateIn(at, loc)
			if n.calendar.IsBusinessDay(d) && !at.Before(civil.Start(d, n.plan.Opens, loc)) && at.Before(civil.End(d, n.plan.Closes, loc)) {
				left--
			}
		}
		if got := n.from(now); !got.Equal(at) {
			t.Fatalf("from %v, and the clock says %v", got.In(loc), at.In(loc))
		}
	})
}

// Of several orders, the one whose notice is over last counts; the page of
// reasons names it.
func TestTheLastNoticeCounts(t *testing.T) {
	first, second := noticed(t), noticed(t)
	second.plan.Name, second.plan.Opens = "Summit", 12*60
	all := needs{first, second}
	now := civil.Start(day("2026-11-23"), 9*60, first.calendar.Zone)
	if got := all.latest(now); got.plan.Name != "Summit" {
		t.Errorf("the notice of %s", got.plan.Name)
	}
	words := Offer{snapshot: snapshot{needs: all, now: now}}.noticeWords()
	if want := "the notice of 2 h, counted on business days while Summit is open"; !strings.HasPrefix(words, want) || !strings.Contains(words, "12:00 to 6:00 PM CT") {
		t.Errorf("%q", words)
	}
}
