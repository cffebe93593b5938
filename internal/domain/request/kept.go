package request

import (
	"context"
	"net/url"
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

// KeepTyped keeps what is typed on a page of r, over what was kept of it before.
// Nothing of it counts until the page is saved, which forgets it. Who may: who
// may open r.
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
	before, _, err := KeptOf(ctx, tx, r, page)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		insert into request_kept (request_id, page, form, person_id, person_name, at) values ($1, $2, $3, $4, $5, $6)
		on conflict (request_id, page) do update set form = excluded.form, person_id = excluded.person_id, person_name = excluded.person_name, at = excluded.at`,
		string(r.ID), page, text, string(by.ID), by.Name, tx.Now()); err != nil {
		return err
	}
	if before.By == by.ID { // the same hand goes on; what it begins is on record
		return nil
	}
	return record(ctx, tx, by, r, "request.typed")
}

// KeptOf is what was typed on a page of r and not saved; false if nothing. The
// caller has opened r.
func KeptOf(ctx context.Context, tx *db.Tx, r Request, page string) (Kept, bool, error) {
	all, err := db.All(ctx, tx, func(row db.Row) (k Kept, err error) {
		var form string
		if err := row.Scan(&k.Page, &form, (*string)(&k.By), &k.Name, &k.At); err != nil {
			return k, err
		}
		k.Form, err = url.ParseQuery(form)
		return k, err
	}, `select page, form, person_id, person_name, at from request_kept where request_id = $1 and page = $2`, string(r.ID), page)
	if err != nil || len(all) == 0 {
		return Kept{}, false, err
	}
	return all[0], true, nil
}

// Forget drops what was kept of a page, since it was saved or is not wanted.
func Forget(ctx context.Context, tx *db.Tx, r Request, page string) error {
	_, err := tx.Exec(ctx, `delete from request_kept where request_id = $1 and page = $2`, string(r.ID), page)
	return err
}
