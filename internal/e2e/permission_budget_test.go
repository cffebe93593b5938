package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// looked is who bears a reader's session, and how many statements it took to
// find that and all that they may.
func (h *house) looked(t testing.TB, r reader) (v account.Visit, statements int) {
	t.Helper()
	if err := h.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		v, err = account.Look(context.Background(), tx, r.cookie, limits)
		statements = tx.Statements()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return v, statements
}

// Permissions add at most one statement to a request. To find whose session it
// is takes one in any case; for every role it brings the seats and scopes with
// it. Only who acts for an office, or sees through somebody's eyes, takes a
// second. What a person may is then known without asking: a page that is
// refused asks no more, and the condition on rows is a part of the page's own
// statements.
func TestPermissionsAddOneStatement(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		took := map[string]int{}
		h.Web.Ran = func(pattern string, statements int) { took[pattern] = statements }
		readers := map[account.Role]reader{}
		for _, role := range account.Roles {
			who := h.person(t, "Rae", role)
			if role.Side() == account.Portal {
				who = h.colleague("Rae", "Lee", role)
			}
			h.world.Do(func(ctx context.Context, tx *db.Tx) error {
				if err := account.AddSeat(ctx, tx, account.Program(), who.ID, account.Seat{OrganizationID: who.Seat().OrganizationID, Role: role, LocationID: h.world.North.ID}); err != nil {
					return err
				}
				for _, s := range []account.Scope{{PlanID: string(h.world.Plan.ID)}, {ProgramID: string(h.world.Program.ID)}} {
					if err := account.AddScope(ctx, tx, account.Program(), who.ID, s); err != nil {
						return err
					}
				}
				return nil
			})
			r := h.as(t, who, "authenticator")
			readers[role] = r
			v, n := h.looked(t, r)
			scopes := 2
			if !v.By.IsStaff() {
				scopes = 0
			}
			if n != 1 || len(v.By.Seats) != 2 || len(v.By.Scopes) != scopes {
				t.Errorf("%s: %d statements, %d seats, scopes %v", role, n, len(v.By.Seats), v.By.Scopes)
			}
		}
		for path, role := range map[string]account.Role{"/admin": account.OfficeStaff, "/review": account.OrgAdmin, "/organization": account.Nurse, "/requests/new": account.Auditor} {
			took = map[string]int{}
			if a := readers[role].get(path); a.status != 403 {
				t.Errorf("%s at %s: %d", role, path, a.status)
			}
			if n := took["GET "+path]; n != 1 {
				t.Errorf("%s is refused at %s by %d statements", role, path, n)
			}
		}

		intake, v := readers[account.Intake], account.Visit{}
		v, _ = h.looked(t, intake)
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := account.Assist(ctx, tx, v, account.Assisting{OrganizationID: h.world.Office.ID, Channel: "phone", Caller: "Maria", ReceivedAt: tx.Now().Add(-time.Minute)})
			return err
		})
		if v, n := h.looked(t, intake); n > 2 || v.By.Assists == nil {
			t.Errorf("who acts for an office: %d statements, %+v", n, v.By)
		}
		admin := readers[account.Admin]
		v, _ = h.looked(t, admin)
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			return account.SeeAs(ctx, tx, v, h.world.Maria.ID, "to help")
		})
		if v, n := h.looked(t, admin); n > 2 || v.By.Viewed == nil || v.By.ID != h.world.Maria.ID || !v.By.Can(account.SendRequests) {
			t.Errorf("who sees through somebody's eyes: %d statements, %+v", n, v.By)
		}

		o := h.world.Denied()
		cost := func(by account.Actor) (n int) {
			h.world.Do(func(ctx context.Context, tx *db.Tx) error {
				before := tx.Statements()
				_, err := order.Get(ctx, tx, by, o.Number)
				n = tx.Statements() - before
				return err
			})
			return n
		}
		all := cost(account.Program())
		nurse, _ := h.looked(t, readers[account.Nurse])
		for name, by := range map[string]account.Actor{"an office": h.world.Maria, "staff": nurse.By} {
			if n := cost(by); n > all {
				t.Errorf("an order takes %d statements for %s, %d without a condition", n, name, all)
			}
		}
	})
}
