package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// imports runs the command and returns what it printed and its exit status.
func imports(t testing.TB, dir, kind string, files ...string) (out, errs string, status int) {
	t.Helper()
	c := importCmd{storage: storage{Database: "sqlite:" + filepath.Join(dir, "p.db"), Data: filepath.Join(dir, "data")}, Kind: kind, Files: files}
	var o, e bytes.Buffer
	s := &streams{ctx: context.Background(), out: &o, err: &e}
	status = s.status(c.Run(s))
	return o.String(), e.String(), status
}

func put(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportPrints(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("../domain/provider/testdata/npidata_pfile.csv")
	if err != nil {
		t.Fatal(err)
	}
	path := put(t, filepath.Join(dir, "npi.csv"), string(text))
	out, errs, status := imports(t, dir, "nppes", path)
	if out != "imported 4, unchanged 0, rejected 3\n" || status != 0 {
		t.Errorf("%q, status %d", out, status)
	}
	want := "line 6: NPI: is not ten digits that begin with 1 or 2 and pass the check digit\nline 7: Last Update Date: is not a date like 05/23/2005\nline 8: Entity Type Code: is neither 1 nor 2\n"
	if errs != "npi.csv: "+strings.ReplaceAll(strings.TrimSpace(want), "\n", "\nnpi.csv: ")+"\n" {
		t.Errorf("on stderr: %q", errs)
	}
	rejects, err := os.ReadFile(path + ".rejects")
	if err != nil || string(rejects) != want {
		t.Errorf("rejects: %q, %v", rejects, err)
	}
	if out, _, status := imports(t, dir, "nppes", path); out != "imported 0, unchanged 4, rejected 3\n" || status != 0 {
		t.Errorf("again: %q, status %d", out, status)
	}
}

func TestImportStatus(t *testing.T) {
	dir := t.TempDir()
	header := "member_id,last_name,first_name,birth_date,plan_code\n"
	none := put(t, filepath.Join(dir, "none.csv"), header+"A1,Secretname,Ann,1999-02-30,harbor\n")
	out, errs, status := imports(t, dir, "members", none)
	if out != "imported 0, unchanged 0, rejected 1\n" || status != 1 || strings.Contains(errs+out, "Secret") || !strings.HasSuffix(errs, "parley: nothing was imported\n") {
		t.Errorf("%q %q, status %d", out, errs, status)
	}
	good := "../domain/code/testdata/icd10cm_order_2026.txt"
	out, errs, status = imports(t, dir, "icd10cm", good, filepath.Join(dir, "gone.txt"), none)
	wantErrs := "parley: There is no file gone.txt.\nparley: none.csv is not the ICD-10-CM order file: its first line has no position, code and flag in fixed columns.\nparley: 2 of 3 files could not be read\n"
	if !strings.HasSuffix(out, "imported 12, unchanged 0, rejected 0\n") || errs != wantErrs || status != 2 {
		t.Errorf("%q %q, status %d", out, errs, status)
	}
	if _, errs, status = imports(t, dir, "members", put(t, filepath.Join(dir, "cut.csv.gz"), "\x1f\x8b\x08\x00")); status != 2 || !strings.Contains(errs, "cut.csv.gz is damaged or cut off") {
		t.Errorf("%q, status %d", errs, status)
	}
	if _, errs, status = imports(t, dir, "pas", put(t, filepath.Join(dir, "b.json"), "{")); status != 2 || !strings.Contains(errs, "b.json is not JSON.") {
		t.Errorf("%q, status %d", errs, status)
	}
}

func TestTheListOfRejectsGoesWithItsReason(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("../domain/code/testdata/icd10cm_order_2026.txt")
	if err != nil {
		t.Fatal(err)
	}
	path := put(t, filepath.Join(dir, "o_2026.txt"), string(text)+"too short\n"+strings.Repeat("x", 10<<20)+"\n")
	out, errs, status := imports(t, dir, "icd10cm", path)
	if out != "imported 12, unchanged 0, rejected 2\n" || status != 0 || !strings.Contains(errs, "line 14: is longer than 65536 characters") {
		t.Errorf("%q %.200q, status %d", out, errs, status)
	}
	put(t, path, string(text))
	imports(t, dir, "icd10cm", path)
	if _, err := os.Stat(path + ".rejects"); !os.IsNotExist(err) {
		t.Errorf("the old list is still there: %v", err)
	}
}

// On a terminal there is a bar; a folder that can't be written to is no reason
// not to import.
func TestImportWithoutAPlaceForRejects(t *testing.T) {
	dir := t.TempDir()
	path := put(t, filepath.Join(dir, "o_2026.txt"), "00001 A00     0 Cholera                                                      Cholera\nx\n")
	if err := os.Mkdir(path+".rejects", 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(path+".rejects", "in the way"), "")
	out, errs, status := imports(t, dir, "icd10cm", path)
	if out != "imported 1, unchanged 0, rejected 1\n" || status != 0 || !strings.Contains(errs, "The list of rejected lines could not be written") {
		t.Errorf("%q %q, status %d", out, errs, status)
	}
}
