package provider

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// mostFavorites keeps a request's page short.
const mostFavorites = 20

// Favorites are the sites that an organization chose to have at hand, by name.
func Favorites(ctx context.Context, tx *db.Tx, organizationID string) ([]Site, error) {
	return db.All(ctx, tx, scanSite, siteSelect+`
		and o.id in (select site_id from favorite_site where organization_id = $1) order by o.name, o.id`, organizationID)
}

// AddFavorite puts a site among those at hand; twice does no harm. Who may:
// those who send requests for the organization.
func AddFavorite(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, siteID string) error {
	if err := maySend(by, organizationID); err != nil {
		return err
	}
	found, err := SitesByID(ctx, tx, []string{siteID})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fault.New(fault.NotFound, "We can't find that site.")
	}
	have, err := db.Count(ctx, tx, `select count(*) from favorite_site where organization_id = $1 and site_id <> $2`, organizationID, siteID)
	if err != nil {
		return err
	}
	if have >= mostFavorites {
		return fault.New(fault.Conflict, "You have %s favorite sites. Remove one first.", mostFavorites)
	}
	n, err := tx.Exec(ctx, `insert into favorite_site (organization_id, site_id, added_at, added_by) values ($1, $2, $3, $4) on conflict do nothing`,
		organizationID, siteID, tx.Now(), string(by.ID))
	if err != nil || n == 0 {
		return err
	}
	return favoriteAudit(ctx, tx, by, "favorite.added", organizationID, siteID)
}

// DropFavorite takes a site from those at hand. Who may: as AddFavorite.
func DropFavorite(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, siteID string) error {
	if err := maySend(by, organizationID); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from favorite_site where organization_id = $1 and site_id = $2`, organizationID, siteID)
	if err != nil || n == 0 {
		return err
	}
	return favoriteAudit(ctx, tx, by, "favorite.dropped", organizationID, siteID)
}

func favoriteAudit(ctx context.Context, tx *db.Tx, by account.Actor, action, organizationID, siteID string) error {
	e := by.Audit(action, "organization", organizationID)
	e.Detail = siteID
	return audit.Record(ctx, tx, e)
}
