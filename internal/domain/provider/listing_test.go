package provider

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed"
	"parley/internal/infra/feed/feedtest"
)

func readListings(t testing.TB, path string) (all []Listing, cleaned int, refused []string) {
	t.Helper()
	tab, err := feed.OpenTable(path, ListingColumns...)
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	for {
		row, err := tab.Next()
		var l Listing
		var mended bool
		if err == nil {
			l, mended, err = ReadListing(row)
			err = row.At(err)
		}
		var r *feed.Rejection
		switch {
		case errors.Is(err, io.EOF):
			return all, cleaned, refused
		case errors.As(err, &r):
			refused = append(refused, r.Error())
		case err != nil:
			t.Fatal(err)
		default:
			all = append(all, l)
			if mended {
				cleaned++
			}
		}
	}
}

func saveAll(t testing.TB, d *db.DB, all []Listing) (changed int) {
	t.Helper()
	err := d.Update(context.Background(), func(tx *db.Tx) (err error) {
		changed, err = SaveListings(context.Background(), tx, account.Program(), all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func find(t testing.TB, d *db.DB, npi string) (l Listing, err error) {
	t.Helper()
	err = d.View(context.Background(), func(tx *db.Tx) (err error) {
		l, err = FindListing(context.Background(), tx, npi)
		return err
	})
	return l, err
}

func TestListings(t *testing.T) {
	all, cleaned, refused := readListings(t, "testdata/npidata_pfile.csv")
	if len(all) != 4 || cleaned != 0 {
		t.Fatalf("%d listings, %d cleaned", len(all), cleaned)
	}
	want := []string{
		"line 6: NPI: is not ten digits that begin with 1 or 2 and pass the check digit",
		"line 7: Last Update Date: is not a date like 05/23/2005",
		"line 8: Entity Type Code: is neither 1 nor 2",
	}
	if !slices.Equal(refused, want) {
		t.Errorf("refused %q", refused)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if n := saveAll(t, d, all); n != 4 {
			t.Errorf("%d new", n)
		}
		if n := saveAll(t, d, all); n != 0 {
			t.Errorf("%d changed the second time", n)
		}
		for _, want := range all {
			if got, err := find(t, d, want.NPI); err != nil || got != want {
				t.Errorf("got %+v %v, want %+v", got, err, want)
			}
		}
		moved := slices.Clone(all)
		moved[0].City = "DECATUR"
		if n := saveAll(t, d, moved); n != 1 {
			t.Errorf("%d changed after a move", n)
		}
		if _, err := find(t, d, "1234567893"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown NPI: %v", err)
		}
	})
}

func TestWhatAListingSays(t *testing.T) {
	all, _, _ := readListings(t, "testdata/npidata_pfile.csv")
	ada, ben, east, gone := all[0], all[1], all[2], all[3]
	if ada.Kind != "person" || ada.Name != "ADA TESTPERSON" || ada.Taxonomy != "207X00000X" || ada.License != "T-12" || ada.LicenseState != "IL" || ada.Line != "100 SAMPLE ST, SUITE 2" {
		t.Errorf("%+v", ada)
	}
	if !ben.Active() || ben.ReactivatedOn.String() != "2010-04-01" || ben.Taxonomy != "207R00000X" || ben.Line != "100 SAMPLE ST" || ben.ZIP != "02108" {
		t.Errorf("reactivated: %+v", ben)
	}
	if east.Kind != "organization" || east.Name != `SAMPLE HOSPITAL, "EAST"` || east.First != "" {
		t.Errorf("%+v", east)
	}
	if gone.Active() || gone.Kind != "" || gone.Name != "" || gone.DeactivatedOn.String() != "2007-06-19" {
		t.Errorf("deactivated: %+v", gone)
	}
}

// An export in which numbers look like 1.0 says the same as the original.
func TestNumbersWithADecimalPoint(t *testing.T) {
	clean, _, _ := readListings(t, "testdata/npidata_pfile.csv")
	dirty, cleaned, refused := readListings(t, "testdata/npidata_dirty.csv")
	if !slices.Equal(clean, dirty) || cleaned != 3 || len(refused) != 0 {
		t.Errorf("%+v, %d cleaned, refused %q", dirty, cleaned, refused)
	}
}

func TestColumnsInAnotherOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/npidata_dirty.csv")
	if err != nil {
		t.Fatal(err)
	}
	var turned []string
	for line := range strings.Lines(string(text)) {
		fields, err := feed.Fields(strings.TrimSpace(line), nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(fields)
		for i := range fields {
			fields[i] = `"` + strings.ReplaceAll(fields[i], `"`, `""`) + `"`
		}
		turned = append(turned, strings.Join(fields, ","))
	}
	path := filepath.Join(t.TempDir(), "turned.csv")
	if err := os.WriteFile(path, []byte(strings.Join(turned, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	want, _, _ := readListings(t, "testdata/npidata_dirty.csv")
	if got, _, refused := readListings(t, path); !slices.Equal(got, want) {
		t.Errorf("%+v, refused %q", got, refused)
	}
}

func TestThe330Columns(t *testing.T) {
	tab, err := feed.OpenTable("testdata/npidata_pfile.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	if names := tab.Names(); len(names) != 330 || !slices.Equal(names, published[:330]) {
		t.Errorf("%d names", len(names))
	}
	if got := UnknownListingColumns([]string{"NPI", "Provider Gender Code", "Twitter"}); !slices.Equal(got, []string{"Twitter"}) {
		t.Errorf("got %q", got)
	}
}

func TestOnlyImportsSaveListings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(context.Background(), func(tx *db.Tx) error {
			_, err := SaveListings(context.Background(), tx, account.Actor{ID: "per_x"}, nil)
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("got %v", err)
		}
	})
}

// The published file, and the same exported by a statistics program.
func TestThePublishedDirectory(t *testing.T) {
	all, cleaned, refused := readListings(t, feedtest.Real(t, "nppes/npidata_pfile_20050523-20250413_first1000.csv.gz"))
	counts := map[string]int{}
	for _, l := range all {
		counts[l.Kind]++
		if !l.Active() {
			counts["deactivated"]++
		}
	}
	if len(all) != 1000 || cleaned != 0 || len(refused) != 0 || counts["person"] != 733 || counts["organization"] != 188 || counts["deactivated"] != 79 {
		t.Errorf("%d listings, %v, refused %q", len(all), counts, refused)
	}
	found, cleaned, refused := readListings(t, feedtest.Real(t, "nppes/nppes_sample_as_found.csv.gz"))
	if len(found) != 1000 || cleaned != 921 || len(refused) != 0 {
		t.Errorf("as found: %d listings, %d cleaned, refused %q", len(found), cleaned, refused)
	}
	for i := range min(len(all), len(found)) {
		if all[i] != found[i] {
			t.Errorf("line %d differs", i+2)
		}
	}
}

func FuzzNPPES(f *testing.F) {
	text, err := os.ReadFile("testdata/npidata_pfile.csv")
	if err != nil {
		f.Fatal(err)
	}
	header, rows, _ := strings.Cut(string(text), "\n")
	for row := range strings.Lines(rows) {
		f.Add(row)
	}
	path := filepath.Join(f.TempDir(), "npi.csv")
	f.Fuzz(func(t *testing.T, row string) {
		if err := os.WriteFile(path, []byte(header+"\n"+row), 0o600); err != nil {
			t.Fatal(err)
		}
		all, _, _ := readListings(t, path)
		for _, l := range all {
			if !ValidNPI(l.NPI) || l.Kind != "" && l.Name == "" || l.Kind == "" && l.Active() {
				t.Errorf("accepted %+v", l)
			}
		}
	})
}
