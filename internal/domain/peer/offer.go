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

	// Rules are the laws that ask for a match, of every order's state. Where no
	// time has it, Unmatched says so and Lower how many times have less; they
	// are in Slots only once the office has stated that it wants to go ahead.
	// Rules are then those of which no time has the match.
	Rules     []Rule
	Unmatched bool
	Lower     int
	Stated    bool

	snapshot
	lacking   needs // for which no time has the match that the law asks for
	query     Query
	index     *Index
	reviewers []candidate // by their number in the index
}

// A snapshot is all that an offer depends on: who there is, when they are
// free, and what is asked.
type snapshot struct {
	now     time.Time
	needs   needs
	minutes int // of the call
	all     []review.Reviewer
	work    work
	moving  *Call
	seed    string
	about   []Matter
	orders  []order.ID // what the call is about

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
	if only != nil && !slices.ContainsFunc(s.needs.ruled(), func(n need) bool { return n.stated }) {
		in = NewHorizon(only.Start, only.End())
	}
	if s.work, err = loadWork(ctx, tx, in, s.around(), s.orders, callID(moving), d.ID); err != nil {
		return Offer{}, err
	}
	return s.offer(in)
}

// look reads all of a snapshot but what keeps reviewers busy.
func look(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft) (s snapshot, err error) {
	about, err := matters(ctx, tx, o, st, moving, d)
	if err != nil {
		return s, err
	}
	s = snapshot{now: tx.Now(), moving: moving, about: about, minutes: minutesFor(about), orders: idsOfMatters(about), seed: string(about[0].Order.ID)}
	if s.needs, err = needsOf(ctx, tx, about, moving, d); err != nil {
		return s, err
	}
	s.all, err = review.Callable(ctx, tx, about[0].Order.ProgramID)
	return s, err
}

// around is how far beyond the horizon calls count: on the rest of a day in
// any zone, or of a week where somebody has a number for it.
func (s snapshot) around() time.Duration {
	if slices.ContainsFunc(s.all, func(r review.Reviewer) bool { return r.WeeklyCalls > 0 }) {
		return weekAround
	}
	return 48 * time.Hour
}

const weekAround = 8 * 24 * time.Hour

// asked is what some of the orders ask of the index, but for the tiers and the
// plans' days.
func (s snapshot) asked(by needs) Query {
	if s.stay {
		return Query{Minutes: s.moving.Minutes(), From: s.moving.StartsAt, Until: s.moving.EndsAt}
	}
	q := Query{Minutes: s.minutes, From: by.latest(s.now).from(s.now), Until: by.end()}
	if until := by.deadline(); until != nil && until.Before(q.Until) {
		q.Until = *until
	}
	return q
}

// horizon is all the time in which a call about any of the orders by itself
// could be: the law asks what each could have.
func (s snapshot) horizon() Horizon {
	if s.stay {
		return NewHorizon(s.moving.StartsAt, s.moving.EndsAt)
	}
	until := s.now
	for i := range s.needs {
		if end := s.asked(s.needs[i : i+1]).Until; end.After(until) {
			until = end
		}
	}
	return NewHorizon(s.now, until)
}

// open are the days that count: those on which all the plans do business, or
// any for a call that stays where it is.
func (s snapshot) open(by needs, in Horizon) Bits {
	if s.stay {
		return nil
	}
	return by.open(in)
}

// offer works the snapshot out, for times in in.
func (s snapshot) offer(in Horizon) (Offer, error) {
	first := s.needs[0]
	f := Offer{snapshot: s, Calendar: first.calendar, LastDay: s.needs.lastDay(), query: s.asked(s.needs), Language: first.language}
	if until := s.needs.deadline(); until != nil && f.query.Until.Equal(*until) {
		f.Until = until
	}
	for _, r := range s.all {
		c, err := s.candidate(r)
		if err != nil {
			return f, err
		}
		f.reviewers = append(f.reviewers, c)
	}
	f.Languages = s.languages()
	f.index = s.work.index(in, f.reviewers)
	f.query.Open = s.open(s.needs, f.index.in)
	f.match()
	return f, nil
}

func (s snapshot) candidate(r review.Reviewer) (candidate, error) {
	zone, err := civil.Zone(r.TimeZone)
	return candidate{id: r.PersonID, name: r.Name, zone: zone, daily: r.DailyCalls, weekly: r.WeeklyCalls, gap: r.GapMinutes, weight: max(1, r.Weight), since: r.Since,
		programs: len(r.Programs), tier: s.needs.tier(r), hash: hash(s.seed, r.PersonID)}, err
}

// match keeps the reviewers who may be offered. Where the law asks for a match
// for one of the orders, those are the ones who have it, if any of them has a
// time for that order by itself; else all, once the office has stated that the
// physician wants to go ahead. So orders put together never open what one of
// them alone would not.
func (f *Offer) match() {
	ruled := f.needs.ruled()
	var lacking needs // of which no time has the match
	for i, n := range f.needs {
		if n.rule != nil && !f.hasMatch(f.needs[i:i+1]) {
			lacking = append(lacking, n)
		}
	}
	strict := func(waived needs) needs {
		return slices.DeleteFunc(slices.Clone(ruled), func(n need) bool {
			return slices.ContainsFunc(waived, func(w need) bool { return w.rule == n.rule })
		})
	}
	f.lacking, f.Unmatched = lacking, len(lacking) > 0
	unstated := slices.DeleteFunc(slices.Clone(lacking), func(n need) bool { return n.stated })
	f.Stated = f.Unmatched && len(unstated) == 0
	f.Rules = rulesOf(ruled)
	if f.Unmatched {
		f.Rules = rulesOf(lacking)
		f.query.Tiers = f.tiers(f.needs, strict(lacking))
		f.Lower = len(f.slots())
	}
	waived := slices.DeleteFunc(slices.Clone(lacking), func(n need) bool { return !n.stated })
	f.query.Tiers = f.tiers(f.needs, strict(waived))
	f.Slots = f.slots()
}

// rulesOf are the laws of some needs, each once.
func rulesOf(some needs) (all []Rule) {
	for _, n := range some {
		if !slices.ContainsFunc(all, func(r Rule) bool { return r.Code == n.rule.Code }) {
			all = append(all, *n.rule)
		}
	}
	return all
}

// hasMatch reports whether some time has the match that the law asks for one
// order, if that were the only one of the call.
func (f *Offer) hasMatch(one needs) bool {
	alone := *f
	alone.query = f.asked(one)
	alone.query.Open, alone.query.Tiers = f.open(one, f.index.in), f.tiers(one, one)
	return len(alone.slots()) > 0
}

// tiers are the reviewers who fit the needs, by how well they match, without
// those who lack what the law asks of strict.
func (f *Offer) tiers(fit, strict needs) []Reviewers {
	tiers := make([]Reviewers, TierTrained)
	for i, r := range f.all {
		if fit.fits(r) && !slices.ContainsFunc(strict, func(n need) bool { return n.lacks(r) }) {
			tiers[fit.tier(r)-1].Add(i)
		}
	}
	return tiers
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
	any := slices.Clone(s.needs)
	for i := range any {
		any[i].language = ""
	}
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

// open is when the plan does business: no call is offered on its holidays, or in
// their hours, and on weekends.
func open(c civil.Calendar, first, last civil.Date, in Horizon) Bits {
	var spans []Span
	for d := first; !d.After(last); d = d.AddDays(1) {
		if !c.IsBusinessDay(d) {
			continue
		}
		begin, end := civil.Start(d, 0, c.Zone), civil.EndOfDay(d, c.Zone)
		if shut, _, ok := c.Shut(d); ok {
			spans = append(spans, Span{begin, civil.Start(d, shut.Open, c.Zone)})
			begin = civil.End(d, shut.Close, c.Zone)
		}
		spans = append(spans, Span{begin, end})
	}
	return SpansOf(spans, in)
}

func hash(seed string, id account.PersonID) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed + string(id))) // a hash never fails
	return h.Sum32()
}

// Minutes is how long a call in any of the times takes.
func (f Offer) Minutes() int { return f.minutes }

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
