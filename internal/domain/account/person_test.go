package account_test

import (
	"slices"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

func (h *house) change(v account.Visit, current, password string) error {
	h.Helper()
	return h.attempt(func(tx *db.Tx) error { return account.ChangePassword(ctx, tx, v, current, password) })
}

// Twelve characters at least, beside a second factor.
func TestASVS_6_2_1_PasswordsHaveALength(t *testing.T) {
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		v := h.look(token)
		h.wantField("eleven characters", h.change(v, right, "xkq vbn wzt"), "password", "Password must be 12 characters or more")
		h.wantField("none", h.change(v, right, ""), "password", "Enter a password")
		if err := h.change(v, right, "xkq vbn wztj"); err != nil {
			h.Errorf("twelve: %v", err)
		}
	})
}

// Changing the password takes the current one.
func TestASVS_6_2_3_ChangingThePasswordTakesTheCurrentOne(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		v := h.look(token)
		h.wantField("without the current one", h.change(v, "", another), "current_password", "Enter your current password")
		h.wantField("with a wrong one", h.change(v, "wrong", another), "current_password", "This password doesn't match our records")
		if _, err := h.signIn(attempt(p.Email, right)); err != nil {
			h.Errorf("the password was changed all the same: %v", err)
		}
	})
}

// People change their own password; the old one stops working.
func TestASVS_6_2_2_PeopleChangeTheirPassword(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		if err := h.change(h.look(token), right, another); err != nil {
			h.Fatal(err)
		}
		if _, err := h.signIn(attempt(p.Email, right)); err == nil {
			h.Error("the old password still works")
		}
		if _, err := h.signIn(attempt(p.Email, another)); err != nil {
			h.Errorf("the new one: %v", err)
		}
	})
}

// Passwords that everybody thinks of are refused.
func TestASVS_6_2_4_CommonPasswordsAreRefused(t *testing.T) {
	wantListed(t, "password1234", "qwertyuiop123", "123456789012", "Iloveyou12345", "P@ssw0rd2026")
}

// So are those that were found in breaches, though few would think of them.
func TestASVS_6_2_12_BreachedPasswordsAreRefused(t *testing.T) {
	wantListed(t, "1qaz2wsx3edc4rfv", "manchesterunited", "christopher1986", "thisismypassword")
}

func wantListed(t *testing.T, passwords ...string) {
	t.Helper()
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		for _, p := range passwords {
			h.wantField(p, h.change(h.look(token), right, p), "password", "This password is on a list of common passwords. Choose another")
		}
	})
}

// Any characters will do, and there need not be any of a kind.
func TestASVS_6_2_5_PasswordsOfAnyComposition(t *testing.T) {
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		current := right
		for _, next := range []string{"only small letters here", "8041 5527 9930 1162", "日本語の長いパスワードです。", "'; drop table person; --", "🌧🌲🚲🎻🪁🧊🦉🌋🥁🪐🛶🧭"} {
			if err := h.change(h.look(token), current, next); err != nil {
				h.Errorf("%q: %v", next, err)
				continue
			}
			current = next
		}
	})
}

// The password counts as typed: no letter is folded, no space or end cut off.
func TestASVS_6_2_8_PasswordsAreTakenAsTyped(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		long := "  Ends with spaces " + strings.Repeat("and goes on ", 8) + " "
		if err := h.change(h.look(token), right, long); err != nil {
			h.Fatal(err)
		}
		for _, near := range []string{strings.TrimSpace(long), strings.ToLower(long), long[:72], long + " "} {
			if _, err := h.signIn(attempt(p.Email, near)); err == nil {
				h.Errorf("%q is taken for the password", near)
			}
		}
		if _, err := h.signIn(attempt(p.Email, long)); err != nil {
			h.Errorf("the password itself: %v", err)
		}
	})
}

// Sixty-four characters and more are welcome.
func TestASVS_6_2_9_LongPasswordsAreTaken(t *testing.T) {
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		v := h.look(token)
		long := strings.Repeat("rain on the roof ", 8)[:128]
		if err := h.change(v, right, long); err != nil {
			h.Errorf("128 characters: %v", err)
		}
		h.wantField("129", h.change(v, long, long+"x"), "password", "Password must be 128 characters or fewer")
	})
}

// A password made of what an attacker knows of its owner is refused.
func TestASVS_6_2_11_PasswordsFromContextAreRefused(t *testing.T) {
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		for _, guess := range []string{"Maria Chen 2026", "harborimaging!", "parleyparley1", "mchen-maria-1"} {
			if err := h.change(h.look(token), right, guess); fault.Of(err).Fields["password"] == "" {
				h.Errorf("%q: %v", guess, err)
			}
		}
	})
}

// The owner is told of every change to what opens the account.
func TestASVS_6_3_7_OwnersAreToldOfChanges(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		if got := h.told(p.ID); !slices.Contains(got, account.AuthenticatorSet) {
			h.Errorf("after the authenticator was set up: %q", got)
		}
		v := h.look(token)
		if err := h.change(v, right, another); err != nil {
			h.Fatal(err)
		}
		if got := h.told(p.ID); !slices.Equal(got, []words.Text{account.PasswordChanged}) {
			h.Errorf("after a new password: %q", got)
		}
		var codes []string
		if err := h.attempt(func(tx *db.Tx) (err error) {
			codes, err = account.RenewCodes(ctx, tx, v, another)
			return err
		}); err != nil || len(codes) != 10 {
			h.Errorf("new codes: %q, %v", codes, err)
		}
		if got := h.told(p.ID); !slices.Equal(got, []words.Text{account.CodesRenewed}) {
			h.Errorf("after new recovery codes: %q", got)
		}
	})
}

// Nobody chooses another person's password, administrators included.
func TestAdministratorsDoNotChoosePasswords(t *testing.T) {
	each(t, func(h *house) {
		p, boss := h.maria(), h.person("kai@review.example", account.Admin, "org_um")
		_, _, token := h.enroll(boss.Email)
		by := h.look(token).By
		h.wantKind("an administrator", h.attempt(func(tx *db.Tx) error { return account.SetPassword(ctx, tx, by, p.ID, another) }), fault.Denied)
	})
}

// What opens the account is changed with the password only, however open the session.
func TestASVS_7_5_1_FactorsAreChangedWithThePassword(t *testing.T) {
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		v := h.look(token)
		h.wantField("the password", h.change(v, "wrong", another), "current_password", "This password doesn't match our records")
		err := h.attempt(func(tx *db.Tx) error {
			_, err := account.RenewCodes(ctx, tx, v, "wrong")
			return err
		})
		h.wantField("recovery codes", err, "codes_password", "This password doesn't match our records")
		err = h.attempt(func(tx *db.Tx) error {
			s, err := account.Prepare(tx, h.box, v.By, "Parley")
			if err != nil {
				return err
			}
			_, err = account.Replace(ctx, tx, h.box, v, s, "wrong", h.code(s.Secret))
			return err
		})
		h.wantField("the authenticator", err, "current_password", "This password doesn't match our records")
		for range 7 {
			h.change(v, "wrong", another)
		}
		h.wantKind("the right password after ten failures", h.change(v, right, another), fault.TooMany)
	})
}

// The verbs themselves refuse nobody at all, without any page before them.
func TestASVS_8_3_1_VerbsRefuseNobody(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		h.attempt(func(tx *db.Tx) error {
			nobody := account.Actor{}
			_, err := account.AddPerson(ctx, tx, nobody, account.Person{Email: "x@y.example", FirstName: "X", LastName: "Y"})
			h.wantKind("adding a person", err, fault.Denied)
			h.wantKind("giving a role", account.AddSeat(ctx, tx, nobody, p.ID, account.Seat{OrganizationID: "org_app", Role: account.Admin}), fault.Denied)
			h.wantKind("setting a password", account.SetPassword(ctx, tx, nobody, p.ID, another), fault.Denied)
			h.wantKind("disabling", account.Disable(ctx, tx, nobody, p.ID), fault.Denied)
			h.wantKind("signing somebody out", account.SignOutEverywhere(ctx, tx, nobody, p.ID), fault.Denied)
			_, err = account.Verify(ctx, tx, h.box, account.Visit{By: account.Actor{ID: p.ID}}, "123456")
			h.wantKind("a code without a password", err, fault.Denied)
			return nil
		})
	})
}

// Only administrators change other people's accounts.
func TestASVS_8_2_1_OnlyAdministratorsChangeAccounts(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		for _, role := range account.Roles {
			if role == account.Admin {
				continue
			}
			by := account.Actor{ID: "per_x", Seats: []account.Seat{{OrganizationID: "org_app", Role: role}}, Verified: true}
			h.attempt(func(tx *db.Tx) error {
				_, err := account.AddPerson(ctx, tx, by, account.Person{Email: "x@y.example", FirstName: "X", LastName: "Y"})
				h.wantKind(string(role)+" adds a person", err, fault.Denied)
				h.wantKind(string(role)+" gives a role", account.AddSeat(ctx, tx, by, p.ID, account.Seat{OrganizationID: "org_app", Role: account.Admin}), fault.Denied)
				h.wantKind(string(role)+" takes a role", account.RemoveSeat(ctx, tx, by, p.ID, "org_app", account.OfficeStaff), fault.Denied)
				h.wantKind(string(role)+" widens a scope", account.AddScope(ctx, tx, by, p.ID, account.Scope{}), fault.Denied)
				h.wantKind(string(role)+" disables", account.Disable(ctx, tx, by, p.ID), fault.Denied)
				h.wantKind(string(role)+" resets", account.ResetSecondFactor(ctx, tx, by, p.ID), fault.Denied)
				return nil
			})
		}
	})
}

func TestNobodyGivesThemselvesARole(t *testing.T) {
	each(t, func(h *house) {
		boss := h.person("kai@review.example", account.Admin, "org_um")
		_, _, token := h.enroll(boss.Email)
		by := h.look(token).By
		h.wantKind("an administrator", h.attempt(func(tx *db.Tx) error {
			return account.AddSeat(ctx, tx, by, boss.ID, account.Seat{OrganizationID: "org_um", Role: account.Physician})
		}), fault.Denied)
	})
}

func TestAddPersonChecksAndTidies(t *testing.T) {
	each(t, func(h *house) {
		add := func(p account.Person) (account.Person, error) {
			var added account.Person
			err := h.attempt(func(tx *db.Tx) (err error) {
				added, err = account.AddPerson(ctx, tx, account.Program(), p)
				return err
			})
			return added, err
		}
		p, err := add(account.Person{Email: " Tess.O@Site.Example ", FirstName: " Tess ", LastName: "O'Neil  Park", Credential: "RT", Phone: "+1 312.555.0147"})
		if err != nil {
			h.Fatal(err)
		}
		if p.Email != "tess.o@site.example" || p.Name() != "Tess O'Neil Park" || p.Phone != "(312) 555-0147" {
			h.Errorf("tidied: %+v", p)
		}
		h.do(func(tx *db.Tx) error {
			got, err := account.ByEmail(ctx, tx, "TESS.O@site.example")
			if err != nil || got.ID != p.ID || got.HasPassword || got.HasTOTP {
				h.Errorf("looked up: %+v (%v)", got, err)
			}
			return nil
		})
		_, err = add(account.Person{Email: "tess.o@SITE.example", FirstName: "T", LastName: "O"})
		h.wantField("an address twice", err, "email", "This email address already has an account")
		_, err = add(account.Person{Email: "a@b", Phone: "555"})
		h.wantField("bad", err, "email", "Enter an email address in the correct format, like name@example.com")
		h.wantField("bad", err, "first_name", "Enter the first name")
		h.wantField("bad", err, "last_name", "Enter the last name")
		h.wantField("bad", err, "phone", "Phone number must be 10 digits")
	})
}

func TestSeatsAndScopes(t *testing.T) {
	each(t, func(h *house) {
		nurse := h.person("nina@review.example", account.Nurse, "org_um")
		h.do(func(tx *db.Tx) error {
			for range 2 { // given twice is held once
				if err := account.AddSeat(ctx, tx, account.Program(), nurse.ID, account.Seat{OrganizationID: "org_um", Role: account.Intake}); err != nil {
					return err
				}
				if err := account.AddScope(ctx, tx, account.Program(), nurse.ID, account.Scope{PlanID: "pln_1"}); err != nil {
					return err
				}
			}
			err := account.AddSeat(ctx, tx, account.Program(), nurse.ID, account.Seat{Role: "program"})
			h.wantField("no role of ours", err, "role", "Select a role")
			h.wantField("no organization", err, "organization", "Select an organization")
			by, err := account.Act(ctx, tx, nurse.ID)
			if err != nil {
				return err
			}
			if len(by.Seats) != 2 || !by.Has(account.Nurse, account.Intake) || !by.Covers("pln_1", "any") || by.Covers("pln_2", "any") {
				h.Errorf("acting as %+v", by)
			}
			return nil
		})
	})
}

func TestProfile(t *testing.T) {
	each(t, func(h *house) {
		_, _, token := h.enroll(h.maria().Email)
		by := h.look(token).By
		h.do(func(tx *db.Tx) error {
			if err := account.EditProfile(ctx, tx, by, account.Person{FirstName: "María", LastName: "Chen-López", Phone: "312 555 0147"}); err != nil {
				return err
			}
			h.wantField("no name", account.EditProfile(ctx, tx, by, account.Person{LastName: "C"}), "first_name", "Enter the first name")
			h.wantField("no zone", account.SetZone(ctx, tx, by, "Mars/Olympus"), "tz", "Select a time zone")
			h.wantField("no theme", account.SetTheme(ctx, tx, by, "pink"), "theme", "Select a theme")
			if err := account.SetZone(ctx, tx, by, "America/Denver"); err != nil {
				return err
			}
			return account.SetTheme(ctx, tx, by, "dark")
		})
		if by = h.look(token).By; by.Name != "María Chen-López" || by.Zone != "America/Denver" || by.Theme != "dark" {
			h.Errorf("now %+v", by)
		}
	})
}
