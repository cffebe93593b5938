package account_test

import (
	"testing"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
)

// prove shows that a domain is an organization's.
func (h *house) prove(by account.Actor, organization, domain string, found bool) error {
	h.Helper()
	return h.attempt(func(tx *db.Tx) error {
		p, err := account.FindProof(ctx, tx, by, organization, domain)
		if err != nil {
			return err
		}
		return account.Looked(ctx, tx, by, p, found)
	})
}

// Only what the DNS shows, of nobody else, can be vouched for.
func TestDomainsAreProven(t *testing.T) {
	each(t, func(h *house) {
		dana := h.actor(h.person("dana@cedarortho.example", account.OrgAdmin, "org_app").ID)
		staff := h.actor(h.person("sam@cedarortho.example", account.OfficeStaff, "org_app").ID)
		h.person("nina@elsewhere.example", account.OfficeStaff, "org_um")
		ask := func(by account.Actor, domain string) error {
			return h.attempt(func(tx *db.Tx) error { return account.AskProof(ctx, tx, by, "org_app", domain) })
		}
		for _, bad := range []string{"", "gmail.com", "a.example b.example", "not a domain/", "elsewhere.example"} {
			if err := ask(dana, bad); fault.Of(err).Fields["domain"] == "" {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if err := ask(staff, "cedarortho.example"); !fault.Is(err, fault.NotFound) {
			t.Errorf("staff: %v", err)
		}
		if err := ask(dana, "@CedarOrtho.example"); err != nil {
			t.Fatal(err)
		}
		if err := ask(dana, "cedarortho.example"); fault.Of(err).Fields["domain"] == "" {
			t.Errorf("twice: %v", err)
		}
		c := cedar()
		save := func(by account.Actor, c account.Connection) error {
			return h.attempt(func(tx *db.Tx) error { return account.SaveOwnConnection(ctx, tx, h.box, by, c) })
		}
		if err := save(dana, c); fault.Of(err).Fields["domains"] == "" {
			t.Errorf("nothing proven: %v", err)
		}
		if err := h.prove(dana, "org_app", "cedarortho.example", false); err != nil {
			t.Fatal(err)
		}
		if err := save(dana, c); fault.Of(err).Fields["domains"] == "" {
			t.Errorf("not found: %v", err)
		}
		h.person("late@cedarortho.example", account.OfficeStaff, "org_um")
		if err := h.prove(dana, "org_app", "cedarortho.example", true); fault.Of(err).Fields["domain"] == "" {
			t.Errorf("others have accounts: %v", err)
		}
		h.do(func(tx *db.Tx) error {
			p, err := account.FindProof(ctx, tx, dana, "org_app", "cedarortho.example")
			if p.Name() != "_parley.cedarortho.example" || !p.Found([]string{"x", p.Value()}) || p.Found([]string{p.Value() + "x", p.Word}) {
				t.Errorf("%+v", p)
			}
			return err
		})
		if err := h.attempt(func(tx *db.Tx) error { return account.DropProof(ctx, tx, dana, "org_app", "cedarortho.example") }); err != nil {
			t.Fatal(err)
		}
	})
}

// Nobody is led to a sign-in before its administrator came back from it as
// themselves and turned it on; passwords end only with another way in.
func TestAnOwnSignInIsTriedFirst(t *testing.T) {
	each(t, func(h *house) {
		dana := h.actor(h.person("dana@cedarortho.example", account.OrgAdmin, "org_app").ID)
		sam := h.actor(h.person("sam@cedarortho.example", account.OrgAdmin, "org_app").ID)
		h.do(func(tx *db.Tx) error { return account.AskProof(ctx, tx, dana, "org_app", "cedarortho.example") })
		if err := h.prove(dana, "org_app", "cedarortho.example", true); err != nil {
			t.Fatal(err)
		}
		c := cedar()
		c.Domains = []string{"not-mine.example"}
		save := func() error {
			return h.attempt(func(tx *db.Tx) error { return account.SaveOwnConnection(ctx, tx, h.box, dana, c) })
		}
		own := func() (c *account.Connection) {
			h.do(func(tx *db.Tx) (err error) { c, err = account.OwnConnection(ctx, tx, dana, "org_app"); return err })
			return c
		}
		offered := func() (yes bool) {
			h.do(func(tx *db.Tx) error {
				c, err := account.ConnectionFor(ctx, tx, "x@cedarortho.example")
				yes = c != nil
				return err
			})
			return yes
		}
		if err := save(); err != nil {
			t.Fatal(err)
		}
		if c := own(); c.Live || len(c.Domains) != 1 || c.Domains[0] != "cedarortho.example" || !c.Password {
			t.Errorf("%+v", c)
		}
		turnOn := func() error {
			return h.attempt(func(tx *db.Tx) error { return account.TurnOn(ctx, tx, dana, "org_app") })
		}
		if err := turnOn(); !fault.Is(err, fault.Conflict) || offered() {
			t.Errorf("before the trial: %v, offered %v", err, offered())
		}
		try := func(as account.Actor, said openid.Claims) error {
			return h.attempt(func(tx *db.Tx) error {
				_, errand, err := account.SendTrial(ctx, tx, dana, "org_app", "/organization/org_app/sign-in", "192.0.2.1")
				if err != nil {
					return err
				}
				back, err := account.TakeThrough(ctx, tx, errand.State, errand.Verifier)
				if err != nil {
					return err
				}
				if _, err := account.EnterThrough(ctx, tx, back, said, account.Attempt{}, limits); !fault.Is(err, fault.Denied) || !back.Trial() {
					t.Errorf("somebody comes in by a trial: %v", err)
				}
				return back.Tried(ctx, tx, as, said)
			})
		}
		me := openid.Claims{Subject: "d", Email: "Dana@cedarortho.example", Verified: true}
		for name, c := range map[string]struct {
			as   account.Actor
			said openid.Claims
		}{
			"somebody else's browser": {sam, me},
			"not verified":            {dana, openid.Claims{Email: me.Email}},
			"another domain":          {dana, openid.Claims{Email: "dana@other.example", Verified: true}},
			"somebody else there":     {dana, openid.Claims{Email: "sam@cedarortho.example", Verified: true}},
		} {
			if err := try(c.as, c.said); !fault.Is(err, fault.Denied) || own().TriedAt != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		// who comes by the address of a sign-in that isn't live doesn't come in
		h.do(func(tx *db.Tx) error {
			errand, err := account.SendThrough(ctx, tx, *own2(t, tx, dana), "/", "192.0.2.1")
			if err != nil {
				return err
			}
			if _, err := account.TakeThrough(ctx, tx, errand.State, errand.Verifier); !fault.Is(err, fault.Invalid) {
				t.Errorf("a sign-in that isn't on: %v", err)
			}
			return nil
		})
		if err := try(dana, me); err != nil || own().TriedAt == nil {
			t.Fatal(err)
		}
		if err := turnOn(); err != nil || !offered() {
			t.Fatal(err)
		}
		c.Secret, c.Password = "", false
		if err := save(); fault.Of(err).Fields["password"] == "" {
			t.Errorf("without a way out: %v", err)
		}
		h.person("owner@private.example", account.OrgAdmin, "org_app")
		if err := save(); err != nil || own().Password || !own().Live {
			t.Errorf("with a way out: %v", err)
		}
		c.ClientID, c.Secret = "another", "another"
		if err := save(); err != nil || own().Live || own().TriedAt != nil || !own().Password || offered() {
			t.Errorf("another client: %v %+v", err, own())
		}
		if err := h.attempt(func(tx *db.Tx) error { return account.DropProof(ctx, tx, dana, "org_app", "cedarortho.example") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last domain: %v", err)
		}
		h.do(func(tx *db.Tx) error { return account.RemoveOwnConnection(ctx, tx, dana, "org_app") })
		if own() != nil {
			t.Error("it is still there")
		}
	})
}

func own2(t *testing.T, tx *db.Tx, by account.Actor) *account.Connection {
	t.Helper()
	c, err := account.OwnConnection(ctx, tx, by, "org_app")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
