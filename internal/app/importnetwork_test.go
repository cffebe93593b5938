package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

const network = `plan_code,line,npi,from,to,name,city,state,zip,latitude,longitude
harbor,,1234567893,2026-01-01,,Cedar Valley Imaging,Exampleville,TX,00001,29.760427,-95.369804
harbor,,1245319599,2026-01-01,2026-06-30,Birch Street Imaging,Exampleville,TX,00001,,
nobody,,1234567893,,,,,,,,
harbor,dental,1234567893,,,,,,,,
harbor,,12345,,,,,,,,
harbor,,1234567893,2026-02-30,,,,,,,
harbor,,1234567893,2026-05-01,2026-04-01,,,,,,
harbor,,1234567893,,,,,,,91,0
`

// A network list says who is in and since when, adds the sites it names, and
// changes nothing when it comes again.
func TestImportNetwork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		addHarbor(t, d)
		path := filepath.Join(t.TempDir(), "network.csv")
		if err := os.WriteFile(path, []byte(network), 0o600); err != nil {
			t.Fatal(err)
		}
		im, h := importer(t, d)
		if n := take(t, im, "network", path); n.Imported != 2 || n.Rejected != 6 {
			t.Errorf("first: %v", n)
		}
		if n := take(t, im, "network", path); n.Imported != 0 || n.Unchanged != 2 {
			t.Errorf("again: %v", n)
		}
		for _, column := range []string{"plan_code", "line", "npi", "from", "to", "latitude"} {
			if !strings.Contains(strings.Join(h.refused, "\n"), column) {
				t.Errorf("nothing was refused for its %s", column)
			}
		}
		err := d.View(context.Background(), func(tx *db.Tx) error {
			all, err := plan.All(context.Background(), tx)
			if err != nil {
				return err
			}
			p := all[0]
			for day, want := range map[civil.Date]map[string]plan.Standing{
				{Year: 2026, Month: time.March, Day: 1}:    {"1234567893": plan.InNetwork, "1245319599": plan.InNetwork, "1992999990": plan.OutOfNetwork},
				{Year: 2026, Month: time.July, Day: 1}:     {"1234567893": plan.InNetwork, "1245319599": plan.OutOfNetwork},
				{Year: 2025, Month: time.December, Day: 1}: {"1234567893": plan.OutOfNetwork, "": plan.NotKnown},
			} {
				var npis []string
				for npi := range want {
					npis = append(npis, npi)
				}
				got, err := plan.Standings(context.Background(), tx, p.ID, "commercial", day, npis)
				if err != nil {
					return err
				}
				for npi, standing := range want {
					if got[npi] != standing {
						t.Errorf("%s on %s: %q, want %q", npi, day, got[npi], standing)
					}
				}
			}
			sites, err := provider.FindSites(context.Background(), tx, "cedar", 5)
			if err != nil || len(sites) != 1 || sites[0].At == nil || *sites[0].At != (provider.Point{Latitude: 29760427, Longitude: -95369804}) {
				t.Errorf("%+v, %v", sites, err)
			}
			near, err := provider.Near(context.Background(), tx, provider.Point{Latitude: 29_700_000, Longitude: -95_300_000}, 10, 5)
			if err != nil || len(near) != 1 {
				t.Errorf("near: %+v, %v", near, err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
