package portal

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const systemsTab = "/systems"

// registerSystems adds the page with which an administrator makes and ends the
// keys of their organization's systems.
func registerSystems(s *web.Server) {
	const base = "/organization/{organization}" + systemsTab
	s.Handle("GET "+base, web.Managers, showSystems)
	s.Handle("POST "+base, web.Managers, makeKey)
	s.Handle("GET "+base+"/made", web.Managers, showKey)
	s.Handle("POST "+base+"/made", web.Managers, dropKey)
	s.Handle("POST "+base+"/{key}/end", web.Managers, endKey)
}

// keyDays are for how long a key can hold.
var keyDays = []int{30, 90, 180, 365}

// systemsPage is the keys of an organization.
type systemsPage struct {
	*organizationPage
	keys []account.Key
	name string
	days int
	base string // the address that systems reach
}

func openSystems(ctx context.Context, r *web.Request) (*systemsPage, error) {
	o, err := openOrganization(ctx, r, systemsTab)
	if err != nil {
		return nil, err
	}
	p := &systemsPage{organizationPage: o, days: 180, base: r.Settings.URL.JoinPath("/fhir").String()}
	p.keys, err = account.KeysOf(ctx, r.Tx, r.By, o.org.ID)
	if err == nil && !o.org.OwnKeys && len(p.keys) == 0 {
		err = fault.New(fault.NotFound, "We can't find that page.")
	}
	return p, err
}

func (p *systemsPage) show() web.Answer {
	return p.answer("Systems", web.Answer{Body: systemsView(p)})
}

func showSystems(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSystems(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

// makeKey makes a key, which the next page shows once.
func makeKey(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSystems(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.name = r.Value("name")
	if p.days, _ = strconv.Atoi(r.Value("days")); !slices.Contains(keyDays, p.days) {
		p.days = 0
	}
	key, err := account.MakeOwnKey(ctx, r.Tx, r.By, p.org.ID, p.name, p.days)
	if fault.Is(err, fault.Invalid) {
		p.wrong(err, "name", "days")
		return p.show(), err
	}
	if err != nil {
		return web.Answer{}, err
	}
	sealed, err := r.Settings.Box.Seal([]byte(key), keyPurpose(r))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: p.path(systemsTab + "/made"), Cookies: []*http.Cookie{r.Settings.BriefCookie(keyCookie, base64.RawURLEncoding.EncodeToString(sealed))}}, nil
}

// keyCookie carries a new key to the page that shows it, sealed: nothing but its
// hash is stored.
const keyCookie = "key"

func keyPurpose(r *web.Request) []byte { return []byte("key of a system|" + string(r.By.ID)) }

func showKey(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSystems(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	key := ""
	if sealed, err := base64.RawURLEncoding.DecodeString(r.Brief(keyCookie)); err == nil && len(sealed) > 0 {
		plain, err := r.Settings.Box.Open(sealed, keyPurpose(r))
		if err == nil {
			key = string(plain)
		}
	}
	if key == "" {
		return web.Answer{SeeOther: p.path(systemsTab)}, nil
	}
	return p.answer("The new key", web.Answer{Body: keyView(p, key)}), nil
}

func dropKey(_ context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/organization/" + r.PathValue("organization") + systemsTab + "?done=key", Cookies: []*http.Cookie{r.Settings.BriefCookie(keyCookie, "")}}, nil
}

func endKey(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSystems(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !slices.ContainsFunc(p.keys, func(k account.Key) bool { return k.ID == r.PathValue("key") }) {
		return web.Answer{}, fault.New(fault.NotFound, "We can't find that key.")
	}
	return web.Answer{SeeOther: p.path(systemsTab + "?done=ended")}, account.EndKey(ctx, r.Tx, r.By, r.PathValue("key"))
}

func (p *systemsPage) term() ui.Group {
	g := ui.Group{Name: "days", Legend: "How long does it hold?", Error: p.faults["days"]}
	for _, d := range keyDays {
		g.Options = append(g.Options, ui.Option{Value: strconv.Itoa(d), Label: words.Say("%s days", strconv.Itoa(d)), Checked: d == p.days})
	}
	return g
}

// state says whether a key holds, and until when.
func (p *systemsPage) state(k account.Key) words.Text {
	switch {
	case k.EndedAt != nil:
		return words.Say("Ended %s", civil.When(*k.EndedAt, p.loc, p.now))
	case !k.Holds(p.now):
		return words.Say("Expired %s", civil.When(k.ExpiresAt, p.loc, p.now))
	case k.OrganizationID != "" && !p.org.OwnKeys:
		return "Doesn’t hold: the support line has turned keys of this organization off"
	}
	return words.Say("Holds until %s", civil.When(k.ExpiresAt, p.loc, p.now))
}

// rights say as whom a system comes in, and who made its key.
func (p *systemsPage) rights(k account.Key) words.Text {
	by := words.AsIs(k.MadeName)
	if k.MadeName == "" || k.OrganizationID == "" {
		by = "the support line"
	}
	return words.Say("Acts as %s. Made %s by %s", k.Person, civil.When(k.MadeAt, p.loc, p.now), by)
}

func (p *systemsPage) used(k account.Key) words.Text {
	if k.UsedAt == nil {
		return "Not used yet"
	}
	return words.Say("Last used %s", civil.NearWithin(*k.UsedAt, p.loc, p.now))
}
