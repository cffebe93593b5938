package dbtest

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/infra/db"
)

// Copy stores n copies of the rows of a table whose column key is value. Of
// columns in other each copy has what that SQL gives, in which n.i counts the
// copies from 1 and t is the row.
func Copy(ctx context.Context, tx *db.Tx, table, key, value string, n int, other map[string]string) error {
	columns, err := columnsOf(ctx, tx, table)
	if err != nil {
		return err
	}
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = "t." + c
		if v := other[c]; v != "" {
			values[i] = v
		}
	}
	_, err = tx.Exec(ctx, `with recursive n(i) as (select 1 union all select i + 1 from n where i < `+strconv.Itoa(n)+`)
		insert into `+table+` (`+strings.Join(columns, ", ")+`) select `+strings.Join(values, ", ")+` from n cross join `+table+` t where t.`+key+` = $1`, value)
	return err
}

// columnsOf asks the way of either database.
func columnsOf(ctx context.Context, tx *db.Tx, table string) (names []string, err error) {
	err = tx.Try(ctx, func() (err error) {
		names, err = db.All(ctx, tx, db.Value[string], `select column_name from information_schema.columns where table_schema = current_schema() and table_name = $1 order by ordinal_position`, table)
		return err
	})
	if err != nil {
		return db.All(ctx, tx, db.Value[string], `select name from pragma_table_info($1)`, table)
	}
	return names, nil
}

// Tables are all tables of the database, each with its columns. Those that the
// migrations or the database keep for themselves are left out.
func Tables(ctx context.Context, tx *db.Tx) (map[string][]string, error) {
	var names []string
	err := tx.Try(ctx, func() (err error) {
		names, err = db.All(ctx, tx, db.Value[string], `select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`)
		return err
	})
	if err != nil {
		names, err = db.All(ctx, tx, db.Value[string], `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`)
	}
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, name := range names {
		if strings.HasPrefix(name, "goose") {
			continue
		}
		if all[name], err = columnsOf(ctx, tx, name); err != nil {
			return nil, err
		}
	}
	return all, nil
}
