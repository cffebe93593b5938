package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	others, err := db.others(files)
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectPostgres
	if db.dialect.name == lite.name {
		dialect = goose.DialectSQLite3
	}
	return goose.NewProvider(dialect, db.schema, files, goose.WithExcludeNames(others))
}

// others names the halves of pairs that are for the other database:
// 0002_x.postgres.sql and 0002_x.sqlite.sql exist where the DDL must differ.
func (db *DB) others(files fs.FS) ([]string, error) {
	suffix := ".sqlite.sql"
	if db.dialect.name == lite.name {
		suffix = ".postgres.sql"
	}
	return fs.Glob(files, "*"+suffix)
}

// Migrate brings the schema up to what this program was built for. It is safe
// to call at every start, and from several nodes one after the other.
func (db *DB) Migrate(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Schema returns the version the database has and the one this program needs.
func (db *DB) Schema(ctx context.Context) (has, needs int64, err error) {
	p, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	has, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, err
	}
	sources := p.ListSources()
	return has, sources[len(sources)-1].Version, nil
}

// Needed is the schema version this program was built for.
func Needed() int64 {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0
	}
	version, err := goose.NumericComponent(names[len(names)-1])
	if err != nil {
		return 0
	}
	return version
}
