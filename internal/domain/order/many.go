package order

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// perInsert keeps statements small: binding its arguments costs SQLite the
// square of their number.
const perInsert = 12

// CreateMany stores orders that came from another system with everything they
// had there: number, status and times. It adds no events and announces
// nothing, and it leaves one audit row for all. Who may: imports. An order
// whose number or source is here already is left out; n is how many are new.
func CreateMany(ctx context.Context, tx *db.Tx, by account.Actor, orders []Order) (n int64, err error) {
	if err := by.Must(account.ImportData); err != nil {
		return 0, err
	}
	for len(orders) > 0 {
		some := orders[:min(perInsert, len(orders))]
		orders = orders[len(some):]
		added, err := insertMany(ctx, tx, by, some)
		if err != nil {
			return n, err
		}
		n += added
	}
	e := by.Audit("orders.migrated", "list", "")
	e.Detail = strconv.FormatInt(n, 10) + " orders"
	return n, record(ctx, tx, e)
}

func insertMany(ctx context.Context, tx *db.Tx, by account.Actor, orders []Order) (int64, error) {
	var rows []string
	var args []any
	for i := range orders {
		o := &orders[i]
		o.ID, o.Version, o.ChangedAt, o.CreatedBy = ID(db.NewID("ord")), 1, tx.Now(), string(by.ID)
		args = append(args, o.values()...)
	}
	width := len(args) / len(orders)
	for i := range orders {
		rows = append(rows, marks(i*width+1, width))
	}
	n, err := tx.Exec(ctx, `insert into orders (`+columns+`, member_key, last_key, first_key, sort_due) values `+strings.Join(rows, ", ")+` on conflict do nothing`, args...)
	if err != nil {
		return 0, err
	}
	return n, insertServices(ctx, tx, orders)
}

// countStored counts the orders that were new.
func countStored(ctx context.Context, tx *db.Tx, orders []Order, stored []ID) error {
	sums := map[kind]int{}
	for _, o := range orders {
		if slices.Contains(stored, o.ID) {
			sums[kindOf(o, o.Status)]++
		}
	}
	for k, n := range sums {
		if err := count(ctx, tx, k, n); err != nil {
			return err
		}
	}
	return nil
}

// insertServices stores the services of those orders that were new: one that
// was here already has another id.
func insertServices(ctx context.Context, tx *db.Tx, orders []Order) error {
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = string(o.ID)
	}
	list, args := db.In(1, ids)
	stored, err := db.All(ctx, tx, db.Value[ID], `select id from orders where id in `+list, args...)
	if err != nil {
		return err
	}
	if err := countStored(ctx, tx, orders, stored); err != nil {
		return err
	}
	var rows []string
	args = nil
	for _, o := range orders {
		if !slices.Contains(stored, o.ID) {
			continue
		}
		for _, s := range o.Services {
			rows = append(rows, marks(len(args)+1, 8))
			args = append(args, string(o.ID), s.Line, s.System, s.Code, s.Wording, s.Units, string(o.Status), s.Approved)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, `insert into order_service (order_id, line, system, code, wording, units, status, approved_units) values `+strings.Join(rows, ", "), args...)
	return err
}

// marks is "($from, …)" of n placeholders.
func marks(from, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(map[bool]string{true: "($", false: ", $"}[i == 0])
		b.WriteString(strconv.Itoa(from + i))
	}
	b.WriteByte(')')
	return b.String()
}
