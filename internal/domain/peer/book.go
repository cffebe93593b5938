package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Hold keeps slot free for by while they say who will speak, and moves the
// hold they have. moving is the call to be moved, nil for a new one. Holding
// has no effect that others see beyond the time being gone for a few minutes.
func Hold(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, moving *Call, slot Slot) (Draft, error) {
	return holdFor(ctx, tx, by, o, st, moving, slot, time.Duration(st.Program.HoldMinutes)*time.Minute)
}

func holdFor(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, moving *Call, slot Slot, length time.Duration) (Draft, error) {
	if err := may(ctx, tx, by, o, st, moving); err != nil {
		return Draft{}, err
	}
	d, err := draft(ctx, tx, by, o.ID, callID(moving))
	if err != nil {
		return d, err
	}
	if err := allMay(d); err != nil {
		return d, err
	}
	offer, err := offerFor(ctx, tx, o, st, moving, d, &slot)
	if err != nil {
		return d, err
	}
	var had []account.PersonID
	if moving != nil {
		had = []account.PersonID{d.Reviewer, moving.ReviewerID}
	}
	candidates := offer.ranked(slot, had...)
	if len(candidates) == 0 {
		return d, taken()
	}
	if err := sealOrders(ctx, tx, append([]Matter{matterFor(o, st)}, d.Others...)); err != nil {
		return d, err
	}
	if d.stored.reviewer != "" {
		if err := letGo(ctx, tx, d.ID); err != nil {
			return d, err
		}
	}
	until := tx.Now().Add(length)
	won, err := take(ctx, tx, d.ID, &until, slot, candidates, string(callID(moving)))
	if err != nil {
		return d, err
	}
	d.Reviewer, d.Slot, d.HeldUntil, d.Windows = won.id, slot, until, nil
	d.Slot.Tier = won.tier
	if d.Matching, err = offer.matching(candidates, won).text(); err != nil {
		return d, err
	}
	return d, saveDraft(ctx, tx, d)
}

func callID(c *Call) ID {
	if c == nil {
		return ""
	}
	return c.ID
}

// may refuses who has no right, and orders about which no call is to be had.
func may(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, moving *Call) error {
	if moving != nil {
		if err := mayChange(ctx, tx, by, *moving); err != nil {
			return err
		}
		if moving.Status == Requested || moving.Status.mayBecome(Scheduled) {
			return nil
		}
		return fault.New(fault.Conflict, "This call is %s and can't be moved.", moving.Status.Words())
	}
	if err := by.Must(account.BookCalls); err != nil {
		return err
	}
	if st.Result == AlreadyBooked {
		return fault.New(fault.Conflict, "A call about this order is booked already.")
	}
	if !st.Bookable() {
		return fault.New(fault.Conflict, "A call about this order isn't available.")
	}
	return nil
}

// SavePeople keeps who will speak with by's hold. Everything typed is kept
// even if something is wrong with it; then the error says what.
func SavePeople(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, p People) (Draft, error) {
	if err := by.Must(account.BookCalls); err != nil {
		return Draft{}, err
	}
	d, err := draft(ctx, tx, by, o.ID, "")
	if err != nil {
		return d, err
	}
	if err := checkPeople(p, Peers(st, d)); err != nil {
		return d, err
	}
	p.Phone = provider.TidyPhone(p.Phone)
	p.BackupPhone = provider.TidyPhone(p.BackupPhone)
	d.People, d.HasPeople = p, true
	return d, saveDraft(ctx, tx, d)
}

// FindDraft returns by's draft for an order, or for moving a call; the zero
// Draft if there is none.
func FindDraft(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, call ID) (Draft, error) {
	d, err := findDraft(ctx, tx, by, o.ID, call)
	if fault.Is(err, fault.NotFound) {
		return Draft{}, nil
	}
	return d, err
}

// Book makes by's draft a call about all its orders: the time is taken, both
// sides will be told. If a call about one of them is booked already, the error
// is a Conflict that names it. A
// hold that ended meanwhile is taken again if nobody else has the time; if
// someone has, the error is a Conflict and the draft stays as it is. Where the
// program confirms by hand the call is Requested, its time kept free. A draft
// of windows in place of a time becomes a Requested call without one.
func Book(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, zone *time.Location) (Call, error) {
	if err := may(ctx, tx, by, o, st, nil); err != nil {
		return Call{}, err
	}
	if err := notice.Must(ctx, tx, by, notice.Calls); err != nil {
		return Call{}, err
	}
	d, err := findDraft(ctx, tx, by, o.ID, "")
	if err != nil || d.Slot.Start.IsZero() && len(d.Windows) == 0 {
		return Call{}, fault.New(fault.Conflict, "Choose a time first.")
	}
	if !d.HasPeople {
		return Call{}, fault.New(fault.Conflict, "Say who will be on the call first.")
	}
	if err := allMay(d); err != nil {
		return Call{}, err
	}
	if open, err := Unanswered(ctx, tx, o, st, d); err != nil || len(open) > 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "Before the call can be booked, state this: %s.", open[0].Words)
		}
		return Call{}, err
	}
	c := newCall(tx, by, o, st, d, zone)
	if d.Slot.Start.IsZero() {
		return ask(ctx, tx, by, o, st, d, c)
	}
	about := append([]Matter{matterFor(o, st)}, d.Others...)
	if err := seat(ctx, tx, o, st, about, &d, &c); err != nil {
		return c, err
	}
	if err := dropDraft(ctx, tx, d); err != nil {
		return c, err
	}
	return c, announceTo(ctx, tx, by, ordersIn(about), c, "booked", "", bookedEvent(c))
}

// seat stores c with the time and the reviewer that d holds. A hold that
// stands is proof enough that its reviewer is free; without one the times are
// asked again.
func seat(ctx context.Context, tx *db.Tx, o order.Order, st Standing, about []Matter, d *Draft, c *Call) error {
	if !d.HeldUntil.After(tx.Now()) {
		if err := insert(ctx, tx, c); err != nil {
			return err
		}
		if err := attachAll(ctx, tx, about, *c); err != nil {
			return err
		}
		return settle(ctx, tx, o, st, nil, *d, c)
	}
	held, err := holder(ctx, tx, *d)
	if err != nil {
		return err
	}
	c.settled(about, d.Slot, held, d.Matching)
	if err := insert(ctx, tx, c); err != nil {
		return err
	}
	if err := attachAll(ctx, tx, about, *c); err != nil {
		return err
	}
	if _, err := take(ctx, tx, string(c.ID), nil, d.Slot, []candidate{held}, d.ID); err != nil {
		return err
	}
	err = lawful(ctx, tx, about, nil, *d, c)
	d.letGo() // the call has its claims
	d.stored = d.held()
	return err
}

// settled gives c its time and who won it.
func (c *Call) settled(about []Matter, s Slot, won candidate, matching string) {
	place(c, s, won)
	c.Matching = matching
	m, _ := c.Match()
	c.Trace = m.Why
	c.Status = Scheduled
	if ByHand(about) {
		c.Status = Requested
	}
}

func newCall(tx *db.Tx, by account.Actor, o order.Order, st Standing, d Draft, zone *time.Location) Call {
	c := Call{
		ID: ID(db.NewID("p2p")), Status: Requested, OrganizationID: o.OrganizationID, OrderID: o.ID,
		PlanID: o.PlanID, ProgramID: o.ProgramID, Zone: zone.String(), Effect: st.Effect(), ValidUntil: st.Until, Version: 1,
		UIDOffice: newUID(), UIDReviewer: newUID(), People: d.People, Language: spoken(d, Call{}),
		ArrangerID: by.ID, ArrangerName: by.Name, ArrangerEmail: by.Email, CreatedAt: tx.Now(), ChangedAt: tx.Now(),
	}
	return c
}

// newUID is a calendar object's for life. It tells nothing about the call.
func newUID() string { return db.NewID("cal") + "@parley" }

// settle claims d's time for c and writes who got it and why into c. Where the law asks for a match, nobody without it
// gets the call unless the office has stated that it wants that.
func settle(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft, c *Call) error {
	offer, err := offerFor(ctx, tx, o, st, moving, d, &d.Slot)
	if err != nil {
		return err
	}
	candidates := offer.ranked(d.Slot, d.Reviewer, c.ReviewerID)
	if moving != nil {
		if err := leaveFor(ctx, tx, *moving, d.Slot, candidates); err != nil {
			return err
		}
	}
	won, err := take(ctx, tx, string(c.ID), nil, d.Slot, candidates, d.ID)
	if err != nil {
		return err
	}
	matching, err := offer.matching(candidates, won).text()
	if err != nil {
		return err
	}
	c.settled(offer.about, d.Slot, won, matching)
	if err := lawful(ctx, tx, offer.about, moving, d, c); err != nil {
		return err
	}
	return update(ctx, tx, c)
}

// lawful is the last guard: a call without the match that the law asks for,
// for any of its orders, needs the office's statement, which it keeps.
func lawful(ctx context.Context, tx *db.Tx, about []Matter, moving *Call, d Draft, c *Call) error {
	if asked, err := anyRule(ctx, tx, about); err != nil || !asked {
		return join(err, func() error { return keepStatements(ctx, tx, *c, nil, nil, d) })
	}
	all, err := needsOf(ctx, tx, about, moving, d)
	if err != nil {
		return err
	}
	var lacking []string // the codes of rules whose match the reviewer doesn't have
	ruled := all.ruled()
	if len(ruled) > 0 && c.ReviewerID != "" {
		r, err := review.Get(ctx, tx, c.ReviewerID)
		if err != nil {
			return err
		}
		for _, n := range ruled {
			if !n.lacks(r) {
				continue
			}
			if !n.stated {
				return taken()
			}
			lacking = append(lacking, n.rule.Code)
		}
	}
	return keepStatements(ctx, tx, *c, rulesOf(ruled), lacking, d)
}

// holder is the reviewer whose time d holds.
func holder(ctx context.Context, tx *db.Tx, d Draft) (candidate, error) {
	r, err := review.Get(ctx, tx, d.Reviewer)
	if err != nil {
		return candidate{}, err
	}
	zone, err := civil.Zone(r.TimeZone)
	return candidate{id: r.PersonID, name: r.Name, zone: zone, daily: r.DailyCalls, weekly: r.WeeklyCalls, gap: r.GapMinutes, tier: d.Slot.Tier}, err
}

func place(c *Call, s Slot, won candidate) {
	c.ReviewerID, c.Tier = won.id, won.tier
	c.StartsAt, c.EndsAt = s.Start, s.End()
	if loc, err := civil.Zone(c.Zone); err == nil {
		_, c.Offset = s.Start.In(loc).Zone()
	}
}

func bookedEvent(c Call) job.Args {
	n := c.notice()
	if c.Status == Requested {
		return WasAsked{n}
	}
	return Booked{n}
}

// reminding is the first reminder that still lies ahead, if any does: each asks
// for the one after it, so that a booking leaves one row for all. It looks at
// the call again when its time comes.
func reminding(ctx context.Context, tx *db.Tx, c Call) ([]job.Work, error) {
	program, err := plan.GetProgram(ctx, tx, c.ProgramID)
	if err != nil {
		return nil, err
	}
	for _, r := range program.Reminds() {
		at := c.StartsAt.Add(-r.Before)
		if !at.After(tx.Now()) {
			continue
		}
		key := "remind:" + string(c.ID) + ":" + c.StartsAt.UTC().Format(time.RFC3339) + ":" + r.Name
		return []job.Work{{Args: Remind{c.notice(), r.Name}, Options: []job.Option{job.At(at), job.Key(key)}}}, nil
	}
	return nil, nil
}

// RemindNext asks for the reminder that comes after one, if the call still
// stands at its time. One whose time has passed meanwhile is left out: nobody
// needs to hear of tomorrow's call when it begins.
func RemindNext(ctx context.Context, tx *db.Tx, e Remind) error {
	c, err := byID(ctx, tx, e.CallID)
	if err != nil || c.Status != Scheduled || !c.StartsAt.Equal(e.Starts) {
		return err
	}
	work, err := reminding(ctx, tx, c)
	if err != nil {
		return err
	}
	return job.AddAll(ctx, tx, work)
}
