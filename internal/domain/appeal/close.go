package appeal

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// An Answer is why a decision stays.
type Answer struct {
	Rationale string // for the office
	Plain     string // for the member, in plain words
	PlainES   string // the same in Spanish, where their letters are
	Attested  bool   // "I have reviewed this case"
}

// Uphold has the decision stay as it is, with letters that say why. Who may: a
// physician who may deny, with a license that holds; for an appeal not who made
// the decision (42 CFR 422.590(h)(2), 438.406(b)(2)(i), 29 CFR
// 2560.503-1(h)(3)(ii)). A decision that changes is made by review.Decide, and
// Follow closes the filing. The error is Invalid by fields, a Conflict if the
// filing is answered.
func Uphold(ctx context.Context, tx *db.Tx, by account.Actor, f Filing, o order.Order, a Answer) (Filing, error) {
	if err := by.Must(account.Deny); err != nil {
		return f, err
	}
	if err := review.MayReopen(ctx, tx, by, o, After(f.Kind)); err != nil {
		return f, err
	}
	if err := a.Check(); err != nil {
		return f, err
	}
	f.Rationale = a.Rationale
	f, err := f.close(ctx, tx, by, o, Upheld, words.Say("%s: the decision stays.", words.Text(f.Words())))
	if err != nil {
		return f, err
	}
	return f, letter.Uphold(ctx, tx, o.ID, f.ID, a.Rationale, a.Plain, a.PlainES)
}

// Check says what an answer lacks, Invalid by fields.
func (a Answer) Check() error {
	m := fault.Fields{}
	m.Check(a.Rationale != "", "rationale", "Write why the decision stays")
	m.Check(len([]rune(a.Rationale)) <= 4000, "rationale", "Why the decision stays must be 4,000 characters or less")
	m.Check(a.Plain != "", "plain", "Write the reason for the member in plain words")
	m.Check(len([]rune(a.Plain)) <= 1000, "plain", "The reason for the member must be 1,000 characters or less")
	m.Check(a.Attested, "attested", "Check the box to confirm that you have reviewed this case")
	return m.Err()
}

// After is what led to deciding again, in a review.Decision, for a filing of a
// kind.
func After(k review.OptionKind) string {
	if k == review.Reconsider {
		return review.AfterReconsideration
	}
	return review.AfterAppeal
}

// Withdraw takes a filing back. Who may: who may file.
func Withdraw(ctx context.Context, tx *db.Tx, by account.Actor, f Filing, o order.Order) (Filing, error) {
	if err := by.Must(account.FileAppeals); err != nil {
		return f, err
	}
	return f.close(ctx, tx, by, o, Withdrawn, words.Say("%s was withdrawn.", words.Text(f.Words())))
}

// Follow closes what was filed against a decision once it was made anew.
func Follow(ctx context.Context, tx *db.Tx, e review.Decided) error {
	undone, err := review.Undone(ctx, tx, e)
	if err != nil || undone {
		return err
	}
	by := account.Program()
	o, err := order.ByID(ctx, tx, by, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	all, err := Of(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Status != Open || f.DeterminationID == e.DeterminationID {
			continue
		}
		if _, err := f.close(ctx, tx, by, o, Overturned, words.Say("%s: the decision was changed.", words.Text(f.Words()))); err != nil {
			return err
		}
	}
	return nil
}

func (f Filing) close(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, to Status, text words.Text) (Filing, error) {
	if f.Status != Open {
		return f, fault.New(fault.Conflict, "This was answered already: %s.", f.Status.Words())
	}
	now := tx.Now()
	f.Status, f.ClosedAt, f.ClosedBy, f.ClosedName = to, &now, by.ID, by.Name
	n, err := tx.Exec(ctx, `update appeal set status = $1, closed_at = $2, closed_by = $3, closed_name = $4, rationale = $5, version = version + 1 where id = $6 and status = 'filed'`,
		string(to), now, string(by.ID), by.Name, f.Rationale, f.ID)
	if err != nil {
		return f, err
	}
	if n == 0 {
		return f, fault.New(fault.Conflict, "Somebody else answered this meanwhile.")
	}
	if err := order.Note(ctx, tx, by, o, "appeal", text, false); err != nil {
		return f, err
	}
	e := by.Audit("appeal."+string(to), "appeal", f.ID)
	e.MemberID = o.MemberID
	if err := audit.Record(ctx, tx, e); err != nil {
		return f, err
	}
	return f, job.Add(ctx, tx, Closed{f.ID})
}

// Waiting are the open filings that by could answer, what is due first, at most
// 200, each with its order. Who may: who reviews, and who handles appeals.
func Waiting(ctx context.Context, tx *db.Tx, by account.Actor) ([]Filing, []order.Order, error) {
	if !by.Can(account.ReviewOrders) && !by.Has(account.Appeals) {
		return nil, nil, fault.New(fault.Denied, "Your role doesn't show you appeals.")
	}
	all, err := db.All(ctx, tx, scan, `select `+columns+` from appeal where status = 'filed' order by due_at, id limit 200`)
	if err != nil {
		return nil, nil, err
	}
	return seenOf(ctx, tx, by, all)
}

// seenOf are those filings whose orders by may see, with the orders.
func seenOf(ctx context.Context, tx *db.Tx, by account.Actor, all []Filing) (mine []Filing, orders []order.Order, err error) {
	ids := make([]order.ID, len(all))
	for i, f := range all {
		ids[i] = f.OrderID
	}
	seen, err := order.Among(ctx, tx, by, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		if i := slices.IndexFunc(seen, func(o order.Order) bool { return o.ID == f.OrderID }); i >= 0 {
			mine, orders = append(mine, f), append(orders, seen[i])
		}
	}
	return mine, orders, nil
}
