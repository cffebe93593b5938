package admin

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/openid"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const ssoTitle = "Organizations’ own sign-in"

// connectionsPage is whose people sign in through their organization.
type connectionsPage struct {
	all    []account.Connection
	name   string // of the organization to connect, as typed
	say    string
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
	loc    *time.Location
	now    time.Time
}

func connections(ctx context.Context, r *web.Request) (p *connectionsPage, err error) {
	p = &connectionsPage{key: r.Key(), faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if r.Query("done") == "removed" {
		p.say = "It is removed. Accounts stay; people sign in with a password or a passkey."
	}
	p.all, err = account.Connections(ctx, r.Tx, r.By)
	return p, err
}

func (p *connectionsPage) answer() web.Answer {
	return web.Answer{Title: words.Text(ssoTitle), Body: connectionsView(p), Errors: p.errors, Crumbs: crumbs(ssoTitle)}
}

func listConnections(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := connections(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// chooseConnection leads to the page of the organization of a name.
func chooseConnection(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := connections(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.name = strings.TrimSpace(r.Value("organization"))
	o, err := account.OrganizationByName(ctx, r.Tx, p.name)
	if fault.Is(err, fault.NotFound) {
		err = fault.Fields{"organization": "There is no organization of this name"}.Err()
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err)
		return p.answer(), err
	}
	return web.Answer{SeeOther: "/admin/sso/" + url.PathEscape(o.ID)}, err
}

// connectionPage is how one organization's people sign in there.
type connectionPage struct {
	account.Connection
	there     bool // it is stored
	domains   string
	role      string
	locations []provider.Location
	callback  string
	// afterOut is where the provider sends people back to who signed out there,
	// backChannel where it says that somebody did.
	afterOut, backChannel string
	say                   string
	bad                   string
	faults                map[string]words.Text
	errors                []ui.FieldError
	key                   string
	loc                   *time.Location
	now                   time.Time
}

var connectionDone = map[string]string{
	"saved":   "It is saved. Check below that we reach it, then have somebody there try it.",
	"reached": "We reach it, and it is what it says it is.",
	"anew":    "Everybody is recognized by their mail address at the next sign-in.",
}

var connectionBad = map[string]string{
	"down":  "Nothing there answers as a sign-in does. Check the issuer, and that it can be reached from the internet by https.",
	"other": "What answers there calls itself by another name. Copy the issuer as the provider writes it, with or without a slash at its end.",
}

func connectionOf(ctx context.Context, r *web.Request) (p *connectionPage, err error) {
	o, err := account.GetOrganization(ctx, r.Tx, r.PathValue("organization"))
	if err != nil {
		return nil, err
	}
	p = &connectionPage{key: r.Key(), faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(),
		say: connectionDone[r.Query("done")], bad: connectionBad[r.Query("bad")],
		callback: r.Settings.URL.JoinPath("/sign-in/organization/callback").String(),
		afterOut: r.Settings.URL.JoinPath("/sign-in/organization/out").String(), backChannel: r.Settings.URL.JoinPath("/sign-in/organization/logout").String()}
	c, err := account.ConnectionOf(ctx, r.Tx, r.By, o.ID)
	if err != nil {
		return nil, err
	}
	p.Connection = account.Connection{OrganizationID: o.ID, Organization: o.Name, Kind: o.Kind, Password: true}
	if p.there = c != nil; p.there {
		p.Connection, p.domains = *c, strings.Join(c.Domains, "\n")
		if len(c.Post.Roles) > 0 {
			p.role = string(c.Post.Roles[0])
		}
	}
	p.locations, err = provider.Locations(ctx, r.Tx, o.ID)
	return p, err
}

func (p *connectionPage) path() string { return "/admin/sso/" + url.PathEscape(p.OrganizationID) }

func (p *connectionPage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.Organization), Body: connectionView(p), Errors: p.errors, Crumbs: crumbs(p.Organization, ui.Link{Text: ssoTitle, Href: "/admin/sso"})}
}

func showConnection(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := connectionOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func saveConnection(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := connectionOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.domains, p.role = r.Value("domains"), r.Value("role")
	p.Domains, p.Issuer, p.ClientID, p.Secret = account.Domains(p.domains), r.Value("issuer"), r.Value("client"), r.Value("secret")
	p.Second, p.Password = r.Value("second") == "there", r.Value("password") == "yes"
	p.Post = account.Post{Locations: r.Form["locations"]}
	if p.role != "" {
		p.Post.Roles = []account.Role{account.Role(p.role)}
	}
	err = provider.SaveConnection(ctx, r.Tx, r.Settings.Box, r.By, p.Connection)
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "domains", "issuer", "client", "secret", "second", "password", "role", "locations")
		return p.answer(), err
	}
	return web.Answer{SeeOther: p.path() + "?done=saved"}, err
}

func recognizeAnew(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: "/admin/sso/" + url.PathEscape(id) + "?done=anew"}, account.RecognizeAnew(ctx, r.Tx, r.By, id)
}

func removeConnection(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/sso?done=removed"}, account.RemoveConnection(ctx, r.Tx, r.By, r.PathValue("organization"))
}

// reaching is what came of asking a provider for what it says of itself.
type reaching struct {
	issuer string
	err    error
}

func mayReach(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := account.ConnectionOf(ctx, r.Tx, r.By, r.PathValue("organization"))
	if err == nil && c == nil {
		err = fault.New(fault.NotFound, "This organization has no sign-in of its own here.")
	}
	if err != nil {
		return web.Answer{}, err
	}
	r.Carry = &reaching{issuer: c.Issuer}
	return web.Answer{}, nil
}

func reach(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*reaching)
	_, c.err = r.Settings.Identity.Reach(ctx, c.issuer)
	return nil
}

func reached(_ context.Context, r *web.Request) (web.Answer, error) {
	to := "/admin/sso/" + url.PathEscape(r.PathValue("organization"))
	switch err := r.Carry.(*reaching).err; {
	case err == nil:
		return web.Answer{SeeOther: to + "?done=reached"}, nil
	case errors.Is(err, openid.ErrDown):
		return web.Answer{SeeOther: to + "?bad=down"}, nil
	}
	return web.Answer{SeeOther: to + "?bad=other"}, nil
}

func (p *connectionPage) seconds() ui.Group {
	return ui.Group{Name: "second", Legend: "Second factor", Options: []ui.Option{
		{Value: "here", Label: "We ask for it, as after a password", Checked: !p.Second},
		{Value: "there", Label: "Their sign-in asks for it", Hint: "Only where it does for everybody. Who works for another organization too still gives ours", Checked: p.Second},
	}}
}

func (p *connectionPage) passwords() ui.Group {
	return ui.Group{Name: "password", Legend: "Passwords for people of these domains", Error: p.faults["password"], Options: []ui.Option{
		{Value: "yes", Label: "They may use a password here too", Hint: "So that they can come in when their own sign-in is down", Checked: p.Password},
		{Value: "no", Label: "No passwords: only through their organization, or with a passkey", Checked: !p.Password},
	}}
}

func (p *connectionPage) newcomers() ui.Group {
	g := ui.Group{Name: "role", Legend: "Who comes for the first time", Error: p.faults["role"], Options: []ui.Option{{Value: "", Label: "Comes in only when invited", Checked: p.role == ""}}}
	for _, role := range account.NewcomerRoles(p.Kind) {
		g.Options = append(g.Options, ui.Option{Value: string(role), Label: words.Say("Becomes %s", string(role)), Checked: p.role == string(role)})
	}
	return g
}

func (p *connectionPage) places() ui.Group {
	g := ui.Group{Name: "locations", Legend: "Where they work at first", Hint: "None means all locations", Error: p.faults["locations"]}
	for _, l := range p.locations {
		g.Options = append(g.Options, ui.Option{Value: l.ID, Label: words.AsIs(l.Name), Checked: slices.Contains(p.Post.Locations, l.ID)})
	}
	return g
}

func connectionFacts(c account.Connection) string {
	var all []string
	if !c.Live {
		all = append(all, "Set up by the organization, not turned on yet")
	}
	if c.Second {
		all = append(all, "Second factor there")
	} else {
		all = append(all, "Second factor here")
	}
	if !c.Password {
		all = append(all, "no passwords")
	}
	if len(c.Post.Roles) > 0 {
		all = append(all, "new people become "+string(c.Post.Roles[0]))
	} else {
		all = append(all, "new people only when invited")
	}
	return strings.Join(all, ", ") + "."
}

func cameIn(n int) string { return count(n, "person") + " came in by it" }
