package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// An Intent is a denial that a physician means to make. Where a plan's line of
// business allows no call to change a decision, as Medicare Advantage (after
// an adverse organization determination only reopening or reconsideration
// changes it, 42 CFR 422.566, 422.580, 422.616), the office is heard before:
// it is told what is missing and can talk to a reviewer inside the clock of
// the decision.
type Intent struct {
	ID      string
	OrderID order.ID
	Name    string // who means to deny
	At      time.Time
	Until   time.Time // by when the call must be over; not later than the decision is due
	Points  string    // what is missing, for the office
	Ended   *time.Time
}

// Open reports whether a call about the intent can still take place.
func (i Intent) Open(now time.Time) bool { return i.Ended == nil && now.Before(i.Until) }

// least is how much of the decision's clock must be left for an offer of a
// call to be one.
const least = 2 * time.Hour

// Intended announces an intent. See app/reactions.go.
type Intended struct{ OrderID, IntentID string }

// Kind names the event.
func (Intended) Kind() string { return "review.intended" }

// Announce tells an order's office that by means to deny it and why, and so
// opens the time in which a call can still prevent it. Who may: a physician
// who may deny. The error is Invalid at "points" if nothing is said, a
// Conflict if the order changed, needs no offer, or has one.
func Announce(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, version int, points string) (Intent, error) {
	if err := by.Must(account.Deny); err != nil {
		return Intent{}, err
	}
	if o.Version != version {
		return Intent{}, fault.New(fault.Conflict, "Someone else changed this order meanwhile. Read it again before you go on.")
	}
	f := fault.Fields{}
	f.Check(points != "", "points", "Say what is missing")
	f.Check(len([]rune(points)) <= 2000, "points", "What is missing must be 2,000 characters or less")
	if err := f.Err(); err != nil {
		return Intent{}, err
	}
	r, err := Get(ctx, tx, by.ID)
	if err != nil {
		return Intent{}, err
	}
	if !r.Physician || !r.Active || !r.Licensed("", civil.DateIn(tx.Now(), r.zone())) {
		return Intent{}, fault.New(fault.Denied, "Only a physician reviewer with a license that holds can announce a denial.")
	}
	needed, until, err := heard(ctx, tx, o)
	if err != nil {
		return Intent{}, err
	}
	if !needed {
		return Intent{}, fault.New(fault.Conflict, "A denial of this order needs no call before it, or there is no time left for one.")
	}
	i := Intent{ID: db.NewID("int"), OrderID: o.ID, Name: by.Name, At: tx.Now(), Until: until, Points: points}
	return i, i.insert(ctx, tx, by, o)
}

func (i Intent) insert(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	n, err := tx.Exec(ctx, `insert into denial_intent (id, order_id, person_id, name, at, until, points) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		i.ID, string(o.ID), string(by.ID), by.Name, i.At, i.Until, i.Points)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "The office was told already.")
	}
	if err := order.Note(ctx, tx, by, o, "intent", "A physician means to deny this. A call can help before the decision.", false); err != nil {
		return err
	}
	e := by.Audit("order.denial_announced", "order", string(o.ID))
	e.MemberID = o.MemberID
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	return job.Add(ctx, tx, Intended{string(o.ID), i.ID})
}

// heard reports whether an office must be heard before o is denied, and until
// when. Where too little of the clock is left the decision comes first.
func heard(ctx context.Context, tx *db.Tx, o order.Order) (needed bool, until time.Time, err error) {
	if !o.Status.Pending() {
		return false, until, nil
	}
	line, err := plan.GetLine(ctx, tx, o.PlanID, o.Line)
	if err != nil || line.PreDecisionHours == 0 {
		return false, until, err
	}
	until = tx.Now().Add(time.Duration(line.PreDecisionHours) * time.Hour)
	if o.DueAt != nil && o.DueAt.Before(until) {
		until = *o.DueAt
	}
	return until.Sub(tx.Now()) >= least, until, nil
}

// MustBeHeard reports whether a denial of o has to be announced first.
func MustBeHeard(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	i, err := IntentOf(ctx, tx, o.ID)
	if err != nil || i != nil {
		return false, err
	}
	needed, _, err := heard(ctx, tx, o)
	return needed, err
}

const intentColumns = `id, order_id, name, at, until, points, ended_at`

func scanIntent(r db.Row) (i Intent, err error) {
	return i, r.Scan(&i.ID, (*string)(&i.OrderID), &i.Name, &i.At, &i.Until, &i.Points, &i.Ended)
}

// IntentOf is the intent that stands for an order, nil if there is none. The
// caller has read the order, and so may see it.
func IntentOf(ctx context.Context, tx *db.Tx, id order.ID) (*Intent, error) {
	all, err := db.All(ctx, tx, scanIntent, `select `+intentColumns+` from denial_intent where order_id = $1 and ended_at is null`, string(id))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// IntentsOf are the intents that stand for some orders, by order, in one
// statement. The caller has read the orders, and so may see them.
func IntentsOf(ctx context.Context, tx *db.Tx, ids []order.ID) (map[order.ID]*Intent, error) {
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, scanIntent, `select `+intentColumns+` from denial_intent where ended_at is null and order_id in `+list, args...)
	found := map[order.ID]*Intent{}
	for i := range all {
		found[all[i].OrderID] = &all[i]
	}
	return found, err
}

// unheard refuses a clinical denial before the office was told and had its
// time. A denial for another reason isn't discussed.
func unheard(ctx context.Context, tx *db.Tx, o order.Order, d Decision) error {
	if d.Kind != "clinical" || !d.Adverse() {
		return nil
	}
	i, err := IntentOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	if i != nil && i.Open(tx.Now()) {
		loc, err := zoneOf(ctx, tx, o)
		if err != nil {
			return err
		}
		return fault.New(fault.Conflict, "The office can talk to a reviewer until %s. Approve now, or deny after that or after the call.", civil.When(i.Until, loc, tx.Now()).String())
	}
	if i != nil {
		return nil
	}
	needed, _, err := heard(ctx, tx, o)
	if err == nil && needed {
		return fault.New(fault.Conflict, "This plan hears the office before a denial. Tell the office what is missing first.")
	}
	return err
}

func zoneOf(ctx context.Context, tx *db.Tx, o order.Order) (*time.Location, error) {
	p, err := plan.Get(ctx, tx, o.PlanID)
	return p.Zone(), err
}

// Heard closes the time for a call about an order, since it took place. The
// decision can follow.
func Heard(ctx context.Context, tx *db.Tx, id order.ID) error {
	_, err := tx.Exec(ctx, `update denial_intent set until = $1 where order_id = $2 and ended_at is null and until > $1`, tx.Now(), string(id))
	return err
}

// endIntent ends the intent of an order that is decided.
func endIntent(ctx context.Context, tx *db.Tx, id order.ID) error {
	_, err := tx.Exec(ctx, `update denial_intent set ended_at = $1 where order_id = $2 and ended_at is null`, tx.Now(), string(id))
	return err
}
