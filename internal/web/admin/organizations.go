package admin

import (
	"context"
	"net/url"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/merge"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const (
	organizationsTitle = "Organizations"
	organizationsPath  = "/admin/organizations"
	shownOrganizations = 50
)

func registerOrganizations(s *web.Server) {
	s.Handle("GET /admin/organizations", web.Manage, listOrganizations)
	s.Handle("GET /admin/organizations/{organization}", web.Manage, showOrganization)
	s.Handle("POST /admin/organizations/{organization}/keys", web.Manage, letKeys)
	s.Handle("GET /admin/organizations/{organization}/merge", web.Manage, showMerge)
	s.Handle("POST /admin/organizations/{organization}/merge", web.Manage, mergeOrganization)
	s.Handle("POST /admin/organizations/{organization}/merge/agree", web.Manage, agreeToMerge)
	s.Handle("POST /admin/organizations/{organization}/merge/stop", web.Manage, stopMerge)
}

// organizationsPage finds offices and sites.
type organizationsPage struct {
	q     string
	found []account.Organization
	more  bool
	waits []merge.Request
	loc   *time.Location
	now   time.Time
}

func listOrganizations(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &organizationsPage{q: strings.TrimSpace(r.Query("q")), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.found, err = account.SearchedOrganizations(ctx, r.Tx, r.By, p.q, shownOrganizations+1); err != nil {
		return web.Answer{}, err
	}
	if p.more = len(p.found) > shownOrganizations; p.more {
		p.found = p.found[:shownOrganizations]
	}
	p.waits, err = merge.Requests(ctx, r.Tx, r.By)
	return web.Answer{Title: organizationsTitle, Body: organizationsView(p), Wide: true, Crumbs: crumbs(organizationsTitle)}, err
}

func (p *organizationsPage) table() ui.TableView {
	t := ui.TableView{Caption: "Organizations, by name", Columns: []ui.Column{{Header: "Name"}, {Header: "What it is"}, {Header: "NPI"}, {Header: "Tax ID"}, {Header: "Phone"}}}
	for _, o := range p.found {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{organizationLink(o), ui.Text(words.Text(kindWords(o.Kind))), ui.Text(words.AsIs(orNone(o.NPI))), ui.Text(words.AsIs(orNone(o.TIN))), ui.Text(words.AsIs(orNone(o.Phone)))}})
	}
	return t
}

func (p *organizationsPage) waitWords(q merge.Request) string {
	return q.FromName + " into " + q.IntoName + ", asked by " + q.AskedName + ". " + untilWords(q, p.loc, p.now)
}

func (p *organizationPage) until() string { return untilWords(*p.wait, p.loc, p.now) }

func untilWords(q merge.Request, loc *time.Location, now time.Time) string {
	return "Until " + civil.NearWithin(q.Until(), loc, now).String() + "."
}

func kindWords(kind string) string {
	switch kind {
	case "office":
		return "Office"
	case "site":
		return "Rendering site"
	}
	return "Runs the service"
}

func orNone(s string) string {
	if s == "" {
		return "None"
	}
	return s
}

func organizationPath(id string) string { return organizationsPath + "/" + url.PathEscape(id) }

var organizationsCrumb = ui.Link{Text: organizationsTitle, Href: organizationsPath}

// organizationPage is one record, with what became part of it.
type organizationPage struct {
	account.Organization
	aliases []account.Alias
	twins   []account.Organization
	wait    *merge.Request
	mine    bool // the reader asked for it
	keys    []account.Key
	entries []audit.Entry
	say     string
	key     string
	loc     *time.Location
	now     time.Time
}

var organizationDone = map[string]string{
	"keys":    "Saved. It counts at once.",
	"merged":  "Done. This is one record now, and addresses and numbers of the other lead here.",
	"stopped": "It is called off. Nothing has moved.",
}

func showOrganization(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	id := r.PathValue("organization")
	o, err := account.GetOrganization(ctx, r.Tx, id)
	if err != nil {
		return web.Answer{}, err
	}
	if o.ID != id {
		return web.Answer{SeeOther: organizationPath(o.ID)}, nil
	}
	p := &organizationPage{Organization: o, say: organizationDone[r.Query("done")], key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if p.aliases, err = account.AliasesOf(ctx, r.Tx, r.By, o.ID); err != nil {
		return web.Answer{}, err
	}
	if p.twins, err = account.Twins(ctx, r.Tx, r.By, o); err != nil {
		return web.Answer{}, err
	}
	if p.wait, err = merge.RequestOf(ctx, r.Tx, r.By, o.ID); err != nil {
		return web.Answer{}, err
	}
	if p.keys, err = keysOf(ctx, r, o); err != nil {
		return web.Answer{}, err
	}
	p.mine = p.wait != nil && p.wait.AskedBy == r.By.ID
	p.entries, err = audit.Of(ctx, r.Tx, "organization", o.ID)
	p.entries = p.entries[:min(len(p.entries), 10)]
	return web.Answer{Title: words.AsIs(o.Name), Body: organizationView(p), Crumbs: crumbs(o.Name, organizationsCrumb)}, err
}

func (p *organizationPage) facts() []ui.SummaryRow {
	all := []ui.SummaryRow{{Key: "What it is", Value: words.Text(kindWords(p.Kind))}, {Key: "NPI", Value: words.AsIs(orNone(p.NPI))}, {Key: "Tax ID", Value: words.AsIs(orNone(p.TIN))}, {Key: "Phone", Value: words.AsIs(orNone(p.Phone))}}
	if p.Kind == "office" {
		all = append(all, ui.SummaryRow{Key: "Who sees what", Value: words.Text(seesWords(p.Sees))})
	}
	return all
}

func seesWords(sees string) string {
	switch sees {
	case "all":
		return "Everybody sees all orders"
	case "own":
		return "People see their own orders"
	}
	return "People see the orders of their locations"
}

func (p *organizationPage) story() (all []ui.Moment) {
	for _, e := range p.entries {
		all = append(all, ui.Moment{Title: words.AsIs(e.Action), Who: words.AsIs(e.ActorName), At: e.At, When: civil.When(e.At, p.loc, p.now), Text: words.AsIs(e.Detail)})
	}
	return all
}

func agreeToMerge(ctx context.Context, r *web.Request) (web.Answer, error) {
	into := r.Value("into")
	return web.Answer{SeeOther: organizationPath(into) + "?done=merged"}, merge.Agree(ctx, r.Tx, r.Settings.Box, r.By, r.PathValue("organization"), into)
}

func stopMerge(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: organizationPath(id) + "?done=stopped"}, merge.Stop(ctx, r.Tx, r.By, id)
}
