package admin

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// usersPage finds people with accounts.
type usersPage struct {
	q     string
	found []account.Person
	more  bool
	seats map[account.PersonID][]account.Seat
	last  map[account.PersonID]time.Time
	loc   *time.Location
	now   time.Time
}

const shownUsers = 50

func listUsers(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &usersPage{q: strings.TrimSpace(r.Query("q")), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.found, err = account.Searched(ctx, r.Tx, r.By, p.q, shownUsers+1); err != nil {
		return web.Answer{}, err
	}
	if p.more = len(p.found) > shownUsers; p.more {
		p.found = p.found[:shownUsers]
	}
	if p.seats, err = account.SeatsOf(ctx, r.Tx, p.found); err != nil {
		return web.Answer{}, err
	}
	p.last, err = account.LastSignIns(ctx, r.Tx, p.found)
	return web.Answer{Title: "Users", Body: usersView(p), Wide: true, Crumbs: crumbs("Users")}, err
}

// exportAccess sends who has access to what, everywhere.
func exportAccess(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.AccessFile(ctx, r, "")
}

func (p *usersPage) table() ui.TableView {
	t := ui.TableView{Caption: "People with accounts, by last name", Columns: []ui.Column{{Header: "Name"}, {Header: "Email"}, {Header: "Roles"}, {Header: "Last sign-in"}, {Header: "Second factor"}, {Header: "Account"}}}
	for _, one := range p.found {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{userLink(one), ui.Text(words.AsIs(one.Email)), ui.Text(words.Text(rolesWords(p.seats[one.ID]))), ui.Text(words.AsIs(p.seen(one.ID))), ui.Text(words.Text(factorWords(one))), accountTag(one)}})
	}
	return t
}

func (p *usersPage) seen(id account.PersonID) string {
	at, ok := p.last[id]
	if !ok {
		return "Never"
	}
	return civil.When(at, p.loc, p.now).String()
}

func factorWords(p account.Person) string {
	switch {
	case p.HasTOTP && p.HasPasskey:
		return "Passkey, authenticator app"
	case p.HasPasskey:
		return "Passkey"
	case p.HasTOTP:
		return "Authenticator app"
	}
	return "None set up"
}

func rolesWords(seats []account.Seat) string {
	var all []string
	for _, s := range seats {
		all = append(all, upper(string(s.Role))+", "+s.Organization)
	}
	return strings.Join(all, "; ")
}

// userPage is one person with what can be changed about their account.
type userPage struct {
	who                account.Person
	seats              []account.Seat
	entries            []audit.Entry
	self               bool
	role, organization string
	reason             string // to see what they see, as typed
	faults             map[string]words.Text
	errors             []ui.FieldError
	key                string
	loc                *time.Location
	now                time.Time
}

func user(ctx context.Context, r *web.Request) (p *userPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &userPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	if p.who, err = account.Get(ctx, r.Tx, account.PersonID(r.PathValue("person"))); err != nil {
		return nil, err
	}
	p.self = p.who.ID == r.By.ID
	if p.seats, err = account.Seats(ctx, r.Tx, p.who.ID); err != nil {
		return nil, err
	}
	p.entries, err = audit.Of(ctx, r.Tx, "person", string(p.who.ID))
	p.entries = p.entries[:min(len(p.entries), 10)]
	return p, err
}

func (p *userPage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.who.Name()), Body: userView(p), Errors: p.errors, Crumbs: crumbs(p.who.Name(), ui.Link{Text: "Users", Href: "/admin/users"})}
}

func showUser(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := user(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func giveRole(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := user(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.role, p.organization = r.Value("role"), strings.TrimSpace(r.Value("organization"))
	f := fault.Fields{}
	o, err := account.OrganizationByName(ctx, r.Tx, p.organization)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return web.Answer{}, err
	}
	f.Check(err == nil, "organization", "There is no organization of this name")
	f.Check(p.role != "", "role", "Select a role")
	f.Check(err != nil || fits(account.Role(p.role), o.Kind), "role", "This role doesn't belong to such an organization")
	if err = f.Err(); err == nil {
		err = account.AddSeat(ctx, r.Tx, r.By, p.who.ID, account.Seat{OrganizationID: o.ID, Role: account.Role(p.role)})
	}
	if err == nil {
		return web.Answer{SeeOther: p.path()}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "role", "organization")
	return p.answer(), err
}

// fits keeps people of offices from being staff who see every office's orders,
// by a slip.
func fits(r account.Role, kind string) bool {
	switch {
	case r == account.Site:
		return kind == "site"
	case r.Side() == account.Portal:
		return kind == "office"
	}
	return kind == "um"
}

func takeRole(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := account.PersonID(r.PathValue("person"))
	return web.Answer{SeeOther: "/admin/users/" + string(id)}, account.RemoveSeat(ctx, r.Tx, r.By, id, r.Value("organization"), account.Role(r.Value("role")))
}

// changeAccount is what one button does to an account.
func changeAccount(do func(context.Context, *web.Request, account.PersonID) error) web.Page {
	return func(ctx context.Context, r *web.Request) (web.Answer, error) {
		id := account.PersonID(r.PathValue("person"))
		return web.Answer{SeeOther: "/admin/users/" + string(id)}, do(ctx, r, id)
	}
}

var (
	closeAccount = changeAccount(func(ctx context.Context, r *web.Request, id account.PersonID) error {
		return account.Disable(ctx, r.Tx, r.By, id)
	})
	openAccount = changeAccount(func(ctx context.Context, r *web.Request, id account.PersonID) error {
		return account.Enable(ctx, r.Tx, r.By, id)
	})
	sendReset = changeAccount(func(ctx context.Context, r *web.Request, id account.PersonID) error {
		return account.SendAnyReset(ctx, r.Tx, r.By, id)
	})
	resetFactor = changeAccount(func(ctx context.Context, r *web.Request, id account.PersonID) error {
		return account.ResetSecondFactor(ctx, r.Tx, r.By, id)
	})
)

func (p *userPage) path() string { return "/admin/users/" + string(p.who.ID) }

func (p *userPage) facts() []ui.SummaryRow {
	return []ui.SummaryRow{{Key: "Email", Value: words.AsIs(p.who.Email)}, {Key: "Phone", Value: words.AsIs(p.who.Phone)}, {Key: "Second factor", Value: words.Text(factorWords(p.who))}, {Key: "Account made", Value: civil.When(p.who.CreatedAt, p.loc, p.now)}}
}

func (p *userPage) roles() []ui.Option {
	all := []ui.Option{{Label: "Choose a role"}}
	for _, r := range account.Roles {
		all = append(all, ui.Option{Value: string(r), Label: words.AsIs(upper(string(r))), Checked: string(r) == p.role})
	}
	return all
}

func (p *userPage) story() (all []ui.Moment) {
	for _, e := range p.entries {
		all = append(all, ui.Moment{Title: words.AsIs(e.Action), Who: words.AsIs(e.ActorName), At: e.At, When: civil.When(e.At, p.loc, p.now), Text: words.AsIs(e.Detail)})
	}
	return all
}
