// Package letter is about what an office is sent about a decision. A letter
// is written once, from the determination as it stands, and never changes.
package letter

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Letter is one that was sent. Body is paragraphs, one a line; a line that
// begins with "# " is a heading.
type Letter struct {
	ID, OrderID, DeterminationID string
	Title, Body                  string
	SentAt                       time.Time
	Channel                      string // "portal"
}

// Write makes the decision notice of a determination and puts it on the
// order, once.
func Write(ctx context.Context, tx *db.Tx, e review.Decided) error {
	written, err := db.Exists(ctx, tx, `select 1 from letter where determination_id = $1`, e.DeterminationID)
	if err != nil || written {
		return err
	}
	d, err := review.Latest(ctx, tx, order.ID(e.OrderID))
	if err != nil || d.ID != e.DeterminationID {
		return err // a later determination has its own letter
	}
	o, err := order.OfEvent(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	p, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into letter (id, order_id, determination_id, title, body, sent_at, channel) values ($1, $2, $3, $4, $5, $6, 'portal')`,
		db.NewID("ltr"), e.OrderID, d.ID, "Decision notice: "+d.Outcome.Words(), body(o, d, p), tx.Now())
	return err
}

func body(o order.Order, d review.Determination, p plan.Plan) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line("Order ", order.Spaced(o.Number), ", ", p.Name)
	line("Decided ", civil.MediumDate(civil.DateIn(d.At, p.Zone())))
	line("# Decision")
	line(d.Outcome.Words(), ". ", d.Outcome.Meaning())
	for _, s := range o.Services {
		line(s.Wording, " (", s.Code, "): ", s.Status.Words(), units(s))
		for _, l := range d.Lines {
			if l.Line == s.Line && l.Reason != "" {
				line("Why: ", l.Reason)
				line("Criterion: ", l.Criterion)
			}
		}
	}
	if o.AuthNumber != "" {
		line("Authorization number ", o.AuthNumber)
	}
	if d.Outcome.Adverse() {
		line("# Why")
		line(d.Rationale)
		line("Reviewed: ", d.Reviewed)
		line("# What would change this")
		line(d.WouldChange)
	}
	line("# Who reviewed it")
	if d.ByProgram() {
		line(d.Rationale, " It was approved when it was sent.")
	} else {
		line("Reviewed by a person: yes. ", reviewer(d))
	}
	return strings.TrimSpace(b.String())
}

func units(s order.Service) string {
	if s.Approved > 0 && s.Approved < s.Units {
		return ", " + strconv.Itoa(s.Approved) + " of " + strconv.Itoa(s.Units) + " units"
	}
	return ""
}

func reviewer(d review.Determination) string {
	parts := []string{}
	for _, p := range []string{d.Credential, d.Specialty} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "."
}

const columns = `id, order_id, determination_id, title, body, sent_at, channel`

func scan(r db.Row) (l Letter, err error) {
	return l, r.Scan(&l.ID, &l.OrderID, &l.DeterminationID, &l.Title, &l.Body, &l.SentAt, &l.Channel)
}

// Of lists an order's letters, newest first.
func Of(ctx context.Context, tx *db.Tx, id order.ID) ([]Letter, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from letter where order_id = $1 order by sent_at desc, id desc`, string(id))
}

// Get returns one letter of an order the caller has read, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, id order.ID, letter string) (Letter, error) {
	l, err := db.One(ctx, tx, scan, `select `+columns+` from letter where order_id = $1 and id = $2`, string(id), letter)
	if fault.Is(err, fault.NotFound) {
		return l, fault.New(fault.NotFound, "We can't find that letter.")
	}
	return l, err
}
