package peer

import (
	"context"
	"maps"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// An Absence is when a reviewer can't take their calls, so that others are to
// take them at the same times.
type Absence struct {
	Reviewer account.PersonID
	Span
	Reason string // for staff; kept with the time off

	// Planned is who would take each call in the plan that whoever asks was
	// shown, "" for nobody; nil if none was shown. What is done keeps to it
	// where it still can.
	Planned map[ID]account.PersonID
}

// A Place is a call in an absence and what would become of it.
type Place struct {
	Listed
	To      *review.Reviewer // who would take it at the same time, nil for nobody
	Match   string           // of To, in words
	Nearest []Slot           // other free times, where nobody would
}

// A CoverPlan is what would become of the calls of an absence.
type CoverPlan struct {
	Reviewer review.Reviewer
	Places   []Place // by start
	Hidden   int     // calls about orders that whoever asks doesn't see
	More     int     // calls beyond those that one absence looks at
}

// Covered is how many of the calls somebody would take.
func (c CoverPlan) Covered() (n int) {
	for _, p := range c.Places {
		n += no(p.To != nil)
	}
	return n
}

// mostCovered calls in one absence are looked at, so that the plan answers
// soon; what is beyond is asked for again.
const mostCovered = 100

// PlanCover works out who would take the calls of an absence, each at the time
// it has, and changes nothing. A call counts on whoever would take it, before
// the next is looked at. Who may: schedulers, supervisors, administrators, and
// the reviewer.
func PlanCover(ctx context.Context, tx *db.Tx, by account.Actor, a Absence) (c CoverPlan, err error) {
	if err := a.check(by, tx.Now()); err != nil {
		return c, err
	}
	if c.Reviewer, err = review.Get(ctx, tx, a.Reviewer); err != nil {
		return c, err
	}
	calls, err := inAbsence(ctx, tx, by, a, &c)
	if err != nil {
		return c, err
	}
	taken := map[account.PersonID][]kept{}
	for _, call := range calls {
		place, err := a.place(ctx, tx, call, taken)
		if err != nil {
			return c, err
		}
		if place.To != nil {
			taken[place.To.PersonID] = append(taken[place.To.PersonID], kept{Span: Span{call.StartsAt, call.EndsAt}, live: true})
		}
		c.Places = append(c.Places, place)
	}
	return c, nil
}

func (a Absence) check(by account.Actor, now time.Time) error {
	if err := mayCover(by, a.Reviewer); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(!a.Start.IsZero(), "from", "Enter when it begins")
	f.Check(!a.End.IsZero(), "to", "Enter when it ends")
	f.Check(a.End.After(a.Start), "to", "The end must be after the start")
	f.Check(a.End.After(now), "to", "The end must not be past")
	f.Check(len([]rune(a.Reason)) <= 100, "reason", "The reason must be 100 characters or less")
	return f.Err()
}

// inAbsence are the calls that an absence leaves without their reviewer, by
// start. Those about orders that by doesn't see, and those that are too many,
// are only counted in p.
func inAbsence(ctx context.Context, tx *db.Tx, by account.Actor, a Absence, p *CoverPlan) (calls []Listed, err error) {
	all, err := listed(ctx, tx, "", `call.reviewer_id = $1 and call.starts_at < $2 and call.ends_at > $3 and call.ends_at > $4 and call.status in ('requested', 'scheduled', 'confirmed')
		and not exists (select 1 from call_attempt tried where tried.call_id = call.id and tried.starts_at = call.starts_at)`,
		"call.starts_at, call.id", string(a.Reviewer), a.End, a.Start, tx.Now())
	for _, c := range all {
		switch {
		case by.ID != a.Reviewer && !by.IsProgram() && !by.Covers(string(c.PlanID), string(c.ProgramID)):
			p.Hidden++
		case len(calls) == mostCovered:
			p.More++
		default:
			calls = append(calls, c)
		}
	}
	return calls, err
}

// place is what would become of one call, after those that are taken.
func (a Absence) place(ctx context.Context, tx *db.Tx, call Listed, taken map[account.PersonID][]kept) (p Place, err error) {
	p.Listed = call
	o, err := order.ByID(ctx, tx, account.Program(), call.OrderID)
	if err != nil {
		return p, err
	}
	s, err := lookToStay(ctx, tx, o, call.Call)
	if err != nil {
		return p, err
	}
	s.after(taken)
	offer, err := s.offer(s.horizon())
	if err != nil {
		return p, err
	}
	all := offer.others("")
	if len(all) == 0 {
		p.Nearest, err = a.nearest(ctx, tx, o, call.Call, taken)
		return p, err
	}
	for i := range s.all {
		if s.all[i].PersonID == all[0].id {
			p.To, p.Match = &s.all[i], offer.needs.matchWords(all[0].tier)
		}
	}
	return p, nil
}

// after has reviewers busy with what they would have by then.
func (s *snapshot) after(taken map[account.PersonID][]kept) {
	s.planned = map[account.PersonID]int{}
	for who, spans := range taken {
		s.work.calls[who] = append(s.work.callsOf(who), spans...)
		s.planned[who] = len(spans)
	}
}

// nearest are the free times closest to that of a call which nobody can take,
// without those of the one who is away.
func (a Absence) nearest(ctx context.Context, tx *db.Tx, o order.Order, c Call, taken map[account.PersonID][]kept) ([]Slot, error) {
	st, err := settingOf(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	s, err := look(ctx, tx, o, st, &c, Draft{})
	if err != nil {
		return nil, err
	}
	in := s.horizon()
	if s.work, err = loadWork(ctx, tx, in, s.around(), s.orders, c.ID, ""); err != nil {
		return nil, err
	}
	s.after(taken)
	s.work.times = s.work.without(a.Reviewer, a.Span)
	offer, err := s.offer(in)
	return offer.Nearest(Slot{Start: c.StartsAt, Minutes: c.Minutes()}, 3), err
}

// A CoverID identifies an absence that is being covered.
type CoverID string

// Cover records the time off, unless the reviewer has it already, and has
// each of the calls in it given to somebody else at the same time, one after
// the other and each in a transaction of its own: see Absorb. Calls that
// nobody can take stay where they are. Asked twice, it finds what is left to
// do, and so does nothing twice. Who may: as PlanCover.
func Cover(ctx context.Context, tx *db.Tx, by account.Actor, a Absence) (CoverID, error) {
	if err := a.check(by, tx.Now()); err != nil {
		return "", err
	}
	if _, err := review.Get(ctx, tx, a.Reviewer); err != nil {
		return "", err
	}
	if err := a.takeOff(ctx, tx, by); err != nil {
		return "", err
	}
	calls, err := inAbsence(ctx, tx, by, a, &CoverPlan{})
	if err != nil {
		return "", err
	}
	id := CoverID(db.NewID("cov"))
	_, err = tx.Exec(ctx, `insert into cover (id, reviewer_id, starts_at, ends_at, reason, person_id, person_name, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(id), string(a.Reviewer), a.Start, a.End, a.Reason, string(by.ID), by.Name, tx.Now())
	if err != nil {
		return "", err
	}
	for i, c := range calls {
		if err := a.addTo(ctx, tx, id, i+1, c.ID, "waiting"); err != nil {
			return "", err
		}
	}
	if err := a.addGone(ctx, tx, by, id, calls); err != nil {
		return "", err
	}
	if err := auditRecord(ctx, tx, by.Audit("cover.started", "reviewer", string(a.Reviewer))); err != nil || len(calls) == 0 {
		return id, err
	}
	return id, job.Add(ctx, tx, Absorb{id})
}

// takeOff records the time off, unless there is some that holds all of it.
func (a Absence) takeOff(ctx context.Context, tx *db.Tx, by account.Actor) error {
	off, err := db.Exists(ctx, tx, `select 1 from time_off where person_id = $1 and starts_at <= $2 and ends_at >= $3`, string(a.Reviewer), a.Start, a.End)
	if err != nil || off {
		return err
	}
	_, err = AddTimeOff(ctx, tx, by, TimeOff{PersonID: a.Reviewer, Span: a.Span, Reason: a.Reason})
	return err
}

func (a Absence) addTo(ctx context.Context, tx *db.Tx, id CoverID, n int, call ID, state string) error {
	to, shown := a.Planned[call]
	planned := "somebody"
	switch {
	case a.Planned == nil || !shown:
		planned = "new"
	case to == "":
		planned = "nobody"
	}
	_, err := tx.Exec(ctx, `insert into cover_call (cover_id, call_id, n, state, planned, planned_id) values ($1, $2, $3, $4, $5, $6)`,
		string(id), string(call), n, state, planned, string(to))
	return err
}

// addGone keeps the calls that the plan showed and that are no longer there,
// so that the answer can say so.
func (a Absence) addGone(ctx context.Context, tx *db.Tx, by account.Actor, id CoverID, calls []Listed) error {
	there := map[ID]bool{}
	for _, c := range calls {
		there[c.ID] = true
	}
	n := len(calls)
	for _, call := range slices.Sorted(maps.Keys(a.Planned)) {
		if there[call] {
			continue
		}
		c, err := byID(ctx, tx, call)
		if fault.Is(err, fault.NotFound) || err == nil && by.ID != a.Reviewer && !by.Covers(string(c.PlanID), string(c.ProgramID)) {
			continue
		}
		if err != nil {
			return err
		}
		n++
		if err := a.addTo(ctx, tx, id, n, call, "gone"); err != nil {
			return err
		}
	}
	return nil
}
