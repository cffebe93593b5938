package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A SavedForm is what a person was sending when the session had locked.
type SavedForm struct{ ID, Path, Body string }

const maxSavedForms = 5 // a person has few windows open; the oldest goes first

// KeepForm keeps an encoded form for by, sealed so that only the program can
// read it, bound to the person and the path.
func KeepForm(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, path, body string) error {
	if _, err := tx.Exec(ctx, `
		delete from saved_form where person_id = $1 and id not in (
			select id from saved_form where person_id = $1 order by saved_at desc, id desc limit $2)`,
		string(by.ID), maxSavedForms-1); err != nil {
		return err
	}
	sealed, err := seal(box, body, formContext(by, path))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into saved_form (id, person_id, path, body, saved_at) values ($1, $2, $3, $4, $5)`,
		db.NewID("frm"), string(by.ID), path, sealed, tx.Now())
	return err
}

func formContext(by Actor, path string) string {
	return "saved form|" + string(by.ID) + "|" + path
}

// LastForm returns the newest form kept for by, or a NotFound fault.
func LastForm(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor) (SavedForm, error) {
	f, err := db.One(ctx, tx, func(r db.Row) (f SavedForm, err error) { return f, r.Scan(&f.ID, &f.Path, &f.Body) },
		`select id, path, body from saved_form where person_id = $1 order by saved_at desc, id desc limit 1`, string(by.ID))
	if err != nil {
		return f, err
	}
	if f.Body, err = open(box, f.Body, formContext(by, f.Path)); err != nil {
		return f, &fault.Error{Kind: fault.NotFound, Text: "We can't find what you were sending.", Err: err}
	}
	return f, nil
}

// DropForm forgets one form kept for by, because it was sent.
func DropForm(ctx context.Context, tx *db.Tx, by Actor, id string) error {
	_, err := tx.Exec(ctx, `delete from saved_form where id = $1 and person_id = $2`, id, string(by.ID))
	return err
}
