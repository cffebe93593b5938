package code_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/code"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed"
	"parley/internal/infra/feed/feedtest"
)

func icd10(t testing.TB, path string) (codes []code.Code, refused []string) {
	t.Helper()
	f, err := feed.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return drain(t, func() (code.Code, error) {
		line, err := f.Next()
		if err != nil {
			return code.Code{}, err
		}
		return code.ReadICD10(string(line))
	})
}

func hcpcs(t testing.TB, path string) (codes []code.Code, refused []string) {
	t.Helper()
	f, err := feed.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, err := code.NewHCPCS(f)
	if err != nil {
		t.Fatal(err)
	}
	return drain(t, h.Next)
}

func drain(t testing.TB, next func() (code.Code, error)) (codes []code.Code, refused []string) {
	t.Helper()
	for {
		c, err := next()
		var r *feed.Rejection
		switch {
		case errors.Is(err, io.EOF):
			return codes, refused
		case errors.As(err, &r):
			refused = append(refused, r.Error())
		case err != nil:
			t.Fatal(err)
		default:
			codes = append(codes, c)
		}
	}
}

func save(t testing.TB, d *db.DB, codes []code.Code) (changed int) {
	t.Helper()
	err := d.Update(context.Background(), func(tx *db.Tx) (err error) {
		changed, err = code.Save(context.Background(), tx, account.Program(), codes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func lookup(d *db.DB, system, text string) (c code.Code, err error) {
	err = d.View(context.Background(), func(tx *db.Tx) (err error) {
		c, err = code.Lookup(context.Background(), tx, system, text)
		return err
	})
	return c, err
}

func TestICD10(t *testing.T) {
	codes, refused := icd10(t, "testdata/icd10cm_order_2026.txt")
	if len(codes) != 12 || len(refused) != 0 {
		t.Fatalf("%d codes, refused %q", len(codes), refused)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if n := save(t, d, codes); n != 12 {
			t.Errorf("%d new", n)
		}
		if n := save(t, d, codes); n != 0 {
			t.Errorf("%d changed the second time", n)
		}
		for _, text := range []string{"G89.4", "G894", " g89.4 "} {
			c, err := lookup(d, code.ICD10CM, text)
			if err != nil || c.Long != "Chronic pain syndrome" || !c.Billable || c.Position != 7066 || c.Dotted() != "G89.4" {
				t.Errorf("%q: %+v %v", text, c, err)
			}
		}
		if c, err := lookup(d, code.ICD10CM, "G89"); err != nil || c.Billable || c.Dotted() != "G89" {
			t.Errorf("a heading: %+v %v", c, err)
		}
		if _, err := lookup(d, code.ICD10CM, "Z99.9"); !fault.Is(err, fault.NotFound) || fault.Of(err).Text.String() != "There is no ICD-10-CM code Z999." {
			t.Errorf("an unknown code: %v", err)
		}
	})
}

func TestANewEditionRetiresWhatItLeavesOut(t *testing.T) {
	codes, _ := icd10(t, "testdata/icd10cm_order_2026.txt")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		old := make([]code.Code, len(codes))
		copy(old, codes)
		for i := range old {
			old[i].Edition = "2025"
		}
		save(t, d, old)
		now := old[:len(old)-1]
		for i := range now {
			now[i].Edition = "2026"
		}
		save(t, d, now)
		err := d.Update(context.Background(), func(tx *db.Tx) error {
			n, err := code.Retire(context.Background(), tx, account.Program(), code.ICD10CM, "2026")
			if n != 1 {
				t.Errorf("%d retired", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if c, err := lookup(d, code.ICD10CM, "M54.59"); err != nil || c.Billable || c.Edition != "2025" {
			t.Errorf("left out: %+v %v", c, err)
		}
		if c, err := lookup(d, code.ICD10CM, "M54.51"); err != nil || !c.Billable {
			t.Errorf("kept: %+v %v", c, err)
		}
	})
}

func TestOnlyImportsSaveCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		by := account.Actor{ID: "per_x", Seats: []account.Seat{{Role: account.OfficeStaff}}}
		err := d.Update(context.Background(), func(tx *db.Tx) error {
			_, err := code.Save(context.Background(), tx, by, nil)
			if _, retireErr := code.Retire(context.Background(), tx, by, code.HCPCS, "x"); !fault.Is(retireErr, fault.Denied) {
				t.Errorf("retire: %v", retireErr)
			}
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("got %v", err)
		}
	})
}

func TestICD10LinesThatAreNone(t *testing.T) {
	good := "07066 G894    1 Chronic pain syndrome                                        Chronic pain syndrome"
	if _, err := code.ReadICD10(good); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"G894    Chronic pain syndrome":                "is shorter than the order file's 78 characters",
		strings.Replace(good, "07066", "0706x", 1):     "position: is not a number",
		strings.Replace(good, "G894", "894G", 1):       "code: is not three to seven letters and digits",
		strings.Replace(good, "G894", "g894", 1):       "code: is not three to seven letters and digits",
		strings.Replace(good, "  1 ", "  2 ", 1):       "flag: is neither 0 nor 1",
		strings.Replace(good, "G894 ", "G894-XXXX", 1): "does not keep to the order file's columns",
		good[:77] + "   ":                              "description: is empty",
	} {
		if _, err := code.ReadICD10(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func TestHCPCS(t *testing.T) {
	codes, refused := hcpcs(t, "testdata/HCPC2020_OCT_ANWEB.csv")
	if len(codes) != 5 || len(refused) != 0 {
		t.Fatalf("%+v %q", codes, refused)
	}
	by := map[string]code.Code{}
	for _, c := range codes {
		by[c.Code] = c
	}
	if c := by["QE"]; c.System != code.HCPCSModifier || c.Short != "Stationary o2 @ rest <1 lpm" {
		t.Errorf("a modifier: %+v", c)
	}
	if c := by["G0154"]; c.System != code.HCPCS || c.Billable {
		t.Errorf("an ended code: %+v", c)
	}
	if c := by["G0503"]; !strings.HasSuffix(c.Long, "and/or other treatment goals and are prepared for discharge from active treatment") {
		t.Errorf("a description on two rows: %q", c.Long)
	}
	if c := by["B4185"]; !c.Billable || c.Dotted() != "B4185" || c.Position != 3 {
		t.Errorf("%+v", c)
	}
}

// The other layouts in which the file goes around give the same codes.
func TestHCPCSInOtherLayouts(t *testing.T) {
	write := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, refused := hcpcs(t, write("a.csv", "code,kind,short_description,long_description\nQE,modifier,Stationary o2 @ rest <1 lpm,\"Prescribed oxygen (lpm)\"\nB4185,procedure,Pn soln,Solution\nB4186,drug,x,y\n"))
	if len(one) != 2 || len(refused) != 1 || refused[0] != "line 4: RECID: is none of 3, 4, 7 and 8" {
		t.Errorf("%+v %q", one, refused)
	}
	cut, refused := hcpcs(t, write("b.csv", "Code,Description1,Description2,Type\nQE001007,Prescribed oxygen,Stationary o2 @ rest <1 lpm,\nQE002008,(lpm),,\nB4185001003,Solution,Pn soln nos 10 grams lipids 39      A,\nG0154002004,goes on,,\nQ7,x,y,z\n"))
	if len(cut) != 2 || cut[0] != one[0] || cut[1].Short != "Pn soln nos 10 grams lipids" {
		t.Errorf("%+v", cut)
	}
	if len(refused) != 2 || refused[0] != "line 5: HCPC: goes on with a code that does not stand before it" || refused[1] != "line 6: Code: is too short" {
		t.Errorf("%q", refused)
	}
	f, err := feed.Open(write("c.csv", "a,b\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := code.NewHCPCS(f); err == nil || fault.Of(err).Text.String() != "The header of c.csv lacks HCPC, SEQNUM, RECID, LONG DESCRIPTION, SHORT DESCRIPTION." {
		t.Errorf("got %v", err)
	}
}

func TestThePublishedFiles(t *testing.T) {
	codes, refused := icd10(t, feedtest.Real(t, "icd10cm/icd10cm_order_2026.txt.gz"))
	billable := 0
	for _, c := range codes {
		if c.Billable {
			billable++
		}
	}
	if len(codes) != 98_186 || billable != 74_719 || len(refused) != 0 {
		t.Errorf("ICD-10-CM: %d codes, %d billable, refused %q", len(codes), billable, refused)
	}
	codes, refused = hcpcs(t, feedtest.Real(t, "hcpcs/HCPC2020_OCT_ANWEB.csv.gz"))
	if len(codes) != 7_196 || len(refused) != 0 {
		t.Errorf("HCPCS 2020: %d codes, refused %q", len(codes), refused)
	}
	rebuilt, refused := hcpcs(t, feedtest.Real(t, "hcpcs/hcpcs_level2_2025_oct.csv.gz"))
	if len(rebuilt) != 8_846 || len(refused) != 0 {
		t.Errorf("HCPCS 2025: %d codes, refused %q", len(rebuilt), refused)
	}
	found, refused := hcpcs(t, feedtest.Real(t, "hcpcs/HCPC2025_OCT_ANWEB_as_found.csv.gz"))
	if len(found) != 8_846 || len(refused) != 0 {
		t.Errorf("HCPCS 2025 as found: %d codes, refused %q", len(found), refused)
	}
	for i := range min(len(found), len(rebuilt)) {
		if found[i].Code != rebuilt[i].Code || words(found[i].Long) != words(rebuilt[i].Long) {
			t.Fatalf("%+v, rebuilt %+v", found[i], rebuilt[i])
		}
	}
}

func FuzzICD10(f *testing.F) {
	f.Add("07066 G894    1 Chronic pain syndrome                                        Chronic pain syndrome")
	f.Add("")
	f.Fuzz(func(t *testing.T, line string) {
		c, err := code.ReadICD10(line)
		if err == nil && (c.Code != code.Plain(c.Dotted()) || c.Long == "" || len(c.Code) > 7 || c.Position < 0) {
			t.Errorf("%q gave %+v", line, c)
		}
	})
}

// words drops the double spaces that joining rows leaves.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }
