package portal

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// dayParts are the ways to narrow the times shown; the choice is a link.
var dayParts = []struct {
	value    string
	text     words.Text
	from, to int // minutes of the reader's day
}{
	{"", "Any time", 0, civil.DayMinutes},
	{"morning", "Mornings", 0, 12 * 60},
	{"lunch", "Lunch (11 to 1)", 11 * 60, 13 * 60},
	{"afternoon", "Afternoons", 12 * 60, civil.DayMinutes},
}

func (p *timePage) partPath(value string) string { return p.narrowed(value, p.same, false) }

// narrowed is the page's address with these filters.
func (p *timePage) narrowed(part string, same, all bool) string {
	q := url.Values{}
	if part != "" {
		q.Set("part", part)
	}
	if same {
		q.Set("match", "same")
	}
	if all {
		q.Set("all", "yes")
	}
	if len(q) == 0 {
		return p.action
	}
	return p.action + "?" + q.Encode()
}

// effect is what the call being chosen can do: a call that is moved keeps
// what it was booked for.
func (p *timePage) effect() peer.Standing {
	s := p.standing
	if p.moving != nil {
		s.Result, s.Why = peer.Available, ""
		if p.several.own.Effect == peer.Discussion {
			s.Result, s.Why = peer.DiscussOnly, peer.BecauseLine
		}
		s.Until = p.several.own.ValidUntil
	}
	return s
}

// shown are the free times in the chosen part of the day.
func (p *timePage) shown() []peer.Slot { return p.narrowing().of(p.offer.Slots) }

// A narrowing is what of the free times is shown.
type narrowing struct {
	part  string // one of dayParts, usualPart or ""
	same  bool   // only times with a reviewer of the same specialty
	usual *peer.Usual
	loc   *time.Location
}

func (p *timePage) narrowing() narrowing { return narrowing{p.part, p.same, p.usual, p.loc} }

func (n narrowing) of(slots []peer.Slot) (some []peer.Slot) {
	fits := func(peer.Slot) bool { return false }
	if n.part == usualPart && n.usual != nil {
		fits = n.usual.Fits
	}
	for _, part := range dayParts {
		if part.value == n.part && n.part != usualPart {
			fits = func(s peer.Slot) bool {
				local := s.Start.In(n.loc)
				minute := local.Hour()*60 + local.Minute()
				return minute >= part.from && minute < part.to
			}
		}
	}
	for _, s := range slots {
		if fits(s) && (!n.same || s.SameSpecialty()) {
			some = append(some, s)
		}
	}
	return some
}

type week struct {
	heading words.Text
	days    []ui.Day
}

const firstTimes = 6 // of a day, before "Show more"

// weeks lay the free times out by the reader's civil days, never by adding
// hours: a day of daylight-saving change has 23 or 25. Every weekday of the
// horizon stands there up to the week of the deadline, a weekend day only if
// it has times.
func (p *timePage) weeks() []week {
	byDay := map[civil.Date][]peer.Slot{}
	for _, s := range p.shown() {
		d := civil.DateIn(s.Start, p.loc)
		byDay[d] = append(byDay[d], s)
	}
	var all []week
	first, last := civil.DateIn(p.now, p.loc), p.offer.LastDay
	for d := first; !d.After(last) && !(d.Weekday() == time.Monday && p.late(d)); d = d.AddDays(1) {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if weekend && len(byDay[d]) == 0 {
			continue
		}
		if len(all) == 0 || d.Weekday() == time.Monday {
			all = append(all, week{})
		}
		w := &all[len(all)-1]
		w.days = append(w.days, p.day(d, byDay[d]))
	}
	for i := range all {
		all[i].heading = weekHeading(all[i].days)
	}
	return all
}

func weekHeading(days []ui.Day) words.Text {
	from, err := civil.ParseDate(days[0].Date)
	to, err2 := civil.ParseDate(days[len(days)-1].Date)
	if err != nil || err2 != nil {
		return "Times"
	}
	return words.Say("Week of %s", civil.DateRange(from, to))
}

func (p *timePage) day(d civil.Date, slots []peer.Slot) ui.Day {
	day := ui.Day{Date: d.String(), Heading: civil.DayHeading(d), Closed: p.closed(d)}
	some := p.some(slots)
	for _, s := range some {
		day.Slots = append(day.Slots, ui.Slot{
			Value: s.Key(), Text: p.bare(s), Note: p.specialty(s), Chosen: s.Key() == p.chosen,
		})
	}
	day.Slots = p.withCurrent(d, some, day.Slots)
	if n := len(slots) - len(some); n > 0 {
		day.More = &ui.Link{Text: words.Say("Show %s more on %s", thousands(n), civil.DayName(d)), Href: p.more() + "#" + slots[0].Key()}
	}
	return day
}

// withCurrent puts the time a call is moved from among the free ones of its
// day, in its place.
func (p *timePage) withCurrent(d civil.Date, free []peer.Slot, drawn []ui.Slot) []ui.Slot {
	if p.moving == nil || p.moving.StartsAt.IsZero() || civil.DateIn(p.moving.StartsAt, p.loc) != d {
		return drawn
	}
	i := 0
	for i < len(free) && free[i].Start.Before(p.moving.StartsAt) {
		i++
	}
	now := callSlot(*p.moving)
	return slices.Insert(drawn, i, ui.Slot{Value: "current", Text: p.bare(now), Current: true})
}

// some are the times of a day that are shown at first: its earliest and its
// latest, the rest evenly between them on starts that do not overlap, the one
// that is chosen, and those an error names.
func (p *timePage) some(slots []peer.Slot) []peer.Slot {
	if p.all || len(slots) <= firstTimes+1 {
		return slots
	}
	var even []peer.Slot
	for _, s := range slots {
		if s.Start.In(p.loc).Minute()%min(s.Minutes, 60) == 0 {
			even = append(even, s)
		}
	}
	if len(even) < 2 {
		even = slots
	}
	picked := map[string]bool{slots[0].Key(): true, p.chosen: true}
	for _, s := range p.near {
		picked[s.Key()] = true
	}
	for i := range firstTimes - 1 {
		picked[even[min(len(even)-1, (i+1)*len(even)/(firstTimes-1))].Key()] = true
	}
	var shown []peer.Slot
	for _, s := range slots {
		if picked[s.Key()] {
			shown = append(shown, s)
		}
	}
	return shown
}

func (p *timePage) more() string { return p.narrowed(p.part, p.same, true) }

// bare is a time without its zone, which stands above the grid, except where
// a wall time comes twice in one day.
func (p *timePage) bare(s peer.Slot) words.Text { return civil.SpanShort(s.Start, s.End(), p.loc) }

// closed says once why a day has no times.
func (p *timePage) closed(d civil.Date) words.Text {
	if name, yes := p.offer.Calendar.Holiday(d); yes {
		return words.Say("Closed – %s", name)
	}
	if p.late(d) {
		return "After your deadline"
	}
	return "No times left"
}

// late reports whether all of d is after the deadline.
func (p *timePage) late(d civil.Date) bool {
	return p.offer.Until != nil && civil.Start(d, 0, p.loc).After(p.offer.Until.Add(-time.Minute))
}

func (p *timePage) noneInPart() words.Text {
	word := map[string]words.Text{"morning": "morning", "lunch": "lunch", "afternoon": "afternoon", usualPart: "usual"}[p.part]
	n := len(p.offer.Slots)
	if word == "" {
		return words.Say("No times match. %s other times are open.", thousands(n))
	}
	if n == 1 {
		return words.Say("No %s times. 1 other time is open.", word)
	}
	return words.Say("No %s times. %s other times are open.", word, thousands(n))
}

func (p *timePage) noTimesWords() words.Text {
	text := words.Say("No times are open in the next %s business days.", thousands(p.standing.Program.LookAheadDays))
	if p.offer.Until != nil {
		text = words.Say("No times are open before your deadline, %s.", civil.Deadline(*p.offer.Until, p.loc, p.now))
	}
	if len(p.draft.Others) > 0 {
		text += " With fewer orders there may be some."
	}
	return words.Say("%s Tell us when you can talk, and we'll book the first time that opens.", text)
}

func (p *callPage) zoneChoices(likely string) ui.Group {
	g := ui.Group{Name: "tz", Legend: "In which time zone do you read times?", Hint: "We keep your answer. You can change it on any page of times."}
	for _, e := range p.errors {
		g.Error = e.Text
	}
	chosen, _ := civil.ChoiceFor(likely)
	for _, z := range civil.Zones {
		loc, err := civil.Zone(z.Name)
		if err != nil {
			continue
		}
		g.Options = append(g.Options, ui.Option{Value: z.Name, Label: z.Label, Hint: words.Say("Now %s", civil.Clock(p.now, loc)), Checked: z.Name == chosen.Name})
	}
	return g
}

func peersWords(peers string) words.Text {
	all := strings.Split(peers, ",")
	if len(all) < 2 {
		return words.AsIs(peers)
	}
	return words.Say("%s or %s", strings.Join(all[:len(all)-1], ", "), all[len(all)-1])
}
