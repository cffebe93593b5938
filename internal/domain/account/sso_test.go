package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
	"parley/internal/words"
)

// cedar is how Harbor Imaging's people sign in there.
func cedar() account.Connection {
	return account.Connection{OrganizationID: "org_app", Domains: []string{"cedarortho.example"}, Issuer: "https://login.cedarortho.example", ClientID: "parley",
		Secret: "secret-canary", Password: true, Post: account.Post{Roles: []account.Role{account.OfficeStaff}}}
}

func (h *house) connect(by account.Actor, c account.Connection) error {
	h.Helper()
	return h.d.Update(ctx, func(tx *db.Tx) error { return account.SaveConnection(ctx, tx, h.box, by, c) })
}

func (h *house) operator() account.Actor {
	h.Helper()
	return h.actor(h.person("omar@parley.example", account.Admin, "org_um").ID)
}

// jess is what the provider says of somebody.
func jess() openid.Claims {
	return openid.Claims{Subject: "jess-1", Email: "Jess@cedarortho.example", Verified: true, First: "Jess", Last: "Moreno"}
}

// through comes back from the organization's sign-in.
func (h *house) through(said openid.Claims) (e account.Entry, err error) {
	h.Helper()
	err = h.attempt(func(tx *db.Tx) error {
		c, err := account.ConnectionFor(ctx, tx, "x@cedarortho.example")
		if err != nil || c == nil {
			h.Fatal(c, err)
		}
		errand, err := account.SendThrough(ctx, tx, *c, "/orders", "192.0.2.1")
		if err != nil {
			return err
		}
		back, err := account.TakeThrough(ctx, tx, errand.State, errand.Verifier)
		if err != nil {
			return err
		}
		if back.To != "/orders" || !back.Fits(errand.Nonce) || back.Fits(errand.State) {
			h.Errorf("%+v", back)
		}
		e, err = account.EnterThrough(ctx, tx, back, said, account.Attempt{Agent: "test", Address: "192.0.2.1"}, limits)
		return err
	})
	return e, err
}

func TestConnectionsAreKept(t *testing.T) {
	each(t, func(h *house) {
		omar, maria := h.operator(), h.actor(h.maria().ID)
		h.wantKind("by an office", h.connect(maria, cedar()), fault.Denied)
		for field, c := range map[string]func(*account.Connection){
			"domains": func(c *account.Connection) { c.Domains = nil },
			"issuer":  func(c *account.Connection) { c.Issuer = "http://login.cedarortho.example" },
			"client":  func(c *account.Connection) { c.ClientID = " " },
			"secret":  func(c *account.Connection) { c.Secret = "" },
			"role":    func(c *account.Connection) { c.Post.Roles = []account.Role{account.OrgAdmin} },
		} {
			bad := cedar()
			c(&bad)
			if err := h.connect(omar, bad); fault.Of(err).Fields[field] == "" {
				h.Errorf("%s: %v", field, err)
			}
		}
		for _, domain := range []string{"gmail.com", "nodot", "a@b.example", "https://cedarortho.example", "*.example.com"} {
			bad := cedar()
			bad.Domains = []string{domain}
			if err := h.connect(omar, bad); fault.Of(err).Fields["domains"] == "" {
				h.Errorf("%s: %v", domain, err)
			}
		}
		um := cedar()
		um.OrganizationID, um.Password, um.Post = "org_um", false, account.Post{}
		h.wantField("staff without passwords", h.connect(omar, um), "password", "Keep passwords for those who run the service: else nobody can come in when the provider is down")
		if err := h.connect(omar, cedar()); err != nil {
			h.Fatal(err)
		}
		um.Password = true
		h.wantField("another's domain", h.connect(omar, um), "domains", "cedarortho.example belongs to another organization")

		c := cedar()
		c.Secret = ""
		if err := h.connect(omar, c); err != nil {
			h.Errorf("the secret that is kept: %v", err)
		}
		c.Issuer = "https://evil.example"
		h.wantField("a secret for another issuer", h.connect(omar, c), "secret", "Enter the client secret")
		h.do(func(tx *db.Tx) error {
			kept, err := account.ConnectionOf(ctx, tx, omar, "org_app")
			if err != nil || kept.Secret != "" {
				h.Errorf("%+v, %v", kept, err)
			}
			p, err := kept.Party(h.box, "https://portal.example/back")
			if p.Secret != "secret-canary" || p.Issuer != cedar().Issuer {
				h.Errorf("%+v", p)
			}
			for _, where := range []string{"sso where secret_sealed like $1", "audit where detail like $1"} {
				if there, err := db.Exists(ctx, tx, "select 1 from "+where, "%canary%"); there || err != nil {
					h.Errorf("the secret stands in %s %v", where, err)
				}
			}
			return err
		})
		remove := func(by account.Actor) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.RemoveConnection(ctx, tx, by, "org_app") })
		}
		h.wantKind("removed by an office", remove(maria), fault.Denied)
		if err := remove(omar); err != nil {
			h.Fatal(err)
		}
		h.wantKind("twice", remove(omar), fault.NotFound)
		if got := h.audits("org_app"); !slices.Contains(got, "sso.saved") || !slices.Contains(got, "sso.removed") {
			h.Errorf("audited %q", got)
		}
	})
}

// An errand is of use once, for ten minutes, and to the browser that left with
// it. (ASVS 10.1.2)
func TestASVS_10_2_1_AnErrandIsOfUseOnce(t *testing.T) {
	each(t, func(h *house) {
		if err := h.connect(h.operator(), cedar()); err != nil {
			h.Fatal(err)
		}
		send := func() (e account.Errand) {
			h.do(func(tx *db.Tx) error {
				c, err := account.ConnectionFor(ctx, tx, "cedarortho.example")
				if err != nil {
					return err
				}
				e, err = account.SendThrough(ctx, tx, *c, "/", "192.0.2.1")
				return err
			})
			return e
		}
		take := func(state, verifier string) error {
			return h.attempt(func(tx *db.Tx) error { _, err := account.TakeThrough(ctx, tx, state, verifier); return err })
		}
		e := send()
		h.wantKind("another browser", take(e.State, send().Verifier), fault.Invalid)
		h.wantKind("no browser", take(e.State, ""), fault.Invalid)
		h.wantKind("no state", take("", e.Verifier), fault.Invalid)
		if err := take(e.State, e.Verifier); err != nil {
			h.Error(err)
		}
		h.wantKind("twice", take(e.State, e.Verifier), fault.Invalid)
		e = send()
		h.later(11 * time.Minute)
		h.wantKind("late", take(e.State, e.Verifier), fault.Invalid)
	})
}

// Who comes for the first time becomes a member; later they are the same
// person, whatever their address is by then, and nobody else is.
func TestASVS_10_5_2_PeopleAreKnownByTheirSubject(t *testing.T) {
	each(t, func(h *house) {
		omar := h.operator()
		if err := h.connect(omar, cedar()); err != nil {
			h.Fatal(err)
		}
		e, err := h.through(jess())
		if err != nil || e.State != account.Half || e.By.Name != "Jess Moreno" || len(e.By.Seats) != 1 || e.By.Seats[0].Role != account.OfficeStaff || e.By.Seats[0].OrganizationID != "org_app" {
			h.Fatalf("%+v, %v", e, err)
		}
		first := e.By.ID
		if got := h.audited(first); !slices.Contains(got, "person.joined") || !slices.Contains(got, "person.came_through") || !slices.Contains(got, "person.recognized") {
			h.Errorf("audited %q", got)
		}
		if got := h.told(first); !slices.Equal(got, []words.Text{account.NewSignIn}) {
			h.Errorf("told %q", got)
		}
		moved := jess()
		moved.Email = "jess.moreno@cedarortho.example"
		if e, err = h.through(moved); err != nil || e.By.ID != first {
			h.Errorf("with another address: %+v, %v", e, err)
		}
		other := jess()
		other.Subject = "jess-2"
		if _, err := h.through(other); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "Somebody else came in") {
			h.Errorf("who has the address now: %v", err)
		}
		h.do(func(tx *db.Tx) error { return account.RecognizeAnew(ctx, tx, omar, "org_app") })
		if e, err = h.through(other); err != nil || e.By.ID != first {
			h.Errorf("recognized anew: %+v, %v", e, err)
		}
	})
}

// Whom the organization doesn't answer for stays outside, and it is on record.
func TestNobodyElseComesThrough(t *testing.T) {
	each(t, func(h *house) {
		omar := h.operator()
		c := cedar()
		if err := h.connect(omar, c); err != nil {
			h.Fatal(err)
		}
		elsewhere := h.person("kim@cedarortho.example", account.OfficeStaff, "org_mail")
		closed := h.person("lee@cedarortho.example", account.OfficeStaff, "org_app")
		staff := h.person("sam@cedarortho.example", account.Nurse, "org_um")
		h.do(func(tx *db.Tx) error {
			if err := account.AddSeat(ctx, tx, account.Program(), staff.ID, account.Seat{OrganizationID: "org_app", Role: account.OfficeStaff}); err != nil {
				return err
			}
			return account.Disable(ctx, tx, account.Program(), closed.ID)
		})
		say := func(change func(*openid.Claims)) openid.Claims {
			said := jess()
			change(&said)
			return said
		}
		for name, said := range map[string]openid.Claims{
			"not verified":            say(func(c *openid.Claims) { c.Verified = false }),
			"no address":              say(func(c *openid.Claims) { c.Email = "" }),
			"another domain":          say(func(c *openid.Claims) { c.Email = "jess@harbor.example" }),
			"a domain that ends so":   say(func(c *openid.Claims) { c.Email = "jess@evilcedarortho.example" }),
			"a domain below":          say(func(c *openid.Claims) { c.Email = "jess@sub.cedarortho.example" }),
			"two addresses":           say(func(c *openid.Claims) { c.Email = "jess@evil.example@cedarortho.example" }),
			"no name":                 say(func(c *openid.Claims) { c.First, c.Last = "", "" }),
			"of another organization": say(func(c *openid.Claims) { c.Email = elsewhere.Email }),
			"a closed account":        say(func(c *openid.Claims) { c.Email = closed.Email }),
			"staff":                   say(func(c *openid.Claims) { c.Email = staff.Email }),
		} {
			if e, err := h.through(said); !fault.Is(err, fault.Denied) || e.Token != "" {
				h.Errorf("%s: %+v, %v", name, e, err)
			}
		}
		h.do(func(tx *db.Tx) error {
			seats, err := account.Seats(ctx, tx, elsewhere.ID)
			if len(seats) != 1 || seats[0].OrganizationID != "org_mail" {
				h.Errorf("%+v", seats)
			}
			return err
		})
		if got := h.audits("org_app"); !slices.Contains(got, "sso.refused") {
			h.Errorf("audited %q", got)
		}
		c.Post = account.Post{}
		if err := h.connect(omar, c); err != nil {
			h.Fatal(err)
		}
		if _, err := h.through(jess()); !fault.Is(err, fault.Denied) {
			h.Errorf("uninvited: %v", err)
		}
	})
}

// The organization's second factor stands where it says so, for its own
// people alone; and where it keeps passwords for itself none is taken here.
func TestSecondFactorAndPasswordOfAConnection(t *testing.T) {
	each(t, func(h *house) {
		omar, c := h.operator(), cedar()
		c.Second, c.Password = true, false
		maria := h.maria()
		before := h.half(maria.Email)
		if err := h.connect(omar, c); err != nil {
			h.Fatal(err)
		}
		e, err := h.through(jess())
		if err != nil || e.State != account.Open {
			h.Fatalf("%+v, %v", e, err)
		}
		h.wantState("through", e.Token, account.Open)
		h.do(func(tx *db.Tx) error {
			return account.AddSeat(ctx, tx, account.Program(), e.By.ID, account.Seat{OrganizationID: "org_mail", Role: account.OfficeStaff})
		})
		if e, err = h.through(jess()); err != nil || e.State != account.Half {
			h.Errorf("who works elsewhere too: %+v, %v", e, err)
		}
		words := "People of cedarortho.example sign in through their organization"
		_, err = h.signIn(account.Attempt{Email: maria.Email, Password: right})
		h.wantField("a password", err, "email", words)
		_, err = h.signIn(account.Attempt{Email: "nobody@cedarortho.example", Password: right})
		h.wantField("nobody's password", err, "email", words)
		err = h.attempt(func(tx *db.Tx) error { _, err := account.Unlock(ctx, tx, before, right); return err })
		h.wantField("a locked session", err, "password", words)
		err = h.attempt(func(tx *db.Tx) error { return account.AskReset(ctx, tx, maria.Email, "192.0.2.1") })
		h.wantField("a forgotten password", err, "email", words)
	})
}

// Who was invited gets what the invitation says, in place of what anybody gets.
func TestAnInvitationIsTakenUpOnTheWay(t *testing.T) {
	each(t, func(h *house) {
		omar, c := h.operator(), cedar()
		c.Post = account.Post{}
		if err := h.connect(omar, c); err != nil {
			h.Fatal(err)
		}
		dana := h.actor(h.person("dana@cedarortho.example", account.OrgAdmin, "org_app").ID)
		h.do(func(tx *db.Tx) error {
			_, err := account.Invite(ctx, tx, dana, "org_app", "jess@cedarortho.example", account.Post{Roles: []account.Role{account.Clinician}})
			return err
		})
		e, err := h.through(jess())
		if err != nil || len(e.By.Seats) != 1 || e.By.Seats[0].Role != account.Clinician {
			h.Errorf("%+v, %v", e, err)
		}
		h.do(func(tx *db.Tx) error {
			left, err := account.Invitations(ctx, tx, dana, "org_app")
			if len(left) != 0 {
				h.Errorf("%+v", left)
			}
			return err
		})
	})
}
