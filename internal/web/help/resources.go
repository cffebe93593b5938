package help

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/help"
	"parley/internal/domain/plan"
	"parley/internal/web"
	"parley/internal/words"
)

// resourcesPage is what there is for a plan.
type resourcesPage struct {
	chooser
	questions, resources []help.Entry
	lists                []guideline.Checklist
	lines                []listed
}

// A listed is a type of plan with where its procedures are listed.
type listed struct{ name, path, csv string }

func showResources(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := openChooser(ctx, r, "/help/resources")
	if err != nil {
		return web.Answer{}, err
	}
	p := &resourcesPage{chooser: c}
	all, err := help.Shown(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	all = slices.DeleteFunc(all, func(e help.Entry) bool { return !e.For(c.plan.Code, "") })
	for _, e := range all {
		switch e.Kind {
		case help.Question:
			p.questions = append(p.questions, e)
		case help.Resource:
			p.resources = append(p.resources, e)
		}
	}
	if p.lists, err = guideline.Checklists(ctx, r.Tx, c.plan.Code, civil.DateIn(r.Tx.Now(), c.zone(r))); err != nil {
		return web.Answer{}, err
	}
	if c.plan.ID != "" {
		lines, err := plan.LinesOf(ctx, r.Tx, c.plan.ID)
		if err != nil {
			return web.Answer{}, err
		}
		for _, l := range lines {
			query := "?" + url.Values{"plan": {c.plan.Code + "|" + l.Code}}.Encode()
			p.lines = append(p.lines, listed{l.Name, "/procedures" + query, "/procedures.csv" + query})
		}
	}
	return web.Answer{Title: "Resources by plan", Body: resourcesView(p)}, nil
}

// heading names whose resources these are.
func (p *resourcesPage) heading() words.Text {
	if p.plan.ID == "" {
		return "For all plans"
	}
	return words.Say("For %s", p.plan.Name)
}

// contactsPath leads to the contacts of the same plan.
func (p *resourcesPage) contactsPath() string {
	if p.plan.ID == "" {
		return "/help/contacts"
	}
	return "/help/contacts?plan=" + url.QueryEscape(p.plan.Code)
}

// paragraphs are those of a text, apart by blank lines.
func paragraphs(text string) (all []string) {
	for one := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

func showComing(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, err := guideline.ComingUp(ctx, r.Tx, civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone)))
	return web.Answer{Title: "Guideline changes that are coming", Body: comingView(all)}, err
}

// readsThen is a sentence as it will read.
func readsThen(d guideline.Difference) words.Text {
	if d.Is == "" {
		return "No longer asked for"
	}
	return words.Written(d.Is)
}
