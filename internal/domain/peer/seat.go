package peer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Seat is a reviewer beside a call at the time it has: one who could take
// it, or why not.
type Seat struct {
	Reviewer review.Reviewer
	Match    string // in words, of one who could
	Why      string // the first rule that fails, "" for one who could
}

// Seats returns who besides its reviewer could take c at the time it has, the
// best first, and after them who can't and why, by name, with times told in
// loc. Who may: schedulers, supervisors and administrators; reviewers about
// their own calls.
func Seats(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, loc *time.Location) (free, not []Seat, err error) {
	if err := mayCover(by, c.ReviewerID); err != nil {
		return nil, nil, err
	}
	if err := reassignable(ctx, tx, c); err != nil {
		return nil, nil, err
	}
	offer, err := offerToStay(ctx, tx, o, c)
	if err != nil {
		return nil, nil, err
	}
	ranked := offer.others("")
	all, err := review.All(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range ranked {
		i := slices.IndexFunc(all, func(r review.Reviewer) bool { return r.PersonID == k.id })
		free = append(free, Seat{Reviewer: all[i], Match: offer.needs.matchWords(k.tier)})
	}
	for _, r := range all {
		if r.PersonID == c.ReviewerID || slices.ContainsFunc(ranked, func(k candidate) bool { return k.id == r.PersonID }) {
			continue
		}
		why, err := offer.whyNot(r, loc)
		if err != nil {
			return nil, nil, err
		}
		not = append(not, Seat{Reviewer: r, Why: why})
	}
	return free, not, nil
}

// mayCover refuses who may not give a reviewer's calls to others.
func mayCover(by account.Actor, reviewer account.PersonID) error {
	if by.IsProgram() || by.Can(account.ConfirmCalls) || by.Can(account.ManageProgram) || by.Can(account.HoldCalls) && by.ID == reviewer {
		return nil
	}
	return fault.New(fault.Denied, "Only schedulers and administrators give calls to another reviewer; reviewers their own.")
}

// reassignable refuses calls that nobody else can take over: those without a
// time, that began, or are over. Until then it is never too late, since for
// the office nothing changes.
func reassignable(ctx context.Context, tx *db.Tx, c Call) error {
	waits := c.Status == Requested || c.Status == Scheduled || c.Status == Confirmed
	if !waits || c.StartsAt.IsZero() || c.ReviewerID == "" {
		return fault.New(fault.Conflict, "This call is %s and can't go to another reviewer.", c.Status.Words())
	}
	if !tx.Now().Before(c.EndsAt) {
		return fault.New(fault.Conflict, "The time of this call is over. Record how it ended.")
	}
	dials, err := Dials(ctx, tx, c)
	if err == nil && len(dials) > 0 {
		return fault.New(fault.Conflict, "The reviewer has called the office already, so the call stays with them.")
	}
	return err
}

// offerToStay is the offer of c's own time to other reviewers.
func offerToStay(ctx context.Context, tx *db.Tx, o order.Order, c Call) (Offer, error) {
	s, err := lookToStay(ctx, tx, o, c)
	if err != nil {
		return Offer{}, err
	}
	return s.offer(s.horizon())
}

func lookToStay(ctx context.Context, tx *db.Tx, o order.Order, c Call) (s snapshot, err error) {
	st, err := settingOf(ctx, tx, o)
	if err != nil {
		return s, err
	}
	if s, err = look(ctx, tx, o, st, &c, Draft{}); err != nil {
		return s, err
	}
	s.stay = true
	s.work, err = loadWork(ctx, tx, s.horizon(), s.around(), s.orders, c.ID, "")
	return s, err
}

// settingOf is the plan, line and program of an order, whose call is booked.
func settingOf(ctx context.Context, tx *db.Tx, o order.Order) (st Standing, err error) {
	st.Result = AlreadyBooked
	if st.Plan, err = plan.Get(ctx, tx, o.PlanID); err != nil {
		return st, err
	}
	if st.Line, err = plan.GetLine(ctx, tx, o.PlanID, o.Line); err != nil {
		return st, err
	}
	st.Program, err = plan.GetProgram(ctx, tx, o.ProgramID)
	return st, err
}

// slot is the time that the call to be given to another has.
func (f Offer) slot() Slot { return Slot{Start: f.moving.StartsAt, Minutes: f.moving.Minutes()} }

// others are who besides its reviewer could take the call now, the best
// first; first, if they are among the best matches, before all.
func (f Offer) others(first account.PersonID) []candidate {
	all := slices.DeleteFunc(f.ranked(f.slot()), func(c candidate) bool { return c.id == f.moving.ReviewerID })
	if i := slices.IndexFunc(all, func(c candidate) bool { return c.id == first }); i > 0 && all[i].tier == all[0].tier {
		chosen := all[i]
		all = slices.Insert(slices.Delete(all, i, i+1), 0, chosen)
	}
	return all
}

// whyNot is the first rule for which r can't take the call, in words.
func (f Offer) whyNot(r review.Reviewer, loc *time.Location) (string, error) {
	checks, err := f.why(r, f.slot(), loc)
	if i := slices.IndexFunc(checks, func(c Check) bool { return !c.Passed }); i >= 0 {
		return checks[i].Text, err
	}
	return "", err
}

// Reassign gives c, at the time it has, to the reviewer to. The office is
// told nothing, since for it nothing changes: it never sees who calls. Both
// reviewers are. version is that of the call when by chose; if it changed
// since, or if to can't take it any more, the error is a Conflict. Who may: as
// Seats.
func Reassign(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, version int, to account.PersonID) (Call, error) {
	if err := mayCover(by, c.ReviewerID); err != nil {
		return c, err
	}
	if c.Version != version {
		return c, fault.New(fault.Conflict, "This call changed while you had it open. Look at it again.")
	}
	return reassign(ctx, tx, by, c, o, func(f Offer) ([]candidate, string) {
		all := f.others("")
		n := len(all)
		all = slices.DeleteFunc(all, func(k candidate) bool { return k.id != to })
		return all, "Chosen by " + by.Name + ", of " + strconv.Itoa(n) + " who were free at this time."
	})
}

// reassign gives c to the first of those whom pick names who is still free.
// why, if not "", is kept as the reason. The call's row comes first, then
// weeks and days, then claims, as everywhere.
func reassign(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, pick func(Offer) (all []candidate, why string)) (Call, error) {
	if err := reassignable(ctx, tx, c); err != nil {
		return c, err
	}
	if err := seal(ctx, tx, c); err != nil {
		return c, err
	}
	offer, err := offerToStay(ctx, tx, o, c)
	if err != nil {
		return c, err
	}
	candidates, why := pick(offer)
	if len(candidates) == 0 {
		return c, fault.New(fault.Conflict, "That reviewer can't take this call at this time any more.")
	}
	was := c
	if err := leaveFor(ctx, tx, was, offer.slot(), candidates); err != nil {
		return c, err
	}
	won, err := take(ctx, tx, string(c.ID), nil, offer.slot(), candidates)
	if err != nil {
		return c, err
	}
	if _, err := tx.Exec(ctx, `delete from claim where holder = $1 and reviewer_id = $2`, string(c.ID), string(was.ReviewerID)); err != nil {
		return c, err
	}
	m := offer.matching(candidates, won)
	m.Why = first(why, m.Why)
	if c.Matching, err = m.text(); err != nil {
		return c, err
	}
	c.ReviewerID, c.Tier, c.Trace = won.id, won.tier, m.Why
	c.UIDReviewer, c.Sequence = newUID(), c.Sequence+1 // a new reviewer's calendar must not inherit the other's history
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	about, err := ordersOf(ctx, tx, c, o)
	if err != nil {
		return c, err
	}
	return c, tellReassigned(ctx, tx, by, was, c, about, won)
}

// tellReassigned leaves what the change leaves. Reminders are those of the
// time, which stays. The reviewers of a call that nobody has confirmed know
// nothing of it yet, and need not.
func tellReassigned(ctx context.Context, tx *db.Tx, by account.Actor, was, c Call, about []order.Order, won candidate) error {
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		return err
	}
	text := words.Say("Given to %s at the same time, %s.", won.name, onDay(c, loc))
	if err := addEvent(ctx, tx, by, c, "reassigned", c.Status, text); err != nil {
		return err
	}
	for _, o := range about {
		if err := order.Note(ctx, tx, by, o, "call", words.Say("Peer-to-peer call given to %s at the same time.", won.name), true); err != nil {
			return err
		}
	}
	if err := auditEach(ctx, tx, by, "call.reassigned", c, about); err != nil || c.Status == Requested {
		return err
	}
	n := c.notice()
	n.Was, n.UIDWas = was.ReviewerID, was.UIDReviewer
	return job.Add(ctx, tx, Reassigned{n})
}

// Reassigned announces that another reviewer takes a call at the same time.
type Reassigned struct{ Notice }

// Kind names the event.
func (Reassigned) Kind() string { return "peer.reassigned" }

// Internal reports whether an event is none of the office's: who calls is not
// shown to it.
func (e Event) Internal() bool { return e.Kind == "reassigned" }
