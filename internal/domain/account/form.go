package account

import (
	"context"
	"encoding/base64"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A SavedForm is what a person was sending when the session had locked.
type SavedForm struct{ ID, Path, Body string }

const maxSavedForms = 5 // a person has few windows open; more is not a person

// KeepForm keeps an encoded form for by, sealed so that only the program can
// read it, bound to the person and the path.
func KeepForm(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, path, body string) error {
	n, err := db.Count(ctx, tx, `select count(*) from saved_form where person_id = $1`, string(by.ID))
	if err != nil || n >= maxSavedForms {
		return err
	}
	sealed, err := box.Seal([]byte(body), formContext(by, path))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into saved_form (id, person_id, path, body, saved_at) values ($1, $2, $3, $4, $5)`,
		db.NewID("frm"), string(by.ID), path, base64.StdEncoding.EncodeToString(sealed), tx.Now())
	return err
}

func formContext(by Actor, path string) []byte {
	return []byte("saved form|" + string(by.ID) + "|" + path)
}

// LastForm returns the newest form kept for by, or a NotFound fault.
func LastForm(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor) (SavedForm, error) {
	f, err := db.One(ctx, tx, func(r db.Row) (f SavedForm, err error) { return f, r.Scan(&f.ID, &f.Path, &f.Body) },
		`select id, path, body from saved_form where person_id = $1 order by saved_at desc, id desc limit 1`, string(by.ID))
	if err != nil {
		return f, err
	}
	sealed, err := base64.StdEncoding.DecodeString(f.Body)
	if err != nil {
		return f, err
	}
	body, err := box.Open(sealed, formContext(by, f.Path))
	if err != nil {
		return f, &fault.Error{Kind: fault.NotFound, Text: "We can't find what you were sending.", Err: err}
	}
	f.Body = string(body)
	return f, nil
}

// DropForms forgets what was kept for by.
func DropForms(ctx context.Context, tx *db.Tx, by Actor) error {
	_, err := tx.Exec(ctx, `delete from saved_form where person_id = $1`, string(by.ID))
	return err
}
