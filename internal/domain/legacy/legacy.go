// Package legacy is about the orders of an older platform: imported to be read
// and found here by the numbers they had there, and never changed. What is to
// be done about one is done where it was made.
package legacy

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
	"parley/internal/words"
)

// An Order is one of the older platform.
type Order struct {
	ID                     string
	Number                 string // there
	PlanID                 plan.ID
	Line                   string // of business; "" where the file didn't say
	ProgramID              plan.ProgramID
	OrganizationID         string
	MemberID               string // "" where no list of ours has them
	MemberNumber           string
	First, Last            string
	Born                   civil.Date
	Code, Service          string
	Status                 Status
	Requested, Decided     civil.Date
	ServiceFrom, ServiceTo civil.Date
	Practitioner           string
	Link                   string // to it on the older platform; "" for none
}

// A Status is how an order stood when it was exported.
type Status string

// Statuses with their words.
var Statuses = map[Status]words.Text{"pending": "Not decided there", "approved": "Approved", "partial": "Approved in part", "denied": "Denied", "withdrawn": "Withdrawn", "closed": "Closed"}

// Key is what is compared of a number: letters and digits.
func (o Order) Key() string { return order.NumberKey(o.Number) }

// Put stores orders, over what was imported under the same number of the plan
// before, and reports how many were new or different. Who may: imports.
func Put(ctx context.Context, tx *db.Tx, by account.Actor, all []Order) (changed int, err error) {
	if err := by.Must(account.ImportData); err != nil {
		return 0, err
	}
	for _, o := range all {
		if o.MemberID, err = memberOf(ctx, tx, o); err != nil {
			return changed, err
		}
		n, err := put(ctx, tx, o)
		if err != nil {
			return changed, err
		}
		changed += int(n)
	}
	if changed == 0 {
		return 0, nil
	}
	e := by.Audit("legacy_order.imported", "import", "")
	e.Detail = feed.Tally{Imported: changed, Unchanged: len(all) - changed}.String()
	return changed, audit.Record(ctx, tx, e)
}

// A Term is what is looked for: a number, of the order or the member, or the
// beginnings of a last and a first name, or both orders of them, with a birth
// date.
type Term struct {
	Number    string   // letters and digits, upper case
	Words     []string // folded
	LastFirst bool
	Born      civil.Date
}

// Most is how many Find answers.
const Most = 25

// Find returns the orders that by sees and a term could mean, the latest first.
// Those are seen as orders are that were made here; who sees only a location's
// or their own sees none, since the older platform knew neither.
func Find(ctx context.Context, tx *db.Tx, by account.Actor, t Term) ([]Order, error) {
	if t.Number == "" && len(t.Words) == 0 {
		return nil, nil
	}
	return find(ctx, tx, by, t)
}

// ByNumber returns the orders that by sees and that had a number, of more than
// one plan perhaps.
func ByNumber(ctx context.Context, tx *db.Tx, by account.Actor, number string) ([]Order, error) {
	key := order.NumberKey(number)
	if key == "" {
		return nil, nil
	}
	all, err := find(ctx, tx, by, Term{Number: key})
	return slices.DeleteFunc(all, func(o Order) bool { return o.Key() != key }), err
}

// Get returns one order and audits that it was read; one that by doesn't see is
// NotFound.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Order, error) {
	o, err := one(ctx, tx, by, id)
	if fault.Is(err, fault.NotFound) {
		return o, fault.New(fault.NotFound, "We can't find that order.")
	}
	if err != nil {
		return o, err
	}
	e := by.Audit("legacy_order.read", "legacy_order", o.ID)
	e.MemberID = o.MemberID
	return o, audit.Record(ctx, tx, e)
}

// Counts are how many orders were imported for each plan. Who may:
// administrators.
func Counts(ctx context.Context, tx *db.Tx, by account.Actor) (map[plan.ID]int, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return counts(ctx, tx)
}
