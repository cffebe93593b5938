package deadline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Subject is what a clock is about, as it is known when a request comes in.
type Subject struct {
	PlanID     plan.ID
	Line       string // of business
	State      string // of the member; "" if it isn't known
	Received   time.Time
	Kind       Kind
	Electronic bool
}

// A Standing is where a clock is in its life.
type Standing string

// Standings. Stopped is the end of one for whose request nothing was decided,
// such as one that was withdrawn.
const (
	Running Standing = "running"
	Paused  Standing = "paused"
	Met     Standing = "met"
	TooLate Standing = "missed"
	Stopped Standing = "stopped"
)

// A Kept clock is one that runs for an order or has run.
type Kept struct {
	Clock
	OrderID  string
	Standing Standing
	EndedAt  *time.Time
	Events   []Event
	packs    []*Pack
	facts    Facts
}

// Calendar is the plan's, by which the clock counts.
func (k Kept) Calendar() civil.Calendar { return k.facts.Calendar }

// packs are all that there are: those of the program and the installation's.
func packs(ctx context.Context, tx *db.Tx) ([]*Pack, error) {
	own, err := db.Remember(ctx, tx, "law", "packs", func() ([]*Pack, error) { return published(ctx, tx) })
	return slices.Concat(shipped, own), err
}

// Packs are all versions of all packs, by id, the oldest first.
func Packs(ctx context.Context, tx *db.Tx) ([]*Pack, error) {
	all, err := packs(ctx, tx)
	slices.SortStableFunc(all, func(a, b *Pack) int {
		if a.ID != b.ID {
			return strings.Compare(a.ID, b.ID)
		}
		return a.From.Compare(b.From)
	})
	return all, err
}

// Publish adds packs of the installation's own. What is published never
// changes: the error is a Conflict if other words stand under its version. n
// is how many are new. Who may: administrators and imports.
func Publish(ctx context.Context, tx *db.Tx, by account.Actor, text []byte) (n int, err error) {
	if err := by.Must(account.ManageProgram); err != nil && !by.IsProgram() {
		return 0, err
	}
	some, err := Read(text)
	if err != nil {
		return 0, &fault.Error{Kind: fault.Invalid, Text: words.Say("That can't be read as rule packs: %s.", err.Error()), Err: err}
	}
	for _, p := range some {
		fresh, err := publish(ctx, tx, p)
		if err != nil {
			return n, err
		}
		if !fresh {
			continue
		}
		n++
		if err := audit.Record(ctx, tx, by.Audit("rule_pack.published", "rule_pack", p.Ref())); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Known says which of some ids is no pack, "" if all are.
func Known(ctx context.Context, tx *db.Tx, ids []string) (unknown string, err error) {
	all, err := packs(ctx, tx)
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(p *Pack) bool { return p.ID == id }) {
			return id, err
		}
	}
	return "", err
}

// Forecast is the clock of a request as it would begin, and what keeps it.
func Forecast(ctx context.Context, tx *db.Tx, s Subject) (Kept, error) {
	l, err := plan.GetLine(ctx, tx, s.PlanID, s.Line)
	if err != nil {
		return Kept{}, err
	}
	return ForecastWith(ctx, tx, l, s)
}

// ForecastWith is Forecast with its line of business set as l.
func ForecastWith(ctx context.Context, tx *db.Tx, l plan.Line, s Subject) (Kept, error) {
	p, err := plan.Get(ctx, tx, s.PlanID)
	if err != nil {
		return Kept{}, err
	}
	all, err := packs(ctx, tx)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Standing: Running, packs: chosen(all, l, civil.DateIn(s.Received, p.Zone()))}
	if k.facts, err = factsOf(ctx, tx, p, s); err != nil {
		return k, err
	}
	k.Clock, err = Reckon(k.packs, k.facts, tx.Now())
	return k, err
}

func factsOf(ctx context.Context, tx *db.Tx, p plan.Plan, s Subject) (Facts, error) {
	c, err := plan.CalendarOf(ctx, tx, p)
	return Facts{Received: s.Received, Kind: s.Kind, Electronic: s.Electronic, State: s.State, Calendar: c, Hours: p.ServiceHours()}, err
}

// Begin keeps a forecast clock as that of an order. The caller has made the
// order, and so may.
func (k Kept) Begin(ctx context.Context, tx *db.Tx, orderID string, planID plan.ID) error {
	k.OrderID = orderID
	return k.insert(ctx, tx, planID)
}

// Happen adds what happened to a clock and returns it as it is then. The caller
// has read it in this transaction and answers for who may; the error is a
// Conflict if it has ended or the rule doesn't let it be extended again. What
// happened earlier than it is told says when.
func (k Kept) Happen(ctx context.Context, tx *db.Tx, by account.Actor, e Event) (Kept, error) {
	if k.EndedAt != nil {
		return k, fault.New(fault.Conflict, "The clock of this order has ended.")
	}
	if e.Kind == Extended && !k.MayExtend() {
		return k, fault.New(fault.Conflict, "The rule that counts here doesn't let the time be extended, or it was already.")
	}
	if e.At.IsZero() || e.At.After(tx.Now()) {
		e.At = tx.Now()
	}
	e.Actor = by.Name
	if err := addEvent(ctx, tx, by, k.OrderID, e); err != nil {
		return k, err
	}
	k, err := k.With(e, tx.Now())
	if err != nil {
		return k, err
	}
	return k, k.update(ctx, tx)
}

// With is what the clock would be after something more, at now. It changes
// nothing that is kept.
func (k Kept) With(e Event, now time.Time) (Kept, error) {
	k.Events = append(slices.Clone(k.Events), e)
	k.facts.Events = k.Events
	var err error
	k.Clock, err = Reckon(k.packs, k.facts, now)
	k.Standing = Running
	if k.Paused {
		k.Standing = Paused
	}
	return k, err
}

// MayExtend reports whether the rule that counts gives more time, and has not
// yet.
func (k Kept) MayExtend() bool {
	return k.Rule != nil && k.Rule.Extension != nil && k.EndedAt == nil && !slices.ContainsFunc(k.Events, func(e Event) bool { return e.Kind == Extended })
}

// Wait is when the wait for information that is asked for at now should end:
// after the time that the rule gives the office at least, else at half of
// what is left, so that there is time to decide.
func (k Kept) Wait(now time.Time) time.Time {
	if least := k.WaitAtLeast(now); least.After(now) {
		return least
	}
	return now.Add(max(0, k.Due.Sub(now)) / 2).Truncate(time.Minute)
}

// WaitAtLeast is the earliest end that the rule allows for a wait that begins
// at now; now where it sets none.
func (k Kept) WaitAtLeast(now time.Time) time.Time {
	if a := k.Rule.Missing.AnswerWithin; a.N > 0 {
		return k.facts.after(now, a)
	}
	return now
}

// MayClose reports whether a request that the office doesn't complete may be
// closed without a decision: every rule that holds must let it.
func (k Kept) MayClose() bool {
	return len(k.Limits) > 0 && !slices.ContainsFunc(k.Limits, func(l Limit) bool { return !l.Rule.Missing.MayClose })
}

// End ends an order's clock at the transaction's time: met or missed if it was
// decided, stopped if there is nothing to decide any more. An order without a
// clock is left alone.
func End(ctx context.Context, tx *db.Tx, orderID string, decided bool) error {
	return end(ctx, tx, orderID, decided)
}

// Reopen has an order's clock run again as if it had not ended: what ended it
// was taken back. An order without a clock is left alone.
func Reopen(ctx context.Context, tx *db.Tx, orderID string) error {
	n, err := tx.Exec(ctx, `update clock set ended_at = null where order_id = $1 and ended_at is not null`, orderID)
	if err != nil || n == 0 {
		return err
	}
	k, err := Of(ctx, tx, orderID)
	if err != nil {
		return err
	}
	k.Standing = Running
	if k.Paused {
		k.Standing = Paused
	}
	return k.update(ctx, tx)
}

// refs name the packs of k for good.
func (k Kept) refs() string {
	var all []string
	for _, p := range k.packs {
		all = append(all, p.Ref())
	}
	return strings.Join(all, ",")
}

// named are the packs that refs names.
func named(all []*Pack, refs string) ([]*Pack, error) {
	var found []*Pack
	for ref := range strings.SplitSeq(refs, ",") {
		i := slices.IndexFunc(all, func(p *Pack) bool { return p.Ref() == ref })
		var days, hours int
		switch {
		case i >= 0:
			found = append(found, all[i])
		default:
			if n, err := fmt.Sscanf(ref, agreed+"@%dd%dh", &days, &hours); n != 2 {
				return nil, fmt.Errorf("the rule pack %s is gone: %w", ref, err)
			}
			found = append(found, agreement(days, hours, found))
		}
	}
	return found, nil
}
