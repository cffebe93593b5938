package letter

import (
	"context"
	"slices"

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
		texts, err := db.All(ctx, tx, db.Value[string], `select body from letter_template order by id, version`)
		var all []*Template
		for _, text := range texts {
			t, err := Read(text)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
		return all, err
	})
	return slices.Concat(shipped, own), err
}

// Templates are all templates, those of the program first.
func Templates(ctx context.Context, tx *db.Tx) ([]*Template, error) { return templates(ctx, tx) }

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
	if found := t.Lint(); Blocking(found) {
		return nil, false, fault.New(fault.Invalid, "A letter of this template wouldn't be let through. %s", found[0].Text)
	}
	all, err := templates(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	for _, old := range all {
		switch {
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

// Sample is a letter of t about a made-up case.
func (t *Template) Sample() (Letter, error) {
	l := Letter{Kind: t.Kind, Audience: t.Audience, Language: t.Language}
	return l, l.fill(t, sample(t.Language))
}

// Lint checks a made-up letter of t.
func (t *Template) Lint() []Finding {
	l, err := t.Sample()
	if err != nil {
		return []Finding{{true, "template", err.Error()}}
	}
	return l.Problems
}
