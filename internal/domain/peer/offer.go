package peer

import (
	"context"
	"hash/fnv"
	"slices"
	"sort"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// An Offer is every time at which a call can be booked now, the earliest
// first. What it offers can be booked, and nothing else can: booking asks the
// same offer.
type Offer struct {
	Slots     []Slot
	Calendar  civil.Calendar // of the plan
	LastDay   civil.Date     // of the horizon, on the plan's calendar
	Until     *time.Time     // end of the window in which a call can change the decision, if it cuts the horizon
	Languages []string       // that some reviewer speaks who could take the call, besides English
	Language  string         // of the call, "" for English

	// Rule is the law that asks for a match, nil if none does. Where no time
	// has it, Unmatched says so and Lower how many times have less; they are
	// in Slots only once the office has stated that it wants to go ahead.
	Rule      *Rule
	Unmatched bool
	Lower     int
	Stated    bool

	snapshot
	query     Query
	index     *Index
	reviewers []candidate // by their number in the index
}

// A snapshot is all that an offer depends on: who there is, when they are
// free, and what is asked.
type snapshot struct {
	now      time.Time
	calendar civil.Calendar
	until    *time.Time // after which no call may end, nil for the horizon's own end
	need     need
	all      []review.Reviewer
	work     work
	moving   *Call
	stated   bool // the office made the statement that the law asks for without a match
	seed     string

	// stay keeps the call that is moved at the time it has: only who takes it
	// is asked. Then notice, look-ahead and the plan's days say nothing, since
	// the time is agreed. planned is what others would have by then.
	stay    bool
	planned map[account.PersonID]int
}

// Offers returns the times at which a call about o can be booked, or to which
// moving can be moved (nil for a new call). A person's own hold does not stand
// in their way.
func Offers(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, moving *Call) (Offer, error) {
	d, err := FindDraft(ctx, tx, by, o, callID(moving))
	if err != nil {
		return Offer{}, err
	}
	return offerFor(ctx, tx, o, st, moving, d, nil)
}

// offerFor is the offer to whoever has d. only, if not nil, is the one time
// that matters: then nothing is looked at beyond its day, unless the law asks
// whether a better match can be had on another.
func offerFor(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft, only *Slot) (Offer, error) {
	s, err := look(ctx, tx, o, st, moving, d)
	if err != nil {
		return Offer{}, err
	}
	in := s.horizon()
	if only != nil && !(s.need.rule != nil && s.stated) {
		in = NewHorizon(only.Start, only.End())
	}
	if s.work, err = loadWork(ctx, tx, in, s.around(), o.ID, callID(moving), d.ID); err != nil {
		return Offer{}, err
	}
	return s.offer(in)
}

// look reads all of a snapshot but what keeps reviewers busy.
func look(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft) (s snapshot, err error) {
	s = snapshot{now: tx.Now(), moving: moving, until: until(st, moving), seed: string(o.ID)}
	if s.calendar, err = plan.CalendarOf(ctx, tx, st.Plan); err != nil {
		return s, err
	}
	if s.need, err = needOf(ctx, tx, o, st, civil.DateIn(s.now, s.calendar.Zone)); err != nil {
		return s, err
	}
	s.need.language = d.Language
	if moving != nil && d.Language == "" {
		s.need.language = moving.Language
	}
	if s.stated, err = stated(ctx, tx, s.need.rule, d, moving); err != nil {
		return s, err
	}
	s.all, err = review.Callable(ctx, tx, o.ProgramID)
	return s, err
}

// until ends the horizon where a call can no longer change the decision, for
// a call that is meant to; nil where it doesn't.
func until(st Standing, moving *Call) *time.Time {
	switch {
	case moving != nil && moving.Effect == Discussion:
		return nil
	case moving != nil:
		return moving.ValidUntil
	case st.Effect() != CanChange:
		return nil
	}
	return st.Until
}

// needOf says what an order asks of a reviewer. The specialty is that of the
// practitioner who ordered, since the law speaks of a peer of the one who
// ordered (28 TAC 19.1710: "same or similar specialty as the physician who
// ordered"); where it isn't known, the one that orders of the program usually
// come from.
func needOf(ctx context.Context, tx *db.Tx, o order.Order, st Standing, today civil.Date) (n need, err error) {
	n = need{plan: st.Plan, line: st.Line, program: st.Program, specialty: st.Program.Specialty, today: today}
	if o.PractitionerID != "" {
		who, err := provider.GetPractitioner(ctx, tx, o.PractitionerID)
		if err != nil {
			return n, err
		}
		n.specialty = first(who.Specialty, n.specialty)
	}
	if n.state, err = review.OfficeState(ctx, tx, o); err != nil {
		return n, err
	}
	rules, err := rulesFor(ctx, tx, n.state, o.Line, today)
	if err != nil {
		return n, err
	}
	n.rule = strictest(rules)
	if st.Line.CallReviewer == plan.NotDecider || st.Line.CallReviewer == plan.Decider {
		n.decider, err = review.Decider(ctx, tx, o.ID)
	}
	return n, err
}

// around is how far beyond the horizon calls count: on the rest of a day in
// any zone, or of a week where somebody has a number for it.
func (s snapshot) around() time.Duration {
	if slices.ContainsFunc(s.all, func(r review.Reviewer) bool { return r.WeeklyCalls > 0 }) {
		return 8 * 24 * time.Hour
	}
	return 48 * time.Hour
}

// asked is what is asked of the index, but for the tiers and the plan's days.
func (s snapshot) asked() Query {
	if s.stay {
		return Query{Minutes: s.moving.Minutes(), From: s.moving.StartsAt, Until: s.moving.EndsAt}
	}
	p := s.need.program
	q := Query{Minutes: p.SlotMinutes, From: s.now.Add(time.Duration(p.NoticeMinutes) * time.Minute), Until: civil.EndOfDay(s.lastDay(), s.calendar.Zone)}
	if s.until != nil && s.until.Before(q.Until) {
		q.Until = *s.until
	}
	return q
}

// horizon is all the time in which a call could be.
func (s snapshot) horizon() Horizon {
	if s.stay {
		return NewHorizon(s.moving.StartsAt, s.moving.EndsAt)
	}
	return NewHorizon(s.now, s.asked().Until)
}

func (s snapshot) lastDay() civil.Date {
	return s.calendar.AddBusinessDays(civil.DateIn(s.now, s.calendar.Zone), s.need.program.LookAheadDays)
}

// offer works the snapshot out, for times in in.
func (s snapshot) offer(in Horizon) (Offer, error) {
	f := Offer{snapshot: s, Calendar: s.calendar, LastDay: s.lastDay(), query: s.asked(), Rule: s.need.rule, Language: s.need.language, Stated: s.stated}
	if s.until != nil && f.query.Until.Equal(*s.until) {
		f.Until = s.until
	}
	if !s.stay {
		f.query.Open = open(s.calendar, civil.DateIn(s.now, s.calendar.Zone), f.LastDay, in)
	}
	tiers := make([]Reviewers, TierTrained)
	hours := make([]Hours, len(s.all))
	for i, r := range s.all {
		c, err := s.candidate(r)
		if err != nil {
			return f, err
		}
		f.reviewers = append(f.reviewers, c)
		hours[i] = s.work.hours(c)
		if s.need.fits(r) {
			tiers[c.tier-1].Add(i)
		}
	}
	f.Languages = s.languages()
	f.index = NewIndex(in, hours)
	f.match(tiers)
	return f, nil
}

func (s snapshot) candidate(r review.Reviewer) (candidate, error) {
	zone, err := civil.Zone(r.TimeZone)
	return candidate{id: r.PersonID, name: r.Name, zone: zone, daily: r.DailyCalls, weekly: r.WeeklyCalls, gap: r.GapMinutes, weight: max(1, r.Weight),
		programs: len(r.Programs), tier: s.need.tier(r), hash: hash(s.seed, r.PersonID)}, err
}

// match keeps the tiers that may be offered: all, or where the law asks for a
// match those that have it if any of them has a time, else all once the
// office has stated that the physician wants to go ahead.
func (f *Offer) match(tiers []Reviewers) {
	f.query.Tiers = tiers
	f.Slots = f.slots()
	if f.Rule == nil {
		return
	}
	all := f.Slots
	f.query.Tiers = tiers[:f.Rule.NeedsTier]
	f.Slots = f.slots()
	f.Unmatched = len(f.Slots) == 0
	if !f.Unmatched {
		return
	}
	f.Lower = len(all)
	if f.Stated {
		f.query.Tiers, f.Slots = tiers, all
	}
}

func (f *Offer) slots() (all []Slot) {
	for _, start := range f.index.Offers(f.query) {
		if !f.isNow(start.At) {
			all = append(all, Slot{Start: start.At, Minutes: f.query.Minutes, Tier: start.Tier})
		}
	}
	return all
}

// isNow reports whether a time is the one that the call being moved has,
// which is no other time.
func (f *Offer) isNow(at time.Time) bool {
	return f.moving != nil && !f.stay && at.Equal(f.moving.StartsAt)
}

// languages are those that can be asked for.
func (s snapshot) languages() (all []string) {
	any := s.need
	any.language = ""
	for _, r := range s.all {
		for _, l := range r.Languages {
			if any.fits(r) && l != review.English && !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	slices.Sort(all)
	return all
}

// open are the plan's business days: no call is offered on its holidays and
// weekends.
func open(c civil.Calendar, first, last civil.Date, in Horizon) Bits {
	var spans []Span
	for d := first; !d.After(last); d = d.AddDays(1) {
		if c.IsBusinessDay(d) {
			spans = append(spans, Span{civil.Start(d, 0, c.Zone), civil.EndOfDay(d, c.Zone)})
		}
	}
	return SpansOf(spans, in)
}

func hash(seed string, id account.PersonID) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed + string(id))) // a hash never fails
	return h.Sum32()
}

// Earliest is the first free time, nil if there is none.
func (f Offer) Earliest() *Slot {
	if len(f.Slots) == 0 {
		return nil
	}
	return &f.Slots[0]
}

// Nearest returns the n free times closest to s, in their own order.
func (f Offer) Nearest(s Slot, n int) []Slot {
	near := slices.Clone(f.Slots)
	sort.SliceStable(near, func(i, j int) bool { return near[i].Start.Sub(s.Start).Abs() < near[j].Start.Sub(s.Start).Abs() })
	near = near[:min(n, len(near))]
	sort.SliceStable(near, func(i, j int) bool { return near[i].Start.Before(near[j].Start) })
	return near
}
