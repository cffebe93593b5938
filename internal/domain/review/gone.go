package review

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes what was decided about orders that go for their age, with
// all that reviewers noted of them.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from quality_item where sample_id in (select id from quality_sample where order_id in ` + list + `)`,
		`delete from quality_sample where order_id in ` + list,
		`delete from determination_line where determination_id in (select id from determination where order_id in ` + list + `)`,
		`delete from determination_record where order_id in ` + list,
		`delete from determination where order_id in ` + list,
		`delete from proposal where order_id in ` + list,
		`delete from denial_intent where order_id in ` + list,
		`delete from case_opening where order_id in ` + list,
		`delete from case_snooze where order_id in ` + list,
		`delete from case_claim where order_id in ` + list,
		`delete from case_presence where order_id in ` + list,
		`delete from criteria_tally where order_id in ` + list,
		`delete from criterion_mark where order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
