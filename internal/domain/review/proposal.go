package review

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Proposal is an adverse decision that a physician made and that waits for
// the signature of a second one.
type Proposal struct {
	OrderID  order.ID
	PersonID account.PersonID // who decided
	Name     string
	At       time.Time
	Decision Decision
}

// needsSecond reports whether a decision must be signed by a second physician:
// the first adverse one on an order of a program that asks for it. What comes
// later can only be better for the member.
func needsSecond(ctx context.Context, tx *db.Tx, o order.Order, made Determination) (bool, error) {
	if !made.Outcome.Adverse() || o.Status.Decided() {
		return false, nil
	}
	p, err := plan.GetProgram(ctx, tx, o.ProgramID)
	return p.SecondSignature, err
}

func propose(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, d Decision) error {
	if o.Status != order.DoctorReview {
		var err error
		if o, err = order.Move(ctx, tx, by, o, order.DoctorReview, "In review by a physician."); err != nil {
			return err
		}
	}
	d.Version = o.Version
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `insert into proposal (order_id, person_id, name, at, decision) values ($1, $2, $3, $4, $5) on conflict do nothing`,
		string(o.ID), string(by.ID), by.Name, tx.Now(), string(text))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "A denial of this order waits for a second signature already.")
	}
	if err := order.Note(ctx, tx, by, o, "proposal", "An adverse determination is proposed. A second physician must sign it.", true); err != nil {
		return err
	}
	if err := release(ctx, tx, o.ID); err != nil {
		return err
	}
	e := by.Audit("case.denial_proposed", "order", string(o.ID))
	e.MemberID = o.MemberID
	return audit.Record(ctx, tx, e)
}

// ProposalOf is what waits for a second signature on an order, nil for nothing.
// Who may read the case may read it.
func ProposalOf(ctx context.Context, tx *db.Tx, id order.ID) (*Proposal, error) {
	p, err := db.One(ctx, tx, func(r db.Row) (p Proposal, err error) {
		var text string
		if err := r.Scan((*string)(&p.OrderID), (*string)(&p.PersonID), &p.Name, &p.At, &text); err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(text), &p.Decision)
	}, `select order_id, person_id, name, at, decision from proposal where order_id = $1`, string(id))
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // nothing waits
	}
	return &p, err
}

// Countersign signs what is proposed for an order: it is decided then, by both.
// Who may: a second physician who could deny the order alone. The error is a
// Conflict if nothing waits.
func Countersign(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID, attested bool) (Determination, error) {
	p, o, err := signable(ctx, tx, by, id)
	if err != nil {
		return Determination{}, err
	}
	f := fault.Fields{}
	f.Check(attested, "attested", "Check the box to confirm that you have reviewed this case")
	if err := f.Err(); err != nil {
		return Determination{}, err
	}
	if err := mine(ctx, tx, by, o); err != nil {
		return Determination{}, err
	}
	if err := noConflict(ctx, tx, by, o); err != nil {
		return Determination{}, err
	}
	second, err := sign(ctx, tx, by, o, p.Decision)
	if err != nil {
		return second, err
	}
	first, err := account.Act(ctx, tx, p.PersonID)
	if err != nil {
		return second, err
	}
	made, err := sign(ctx, tx, first, o, p.Decision)
	if err != nil {
		return made, err
	}
	if err := unheard(ctx, tx, o, p.Decision); err != nil {
		return made, err
	}
	made.SecondID, made.SecondName, made.SecondLicense = by.ID, by.Name, second.License
	if err := drop(ctx, tx, id); err != nil {
		return made, err
	}
	return made, enact(ctx, tx, by, o, p.Decision, &made)
}

// SendBack takes a proposal from the table, with why in a note that the office
// doesn't read: the case goes on. Who may: a second physician; who proposed it
// may too. The error is Invalid at "why".
func SendBack(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID, why string) error {
	_, o, err := withdrawable(ctx, tx, by, id)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(why != "", "why", "Say why you don’t sign")
	f.Check(len([]rune(why)) <= 2000, "why", "Why must be 2,000 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	if err := drop(ctx, tx, id); err != nil {
		return err
	}
	if err := order.Note(ctx, tx, by, o, "note", words.Say("The proposed denial wasn’t signed: %s", why), true); err != nil {
		return err
	}
	e := by.Audit("case.denial_sent_back", "order", string(id))
	e.MemberID = o.MemberID
	return audit.Record(ctx, tx, e)
}

func withdrawable(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) (*Proposal, order.Order, error) {
	if err := by.Must(account.Deny); err != nil {
		return nil, order.Order{}, err
	}
	o, err := order.ByID(ctx, tx, by, id)
	if err != nil {
		return nil, o, err
	}
	p, err := ProposalOf(ctx, tx, id)
	if err == nil && (p == nil || !o.Status.Pending()) {
		err = fault.New(fault.Conflict, "No denial of this order waits for a signature any more.")
	}
	return p, o, err
}

// signable is what by, a second person, could sign.
func signable(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) (*Proposal, order.Order, error) {
	p, o, err := withdrawable(ctx, tx, by, id)
	if err == nil && p.PersonID == by.ID {
		err = fault.New(fault.Denied, "You proposed this denial. Another physician must sign it.")
	}
	if err == nil && p.Decision.Version != o.Version {
		err = fault.New(fault.Conflict, "The order changed since the denial was proposed. Send it back, so that it is looked at again.")
	}
	return p, o, err
}

func drop(ctx context.Context, tx *db.Tx, id order.ID) error {
	return db.Changed(tx.Exec(ctx, `delete from proposal where order_id = $1`, string(id)))
}
