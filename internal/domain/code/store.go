package code

import (
	"context"
	"slices"

	"parley/internal/infra/db"
)

const (
	columns = `system, code, billable, short, long, position, edition`
	width   = 7
)

func scan(r db.Row) (c Code, err error) {
	return c, r.Scan(&c.System, &c.Code, &c.Billable, &c.Short, &c.Long, &c.Position, &c.Edition)
}

func lookup(ctx context.Context, tx *db.Tx, system, code string) (Code, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from code where system = $1 and code = $2`, system, code)
}

func save(ctx context.Context, tx *db.Tx, codes []Code) (changed int, err error) {
	for some := range slices.Chunk(codes, db.BulkRows(width)) {
		args := make([]any, 0, len(some)*width)
		for _, c := range some {
			args = append(args, c.System, c.Code, c.Billable, c.Short, c.Long, c.Position, c.Edition)
		}
		n, err := tx.Exec(ctx, `
			insert into code (`+columns+`) values `+db.Tuples(len(some), width)+`
			on conflict (system, code) do update set billable = excluded.billable, short = excluded.short, long = excluded.long,
				position = excluded.position, edition = excluded.edition
			where code.billable <> excluded.billable or code.short <> excluded.short or code.long <> excluded.long
				or code.position <> excluded.position or code.edition <> excluded.edition`, args...)
		if err != nil {
			return changed, err
		}
		changed += int(n)
	}
	return changed, nil
}

func retire(ctx context.Context, tx *db.Tx, system, edition string) (int, error) {
	n, err := tx.Exec(ctx, `update code set billable = $1 where system = $2 and edition <> $3 and billable = $4`, false, system, edition, true)
	return int(n), err
}
