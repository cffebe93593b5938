package app

import (
	"context"
	"os"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestASetupGivesAnOfficeTheNPIThatImportsKnowItBy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "office", Name: "Elm Orthopedics"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		a := &App{DB: d}
		set := func(text string) error {
			s, err := ReadSetup([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return a.Configure(ctx, s)
		}
		if err := set(`{"organizations": [{"name": "Elm Orthopedics", "npi": "1234567890"}]}`); err == nil {
			t.Error("a number whose check digit is wrong was taken for an NPI")
		}
		for _, text := range []string{
			`{"organizations": [{"name": "Elm Orthopedics", "npi": "1234567893", "sees": "all"}]}`,
			`{"organizations": [{"name": "Elm Orthopedics", "sees": "own"}]}`,
		} {
			if err := set(text); err != nil {
				t.Fatal(err)
			}
		}
		err := d.View(ctx, func(tx *db.Tx) error {
			o, err := account.OrganizationByNPI(ctx, tx, "1234567893")
			if err == nil && (o.Name != "Elm Orthopedics" || o.Sees != "own") {
				t.Errorf("found %+v", o)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestASetupSaysHowOftenToCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for text, want := range map[string][3]int{`, "attempts_needed": 3, "attempts_apart": 10, "most_orders": 2`: {3, 10, 2}, ``: {2, 5, 3}} {
			s, err := ReadSetup([]byte(`{"programs": [{"code": "imaging", "name": "Imaging", "slot_minutes": 30, "confirm": "instant"` + text + `}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if err := (&App{DB: d}).Configure(ctx, s); err != nil {
				t.Fatal(err)
			}
			err = d.View(ctx, func(tx *db.Tx) error {
				all, err := plan.Programs(ctx, tx)
				if len(all) != 1 || all[0].AttemptsNeeded != want[0] || all[0].AttemptsApart != want[1] || all[0].MostOrders != want[2] {
					t.Errorf("%s: %+v", text, all)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// The file in the manual is one that the program reads.
func TestTheManualsSetupCanBeRead(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(manual), "```json\n")
	text, _, _ := strings.Cut(rest, "```")
	s, err := ReadSetup([]byte(text))
	if err != nil || len(s.Rules) != 2 || len(s.Reviewers) != 1 || s.Reviewers[0].Weekly != 30 {
		t.Errorf("%+v, %v", s.Rules, err)
	}
}
