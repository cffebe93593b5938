package account_test

import (
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

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
