package guideline

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Latest is the version of a guideline that will hold in the end: the one that
// begins last of those that weren't taken back. A NotFound fault means that there
// is no such guideline.
func Latest(ctx context.Context, tx *db.Tx, id string) (last Published, err error) {
	all, err := All(ctx, tx)
	for _, p := range all { // the newest first
		if p.ID == id && (last.Version == nil || p.From.After(last.From)) {
			last = p
		}
	}
	if err == nil && last.Version == nil {
		err = fault.New(fault.NotFound, "We can't find that.")
	}
	return last, err
}

// Replaces are the versions that v takes back when it goes live: those for the
// same plans that begin on its first day or later.
func Replaces(ctx context.Context, tx *db.Tx, v *Version) ([]Published, error) {
	all, err := All(ctx, tx)
	return slices.DeleteFunc(all, func(p Published) bool {
		return p.ID != v.ID || p.Version.Version == v.Version || p.From.Before(v.From) || !slices.Equal(distinct(p.Plans), distinct(v.Plans))
	}), err
}

// Fits says why a text can't be put live as a version: another stands under its
// number. The fault is a Conflict.
func Fits(ctx context.Context, tx *db.Tx, v *Version) error {
	there, err := published(ctx, tx, v.ID, v.Version)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && there.hash != hashOf(v.text) {
		return fault.New(fault.Conflict, "%s is published already and can't change. Give the new text a new version.", v.Name())
	}
	return err
}

// Renew has offices be asked by a version from its first day on in the place of
// every other: those for the same plans that begin then or later are taken back.
// Answers keep the version they were begun by. Faults and who may are those of
// Publish.
func Renew(ctx context.Context, tx *db.Tx, by account.Actor, text []byte) error {
	p, fresh, err := Publish(ctx, tx, by, text)
	if err != nil {
		return err
	}
	gone, err := Replaces(ctx, tx, p.Version)
	if err != nil {
		return err
	}
	for _, other := range gone {
		if err := markBack(ctx, tx, by, other, true); err != nil {
			return err
		}
	}
	if fresh || !p.Back {
		return nil
	}
	return markBack(ctx, tx, by, p, false)
}

// markBack takes a version back, or brings it back.
func markBack(ctx context.Context, tx *db.Tx, by account.Actor, p Published, back bool) error {
	action, at := "guideline.brought_back", (*time.Time)(nil)
	if back {
		action, at = "guideline.taken_back", new(tx.Now())
	}
	if _, err := tx.Exec(ctx, `update guideline set back_at = $1 where id = $2`, at, string(p.PublishedID)); err != nil {
		return err
	}
	e := by.Audit(action, "guideline", string(p.PublishedID))
	e.Detail = p.ID + " " + p.Version.Version
	return record(ctx, tx, e)
}

// Unfinished counts the answers to a guideline that were begun and aren't done.
func Unfinished(ctx context.Context, tx *db.Tx, id string) (int, error) {
	return db.Count(ctx, tx, `select count(*) from guideline_response where guideline = $1 and not done`, id)
}

// reports are those made so far, by the hash of the text: a test tries many
// answers, and the same text always fares alike.
var reports sync.Map

// Tested is what testing v found; it is worked out once for each text.
func (v *Version) Tested() Report {
	key := hashOf(v.text)
	if r, ok := reports.Load(key); ok {
		return r.(Report)
	}
	r := v.Test()
	reports.Store(key, r)
	return r
}

// Proof is a text as a version, with what is wrong with it, each with its place:
// first what keeps it from being read, else nothing.
func Proof(text []byte) (*Version, Mistakes) {
	v, err := Read(text)
	var wrong Mistakes
	if errors.As(err, &wrong) {
		return nil, wrong
	}
	return v, nil
}
