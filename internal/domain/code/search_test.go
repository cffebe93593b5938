package code_test

import (
	"context"
	"fmt"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/code"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var backs = []code.Code{
	{System: code.ICD10CM, Code: "M54", Short: "Dorsalgia", Long: "Dorsalgia", Edition: "a"},
	{System: code.ICD10CM, Code: "M545", Short: "Low back pain", Long: "Low back pain", Edition: "a"},
	{System: code.ICD10CM, Code: "M5450", Billable: true, Short: "Low back pain, unsp", Long: "Low back pain, unspecified", Edition: "a"},
	{System: code.ICD10CM, Code: "M5451", Billable: true, Short: "Vertebrogenic low back pain", Long: "Vertebrogenic low back pain", Edition: "a"},
	{System: code.ICD10CM, Code: "M5459", Billable: true, Short: "Other low back pain", Long: "Other low back pain", Edition: "a"},
	{System: code.ICD10CM, Code: "G4733", Billable: true, Short: "Obstructive sleep apnea", Long: "Obstructive sleep apnea (adult) (pediatric)", Edition: "a"},
	{System: code.HCPCS, Code: "E0601", Billable: true, Short: "Cont airway pressure device", Long: "Continuous positive airway pressure (cpap) device", Edition: "a"},
}

func search(ctx context.Context, t *testing.T, d *db.DB, text string) (codes []string, total int) {
	t.Helper()
	err := d.View(ctx, func(tx *db.Tx) error {
		found, n, err := code.Search(ctx, tx, code.ICD10CM, text, 2)
		total = n
		for _, c := range found {
			codes = append(codes, c.Dotted())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return codes, total
}

func TestCodesAreFoundByCodeAndWords(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if codes, n := search(ctx, t, d, "m54"); n != 0 || codes != nil {
			t.Errorf("before the import: %v", codes)
		}
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := code.Save(ctx, tx, account.Program(), backs)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text, want string
			total      int
		}{
			{"m54", "[M54.50 M54.51]", 3}, {"M54.5", "[M54.50 M54.51]", 3}, {"M54.59", "[M54.59]", 1},
			{"pain low", "[M54.59 M54.50]", 3}, {"vert", "[M54.51]", 1}, {"ADULT apnea", "[G47.33]", 1},
			{"ack", "[]", 0}, {"  ", "[]", 0}, {"airway", "[]", 0},
		} {
			codes, total := search(ctx, t, d, c.text)
			if fmt.Sprint(codes) != c.want || total != c.total {
				t.Errorf("%q: %v of %d, want %s of %d", c.text, codes, total, c.want, c.total)
			}
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			_, err := code.Save(ctx, tx, account.Program(), []code.Code{{System: code.ICD10CM, Code: "M5450", Long: "Low back pain, unspecified", Edition: "b"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if codes, n := search(ctx, t, d, "m5450"); n != 0 {
			t.Errorf("no longer fit for a request: %v", codes)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	ctx := context.Background()
	d := dbtest.SQLite(b)
	all := make([]code.Code, 75000)
	for i := range all {
		all[i] = code.Code{System: code.ICD10CM, Code: fmt.Sprintf("A%06d", i), Billable: true, Long: fmt.Sprintf("Displaced fracture of part %d of the left lower bone, initial encounter for closed fracture", i)}
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		_, err := code.Save(ctx, tx, account.Program(), all)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	look := func(text string) {
		err := d.View(ctx, func(tx *db.Tx) error {
			_, _, err := code.Search(ctx, tx, code.ICD10CM, text, 10)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	look("a") // reads the list
	for _, text := range []string{"fract part 74999", "fract left", "a07"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				look(text)
			}
		})
	}
}
