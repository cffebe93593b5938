package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

const legacyOrders = `number,plan_code,line,office_npi,member_number,first_name,last_name,birth_date,code,service,status,requested_on,decided_on,link
CO-1,harbor,commercial,1234567893,HBR1,Rosa,Canarywell,1986-04-28,72148,"MRI, lower back",approved,2026-03-02,2026-03-04,https://old.example/orders/1
CO-2,harbor,,1234567893,HBR1,Rosa,Canarywell,1986-04-28,,Knee surgery,Denied,2026-03-02,,
co 1,harbor,commercial,1234567893,HBR1,Rosa,Canarywell,1986-04-28,72148,"MRI, lower back",denied,2026-03-02,2026-03-04,
,harbor,,1234567893,HBR1,Rosa,Canarywell,1986-04-28,,MRI,approved,2026-03-02,,
CO-3,nobody,,1234567893,HBR1,Rosa,Canarywell,1986-04-28,,MRI,approved,2026-03-02,,
CO-4,harbor,dental,1234567893,HBR1,Rosa,Canarywell,1986-04-28,,MRI,approved,2026-03-02,,
CO-5,harbor,,1992999990,HBR1,Rosa,Canarywell,1986-04-28,,MRI,approved,2026-03-02,,
CO-6,harbor,,1234567893,HBR1,Rosa,Canarywell,4/28/1986,,MRI,approved,2026-03-02,,
CO-7,harbor,,1234567893,HBR1,Rosa,Canarywell,1986-04-28,,MRI,done,2026-03-02,,
CO-8,harbor,,1234567893,HBR1,Rosa,Canarywell,1986-04-28,,MRI,approved,2026-03-02,,javascript:alert(1)
`

// Every line that can't be read is listed by its number and column, the others
// are there; the same file again changes nothing.
func TestImportLegacyOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		addHarbor(t, d)
		err := d.Update(context.Background(), func(tx *db.Tx) error {
			_, err := account.SaveOrganization(context.Background(), tx, account.Program(), account.Organization{Kind: "office", Name: "Cedar", NPI: "1234567893"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "orders.csv")
		text, _, _ := strings.Cut(legacyOrders, "co 1")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		im, h := importer(t, d)
		if n := take(t, im, "legacy", path); n.Imported != 2 || n.Rejected != 0 {
			t.Errorf("first: %v, %v", n, h.refused)
		}
		if n := take(t, im, "legacy", path); n.Imported != 0 || n.Unchanged != 2 {
			t.Errorf("again: %v", n)
		}
		if err := os.WriteFile(path, []byte(legacyOrders), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := take(t, im, "legacy", path); n.Imported != 1 || n.Unchanged != 2 || n.Rejected != 7 {
			t.Errorf("all: %v", n)
		}
		for _, said := range []string{"line 5: number", "line 6: plan_code", "line 7: line", "line 8: office_npi", "line 9: birth_date", "line 10: status", "line 11: link"} {
			if !strings.Contains(strings.Join(h.refused, "\n"), said) {
				t.Errorf("nothing says %q: %v", said, h.refused)
			}
		}
		if strings.Contains(strings.Join(h.refused, "\n"), "Canarywell") {
			t.Error("a rejection names the patient")
		}
	})
}
