package account_test

import (
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A password that came to its end is replaced at the next sign-in with it,
// once the second factor was given and before anything else.
func TestPasswordsComeToTheirEnd(t *testing.T) {
	each(t, func(h *house) {
		omar, maria := h.operator(), h.maria()
		key, _, first := h.enroll(maria.Email)
		rule := func(by account.Actor, days int) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.SetPasswordDays(ctx, tx, by, "org_app", days) })
		}
		h.wantKind("by an office", rule(h.actor(maria.ID), 90), fault.Denied)
		h.wantField("a week", rule(omar, 7), "password_days", "Enter a number from 30 to 730")
		if v := h.look(first); v.PasswordEnds != nil {
			h.Errorf("without a rule: %v", v.PasswordEnds)
		}
		if err := rule(omar, 90); err != nil {
			h.Fatal(err)
		}
		if v := h.open(maria.Email, key); v.State != account.Open || v.PasswordEnds == nil || v.PasswordEnds.Sub(h.now) > 90*24*time.Hour || v.PasswordEnds.Sub(h.now) < 89*24*time.Hour {
			h.Errorf("before: %d, %v", v.State, v.PasswordEnds)
		}
		h.later(90 * 24 * time.Hour)
		half := h.half(maria.Email)
		if half.State != account.Half {
			h.Errorf("before the second factor: %d", half.State)
		}
		replace := func(v account.Visit, password string) (token string, err error) {
			err = h.d.Update(ctx, func(tx *db.Tx) (err error) { token, err = account.ReplaceExpired(ctx, tx, v, password); return err })
			return token, err
		}
		_, err := replace(half, another)
		h.wantKind("before the second factor", err, fault.Denied)
		token, err := h.verify(half, h.code(key))
		if err != nil {
			h.Fatal(err)
		}
		h.later(time.Minute)
		v := h.look(token)
		if v.State != account.Expired {
			h.Fatalf("state %d", v.State)
		}
		_, err = replace(v, right)
		h.wantField("the same", err, "password", "This is the password you have now. Choose another")
		if _, err = replace(v, "short"); fault.Of(err).Fields["password"] == "" {
			h.Errorf("too short: %v", err)
		}
		fresh, err := replace(v, another)
		if err != nil {
			h.Fatal(err)
		}
		h.wantState("the old token", token, account.Outside)
		h.wantState("the new one", fresh, account.Open)
		if got := h.told(maria.ID); !slices.Contains(got, account.PasswordChanged) {
			h.Errorf("told %q", got)
		}
		h.later(time.Hour)
		e, err := h.signIn(account.Attempt{Email: maria.Email, Password: another})
		if err != nil {
			h.Fatal(err)
		}
		if token, err = h.verify(h.look(e.Token), h.code(key)); err != nil {
			h.Fatal(err)
		}
		h.wantState("with the new one", token, account.Open)
		h.later(time.Minute)
		if err := rule(omar, 0); err != nil {
			h.Fatal(err)
		}
		h.do(func(tx *db.Tx) error {
			all, err := account.WithPasswordDays(ctx, tx, omar)
			if len(all) != 0 {
				h.Errorf("%+v", all)
			}
			return err
		})
	})
}

// An operator sends anybody a link to choose a password, but not themselves,
// and not where their organization keeps passwords for itself.
func TestOperatorsSendLinks(t *testing.T) {
	each(t, func(h *house) {
		omar, maria := h.operator(), h.maria()
		send := func(by account.Actor, id account.PersonID) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.SendAnyReset(ctx, tx, by, id) })
		}
		h.wantKind("by an office", send(h.actor(maria.ID), omar.ID), fault.Denied)
		h.wantKind("to themselves", send(omar, omar.ID), fault.Denied)
		h.wantKind("to nobody", send(omar, "per_none"), fault.NotFound)
		if err := send(omar, maria.ID); err != nil {
			h.Fatal(err)
		}
		if got := h.audited(maria.ID); !slices.Contains(got, "person.reset_sent") {
			h.Errorf("audited %q", got)
		}
		c := cedar()
		c.Password = false
		if err := h.connect(omar, c); err != nil {
			h.Fatal(err)
		}
		h.wantKind("who can't use one", send(omar, maria.ID), fault.Conflict)
	})
}
