package fax

import (
	"context"

	"parley/internal/domain/attachment"
	"parley/internal/infra/db"
)

// RemoveOfOrders forgets the pages that were put on orders that go for their
// age. A fax of which no other page is kept goes with its file; what is on
// other orders, or still waits, keeps the fax.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders, requests []string) error {
	list, args := db.In(1, orders)
	more, others := db.In(1+len(orders), requests)
	args = append(args, others...)
	of := `(order_id in ` + list + ` or request_id in ` + more + ` or request_id in ` + list + `)`
	ids, err := db.All(ctx, tx, db.Value[string], `select distinct fax_id from fax_page where `+of, args...)
	if err != nil || len(ids) == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from fax_page where `+of, args...); err != nil {
		return err
	}
	list, args = db.In(1, ids)
	ids, err = db.All(ctx, tx, db.Value[string], `select id from fax f where id in `+list+` and not exists (select 1 from fax_page p where p.fax_id = f.id and p.state <> 'aside')`, args...)
	if err != nil || len(ids) == 0 {
		return err
	}
	list, args = db.In(1, ids)
	for _, query := range []string{
		`delete from fax_page where fax_id in ` + list,
		`delete from fax_presence where fax_id in ` + list,
		`delete from fax where id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return attachment.RemoveFolders(ctx, tx, ids)
}
