package config

import (
	"context"
	"encoding/json"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, kind, subject_id, number, state, body, base, revision, effective_at, zone, why, held, by_id, by_name, changed_at, live_at, ended_at`

func scan(r db.Row) (v Version, err error) {
	var body string
	if err := r.Scan(&v.ID, &v.Subject.Kind, &v.Subject.ID, &v.Number, (*string)(&v.State), &body, &v.Base, &v.Revision, &v.EffectiveAt, &v.Zone, &v.Why, &v.Held,
		(*string)(&v.ByID), &v.ByName, &v.ChangedAt, &v.LiveAt, &v.EndedAt); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(body), &v.Doc)
}

func insert(ctx context.Context, tx *db.Tx, v Version) error {
	body, err := v.Doc.text()
	if err != nil {
		return err
	}
	return db.Changed(tx.Exec(ctx, `insert into config_version (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict do nothing`,
		v.ID, v.Subject.Kind, v.Subject.ID, v.Number, string(v.State), body, v.Base, v.Revision, v.EffectiveAt, v.Zone, v.Why, v.Held, string(v.ByID), v.ByName, v.ChangedAt, v.LiveAt, v.EndedAt))
}

// update writes v if its revision is still the one that was seen.
func update(ctx context.Context, tx *db.Tx, v Version, seen int) error {
	body, err := v.Doc.text()
	if err != nil {
		return err
	}
	return db.Changed(tx.Exec(ctx, `
		update config_version set number = $3, state = $4, body = $5, base = $6, revision = $7, effective_at = $8, zone = $9, why = $10, held = $11, by_id = $12, by_name = $13, changed_at = $14, live_at = $15
		where id = $1 and revision = $2 and state in ('draft', 'scheduled')`,
		v.ID, seen, v.Number, string(v.State), body, v.Base, v.Revision, v.EffectiveAt, v.Zone, v.Why, v.Held, string(v.ByID), v.ByName, v.ChangedAt, v.LiveAt))
}

// enthrone keeps v as the live version and ends the one before it.
func enthrone(ctx context.Context, tx *db.Tx, v Version) error {
	live, err := liveOf(ctx, tx, v.Subject)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update config_version set state = 'past', ended_at = $1 where kind = $2 and subject_id = $3 and state = 'live'`, tx.Now(), v.Subject.Kind, v.Subject.ID); err != nil {
		return err
	}
	now, wasOpen, seen := tx.Now(), v.Open(), v.Revision
	v.State, v.Number, v.LiveAt, v.ChangedAt = Live, live.Number+1, &now, now
	v.Revision++
	if wasOpen {
		return update(ctx, tx, v, seen)
	}
	return insert(ctx, tx, v)
}

func byID(ctx context.Context, tx *db.Tx, id string) (Version, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from config_version where id = $1`, id)
}

// liveOf is the live version that is kept, and a zero one with number 0 if none
// is yet.
func liveOf(ctx context.Context, tx *db.Tx, s Subject) (Version, error) {
	return orNone(db.One(ctx, tx, scan, `select `+columns+` from config_version where kind = $1 and subject_id = $2 and state = 'live'`, s.Kind, s.ID))
}

func openOf(ctx context.Context, tx *db.Tx, s Subject) (Version, error) {
	return orNone(db.One(ctx, tx, scan, `select `+columns+` from config_version where kind = $1 and subject_id = $2 and state in ('draft', 'scheduled')`, s.Kind, s.ID))
}

func orNone(v Version, err error) (Version, error) {
	if fault.Is(err, fault.NotFound) {
		return Version{}, nil
	}
	return v, err
}

// Pending are the drafts and scheduled versions of everything, the latest
// change first. Who may: administrators.
func Pending(ctx context.Context, tx *db.Tx, by account.Actor) ([]Version, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scan, `select `+columns+` from config_version where state in ('draft', 'scheduled') order by changed_at desc, id`)
}

// Versions are those of a subject: what waits first, then the latest that was
// live before earlier ones. Dropped drafts are left out; the audit has them.
// Who may: administrators.
func Versions(ctx context.Context, tx *db.Tx, by account.Actor, s Subject) ([]Version, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return versionsOf(ctx, tx, s)
}

func versionsOf(ctx context.Context, tx *db.Tx, s Subject) ([]Version, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from config_version where kind = $1 and subject_id = $2 and state <> 'dropped'
		order by case when number = 0 then 0 else 1 end, number desc, id`, s.Kind, s.ID)
}

// Numbered is a version that was live, or a NotFound fault.
func Numbered(ctx context.Context, tx *db.Tx, s Subject, number int) (Version, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from config_version where kind = $1 and subject_id = $2 and number = $3 and number > 0`, s.Kind, s.ID, number)
}
