// Package retention is about how long records are kept: for good unless an
// administrator said for how long, and never shorter than a rule asks. What is
// removed is removed by the packages that own it; that it was is audited.
package retention

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Setting is for how long a kind of record is kept.
type Setting struct {
	Kind
	Days      int // 0 for good
	Reason    string
	ChangedAt time.Time // zero if it was never set
	ChangedBy string
}

// Chunk removes a part of what is old of a kind. See app/reactions.go.
type Chunk struct{ Key string }

// Kind names the job.
func (Chunk) Kind() string { return "retention.chunk" }

const (
	atOnce  = 500 // records that one job removes, so that nobody waits for it
	longest = 100 * year
)

// Settings are those of all kinds. Who may: administrators.
func Settings(ctx context.Context, tx *db.Tx, by account.Actor) ([]Setting, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return settings(ctx, tx)
}

func settings(ctx context.Context, tx *db.Tx) ([]Setting, error) {
	rows, err := db.All(ctx, tx, func(r db.Row) (s Setting, err error) {
		return s, r.Scan(&s.Key, &s.Days, &s.Reason, &s.ChangedAt, &s.ChangedBy)
	}, `select s.kind, s.days, s.why, s.changed_at, coalesce(p.first_name || ' ' || p.last_name, '') from retention_setting s left join person p on p.id = s.changed_by`)
	if err != nil {
		return nil, err
	}
	var all []Setting
	for _, k := range Kinds {
		one := Setting{Kind: k}
		for _, s := range rows {
			if s.Key == k.Key && k.Removed() {
				one = s
				one.Kind = k
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// check says what keeps a kind from being kept for so many days: an Invalid
// fault at "days".
func check(k Kind, days int) error {
	if !k.Removed() {
		return fault.New(fault.NotFound, "We can't find that.")
	}
	f := fault.Fields{}
	f.Check(days >= 0 && days <= longest, "days", "Enter a whole number of days, or 0 for good")
	f.Check(days == 0 || days >= k.Floor, "days", words.Say("This is kept for at least %s days", strconv.Itoa(k.Floor)))
	return f.Err()
}

// Preview counts what would be removed if a kind were kept for so many days.
// The error is Invalid at "days". Who may: administrators.
func Preview(ctx context.Context, tx *db.Tx, by account.Actor, key string, days int) (int, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return 0, err
	}
	k := KindOf(key)
	if err := check(k, days); err != nil || days == 0 {
		return 0, err
	}
	return k.count(ctx, tx, before(tx, days))
}

func before(tx *db.Tx, days int) time.Time {
	return tx.Now().Add(-time.Duration(days) * 24 * time.Hour)
}

// Set keeps a kind for so many days from now on, 0 for good. The error is
// Invalid at "days" or "why". Who may: administrators.
func Set(ctx context.Context, tx *db.Tx, by account.Actor, key string, days int, why string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := check(KindOf(key), days); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	f := fault.Fields{}
	f.Check(why != "", "why", "Say why, for those who look at it later")
	f.Check(utf8.RuneCountInString(why) <= 300, "why", "The reason must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		insert into retention_setting (kind, days, why, changed_at, changed_by) values ($1, $2, $3, $4, $5)
		on conflict (kind) do update set days = excluded.days, why = excluded.why, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		key, days, why, tx.Now(), string(by.ID)); err != nil {
		return err
	}
	e := by.Audit("retention.set", "retention", key)
	e.Detail = strconv.Itoa(days) + " days: " + why
	return audit.Record(ctx, tx, e)
}

// Start has what is old be removed. It runs once a day.
func Start(ctx context.Context, tx *db.Tx) error {
	all, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Days == 0 {
			continue
		}
		if err := job.Add(ctx, tx, Chunk{s.Key}); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes a part of what is old of a kind, as it is set then, and has
// the next follow. What it removed is audited. A floor that was raised by a
// later version holds for what was set before.
func Remove(ctx context.Context, tx *db.Tx, c Chunk) error {
	all, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Key != c.Key || s.Days == 0 {
			continue
		}
		until := before(tx, max(s.Days, s.Floor))
		most := atOnce
		if s.chunk > 0 {
			most = s.chunk
		}
		n, err := s.remove(ctx, tx, until, most)
		if err != nil || n == 0 {
			return err
		}
		e := account.Program().Audit("retention.removed", "retention", s.Key)
		e.Detail = strconv.FormatInt(n, 10) + " from before " + until.UTC().Format(time.RFC3339)
		if err := audit.Record(ctx, tx, e); err != nil {
			return err
		}
		if n >= int64(most) {
			return job.Add(ctx, tx, c)
		}
	}
	return nil
}
