package account_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

var relying = account.NewRelying("Parley", &url.URL{Scheme: "https", Host: "parley.example"})

// Passkeys need a name that browsers trust.
func TestWherePasskeysCanBeHad(t *testing.T) {
	for address, want := range map[string]bool{"https://parley.example": true, "http://localhost:8080": true, "http://parley.example": false, "https://192.0.2.1": false, "http://127.0.0.1:8080": false} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := account.NewRelying("Parley", u) != nil; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if account.NewRelying("Parley", nil) != nil {
		t.Error("without an address")
	}
}

// offer begins adding a passkey in a session.
func (h *house) offer(v account.Visit, password string) (c account.Ceremony, err error) {
	h.Helper()
	err = h.attempt(func(tx *db.Tx) (err error) {
		c, err = account.OfferPasskey(ctx, tx, relying, v, password)
		return err
	})
	return c, err
}

func (h *house) add(v account.Visit, c account.Ceremony, response, name string) (token string, codes []string, err error) {
	h.Helper()
	err = h.attempt(func(tx *db.Tx) (err error) {
		token, codes, err = account.AddPasskey(ctx, tx, relying, v, c.Token, response, name)
		return err
	})
	return token, codes, err
}

// passkey has somebody add their first passkey right after the password.
func (h *house) passkey(email string) (s *soft, v account.Visit, codes []string) {
	h.Helper()
	s, half := newSoft(h), h.half(email)
	c, err := h.offer(half, "")
	if err != nil {
		h.Fatal(err)
	}
	token, codes, err := h.add(half, c, s.create(c), "My phone")
	if err != nil {
		h.Fatal(err)
	}
	return s, h.look(token), codes
}

func (h *house) askPasskey(v account.Visit) (c account.Ceremony) {
	h.Helper()
	h.do(func(tx *db.Tx) (err error) {
		c, err = account.AskPasskey(ctx, tx, relying, v, "192.0.2.1")
		return err
	})
	return c
}

func (h *house) enter(c account.Ceremony, response string) (e account.Entry, err error) {
	h.Helper()
	err = h.attempt(func(tx *db.Tx) (err error) {
		e, err = account.EnterByPasskey(ctx, tx, relying, c.Token, response, account.Attempt{Agent: "test", Address: "192.0.2.1"}, limits)
		return err
	})
	return e, err
}

// A passkey made at the first sign-in opens the account from then on, without
// an address and a password; what was signed once opens nothing again.
func TestAPasskeyOpensTheAccount(t *testing.T) {
	each(t, func(h *house) {
		maria := h.maria()
		s, v, codes := h.passkey(maria.Email)
		if v.State != account.Open || !v.HasPasskey || !v.HasFactor() || len(codes) != 10 {
			h.Fatalf("after it: %+v, %d codes", v, len(codes))
		}
		if got := h.told(maria.ID); !slices.Contains(got, account.PasskeyAdded) {
			h.Errorf("told %q", got)
		}
		c := h.askPasskey(account.Visit{})
		answer := s.get(c)
		e, err := h.enter(c, answer)
		if err != nil || e.State != account.Open || e.By.ID != maria.ID {
			h.Fatalf("%+v, %v", e, err)
		}
		h.wantState("the session", e.Token, account.Open)
		_, err = h.enter(c, answer)
		h.wantKind("the same answer again", err, fault.Invalid)

		c = h.askPasskey(account.Visit{})
		h.later(6 * time.Minute)
		_, err = h.enter(c, s.get(c))
		h.wantKind("after five minutes", err, fault.Invalid)

		s.origin = "https://parley.example.evil.example"
		c = h.askPasskey(account.Visit{})
		_, err = h.enter(c, s.get(c))
		h.wantKind("signed for another site", err, fault.Invalid)
		s.origin = "https://parley.example"

		s.flags = 0x01
		c = h.askPasskey(account.Visit{})
		_, err = h.enter(c, s.get(c))
		h.wantKind("by whom nobody checked", err, fault.Invalid)
		s.flags = 0x05

		other := newSoft(h)
		other.id, other.handle = s.id, s.handle
		c = h.askPasskey(account.Visit{})
		_, err = h.enter(c, other.get(c))
		h.wantKind("with another key", err, fault.Invalid)

		h.do(func(tx *db.Tx) error { return account.Disable(ctx, tx, account.Program(), maria.ID) })
		c = h.askPasskey(account.Visit{})
		_, err = h.enter(c, s.get(c))
		h.wantKind("of a closed account", err, fault.Invalid)
		if got := h.audited(maria.ID); !slices.Contains(got, "person.passkey_added") || !slices.Contains(got, "person.refused") {
			h.Errorf("audited %q", got)
		}
	})
}

// After the password a passkey stands for the code; in a session that locked it
// stands for the password. A ceremony of one session or purpose is none of another.
func TestAPasskeyIsASecondFactorAndUnlocks(t *testing.T) {
	each(t, func(h *house) {
		maria := h.maria()
		s, _, codes := h.passkey(maria.Email)
		half := h.half(maria.Email)
		verify := func(v account.Visit, c account.Ceremony, answer string) (token string, err error) {
			err = h.attempt(func(tx *db.Tx) (err error) {
				token, err = account.VerifyByPasskey(ctx, tx, relying, v, c.Token, answer)
				return err
			})
			return token, err
		}
		c := h.askPasskey(half)
		answer := s.get(c)
		_, err := h.enter(c, answer)
		h.wantKind("a second factor at the door", err, fault.Invalid)
		_, err = verify(h.half(maria.Email), c, answer)
		h.wantKind("in another session", err, fault.Invalid)
		token, err := verify(half, c, answer)
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("the session", token, account.Open)

		half = h.half(maria.Email)
		_, err = h.offer(half, "")
		h.wantKind("another one before the second factor", err, fault.Denied)
		h.do(func(tx *db.Tx) (err error) {
			token, err = account.Recover(ctx, tx, half, codes[0])
			return err
		})
		h.wantState("by a recovery code", token, account.Open)

		h.later(16 * time.Minute)
		locked := h.look(token)
		if locked.State != account.Locked {
			h.Fatalf("%+v", locked)
		}
		c = h.askPasskey(locked)
		h.do(func(tx *db.Tx) (err error) {
			token, err = account.UnlockByPasskey(ctx, tx, relying, locked, c.Token, s.get(c))
			return err
		})
		h.wantState("unlocked", token, account.Open)
	})
}

// A counter that goes back tells of a copy: the passkey opens nothing any more,
// its owner is told, and has to find another way.
func TestACopiedPasskeyIsRefused(t *testing.T) {
	each(t, func(h *house) {
		maria := h.maria()
		s, _, codes := h.passkey(maria.Email)
		s.counter = 9
		c := h.askPasskey(account.Visit{})
		if _, err := h.enter(c, s.get(c)); err != nil {
			h.Fatal(err)
		}
		h.told(maria.ID)
		s.counter = 4
		for _, what := range []string{"the copy", "and from then on"} {
			c = h.askPasskey(account.Visit{})
			_, err := h.enter(c, s.get(c))
			h.wantKind(what, err, fault.Invalid)
			s.counter = 20
		}
		if got := h.told(maria.ID); !slices.Contains(got, account.PasskeySuspect) {
			h.Errorf("told %q", got)
		}
		v := h.half(maria.Email)
		_, err := h.offer(v, "")
		h.wantKind("another by the password alone", err, fault.Denied)
		h.do(func(tx *db.Tx) error {
			_, err := account.Recover(ctx, tx, v, codes[0])
			return err
		})
	})
}

// Owners name and remove their passkeys by password, never the last way they
// have, and never another's.
func TestPasskeysAreTheirOwners(t *testing.T) {
	each(t, func(h *house) {
		maria, jess := h.maria(), h.person("jess@cedarortho.example", account.OfficeStaff, "org_app")
		_, v, _ := h.passkey(maria.Email)
		_, other, _ := h.passkey(jess.Email)
		keys := func(v account.Visit) (all []account.Passkey) {
			h.do(func(tx *db.Tx) (err error) {
				all, err = account.Passkeys(ctx, tx, v.By)
				return err
			})
			return all
		}
		remove := func(v account.Visit, id, password string) error {
			return h.attempt(func(tx *db.Tx) error { return account.RemovePasskey(ctx, tx, v, id, password) })
		}
		rename := func(v account.Visit, id, name string) error {
			return h.attempt(func(tx *db.Tx) error { return account.NamePasskey(ctx, tx, v.By, id, name) })
		}
		mine := keys(v)[0].ID
		h.wantKind("another's", remove(other, mine, right), fault.NotFound)
		h.wantKind("another's name", rename(other, mine, "Mine now"), fault.NotFound)
		h.wantField("no name", rename(v, mine, " "), "name", "Enter a name, such as the device it is in")
		if err := rename(v, mine, "Blue key"); err != nil || keys(v)[0].Name != "Blue key" {
			h.Error(err)
		}
		h.wantField("a wrong password", remove(v, mine, "wrong"), "current_password", "This password doesn't match our records")
		h.wantKind("the last one", remove(v, mine, right), fault.Conflict)

		_, err := h.offer(v, "wrong")
		h.wantField("another with a wrong password", err, "current_password", "This password doesn't match our records")
		c, err := h.offer(v, right)
		if err != nil {
			h.Fatal(err)
		}
		s := newSoft(h)
		_, codes, err := h.add(v, c, s.create(c), "Key ring")
		if err != nil || codes != nil {
			h.Fatal(codes, err)
		}
		c, err = h.offer(v, right)
		if err != nil {
			h.Fatal(err)
		}
		_, _, err = h.add(v, c, s.create(c), "Key ring again")
		h.wantKind("the same again", err, fault.Invalid)
		h.told(maria.ID)
		if err := remove(v, mine, right); err != nil {
			h.Fatal(err)
		}
		if all := keys(v); len(all) != 1 || all[0].Name != "Key ring" {
			h.Errorf("left: %+v", all)
		}
		if got := h.told(maria.ID); !slices.Contains(got, account.PasskeyRemoved) {
			h.Errorf("told %q", got)
		}
		h.do(func(tx *db.Tx) error { return account.ResetSecondFactor(ctx, tx, account.Program(), maria.ID) })
		if got := h.half(maria.Email); got.HasFactor() {
			h.Error("a reset left a passkey")
		}
	})
}
