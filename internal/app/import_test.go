package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/code"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed"
	"parley/internal/infra/feed/feedtest"
)

type heard struct{ refused, notes []string }

func importer(t testing.TB, d *db.DB) (*Importer, *heard) {
	t.Helper()
	h := &heard{}
	return &Importer{
		DB: d, Files: blob.Dir{Path: filepath.Join(t.TempDir(), "files")}, Opened: func(*feed.File) {}, Moved: func(*feed.File) {},
		Rejected: func(path string, r *feed.Rejection) {
			h.refused = append(h.refused, filepath.Base(path)+": "+r.Error())
		},
		Noted: func(text string) { h.notes = append(h.notes, text) },
	}, h
}

func take(t testing.TB, im *Importer, kind, path string) feed.Tally {
	t.Helper()
	n, err := im.Import(context.Background(), kind, path)
	if err != nil {
		t.Fatalf("%s %s: %v", kind, path, err)
	}
	return n
}

func addHarbor(t testing.TB, d *db.DB) {
	t.Helper()
	ctx, by := context.Background(), account.Program()
	err := d.Update(ctx, func(tx *db.Tx) error {
		p, err := plan.Save(ctx, tx, by, plan.Plan{Code: "harbor", Name: "Harbor Health Plan", TimeZone: "America/Chicago"})
		for _, line := range []string{"commercial", "medicare_advantage"} {
			err = errors.Join(err, plan.SaveLine(ctx, tx, by, plan.Line{PlanID: p.ID, Code: line, Name: line, CallEffect: "change"}))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const domain = "../domain/"

// Every kind of file, twice: the second time nothing changes.
func TestImportTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		addHarbor(t, d)
		im, h := importer(t, d)
		for _, c := range []struct {
			kind, path string
			want       feed.Tally
		}{
			{"nppes", domain + "provider/testdata/npidata_pfile.csv", feed.Tally{Imported: 4, Rejected: 3}},
			{"members", domain + "member/testdata/roster.csv", feed.Tally{Imported: 5, Rejected: 9}},
			{"members", domain + "member/testdata/synthea/patients.csv", feed.Tally{Imported: 8, Unchanged: 2, Rejected: 4}},
			{"icd10cm", domain + "code/testdata/icd10cm_order_2026.txt", feed.Tally{Imported: 12}},
			{"hcpcs", domain + "code/testdata/HCPC2020_OCT_ANWEB.csv", feed.Tally{Imported: 5}},
			{"pas", "../api/fhir/testdata/request.json", feed.Tally{Imported: 1}},
			{"pas", "../api/fhir/testdata/update.json", feed.Tally{Imported: 1}},
		} {
			if n := take(t, im, c.kind, c.path); n != c.want {
				t.Errorf("%s: %v, want %v; %q", c.path, n, c.want, h.refused)
			}
			again := feed.Tally{Unchanged: c.want.Imported + c.want.Unchanged, Rejected: c.want.Rejected}
			if n := take(t, im, c.kind, c.path); n != again {
				t.Errorf("%s again: %v, want %v", c.path, n, again)
			}
		}
		for _, r := range h.refused {
			for _, secret := range []string{"Wrong", "Testley", "Different", "R555", "1977"} {
				if strings.Contains(r, secret) {
					t.Errorf("a rejection tells of a member: %q", r)
				}
			}
		}
	})
}

func TestWhatIsNotedOnTheWay(t *testing.T) {
	d := dbtest.SQLite(t)
	im, h := importer(t, d)
	take(t, im, "nppes", domain+"provider/testdata/npidata_dirty.csv")
	lone := filepath.Join(t.TempDir(), "patients.csv")
	text, err := os.ReadFile(domain + "member/testdata/synthea/patients.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(lone, text, 0o600); err != nil {
		t.Fatal(err)
	}
	take(t, im, "members", lone)
	all := strings.Join(h.notes, "\n")
	for _, want := range []string{"In 3 lines of npidata_dirty.csv numbers were written with a decimal point", "is not beside patients.csv, so the members have no coverage"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
}

func TestFilesThatAreNotWhatTheyShouldBe(t *testing.T) {
	d := dbtest.SQLite(t)
	im, _ := importer(t, d)
	wrong := filepath.Join(t.TempDir(), "wrong.csv")
	if err := os.WriteFile(wrong, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]string{
		"nppes":   "The header of wrong.csv lacks NPI, Entity Type Code,",
		"members": "The header of wrong.csv lacks member_id, last_name, first_name, birth_date, plan_code.",
		"icd10cm": "wrong.csv is not the ICD-10-CM order file",
		"hcpcs":   "The header of wrong.csv lacks HCPC,",
		"pas":     "wrong.csv is not JSON.",
		"fax":     "There is no import of fax.",
	} {
		if _, err := im.Import(context.Background(), kind, wrong); err == nil || !strings.Contains(fault.Of(err).Text.String(), want) || fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v, want %q", kind, err, want)
		}
	}
	n := take(t, im, "pas", jsonFile(t, `{"resourceType": "Bundle", "entry": []}`))
	if n != (feed.Tally{Rejected: 1}) {
		t.Errorf("a bundle that is no request: %v", n)
	}
}

func jsonFile(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lines writes an order file of n made-up codes.
func lines(t testing.TB, n int) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%05d %-7s 1 %-60s %s\r\n", i+1, fmt.Sprintf("Z%05d", i), "Made-up code", fmt.Sprintf("Made-up code number %d", i))
	}
	path := filepath.Join(t.TempDir(), "order_2026.txt")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An import that is stopped halfway leaves whole lines, and when it is repeated
// the end is the same as if it had never been stopped.
func TestStoppedAndRepeated(t *testing.T) {
	const all = 3*batch + 17
	path := lines(t, all)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		im, _ := importer(t, d)
		ctx, stop := context.WithCancel(context.Background())
		im.Moved = func(*feed.File) { stop() }
		n, err := im.Import(ctx, "icd10cm", path)
		if !errors.Is(err, context.Canceled) || n.Imported != batch {
			t.Fatalf("%v, %v", n, err)
		}
		im.Moved = func(*feed.File) {}
		if n := take(t, im, "icd10cm", path); n != (feed.Tally{Imported: all - batch, Unchanged: batch}) {
			t.Errorf("repeated: %v", n)
		}
		if n := take(t, im, "icd10cm", path); n != (feed.Tally{Unchanged: all}) {
			t.Errorf("a third time: %v", n)
		}
	})
}

func TestACodeTwiceInAFile(t *testing.T) {
	d := dbtest.SQLite(t)
	im, _ := importer(t, d)
	text, err := os.ReadFile(lines(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "twice_2026.txt")
	if err := os.WriteFile(path, append(text, []byte(strings.ReplaceAll(string(text), "number", "called"))...), 0o600); err != nil {
		t.Fatal(err)
	}
	take(t, im, "icd10cm", path)
	err = d.View(context.Background(), func(tx *db.Tx) error {
		c, err := code.Lookup(context.Background(), tx, code.ICD10CM, "Z00.001")
		if c.Long != "Made-up code called 1" {
			t.Errorf("the last line does not hold: %+v", c)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestEditionOf(t *testing.T) {
	for name, want := range map[string]string{
		"icd10cm_order_2026.txt.gz": "2026", "HCPC2025_OCT_ANWEB.csv": "2025 OCT", "HCPC2020-jan.csv": "2020 JAN", "codes.txt": "codes.txt",
	} {
		if got := editionOf(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestThePublishedFiles(t *testing.T) {
	if feedtest.Race {
		t.Skip("100,000 lines take minutes under the race detector; this test runs again without it")
	}
	feedtest.Real(t, "icd10cm/icd10cm_order_2026.txt.gz")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		im, h := importer(t, d)
		for _, c := range []struct {
			kind, name string
			want       feed.Tally
		}{
			{"nppes", "nppes/npidata_pfile_20050523-20250413_first1000.csv.gz", feed.Tally{Imported: 1000}},
			{"nppes", "nppes/npidata_pfile_sample50.csv", feed.Tally{Unchanged: 50}},
			{"nppes", "nppes/nppes_sample_as_found.csv.gz", feed.Tally{Unchanged: 1000}},
			{"members", "synthea/csv/patients.csv", feed.Tally{Imported: 112 + 9 + 1115, Unchanged: 1 + 26}},
			{"icd10cm", "icd10cm/icd10cm_order_2026.txt.gz", feed.Tally{Imported: 98186}},
			{"icd10cm", "icd10cm/icd10cm_order_2026.txt.gz", feed.Tally{Unchanged: 98186}},
			{"hcpcs", "hcpcs/HCPC2020_OCT_ANWEB.csv.gz", feed.Tally{Imported: 7196}},
		} {
			if n := take(t, im, c.kind, feedtest.Real(t, c.name)); n != c.want {
				t.Errorf("%s: %v, want %v; %q", c.name, n, c.want, h.refused)
			}
		}
	})
}
