package db

import "context"

// Weigh has PostgreSQL look at how much the tables hold now. It does so by
// itself about once a minute, but until then works by plans that were made for
// what a table held before: after many rows came into empty ones, hundreds of
// times slower. Whoever fills tables calls it once some are in. SQLite plans by
// its indexes alone, and has nothing to do.
func (db *DB) Weigh(ctx context.Context) error {
	if db.dialect.name != postgres.name {
		return nil
	}
	_, err := db.schema.ExecContext(ctx, "analyze")
	return err
}
