package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const signInTab = "/sign-in"

// registerOwnSignIn adds the page with which an administrator sets up their
// organization's own sign-in. What it asks of the DNS and of the provider it
// asks outside of any transaction.
func registerOwnSignIn(s *web.Server) {
	const base = "/organization/{organization}/sign-in"
	s.Handle("GET "+base, web.Managers, showOwnSignIn)
	s.Handle("POST "+base, web.Managers, saveOwnSignIn)
	s.Handle("POST "+base+"/domains", web.Managers, askDomain)
	s.HandleSlow("POST "+base+"/domains/{domain}/check", web.Managers, web.Slow{May: mayLookUp, Do: lookUp(s), Then: lookedUp})
	s.Handle("POST "+base+"/domains/{domain}/remove", web.Managers, dropDomain)
	s.HandleSlow("GET "+base+"/try", web.Managers, web.Slow{May: mayTry, Do: goTry(s), Then: sendToTry})
	s.Handle("POST "+base+"/on", web.Managers, turnOnSignIn)
	s.Handle("POST "+base+"/remove", web.Managers, removeOwnSignIn)
}

// ownSignInPage is an organization's own sign-in: its domains, its provider,
// the trial, and whether it is on.
type ownSignInPage struct {
	*organizationPage
	proofs    []account.Proof
	c         *account.Connection // as typed or stored; nil where no domain is proven
	there     bool                // it is stored
	role      string
	locations []provider.Location
	domain    string // as typed
	callback  string
	// afterOut is where the provider sends people back to who signed out there,
	// backChannel where it says that somebody did.
	afterOut, backChannel string
	bad                   words.Text
}

var ownSignInDone = map[string]words.Text{
	"domain":  "Now put the record below into the DNS of the domain, then have us look.",
	"proven":  "The domain is yours. Its people can be led to your sign-in.",
	"dropped": "The domain is removed.",
	"saved":   "It is saved.",
	"tried":   "It works: your provider knows you by the address of your account here.",
	"on":      "It is on. People with addresses of your domains are led to it.",
	"removed": "It is removed. Accounts stay; people sign in with a password or a passkey.",
}

var ownSignInBad = map[string]words.Text{
	"missing": "The record isn’t there yet. It can take an hour, sometimes a day, until a change of the DNS is seen everywhere.",
	"down":    "Your provider doesn’t answer as a sign-in does. Check the issuer, and that it can be reached from the internet by https.",
}

func openOwnSignIn(ctx context.Context, r *web.Request) (*ownSignInPage, error) {
	o, err := openOrganization(ctx, r, signInTab)
	if err != nil {
		return nil, err
	}
	o.done = ownSignInDone[r.Query("done")]
	p := &ownSignInPage{organizationPage: o, bad: ownSignInBad[r.Query("bad")], callback: r.Settings.URL.JoinPath("/sign-in/organization/callback").String(),
		afterOut: r.Settings.URL.JoinPath("/sign-in/organization/out").String(), backChannel: r.Settings.URL.JoinPath("/sign-in/organization/logout").String()}
	if p.proofs, err = account.Proofs(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	if p.c, err = account.OwnConnection(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	if p.there = p.c != nil; p.there && len(p.c.Post.Roles) > 0 {
		p.role = string(p.c.Post.Roles[0])
	}
	if !p.there && slices.ContainsFunc(p.proofs, func(one account.Proof) bool { return one.ProvenAt != nil }) {
		p.c = &account.Connection{OrganizationID: o.org.ID, Organization: o.org.Name, Kind: o.org.Kind, Password: true}
	}
	p.locations, err = provider.Locations(ctx, r.Tx, o.org.ID)
	return p, err
}

func (p *ownSignInPage) show() web.Answer {
	return p.answer("Your own sign-in", web.Answer{Body: ownSignInView(p)})
}

func showOwnSignIn(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func askDomain(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.domain = r.Value("domain")
	if err = account.AskProof(ctx, r.Tx, r.By, p.org.ID, p.domain); amiss(err) {
		p.wrong(err, "domain")
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path(signInTab + "?done=domain")}, err
}

func dropDomain(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.DropProof(ctx, r.Tx, r.By, p.org.ID, r.PathValue("domain")); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path(signInTab + "?done=dropped")}, err
}

// aLook is a domain whose DNS is asked.
type aLook struct {
	account.Proof
	found bool
}

func mayLookUp(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := account.FindProof(ctx, r.Tx, r.By, r.PathValue("organization"), r.PathValue("domain"))
	r.Carry = &aLook{Proof: p}
	return web.Answer{}, err
}

// lookUp asks the DNS. One that doesn't answer has no record.
func lookUp(s *web.Server) func(context.Context, *web.Request) error {
	return func(ctx context.Context, r *web.Request) error {
		look := r.Carry.(*aLook)
		if err := s.Keep(ctx, func(ctx context.Context, tx *db.Tx) error { return account.LookUp(ctx, tx, look.OrganizationID) }); err != nil {
			return err
		}
		records, err := r.Settings.LookUpTXT(ctx, look.Name())
		look.found = err == nil && look.Found(records)
		return nil
	}
}

func lookedUp(ctx context.Context, r *web.Request) (web.Answer, error) {
	look := r.Carry.(*aLook)
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.Looked(ctx, r.Tx, r.By, look.Proof, look.found); amiss(err) {
		p.wrong(err, "domain")
		return p.show(), err
	}
	to := "?bad=missing"
	if look.found {
		to = "?done=proven"
	}
	return web.Answer{SeeOther: p.path(signInTab + to)}, err
}

func saveOwnSignIn(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.c == nil {
		return web.Answer{}, fault.New(fault.Conflict, "Show first that a mail domain is yours.")
	}
	p.role = r.Value("role")
	p.c.Issuer, p.c.ClientID, p.c.Secret = r.Value("issuer"), r.Value("client"), r.Value("secret")
	p.c.Second = r.Value("second") == "there"
	if p.c.Live {
		p.c.Password = r.Value("password") != "no"
	}
	p.c.Post = account.Post{Locations: r.Form["locations"]}
	if p.role != "" {
		p.c.Post.Roles = []account.Role{account.Role(p.role)}
	}
	if err = provider.SaveOwnConnection(ctx, r.Tx, r.Settings.Box, r.By, *p.c); amiss(err) {
		p.wrong(err, "domains", "issuer", "client", "secret", "second", "password", "role", "locations")
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path(signInTab + "?done=saved")}, err
}

// aTrial is an administrator on their way to their own provider.
type aTrial struct {
	organization, to string
	errand           account.Errand
	down             bool
}

func mayTry(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.there {
		return web.Answer{}, fault.New(fault.Conflict, "Save the sign-in first.")
	}
	r.Carry = &aTrial{organization: p.org.ID}
	return web.Answer{}, nil
}

// goTry begins the errand and asks the provider where it goes.
func goTry(s *web.Server) func(context.Context, *web.Request) error {
	return func(ctx context.Context, r *web.Request) error {
		t := r.Carry.(*aTrial)
		var c account.Connection
		if err := s.Keep(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			c, t.errand, err = account.SendTrial(ctx, tx, r.By, t.organization, "/organization/"+t.organization+signInTab, r.Address)
			return err
		}); err != nil {
			return err
		}
		party, err := c.Party(r.Settings.Box, r.Settings.URL.JoinPath("/sign-in/organization/callback").String())
		if err != nil {
			return err
		}
		t.to, err = r.Settings.Identity.Ask(ctx, party, t.errand.State, t.errand.Nonce, t.errand.Verifier)
		t.down = err != nil
		return nil
	}
}

func sendToTry(_ context.Context, r *web.Request) (web.Answer, error) {
	t := r.Carry.(*aTrial)
	if t.down {
		return web.Answer{SeeOther: "/organization/" + t.organization + signInTab + "?bad=down"}, nil
	}
	return web.Answer{SeeOther: t.to, Cookies: []*http.Cookie{r.Settings.BriefCookie(web.ErrandCookie, t.errand.Verifier)}}, nil
}

func turnOnSignIn(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOwnSignIn(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.TurnOn(ctx, r.Tx, r.By, p.org.ID); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path(signInTab + "?done=on")}, err
}

func removeOwnSignIn(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: "/organization/" + id + signInTab + "?done=removed"}, account.RemoveOwnConnection(ctx, r.Tx, r.By, id)
}

func (p *ownSignInPage) seconds() ui.Group {
	return ui.Group{Name: "second", Legend: "Second factor", Options: []ui.Option{
		{Value: "here", Label: "We ask for it, as after a password", Checked: !p.c.Second},
		{Value: "there", Label: "Your sign-in asks for it", Hint: "Only where it does for everybody. Who works for another organization too still gives ours", Checked: p.c.Second},
	}}
}

func (p *ownSignInPage) passwords() ui.Group {
	return ui.Group{Name: "password", Legend: "Passwords for people of your domains", Error: p.faults["password"], Options: []ui.Option{
		{Value: "yes", Label: "They may use a password here too", Hint: "So that they can come in when your own sign-in is down", Checked: p.c.Password},
		{Value: "no", Label: "No passwords: only through your sign-in, or with a passkey", Checked: !p.c.Password},
	}}
}

func (p *ownSignInPage) newcomers() ui.Group {
	g := ui.Group{Name: "role", Legend: "Who comes for the first time", Error: p.faults["role"], Options: []ui.Option{{Value: "", Label: "Comes in only when invited", Checked: p.role == ""}}}
	for _, role := range account.NewcomerRoles(p.org.Kind) {
		g.Options = append(g.Options, ui.Option{Value: string(role), Label: words.Say("Becomes %s", role.Words()), Checked: p.role == string(role)})
	}
	return g
}

func (p *ownSignInPage) places() ui.Group {
	g := ui.Group{Name: "locations", Legend: "Where they work at first", Hint: "None means all locations", Error: p.faults["locations"]}
	for _, l := range p.locations {
		g.Options = append(g.Options, ui.Option{Value: l.ID, Label: words.AsIs(l.Name), Checked: slices.Contains(p.c.Post.Locations, l.ID)})
	}
	return g
}

func (p *ownSignInPage) secretHint() words.Text {
	if p.there {
		return "One is kept, sealed. Leave it empty to keep it; another issuer or client takes it again"
	}
	return "It is kept sealed, and never shown again"
}

func (p *ownSignInPage) when(one account.Proof) words.Text {
	switch {
	case one.ProvenAt != nil:
		return words.Say("Yours since %s", civil.When(*one.ProvenAt, p.loc, p.now))
	case one.LookedAt != nil:
		return words.Say("Not found yet; we looked %s", civil.NearWithin(*one.LookedAt, p.loc, p.now))
	}
	return "Not shown yet"
}

// vouched are domains of the sign-in that an operator gave it.
func (p *ownSignInPage) vouched() string {
	if !p.there {
		return ""
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(p.c.Domains), func(d string) bool {
		return slices.ContainsFunc(p.proofs, func(one account.Proof) bool { return one.Domain == d })
	}), ", ")
}
