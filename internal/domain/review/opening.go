package review

import (
	"context"
	"errors"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An Opening is that somebody opened a case that wasn't theirs, and why.
type Opening struct {
	OrderID    order.ID
	Number     string // filled when read
	Name, Kind string
	Words      string // their own; may speak of the member
	At         time.Time
}

// Reasons to open a case that isn't one's own, in the order people read them.
var Reasons = []struct{ Kind, Words string }{
	{"cover", "I stand in for a colleague"},
	{"asked", "The office or a colleague asked me about it"},
	{"call", "I prepare or hold a call about it"},
	{"complaint", "A complaint or an appeal"},
	{"other", "Something else"},
}

// Opened is how long a reason holds, and a claim counts as one's own after it
// ended.
const Opened = 12 * time.Hour

// ErrUnopened is the cause of the fault by which MayOpen asks for a reason.
var ErrUnopened = errors.New("the case was not opened with a reason")

// MayOpen refuses staff who read clinical files a case that isn't theirs until
// they said why (Open), where the program asks for that. Supervisors need no
// reason. A case is theirs if they work or worked on it, or decided it.
func MayOpen(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	if !by.IsStaff() || by.IsProgram() || !by.Can(account.ReadClinical) || by.Can(account.Supervise) || by.Assists != nil {
		return nil
	}
	program, err := plan.GetProgram(ctx, tx, o.ProgramID)
	if err != nil || !program.Reviewing.AskReason {
		return err
	}
	since := tx.Now().Add(-Opened)
	theirs, err := db.Exists(ctx, tx, `
		select 1 from case_claim where order_id = $1 and person_id = $2 and until > $3
		union all select 1 from case_opening where order_id = $1 and person_id = $2 and at > $3
		union all select 1 from determination where order_id = $1 and person_id = $2`, string(o.ID), string(by.ID), since)
	if err != nil || theirs {
		return err
	}
	return &fault.Error{Kind: fault.Denied, Text: "This case isn’t assigned to you. Open it from the queue, and say why.", Err: ErrUnopened}
}

// Open notes why by opens a case that isn't theirs; for twelve hours they may.
// Who may: staff who read clinical files. The error is Invalid at "kind" or
// "words".
func Open(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, kind, words string) error {
	if err := by.Must(account.ReadClinical); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(reasonWords(kind) != "", "kind", "Select why you open this case")
	f.Check(kind != "other" || words != "", "words", "Say why you open this case")
	f.Check(len([]rune(words)) <= 500, "words", "This must be 500 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into case_opening (id, order_id, person_id, name, kind, words, at) values ($1, $2, $3, $4, $5, $6, $7)`,
		db.NewID("opn"), string(o.ID), string(by.ID), by.Name, kind, words, tx.Now())
	if err != nil {
		return err
	}
	e := by.Audit(audit.OpenedUnassigned, "order", string(o.ID))
	e.MemberID, e.Detail = o.MemberID, kind
	return audit.Record(ctx, tx, e)
}

func reasonWords(kind string) string {
	for _, r := range Reasons {
		if r.Kind == kind {
			return r.Words
		}
	}
	return ""
}

// Why is the reason, as people read it.
func (o Opening) Why() string {
	if o.Words == "" {
		return reasonWords(o.Kind)
	}
	return reasonWords(o.Kind) + ": " + o.Words
}

// Openings are the last hundred cases that were opened by who they weren't
// assigned to since a time, the latest first, of the orders that by sees. Who
// may: supervisors.
func Openings(ctx context.Context, tx *db.Tx, by account.Actor, since time.Time) ([]Opening, error) {
	if err := by.Must(account.Supervise); err != nil {
		return nil, err
	}
	seen, args := order.Visible(by, 2)
	return db.All(ctx, tx, func(r db.Row) (o Opening, err error) {
		return o, r.Scan((*string)(&o.OrderID), &o.Number, &o.Name, &o.Kind, &o.Words, &o.At)
	}, `select orders.id, orders.number, c.name, c.kind, c.words, c.at from case_opening c join orders on orders.id = c.order_id
		where c.at >= $1 and `+seen+` order by c.at desc, c.id desc limit 100`, append([]any{since}, args...)...)
}
