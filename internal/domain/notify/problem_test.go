package notify_test

import (
	"context"
	"strings"
	"testing"

	"parley/internal/domain/help"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// The support address hears that there is a report, and nothing of what it says.
func TestSupportHearsOfAProblem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 0)
		said := func() (n int) {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				p, err := help.Report(ctx, tx, o.Maria, help.Problem{Happened: "Rosa's order broke.", Page: "/orders/1369306954"})
				if err != nil {
					return err
				}
				if err := o.desk.ProblemReported(ctx, tx, help.ProblemReported{ID: p.ID}); err != nil {
					return err
				}
				n, err = db.Count(ctx, tx, `select count(*) from mail where object_id = $1`, p.ID)
				if err != nil || n == 0 {
					return err
				}
				body, err := db.One(ctx, tx, db.Value[string], `select body from mail where object_id = $1`, p.ID)
				if strings.Contains(body, "Rosa") || strings.Contains(body, "1369306954") || !strings.Contains(body, p.Spaced()) {
					t.Errorf("the mail says %s", body)
				}
				return err
			})
			return n
		}
		if n := said(); n != 0 {
			t.Errorf("%d mails to nobody", n)
		}
		o.desk.Support = "help@um.example"
		if n := said(); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}
