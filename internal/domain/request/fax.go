package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// ForFax returns a request that is not sent, for who puts what was faxed for it
// among its files; else a NotFound fault. The read is audited. Who may: those
// who put faxes on orders, for their own plans and programs.
func ForFax(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Request, error) {
	none := fault.New(fault.NotFound, "We can't find an order or a request with that number.")
	if err := by.Must(account.HandleFaxes); err != nil {
		return Request{}, err
	}
	r, err := db.One(ctx, tx, scan, `select `+columns+` from request where number = $1 and sent_at is null and deleted_at is null`, number)
	if fault.Is(err, fault.NotFound) || err == nil && !r.takesFaxes(by) {
		return Request{}, none
	}
	if err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.read")
}

// OfMember are the requests for a member that are not sent, the last changed
// first, at most 20. Who may: as ForFax. Each is a read that is audited.
func OfMember(ctx context.Context, tx *db.Tx, by account.Actor, memberID string) (some []Request, err error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return nil, err
	}
	all, err := db.All(ctx, tx, scan, `select `+columns+` from request where sent_at is null and deleted_at is null and content like $1 order by changed_at desc, id limit 20`, `%"`+memberID+`"%`)
	for _, r := range all {
		if r.Patient.MemberID != memberID || !r.takesFaxes(by) {
			continue
		}
		if err := record(ctx, tx, by, r, "request.read"); err != nil {
			return nil, err
		}
		some = append(some, r)
	}
	return some, err
}

// takesFaxes reports whether r is far enough to have files, and for a plan and
// program that by works on.
func (r Request) takesFaxes(by account.Actor) bool {
	return r.Done(OrderPart) && by.Covers(string(r.Patient.PlanID), string(r.Order.ProgramID))
}
