package app

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/legacy"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// legacyOrders imports orders of an older platform, to be read.
func (im *Importer) legacyOrders(ctx context.Context, path string) (feed.Tally, error) {
	t, err := feed.OpenTable(path, legacy.Columns...)
	if err != nil {
		return feed.Tally{}, err
	}
	defer t.Close() //nolint:errcheck // nothing was written to it
	im.Opened(t.File)
	var reader legacy.Reader
	err = im.DB.View(ctx, func(tx *db.Tx) (err error) {
		reader, err = legacy.NewReader(ctx, tx, account.Program())
		return err
	})
	if err != nil {
		return feed.Tally{}, err
	}
	return load(ctx, im, loader[legacy.Order]{
		path: path, file: t.File, key: func(o legacy.Order) string { return string(o.PlanID) + o.Key() },
		next: func() (legacy.Order, error) {
			row, err := t.Next()
			if err != nil {
				return legacy.Order{}, err
			}
			o, err := reader.Read(row)
			return o, row.At(err)
		},
		save: func(ctx context.Context, tx *db.Tx, some []legacy.Order) (n feed.Tally, _ []*feed.Rejection, err error) {
			changed, err := legacy.Put(ctx, tx, account.Program(), some)
			return feed.Tally{Imported: changed, Unchanged: len(some) - changed}, nil, err
		},
	})
}
