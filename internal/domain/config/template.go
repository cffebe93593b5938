package config

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/letter"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// TemplateSubject is a template of letters as a subject.
func TemplateSubject(id string) Subject { return Subject{"template", id} }

type source = letter.Source

var templateBounds = []bound[source]{
	text(Field{Key: "kind", Label: "Letter", Section: templateWhich, Input: Choose, Choices: letterChoices(), Fixed: true}, func(s *source) *string { return (*string)(&s.Kind) }),
	text(Field{Key: "audience", Label: "To", Section: templateWhich, Input: Choose, Choices: []Choice{{"member", "The member"}, {"provider", "The office"}}, Fixed: true}, func(s *source) *string { return (*string)(&s.Audience) }),
	text(Field{Key: "language", Label: "Language", Section: templateWhich, Input: Choose, Choices: []Choice{{"en", "English"}, {"es", "Spanish"}}, Fixed: true}, func(s *source) *string { return &s.Language }),
	text(Field{Key: "plan", Label: "Plan", Section: templateWhich, None: "Every plan", Fixed: true, Optional: true}, func(s *source) *string { return &s.Plan }),
	text(Field{Key: "line", Label: "Type of plan", Section: templateWhich, None: "Every type", Input: Choose, Choices: append([]Choice{{"", "Every type"}}, LineCodes...), Fixed: true}, func(s *source) *string { return &s.Line }),
	text(Field{Key: "state", Label: "The member’s state", Section: templateWhich, None: "Every state", Input: Choose, Choices: stateChoices(), Fixed: true}, func(s *source) *string { return &s.State }),
	{Field: Field{Key: "used", Label: "Letters are made from it", Section: templateWhich, Input: Check},
		get: func(s *source) string {
			if s.Off {
				return ""
			}
			return "yes"
		},
		set: func(s *source, text string) error { s.Off = text != "yes"; return nil }},
	{Field: Field{Key: "text", Label: "Text", Section: "What it says", Input: Lines, Prose: true},
		get: func(s *source) string { return s.Text },
		set: func(s *source, text string) error { s.Text = letter.Tidy(text); return nil }},
}

const templateWhich = "Which letters"

func letterChoices() (all []Choice) {
	for _, k := range letter.Kinds {
		all = append(all, Choice{string(k), k.Words()})
	}
	return all
}

func stateChoices() []Choice {
	all := []Choice{{"", "Every state"}}
	for _, code := range review.LicenseStates {
		all = append(all, Choice{code, code})
	}
	return all
}

// versionKey is where a document has the version of the letters made from it.
// It is no field: it is made when a version goes live.
const versionKey = "version"

// LetterVersion is the version that letters made from a document name; "" for a
// draft.
func LetterVersion(d Doc) string { return d[versionKey] }

var templateKind = kind{
	name:   "template",
	fields: fieldsOf(templateBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		t, err := letter.Current(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return templateDoc(t), nil
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		s, err := templateWith(ctx, tx, id, d)
		return docOf(templateBounds, s), err
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		s, err := templateWith(ctx, tx, id, d)
		if err == nil {
			_, err = letter.Renew(ctx, tx, by, s)
		}
		return err
	},
	reads: func(Doc) []string { return nil },
}

func templateDoc(t *letter.Template) Doc {
	d := docOf(templateBounds, t.Source())
	d[versionKey] = t.Version
	return d
}

// SourceOf is a document as a template, as far as it can be read.
func SourceOf(id string, d Doc) letter.Source {
	s := source{ID: id}
	fill(templateBounds, &s, d, fault.Fields{})
	return s
}

// templateWith is the template of a document. Invalid faults are at the keys of
// its fields; all that keeps its text from being published is at "text".
func templateWith(ctx context.Context, tx *db.Tx, id string, d Doc) (source, error) {
	s, f := source{ID: id}, fault.Fields{}
	fill(templateBounds, &s, d, f)
	now, err := letter.Current(ctx, tx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return s, err
	}
	if now != nil {
		f.Check(now.Case() == s.Case, "kind", "Which letters a template is for can’t change. Write another one for others")
	} else if err := fitsPlans(ctx, tx, s, f); err != nil {
		return s, err
	}
	if len(f) > 0 {
		return s, f.Err()
	}
	var wrong []string
	for _, found := range s.Check() {
		if found.Blocks {
			wrong = append(wrong, strings.TrimSuffix(found.Text, "."))
		}
	}
	f.Check(len(wrong) == 0, "text", words.AsIs(strings.Join(wrong, ". ")))
	if s.Off {
		if err := replaced(ctx, tx, s, f); err != nil {
			return s, err
		}
	}
	return s, f.Err()
}

// fitsPlans asks for a plan that is there, and that no other template is for the
// very same letters.
func fitsPlans(ctx context.Context, tx *db.Tx, s source, f fault.Fields) error {
	plans, err := plan.All(ctx, tx)
	if err != nil {
		return err
	}
	f.Check(s.Plan == "" || slices.ContainsFunc(plans, func(p plan.Plan) bool { return p.Code == s.Plan }), "plan", "There is no plan of this code")
	f.Check(s.Audience != letter.Provider || s.Language == "en", "language", "Letters to an office are in English")
	all, err := letter.Currents(ctx, tx)
	for _, t := range all {
		if t.ID != s.ID && t.Case() == s.Case && (t.Own || s.Plan+s.Line+s.State == "") {
			f.Check(false, "plan", words.Say("The template %s is for the same letters. Change that one", t.ID))
		}
	}
	return err
}

// replaced asks for another template that letters are made from once s is turned
// off.
func replaced(ctx context.Context, tx *db.Tx, s source, f fault.Fields) error {
	day, err := letter.Today(tx)
	if err != nil {
		return err
	}
	others, err := letter.Holding(ctx, tx, s.Case, day)
	f.Check(slices.ContainsFunc(others, func(t *letter.Template) bool { return t.ID != s.ID }), "used", "There would be no template left for these letters")
	return err
}

// NewTemplateID is the ID of a template that is to be, made of what it is for.
func NewTemplateID(ctx context.Context, tx *db.Tx, d Doc) (string, error) {
	var parts []string
	for _, key := range []string{"plan", "kind", "audience", "language", "line", "state"} {
		if d[key] != "" {
			parts = append(parts, strings.ToLower(d[key]))
		}
	}
	name := strings.Join(parts, "-")
	for n, id := 2, name; ; n++ {
		_, err := letter.Current(ctx, tx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return "", err
		}
		known, other := versionsOf(ctx, tx, TemplateSubject(id))
		if other != nil {
			return "", other
		}
		if err != nil && len(known) == 0 {
			return id, nil
		}
		id = name + "-" + strconv.Itoa(n)
	}
}

// PublishTemplate publishes a template that somebody wrote as a file, and keeps
// it as a version of it; one that holds from a later day on that day. fresh is
// false if it was published before. Faults and who may are those of
// letter.Publish.
func PublishTemplate(ctx context.Context, tx *db.Tx, by account.Actor, file string) (fresh bool, err error) {
	t, err := letter.Read(file)
	if err != nil { // Publish says so in a fault
		_, _, err = letter.Publish(ctx, tx, by, file)
		return false, err
	}
	err = seen(ctx, tx, by, t.ID, func() error {
		_, fresh, err = letter.Publish(ctx, tx, by, file)
		return err
	})
	return fresh, err
}

// SetTemplate has a template be as a file of the configuration says.
func SetTemplate(ctx context.Context, tx *db.Tx, by account.Actor, s letter.Source, version string, from civil.Date) error {
	return seen(ctx, tx, by, s.ID, func() error { return letter.Set(ctx, tx, by, s, version, from) })
}

// seen keeps what a template was before and is after something is done to it.
func seen(ctx context.Context, tx *db.Tx, by account.Actor, id string, do func() error) error {
	s := TemplateSubject(id)
	if err := Witness(ctx, tx, account.Program(), s, found(s)); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	if err := Witness(ctx, tx, by, s, "Set by a file."); err != nil {
		return err
	}
	coming, err := letter.Coming(ctx, tx)
	for _, t := range coming {
		if t.ID != id {
			continue
		}
		if err := job.Add(ctx, tx, Holds{id}, job.At(t.Begins())); err != nil {
			return err
		}
	}
	return err
}

// Holds keeps a version of a template that a file set for a later day, on that
// day.
type Holds struct{ TemplateID string }

// Kind names the job.
func (Holds) Kind() string { return "config.holds" }

// KeepHeld does what Holds says.
func KeepHeld(ctx context.Context, tx *db.Tx, h Holds) error {
	return Witness(ctx, tx, account.Program(), TemplateSubject(h.TemplateID), "Set by a file, from this day on.")
}
