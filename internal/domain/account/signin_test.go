package account_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

func attempt(email, password string) account.Attempt {
	return account.Attempt{Email: email, Password: password, Agent: "test", Address: "192.0.2.1"}
}

// Ten failures with one account bring a pause, in which not even the right
// password is heard; after it the account works as before.
func TestASVS_6_3_1_GuessingAPasswordIsSlowedDown(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		for i := 1; i < 10; i++ {
			_, err := h.signIn(attempt(p.Email, "wrong"))
			h.wantKind(fmt.Sprint("failure ", i), err, fault.Invalid)
		}
		_, err := h.signIn(attempt(p.Email, "wrong"))
		h.wantKind("failure 10", err, fault.TooMany)
		if got, want := fault.Of(err).Text, "Too many tries. Wait 15 minutes or reset your password"; got.String() != want {
			h.Errorf("%q, want %q", got, want)
		}
		_, err = h.signIn(attempt(p.Email, right))
		h.wantKind("the right password in the pause", err, fault.TooMany)
		h.later(14*time.Minute + 59*time.Second)
		_, err = h.signIn(attempt(p.Email, right))
		if !strings.Contains(fault.Of(err).Text.String(), "Wait 1 minute or") {
			h.Errorf("near the end of the pause: %v", err)
		}
		h.later(time.Second)
		if _, err := h.signIn(attempt(p.Email, right)); err != nil {
			h.Errorf("after the pause: %v", err)
		}
	})
}

// Pauses double, so that a patient guesser has at most 100 tries in a week.
func TestASVS_6_3_1_PausesGrow(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		begin, heard := h.now, 0
		for h.now.Sub(begin) < 7*24*time.Hour {
			_, err := h.signIn(attempt(p.Email, "wrong"))
			if strings.Contains(fault.Of(err).Text.String(), "Too many tries") {
				h.later(15 * time.Minute)
			}
			if heard = len(h.audited(p.ID)) - 3; heard > 100 {
				h.Fatalf("%d guesses were heard in %v", heard, h.now.Sub(begin))
			}
		}
		if heard < 50 {
			h.Errorf("only %d guesses were heard in a week: the owner could be kept out by failing on purpose", heard)
		}
	})
}

// Tries made at the same moment are counted one by one.
func TestASVS_6_3_1_GuessingInParallelGainsNothing(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_ = h.d.Update(ctx, func(tx *db.Tx) error {
					_, err := account.SignIn(ctx, tx, attempt(p.Email, "wrong"), limits)
					if k := fault.Of(err).Kind; k == fault.Invalid || k == fault.TooMany {
						return nil
					}
					return err
				})
			})
		}
		wg.Wait()
		n := 0
		for _, a := range h.audited(p.ID) {
			if a == "person.refused" {
				n++
			}
		}
		if n != 10 {
			h.Errorf("%d passwords were looked at, want 10", n)
		}
	})
}

// One address that tries many accounts is paused too.
func TestASVS_6_3_1_SprayingPasswordsIsSlowedDown(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		for i := range 100 {
			if _, err := h.signIn(attempt(fmt.Sprintf("person%d@cedarortho.example", i), "Summer2026!")); err == nil {
				h.Fatal("somebody came in")
			}
		}
		_, err := h.signIn(attempt(p.Email, right))
		h.wantKind("from the same address", err, fault.TooMany)
		a := attempt(p.Email, right)
		a.Address = "198.51.100.7"
		if _, err := h.signIn(a); err != nil {
			h.Errorf("from another address: %v", err)
		}
		h.later(16 * time.Minute)
		if _, err := h.signIn(attempt(p.Email, right)); err != nil {
			h.Errorf("after the pause: %v", err)
		}
	})
}

// Failing on purpose elsewhere doesn't keep the owner from a device they trust.
func TestASVS_6_3_1_AStrangerCannotLockTheOwnerOut(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		v := h.open(p.Email, key)
		var device string
		h.do(func(tx *db.Tx) (err error) {
			device, err = account.Trust(ctx, tx, v.By, "test", 30)
			return err
		})
		for range 12 {
			h.signIn(attempt(p.Email, "wrong"))
		}
		a := attempt(p.Email, right)
		a.Device = device
		if e, err := h.signIn(a); err != nil || e.State != account.Open {
			h.Errorf("the owner at a trusted device: state %d, %v", e.State, err)
		}
		h.do(func(tx *db.Tx) error { return account.Lock(ctx, tx, v) })
		if err := h.attempt(func(tx *db.Tx) error {
			_, err := account.Unlock(ctx, tx, v, right)
			return err
		}); err != nil {
			h.Errorf("the owner unlocking their session: %v", err)
		}
		a.Password = "wrong"
		for range 10 {
			h.signIn(a)
		}
		a.Password = right
		_, err := h.signIn(a)
		h.wantKind("guessing at the trusted device", err, fault.TooMany)
	})
}

// Nothing in the answer tells an address without an account from a wrong
// password, and the pause comes alike.
func TestASVS_6_3_8_UnknownAccountsAnswerAlike(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		for i := range 11 {
			_, known := h.signIn(attempt(p.Email, "wrong password"))
			_, unknown := h.signIn(attempt("nobody@cedarortho.example", "wrong password"))
			if a, b := fault.Of(known), fault.Of(unknown); a.Kind != b.Kind || a.Text.String() != b.Text.String() || len(a.Fields)+len(b.Fields) > 0 {
				h.Errorf("try %d: known %v, unknown %v", i, known, unknown)
			}
		}
	})
}

// The work done for an unknown account is that done for a known one.
func TestASVS_6_3_8_UnknownAccountsTakeAsLong(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		median := func(email string) time.Duration {
			var took []time.Duration
			for range 9 {
				start := time.Now()
				h.signIn(attempt(email, "wrong password"))
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			return took[len(took)/2]
		}
		known, unknown := median(p.Email), median("nobody@cedarortho.example")
		if unknown < known/5 || unknown > known*5 {
			h.Errorf("a known account takes %v, an unknown one %v", known, unknown)
		}
	})
}

// There is no account but those somebody added.
func TestASVS_6_3_2_NoDefaultAccounts(t *testing.T) {
	each(t, func(h *house) {
		h.do(func(tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from person`)
			if n != 0 {
				h.Errorf("a fresh database has %d accounts", n)
			}
			return err
		})
	})
}

// The owner hears of a sign-in from a new place, once, and of many failures.
func TestASVS_6_3_5_OwnersAreToldOfSuspiciousSignIns(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		for range 2 {
			h.signIn(attempt(p.Email, right))
		}
		if got := h.told(p.ID); !slices.Equal(got, []words.Text{account.NewSignIn}) {
			h.Errorf("after two sign-ins from one place: %q", got)
		}
		for range 10 {
			h.signIn(attempt(p.Email, "wrong"))
		}
		if got := h.told(p.ID); !slices.Equal(got, []words.Text{account.ManyFailures}) {
			h.Errorf("after ten failures: %q", got)
		}
	})
}

func TestSignInAsksForBothInFull(t *testing.T) {
	each(t, func(h *house) {
		_, err := h.signIn(attempt("", ""))
		h.wantField("nothing", err, "email", "Enter an email address")
		h.wantField("nothing", err, "password", "Enter a password")
		_, err = h.signIn(attempt("maria", "x"))
		h.wantField("no address", err, "email", "Enter an email address in the correct format, like name@example.com")
		p := h.maria()
		if _, err := h.signIn(attempt("  MARIA@CedarOrtho.example ", right)); err != nil {
			h.Errorf("an address in capitals: %v", err)
		}
		if got := h.audited(p.ID)[0]; got != "person.password_right" {
			h.Errorf("the last audit entry is %q", got)
		}
	})
}

func TestFailuresAreAuditedWithoutWhatWasTyped(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		h.signIn(attempt(p.Email, "wrong-secret-text"))
		h.signIn(attempt("nobody@typed.example", "wrong-secret-text"))
		h.do(func(tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from audit where action = 'person.refused'`)
			if err != nil || n != 2 {
				h.Errorf("%d failures audited, want 2 (%v)", n, err)
			}
			n, err = db.Count(ctx, tx, `select count(*) from audit where detail like '%typed%' or detail like '%secret%' or object_id like '%typed%'`)
			if n != 0 {
				h.Error("what was typed stands in the audit")
			}
			return err
		})
	})
}
