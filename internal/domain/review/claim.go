package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Claim says who works on a case, so that never two do by accident. It
// holds while they do something with it, and Idle after that.
type Claim struct {
	OrderID  order.ID
	PersonID account.PersonID
	Name     string
	At       time.Time
	Until    time.Time
}

// Idle is how long a claim holds after the last its holder did with the case.
const Idle = 20 * time.Minute

// present is how long someone counts as looking at a case after they loaded it.
const present = 3 * time.Minute

// Take claims a case for by; their own claim holds on. Who may: reviewers. The
// error is a Conflict if someone else works on it, which over overrides: then
// the record says who took the case from whom. A case that nobody had begun to
// review is in review from then on.
func Take(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, over bool) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	if !o.Status.Pending() {
		return fault.New(fault.Conflict, "The order is %s: nobody needs to work on it.", o.Status.Words())
	}
	if err := noConflict(ctx, tx, by, o); err != nil {
		return err
	}
	had, err := ClaimOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	e := by.Audit("case.claimed", "order", string(o.ID))
	e.MemberID = o.MemberID
	if had != nil && had.PersonID != by.ID {
		if !over {
			return had.conflict()
		}
		e.Action, e.Detail = "case.taken_over", "from "+had.Name
		if err := release(ctx, tx, o.ID); err != nil {
			return err
		}
	}
	if ok, err := claim(ctx, tx, by, o.ID); err != nil || !ok {
		if err == nil {
			err = fault.New(fault.Conflict, "Someone else has just begun to work on this case.")
		}
		return err
	}
	if err := wake(ctx, tx, o.ID); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	return begin(ctx, tx, by, o)
}

func (c Claim) conflict() error {
	return fault.New(fault.Conflict, "%s is working on this case. Take it over if that is agreed, or choose another.", c.Name)
}

// begin has a case that nobody had looked at be in review, by whoever claimed
// it.
func begin(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	if o.Status != order.New {
		return nil
	}
	to := order.NurseReview
	if by.Can(account.Deny) {
		to = order.DoctorReview
	}
	_, err := order.Move(ctx, tx, by, o, to, "In review.")
	return err
}

// Release gives a case back that by claimed. Another's claim stays.
func Release(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	had, err := ClaimOf(ctx, tx, o.ID)
	if err != nil || had == nil || had.PersonID != by.ID {
		return err
	}
	if err := release(ctx, tx, o.ID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("case.released", "order", string(o.ID)))
}

// SendUp has a physician review a case, with words for them that the office
// doesn't read. Who may: reviewers. The error is Invalid at "note", a Conflict
// if a physician has it already or someone else works on it.
func SendUp(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, note string) (order.Order, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return o, err
	}
	f := fault.Fields{}
	f.Check(note != "", "note", "Say what the physician should look at")
	f.Check(len([]rune(note)) <= 2000, "note", "The note must be 2,000 characters or less")
	if err := f.Err(); err != nil {
		return o, err
	}
	if err := mine(ctx, tx, by, o); err != nil {
		return o, err
	}
	o, err := order.Move(ctx, tx, by, o, order.DoctorReview, "A physician will review it.")
	if err != nil {
		return o, err
	}
	if err := order.Note(ctx, tx, by, o, "note", words.AsIs(note), true); err != nil {
		return o, err
	}
	return o, release(ctx, tx, o.ID)
}

// mine refuses what only one can do at a time while someone else works on a
// case.
func mine(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	had, err := ClaimOf(ctx, tx, o.ID)
	if err == nil && had != nil && had.PersonID != by.ID && !by.IsProgram() {
		return had.conflict()
	}
	return err
}

// See notes that by looks at a case, which holds their claim on.
func See(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) error {
	return see(ctx, tx, by, id)
}

// AlsoHere are those besides by who look at a case now, by name.
func AlsoHere(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) ([]string, error) {
	return db.All(ctx, tx, db.Value[string], `select name from case_presence where order_id = $1 and person_id <> $2 and seen_at > $3 order by name, person_id`,
		string(id), string(by.ID), tx.Now().Add(-present))
}

// ClaimOf is the claim that holds on a case, nil if none does. The caller has
// read the order.
func ClaimOf(ctx context.Context, tx *db.Tx, id order.ID) (*Claim, error) {
	all, err := Claims(ctx, tx, []order.ID{id})
	if c, ok := all[id]; ok {
		return &c, err
	}
	return nil, err
}

// Jot leaves a note about a case for those who review: the office never sees
// it. The error is Invalid at "words".
func Jot(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, text string) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(text != "", "words", "Write the note")
	f.Check(len([]rune(text)) <= 2000, "words", "The note must be 2,000 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	if err := order.Note(ctx, tx, by, o, "note", words.AsIs(text), true); err != nil {
		return err
	}
	e := by.Audit("case.noted", "order", string(o.ID))
	e.MemberID = o.MemberID
	return audit.Record(ctx, tx, e)
}
