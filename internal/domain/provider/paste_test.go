package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Each line of what is pasted is answered, and a wrong one keeps none of the
// others.
func TestPastedLinesAreAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 0)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := provider.SaveListings(ctx, tx, account.Program(), []provider.Listing{
				{NPI: "1043209927", Kind: "person", Name: "Ada Novak", First: "Ada", Last: "Novak", Credential: "MD"},
				{NPI: "1114905544", Kind: "organization", Name: "Somewhere Clinic"},
				{NPI: "1508831082", Kind: "person", Name: "Gone Away", First: "Gone", Last: "Away", DeactivatedOn: civil.Date{Year: 2024, Month: 1, Day: 1}},
			})
			return err
		})
		paste := func(by account.Actor, organization, location, text string) (all []provider.Pasted, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				all, err = provider.AddPasted(ctx, tx, by, organization, location, text)
				return err
			})
			return all, err
		}
		text := "104 320-9927\tNovak, Ada\n\n1043209927\n12345\n1234567890\n1114905544\n1508831082, gone\n1306849450\n"
		all, err := paste(w.Maria, w.Office.ID, w.North.ID, text)
		if err != nil {
			t.Fatal(err)
		}
		want := "1 added, 3 twice, 4 no number, 5 wrong digit, 6 organization, 7 ended, 8 not found"
		if got := fates(all); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		if all, _ = paste(w.Maria, w.Office.ID, w.North.ID, "1043209927"); fates(all) != "1 there" {
			t.Errorf("again: %s", fates(all))
		}
		if _, err = paste(w.Maria, w.Office.ID, "loc_1", " \n"); fault.Of(err).Fields["npis"].String() != "Enter the NPI" || fault.Of(err).Fields["location"] == "" {
			t.Errorf("nothing: %v", err)
		}
		if _, err = paste(w.Maria, w.Office.ID, w.North.ID, strings.Repeat("1\n", 51)); fault.Of(err).Fields["npis"].String() != "Enter at most 50 numbers at once" {
			t.Errorf("too many: %v", err)
		}
		if _, err = paste(w.Stranger, w.Office.ID, w.North.ID, "1043209927"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			list, err := provider.List(ctx, tx, w.Maria, w.Office.ID)
			if len(list) != 2 || list[0].Name() != "Ada Novak, MD" || len(list[0].Places) != 1 {
				t.Errorf("%+v", list)
			}
			return err
		})
	})
}

func fates(all []provider.Pasted) string {
	var words []string
	for _, p := range all {
		words = append(words, fmt.Sprintf("%d %s", p.Line, p.Fate))
	}
	return strings.Join(words, ", ")
}

// Who is taken off the list is no longer offered, and nobody takes off
// another's.
func TestUnlistingAPractitioner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 0)
		unlist := func(by account.Actor, organization string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return provider.Unlist(ctx, tx, by, organization, w.Doctor.ID)
			})
		}
		for what, err := range map[string]error{"a stranger": unlist(w.Stranger, w.Office.ID), "who isn't on theirs": unlist(w.Stranger, w.Other.ID)} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := unlist(w.Maria, w.Office.ID); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := provider.Colleagues(ctx, tx, w.Office.ID)
			if len(all) != 0 {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

func TestFavoriteSites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 0)
		var site account.Organization
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			site, err = account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "site", Name: "Valley Imaging"})
			return err
		})
		do := func(f func(context.Context, *db.Tx, account.Actor, string, string) error, by account.Actor, id string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return f(ctx, tx, by, w.Office.ID, id) })
		}
		if err := do(provider.AddFavorite, w.Stranger, site.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		if err := do(provider.AddFavorite, w.Maria, w.Other.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("an office: %v", err)
		}
		count := func() (n int) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				all, err := provider.Favorites(ctx, tx, w.Office.ID)
				n = len(all)
				return err
			})
			return n
		}
		for range 2 {
			if err := do(provider.AddFavorite, w.Maria, site.ID); err != nil || count() != 1 {
				t.Errorf("%d, %v", count(), err)
			}
		}
		if err := do(provider.DropFavorite, w.Stranger, site.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger drops it: %v", err)
		}
		if err := do(provider.DropFavorite, w.Maria, site.ID); err != nil || count() != 0 {
			t.Errorf("%d, %v", count(), err)
		}
	})
}
