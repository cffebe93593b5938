package account_test

import (
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

func (h *house) trust(v account.Visit) (device string) {
	h.Helper()
	h.do(func(tx *db.Tx) (err error) {
		device, err = account.Trust(ctx, tx, v.By, "test", 30)
		return err
	})
	return device
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
