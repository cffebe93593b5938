package review

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// reviewersPage lists who takes calls: what qualifies them and how much they
// have this week.
type reviewersPage struct {
	all      []peer.Load
	programs map[plan.ProgramID]string
	plans    map[plan.ID]string
	now      time.Time
	keeps    bool // the reader keeps licenses
}

func listReviewers(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &reviewersPage{programs: map[plan.ProgramID]string{}, plans: map[plan.ID]string{}, now: r.Tx.Now(), keeps: review.MayKeepLicenses(r.By)}
	var err error
	if p.all, err = peer.Roster(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	programs, err := plan.Programs(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, g := range programs {
		p.programs[g.ID] = g.Name
	}
	plans, err := plan.All(ctx, r.Tx)
	for _, pl := range plans {
		p.plans[pl.ID] = pl.Name
	}
	return web.Answer{Title: "Reviewers", Body: reviewersView(p), Wide: true}, err
}

const expiryWarning = 60 // days before a license runs out

// expiry says how a license stands: "" while it holds for long.
func (p *reviewersPage) expiry(l review.License, zone string) (kind ui.TagKind, text string) {
	loc, err := civil.Zone(zone)
	if err != nil {
		loc = time.UTC
	}
	switch left := civil.DateIn(p.now, loc).DaysUntil(l.Expires); {
	case left < 0:
		return ui.TagError, "Expired"
	case left == 0:
		return ui.TagWarning, "Last day today"
	case left <= expiryWarning:
		return ui.TagWarning, strconv.Itoa(left) + " days left"
	}
	return "", ""
}

func (p *reviewersPage) table() ui.TableView {
	t := ui.TableView{Caption: words.Say("%s, by name", reviewerCount(len(p.all))),
		Columns: []ui.Column{{Header: "Reviewer"}, {Header: "Specialty"}, {Header: "Licenses"}, {Header: "Languages"}, {Header: "Programs"}, {Header: "Plans"}, {Header: "Calls this week"}}}
	for _, l := range p.all {
		row := ui.Row{}
		row.Cells = append(row.Cells, reviewerCell(l), ui.Text(words.AsIs(l.Specialty)), licensesCell(p, l), ui.Text(words.AsIs(strings.Join(append([]string{review.English}, l.Languages...), ", "))),
			ui.Text(words.AsIs(p.programNames(l))), ui.Text(words.AsIs(p.panel(l))), loadCell(l))
		t.Rows = append(t.Rows, row)
	}
	return t
}

func reviewerCount(n int) string {
	if n == 1 {
		return "1 reviewer"
	}
	return strconv.Itoa(n) + " reviewers"
}

func (p *reviewersPage) programNames(l peer.Load) string {
	var names []string
	for _, id := range l.Programs {
		names = append(names, p.programs[id])
	}
	if len(names) == 0 {
		return "None"
	}
	return strings.Join(names, ", ")
}

// panel is for whom a reviewer takes calls.
func (p *reviewersPage) panel(l peer.Load) string {
	var names []string
	for _, id := range l.Plans {
		names = append(names, p.plans[id])
	}
	text := "All plans"
	if len(names) > 0 {
		text = strings.Join(names, ", ")
	}
	if len(l.Lines) > 0 {
		text += " (only " + strings.ReplaceAll(strings.Join(l.Lines, ", "), "_", " ") + ")"
	}
	return text
}

// loadWords are the calls of the week against the most there may be: the
// number for the week, else that of each day.
func loadWords(l peer.Load) string {
	n := strconv.Itoa(l.Week)
	if l.Most > 0 {
		return n + " of " + strconv.Itoa(l.Most)
	}
	return n + ", at most " + strconv.Itoa(l.DailyCalls) + " a day"
}

func fullWeek(l peer.Load) bool { return l.Most > 0 && l.Week >= l.Most }
