package message

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Template is an item that is asked for again and again. In its words
// {{service}} stands for what was ordered.
type Template struct {
	ID        string
	ProgramID plan.ProgramID // "" for all
	Name      string
	Kind      Need
	Ask, Why  string
	Satisfies string
	FileKind  string
}

// Library are the templates that come with the program.
var Library = []Template{
	{ID: "office-notes", Name: "Office notes of the last three visits", Kind: File, FileKind: "Office note", Ask: "Send the office notes of the three most recent visits, with the physical exam findings.", Why: "They show what was found and what was tried.", Satisfies: "Notes with dates, findings and the plan."},
	{ID: "imaging-reports", Name: "Recent imaging reports", Kind: File, FileKind: "Imaging report", Ask: "Send the reports of recent X-rays or other imaging for {{service}}.", Why: "Earlier imaging can show what more would tell.", Satisfies: "The reports themselves; pictures are not needed."},
	{ID: "therapy-notes", Name: "Notes of therapy", Kind: File, FileKind: "Therapy notes", Ask: "Send the notes of physical therapy or home exercise before {{service}}.", Why: "They show how long treatment was tried, and how it went.", Satisfies: "Dates of the visits and the result."},
	{ID: "lab-results", Name: "Lab results", Kind: File, FileKind: "Lab", Ask: "Send the lab results that led to {{service}}.", Satisfies: "Results with their dates."},
	{ID: "treatments", Name: "Treatments tried", Kind: Text, Ask: "Which treatments were tried, for how long, and with what result?", Why: "Treatment before {{service}} is part of the criteria."},
	{ID: "change", Name: "What changed", Kind: Text, Ask: "What has changed since the last visit or the last imaging?", Why: "A change can be a reason for {{service}}."},
	{ID: "earlier", Name: "Was it done before?", Kind: YesNo, Ask: "Was {{service}} done in the last 12 months?", Why: "A repeat needs a reason of its own."},
}

// service stands in a template's words for what was ordered.
const service = "{{service}}"

// Item is a template as an item about what has a title.
func (t Template) Item(title string) Item {
	fill := func(text string) string { return strings.ReplaceAll(text, service, title) }
	return Item{Kind: t.Kind, Ask: fill(t.Ask), Why: fill(t.Why), Satisfies: fill(t.Satisfies), FileKind: t.FileKind}
}

// Templates are those that a program's reviewers choose from, by name: those
// that come with the program, and the installation's own, which replace one of
// the same name.
func Templates(ctx context.Context, tx *db.Tx, program plan.ProgramID) ([]Template, error) {
	own, err := db.All(ctx, tx, scanTemplate, `select `+templateColumns+` from message_template where retired_at is null and (program_id = '' or program_id = $1) order by name, id`, string(program))
	all := slices.Clone(own)
	for _, t := range Library {
		if !slices.ContainsFunc(own, func(o Template) bool { return o.Name == t.Name }) {
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(a, b Template) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

const templateColumns = `id, program_id, name, kind, ask, why, satisfies, file_kind`

func scanTemplate(r db.Row) (t Template, err error) {
	return t, r.Scan(&t.ID, (*string)(&t.ProgramID), &t.Name, (*string)(&t.Kind), &t.Ask, &t.Why, &t.Satisfies, &t.FileKind)
}

// OwnTemplates are those of the installation, of all programs, by name. Who
// may: administrators and supervisors.
func OwnTemplates(ctx context.Context, tx *db.Tx, by account.Actor) ([]Template, error) {
	if err := mayKeepLibrary(by); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanTemplate, `select `+templateColumns+` from message_template where retired_at is null order by name, id`)
}

func mayKeepLibrary(by account.Actor) error {
	if by.Can(account.ManageProgram) {
		return nil
	}
	return by.Must(account.Supervise)
}

// variable is a place in a template's words that is filled when it is used.
var variable = regexp.MustCompile(`\{\{[^}]*\}\}`)

func (t Template) check(programs []plan.Program) error {
	f := fault.Fields{}
	f.Check(t.Name != "" && len([]rune(t.Name)) <= 80, "name", "Enter a name of up to 80 characters")
	f.Check(t.ProgramID == "" || slices.ContainsFunc(programs, func(p plan.Program) bool { return p.ID == t.ProgramID }), "program", "Select a program")
	Item{Kind: t.Kind, Ask: t.Ask, Why: t.Why, Satisfies: t.Satisfies, FileKind: t.FileKind}.check(f, "0")
	for field, text := range map[string]string{"ask_0": t.Ask, "why_0": t.Why, "satisfies_0": t.Satisfies} {
		for _, v := range variable.FindAllString(text, -1) {
			f.Check(v == service, field, words.Say("%s isn’t available here. Use %s", v, service))
		}
	}
	return f.Err()
}

// SaveTemplate keeps a template, new if it has no ID. Who may: administrators
// and supervisors. The error is Invalid at "name", "program", "kind_0", "ask_0",
// "why_0", "satisfies_0" or "file_kind_0".
func SaveTemplate(ctx context.Context, tx *db.Tx, by account.Actor, t Template) (Template, error) {
	if err := mayKeepLibrary(by); err != nil {
		return t, err
	}
	t.Name = strings.TrimSpace(t.Name)
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return t, err
	}
	if err := t.check(programs); err != nil {
		return t, err
	}
	if t.ID == "" {
		t.ID = db.NewID("mtp")
	}
	_, err = tx.Exec(ctx, `insert into message_template (id, program_id, kind, name, ask, why, satisfies, file_kind, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (id) do update set program_id = excluded.program_id, kind = excluded.kind, name = excluded.name, ask = excluded.ask, why = excluded.why, satisfies = excluded.satisfies,
			file_kind = excluded.file_kind, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		t.ID, string(t.ProgramID), string(t.Kind), t.Name, t.Ask, t.Why, t.Satisfies, t.FileKind, tx.Now(), string(by.ID))
	if err != nil {
		return t, err
	}
	return t, audit.Record(ctx, tx, by.Audit("message_template.saved", "message_template", t.ID))
}

// RetireTemplate takes a template of the installation out of the library. What
// was written with it stays. Who may: administrators and supervisors.
func RetireTemplate(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := mayKeepLibrary(by); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update message_template set retired_at = $1 where id = $2 and retired_at is null`, tx.Now(), id)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("message_template.retired", "message_template", id))
}
