package review

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Mark is what a reviewer found of one criterion: whether the records meet
// it, on which page of which file that stands, and a note. Marks are kept one
// after another, so that an auditor can see what stood there when the case was
// decided; the last one counts.
type Mark struct {
	Guideline string // name and version: "Lumbar spine MRI 2026.1"
	Criterion string // its id in the guideline
	Says      string // Met, NotMet or NotShown
	FileID    string // of the evidence; "" for none
	Page      int    // of the file; 0 for the whole
	Note      string // for reviewers alone
	PersonID  string // who marked it; filled when read
	Name      string // theirs; filled when read
	At        time.Time
}

// What a mark says.
const (
	MarkMet      = "met"
	MarkNotMet   = "not_met"
	MarkNotShown = "not_shown"
)

// SaysWords are what marks say, as people read them.
var SaysWords = map[string]string{MarkMet: "Met", MarkNotMet: "Not met", MarkNotShown: "Not shown"}

// SaveMark marks a criterion of a case. Who may: reviewers, while nobody else
// works on it. The error is Invalid at "says", "page" or "file", a Conflict if
// the case is decided.
func SaveMark(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, m Mark) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	if !o.Status.Pending() && !o.Status.Adverse() {
		return fault.New(fault.Conflict, "The order is %s: its criteria can't be marked any more.", o.Status.Words())
	}
	if err := mine(ctx, tx, by, o); err != nil {
		return err
	}
	if err := checkMark(ctx, tx, o, m); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into criterion_mark (order_id, guideline, criterion, n, says, file_id, page, note, person_id, name, at)
		select $1, $2, $3, coalesce(max(n), 0) + 1, $4, $5, $6, $7, $8, $9, $10 from criterion_mark where order_id = $1`,
		string(o.ID), m.Guideline, m.Criterion, m.Says, m.FileID, m.Page, m.Note, string(by.ID), by.Name, tx.Now())
	if err != nil {
		return err
	}
	e := by.Audit("case.criterion_marked", "order", string(o.ID))
	e.MemberID, e.Detail = o.MemberID, m.Criterion+" "+m.Says
	return audit.Record(ctx, tx, e)
}

func checkMark(ctx context.Context, tx *db.Tx, o order.Order, m Mark) error {
	f := fault.Fields{}
	f.Check(SaysWords[m.Says] != "", "says", "Select met, not met or not shown")
	f.Check(m.Page >= 0 && m.Page <= 100_000, "page", "Enter a page of the file")
	f.Check(m.Page == 0 || m.FileID != "", "file", "Select the file that the page is of")
	f.Check(len([]rune(m.Note)) <= 1000, "note", "The note must be 1,000 characters or less")
	f.Check(m.Criterion != "" && m.Guideline != "", "criterion", "Select a criterion")
	if m.FileID != "" {
		files, err := attachment.Of(ctx, tx, string(o.ID))
		if err != nil {
			return err
		}
		f.Check(slices.ContainsFunc(files, func(a attachment.File) bool { return a.ID == m.FileID }), "file", "Select a file of this order")
	}
	return f.Err()
}

// Marks are the last ones of each criterion of an order as they stood at a
// time, by criterion. The caller has read the order and is one who reviews or
// audits.
func Marks(ctx context.Context, tx *db.Tx, id order.ID, at time.Time) (map[string]Mark, error) {
	all, err := db.All(ctx, tx, func(r db.Row) (m Mark, err error) {
		return m, r.Scan(&m.Guideline, &m.Criterion, &m.Says, &m.FileID, &m.Page, &m.Note, &m.PersonID, &m.Name, &m.At)
	}, `select guideline, criterion, says, file_id, page, note, person_id, name, at from criterion_mark where order_id = $1 and at <= $2 order by n`, string(id), at)
	last := map[string]Mark{}
	for _, m := range all {
		last[m.Guideline+"/"+m.Criterion] = m
	}
	return last, err
}
