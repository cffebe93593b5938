package portal

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// registerProviders adds the pages on which an office keeps whom it orders for
// and where it sends patients. Everybody who sends requests has them.
func registerProviders(s *web.Server) {
	const base = "/organization/{organization}"
	for pattern, page := range map[string]web.Page{
		"GET /organization":                                 findOrganization,
		"GET " + base + "/providers":                        listProviders,
		"POST " + base + "/providers":                       addProviders,
		"POST " + base + "/providers/{practitioner}/remove": removeProvider,
		"GET " + base + "/sites":                            listFavorites,
		"POST " + base + "/sites/{site}/add":                addFavorite,
		"POST " + base + "/sites/{site}/remove":             dropFavorite,
	} {
		s.Handle(pattern, web.Senders, page)
	}
}

// providersListPage is whom an organization orders for.
type providersListPage struct {
	*organizationPage
	all       []provider.Listed
	locations []provider.Location
	npis      string
	location  string
	answered  []provider.Pasted // of the paste before
	names     map[string]string // by NPI
}

func openProvidersList(ctx context.Context, r *web.Request) (*providersListPage, error) {
	o, err := openOffice(ctx, r, "/providers")
	if err != nil {
		return nil, err
	}
	p := &providersListPage{organizationPage: o, names: map[string]string{}}
	if p.all, err = provider.List(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	for _, k := range p.all {
		p.names[k.NPI] = k.Name()
	}
	p.locations, err = provider.Locations(ctx, r.Tx, o.org.ID)
	return p, err
}

func listProviders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openProvidersList(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if r.Query("done") == "pasted" {
		p.answered = unpackPasted(r.Brief("pasted"))
	}
	var again []string
	for _, a := range p.answered {
		if !a.Fate.Good() {
			again = append(again, a.Text)
		}
	}
	p.npis = strings.Join(again, "\n")
	return p.show(), nil
}

func (p *providersListPage) show() web.Answer {
	return p.answer("Providers", web.Answer{Body: providersListView(p)})
}

func addProviders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openProvidersList(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.npis, p.location = r.Value("npis"), r.Value("location")
	if len(p.locations) == 1 {
		p.location = p.locations[0].ID
	}
	all, err := provider.AddPasted(ctx, r.Tx, r.By, p.org.ID, p.location, p.npis)
	if amiss(err) {
		p.wrong(err, "npis", "location")
		return p.show(), err
	}
	a := web.Answer{SeeOther: p.path("/providers?done=pasted")}
	if err == nil {
		a.Cookies = append(a.Cookies, r.Settings.BriefCookie("pasted", packPasted(all)))
	}
	return a, err
}

func removeProvider(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: "/organization/" + id + "/providers?done=unlisted"}, provider.Unlist(ctx, r.Tx, r.By, id, r.PathValue("practitioner"))
}

// packPasted puts what became of each line in a cookie, for the page that says
// so. NPIs are public.
func packPasted(all []provider.Pasted) string {
	var lines []string
	for _, p := range all {
		lines = append(lines, strconv.Itoa(p.Line)+"\t"+string(p.Fate)+"\t"+p.Text)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(lines, "\n")))
}

func unpackPasted(cookie string) (all []provider.Pasted) {
	text, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(parts) != 3 {
			return nil
		}
		n, _ := strconv.Atoi(parts[0]) // what isn't one comes from nobody but the reader
		all = append(all, provider.Pasted{Line: n, Fate: provider.Fate(parts[1]), Text: parts[2]})
	}
	return all
}

// pastedWords is what became of a line, as people read it.
func (p *providersListPage) pastedWords(a provider.Pasted) words.Text {
	switch a.Fate {
	case provider.Added:
		return words.Say("Added: %s", p.names[a.Text])
	case provider.There:
		return words.Say("Already on your list: %s", p.names[a.Text])
	case provider.Twice:
		return "The same as a line above"
	case provider.NoNumber:
		return "NPI must be 10 digits"
	case provider.WrongDigit:
		return "This NPI doesn’t pass its check digit. Check for a mistyped number"
	case provider.NotFound:
		return "Not found in the national directory. Check the number"
	case provider.Organization:
		return "An organization’s NPI. Enter the practitioner’s own"
	case provider.Ended:
		return "No longer in use. Check the number"
	}
	return ""
}

func (p *providersListPage) pastedSummary() words.Text {
	good := 0
	for _, a := range p.answered {
		if a.Fate.Good() {
			good++
		}
	}
	if rest := len(p.answered) - good; rest > 0 {
		return words.Say("%s of %s are on your list. The others stand in the box below, to be mended.", strconv.Itoa(good), strconv.Itoa(len(p.answered)))
	}
	return words.Say("All %s are on your list.", strconv.Itoa(good))
}

func (p *providersListPage) pastedTable() ui.TableView {
	t := ui.TableView{Caption: "What became of each line", Columns: []ui.Column{{Header: "Line"}, {Header: "NPI"}, {Header: "Answer"}}}
	for _, a := range p.answered {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.Say("Line %s", strconv.Itoa(a.Line))), ui.Text(words.AsIs(a.Text)), ui.Text(p.pastedWords(a))}})
	}
	return t
}

func (p *providersListPage) table() ui.TableView {
	t := ui.TableView{Caption: words.Say("Practitioners, by name: %s", strconv.Itoa(len(p.all))), Columns: []ui.Column{{Header: "Name"}, {Header: "NPI"}, {Header: "Specialty"}, {Header: "Locations"}, {Header: "Remove", Hidden: true}}}
	for _, k := range p.all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(k.Name())), ui.Text(words.AsIs(k.NPI)), ui.Text(words.AsIs(k.Specialty)), ui.Text(words.AsIs(strings.Join(k.Places, ", "))), unlistForm(p, k)}})
	}
	return t
}

func (p *providersListPage) locationOptions() []ui.Option {
	all := []ui.Option{{Label: "Select a location"}}
	for _, l := range p.locations {
		all = append(all, ui.Option{Value: l.ID, Label: words.AsIs(l.Name), Checked: l.ID == p.location})
	}
	return all
}

// favoritesPage is where an office keeps the sites it sends patients to.
type favoritesPage struct {
	*organizationPage
	all, found []provider.Site
	search     string
}

func openFavorites(ctx context.Context, r *web.Request) (*favoritesPage, error) {
	o, err := openOffice(ctx, r, "/sites")
	if err != nil {
		return nil, err
	}
	p := &favoritesPage{organizationPage: o, search: strings.TrimSpace(r.Query("find"))}
	if p.all, err = provider.Favorites(ctx, r.Tx, o.org.ID); err != nil {
		return nil, err
	}
	p.found, err = provider.FindSites(ctx, r.Tx, p.search, mostFound)
	return p, err
}

func listFavorites(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openFavorites(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *favoritesPage) show() web.Answer {
	return p.answer("Favorite sites", web.Answer{Body: favoritesView(p)})
}

func (p *favoritesPage) has(s provider.Site) bool {
	for _, f := range p.all {
		if f.ID == s.ID {
			return true
		}
	}
	return false
}

func addFavorite(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openFavorites(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = provider.AddFavorite(ctx, r.Tx, r.By, p.org.ID, r.PathValue("site")); fault.Is(err, fault.Conflict) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/sites?done=favorite")}, err
}

func dropFavorite(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: "/organization/" + id + "/sites?done=unfavorite"}, provider.DropFavorite(ctx, r.Tx, r.By, id, r.PathValue("site"))
}
