package admin

import (
	"context"

	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// copies has a new template begin as the one that the address names, if it
// names one, for whom the address says.
func (p *editPage) copies(ctx context.Context, r *web.Request) error {
	names, err := plansByCode(ctx, r)
	if err != nil {
		return err
	}
	p.fields = names.choices(p.fields)
	from := r.Query("from")
	if from == "" {
		return nil
	}
	p.copied, err = config.Current(ctx, r.Tx, config.TemplateSubject(from))
	if err == nil && len(p.copied) == 0 {
		return fault.New(fault.NotFound, "We can’t find that.")
	}
	for _, key := range []string{"plan", "line", "state"} {
		if said := r.Query(key); said != "" && err == nil {
			p.copied[key] = said
		}
	}
	return err
}

// typed is the template as it stands in the form.
func (p *editPage) typed() letter.Source { return config.SourceOf(p.s.ID, p.doc) }

// eachFinding puts each thing that is wrong with a template's text on a line of
// its own.
func (p *editPage) eachFinding(all []ui.FieldError) (lines []ui.FieldError) {
	for _, e := range all {
		if one := p.eachMistake(); isGuideline(p.s) && len(one) > 0 {
			lines = append(lines, one...)
			continue
		}
		if one := p.eachLine(); isPack(p.s) && len(one) > 0 {
			lines = append(lines, one...)
			continue
		}
		if !isTemplate(p.s) || e.Field != "text" {
			lines = append(lines, e)
			continue
		}
		for _, f := range p.found() {
			lines = append(lines, ui.FieldError{Field: "text", Text: words.AsIs(f.Text)})
		}
	}
	return lines
}

// found is what keeps the text from being published. A new template has no ID
// yet, and needs one to be looked at.
func (p *editPage) found() (all []letter.Finding) {
	s := p.typed()
	if s.ID == "" {
		s.ID = "new"
	}
	for _, f := range s.Check() {
		if f.Blocks {
			all = append(all, f)
		}
	}
	return all
}
