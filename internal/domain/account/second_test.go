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
)

// The password alone opens nothing: a session stands at the second factor.
func TestASVS_6_3_3_ThePasswordAloneIsNotEnough(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		v := h.half(p.Email)
		if v.State != account.Half || v.By.Verified {
			h.Errorf("after the password: state %d, verified %v", v.State, v.By.Verified)
		}
		token, err := h.verify(v, h.code(key))
		if err != nil {
			h.Fatal(err)
		}
		if v := h.look(token); v.State != account.Open || !v.By.Verified {
			h.Errorf("after the code: state %d, verified %v", v.State, v.By.Verified)
		}
	})
}

// A code of the authenticator works once, even when it is sent twice at the
// same moment from two sessions.
func TestASVS_6_5_1_AnAuthenticatorCodeWorksOnce(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		const sessions = 6
		var visits [sessions]account.Visit
		for i := range visits {
			visits[i] = h.half(p.Email)
		}
		code := h.code(key)
		var mu sync.Mutex
		var wg sync.WaitGroup
		in := 0
		for _, v := range visits {
			wg.Go(func() {
				_ = h.d.Update(ctx, func(tx *db.Tx) error {
					_, err := account.Verify(ctx, tx, h.box, v, code)
					if err == nil {
						mu.Lock()
						in++
						mu.Unlock()
					}
					return err
				})
			})
		}
		wg.Wait()
		if in != 1 {
			h.Errorf("one code opened %d sessions", in)
		}
		_, err := h.verify(h.half(p.Email), code)
		h.wantField("the code again", err, "code", "This code doesn't match. You have 9 tries left")
	})
}

// A code that an earlier one has overtaken is used up as well.
func TestASVS_6_5_1_EarlierCodesAreUsedUp(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		before := h.code(key)
		h.later(30 * time.Second)
		h.open(p.Email, key)
		h.later(-time.Minute)
		if _, err := h.verify(h.half(p.Email), before); err == nil {
			h.Error("the code before the one just used works")
		}
	})
}

func TestASVS_6_5_1_ARecoveryCodeWorksOnce(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, codes, _ := h.enroll(p.Email)
		h.told(p.ID)
		use := func(code string) (token string, err error) {
			v := h.half(p.Email)
			err = h.attempt(func(tx *db.Tx) (err error) {
				token, err = account.Recover(ctx, tx, v, code)
				return err
			})
			return token, err
		}
		token, err := use(" " + strings.ToLower(strings.ReplaceAll(codes[3], "O", "0")) + " ")
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("after a recovery code", token, account.Open)
		if got := h.told(p.ID); !slices.Contains(got, account.CodeUsed) {
			h.Errorf("the owner is told %q", got)
		}
		_, err = use(codes[3])
		h.wantField("the same code", err, "recovery_code", "This code doesn't match. You have 9 tries left")
		_, err = use("")
		h.wantField("nothing", err, "recovery_code", "Enter a recovery code")
		h.do(func(tx *db.Tx) error {
			if n, err := account.CodesLeft(ctx, tx, h.look(token).By); n != 9 || err != nil {
				h.Errorf("%d codes left, want 9 (%v)", n, err)
			}
			return nil
		})
	})
}

func TestASVS_6_5_1_AMailedCodeWorksOnce(t *testing.T) {
	each(t, func(h *house) {
		p := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		v := h.half(p.Email)
		code := h.mailed()
		token, err := h.verify(v, code)
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("after the mailed code", token, account.Open)
		h.later(time.Minute)
		if _, err := h.verify(h.half(p.Email), code); err == nil {
			h.Error("the code opened another session")
		}
	})
}

// What is stored of a recovery code or of the authenticator's secret is of no
// use to who reads the database.
func TestASVS_6_5_2_CodesAndSecretsAreNotStoredReadable(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, codes, _ := h.enroll(p.Email)
		h.do(func(tx *db.Tx) error {
			stored, err := db.All(ctx, tx, db.Value[string], `select code_hash from recovery_code union all select totp_secret from person`)
			for _, s := range stored {
				if strings.Contains(s, key) || strings.Contains(s, codes[0]) || strings.Contains(s, strings.ReplaceAll(codes[0], "-", "")) {
					h.Errorf("stored: %s", s)
				}
			}
			if len(stored) != 11 {
				h.Errorf("%d rows, want ten codes and a secret", len(stored))
			}
			return err
		})
	})
}

// A secret has 160 bits (RFC 4226 4), a recovery code 120, a mailed code six
// digits, which the requirement counts as 20 bits, and few tries.
func TestASVS_6_5_4_CodesAreLongEnough(t *testing.T) {
	each(t, func(h *house) {
		key, codes, _ := h.enroll(h.maria().Email)
		if len(key) != 32 {
			h.Errorf("a secret of %d characters, want 32", len(key))
		}
		if len(codes) != 10 || len(strings.ReplaceAll(codes[0], "-", "")) != 24 {
			h.Errorf("recovery codes: %q", codes)
		}
		h.half(h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail").Email)
		if code := h.mailed(); len(code) != 6 {
			h.Errorf("mailed: %q", code)
		}
	})
}

// Secrets and codes are random: none comes twice.
func TestASVS_6_5_3_CodesAreRandom(t *testing.T) {
	each(t, func(h *house) {
		seen := map[string]bool{}
		for i := range 3 {
			key, codes, _ := h.enroll(h.person(fmt.Sprintf("p%d@cedarortho.example", i), account.OfficeStaff, "org_app").Email)
			for _, s := range append(codes, key) {
				if seen[s] {
					h.Errorf("%s came twice", s)
				}
				seen[s] = true
			}
		}
	})
}

// A mailed code lives ten minutes; an authenticator's thirty seconds, and one
// step to either side for clocks that differ.
func TestASVS_6_5_5_CodesExpire(t *testing.T) {
	each(t, func(h *house) {
		ben := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		v := h.half(ben.Email)
		code := h.mailed()
		h.later(10 * time.Minute)
		_, err := h.verify(v, code)
		h.wantField("after ten minutes", err, "code", "This code has expired. Send a new code")
		h.later(-time.Second)
		if _, err := h.verify(v, code); err != nil {
			h.Errorf("just before: %v", err)
		}

		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		for _, off := range []time.Duration{-90 * time.Second, 90 * time.Second} {
			h.later(off)
			stale := h.code(key)
			h.later(-off)
			_, err := h.verify(h.half(p.Email), stale)
			h.wantKind(fmt.Sprint("a code ", off, " away"), err, fault.Invalid)
		}
		h.later(30 * time.Second)
		early := h.code(key)
		h.later(-30 * time.Second)
		if _, err := h.verify(h.half(p.Email), early); err != nil {
			h.Errorf("a code one step early: %v", err)
		}
	})
}

// Whoever lost the phone can have the authenticator removed or replaced, and
// every trusted device forgotten.
func TestASVS_6_5_6_FactorsCanBeRevoked(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, codes, _ := h.enroll(p.Email)
		v := h.open(p.Email, key)
		other := h.open(p.Email, key)
		device := h.trust(v)
		var fresh account.Setup
		err := h.attempt(func(tx *db.Tx) (err error) {
			if fresh, err = account.Prepare(tx, h.box, v.By, "Parley"); err != nil {
				return err
			}
			_, err = account.Replace(ctx, tx, h.box, v, fresh, right, h.code(fresh.Secret))
			return err
		})
		if err != nil {
			h.Fatal(err)
		}
		if e, _ := h.signIn(account.Attempt{Email: p.Email, Password: right, Device: device}); e.State != account.Half {
			h.Error("a device trusted with the old authenticator is still trusted")
		}
		if got := h.sessions(v); len(got) != 1 || got[0].ID != v.SessionID {
			h.Errorf("other sessions outlive the old authenticator: %v (%s)", got, other.SessionID)
		}
		h.later(time.Minute)
		if _, err := h.verify(h.half(p.Email), h.code(key)); err == nil {
			h.Error("the old authenticator still works")
		}
		if err := h.recover(p.Email, codes[0]); err == nil {
			h.Error("an old recovery code still works")
		}
		if _, err := h.verify(h.half(p.Email), h.code(fresh.Secret)); err != nil {
			h.Errorf("the new authenticator: %v", err)
		}
	})
}

func (h *house) trust(v account.Visit) (device string) {
	h.Helper()
	h.do(func(tx *db.Tx) (err error) {
		device, err = account.Trust(ctx, tx, v.By, "test", 30)
		return err
	})
	return device
}

func (h *house) recover(email, code string) error {
	h.Helper()
	v := h.half(email)
	return h.attempt(func(tx *db.Tx) error {
		_, err := account.Recover(ctx, tx, v, code)
		return err
	})
}

func (h *house) sessions(v account.Visit) (all []account.Session) {
	h.Helper()
	h.do(func(tx *db.Tx) (err error) {
		all, err = account.Sessions(ctx, tx, v.By)
		// the test's own steps leave sessions that stand at the second factor
		all = slices.DeleteFunc(all, func(s account.Session) bool { return s.ID != v.SessionID && s.Address == "" })
		return err
	})
	return all
}

// Codes are checked against the server's clock: nothing a client sends is asked.
func TestASVS_6_5_8_TheServersClockCounts(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		code := h.code(key)
		h.later(5 * time.Minute)
		_, err := h.verify(h.half(p.Email), code)
		h.wantKind("a code of five minutes ago", err, fault.Invalid)
	})
}

// A mailed code opens the session it was asked in, and no other of the same person.
func TestASVS_6_6_2_AMailedCodeIsBoundToItsSession(t *testing.T) {
	each(t, func(h *house) {
		p := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		first := h.half(p.Email)
		code := h.mailed()
		second := h.half(p.Email)
		h.mailed()
		if _, err := h.verify(second, code); err == nil {
			h.Error("the first session's code opens the second")
		}
		if _, err := h.verify(first, code); err != nil {
			h.Errorf("the first session's code in it: %v", err)
		}
	})
}

// Ten wrong codes bring a pause, for all sessions of the person together.
func TestASVS_6_6_3_GuessingCodesIsSlowedDown(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		a, b := h.half(p.Email), h.half(p.Email)
		wrong := "000000"
		if h.code(key) == wrong {
			wrong = "000001"
		}
		for i := range 9 {
			_, err := h.verify([]account.Visit{a, b}[i%2], wrong)
			want := fmt.Sprintf("This code doesn't match. You have %d tries left", 9-i)
			if i == 8 {
				want = "This code doesn't match. You have 1 try left"
			}
			h.wantField(fmt.Sprint("failure ", i+1), err, "code", want)
		}
		_, err := h.verify(a, wrong)
		h.wantKind("failure 10", err, fault.TooMany)
		_, err = h.verify(b, h.code(key))
		h.wantKind("the right code in the pause", err, fault.TooMany)
		h.later(15 * time.Minute)
		if _, err := h.verify(h.half(p.Email), h.code(key)); err != nil {
			h.Errorf("after the pause: %v", err)
		}
	})
}

func TestCodesThatAreNone(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		v := h.half(p.Email)
		_, err := h.verify(v, " ")
		h.wantField("nothing", err, "code", "Enter the 6-digit code")
		_, err = h.verify(v, "12a456")
		h.wantField("letters", err, "code", "Code must be 6 digits")
		code := h.code(key)
		token, err := h.verify(v, code[:3]+" "+code[3:])
		if err != nil {
			h.Errorf("with a space, as apps show it: %v", err)
		}
		_, err = h.verify(h.look(token), h.code(key))
		h.wantKind("a code in an open session", err, fault.Denied)
	})
}

// Mailed codes are for people all of whose organizations allow them, and
// never for staff.
func TestMailedCodesAreWhereTheOrganizationAllowsThem(t *testing.T) {
	each(t, func(h *house) {
		ask := func(v account.Visit) error {
			return h.attempt(func(tx *db.Tx) error { return account.AskCode(ctx, tx, v) })
		}
		maria := h.maria()
		h.wantKind("an office that doesn't allow it", ask(h.half(maria.Email)), fault.Denied)
		nurse := h.person("nina@review.example", account.Nurse, "org_um")
		h.wantKind("staff", ask(h.half(nurse.Email)), fault.Denied)
		ben := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		h.half(ben.Email)
		if h.mailed() == "" {
			h.Error("no code is mailed at sign-in where it is the only way")
		}
		h.do(func(tx *db.Tx) error {
			return account.AddSeat(ctx, tx, account.Program(), ben.ID, account.Seat{OrganizationID: "org_app", Role: account.OfficeStaff})
		})
		h.wantKind("one office of two", ask(h.half(ben.Email)), fault.Denied)
	})
}

func TestANewMailedCodeTakesHalfAMinuteAndVoidsTheOld(t *testing.T) {
	each(t, func(h *house) {
		p := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		v := h.half(p.Email)
		old := h.mailed()
		ask := func() error { return h.attempt(func(tx *db.Tx) error { return account.AskCode(ctx, tx, v) }) }
		h.later(29 * time.Second)
		h.wantKind("after 29 seconds", ask(), fault.TooMany)
		h.later(time.Second)
		if err := ask(); err != nil {
			h.Fatal(err)
		}
		if _, err := h.verify(v, old); err == nil {
			h.Error("the old code works although a new one was asked for")
		}
		fresh := h.mailed()
		if again := h.mailed(); again != "" {
			h.Error("a job that runs twice draws a second code")
		}
		if _, err := h.verify(v, fresh); err != nil {
			h.Errorf("the new code: %v", err)
		}
	})
}

// Nobody's mailbox is flooded by somebody who knows the password.
func TestManyMailedCodesAreRefused(t *testing.T) {
	each(t, func(h *house) {
		p := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		v := h.half(p.Email)
		sent := 1
		for range 20 {
			h.later(31 * time.Second)
			if h.attempt(func(tx *db.Tx) error { return account.AskCode(ctx, tx, v) }) == nil {
				sent++
			}
		}
		if sent > 10 {
			h.Errorf("%d codes in ten minutes", sent)
		}
	})
}

// The first authenticator is set up with the password alone; after that, and
// where a mailed code would be asked for, it is not.
func TestEnrolmentIsNoWayAroundTheSecondFactor(t *testing.T) {
	each(t, func(h *house) {
		try := func(email string) error {
			v := h.half(email)
			return h.attempt(func(tx *db.Tx) error {
				s, err := account.Prepare(tx, h.box, v.By, "Parley")
				if err != nil {
					return err
				}
				_, _, err = account.Enroll(ctx, tx, h.box, v, s, h.code(s.Secret))
				return err
			})
		}
		maria := h.maria()
		h.enroll(maria.Email)
		h.wantKind("a second authenticator by the password alone", try(maria.Email), fault.Denied)
		ben := h.person("ben@cedarortho.example", account.OfficeStaff, "org_mail")
		h.wantKind("where a mailed code is due", try(ben.Email), fault.Denied)
	})
}

func TestASetupIsOnePersonsForAnHour(t *testing.T) {
	each(t, func(h *house) {
		maria, nina := h.maria(), h.person("nina@review.example", account.Nurse, "org_um")
		v, other := h.half(maria.Email), h.half(nina.Email)
		var s account.Setup
		h.do(func(tx *db.Tx) (err error) {
			if s, err = account.Prepare(tx, h.box, v.By, "Parley"); err != nil {
				return err
			}
			again, err := account.Resume(tx, h.box, v.By, "Parley", s.Sealed)
			if err != nil || again != s {
				h.Errorf("resumed %+v, want %+v (%v)", again, s, err)
			}
			_, err = account.Resume(tx, h.box, other.By, "Parley", s.Sealed)
			h.wantKind("somebody else's", err, fault.Invalid)
			_, err = account.Resume(tx, h.box, v.By, "Parley", s.Sealed[1:])
			h.wantKind("a changed one", err, fault.Invalid)
			_, _, err = account.Enroll(ctx, tx, h.box, v, s, "123")
			h.wantField("a short code", err, "code", "Code must be 6 digits")
			return nil
		})
		h.later(61 * time.Minute)
		h.do(func(tx *db.Tx) error {
			_, err := account.Resume(tx, h.box, v.By, "Parley", s.Sealed)
			h.wantKind("after an hour", err, fault.Invalid)
			return nil
		})
	})
}

// A trusted device stands for its owner's second factor and nobody else's,
// for thirty days, and only until it is forgotten.
func TestATrustedDeviceIsOnePersonsForThirtyDays(t *testing.T) {
	each(t, func(h *house) {
		maria, nina := h.maria(), h.person("nina@review.example", account.Nurse, "org_um")
		key, _, _ := h.enroll(maria.Email)
		h.enroll(nina.Email)
		v := h.open(maria.Email, key)
		device := h.trust(v)
		state := func(email string) account.State {
			e, err := h.signIn(account.Attempt{Email: email, Password: right, Device: device})
			if err != nil {
				h.Fatal(err)
			}
			return e.State
		}
		if state(maria.Email) != account.Open {
			h.Error("the owner is asked for a code")
		}
		if state(nina.Email) != account.Half {
			h.Error("somebody else comes in by the owner's device")
		}
		var id string
		h.do(func(tx *db.Tx) error {
			all, err := account.Devices(ctx, tx, v.By)
			if err != nil || len(all) != 1 {
				h.Fatalf("devices: %v (%v)", all, err)
			}
			id = all[0].ID
			h.wantKind("somebody else forgetting it", account.Forget(ctx, tx, account.Actor{ID: nina.ID}, id), fault.NotFound)
			return nil
		})
		h.later(30 * 24 * time.Hour)
		if state(maria.Email) != account.Half {
			h.Error("it is trusted after thirty days")
		}
		h.later(-24 * time.Hour)
		h.do(func(tx *db.Tx) error { return account.Forget(ctx, tx, v.By, id) })
		if state(maria.Email) != account.Half {
			h.Error("it is trusted although it was forgotten")
		}
	})
}

// A reset by an administrator has the person set up a new authenticator.
func TestResetSecondFactor(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		key, _, _ := h.enroll(p.Email)
		v := h.open(p.Email, key)
		device := h.trust(v)
		h.attempt(func(tx *db.Tx) error {
			h.wantKind("by a colleague", account.ResetSecondFactor(ctx, tx, account.Actor{ID: "per_x", Seats: v.By.Seats}, p.ID), fault.Denied)
			h.wantKind("of nobody", account.ResetSecondFactor(ctx, tx, account.Program(), "per_0"), fault.NotFound)
			return nil
		})
		h.do(func(tx *db.Tx) error { return account.ResetSecondFactor(ctx, tx, account.Program(), p.ID) })
		if got := h.told(p.ID); !slices.Contains(got, account.FactorReset) {
			h.Errorf("the owner is told %q", got)
		}
		if e, _ := h.signIn(account.Attempt{Email: p.Email, Password: right, Device: device}); e.State != account.Half {
			h.Error("a trusted device comes in without the factor it stood for")
		}
		if v := h.half(p.Email); v.HasTOTP {
			h.Error("the authenticator is still there")
		}
		h.enroll(p.Email)
	})
}
