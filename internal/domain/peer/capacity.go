package peer

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A Capacity is what a program has to offer against what may be asked of it,
// from now until the end of the fifth business day, today counting as the
// first.
type Capacity struct {
	Program plan.Program

	// Open is how many calls could still be booked: of each reviewer trained
	// for the program who takes calls, how many fit one after the other into
	// the time that is free, with the minutes they keep and their most calls
	// of a day and a week. Someone trained for several programs counts in each,
	// whoever asks first; and whether a call finds a match among them depends
	// on its order.
	Open int

	Booked int // calls in that time
	Asked  int // calls asked for that have no time yet, whenever their office can talk

	// Denied are the orders denied for clinical reasons, in whole or in part,
	// within the last five business days and today, about which no call was
	// held or is to come and no appeal was filed: their offices could still
	// ask. Whether the plan lets them is not looked at.
	Denied int
}

// Demand is how many calls may be asked for.
func (c Capacity) Demand() int { return c.Asked + c.Denied }

// Short reports whether there are fewer open times than may be asked for.
func (c Capacity) Short() bool { return c.Open < c.Demand() }

// capacityDays are as many as offices mostly choose from.
const capacityDays = 5

// dayHours are whole business days: of no one plan are the hours for all.
var dayHours = civil.Hours{Close: civil.DayMinutes}

// CapacityUntil is when the days that capacity is about end.
func CapacityUntil(calendar civil.Calendar, now time.Time) time.Time {
	today := civil.DateIn(now, calendar.Zone)
	n := capacityDays
	if calendar.IsBusinessDay(today) {
		n--
	}
	return civil.EndOfDay(calendar.AddBusinessDays(today, n), calendar.Zone)
}

// Capacities compares what each of the programs has to offer with what may be
// asked of it, on the business days of the calendar. reviewers are all there
// are. Calls and orders count that by may see and only lets through; open
// times are those of everybody. The number of statements doesn't depend on
// what there is. Who may: schedulers.
func Capacities(ctx context.Context, tx *db.Tx, by account.Actor, only Only, calendar civil.Calendar, programs []plan.Program, reviewers []review.Reviewer) ([]Capacity, error) {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return nil, err
	}
	s := snapshot{now: tx.Now(), all: reviewers}
	until := CapacityUntil(calendar, s.now)
	in := NewHorizon(s.now, until)
	var err error
	if s.work, err = loadWork(ctx, tx, in, s.around(), nil, "", ""); err != nil {
		return nil, err
	}
	sums, err := demand(ctx, tx, by, only, civil.Start(calendar.AddBusinessDays(civil.DateIn(s.now, calendar.Zone), -capacityDays), 0, calendar.Zone), until)
	if err != nil {
		return nil, err
	}
	index, people, err := s.everybody(in)
	if err != nil {
		return nil, err
	}
	days := open(calendar, civil.DateIn(s.now, calendar.Zone), civil.DateIn(until.Add(-time.Second), calendar.Zone), in)
	var all []Capacity
	for _, p := range programs {
		c := Capacity{Program: p, Booked: sums["booked"][p.ID], Asked: sums["asked"][p.ID], Denied: sums["denied"][p.ID]}
		q := Query{Minutes: p.SlotMinutes, From: calendar.AddBusinessTime(s.now, time.Duration(p.NoticeMinutes)*time.Minute, dayHours), Until: until, Open: days}
		for i, r := range reviewers {
			if r.Active && r.Physician && r.Licensed("", civil.DateIn(s.now, calendar.Zone)) && slices.Contains(r.Programs, p.ID) {
				c.Open += s.work.room(index, q, i, people[i])
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// everybody is the index of all reviewers' free time.
func (s snapshot) everybody(in Horizon) (*Index, []candidate, error) {
	hours, people := make([]Hours, len(s.all)), make([]candidate, len(s.all))
	for i, r := range s.all {
		c, err := s.candidate(r)
		if err != nil {
			return nil, nil, err
		}
		hours[i], people[i] = s.work.hours(c), c
	}
	return NewIndex(in, hours), people, nil
}

// room is how many calls one after the other a reviewer could still take: the
// earliest start that leaves what is needed to the one before, again and
// again, which no other choice betters while calls are equally long.
func (w work) room(index *Index, q Query, reviewer int, c candidate) (n int) {
	var one Reviewers
	one.Add(reviewer)
	q.Tiers = []Reviewers{one}
	perDay, perWeek := w.counted(c)
	var next time.Time
	for _, start := range index.Offers(q) {
		day := civil.DateIn(start.At, c.zone)
		if start.At.Before(next) || perDay[day] >= c.daily || c.weekly > 0 && perWeek[weekOf(day)] >= c.weekly {
			continue
		}
		n++
		perDay[day]++
		perWeek[weekOf(day)]++
		next = start.At.Add(time.Duration(q.Minutes+c.gap) * time.Minute)
	}
	return n
}

// demand counts, by program: calls booked from now until until, calls that
// wait for a time, and orders denied since since that a call could be asked
// about.
func demand(ctx context.Context, tx *db.Tx, by account.Actor, only Only, since, until time.Time) (map[string]map[plan.ProgramID]int, error) {
	visible, args := only.visible(by, 6)
	type sum struct {
		what    string
		program plan.ProgramID
		n       int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (s sum, err error) { return s, r.Scan(&s.what, (*string)(&s.program), &s.n) }, `
		select 'booked', orders.program_id, count(*) from call join orders on orders.id = call.order_id
			where call.starts_at >= $1 and call.starts_at < $2 and call.status in ('requested', 'scheduled', 'confirmed', 'in_call') and `+visible+` group by orders.program_id
		union all select 'asked', orders.program_id, count(*) from call join orders on orders.id = call.order_id
			where call.status = 'requested' and call.starts_at is null and `+visible+` group by orders.program_id
		union all select 'denied', orders.program_id, count(*) from orders
			where orders.decided_at >= $3 and orders.status in ($4, $5) and orders.denial_kind <> 'administrative' and orders.appeal_at is null and `+visible+`
				and not exists (select 1 from call_order about join call held on held.id = about.call_id
					where about.order_id = orders.id and (about.active or held.status = 'completed' and held.created_at >= orders.decided_at))
			group by orders.program_id`, append([]any{tx.Now(), until, since, string(order.Denied), string(order.Partial)}, args...)...)
	sums := map[string]map[plan.ProgramID]int{"booked": {}, "asked": {}, "denied": {}}
	for _, s := range rows {
		sums[s.what][s.program] = s.n
	}
	return sums, err
}
