package provider

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/infra/db"
)

// A Point is a place on earth (WGS 84), in millionths of a degree: a tenth of a
// meter.
type Point struct{ Latitude, Longitude int }

const million = 1_000_000

// ParsePoint reads degrees with a decimal point, such as 29.760427 and
// -95.369804.
func ParsePoint(latitude, longitude string) (Point, error) {
	lat, latErr := strconv.ParseFloat(strings.TrimSpace(latitude), 64)
	lon, lonErr := strconv.ParseFloat(strings.TrimSpace(longitude), 64)
	if latErr != nil || lonErr != nil || !(math.Abs(lat) <= 90) || !(math.Abs(lon) <= 180) { // not >, so that NaN is refused
		return Point{}, errors.New("no place on earth")
	}
	return Point{int(math.Round(lat * million)), int(math.Round(lon * million))}, nil
}

// radius is that of the earth in miles, as the mean of its radii (IUGG).
const radius = 3958.8

// FarthestMiles is farther than any place is from another.
const FarthestMiles = 4 * radius

// Miles is how far q is from p as the crow flies, by the haversine formula:
// half a percent off at most, since the earth is no ball.
func (p Point) Miles(q Point) float64 {
	rad := func(micro int) float64 { return float64(micro) / million * math.Pi / 180 }
	dLat, dLon := rad(q.Latitude-p.Latitude), rad(q.Longitude-p.Longitude)
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(rad(p.Latitude))*math.Cos(rad(q.Latitude))*math.Pow(math.Sin(dLon/2), 2)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// MilesWords is a distance as people read it: "3.2 miles", "less than a mile".
func MilesWords(miles float64) string {
	switch {
	case miles < 1:
		return "less than a mile"
	case miles < 10:
		return strconv.FormatFloat(miles, 'f', 1, 64) + " miles"
	}
	return strconv.Itoa(int(math.Round(miles))) + " miles"
}

// Put notes where the locations of the organization with an NPI are: all of
// them, or those of a ZIP code if one is given. Who may: imports. It reports
// whether anything changed.
func Put(ctx context.Context, tx *db.Tx, by account.Actor, npi, zip string, at Point) (bool, error) {
	if err := by.Must(account.ImportData); err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `
		update location set latitude = $1, longitude = $2
		where organization_id in (select id from organization where npi = $3 union select organization_id from organization_alias where npi = $3) and ($4 = '' or zip = $4)
			and (latitude is null or latitude <> $1 or longitude is null or longitude <> $2)`, at.Latitude, at.Longitude, npi, zip)
	if err != nil || n == 0 {
		return false, err
	}
	e := by.Audit("location.put", "organization", npi)
	return true, audit.Record(ctx, tx, e)
}

// PointOf is where a location is; nil if that is not known.
func PointOf(ctx context.Context, tx *db.Tx, locationID string) (*Point, error) {
	all, err := db.All(ctx, tx, func(r db.Row) (p Point, err error) { return p, r.Scan(&p.Latitude, &p.Longitude) },
		`select latitude, longitude from location where id = $1 and latitude is not null and longitude is not null`, locationID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}
