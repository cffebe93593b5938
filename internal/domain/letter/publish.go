package letter

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// templates are all that there are: those of the program and the
// installation's own.
func templates(ctx context.Context, tx *db.Tx) ([]*Template, error) {
	own, err := db.Remember(ctx, tx, "law", "letter templates", func() ([]*Template, error) {
		return db.All(ctx, tx, scanTemplate, `select body, published_at from letter_template order by id, version`)
	})
	return slices.Concat(shipped, own), err
}

func scanTemplate(r db.Row) (*Template, error) {
	var body string
	var at time.Time
	if err := r.Scan(&body, &at); err != nil {
		return nil, err
	}
	t, err := Read(body)
	if err == nil {
		t.Own, t.Published = true, at
	}
	return t, err
}

// Publish adds a template of the installation's own. What is published never
// changes: the error is a Conflict if other words stand under its version,
// Invalid if it can't be a template, or if a made-up letter of it wouldn't be
// let through. fresh is false if it was published before. Who may:
// administrators and imports.
func Publish(ctx context.Context, tx *db.Tx, by account.Actor, file string) (t *Template, fresh bool, err error) {
	if err := by.Must(account.ManageProgram); err != nil && !by.IsProgram() {
		return nil, false, err
	}
	t, err = Read(file)
	if err != nil {
		return nil, false, &fault.Error{Kind: fault.Invalid, Text: words.Say("That can't be read as a template: %s.", err.Error()), Err: err}
	}
	if found := t.Source().Check(); Blocking(found) {
		return nil, false, fault.New(fault.Invalid, "A letter of this template wouldn't be let through. %s", found[slices.IndexFunc(found, func(f Finding) bool { return f.Blocks })].Text)
	}
	all, err := templates(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	for _, old := range all {
		switch {
		case old.ID == t.ID && old.Case() != t.Case():
			return nil, false, fault.New(fault.Conflict, "The template %s is for other letters. Give yours an ID of its own.", t.ID)
		case old.Ref() != t.Ref():
		case old.Text == t.Text:
			return t, false, nil
		default:
			return nil, false, fault.New(fault.Conflict, "Version %s of the template %s is published with other words. Give yours a new version.", t.Version, t.ID)
		}
	}
	_, err = tx.Exec(ctx, `
		insert into letter_template (id, version, kind, audience, language, plan_code, line, state, valid_from, body, published_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		t.ID, t.Version, string(t.Kind), string(t.Audience), t.Language, t.Plan, t.Line, t.State, t.From, t.Text, tx.Now())
	if err != nil {
		return nil, false, err
	}
	return t, true, audit.Record(ctx, tx, by.Audit("letter_template.published", "letter_template", t.Ref()))
}
