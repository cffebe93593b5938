package admin

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/config"
	"parley/internal/domain/help"
	"parley/internal/web"
	"parley/internal/web/ui"
)

var helpCrumb = ui.Link{Text: "Help center", Href: "/admin/help"}

// isHelp reports whether a subject is an entry of the help center.
func isHelp(s config.Subject) bool {
	return slices.Contains([]help.Kind{help.Question, help.Resource, help.Contact}, help.Kind(s.Kind))
}

// listOf is the list in which a subject stands.
func listOf(s config.Subject) ui.Link {
	if isHelp(s) {
		return helpCrumb
	}
	if isWords(s) {
		return wordsCrumb
	}
	if isDated(s) {
		return datedPage(s)
	}
	if isTemplate(s) {
		return templatesCrumb
	}
	if isRule(s) {
		return schedulingCrumb
	}
	if isPack(s) {
		return packsCrumb
	}
	if isGuideline(s) {
		return guidelinesCrumb
	}
	return settingsCrumb
}

// A shelf is the entries of one kind.
type shelf struct {
	kind            help.Kind
	heading, adding string
	all             []shelved
}

// A shelved is an entry, or what is to be one, with its draft if it has one.
type shelved struct {
	s       config.Subject
	name    string
	forWhom string
	hidden  bool
	open    config.Version
}

func listHelp(ctx context.Context, r *web.Request) (web.Answer, error) {
	entries, err := help.All(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	shelves := []shelf{{kind: help.Question, heading: "Questions and answers", adding: "New question"}, {kind: help.Resource, heading: "Resources", adding: "New resource"}, {kind: help.Contact, heading: "Contacts", adding: "New contact"}}
	for i := range shelves {
		shelves[i].fill(entries, pending)
	}
	return web.Answer{Title: helpCrumb.Text, Body: helpView(shelves), Crumbs: crumbs(helpCrumb.Text.String())}, nil
}

func (h *shelf) fill(entries []help.Entry, pending []config.Version) {
	for _, e := range entries {
		if e.Kind != h.kind {
			continue
		}
		one := shelved{s: config.Subject{Kind: string(e.Kind), ID: e.ID}, name: e.Name, hidden: !e.Shown}
		if codes := slices.Concat(e.Plans, e.Programs); len(codes) > 0 {
			one.forWhom = "For " + strings.Join(codes, ", ")
		}
		if i := slices.IndexFunc(pending, func(v config.Version) bool { return v.Subject == one.s }); i >= 0 {
			one.open = pending[i]
		}
		h.all = append(h.all, one)
	}
	for _, v := range pending { // what isn't there yet
		if v.Subject.Kind == string(h.kind) && !slices.ContainsFunc(h.all, func(o shelved) bool { return o.s == v.Subject }) {
			h.all = append(h.all, shelved{s: v.Subject, name: v.Doc["name"], open: v})
		}
	}
}
