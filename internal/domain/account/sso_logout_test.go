package account_test

import (
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
)

// A provider ends its own session, or all of a person through it, and nothing
// else; its word is of no use for what begins later.
func TestAProviderEndsSessions(t *testing.T) {
	each(t, func(h *house) {
		if err := h.connect(h.operator(), cedar()); err != nil {
			t.Fatal(err)
		}
		in := func(sid string) string {
			t.Helper()
			said := jess()
			said.SID = sid
			e, err := h.through(said)
			if err != nil {
				t.Fatal(err)
			}
			return e.Token
		}
		end := func(l openid.Logout) (n int) {
			t.Helper()
			h.do(func(tx *db.Tx) error {
				all, err := account.ConnectionsAt(ctx, tx, cedar().Issuer, cedar().ClientID)
				if err != nil || len(all) != 1 {
					t.Fatal(all, err)
				}
				n, err = all[0].EndThrough(ctx, tx, l)
				return err
			})
			return n
		}
		at := func(token string, want account.State) {
			t.Helper()
			if got := h.look(token).State; got != want {
				t.Errorf("it is %v, want %v", got, want)
			}
		}
		first, second := in("s-1"), in("s-2")
		h.do(func(tx *db.Tx) error {
			c, err := account.Through(ctx, tx, h.look(first))
			if c == nil || c.Domains[0] != "cedarortho.example" {
				t.Errorf("%+v", c)
			}
			return err
		})
		for name, l := range map[string]openid.Logout{
			"nobody":             {At: h.now},
			"another session":    {SID: "s-3", At: h.now},
			"another person":     {Subject: "jess-2", At: h.now},
			"not of this person": {Subject: "jess-2", SID: "s-1", At: h.now},
			"from before":        {Subject: "jess-1", At: h.now.Add(-2 * time.Minute)},
		} {
			if n := end(l); n != 0 {
				t.Errorf("%s: %d ended", name, n)
			}
		}
		if n := end(openid.Logout{Subject: "jess-1", SID: "s-1", At: h.now}); n != 1 {
			t.Errorf("%d ended, want one", n)
		}
		at(first, account.Outside)
		at(second, account.Half)
		h.later(time.Hour)
		third := in("")
		if n := end(openid.Logout{Subject: "jess-1", At: h.now.Add(-time.Hour)}); n != 1 {
			t.Errorf("%d ended of an hour ago, want one", n)
		}
		at(second, account.Outside)
		at(third, account.Half)
		if n := end(openid.Logout{Subject: "jess-1", At: h.now}); n != 1 {
			t.Errorf("%d ended of a person, want one", n)
		}
		at(third, account.Outside)
	})
}
