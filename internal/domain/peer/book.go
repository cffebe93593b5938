package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
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
	if err := may(by, o, st, moving); err != nil {
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
	candidates, err := offer.ranked(ctx, tx, slot, had...)
	if err != nil {
		return d, err
	}
	if len(candidates) == 0 {
		return d, taken()
	}
	if err := sealOrders(ctx, tx, append([]order.ID{o.ID}, idsOfMatters(d.Others)...)); err != nil {
		return d, err
	}
	if err := letGo(ctx, tx, d.ID); err != nil {
		return d, err
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
func may(by account.Actor, o order.Order, st Standing, moving *Call) error {
	if moving != nil {
		if err := mayChange(by, *moving); err != nil {
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
	if err := may(by, o, st, nil); err != nil {
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
	if err := insert(ctx, tx, c); err != nil {
		return c, err
	}
	if err := attachAll(ctx, tx, o, st, d, c); err != nil {
		return c, err
	}
	if err := settle(ctx, tx, o, st, nil, d, &c); err != nil {
		return c, err
	}
	if err := dropDraft(ctx, tx, d); err != nil {
		return c, err
	}
	return c, announce(ctx, tx, by, o, c, "booked", "", bookedEvent(c))
}

func newCall(tx *db.Tx, by account.Actor, o order.Order, st Standing, d Draft, zone *time.Location) Call {
	c := Call{
		ID: ID(db.NewID("p2p")), Number: order.NewNumber(), Status: Requested, OrganizationID: o.OrganizationID, OrderID: o.ID,
		PlanID: o.PlanID, ProgramID: o.ProgramID, Zone: zone.String(), Effect: st.Effect(), ValidUntil: st.Until, Version: 1,
		UIDOffice: newUID(), UIDReviewer: newUID(), People: d.People, Language: spoken(d, Call{}),
		ArrangerID: by.ID, ArrangerName: by.Name, ArrangerEmail: by.Email, CreatedAt: tx.Now(), ChangedAt: tx.Now(),
	}
	return c
}

// newUID is a calendar object's for life. It tells nothing about the call.
func newUID() string { return db.NewID("cal") + "@parley" }

// settle claims d's time for c and writes who got it and why into c. A hold
// that stands is proof enough that its reviewer is free; without one the
// times are asked again. Where the law asks for a match, nobody without it
// gets the call unless the office has stated that it wants that.
func settle(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft, c *Call) error {
	var candidates []candidate
	record := func(candidate) (string, error) { return d.Matching, nil }
	if moving == nil && d.HeldUntil.After(tx.Now()) {
		held, err := holder(ctx, tx, d)
		if err != nil {
			return err
		}
		candidates = []candidate{held}
	} else {
		offer, err := offerFor(ctx, tx, o, st, moving, d, &d.Slot)
		if err != nil {
			return err
		}
		if candidates, err = offer.ranked(ctx, tx, d.Slot, d.Reviewer, c.ReviewerID); err != nil {
			return err
		}
		record = func(won candidate) (string, error) { return offer.matching(candidates, won).text() }
	}
	won, err := take(ctx, tx, string(c.ID), nil, d.Slot, candidates, d.ID)
	if err != nil {
		return err
	}
	place(c, d.Slot, won)
	if c.Matching, err = record(won); err != nil {
		return err
	}
	m, _ := c.Match()
	c.Trace = m.Why
	about, err := matters(ctx, tx, o, st, moving, d)
	if err != nil {
		return err
	}
	if err := lawful(ctx, tx, about, moving, d, c); err != nil {
		return err
	}
	c.Status = Scheduled
	if ByHand(about) {
		c.Status = Requested
	}
	return update(ctx, tx, c)
}

// lawful is the last guard: a call without the match that the law asks for,
// for any of its orders, needs the office's statement, which it keeps.
func lawful(ctx context.Context, tx *db.Tx, about []Matter, moving *Call, d Draft, c *Call) error {
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

// announce leaves what every change of a call leaves: its own event, a line
// in the timeline of each of its orders, an audit row for each member, and the
// job that tells people. o is one of the orders.
func announce(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, c Call, kind string, from Status, args job.Args, when ...job.Option) error {
	text := describe(c, kind)
	if err := addEvent(ctx, tx, by, c, kind, from, text); err != nil {
		return err
	}
	orders, err := ordersOf(ctx, tx, c, o)
	if err != nil {
		return err
	}
	if err := noteEach(ctx, tx, by, orders, text); err != nil {
		return err
	}
	if err := auditEach(ctx, tx, by, "call."+kind, c, orders); err != nil {
		return err
	}
	if c.Status == Scheduled {
		if err := remind(ctx, tx, c); err != nil {
			return err
		}
	}
	if c.Status.Live() && !c.StartsAt.IsZero() {
		if err := watch(ctx, tx, c); err != nil {
			return err
		}
	}
	return job.Add(ctx, tx, args, when...)
}

func describe(c Call, kind string) string {
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		loc = time.UTC
	}
	if c.StartsAt.IsZero() {
		return map[string]string{"canceled": "Peer-to-peer request canceled: " + ReasonWords(c.CancelReason) + ".",
			"requested": "Peer-to-peer call requested. A time is looked for.", "undone": "The last change was undone: the peer-to-peer request stands again."}[kind]
	}
	when := civil.MediumDate(civil.DateIn(c.StartsAt, loc)) + ", " + civil.Span(c.StartsAt, c.EndsAt, loc)
	switch kind {
	case "canceled":
		return "Peer-to-peer call canceled: " + ReasonWords(c.CancelReason) + "."
	case "undone":
		return "The last change was undone: the peer-to-peer call is on " + when + " again."
	case "moved":
		return "Peer-to-peer call moved to " + when + "."
	case "confirmed":
		return "Peer-to-peer call confirmed for " + when + "."
	}
	if c.Status == Requested {
		return "Peer-to-peer call requested for " + when + "."
	}
	return "Peer-to-peer call booked for " + when + "."
}

// reminders before a call, by how long.
var reminders = []struct {
	name   string
	before time.Duration
}{{"24h", 24 * time.Hour}, {"1h", time.Hour}, {"15m", 15 * time.Minute}}

// remind asks for the reminders that still lie ahead. Each looks at the call
// again when its time comes.
func remind(ctx context.Context, tx *db.Tx, c Call) error {
	for _, r := range reminders {
		at := c.StartsAt.Add(-r.before)
		if !at.After(tx.Now()) {
			continue
		}
		args := Remind{c.notice(), r.name}
		key := "remind:" + string(c.ID) + ":" + c.StartsAt.UTC().Format(time.RFC3339) + ":" + r.name
		if err := job.Add(ctx, tx, args, job.At(at), job.Key(key)); err != nil {
			return err
		}
	}
	return nil
}
