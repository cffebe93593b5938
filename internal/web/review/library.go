package review

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/message"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func registerLibrary(s *web.Server) {
	s.Handle("GET /ops/library", web.Review, showLibrary)
	s.Handle("POST /ops/library", web.Review, saveTemplate)
	s.Handle("POST /ops/library/{template}/retire", web.Review, retireTemplate)
}

// libraryPage is what reviewers can choose from when they ask for information.
type libraryPage struct {
	own      []message.Template
	programs []plan.Program
	form     message.Template
	faults   map[string]words.Text
	errors   []ui.FieldError
	key      string
}

func openLibrary(ctx context.Context, r *web.Request) (*libraryPage, error) {
	p := &libraryPage{key: r.Key(), faults: map[string]words.Text{}}
	var err error
	if p.own, err = message.OwnTemplates(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	p.programs, err = plan.Programs(ctx, r.Tx)
	return p, err
}

func (p *libraryPage) answer() web.Answer {
	return web.Answer{Title: "Message library", Body: libraryView(p), Errors: p.errors, Crumbs: []ui.Link{{Text: "Operations", Href: "/ops"}, {Text: "Message library"}}}
}

func showLibrary(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLibrary(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if i := slices.IndexFunc(p.own, func(t message.Template) bool { return t.ID == r.Query("change") }); i >= 0 {
		p.form = p.own[i]
	}
	return p.answer(), nil
}

func saveTemplate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLibrary(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	p.form = message.Template{ID: v("id"), ProgramID: plan.ProgramID(v("program")), Name: v("name"), Kind: message.Need(v("kind_0")), Ask: v("ask_0"), Why: v("why_0"), Satisfies: v("satisfies_0"), FileKind: v("file_kind_0")}
	if p.form.Kind != message.File {
		p.form.FileKind = ""
	}
	if p.form.ID != "" && !slices.ContainsFunc(p.own, func(t message.Template) bool { return t.ID == p.form.ID }) {
		return web.Answer{}, fault.New(fault.NotFound, "We can’t find that item. It may have been retired.")
	}
	if _, err = message.SaveTemplate(ctx, r.Tx, r.By, p.form); err == nil {
		return web.Answer{SeeOther: "/ops/library"}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "name", "program", "ask_0", "kind_0", "file_kind_0", "why_0", "satisfies_0")
	return p.answer(), err
}

func retireTemplate(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/ops/library"}, message.RetireTemplate(ctx, r.Tx, r.By, r.PathValue("template"))
}

func (p *libraryPage) programChoice() []ui.Option {
	all := []ui.Option{{Label: "Every program"}}
	for _, one := range p.programs {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name)})
	}
	return all
}

// program is where a template is used, in words.
func (p *libraryPage) program(t message.Template) string {
	for _, one := range p.programs {
		if one.ID == t.ProgramID {
			return one.Name
		}
	}
	return "Every program"
}

// shipped are the items that come with Parley and that none of the
// installation's own has taken the name of.
func (p *libraryPage) shipped() []message.Template {
	return slices.DeleteFunc(slices.Clone(message.Library), func(t message.Template) bool {
		return slices.ContainsFunc(p.own, func(o message.Template) bool { return o.Name == t.Name })
	})
}

func (p *libraryPage) formTitle() string {
	if p.form.ID != "" {
		return "Change an item"
	}
	return "Add an item"
}
