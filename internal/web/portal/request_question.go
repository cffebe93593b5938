package portal

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// rows are the answers to the questions before the one that is asked.
func (p *clinicalPage) rows() (all []ui.SummaryRow) {
	for _, page := range p.form.Pages {
		if p.whole || page.N >= p.one.N {
			break
		}
		all = append(all, answerRows(page, p.path("/clinical/"+p.q.Guideline.ID+"/"+page.Key))...)
	}
	return all
}

// answerRows are a page's answers, with the way to change them; "" for none.
func answerRows(page guideline.Page, change string) (all []ui.SummaryRow) {
	for _, f := range page.Items {
		if f.Control == guideline.Note {
			continue
		}
		row := ui.SummaryRow{Key: words.Written(f.Label), Value: echoed(f)}
		if change != "" && !f.ReadOnly {
			row.ChangeHref, row.ChangeWhat = change, words.Say("the answer to “%s”", words.Written(f.Label))
		}
		all = append(all, row)
	}
	return all
}

// echoed is an answer in the words of the question's choices and units, unless
// somebody wrote it themselves, in whichever language.
func echoed(f guideline.Field) words.Text {
	if f.Control == guideline.Line || f.Control == guideline.Area || f.Control == guideline.FileName || f.Other != "" {
		return words.AsIs(f.Echo)
	}
	return words.Written(f.Echo)
}

// group is a question with choices.
func (p *clinicalPage) group(f guideline.Field, heading bool) ui.Group {
	g := ui.Group{Name: f.Name, Legend: words.Written(f.Label), Heading: heading, Hint: p.hint(f), Error: f.Error, Columns: f.Control == guideline.TwoColumns}
	for _, o := range f.Options {
		g.Options = append(g.Options, ui.Option{Value: o.Code, Label: words.Written(o.Label), Checked: o.Selected})
	}
	if f.Open {
		g.Options = append(g.Options, ui.Option{Value: "", Label: "Something else", Checked: f.Other != "", Reveal: otherField(f)})
	}
	if f.NotDocumented {
		g.Options = append(g.Options, ui.Option{Value: guideline.UnknownCode, Label: guideline.NotDocumentedLabel, Checked: f.Unknown})
	}
	return g
}

// field is a question that is typed.
func (p *clinicalPage) field(f guideline.Field, heading bool) ui.Field {
	in := ui.Field{Name: f.Name, Label: words.Written(f.Label), Heading: heading, Hint: p.hint(f), Value: f.Value, Error: f.Error, MaxLength: f.Most, Optional: !f.Required, Autocomplete: "off"}
	switch f.Control {
	case guideline.Number:
		in.Width = "sm"
		if len(f.Units) == 1 {
			in.Suffix = words.Written(f.Units[0].Display)
		}
	case guideline.Day, guideline.DayTime:
		in.Width = "sm"
		if !strings.Contains(string(in.Hint), "mm/dd") {
			in.Hint = words.Join([]words.Text{in.Hint, "For example, 11/24/2026"}, " ")
		}
	case guideline.Area, guideline.Line:
		in.Spellcheck = true
	case guideline.Combobox:
		in.Width, in.Value = "lg", labelOf(f)
	}
	return in
}

// hint is what stands under a question: how to answer it, and whose answer it
// is that stands there.
func (p *clinicalPage) hint(f guideline.Field) words.Text {
	parts := []words.Text{words.Written(f.Hint)}
	if f.Tag != "" && f.Echo != "" {
		tag := f.Tag
		if !f.At.IsZero() {
			tag += words.Say(", %s", civil.MediumDate(civil.DateIn(f.At, p.loc)))
		}
		parts = append(parts, words.Say("%s: %s.", tag, echoed(f)))
	}
	if text := p.theirs[f.LinkID]; text != "" {
		parts = append(parts, text)
	}
	return words.Join(parts, " ")
}

// labelOf is what stands in a box of choices: the words of the one chosen, or
// what was typed.
func labelOf(f guideline.Field) string {
	for _, o := range f.Options {
		if o.Selected {
			return o.Label
		}
	}
	return f.Value
}

// offerAnswers lists the choices of a question whose words are like what was
// typed, for its box.
func offerAnswers(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openClinical(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	if away := p.pick(r); away != nil {
		return *away, nil
	}
	var found []ui.Option
	for _, f := range p.one.Items {
		for _, o := range f.Options {
			if f.LinkID == r.PathValue("question") && strings.Contains(strings.ToLower(o.Label), strings.ToLower(r.Query("q"))) {
				found = append(found, ui.Option{Value: o.Label, Label: words.Written(o.Label)})
			}
		}
	}
	return offered(ctx, found[:min(len(found), mostFound)], len(found))
}

// typed reports whether a question is answered by typing.
func typed(f guideline.Field) bool {
	return !f.ReadOnly && slices.Contains([]guideline.Control{guideline.Combobox, guideline.Number, guideline.Line, guideline.Area, guideline.Day, guideline.DayTime, guideline.FileName}, f.Control)
}

// whyWords are where a question's reason stands.
func whyWords(w guideline.Why) string {
	if w.Section == "" {
		return w.Guideline + "."
	}
	return w.Guideline + ", " + w.Section + "."
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// unknown is the answer of who can't answer a question that is typed.
func unknown(f guideline.Field) ui.Group {
	return ui.Group{Name: f.Name + ".unknown", Small: true, Options: []ui.Option{{Value: "yes", Label: guideline.NotDocumentedLabel, Checked: f.Unknown}}}
}

func unitOptions(f guideline.Field) (all []ui.Option) {
	for _, u := range f.Units {
		all = append(all, ui.Option{Value: u.Code, Label: words.Written(u.Display), Checked: u.Code == f.Unit})
	}
	return all
}

// alone reports whether a page is one question, which is then its heading.
func alone(page guideline.Page) bool {
	n := 0
	for _, f := range page.Items {
		if f.Control != guideline.Note || f.Section {
			n++
		}
	}
	return n == 1 && page.Title == ""
}
