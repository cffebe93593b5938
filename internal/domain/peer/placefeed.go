package peer

import (
	"context"
	"encoding/base64"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A location can have an address too, for the calendar at its desk: it shows
// the calls about the location's orders, whoever arranged them. It is the
// location's, not that of who made it: anybody who sees all of the location's
// orders and books calls can replace or stop it.

// A PlaceFeed is a location with its address.
type PlaceFeed struct {
	Location provider.Location
	Token    string // the secret part of the address, "" for none
	MadeAt   time.Time
	MadeName string
}

// PlaceFeeds are the locations whose calls by sees all of, by name, with their
// addresses. Staff of the utilization-management organization have none.
func PlaceFeeds(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor) ([]PlaceFeed, error) {
	all, err := places(ctx, tx, by)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, p := range all {
		ids[i] = p.Location.ID
	}
	list, args := db.In(1, ids)
	type row struct {
		id, sealed, name string
		at               time.Time
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (f row, err error) { return f, r.Scan(&f.id, &f.sealed, &f.at, &f.name) },
		`select location_id, sealed, made_at, made_name from place_feed where location_id in `+list, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		p := &all[slices.Index(ids, r.id)]
		if p.Token, err = openToken(box, r.sealed, placeContext(r.id)); err != nil {
			return nil, err
		}
		p.MadeAt, p.MadeName = r.at, r.name
	}
	return all, nil
}

// places are the locations of by's offices, but where by sees only what is
// their own.
func places(ctx context.Context, tx *db.Tx, by account.Actor) (all []PlaceFeed, err error) {
	if !by.Can(account.BookCalls) {
		return nil, nil
	}
	for _, s := range by.Seats {
		if s.Role.Side() != account.Portal || s.Role == account.Site || s.Sees == "own" {
			continue
		}
		some, err := provider.Locations(ctx, tx, s.OrganizationID)
		if err != nil {
			return nil, err
		}
		for _, l := range some {
			limited := s.Sees == "location" && s.LocationID != "" && s.LocationID != l.ID
			if !limited && !slices.ContainsFunc(all, func(p PlaceFeed) bool { return p.Location.ID == l.ID }) {
				all = append(all, PlaceFeed{Location: l})
			}
		}
	}
	return all, nil
}

// mayPlace refuses who doesn't see all of a location's orders: it is NotFound.
func mayPlace(ctx context.Context, tx *db.Tx, by account.Actor, location string) error {
	all, err := places(ctx, tx, by)
	if err == nil && !slices.ContainsFunc(all, func(p PlaceFeed) bool { return p.Location.ID == location }) {
		err = fault.New(fault.NotFound, "We can't find that location.")
	}
	return err
}

func placeContext(location string) []byte { return []byte("place feed:" + location) }

// NewPlaceFeed gives a location an address; one it had no longer works.
func NewPlaceFeed(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, location string) error {
	if err := mayPlace(ctx, tx, by, location); err != nil {
		return err
	}
	token, hash := secret.Token()
	sealed, err := box.Seal([]byte(token), placeContext(location))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into place_feed (location_id, token_hash, sealed, made_at, made_by, made_name) values ($1, $2, $3, $4, $5, $6)
		on conflict (location_id) do update set token_hash = excluded.token_hash, sealed = excluded.sealed, made_at = excluded.made_at,
			made_by = excluded.made_by, made_name = excluded.made_name`,
		location, hash, base64.StdEncoding.EncodeToString(sealed), tx.Now(), string(by.ID), by.Name)
	if err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("feed.made", "location", location))
}

// StopPlaceFeed ends a location's address at once; there may be none.
func StopPlaceFeed(ctx context.Context, tx *db.Tx, by account.Actor, location string) error {
	if err := mayPlace(ctx, tx, by, location); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from place_feed where location_id = $1`, location)
	if err != nil || n == 0 {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("feed.stopped", "location", location))
}

// readPlace are the calls of the location whose address a token is part of. The
// address shows nothing while the organization's people see only their own.
func readPlace(ctx context.Context, tx *db.Tx, token string) ([]Listed, error) {
	all, err := db.All(ctx, tx, db.Value[string], `
		select f.location_id from place_feed f join location l on l.id = f.location_id join organization o on o.id = l.organization_id
		where f.token_hash = $1 and o.sees <> 'own'`, secret.HashToken(token))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.New(fault.NotFound, "There is no calendar at this address.")
	}
	return listed(ctx, tx, "orders.location_id = $3", feedSpan, "call.starts_at, call.id", tx.Now().Add(-feedBack), tx.Now().Add(feedAhead), all[0])
}
