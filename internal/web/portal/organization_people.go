package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// staffPage lists who works in an organization, and who is asked to.
type staffPage struct {
	*organizationPage
	self    account.PersonID
	people  []account.Colleague
	invited []account.Invitation
	asking  []account.Joining // to join
	places  map[string]string // names of locations
}

func openStaff(ctx context.Context, r *web.Request) (*staffPage, error) {
	o, err := openOrganization(ctx, r, "/people")
	if err != nil {
		return nil, err
	}
	p := &staffPage{organizationPage: o, self: r.By.ID, places: map[string]string{}}
	if p.people, err = account.Staff(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	if p.invited, err = account.Invitations(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	if p.asking, err = account.Joinings(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	all, err := provider.AllLocations(ctx, r.Tx, o.org.ID)
	for _, l := range all {
		p.places[l.ID] = l.Name
	}
	return p, err
}

func listPeople(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openStaff(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *staffPage) show() web.Answer {
	return p.answer("People", web.Answer{Body: staffView(p), Wide: true})
}

func (p *staffPage) table() ui.TableView {
	t := ui.TableView{Caption: words.Say("People, by name: %s", strconv.Itoa(len(p.people))), Columns: []ui.Column{{Header: "Name"}, {Header: "Email"}, {Header: "Roles"}, {Header: "Works at"}, {Header: "Last sign-in"}}}
	for _, c := range p.people {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{staffLink(p, c), ui.Text(words.AsIs(c.Email)), ui.Text(rolesWords(c.Roles)), ui.Text(p.at(c.Post)), ui.Text(p.last(c))}})
	}
	return t
}

// exportAccess sends who has access to what in the organization.
func exportAccess(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.AccessFile(ctx, r, r.PathValue("organization"))
}

func (p *staffPage) last(c account.Colleague) words.Text {
	if c.LastSignIn == nil {
		return "Not in the last 3 months"
	}
	return civil.NearWhen(*c.LastSignIn, p.loc, p.now)
}

// at says where a post is.
func (p *staffPage) at(post account.Post) words.Text {
	if len(post.Locations) == 0 {
		return "All locations"
	}
	var names []string
	for _, id := range post.Locations {
		names = append(names, p.places[id])
	}
	slices.Sort(names)
	return words.AsIs(strings.Join(names, ", "))
}

// rolesWords are roles as people read them in a list.
func rolesWords(roles []account.Role) words.Text {
	var all []words.Text
	for _, r := range roles {
		all = append(all, r.Words())
	}
	return words.Join(all, ", ")
}

func inviteAgain(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openStaff(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.InviteAgain(ctx, r.Tx, r.By, p.org.ID, r.PathValue("invitation")); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/people?done=again")}, err
}

// decideJoining lets somebody in who asked to join, or declines.
func decideJoining(ctx context.Context, r *web.Request) (web.Answer, error) {
	id, accept := r.PathValue("organization"), r.Value("accept") != ""
	done := "joining-declined"
	if accept {
		done = "joining-accepted"
	}
	return web.Answer{SeeOther: "/organization/" + id + "/people?done=" + done}, account.DecideJoining(ctx, r.Tx, r.By, id, r.PathValue("joining"), accept)
}

func withdrawInvitation(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: "/organization/" + id + "/people?done=withdrawn"}, account.Withdraw(ctx, r.Tx, r.By, id, r.PathValue("invitation"))
}

// postPage asks what somebody does here: who is invited, or who works here.
type postPage struct {
	*organizationPage
	who           account.Colleague // who works here; zero for an invitation
	self          bool
	emails        string
	post          account.Post
	locations     []provider.Location
	practitioners []provider.Practitioner
	factor        *account.FactorRequest // to remove their second factor; nil if nobody asked
	asked         bool                   // the reader asked for that
}

func openPost(ctx context.Context, r *web.Request) (*postPage, error) {
	o, err := openOrganization(ctx, r, "/people")
	if err != nil {
		return nil, err
	}
	p := &postPage{organizationPage: o}
	if id := account.PersonID(r.PathValue("person")); id != "" {
		if p.who, err = account.FindColleague(ctx, r.Tx, r.By, o.org.ID, id); err != nil {
			return nil, err
		}
		p.post, p.self = p.who.Post, id == r.By.ID
		if p.factor, err = account.FactorRequestOf(ctx, r.Tx, r.By, o.org.ID, id); err != nil {
			return nil, err
		}
		p.asked = p.factor != nil && p.factor.By == r.By.ID
	}
	if p.locations, err = provider.Locations(ctx, r.Tx, o.org.ID); err != nil {
		return nil, err
	}
	p.practitioners, err = provider.Colleagues(ctx, r.Tx, o.org.ID)
	return p, err
}

func readPost(r *web.Request) (p account.Post) {
	for _, role := range r.Form["roles"] {
		if !slices.Contains(p.Roles, account.Role(role)) {
			p.Roles = append(p.Roles, account.Role(role))
		}
	}
	p.Locations, p.PractitionerID = slices.Compact(slices.Sorted(slices.Values(r.Form["locations"]))), r.Value("practitioner")
	if !slices.Contains(p.Roles, account.Clinician) {
		p.PractitionerID = ""
	}
	return p
}

func askInvite(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPost(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if roles := account.RolesOf(p.org.Kind); len(roles) > 0 {
		p.post.Roles = roles[:1]
	}
	return p.showInvite(), nil
}

func (p *postPage) showInvite() web.Answer {
	return p.answer("Invite people", web.Answer{Body: inviteView(p)})
}

func sendInvite(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPost(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.emails, p.post = r.Value("emails"), readPost(r)
	if _, err = provider.Invite(ctx, r.Tx, r.By, p.org.ID, p.emails, p.post); amiss(err) {
		p.wrong(err, "emails", "roles", "practitioner", "locations")
		return p.showInvite(), err
	}
	return web.Answer{SeeOther: p.path("/people?done=invited")}, err
}

func askPost(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPost(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.showPost(), nil
}

func (p *postPage) showPost() web.Answer {
	return p.answer("A person's roles", web.Answer{Body: postView(p)})
}

func savePost(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPost(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.post = readPost(r)
	if err = provider.SetPost(ctx, r.Tx, r.By, p.org.ID, p.who.ID, p.post); amiss(err) {
		p.wrong(err, "roles", "practitioner", "locations")
		return p.showPost(), err
	}
	return web.Answer{SeeOther: p.path("/people?done=post")}, err
}

// sendReset mails a colleague a link to choose a new password.
func sendReset(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPost(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.SendReset(ctx, r.Tx, r.By, p.org.ID, p.who.ID); amiss(err) {
		p.wrong(err)
		return p.showPost(), err
	}
	return web.Answer{SeeOther: p.path("/people?done=reset")}, err
}

// askFactor, agreeFactor and stopFactor see to a second factor that somebody
// lost: one administrator asks, another agrees.
func askFactor(ctx context.Context, r *web.Request) (web.Answer, error) {
	return changeFactor(ctx, r, account.AskFactorReset, "factor")
}

func agreeFactor(ctx context.Context, r *web.Request) (web.Answer, error) {
	return changeFactor(ctx, r, account.AgreeFactorReset, "factor-removed")
}

func stopFactor(ctx context.Context, r *web.Request) (web.Answer, error) {
	return changeFactor(ctx, r, account.StopFactorReset, "factor-stopped")
}

func changeFactor(ctx context.Context, r *web.Request, change func(context.Context, *db.Tx, account.Actor, string, account.PersonID) error, done string) (web.Answer, error) {
	p, err := openPost(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = change(ctx, r.Tx, r.By, p.org.ID, p.who.ID); amiss(err) {
		p.wrong(err)
		return p.showPost(), err
	}
	return web.Answer{SeeOther: p.path("/people?done=" + done)}, err
}

// factorWords say who asked to remove a second factor, and when.
func (p *postPage) factorWords() words.Text {
	return words.Say("%s asked %s to remove their passkeys, authenticator app and recovery codes.", p.factor.Name, civil.NearWithin(p.factor.At, p.loc, p.now))
}

var roleHints = map[account.Role]words.Text{
	account.OfficeStaff: "Sends requests, follows orders, writes messages, arranges calls.",
	account.Clinician:   "The same, and signs what they order.",
	account.OrgAdmin:    "The same as staff, and these pages.",
	account.Site:        "Sees the orders to be done here.",
}

func (p *postPage) roles() ui.Group {
	g := ui.Group{Name: "roles", Legend: "Roles", Error: p.faults["roles"]}
	for _, r := range account.RolesOf(p.org.Kind) {
		o := ui.Option{Value: string(r), Label: r.Words(), Hint: roleHints[r], Checked: slices.Contains(p.post.Roles, r)}
		if r == account.Clinician && len(p.practitioners) > 0 {
			o.Reveal = practitionerSelect(p)
		}
		g.Options = append(g.Options, o)
	}
	return g
}

func (p *postPage) practitionerOptions() []ui.Option {
	all := []ui.Option{{Label: "Nobody on our list"}}
	for _, k := range p.practitioners {
		all = append(all, ui.Option{Value: k.ID, Label: words.AsIs(k.Name()), Checked: k.ID == p.post.PractitionerID})
	}
	return all
}

func (p *postPage) placeChoice() ui.Group {
	g := ui.Group{Name: "locations", Legend: "Works at", Hint: "None selected means all locations", Error: p.faults["locations"]}
	for _, l := range p.locations {
		g.Options = append(g.Options, ui.Option{Value: l.ID, Label: words.AsIs(l.Name), Checked: slices.Contains(p.post.Locations, l.ID)})
	}
	return g
}

// leavePage asks who goes on with what somebody had.
type leavePage struct {
	*organizationPage
	who  account.Colleague
	held []words.Text // "2 drafts"
	team []account.Colleague
	to   string
}

func openLeave(ctx context.Context, r *web.Request) (*leavePage, error) {
	o, err := openOrganization(ctx, r, "/people")
	if err != nil {
		return nil, err
	}
	p := &leavePage{organizationPage: o, to: r.Value("to")}
	if p.who, err = account.FindColleague(ctx, r.Tx, r.By, o.org.ID, account.PersonID(r.PathValue("person"))); err != nil {
		return nil, err
	}
	if p.who.ID == r.By.ID {
		return nil, fault.New(fault.Denied, "Nobody ends their own work here. Ask another administrator.")
	}
	if p.team, err = account.Staff(ctx, r.Tx, r.By, o.org.ID); err != nil {
		return nil, err
	}
	p.team = slices.DeleteFunc(p.team, func(c account.Colleague) bool { return c.ID == p.who.ID })
	for _, h := range []struct {
		one, more words.Text
		count     func(context.Context, *db.Tx, string, account.PersonID) (int, error)
	}{{"1 draft", "%s drafts", request.HeldBy}, {"1 order", "%s orders", order.HeldBy}, {"1 message", "%s messages", message.HeldBy}, {"1 call to come", "%s calls to come", peer.HeldBy}} {
		n, err := h.count(ctx, r.Tx, o.org.ID, p.who.ID)
		if err != nil {
			return nil, err
		}
		if n == 1 {
			p.held = append(p.held, h.one)
		} else if n > 1 {
			p.held = append(p.held, words.Say(h.more, thousands(n)))
		}
	}
	return p, nil
}

func askLeave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLeave(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *leavePage) show() web.Answer {
	return p.answer("Deactivate a person", web.Answer{Body: leaveView(p)})
}

func saveLeave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLeave(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = account.Leave(ctx, r.Tx, r.By, p.org.ID, p.who.ID, account.PersonID(p.to)); amiss(err) {
		p.wrong(err, "to")
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/people?done=left")}, err
}

func (p *leavePage) colleagues() []ui.Option {
	all := []ui.Option{{Label: "Select a colleague"}}
	for _, c := range p.team {
		all = append(all, ui.Option{Value: string(c.ID), Label: words.AsIs(c.Name()), Checked: string(c.ID) == p.to})
	}
	return all
}

func (p *leavePage) heldWords() words.Text {
	if len(p.held) == 0 {
		return "They have nothing open here."
	}
	return words.Say("They have %s.", words.Join(p.held, ", "))
}
