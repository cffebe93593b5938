package deadline_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := civil.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads a wall time in Chicago: "2026-11-20 16:30".
func at(t testing.TB, wall string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", wall, zone(t, "America/Chicago"))
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func chicago(t testing.TB) civil.Calendar {
	return civil.Calendar{Zone: zone(t, "America/Chicago"), Holidays: civil.FederalHolidays()}
}

func current(t testing.TB, id string, day civil.Date) *deadline.Pack {
	t.Helper()
	p := deadline.Current(deadline.Library(), id, day)
	if p == nil {
		t.Fatalf("no pack %s holds on %s", id, day)
	}
	return p
}

// Each rule of each pack, with the sentence of the law that it restates.
func TestPacks(t *testing.T) {
	for _, c := range []struct {
		pack, received string
		kind           deadline.Kind
		paper          bool // it came by phone, fax or mail
		due            string
	}{
		// 42 CFR 422.572(a): 72 hours, weekend or not; 422.568(b)(1): 7 calendar days since 2026, 14 before.
		{"medicare-advantage", "2026-11-20 16:30", deadline.Urgent, false, "2026-11-23 16:30"},
		{"medicare-advantage", "2026-11-20 16:30", deadline.Standard, false, "2026-11-27 16:30"},
		{"medicare-advantage", "2025-11-20 16:30", deadline.Standard, false, "2025-12-04 16:30"},
		{"medicare-advantage", "2025-12-31 23:59", deadline.Standard, false, "2026-01-14 23:59"},
		{"medicare-advantage", "2026-01-01 00:00", deadline.Standard, false, "2026-01-08 00:00"},
		// 42 CFR 438.210(d) and 457.1230(d), the same.
		{"medicaid-managed-care", "2026-11-20 16:30", deadline.Urgent, true, "2026-11-23 16:30"},
		{"medicaid-managed-care", "2026-11-20 16:30", deadline.Standard, true, "2026-11-27 16:30"},
		{"medicaid-managed-care", "2025-11-20 16:30", deadline.Standard, true, "2025-12-04 16:30"},
		{"chip-managed-care", "2026-11-20 16:30", deadline.Standard, false, "2026-11-27 16:30"},
		// 29 CFR 2560.503-1(f)(2): 72 hours, 24 hours for care that goes on, 15 days before and 30 after a service.
		{"erisa", "2026-11-20 16:30", deadline.Urgent, false, "2026-11-23 16:30"},
		{"erisa", "2026-11-20 16:30", deadline.Concurrent, false, "2026-11-21 16:30"},
		{"erisa", "2026-11-20 16:30", deadline.Standard, false, "2026-12-05 16:30"},
		{"erisa", "2026-11-20 16:30", deadline.Retrospective, false, "2026-12-20 16:30"},
		{"marketplace", "2026-11-20 16:30", deadline.Urgent, false, "2026-11-23 16:30"},
		{"marketplace", "2026-11-20 16:30", deadline.Standard, false, "2026-12-05 16:30"},
		{"marketplace", "2026-11-20 16:30", deadline.Retrospective, false, "2026-12-20 16:30"},
		// Tex. Ins. Code 4201.304: working days, over Thanksgiving; an hour after stabilization.
		{"texas", "2026-11-24 16:30", deadline.Concurrent, false, "2026-11-26 00:00"},
		{"texas", "2026-11-24 16:30", deadline.Standard, false, "2026-12-01 00:00"},
		{"texas", "2026-11-24 16:30", deadline.Stabilized, false, "2026-11-24 17:30"},
		// 215 ILCS 200/25: 5 calendar days, 48 hours.
		{"illinois", "2026-11-20 16:30", deadline.Standard, false, "2026-11-25 16:30"},
		{"illinois", "2026-11-20 16:30", deadline.Urgent, false, "2026-11-22 16:30"},
		// Ohio R.C. 3923.041: 10 calendar days, 48 hours.
		{"ohio", "2026-11-20 16:30", deadline.Standard, false, "2026-11-30 16:30"},
		{"ohio", "2026-11-20 16:30", deadline.Urgent, true, "2026-11-22 16:30"},
		// RCW 48.43.830: the channel changes the clock.
		{"washington", "2026-11-20 16:30", deadline.Standard, false, "2026-11-23 16:30"},
		{"washington", "2026-11-20 16:30", deadline.Standard, true, "2026-11-25 16:30"},
		{"washington", "2026-11-20 16:30", deadline.Urgent, false, "2026-11-21 16:30"},
		{"washington", "2026-11-20 16:30", deadline.Urgent, true, "2026-11-22 16:30"},
		// NCQA UM 5 and the CAQH CORE rule, as contracts take them up.
		{"ncqa-um", "2026-11-20 16:30", deadline.Concurrent, false, "2026-11-21 16:30"},
		{"ncqa-um", "2026-11-20 16:30", deadline.Urgent, false, "2026-11-23 16:30"},
		{"ncqa-um", "2026-11-20 16:30", deadline.Standard, false, "2026-12-05 16:30"},
		{"ncqa-um", "2026-11-20 16:30", deadline.Retrospective, false, "2026-12-20 16:30"},
		{"caqh-core", "2026-11-25 09:00", deadline.Standard, false, "2026-12-01 00:00"}, // Thanksgiving and a weekend between
		// Clocks go back on November 1, 2026: days keep the wall time, hours are elapsed.
		{"medicare-advantage", "2026-10-29 14:14", deadline.Standard, false, "2026-11-05 14:14"},
		{"medicare-advantage", "2026-10-30 14:14", deadline.Urgent, false, "2026-11-02 13:14"},
		// They go forward on March 8: a due time in the hour that is skipped is at the jump.
		{"medicare-advantage", "2026-03-01 02:30", deadline.Standard, false, "2026-03-08 03:00"},
	} {
		received := at(t, c.received)
		f := deadline.Facts{Received: received, Kind: c.kind, Electronic: !c.paper, Calendar: chicago(t)}
		k, err := deadline.Reckon([]*deadline.Pack{current(t, c.pack, civil.DateIn(received, f.Calendar.Zone))}, f, received)
		if err != nil || !k.Due.Equal(at(t, c.due)) {
			t.Errorf("%s, %s, received %s: due %s, want %s (%v)", c.pack, c.kind, c.received, k.Due.In(f.Calendar.Zone).Format("2006-01-02 15:04"), c.due, err)
		}
		if k.Rule != nil && (k.Rule.Citation == "" || len(k.Steps) < 2) {
			t.Errorf("%s doesn't explain itself: %+v", c.pack, k.Steps)
		}
	}
}

// What asking for information does to a clock is the rule's to say.
func TestMissingInformation(t *testing.T) {
	ask := func(when, until, answered string) []deadline.Event {
		all := []deadline.Event{{At: at(t, when), Kind: deadline.Asked, Until: at(t, until)}}
		if answered != "" {
			all = append(all, deadline.Event{At: at(t, answered), Kind: deadline.Answered})
		}
		return all
	}
	for name, c := range map[string]struct {
		pack, received string
		kind           deadline.Kind
		events         []deadline.Event
		now, due       string
		paused         bool
	}{
		"Medicare's clock runs on":               {"medicare-advantage", "2026-11-20 16:30", deadline.Standard, ask("2026-11-21 09:00", "2026-11-24 09:00", ""), "2026-11-22 09:00", "2026-11-27 16:30", false},
		"ERISA's stops":                          {"erisa", "2026-11-20 16:30", deadline.Standard, ask("2026-11-23 10:00", "2027-01-07 10:00", "2026-12-01 09:00"), "2026-11-24 10:00", "2026-12-13 15:30", true},
		"and runs on without an answer":          {"erisa", "2026-11-20 16:30", deadline.Standard, ask("2026-11-23 10:00", "2027-01-07 10:00", ""), "2027-01-08 10:00", "2027-01-19 16:30", false},
		"an answer after the wait moves nothing": {"erisa", "2026-11-20 16:30", deadline.Standard, ask("2026-11-23 10:00", "2027-01-07 10:00", "2027-02-01 09:00"), "2027-02-02 10:00", "2027-01-19 16:30", false},
		"urgent: 48 hours after the answer":      {"erisa", "2026-11-20 16:30", deadline.Urgent, ask("2026-11-21 10:00", "2026-11-23 10:00", "2026-11-22 08:00"), "2026-11-22 09:00", "2026-11-24 08:00", false},
		"urgent: or after the wait":              {"erisa", "2026-11-20 16:30", deadline.Urgent, ask("2026-11-21 10:00", "2026-11-23 10:00", ""), "2026-11-24 09:00", "2026-11-25 10:00", false},
		"Illinois counts from the answer":        {"illinois", "2026-11-20 16:30", deadline.Standard, ask("2026-11-21 10:00", "2026-12-21 10:00", "2026-11-30 10:00"), "2026-11-30 10:00", "2026-12-05 10:00", false},
		"business days lost to the wait":         {"caqh-core", "2026-11-20 09:00", deadline.Standard, ask("2026-11-23 10:00", "2026-12-15 10:00", "2026-12-01 10:00"), "2026-12-01 10:00", "2026-12-04 00:00", false},
		"too late to ask":                        {"erisa", "2026-11-20 16:30", deadline.Standard, ask("2026-12-06 10:00", "2027-01-07 10:00", ""), "2026-12-07 10:00", "2026-12-05 16:30", false},
	} {
		f := deadline.Facts{Received: at(t, c.received), Kind: c.kind, Electronic: true, Calendar: chicago(t), Events: c.events}
		k, err := deadline.Reckon([]*deadline.Pack{current(t, c.pack, civil.Date{Year: 2026, Month: 11, Day: 20})}, f, at(t, c.now))
		if err != nil || !k.Due.Equal(at(t, c.due)) || k.Paused != c.paused {
			t.Errorf("%s: due %s, paused %v, want %s, %v (%v)", name, k.Due.In(f.Calendar.Zone).Format("2006-01-02 15:04"), k.Paused, c.due, c.paused, err)
		}
	}
}

func TestExtensionsAndChangesOfUrgency(t *testing.T) {
	ma := current(t, "medicare-advantage", civil.Date{Year: 2026, Month: 11, Day: 20})
	f := deadline.Facts{Received: at(t, "2026-11-20 16:30"), Kind: deadline.Standard, Calendar: chicago(t)}
	after := func(kind deadline.Kind, all ...deadline.Event) string {
		f := f
		f.Kind, f.Events = kind, all
		k, err := deadline.Reckon([]*deadline.Pack{ma}, f, f.Received)
		if err != nil {
			t.Fatal(err)
		}
		return k.Due.In(f.Calendar.Zone).Format("2006-01-02 15:04")
	}
	longer := deadline.Event{At: at(t, "2026-11-21 09:00"), Kind: deadline.Extended, Why: "The member asked for it"}
	became := func(k deadline.Kind, when string) deadline.Event {
		return deadline.Event{At: at(t, when), Kind: deadline.Reclassified, To: k, Why: "as the physician says."}
	}
	for name, got := range map[string][2]string{
		"extended":                               {after(deadline.Standard, longer), "2026-12-11 16:30"},
		"extended once":                          {after(deadline.Standard, longer, longer), "2026-12-11 16:30"},
		"urgent counts from then":                {after(deadline.Standard, became(deadline.Urgent, "2026-11-21 09:00")), "2026-11-24 09:00"},
		"and is never due later":                 {after(deadline.Standard, became(deadline.Urgent, "2026-11-26 09:00")), "2026-11-27 16:30"},
		"what isn't urgent counts from receipt":  {after(deadline.Urgent, became(deadline.Standard, "2026-11-21 09:00")), "2026-11-27 16:30"},
		"an extension goes with what it extends": {after(deadline.Standard, longer, became(deadline.Urgent, "2026-11-21 10:00")), "2026-11-24 10:00"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: due %s, want %s", name, got[0], got[1])
		}
	}
}

// Where several packs hold, the earliest due time counts, and those of other
// states don't.
func TestTheEarliestCounts(t *testing.T) {
	day := civil.Date{Year: 2026, Month: 11, Day: 20}
	all := []*deadline.Pack{current(t, "erisa", day), current(t, "ohio", day), current(t, "texas", day)}
	f := deadline.Facts{Received: at(t, "2026-11-20 16:30"), Kind: deadline.Standard, State: "OH", Calendar: chicago(t)}
	k, err := deadline.Reckon(all, f, f.Received)
	if err != nil || k.Pack.ID != "ohio" || len(k.Limits) != 2 {
		t.Errorf("in Ohio %v counts, of %d (%v)", k.Pack, len(k.Limits), err)
	}
	f.State = ""
	if k, err = deadline.Reckon(all, f, f.Received); err != nil || k.Pack.ID != "texas" {
		t.Errorf("where the state isn't known the strictest counts, not %v (%v)", k.Pack, err)
	}
	f.Kind = deadline.Stabilized
	if _, err = deadline.Reckon(all[:2], f, f.Received); err != deadline.ErrNoRule {
		t.Errorf("no rule: %v", err)
	}
}

// Whatever the rule, the zone and the day: nothing is due before it begins,
// waiting never makes it due earlier, a longer wait never earlier than a
// shorter one, and business days end when one is over.
func TestClocksNeverRunBackward(t *testing.T) {
	zones := []string{"America/Chicago", "America/Phoenix", "Pacific/Honolulu", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"}
	rapid.Check(t, func(r *rapid.T) {
		p := rapid.SampledFrom(deadline.Library()).Draw(r, "pack")
		loc := zone(t, rapid.SampledFrom(zones).Draw(r, "zone"))
		received := time.Unix(rapid.Int64Range(1735689600, 1830297600).Draw(r, "received"), 0)
		f := deadline.Facts{Received: received, Kind: rapid.SampledFrom(deadline.Kinds).Draw(r, "kind"), Electronic: rapid.Bool().Draw(r, "electronic"),
			Calendar: civil.Calendar{Zone: loc, Holidays: civil.FederalHolidays()}, Hours: civil.Hours{Open: 480, Close: 1080}}
		due := func(all ...deadline.Event) (deadline.Clock, bool) {
			f := f
			f.Events = all
			k, err := deadline.Reckon([]*deadline.Pack{p}, f, received)
			return k, err == nil
		}
		plain, ok := due()
		if !ok {
			return
		}
		if !plain.Due.After(received) {
			r.Fatalf("due %v, received %v", plain.Due, received)
		}
		if plain.Rule.Within.Unit == deadline.BusinessDays {
			last := civil.DateIn(plain.Due.Add(-time.Second), loc)
			if !f.Calendar.IsBusinessDay(last) || !plain.Due.Equal(civil.EndOfDay(last, loc)) || f.Calendar.BusinessDaysUntil(civil.DateIn(received, loc), last) != plain.Rule.Within.N {
				r.Fatalf("%d business days after %v end %v", plain.Rule.Within.N, received.In(loc), plain.Due.In(loc))
			}
		}
		asked := received.Add(time.Duration(rapid.IntRange(0, 400).Draw(r, "asked after")) * time.Hour)
		short := rapid.IntRange(0, 900).Draw(r, "wait")
		long := short + rapid.IntRange(0, 900).Draw(r, "more")
		wait := func(hours int) deadline.Event {
			return deadline.Event{At: asked, Kind: deadline.Asked, Until: asked.Add(time.Duration(hours) * time.Hour)}
		}
		a, _ := due(wait(short))
		b, _ := due(wait(long))
		if restarts := plain.Rule.Missing.Effect == deadline.Restarts; !restarts && a.Due.Before(plain.Due) {
			r.Fatalf("waiting %d h made it due earlier: %v, not %v", short, a.Due, plain.Due)
		}
		if b.Due.Before(a.Due) {
			r.Fatalf("waiting %d h is due %v, %d h %v", long, b.Due, short, a.Due)
		}
		answered, _ := due(wait(long), deadline.Event{At: asked.Add(time.Duration(short) * time.Hour), Kind: deadline.Answered})
		if !answered.Due.Equal(a.Due) {
			r.Fatalf("an answer after %d h is due %v, the end of such a wait %v", short, answered.Due, a.Due)
		}
		x, _ := due(deadline.Event{At: received, Kind: deadline.Extended, Why: "x"})
		if (plain.Rule.Extension != nil) != x.Due.After(plain.Due) {
			r.Fatalf("extended: due %v, not %v", x.Due, plain.Due)
		}
	})
}

func TestMarksOfAClock(t *testing.T) {
	c := deadline.Clock{Started: at(t, "2026-11-20 00:00")}
	c.Due = at(t, "2026-11-24 04:00") // 100 hours
	for percent, hours := range map[int]int{50: 50, 75: 75, 90: 90, 100: 100} {
		if got := c.Mark(percent).Sub(c.Started); got != time.Duration(hours)*time.Hour {
			t.Errorf("%d%% after %v", percent, got)
		}
	}
}

func TestPacksThatCantBe(t *testing.T) {
	good := `[{"id":"x","version":"1","name":"X","basis":"law","source":"S","from":"2026-01-01","rules":[{"id":"a","kinds":["standard"],"within":"3 business days","sentence":"S.","citation":"C"}]}]`
	if all, err := deadline.Read([]byte(good)); err != nil || all[0].Rules[0].Within.String() != "3 business days" {
		t.Fatal(err)
	}
	for _, c := range [][3]string{
		{`"id":"x"`, `"id":"x@y"`, "id"}, {`"law"`, `"custom"`, "law or contract"}, {`"source":"S"`, `"source":""`, "source"}, {"3 business days", "3 fortnights", "fortnights"},
		{`"3 business days"`, `"0 hours"`, "0 hours"}, {`["standard"]`, `["soon"]`, "soon"}, {`["standard"]`, `[]`, "no kind"}, {`"citation":"C"`, `"citation":""`, "citation"},
		{`"id":"a"`, `"id":"a","channel":"pigeon"`, "electronic or other"}, {`"id":"a"`, `"id":"a","missing":{"effect":"stops"}`, "runs, pauses or restarts"},
		{`"id":"a"`, `"id":"a","extension":{"by":"1 hour"}`, "grounds"}, {`"id":"a"`, `"id":"a","speed":1`, "speed"},
	} {
		if _, err := deadline.Read([]byte(strings.Replace(good, c[0], c[1], 1))); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s is read: %v", c[1], err)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	day := civil.Date{Year: 2026, Month: 11, Day: 20}
	packs := []*deadline.Pack{current(b, "erisa", day), current(b, "caqh-core", day), current(b, "texas", day)}
	f := deadline.Facts{Received: at(b, "2026-11-20 16:30"), Kind: deadline.Standard, Electronic: true, Calendar: chicago(b),
		Events: []deadline.Event{{At: at(b, "2026-11-23 10:00"), Kind: deadline.Asked, Until: at(b, "2026-12-10 10:00")}, {At: at(b, "2026-12-01 10:00"), Kind: deadline.Answered}}}
	for b.Loop() {
		if _, err := deadline.Reckon(packs, f, f.Received); err != nil {
			b.Fatal(err)
		}
	}
}
