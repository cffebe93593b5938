package request

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/guideline"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Expiring announces that a draft is about to expire. See app/reactions.go.
type Expiring struct {
	RequestID string
	Days      int       // 7, 2 or 0: the last day
	ExpiresAt time.Time // as it stood; a draft that was saved since lives on
}

// Kind names the event.
func (Expiring) Kind() string { return "request.expiring" }

// reminders are how many days before a draft expires its office hears of it.
var reminders = []int{0, 2, 7}

// Extend has a draft live on for two more weeks, as saving any of its pages
// does.
func Extend(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (Request, error) {
	if err := r.open(tx); err != nil {
		return r, err
	}
	r.Version++
	r.touch(tx, by)
	if err := update(ctx, tx, r); err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.extended")
}

// most is how many drafts one sweep takes at a time.
const most = 200

// Sweep reminds of drafts that expire soon, deletes those that expired, and
// forgets those that nobody brought back in 30 days. It is run by a clock.
func Sweep(ctx context.Context, tx *db.Tx) error {
	if err := remind(ctx, tx); err != nil {
		return err
	}
	if err := expire(ctx, tx); err != nil {
		return err
	}
	return purge(ctx, tx)
}

func remind(ctx context.Context, tx *db.Tx) error {
	now := tx.Now()
	for _, days := range reminders { // the nearest first, so that each is sent once
		due, err := db.All(ctx, tx, scan, `
			select `+columns+` from request where sent_at is null and deleted_at is null and expires_at > $1 and expires_at <= $2
				and (reminded_days is null or reminded_days > $3) order by expires_at, id limit $4`,
			now, now.Add(time.Duration(max(1, days))*24*time.Hour), days, most)
		if err != nil {
			return err
		}
		for _, r := range due {
			if _, err := tx.Exec(ctx, `update request set reminded_days = $1 where id = $2`, days, string(r.ID)); err != nil {
				return err
			}
			if err := job.Add(ctx, tx, Expiring{string(r.ID), days, r.ExpiresAt}); err != nil {
				return err
			}
		}
	}
	return nil
}

func expire(ctx context.Context, tx *db.Tx) error {
	over, err := db.All(ctx, tx, scan, `select `+columns+` from request where sent_at is null and deleted_at is null and expires_at <= $1 order by expires_at, id limit $2`, tx.Now(), most)
	if err != nil {
		return err
	}
	for _, r := range over {
		r.Version, r.DeletedAt = r.Version+1, &r.ExpiresAt
		if err := update(ctx, tx, r); err != nil {
			return err
		}
		if err := record(ctx, tx, account.Program(), r, "request.expired"); err != nil {
			return err
		}
	}
	return nil
}

func purge(ctx context.Context, tx *db.Tx) error {
	old, err := db.All(ctx, tx, scan, `select `+columns+` from request where sent_at is null and deleted_at <= $1 order by deleted_at, id limit $2`,
		tx.Now().Add(-remain*24*time.Hour), most)
	if err != nil {
		return err
	}
	for _, r := range old {
		if err := r.forgotten(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// forgotten drops r with all that was said on it. That it was there stays in
// the audit.
func (r Request) forgotten(ctx context.Context, tx *db.Tx) error {
	by := account.Program()
	had, err := responses(ctx, tx, by, r)
	if err != nil {
		return err
	}
	for _, b := range had {
		if err := guideline.Discard(ctx, tx, by, b.Response); err != nil {
			return err
		}
	}
	if err := dropFiles(ctx, tx, by, r, func(attachment.Upload) bool { return true }); err != nil {
		return err
	}
	if err := r.clear(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from request where id = $1`, string(r.ID)); err != nil {
		return err
	}
	return record(ctx, tx, by, r, "request.purged")
}

// clear drops what was typed on r's pages and not saved, and who works on
// them.
func (r Request) clear(ctx context.Context, tx *db.Tx) error {
	for _, statement := range []string{`delete from request_kept where request_id = $1`, `delete from request_working where request_id = $1`} {
		if _, err := tx.Exec(ctx, statement, string(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// OfEvent returns a request that an event is about. Only reactions may use it:
// it asks nobody who they are.
func OfEvent(ctx context.Context, tx *db.Tx, id string) (Request, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from request where id = $1`, id)
}
