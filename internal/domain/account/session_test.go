package account_test

import (
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Every request asks the database what a token is worth; one we never gave out is worth nothing.
func TestASVS_7_2_1_TokensAreCheckedByTheServer(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		for _, bad := range []string{"", "x", token[:len(token)-1], token + "A", strings.ToLower(token), strings.Repeat("A", 1<<16)} {
			h.wantState("a token of "+bad[:min(8, len(bad))], bad, account.Outside)
		}
		h.wantState("the real one", token, account.Open)
	})
}

// A session's token is a reference made for it, and not in the database: only its hash is.
func TestASVS_7_2_2_TokensAreReferences(t *testing.T) {
	each(t, func(h *house) {
		e, err := h.signIn(attempt(h.maria().Email, right))
		if err != nil {
			h.Fatal(err)
		}
		h.do(func(tx *db.Tx) error {
			if n, err := db.Count(ctx, tx, `select count(*) from session where id = $1`, e.Token); n != 0 || err != nil {
				h.Errorf("the token itself is stored (%v)", err)
			}
			_, err := tx.Exec(ctx, `delete from session`)
			return err
		})
		h.wantState("without its row", e.Token, account.Outside)
	})
}

// Each session's token is new, and too long to guess.
func TestASVS_7_2_3_TokensAreRandom(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		seen := map[string]bool{}
		for range 5 {
			e, err := h.signIn(attempt(p.Email, right))
			if err != nil {
				h.Fatal(err)
			}
			if seen[e.Token] || len(e.Token) < 26 { // base32: 26 letters are 130 bits
				h.Errorf("token %q came before or is short", e.Token)
			}
			seen[e.Token] = true
		}
	})
}

// Each step further in gives a new token, and the old one opens nothing.
func TestASVS_7_2_4_EachStepGivesANewToken(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		e, err := h.signIn(attempt(p.Email, right))
		if err != nil {
			h.Fatal(err)
		}
		verified, err := h.verify(h.look(e.Token), h.code(key))
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("the token before the code", e.Token, account.Outside)
		h.do(func(tx *db.Tx) error { return account.Lock(ctx, tx, h.look(verified)) })
		unlocked, err := h.unlock(verified, right)
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("the token before the lock", verified, account.Outside)
		h.wantState("the token after it", unlocked, account.Open)
	})
}

func (h *house) unlock(token, password string) (fresh string, err error) {
	h.Helper()
	v := h.look(token)
	err = h.attempt(func(tx *db.Tx) (err error) {
		fresh, err = account.Unlock(ctx, tx, v, password)
		return err
	})
	return fresh, err
}

// A session left alone locks; the password opens it, as far in as it was.
func TestASVS_7_3_1_IdleSessionsLock(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		h.later(13 * time.Minute) // one passed since
		h.wantState("after 14 minutes", token, account.Open)
		h.do(func(tx *db.Tx) error { return account.Extend(ctx, tx, h.look(token)) })
		h.later(14*time.Minute + 59*time.Second)
		h.wantState("extended", token, account.Open)
		h.later(time.Second)
		h.wantState("after 15 minutes", token, account.Locked)
		_, err := h.unlock(token, "wrong")
		h.wantField("a wrong password", err, "password", "This password doesn't match our records")
		_, err = h.unlock(token, "")
		h.wantField("no password", err, "password", "Enter your password")
		fresh, err := h.unlock(token, right)
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("unlocked", fresh, account.Open)

		half, err := h.signIn(attempt(p.Email, right))
		if err != nil {
			h.Fatal(err)
		}
		h.later(15 * time.Minute)
		h.wantState("left at the second factor", half.Token, account.Locked)
		fresh, err = h.unlock(half.Token, right)
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("unlocked", fresh, account.Half)
	})
}

// Use does not carry a session past its absolute end, nor does unlocking it.
func TestASVS_7_3_2_SessionsEndAtLast(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		begin := h.now
		_, _, token := h.enroll(p.Email)
		for h.now.Sub(begin) < 11*time.Hour {
			h.later(20 * time.Minute)
			fresh, err := h.unlock(token, right)
			if err != nil {
				h.Fatal(err)
			}
			token = fresh
		}
		h.now = begin.Add(12*time.Hour - time.Second)
		if s := h.look(token).State; s == account.Outside {
			h.Error("it ended before twelve hours")
		}
		h.later(time.Second)
		h.wantState("after twelve hours", token, account.Outside)
	})
}

// Signing out ends the session for the server, whatever the browser keeps.
func TestASVS_7_4_1_SigningOutEndsTheSession(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		h.do(func(tx *db.Tx) error { return account.SignOut(ctx, tx, h.look(token)) })
		h.wantState("signed out", token, account.Outside)
		h.do(func(tx *db.Tx) error { return account.SignOut(ctx, tx, h.look(token)) })
		if got := h.audited(p.ID)[0]; got != "person.signed_out" {
			h.Errorf("the last audit entry is %q", got)
		}
	})
}

// Closing an account ends its sessions with the same commit, and no password opens it.
func TestASVS_7_4_2_DisabledPeopleLoseTheirSessions(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		v := h.look(token)
		device := h.trust(v)
		h.wantKind("by a colleague", h.attempt(func(tx *db.Tx) error {
			return account.Disable(ctx, tx, account.Actor{ID: "per_x", Seats: v.By.Seats}, p.ID)
		}), fault.Denied)
		h.do(func(tx *db.Tx) error { return account.Disable(ctx, tx, account.Program(), p.ID) })
		h.wantState("after it", token, account.Outside)
		_, err := h.signIn(account.Attempt{Email: p.Email, Password: right, Device: device})
		if got := fault.Of(err).Text; got.String() != "Email address or password doesn't match our records" {
			h.Errorf("the right password: %q", got)
		}
		h.do(func(tx *db.Tx) error {
			_, err := account.Act(ctx, tx, p.ID)
			h.wantKind("acting for them", err, fault.NotFound)
			return nil
		})
	})
}

// A new password ends every other session and forgets every trusted device.
func TestASVS_7_4_3_ANewPasswordEndsOtherSessions(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, token := h.enroll(p.Email)
		other := h.open(p.Email, key)
		device := h.trust(other)
		if err := h.change(h.look(token), right, another); err != nil {
			h.Fatal(err)
		}
		if got := h.sessions(h.look(token)); len(got) != 1 {
			h.Errorf("%d sessions stand, want this one", len(got))
		}
		h.wantState("this session", token, account.Open)
		if e, _ := h.signIn(account.Attempt{Email: p.Email, Password: another, Device: device}); e.State != account.Half {
			h.Error("a device is trusted still")
		}
	})
}

// An administrator can end all of a person's sessions.
func TestASVS_7_4_5_AdministratorsEndSessions(t *testing.T) {
	each(t, func(h *house) {
		p, boss := h.maria(), h.person("kai@review.example", account.Admin, "org_um")
		_, _, token := h.enroll(p.Email)
		_, _, theirs := h.enroll(boss.Email)
		by := h.look(theirs).By
		h.wantKind("by somebody else", h.attempt(func(tx *db.Tx) error {
			return account.SignOutEverywhere(ctx, tx, h.look(token).By, boss.ID)
		}), fault.Denied)
		h.do(func(tx *db.Tx) error { return account.SignOutEverywhere(ctx, tx, by, p.ID) })
		h.wantState("after it", token, account.Outside)
		h.wantState("the administrator", theirs, account.Open)
	})
}

// People see their own sessions and end any of them; nobody else's.
func TestPeopleSeeAndEndTheirSessions(t *testing.T) {
	each(t, func(h *house) {
		maria, nina := h.maria(), h.person("nina@review.example", account.Nurse, "org_um")
		_, _, token := h.enroll(maria.Email)
		_, _, theirs := h.enroll(nina.Email)
		v, other := h.look(token), h.look(theirs)
		all := h.sessions(v)
		if len(all) != 1 || all[0].ID != v.SessionID || all[0].Agent != "test" || all[0].Address != "192.0.2.1" {
			h.Errorf("sessions: %+v", all)
		}
		h.wantKind("ending somebody else's", h.attempt(func(tx *db.Tx) error { return account.End(ctx, tx, v.By, other.SessionID) }), fault.NotFound)
		h.wantState("somebody else's", theirs, account.Open)
		h.do(func(tx *db.Tx) error { return account.End(ctx, tx, v.By, v.SessionID) })
		h.wantState("ended", token, account.Outside)
	})
}

// A changed role counts from the next request on, in the sessions there are.
func TestASVS_8_3_2_RolesChangeAtOnce(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		if !h.look(token).By.Can(account.BookCalls) {
			h.Fatal("office staff can't book")
		}
		h.do(func(tx *db.Tx) error {
			if err := account.RemoveSeat(ctx, tx, account.Program(), p.ID, "org_app", account.OfficeStaff); err != nil {
				return err
			}
			return account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: "org_mail", Role: account.Site})
		})
		by := h.look(token).By
		if by.Can(account.BookCalls) || by.ActsFor("org_app") || !by.ActsFor("org_mail") || !by.Can(account.ReadOrders) {
			h.Errorf("after the change: %+v", by.Seats)
		}
	})
}

// What somebody was sending when the session locked comes back to them, and opens for nobody else.
func TestSavedFormsAreTheirOwners(t *testing.T) {
	each(t, func(h *house) {
		maria, nina := account.Actor{ID: h.maria().ID}, account.Actor{ID: h.person("nina@review.example", account.Nurse, "org_um").ID}
		h.do(func(tx *db.Tx) error {
			for _, body := range []string{"note=first", "note=last"} {
				if err := account.KeepForm(ctx, tx, h.box, maria, "/messages/1", body); err != nil {
					return err
				}
				h.later(time.Second)
			}
			return nil
		})
		h.do(func(tx *db.Tx) error {
			f, err := account.LastForm(ctx, tx, h.box, maria)
			if err != nil || f.Path != "/messages/1" || f.Body != "note=last" && f.Body != "note=first" {
				h.Errorf("kept: %+v (%v)", f, err)
			}
			_, err = account.LastForm(ctx, tx, h.box, nina)
			h.wantKind("somebody else's", err, fault.NotFound)
			if n, err := db.Count(ctx, tx, `select count(*) from saved_form where body like '%note%'`); n != 0 || err != nil {
				h.Errorf("%d bodies can be read in the database (%v)", n, err)
			}
			// A row moved to somebody else does not open for them.
			if _, err := tx.Exec(ctx, `update saved_form set person_id = $1`, string(nina.ID)); err != nil {
				return err
			}
			_, err = account.LastForm(ctx, tx, h.box, nina)
			h.wantKind("a row put in their name", err, fault.NotFound)
			return account.DropForm(ctx, tx, nina, f.ID)
		})
	})
}

func TestOnlyTheNewestFormsAreKept(t *testing.T) {
	each(t, func(h *house) {
		by := account.Actor{ID: h.maria().ID}
		for range 8 {
			h.later(time.Second)
			h.do(func(tx *db.Tx) error { return account.KeepForm(ctx, tx, h.box, by, "/a", "at="+h.now.String()) })
		}
		h.do(func(tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from saved_form`)
			if n != 5 || err != nil {
				h.Errorf("%d forms kept, want 5 (%v)", n, err)
			}
			f, err := account.LastForm(ctx, tx, h.box, by)
			if f.Body != "at="+h.now.String() {
				h.Errorf("the last is %q", f.Body)
			}
			return err
		})
		h.later(25 * time.Hour)
		h.do(func(tx *db.Tx) error {
			if err := account.Sweep(ctx, tx); err != nil {
				return err
			}
			n, err := db.Count(ctx, tx, `select count(*) from saved_form`)
			if n != 0 {
				h.Errorf("%d forms a day later", n)
			}
			return err
		})
	})
}
