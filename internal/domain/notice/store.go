package notice

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, level, title, body, title_es, body_es, plans, programs, roles, organizations, starts_at, ends_at, ended_at, version`

func scan(r db.Row) (a Announcement, err error) {
	var plans, programs, roles, organizations string
	err = r.Scan(&a.ID, (*string)(&a.Level), &a.Title, &a.Body, &a.TitleES, &a.BodyES, &plans, &programs, &roles, &organizations, &a.StartsAt, &a.EndsAt, &a.EndedAt, &a.Version)
	a.Plans, a.Programs, a.Roles, a.Organizations = apart(plans), apart(programs), apart(roles), apart(organizations)
	return a, err
}

func apart(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func announcements(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Announcement, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from announcement where `+where, args...)
}

func one(ctx context.Context, tx *db.Tx, id string) (Announcement, error) {
	a, err := db.One(ctx, tx, scan, `select `+columns+` from announcement where id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "We can't find that announcement.")
	}
	return a, err
}

func save(ctx context.Context, tx *db.Tx, by account.Actor, a Announcement) error {
	audience := []any{strings.Join(a.Plans, ","), strings.Join(a.Programs, ","), strings.Join(a.Roles, ","), strings.Join(a.Organizations, ",")}
	values := append([]any{a.ID, string(a.Level), a.Title, a.Body, a.TitleES, a.BodyES, a.StartsAt, a.EndsAt}, audience...)
	if a.Version == 0 {
		_, err := tx.Exec(ctx, `
			insert into announcement (id, level, title, body, title_es, body_es, starts_at, ends_at, plans, programs, roles, organizations, created_at, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, append(values, tx.Now(), string(by.ID))...)
		return err
	}
	return db.Changed(tx.Exec(ctx, `
		update announcement set level = $2, title = $3, body = $4, title_es = $5, body_es = $6, starts_at = $7, ends_at = $8, plans = $9, programs = $10, roles = $11, organizations = $12,
			ended_at = null, version = version + 1
		where id = $1 and version = $13`, append(values, a.Version)...))
}

const windowColumns = `id, starts_at, ends_at, weekday, open_minute, close_minute, zone, from_day, to_day, stops, stays, urgent, phone, version`

func scanWindow(r db.Row) (w Window, err error) {
	var stops string
	err = r.Scan(&w.ID, &w.StartsAt, &w.EndsAt, &w.Weekday, &w.Opens, &w.Closes, &w.Zone, &w.From, &w.To, &stops, &w.Stays, &w.Urgent, &w.Phone, &w.Version)
	for _, s := range apart(stops) {
		w.Stops = append(w.Stops, Function(s))
	}
	return w, err
}

func windows(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Window, error) {
	return db.All(ctx, tx, scanWindow, `select `+windowColumns+` from maintenance where ended_at is null and `+where+` order by created_at, id`, args...)
}

func saveWindow(ctx context.Context, tx *db.Tx, by account.Actor, w Window) error {
	var stops []string
	for _, s := range w.Stops {
		stops = append(stops, string(s))
	}
	values := []any{w.ID, w.StartsAt, w.EndsAt, w.Weekday, w.Opens, w.Closes, w.Zone, w.From, w.To, strings.Join(stops, ","), w.Stays, w.Urgent, w.Phone}
	if w.Version == 0 {
		_, err := tx.Exec(ctx, `
			insert into maintenance (id, starts_at, ends_at, weekday, open_minute, close_minute, zone, from_day, to_day, stops, stays, urgent, phone, created_at, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, append(values, tx.Now(), string(by.ID))...)
		return err
	}
	return db.Changed(tx.Exec(ctx, `
		update maintenance set starts_at = $2, ends_at = $3, weekday = $4, open_minute = $5, close_minute = $6, zone = $7, from_day = $8, to_day = $9, stops = $10, stays = $11, urgent = $12, phone = $13,
			version = version + 1
		where id = $1 and version = $14 and ended_at is null`, append(values, w.Version)...))
}
