package appeal

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, number, order_id, determination_id, kind, behalf, consent, reason, urgent_why, filed_at, filed_by, filed_name, organization_id, due_at, status,
	closed_at, closed_by, closed_name, rationale, version`

func scan(r db.Row) (f Filing, err error) {
	return f, r.Scan(&f.ID, &f.Number, (*string)(&f.OrderID), &f.DeterminationID, (*string)(&f.Kind), &f.Behalf, &f.Consent, &f.Reason, &f.UrgentWhy, &f.FiledAt,
		(*string)(&f.FiledBy), &f.FiledName, &f.OrganizationID, &f.DueAt, (*string)(&f.Status), &f.ClosedAt, (*string)(&f.ClosedBy), &f.ClosedName, &f.Rationale, &f.version)
}

// insert adds f under a number of its own.
func (f *Filing) insert(ctx context.Context, tx *db.Tx) (err error) {
	if f.Number, err = order.FreeNumber(ctx, tx, `select count(*) from appeal where number = $1`); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		insert into appeal (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) on conflict do nothing`,
		f.ID, f.Number, string(f.OrderID), f.DeterminationID, string(f.Kind), f.Behalf, f.Consent, f.Reason, f.UrgentWhy, f.FiledAt,
		string(f.FiledBy), f.FiledName, f.OrganizationID, f.DueAt, string(f.Status), f.ClosedAt, string(f.ClosedBy), f.ClosedName, f.Rationale, f.version)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "It is asked for already.")
	}
	return err
}

// Of are the filings about an order, newest first. Who may read the order may
// read them.
func Of(ctx context.Context, tx *db.Tx, o order.Order) ([]Filing, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from appeal where order_id = $1 order by filed_at desc, id desc`, string(o.ID))
}

// Get returns the filing with a number, and its order, if by may see that; else
// a NotFound fault. The read is audited.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Filing, order.Order, error) {
	none := fault.New(fault.NotFound, "We can't find that appeal.")
	f, err := db.One(ctx, tx, scan, `select `+columns+` from appeal where number = $1`, order.Digits(number))
	if fault.Is(err, fault.NotFound) {
		err = none
	}
	if err != nil {
		return f, order.Order{}, err
	}
	o, err := order.ByID(ctx, tx, by, f.OrderID)
	if fault.Is(err, fault.NotFound) {
		return Filing{}, o, none
	}
	if err != nil {
		return f, o, err
	}
	return f, o, order.Read(ctx, tx, by, o, "appeal.read")
}

// ByID is a filing for what follows an event. Nobody's rights are asked.
func ByID(ctx context.Context, tx *db.Tx, id string) (Filing, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from appeal where id = $1`, id)
}

// Filings are those about the orders of the offices that by acts for, newest
// first, at most 200. Who may: who reads orders.
func Filings(ctx context.Context, tx *db.Tx, by account.Actor) ([]Filing, []order.Order, error) {
	if err := by.Must(account.ReadOrders); err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, s := range by.Seats {
		ids = append(ids, s.OrganizationID)
	}
	if len(ids) == 0 {
		return nil, nil, nil
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, scan, `select `+columns+` from appeal where organization_id in `+list+` order by filed_at desc, id desc limit 200`, args...)
	if err != nil {
		return nil, nil, err
	}
	return seenOf(ctx, tx, by, all)
}
