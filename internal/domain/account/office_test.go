package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// dana administers the office that wants an authenticator app.
func (h *house) dana() account.Actor {
	h.Helper()
	return h.actor(h.person("dana@cedarortho.example", account.OrgAdmin, "org_app").ID)
}

func (h *house) actor(id account.PersonID) (a account.Actor) {
	h.Helper()
	h.do(func(tx *db.Tx) (err error) {
		a, err = account.Act(ctx, tx, id)
		return err
	})
	a.Verified = true
	return a
}

// invite asks people to join and returns the links by address, as the mails
// would hold them.
func (h *house) invite(by account.Actor, emails string, p account.Post) (links map[string]string, err error) {
	h.Helper()
	err = h.d.Update(ctx, func(tx *db.Tx) error {
		_, err := account.Invite(ctx, tx, by, "org_app", emails, p)
		return err
	})
	return h.links(), err
}

func (h *house) links() map[string]string {
	h.Helper()
	links := map[string]string{}
	r := job.NewRunner(h.d, nil)
	job.React(r, func(_ context.Context, tx *db.Tx, e account.InvitationSent) error {
		i, token, _, ok, err := account.DrawInvitation(ctx, tx, e)
		if ok {
			links[i.Email] = token
		}
		return err
	})
	job.React(r, func(context.Context, *db.Tx, account.SecurityChanged) error { return nil })
	job.React(r, func(context.Context, *db.Tx, account.Left) error { return nil })
	if _, err := r.Drain(ctx); err != nil {
		h.Fatal(err)
	}
	return links
}

func (h *house) join(token, password string) (p account.Person, err error) {
	h.Helper()
	err = h.d.Update(ctx, func(tx *db.Tx) error {
		p, err = account.Join(ctx, tx, token, account.Person{FirstName: "Sam", LastName: "Lee"}, password)
		return err
	})
	return p, err
}

var staffPost = account.Post{Roles: []account.Role{account.OfficeStaff}}

func TestAnInvitationOpensOnce(t *testing.T) {
	each(t, func(h *house) {
		dana := h.dana()
		links, err := h.invite(dana, "sam@cedarortho.example, Kim@CedarOrtho.example;\n\nsam@cedarortho.example", staffPost)
		if err != nil || len(links) != 2 || links["kim@cedarortho.example"] == "" {
			t.Fatalf("%v, %v", links, err)
		}
		link := links["sam@cedarortho.example"]
		_, err = h.join(link, "short")
		h.wantField("a short password", err, "password", "Password must be 12 characters or more")
		sam, err := h.join(link, another)
		if err != nil {
			t.Fatal(err)
		}
		if a := h.actor(sam.ID); !a.ActsFor("org_app") || !a.Has(account.OfficeStaff) || a.Has(account.OrgAdmin) {
			t.Errorf("Sam is %+v", a.Seats)
		}
		if e, err := h.signIn(account.Attempt{Email: "sam@cedarortho.example", Password: another}); err != nil || e.State != account.Half {
			t.Errorf("Sam signs in: %v, %v", e.State, err)
		}
		_, err = h.join(link, another)
		h.wantKind("the link again", err, fault.NotFound)
		h.later(7 * 24 * time.Hour)
		_, err = h.join(links["kim@cedarortho.example"], another)
		h.wantKind("a link after a week", err, fault.NotFound)
	})
}

func TestAnInvitationIsSentAgainOrWithdrawn(t *testing.T) {
	each(t, func(h *house) {
		dana := h.dana()
		links, _ := h.invite(dana, "sam@cedarortho.example", staffPost)
		old := links["sam@cedarortho.example"]
		var i account.Invitation
		h.do(func(tx *db.Tx) error {
			all, err := account.Invitations(ctx, tx, dana, "org_app")
			i = all[0]
			return err
		})
		again := func() error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.InviteAgain(ctx, tx, dana, "org_app", i.ID) })
		}
		h.wantKind("at once", again(), fault.TooMany)
		h.later(time.Hour)
		if err := again(); err != nil {
			t.Fatal(err)
		}
		newer := h.links()["sam@cedarortho.example"]
		_, err := h.join(old, another)
		h.wantKind("the older link", err, fault.NotFound)
		stranger := h.actor(h.person("nina@birch.example", account.OrgAdmin, "org_mail").ID)
		withdraw := func(by account.Actor, org string) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.Withdraw(ctx, tx, by, org, i.ID) })
		}
		h.wantKind("another organization's", withdraw(stranger, "org_app"), fault.NotFound)
		h.wantKind("another organization's by its own", withdraw(stranger, "org_mail"), fault.NotFound)
		if err := withdraw(dana, "org_app"); err != nil {
			t.Fatal(err)
		}
		_, err = h.join(newer, another)
		h.wantKind("a withdrawn one", err, fault.NotFound)
		h.wantKind("withdrawn twice", withdraw(dana, "org_app"), fault.NotFound)
	})
}

// Each wrong address is named by its line, and nobody is asked then.
func TestWrongAddressesAreNamedByLine(t *testing.T) {
	each(t, func(h *house) {
		dana := h.dana()
		links, err := h.invite(dana, "sam@cedarortho.example\nkim(at)cedar\n dana@cedarortho.example", staffPost)
		h.wantField("a list", err, "emails", "Line 2: Enter an email address in the correct format, like name@example.com. Line 3: This person works here already. Take the line out")
		if len(links) != 0 {
			t.Errorf("%v were asked", links)
		}
		_, err = h.invite(dana, " , ", account.Post{})
		h.wantField("nothing", err, "emails", "Enter an email address")
		h.wantField("no role", err, "roles", "Select at least one role")
		_, err = h.invite(dana, strings.Repeat("x", 1)+"@a.example", account.Post{Roles: []account.Role{account.Admin}})
		h.wantField("an operator's role", err, "roles", "Select a role from the list")
		maria := h.actor(h.maria().ID)
		_, err = h.invite(maria, "sam@cedarortho.example", staffPost)
		h.wantKind("by office staff", err, fault.NotFound)
	})
}

// Who has an account elsewhere accepts signed in, and nobody else does; a
// reviewer never.
func TestSomebodyWithAnAccountAccepts(t *testing.T) {
	each(t, func(h *house) {
		dana := h.dana()
		luis := h.actor(h.person("luis@willow.example", account.OfficeStaff, "org_mail").ID)
		erik := h.actor(h.person("erik@um.example", account.Physician, "org_um").ID)
		links, err := h.invite(dana, "luis@willow.example\nerik@um.example", staffPost)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.join(links["luis@willow.example"], another)
		h.wantKind("a second account", err, fault.Conflict)
		accept := func(by account.Actor, link string) error {
			return h.d.Update(ctx, func(tx *db.Tx) error {
				_, err := account.Accept(ctx, tx, by, link)
				return err
			})
		}
		h.wantKind("somebody else", accept(dana, links["luis@willow.example"]), fault.Denied)
		h.wantKind("a reviewer", accept(erik, links["erik@um.example"]), fault.Denied)
		if err := accept(luis, links["luis@willow.example"]); err != nil {
			t.Fatal(err)
		}
		if a := h.actor(luis.ID); !a.ActsFor("org_app") || !a.ActsFor("org_mail") {
			t.Errorf("Luis has %+v", a.Seats)
		}
	})
}

// A role changes from the next request; nobody changes their own; an
// organization keeps an administrator.
func TestPosts(t *testing.T) {
	each(t, func(h *house) {
		dana, maria := h.dana(), h.maria()
		set := func(by account.Actor, id account.PersonID, roles ...account.Role) error {
			return h.d.Update(ctx, func(tx *db.Tx) error {
				return account.SetPost(ctx, tx, by, "org_app", id, account.Post{Roles: roles})
			})
		}
		h.wantKind("one's own", set(dana, dana.ID, account.OfficeStaff), fault.Denied)
		h.wantKind("by staff", set(h.actor(maria.ID), dana.ID, account.OfficeStaff), fault.NotFound)
		_, _, token := h.enroll(maria.Email)
		if err := set(dana, maria.ID, account.OfficeStaff, account.OrgAdmin); err != nil {
			t.Fatal(err)
		}
		if by := h.look(token).By; !by.Administers("org_app") {
			t.Errorf("Maria has %+v", by.Seats)
		}
		other := h.actor(maria.ID)
		if err := set(other, dana.ID, account.OfficeStaff); err != nil {
			t.Fatal(err)
		}
		h.wantKind("the last one, in the same moment", set(dana, maria.ID, account.OfficeStaff), fault.Conflict)
		h.wantKind("who isn't one any more", set(h.actor(dana.ID), maria.ID, account.OfficeStaff), fault.NotFound)
		h.do(func(tx *db.Tx) error {
			all, err := account.Staff(ctx, tx, other, "org_app")
			if len(all) != 2 || all[0].LastSignIn != nil && all[1].LastSignIn != nil || all[0].LastSignIn == nil && all[1].LastSignIn == nil {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// Who leaves is out at once. Their account closes with their last role, and
// opens again by an invitation, but not when an operator closed it.
func TestLeaving(t *testing.T) {
	each(t, func(h *house) {
		dana, maria := h.dana(), h.maria()
		_, _, token := h.enroll(maria.Email)
		leave := func(by account.Actor, id, to account.PersonID) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.Leave(ctx, tx, by, "org_app", id, to) })
		}
		h.wantField("to nobody", leave(dana, maria.ID, ""), "to", "Select a colleague who goes on with it")
		h.wantField("to themselves", leave(dana, maria.ID, maria.ID), "to", "Select a colleague who goes on with it")
		outsider := h.person("luis@willow.example", account.OfficeStaff, "org_mail")
		h.wantField("to an outsider", leave(dana, maria.ID, outsider.ID), "to", "Select a colleague who goes on with it")
		h.wantKind("oneself", leave(dana, dana.ID, maria.ID), fault.Denied)
		h.wantKind("an outsider", leave(dana, outsider.ID, dana.ID), fault.NotFound)
		h.wantState("before", token, account.Open)
		if err := leave(dana, maria.ID, dana.ID); err != nil {
			t.Fatal(err)
		}
		h.wantState("after", token, account.Outside)
		if _, err := h.signIn(account.Attempt{Email: maria.Email, Password: right}); err == nil {
			t.Error("Maria signs in")
		}
		links, err := h.invite(dana, maria.Email, staffPost)
		if err != nil {
			t.Fatal(err)
		}
		back, err := h.join(links[maria.Email], another)
		if err != nil || back.ID != maria.ID {
			t.Fatalf("%v, %v", back.ID, err)
		}
		admin := h.actor(h.person("omar@um.example", account.Admin, "org_um").ID)
		h.do(func(tx *db.Tx) error { return account.Disable(ctx, tx, admin, maria.ID) })
		links, err = h.invite(dana, maria.Email, staffPost)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.join(links[maria.Email], another)
		h.wantKind("an account that an operator closed", err, fault.Denied)
	})
}

func TestTheOrganizationsOwnPage(t *testing.T) {
	each(t, func(h *house) {
		dana, maria := h.dana(), h.maria()
		staff := h.actor(maria.ID)
		do := func(f func(tx *db.Tx) error) error { return h.d.Update(ctx, f) }
		h.wantKind("by staff", do(func(tx *db.Tx) error { return account.SetSees(ctx, tx, staff, "org_app", "all") }), fault.NotFound)
		h.wantKind("another's", do(func(tx *db.Tx) error { return account.SetSees(ctx, tx, dana, "org_mail", "all") }), fault.NotFound)
		h.wantField("nothing", do(func(tx *db.Tx) error { return account.SetSees(ctx, tx, dana, "org_app", "some") }), "sees", "Select who sees what")
		_, _, token := h.enroll(maria.Email)
		h.do(func(tx *db.Tx) error { return account.SetSees(ctx, tx, dana, "org_app", "own") })
		if s := h.look(token).By.Seat(); s.Sees != "own" {
			t.Errorf("Maria sees %q", s.Sees)
		}
		err := do(func(tx *db.Tx) error { return account.EditOrganization(ctx, tx, dana, "org_app", " ", "555") })
		h.wantField("no name", err, "name", "Enter the organization's name")
		h.wantField("no number", err, "phone", "Phone number must be 10 digits")
		h.do(func(tx *db.Tx) error {
			if err := account.EditOrganization(ctx, tx, dana, "org_app", "Harbor  Imaging", "5555550147"); err != nil {
				return err
			}
			o, err := account.GetOrganization(ctx, tx, "org_app")
			if o.Name != "Harbor Imaging" || o.Phone != "(555) 555-0147" || o.Sees != "own" {
				t.Errorf("%+v", o)
			}
			return err
		})
	})
}
