package e2e

import (
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Administrators find the list of who has access where they look after people;
// a name that a spreadsheet would run does nothing.
func TestWhoHasAccessIsDownloaded(t *testing.T) {
	h := still(t, 1)
	dana := h.colleague("Dana", "Cole", account.OrgAdmin)
	evil := h.colleague("=1+1", "+Chen", account.OfficeStaff)
	path := "/organization/" + h.world.Office.ID + "/people"
	d := h.desk(t, browser.New(t), dana)
	d.visit(path)
	d.says("Download who has access (CSV)")
	d.look("access-people")
	omar := h.desk(t, d.tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/users")
	omar.says("Download who has access to what (CSV)")
	omar.look("access-users")

	a := h.as(t, dana, "authenticator").get(path + "/access")
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || a.status != 200 || rows[0][0] != "Organization" {
		t.Fatalf("%d, %v", a.status, err)
	}
	found := false
	for _, row := range rows[1:] {
		if row[0] != "Cedar Orthopedics" || row[17] == "" {
			t.Errorf("%q", row)
		}
		found = found || row[3] == "'"+strings.ToLower(evil.Email)
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
	if !found {
		t.Error("somebody is missing")
	}
	if a := h.as(t, h.world.Maria, "authenticator").get(path + "/access"); a.status != 403 && a.status != 404 {
		t.Errorf("by office staff: %d", a.status)
	}
	if a := h.as(t, dana, "authenticator").get("/admin/users/access"); a.status != 403 {
		t.Errorf("everything by an office: %d", a.status)
	}
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		there, err := db.Exists(ctx, tx, `select 1 from audit where action = 'access.exported' and actor_id = $1`, string(dana.ID))
		if !there {
			t.Error("it isn't on record")
		}
		return err
	})
}
