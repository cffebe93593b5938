package request

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Kept is what somebody typed on a page of a request and has not saved yet:
// the page's form as it stood, right or wrong.
type Kept struct {
	Page string // its address below the request: "order", "clinical/lumbar-mri/care"
	Form url.Values
	By   account.PersonID
	Name string
	At   time.Time
}

// mostKept is how much of a form is kept; a page's fields take far less.
const mostKept = 100_000

// KeepTyped keeps what by types on a page of r, over what was kept of it
// before. Nothing of it counts until they save the page, which forgets it. Who
// may: who may open r.
func KeepTyped(ctx context.Context, tx *db.Tx, by account.Actor, r Request, page string, form url.Values) error {
	if err := r.open(tx); err != nil {
		return err
	}
	said := url.Values{}
	for name, values := range form {
		if !strings.Contains(name, "password") { // it is nobody's to keep
			said[name] = values
		}
	}
	text := said.Encode()
	if len(text) > mostKept || len(page) > 200 {
		return fault.New(fault.Invalid, "That is too long to be kept.")
	}
	before, err := kept(ctx, tx, r, page)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		insert into request_kept (request_id, page, form, person_id, person_name, at) values ($1, $2, $3, $4, $5, $6)
		on conflict (request_id, page, person_id) do update set form = excluded.form, person_name = excluded.person_name, at = excluded.at`,
		string(r.ID), page, text, string(by.ID), by.Name, tx.Now()); err != nil {
		return err
	}
	if slices.ContainsFunc(before, func(k Kept) bool { return k.By == by.ID }) {
		return nil // the same hand goes on; what it begins is on record
	}
	return record(ctx, tx, by, r, "request.typed")
}

// KeptFor is what stands on a page of r for by to go on with: what they typed
// themselves and did not save; else what a colleague typed since the page was
// last saved. nil for nothing. The caller has opened r.
func KeptFor(ctx context.Context, tx *db.Tx, by account.Actor, r Request, page string, saved time.Time) (*Kept, error) {
	all, err := kept(ctx, tx, r, page)
	if err != nil {
		return nil, err
	}
	for _, theirs := range []bool{false, true} {
		for i, k := range all {
			if theirs == (k.By != by.ID) && (!theirs || k.At.After(saved)) {
				return &all[i], nil
			}
		}
	}
	return nil, nil
}

// kept is what people typed on a page, the last first.
func kept(ctx context.Context, tx *db.Tx, r Request, page string) ([]Kept, error) {
	return db.All(ctx, tx, func(row db.Row) (k Kept, err error) {
		var form string
		if err := row.Scan(&k.Page, &form, (*string)(&k.By), &k.Name, &k.At); err != nil {
			return k, err
		}
		k.Form, err = url.ParseQuery(form)
		return k, err
	}, `select page, form, person_id, person_name, at from request_kept where request_id = $1 and page = $2 order by at desc, person_id`, string(r.ID), page)
}

// Discard drops what was typed on a page and not saved, by is the one who does
// not want it. Who may: who may open r.
func Discard(ctx context.Context, tx *db.Tx, by account.Actor, r Request, page string) error {
	if _, err := tx.Exec(ctx, `delete from request_kept where request_id = $1 and page = $2`, string(r.ID), page); err != nil {
		return err
	}
	return record(ctx, tx, by, r, "request.typed_discarded")
}

// forgetTyped drops what by typed on a page, since they saved it. What a
// colleague typed at the same time stays theirs.
func forgetTyped(ctx context.Context, tx *db.Tx, by account.Actor, r Request, page string) error {
	_, err := tx.Exec(ctx, `delete from request_kept where request_id = $1 and page = $2 and person_id = $3`, string(r.ID), page, string(by.ID))
	return err
}
