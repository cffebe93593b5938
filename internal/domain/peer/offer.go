package peer

import (
	"context"
	"hash/fnv"
	"slices"
	"sort"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// An Offer is every time at which a call can be booked now, the earliest
// first. What it offers can be booked, and nothing else can: booking asks the
// same offer.
type Offer struct {
	Slots    []Slot
	Calendar civil.Calendar // of the plan
	LastDay  civil.Date     // of the horizon, on the plan's calendar
	Until    *time.Time     // end of the window in which a call can change the decision, if it cuts the horizon

	query     Query
	index     *Index
	reviewers []candidate // by their number in the index
	seed      string
}

// A candidate is a reviewer who could take a call, with what ranks them.
type candidate struct {
	id    account.PersonID
	name  string
	zone  *time.Location
	daily int
	load  int // calls in the horizon and the 30 days before it
	tier  int
	hash  uint32
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
// that matters: then nothing is looked at beyond its day.
func offerFor(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft, only *Slot) (Offer, error) {
	calendar, err := plan.CalendarOf(ctx, tx, st.Plan)
	if err != nil {
		return Offer{}, err
	}
	offer := Offer{Calendar: calendar, seed: string(o.ID)}
	today := civil.DateIn(tx.Now(), calendar.Zone)
	offer.LastDay = calendar.AddBusinessDays(today, st.Program.LookAheadDays)
	offer.query = Query{Minutes: st.Program.SlotMinutes, From: tx.Now().Add(time.Duration(st.Program.NoticeMinutes) * time.Minute), Until: civil.EndOfDay(offer.LastDay, calendar.Zone)}
	offer.cut(st, moving)
	in := NewHorizon(tx.Now(), offer.query.Until)
	if only != nil {
		in = NewHorizon(only.Start, only.End())
	}
	offer.query.Open = open(calendar, today, offer.LastDay, in)
	if err := offer.staff(ctx, tx, o, in, []string{string(callID(moving)), d.ID}); err != nil {
		return offer, err
	}
	for _, start := range offer.index.Offers(offer.query) {
		offer.Slots = append(offer.Slots, Slot{Start: start.At, Minutes: offer.query.Minutes, Tier: start.Tier})
	}
	if moving != nil { // the time it has is no other time
		offer.Slots = slices.DeleteFunc(offer.Slots, func(s Slot) bool { return s.Start.Equal(moving.StartsAt) })
	}
	return offer, nil
}

// cut ends the horizon where a call can no longer change the decision, for a
// call that is meant to.
func (f *Offer) cut(st Standing, moving *Call) {
	until := st.Until
	if moving != nil {
		until = moving.ValidUntil
		if moving.Effect == Discussion {
			until = nil
		}
	} else if st.Effect() != CanChange {
		until = nil
	}
	if until != nil && until.Before(f.query.Until) {
		f.query.Until, f.Until = *until, until
	}
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

// staff loads who may take the call and when they are free, in a number of
// statements that does not depend on how many there are. mine are holders
// whose claims do not stand in the way.
func (f *Offer) staff(ctx context.Context, tx *db.Tx, o order.Order, in Horizon, mine []string) error {
	all, err := review.Callable(ctx, tx, o.ProgramID)
	if err != nil {
		return err
	}
	state, err := review.OfficeState(ctx, tx, o)
	if err != nil {
		return err
	}
	w, err := loadWork(ctx, tx, in, o.ID, mine)
	if err != nil {
		return err
	}
	today := civil.DateIn(tx.Now(), time.UTC)
	tiers := make([]Reviewers, 2)
	hours := make([]Hours, len(all))
	for i, r := range all {
		c := candidate{id: r.PersonID, name: r.Name, daily: r.DailyCalls, load: len(w.calls[r.PersonID]), hash: hash(f.seed, r.PersonID)}
		if c.zone, err = civil.Zone(r.TimeZone); err != nil {
			return err
		}
		hours[i] = w.hours(c)
		f.reviewers = append(f.reviewers, c)
		if !r.Licensed("", today) {
			continue // no license that holds: no calls
		}
		if r.Licensed(state, today) {
			tiers[0].Add(i)
		} else {
			tiers[1].Add(i)
		}
	}
	f.query.Tiers = tiers
	f.index = NewIndex(in, hours)
	return nil
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

// candidates are who could take s, the best first: by tier, then who has the
// fewest calls, then by a hash that is always the same for the same order.
func (f Offer) candidates(s Slot) []candidate {
	if s.Minutes != f.query.Minutes {
		return nil
	}
	var all []candidate
	for _, found := range f.index.Candidates(f.query, s.Start) {
		c := f.reviewers[found.Reviewer]
		c.tier = found.Tier
		all = append(all, c)
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.tier != b.tier {
			return a.tier < b.tier
		}
		if a.load != b.load {
			return a.load < b.load
		}
		return a.hash < b.hash
	})
	return all
}

// preferred puts the reviewers named first, in their order: who holds the
// time already, or has the call.
func preferred(all []candidate, ids ...account.PersonID) {
	rank := func(c candidate) int {
		if i := slices.Index(ids, c.id); i >= 0 && c.id != "" {
			return i
		}
		return len(ids)
	}
	sort.SliceStable(all, func(i, j int) bool { return rank(all[i]) < rank(all[j]) })
}

// trace says, for staff, who could have taken the call and why this one does.
func (f Offer) trace(all []candidate, won candidate) string {
	t := strconv.Itoa(len(all)) + " could take this time; " + won.name + " (match " + strconv.Itoa(won.tier) + ", " + strconv.Itoa(won.load) + " calls near it)"
	return t
}

// work is what keeps reviewers busy.
type work struct {
	weekly map[account.PersonID][]Weekly
	off    map[account.PersonID][]Span
	calls  map[account.PersonID][]Span // that stand, by start
	holds  map[account.PersonID][]Span
}

func (w work) hours(c candidate) Hours {
	h := Hours{Weekly: w.weekly[c.id], Off: w.off[c.id]}
	perDay := map[civil.Date]int{}
	for _, s := range w.calls[c.id] {
		h.Claimed = append(h.Claimed, within(s)...)
		perDay[civil.DateIn(s.Start, c.zone)]++
	}
	for _, s := range w.holds[c.id] {
		h.Claimed = append(h.Claimed, within(s)...)
	}
	for day, n := range perDay {
		if n >= c.daily {
			h.Full = append(h.Full, Span{civil.Start(day, 0, c.zone), civil.EndOfDay(day, c.zone)})
		}
	}
	return h
}

func within(s Span) []int64 {
	return quantaOf(Slot{Start: s.Start, Minutes: int(s.End.Sub(s.Start).Minutes())})
}

// loadWork reads hours, time off, calls and holds that have not ended, each
// in one statement. Claims say the same as calls and holds, row by row; these
// are fewer.
func loadWork(ctx context.Context, tx *db.Tx, in Horizon, about order.ID, mine []string) (work, error) {
	w := work{weekly: map[account.PersonID][]Weekly{}, off: map[account.PersonID][]Span{}, calls: map[account.PersonID][]Span{}, holds: map[account.PersonID][]Span{}}
	if err := w.loadWeekly(ctx, tx, in); err != nil {
		return w, err
	}
	err := loadSpans(ctx, tx, w.off, `select person_id, starts_at, ends_at, 0 from time_off where ends_at > $1 and starts_at < $2 order by starts_at, id`, in.From(), in.Until())
	if err != nil {
		return w, err
	}
	err = loadSpans(ctx, tx, w.calls, `
		select reviewer_id, starts_at, ends_at, 0 from call where starts_at >= $1 and starts_at < $2 and reviewer_id is not null
			and status in ('requested', 'scheduled', 'confirmed', 'in_call') and id <> $3 order by starts_at, id`, in.From().Add(-48*time.Hour), in.Until().Add(48*time.Hour), mine[0])
	if err != nil {
		return w, err
	}
	if err := w.loadUndo(ctx, tx, in, about); err != nil {
		return w, err
	}
	return w, loadSpans(ctx, tx, w.holds, `
		select reviewer_id, starts_at, starts_at, minutes from call_draft
		where held_until > $1 and reviewer_id <> '' and starts_at is not null and id <> $2 order by id`, tx.Now(), mine[1])
}

// loadUndo reads the old times of calls that can still be put back: such a
// time is taken, and counts on its day where the call's new one doesn't. For
// the order that the call is about it is free: who goes on undoes no more.
func (w work) loadUndo(ctx context.Context, tx *db.Tx, in Horizon, about order.ID) error {
	type kept struct {
		of      account.PersonID
		s       Span
		counted bool
	}
	all, err := db.All(ctx, tx, func(r db.Row) (k kept, err error) {
		return k, r.Scan((*string)(&k.of), &k.s.Start, &k.s.End, &k.counted)
	}, `select reviewer_id, starts_at, ends_at, counted from call_undo
		where state = 'open' and until > $1 and call_id not in (select call_id from call_order where order_id = $2) and reviewer_id <> '' and starts_at >= $3 and starts_at < $4`,
		tx.Now(), string(about), in.From().Add(-48*time.Hour), in.Until().Add(48*time.Hour))
	for _, k := range all {
		into := w.holds
		if k.counted {
			into = w.calls
		}
		into[k.of] = append(into[k.of], k.s)
	}
	return err
}

// loadSpans reads spans by reviewer: their end as it stands, or a number of
// minutes after it.
func loadSpans(ctx context.Context, tx *db.Tx, into map[account.PersonID][]Span, query string, args ...any) error {
	type busy struct {
		of account.PersonID
		s  Span
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (b busy, err error) {
		var minutes int
		err = r.Scan((*string)(&b.of), &b.s.Start, &b.s.End, &minutes)
		b.s.End = b.s.End.Add(time.Duration(minutes) * time.Minute)
		return b, err
	}, query, args...)
	for _, b := range rows {
		into[b.of] = append(into[b.of], b.s)
	}
	return err
}

// loadWeekly reads the hours of the weekdays that the horizon touches, in any
// zone.
func (w work) loadWeekly(ctx context.Context, tx *db.Tx, in Horizon) error {
	first, last := civil.DateIn(in.From(), time.UTC).AddDays(-1), civil.DateIn(in.Until(), time.UTC).AddDays(1)
	var weekdays []int
	for d := first; !d.After(last) && len(weekdays) < 7; d = d.AddDays(1) {
		weekdays = append(weekdays, int(d.Weekday()))
	}
	list, args := db.In(1, weekdays)
	all, err := db.All(ctx, tx, scanHours, `select `+hoursColumns+` from weekly_hours where weekday in `+list+` order by person_id, weekday, start_minute, id`, args...)
	for _, h := range all {
		zone, zoneErr := civil.Zone(h.TimeZone)
		if zoneErr != nil {
			return zoneErr
		}
		w.weekly[h.PersonID] = append(w.weekly[h.PersonID], Weekly{Weekday: h.Weekday, From: h.Start, Until: h.End, Zone: zone, ValidFrom: h.From, ValidUntil: h.To})
	}
	return err
}
