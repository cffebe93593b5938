package account_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

func (h *house) askReset(email string) error {
	h.Helper()
	return h.attempt(func(tx *db.Tx) error { return account.AskReset(ctx, tx, email, "192.0.2.1") })
}

// resets runs the jobs and returns how many mails would go, and the last link.
func (h *house) resets() (mails int, link string) {
	h.Helper()
	r := job.NewRunner(h.d, nil)
	job.React(r, func(_ context.Context, tx *db.Tx, e account.ResetAsked) error {
		_, token, ok, err := account.DrawReset(ctx, tx, e)
		if ok {
			mails, link = mails+1, token
		}
		return err
	})
	job.React(r, func(context.Context, *db.Tx, account.SecurityChanged) error { return nil })
	job.React(r, func(context.Context, *db.Tx, account.CodeAsked) error { return nil })
	if _, err := r.Drain(ctx); err != nil {
		h.Fatal(err)
	}
	return mails, link
}

func (h *house) reset(link, password string) error {
	h.Helper()
	return h.d.Update(ctx, func(tx *db.Tx) error {
		_, err := account.Reset(ctx, tx, link, password)
		return err
	})
}

// A link chooses a password once, ends all sessions and leaves the second
// factor as it is.
func TestAForgottenPassword(t *testing.T) {
	each(t, func(h *house) {
		p := h.maria()
		_, _, token := h.enroll(p.Email)
		if err := h.askReset(" Maria@CedarOrtho.example "); err != nil {
			t.Fatal(err)
		}
		_, old := h.resets()
		if err := h.askReset(p.Email); err != nil {
			t.Fatal(err)
		}
		_, link := h.resets()
		h.wantKind("an older link", h.reset(old, another), fault.NotFound)
		h.wantField("a short password", h.reset(link, "short"), "password", "Password must be 12 characters or more")
		h.wantState("before", token, account.Open)
		if err := h.reset(link, another); err != nil {
			t.Fatal(err)
		}
		h.wantState("after", token, account.Outside)
		h.wantKind("the link again", h.reset(link, right), fault.NotFound)
		e, err := h.signIn(account.Attempt{Email: p.Email, Password: another})
		if err != nil || e.State != account.Half || !h.look(e.Token).HasTOTP {
			t.Errorf("%v, %v", e.State, err)
		}
		if err := h.askReset(p.Email); err != nil {
			t.Fatal(err)
		}
		_, link = h.resets()
		h.later(time.Hour)
		h.wantKind("after an hour", h.reset(link, right), fault.NotFound)
	})
}

// A stranger learns nothing by asking, and a mailbox alone opens no account.
func TestAskingForAPasswordTellsNothing(t *testing.T) {
	each(t, func(h *house) {
		if err := h.askReset("nobody@cedarortho.example"); err != nil {
			t.Fatal(err)
		}
		if n, _ := h.resets(); n != 0 {
			t.Errorf("%d mails to nobody", n)
		}
		luis := h.person("luis@willow.example", account.OfficeStaff, "org_mail")
		if err := h.askReset(luis.Email); err != nil {
			t.Fatal(err)
		}
		if n, link := h.resets(); n != 1 || link != "" {
			t.Errorf("%d mails, link %q, to who gets codes by mail", n, link)
		}
		for range 4 {
			_ = h.askReset("nobody@cedarortho.example")
		}
		known, unknown := h.askReset(luis.Email), h.askReset("nobody@cedarortho.example")
		if known != nil || !fault.Is(unknown, fault.TooMany) {
			t.Errorf("%v, %v", known, unknown)
		}
		for range 4 {
			_ = h.askReset(luis.Email)
		}
		h.wantKind("too many for an account", h.askReset(luis.Email), fault.TooMany)
	})
}

// An administrator sends a link to who works here, and to nobody else.
func TestAnAdministratorSendsALink(t *testing.T) {
	each(t, func(h *house) {
		dana, maria := h.dana(), h.maria()
		luis := h.person("luis@willow.example", account.OfficeStaff, "org_mail")
		staff := h.actor(maria.ID)
		send := func(by account.Actor, id account.PersonID) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.SendReset(ctx, tx, by, "org_app", id) })
		}
		h.wantKind("an outsider", send(dana, luis.ID), fault.NotFound)
		h.wantKind("by staff", send(staff, dana.ID), fault.NotFound)
		h.wantKind("to themselves", send(dana, dana.ID), fault.Denied)
		if err := send(dana, maria.ID); err != nil {
			t.Fatal(err)
		}
		n, link := h.resets()
		if n != 1 || link == "" {
			t.Fatalf("%d mails", n)
		}
		if err := h.reset(link, another); err != nil {
			t.Fatal(err)
		}
	})
}
