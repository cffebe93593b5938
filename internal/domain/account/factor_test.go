package account_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A lost second factor is removed by two administrators within a day, never by
// one alone, and the person hears of both steps.
func TestALostFactorTakesTwo(t *testing.T) {
	each(t, func(h *house) {
		dana, maria := h.dana(), h.maria()
		kim := h.actor(h.person("kim@cedarortho.example", account.OrgAdmin, "org_app").ID)
		do := func(f func(context.Context, *db.Tx, account.Actor, string, account.PersonID) error, by account.Actor, id account.PersonID) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx, by, "org_app", id) })
		}
		h.wantKind("without an app", do(account.AskFactorReset, dana, maria.ID), fault.Conflict)
		_, _, token := h.enroll(maria.Email)
		h.told(maria.ID)
		h.wantKind("one's own", do(account.AskFactorReset, dana, dana.ID), fault.Denied)
		h.wantKind("by staff", do(account.AskFactorReset, h.actor(maria.ID), dana.ID), fault.NotFound)
		h.wantKind("agreed before it is asked", do(account.AgreeFactorReset, kim, maria.ID), fault.Conflict)
		if err := do(account.AskFactorReset, dana, maria.ID); err != nil {
			t.Fatal(err)
		}
		if got := h.told(maria.ID); !slices.Contains(got, account.FactorResetAsked) {
			t.Errorf("Maria is told %q", got)
		}
		h.wantKind("by who asked", do(account.AgreeFactorReset, dana, maria.ID), fault.Denied)
		h.later(25 * time.Hour)
		h.wantKind("after a day", do(account.AgreeFactorReset, kim, maria.ID), fault.Conflict)
		if err := do(account.AskFactorReset, dana, maria.ID); err != nil {
			t.Fatal(err)
		}
		if err := do(account.StopFactorReset, dana, maria.ID); err != nil {
			t.Fatal(err)
		}
		h.wantKind("called off", do(account.AgreeFactorReset, kim, maria.ID), fault.Conflict)
		if err := do(account.AskFactorReset, kim, maria.ID); err != nil {
			t.Fatal(err)
		}
		if err := do(account.AgreeFactorReset, dana, maria.ID); err != nil {
			t.Fatal(err)
		}
		h.wantState("the session", token, account.Outside)
		if v := h.half(maria.Email); v.HasTOTP {
			t.Error("the app is still there")
		}
		if got := h.told(maria.ID); !slices.Contains(got, account.FactorReset) {
			t.Errorf("Maria is told %q", got)
		}
		if got := h.audited(maria.ID); !slices.Contains(got, "person.second_factor_reset_asked") || !slices.Contains(got, "person.second_factor_reset") {
			t.Errorf("audited: %q", got)
		}
		h.enroll(maria.Email)
		h.do(func(tx *db.Tx) error {
			return account.AddSeat(ctx, tx, account.Program(), maria.ID, account.Seat{OrganizationID: "org_mail", Role: account.OfficeStaff})
		})
		h.wantKind("who works elsewhere too", do(account.AskFactorReset, dana, maria.ID), fault.Denied)
	})
}
