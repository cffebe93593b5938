package guideline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A PublishedID identifies a published version.
type PublishedID string

// A Published is a version as it was published. Its text never changes.
type Published struct {
	*Version
	PublishedID PublishedID
	By          string // name of who published it
	At          time.Time
	Back        bool // it was taken back: nobody is asked by it any more
}

// Publish makes a version one that offices are asked by. It must pass its own
// tests; an Invalid fault says what didn't, a line for each mistake. Publishing
// the same document again changes nothing; another document under the same id
// and version is a Conflict. Who may: administrators and imports.
func Publish(ctx context.Context, tx *db.Tx, by account.Actor, text []byte) (p Published, fresh bool, err error) {
	if !by.Can(account.ImportData) {
		if err := by.Must(account.ManageProgram); err != nil {
			return p, false, err
		}
	}
	v, err := sound(text)
	if err != nil {
		return p, false, err
	}
	p = Published{Version: v, PublishedID: PublishedID(db.NewID("gdl")), By: by.Name, At: tx.Now()}
	there, err := published(ctx, tx, v.ID, v.Version)
	switch {
	case err == nil && there.hash == hashOf(text):
		p, err = there.open()
		return p, false, err
	case err == nil:
		return p, false, fault.New(fault.Conflict, "%s is published already and can't change. Give the new text a new version.", v.Name())
	case !fault.Is(err, fault.NotFound):
		return p, false, err
	}
	if err := insert(ctx, tx, by, p); err != nil {
		return p, false, err
	}
	e := by.Audit("guideline.published", "guideline", string(p.PublishedID))
	e.Detail = v.ID + " " + v.Version
	return p, true, record(ctx, tx, e)
}

// sound reads a document and runs its tests.
func sound(text []byte) (*Version, error) {
	v, err := Read(text)
	var wrong Mistakes
	switch {
	case errors.As(err, &wrong):
	case err != nil:
		return nil, err
	default:
		wrong = v.Test().Failed
	}
	if len(wrong) == 0 {
		return v, nil
	}
	return nil, &fault.Error{Kind: fault.Invalid, Text: words.Say("The guideline is not as it should be:\n%s", wrong.Error()), Fields: fault.Fields{"file": words.AsIs(wrong.Error())}}
}

// For returns the version in effect for a service of a program of a plan on a
// day. One for the plan counts before one for all, then the one in effect
// since the latest day. A NotFound fault means that no guideline is set.
func For(ctx context.Context, tx *db.Tx, p plan.ID, program plan.ProgramID, code string, day civil.Date) (Published, error) {
	row, err := inEffect(ctx, tx, p, program, code, day)
	if fault.Is(err, fault.NotFound) {
		return Published{}, fault.New(fault.NotFound, "No guideline is set for %s.", code)
	}
	if err != nil {
		return Published{}, err
	}
	return row.open()
}

// Get returns a published version, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, id PublishedID) (Published, error) {
	row, err := byID(ctx, tx, id)
	if err != nil {
		return Published{}, err
	}
	return row.open()
}

// All returns every published version that wasn't taken back: by title, the
// newest first.
func All(ctx context.Context, tx *db.Tx) ([]Published, error) {
	all, err := Every(ctx, tx)
	return slices.DeleteFunc(all, func(p Published) bool { return p.Back }), err
}

// Every returns every published version, also those taken back: by title, the
// newest first.
func Every(ctx context.Context, tx *db.Tx) ([]Published, error) {
	rows, err := everything(ctx, tx)
	if err != nil {
		return nil, err
	}
	all := make([]Published, len(rows))
	for i, row := range rows {
		if all[i], err = row.open(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// versions are those read so far, by the hash of their text: reading one
// compiles all its expressions, and the same text never means something else.
var versions sync.Map

// open reads what is stored.
func (r row) open() (Published, error) {
	p := Published{PublishedID: r.id, By: r.publisher, At: r.at, Back: r.back}
	if v, ok := versions.Load(r.hash); ok {
		p.Version = v.(*Version)
		return p, nil
	}
	v, err := Read([]byte(r.content))
	if err != nil {
		return p, err
	}
	versions.Store(r.hash, v)
	p.Version = v
	return p, nil
}
