package admin

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/survey"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// surveysPage is after what offices are asked, and what they said.
type surveysPage struct {
	set    survey.Setting
	groups []survey.Group
	key    string
}

func showSurveys(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &surveysPage{key: r.Key()}
	var err error
	if p.set, err = survey.Settings(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	p.groups, err = survey.Results(ctx, r.Tx, r.By)
	return web.Answer{Title: "Surveys", Body: surveysView(p), Crumbs: crumbs("Surveys")}, err
}

func setSurveys(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/surveys"}, survey.Set(ctx, r.Tx, r.By, survey.Setting{Calls: contains(r.Form["after"], "calls"), Decisions: contains(r.Form["after"], "decisions")})
}

func exportSurveys(ctx context.Context, r *web.Request) (web.Answer, error) {
	groups, err := survey.Results(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	file, err := web.CSV("surveys.csv", survey.Rows(groups))
	return web.Answer{File: file}, err
}

func (p *surveysPage) after() ui.Group {
	return ui.Group{Name: "after", Legend: "Ask offices how it went", Hint: "Four hours after, at most once in 30 days for each person", Options: []ui.Option{
		{Value: "calls", Label: "After a peer-to-peer call", Checked: p.set.Calls}, {Value: "decisions", Label: "After a decision", Checked: p.set.Decisions}}}
}

var aboutWords = map[survey.About]string{survey.Call: "after calls", survey.Decision: "after decisions"}

func groupHeading(g survey.Group) string {
	return g.Program + ", " + aboutWords[g.About] + ", " + g.Month
}

func told(c survey.Count) string {
	if c.Few {
		return "not told"
	}
	return strconv.Itoa(c.N)
}

func resultTable(r survey.Result) ui.TableView {
	t := ui.TableView{Caption: words.AsIs(r.Question.Words), Columns: []ui.Column{{Header: "Answer"}, {Header: "Times"}}}
	for _, c := range r.Counts {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(c.Option.Words)), ui.Text(words.AsIs(told(c)))}})
	}
	return t
}
