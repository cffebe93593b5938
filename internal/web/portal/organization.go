package portal

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// registerOrganization adds the pages with which an administrator sets up
// their organization.
func registerOrganization(s *web.Server) {
	const base = "/organization/{organization}"
	for pattern, page := range map[string]web.Page{
		"GET " + base:                                                 showOrganization,
		"POST " + base:                                                editOrganization,
		"POST " + base + "/sees":                                      saveSees,
		"GET " + base + "/locations":                                  listLocations,
		"GET " + base + "/locations/new":                              askLocation,
		"POST " + base + "/locations/new":                             saveLocation,
		"GET " + base + "/locations/{location}":                       askLocation,
		"POST " + base + "/locations/{location}":                      saveLocation,
		"POST " + base + "/locations/{location}/retire":               retireLocation,
		"POST " + base + "/locations/{location}/reopen":               reopenLocation,
		"GET " + base + "/locations/{location}/numbers/{kind}":        showNumber,
		"POST " + base + "/locations/{location}/numbers/{kind}":       proveNumber,
		"POST " + base + "/locations/{location}/numbers/{kind}/ask":   askNumber,
		"POST " + base + "/locations/{location}/numbers/{kind}/still": stillNumber,
		"GET " + base + "/people":                                     listPeople,
		"GET " + base + "/people/invite":                              askInvite,
		"GET " + base + "/people/access":                              exportAccess,
		"POST " + base + "/people/invite":                             sendInvite,
		"POST " + base + "/invitations/{invitation}":                  inviteAgain,
		"POST " + base + "/invitations/{invitation}/stop":             withdrawInvitation,
		"POST " + base + "/joining/{joining}":                         decideJoining,
		"GET " + base + "/people/{person}":                            askPost,
		"POST " + base + "/people/{person}":                           savePost,
		"POST " + base + "/people/{person}/reset":                     sendReset,
		"POST " + base + "/people/{person}/factor":                    askFactor,
		"POST " + base + "/people/{person}/factor/agree":              agreeFactor,
		"POST " + base + "/people/{person}/factor/stop":               stopFactor,
		"GET " + base + "/people/{person}/leave":                      askLeave,
		"POST " + base + "/people/{person}/leave":                     saveLeave,
	} {
		s.Handle(pattern, web.Managers, page)
	}
	for pattern, page := range accessReviews.Pages() {
		method, path, _ := strings.Cut(pattern, " ")
		s.Handle(method+" "+base+"/access-reviews"+path, web.Managers, page)
	}
	registerOwnSignIn(s)
	registerSystems(s)
	registerProviders(s)
}

// accessReviews go through who has access to an office.
var accessReviews = web.AccessReviews{
	Base: func(id string) string { return "/organization/" + id + "/access-reviews" },
	Crumbs: func(id string) []ui.Link {
		return []ui.Link{{Text: "People", Href: "/organization/" + id + "/people"}}
	},
}

// organizationPage is what the pages of an organization have in common.
type organizationPage struct {
	org         account.Organization
	administers bool           // the reader does; else they have the providers and sites only
	others      []account.Seat // organizations that the reader administers besides
	tab         string         // part of the path
	done        words.Text
	loc         *time.Location
	now         time.Time
	key         string
	faults      map[string]words.Text
	errors      []ui.FieldError
}

func findOrganization(_ context.Context, r *web.Request) (web.Answer, error) {
	if all := r.By.Administered(); len(all) > 0 {
		return web.Answer{SeeOther: "/organization/" + all[0].OrganizationID}, nil
	}
	return web.Answer{SeeOther: "/organization/" + r.By.Seat().OrganizationID + "/providers"}, nil
}

// openOrganization opens a page for administrators of the organization.
func openOrganization(ctx context.Context, r *web.Request, tab string) (*organizationPage, error) {
	if err := r.By.MustAdminister(r.PathValue("organization")); err != nil {
		return nil, err
	}
	return openOffice(ctx, r, tab)
}

// openOffice opens a page for everybody who sends the organization's requests.
func openOffice(ctx context.Context, r *web.Request, tab string) (*organizationPage, error) {
	id := r.PathValue("organization")
	if !r.By.ActsFor(id) {
		return nil, fault.New(fault.NotFound, "We can't find that organization.")
	}
	p := &organizationPage{administers: r.By.Administers(id), tab: tab, done: organizationDone[r.Query("done")], loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), key: r.Key(), faults: map[string]words.Text{}}
	p.others = slices.DeleteFunc(r.By.Administered(), func(s account.Seat) bool { return s.OrganizationID == id })
	var err error
	p.org, err = account.GetOrganization(ctx, r.Tx, id)
	return p, err
}

// organizationDone are the words after a change, by what stands in the address.
var organizationDone = map[string]words.Text{
	"saved":            "Saved.",
	"sees":             "Saved. It counts from now on, for everybody here.",
	"location":         "The location is saved. It can be chosen for requests.",
	"retired":          "The location is out of use. Its orders keep it.",
	"reopened":         "The location is in use again.",
	"invited":          "Invitations are on their way. They work for 7 days.",
	"again":            "We sent it again, with a new link. The one before no longer works.",
	"joining-accepted": "They are let in, and get a mail. Their roles and places can be changed below.",
	"joining-declined": "Declined. They get a mail.",
	"withdrawn":        "The invitation is withdrawn. Its link opens nothing.",
	"post":             "Saved. It counts from their next click.",
	"asked-fax":        "The test fax is on its way. Enter the code when it arrives.",
	"asked-phone":      "We will call. Enter the code that we read to you.",
	"proven":           "The number is confirmed, for a year.",
	"still":            "Thank you. The number counts for another year.",
	"factor":           "Another administrator agrees within a day, on this person's page. They were told by mail.",
	"factor-stopped":   "It is called off. Their second factor stays.",
	"factor-removed":   "Their passkeys, authenticator app and recovery codes are removed, and they are signed out. They set up a new second factor at their next sign-in.",
	"reset":            "The link is on its way to them. It works once, for 60 minutes.",
	"unlisted":         "The practitioner is off your list. Orders keep them.",
	"favorite":         "Requests offer the site from now on.",
	"unfavorite":       "The site is no longer among your favorites.",
	"key":              "The key holds from now on.",
	"ended":            "The key is ended. The system that has it can't come in any more.",
	"left":             "They are signed out and can't sign in here. What they had goes to the colleague you chose.",
}

func (p *organizationPage) path(rest string) string { return "/organization/" + p.org.ID + rest }

// wrong puts what is wrong at the fields of a page.
func (p *organizationPage) wrong(err error, fields ...string) {
	if f := fault.Of(err).Fields; f != nil {
		p.faults = maps.Clone(f)
	}
	p.errors = web.Errors(err, fields...)
}

// amiss reports whether the page itself says what is wrong.
func amiss(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.TooMany)
}

type organizationTab struct {
	Path string
	Text words.Text
}

func (p *organizationPage) tabs() []organizationTab {
	var all []organizationTab
	if p.administers {
		all = []organizationTab{{"", "Organization"}, {"/locations", "Locations"}, {"/people", "People"}, {signInTab, "Sign-in"}}
		if p.org.OwnKeys {
			all = append(all, organizationTab{systemsTab, "Systems"})
		}
	}
	if p.org.Kind == "office" {
		all = append(all, organizationTab{"/providers", "Providers"}, organizationTab{"/sites", "Favorite sites"})
	}
	return all
}

func (p *organizationPage) answer(title words.Text, a web.Answer) web.Answer {
	a.Title, a.Errors = title, p.errors
	return a
}

// detailsPage is an organization's first page.
type detailsPage struct {
	*organizationPage
	name, phone, sees string
}

func openDetails(ctx context.Context, r *web.Request) (*detailsPage, error) {
	p, err := openOrganization(ctx, r, "")
	if err != nil {
		return nil, err
	}
	return &detailsPage{p, p.org.Name, p.org.Phone, p.org.Sees}, nil
}

func showOrganization(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDetails(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *detailsPage) show() web.Answer {
	return p.answer("Organization", web.Answer{Body: detailsView(p)})
}

func editOrganization(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDetails(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.name, p.phone = r.Value("name"), r.Value("phone")
	if err = account.EditOrganization(ctx, r.Tx, r.By, p.org.ID, p.name, p.phone); amiss(err) {
		p.wrong(err, "name", "phone")
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("?done=saved")}, err
}

func saveSees(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDetails(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.SetSees(ctx, r.Tx, r.By, p.org.ID, r.Value("sees")); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("?done=sees")}, err
}

var seesWords = map[string][2]words.Text{
	"all":      {"Everybody sees all", "Every order and draft of the organization, for everybody who works here."},
	"location": {"By location", "People see the orders of the locations where they work. Who works at all locations sees all."},
	"own":      {"Own only", "People see what they entered, or what they order as a clinician. You too."},
}

func (p *detailsPage) sights() ui.Group {
	g := ui.Group{Name: "sees", Legend: "Orders, drafts, messages and calls", Error: p.faults["sees"]}
	for _, s := range account.Sights {
		g.Options = append(g.Options, ui.Option{Value: s, Label: seesWords[s][0], Hint: seesWords[s][1], Checked: s == p.sees})
	}
	return g
}

func (p *detailsPage) numbers() []ui.SummaryRow {
	known := func(s string) words.Text {
		if s == "" {
			return "Not known"
		}
		return words.AsIs(s)
	}
	return []ui.SummaryRow{{Key: "NPI", Value: known(p.org.NPI)}, {Key: "Tax ID (TIN)", Value: known(p.org.TIN)}}
}

// locationsPage lists an organization's locations.
type locationsPage struct {
	*organizationPage
	all     []provider.Location
	numbers []provider.Number
}

func listLocations(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLocations(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func openLocations(ctx context.Context, r *web.Request) (*locationsPage, error) {
	p, err := openOrganization(ctx, r, "/locations")
	if err != nil {
		return nil, err
	}
	l := &locationsPage{organizationPage: p}
	if l.all, err = provider.AllLocations(ctx, r.Tx, p.org.ID); err != nil {
		return nil, err
	}
	l.numbers, err = provider.Numbers(ctx, r.Tx, r.By, p.org.ID)
	return l, err
}

func (p *locationsPage) show() web.Answer {
	return p.answer("Locations", web.Answer{Body: locationsView(p)})
}

func retireLocation(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLocations(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = provider.Retire(ctx, r.Tx, r.By, p.org.ID, r.PathValue("location")); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/locations?done=retired")}, err
}

func reopenLocation(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: "/organization/" + id + "/locations?done=reopened"}, provider.Reopen(ctx, r.Tx, r.By, id, r.PathValue("location"))
}

// locationPage asks for one location.
type locationPage struct {
	*organizationPage
	l     provider.Location
	zones []ui.Option
}

func openLocation(ctx context.Context, r *web.Request) (*locationPage, error) {
	p, err := openOrganization(ctx, r, "/locations")
	if err != nil {
		return nil, err
	}
	l := &locationPage{organizationPage: p, l: provider.Location{OrganizationID: p.org.ID}}
	if id := r.PathValue("location"); id != "" {
		l.l, err = provider.OwnLocation(ctx, r.Tx, r.By, p.org.ID, id)
	}
	return l, err
}

func askLocation(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLocation(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *locationPage) title() words.Text {
	if p.l.ID == "" {
		return "Add a location"
	}
	return "Change a location"
}

func (p *locationPage) show() web.Answer {
	p.zones = []ui.Option{{Label: "Select a time zone"}}
	for _, z := range civil.Zones {
		p.zones = append(p.zones, ui.Option{Value: z.Name, Label: z.Label, Checked: z.Name == p.l.TimeZone})
	}
	return p.answer(p.title(), web.Answer{Body: locationView(p)})
}

func saveLocation(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLocation(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	v := r.Value
	p.l.Name, p.l.Line, p.l.City, p.l.State, p.l.ZIP = v("name"), v("line"), v("city"), v("state"), v("zip")
	p.l.Phone, p.l.Fax, p.l.TimeZone = v("phone"), v("fax"), v("tz")
	if _, err = provider.KeepLocation(ctx, r.Tx, r.By, p.l); amiss(err) {
		p.wrong(err, "name", "line", "city", "state", "zip", "phone", "fax", "tz")
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/locations?done=location")}, err
}
