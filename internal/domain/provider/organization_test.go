package provider_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// An administrator adds, changes and retires locations of their organization,
// and of no other; nobody is left without a place.
func TestAdministratorsKeepLocations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 0)
		var dana account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			dana, err = w.Person(ctx, tx, "Dana", "Cole", w.Office.ID, account.OrgAdmin)
			return err
		})
		south := provider.Location{OrganizationID: w.Office.ID, Name: " South ", Line: "20 Sample Street", City: "Exampleville", State: "tx", ZIP: "00002", Phone: "5555550149", Fax: "555", TimeZone: "America/Chicago"}
		keep := func(by account.Actor, l provider.Location) (kept provider.Location, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				kept, err = provider.KeepLocation(ctx, tx, by, l)
				return err
			})
			return kept, err
		}
		if _, err := keep(dana, south); fault.Of(err).Fields["fax"].String() != "Fax number must be 10 digits" {
			t.Errorf("a short fax number: %v", err)
		}
		south.Fax = ""
		if _, err := keep(w.Maria, south); !fault.Is(err, fault.NotFound) {
			t.Errorf("office staff: %v", err)
		}
		kept, err := keep(dana, south)
		if err != nil || kept.Name != "South" || kept.State != "TX" || kept.Phone != "(555) 555-0149" {
			t.Fatalf("%+v, %v", kept, err)
		}
		if _, err := keep(dana, south); fault.Of(err).Fields["name"] == "" {
			t.Errorf("the same name: %v", err)
		}
		stolen := kept
		stolen.OrganizationID = w.Other.ID
		if _, err := keep(dana, stolen); !fault.Is(err, fault.NotFound) {
			t.Errorf("into another organization: %v", err)
		}
		post := account.Post{Roles: []account.Role{account.OfficeStaff}, Locations: []string{kept.ID}}
		set := func(p account.Post) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return provider.SetPost(ctx, tx, dana, w.Office.ID, w.Maria.ID, p)
			})
		}
		if err := set(account.Post{Roles: post.Roles, Locations: []string{"loc_1"}}); fault.Of(err).Fields["locations"] == "" {
			t.Errorf("another's location: %v", err)
		}
		if err := set(account.Post{Roles: []account.Role{account.Clinician}, PractitionerID: "prc_1"}); fault.Of(err).Fields["practitioner"] == "" {
			t.Errorf("another's practitioner: %v", err)
		}
		if err := set(post); err != nil {
			t.Fatal(err)
		}
		retire := func() error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return provider.Retire(ctx, tx, dana, w.Office.ID, kept.ID)
			})
		}
		if err := retire(); !fault.Is(err, fault.Conflict) {
			t.Errorf("where somebody works: %v", err)
		}
		if err := set(account.Post{Roles: post.Roles}); err != nil {
			t.Fatal(err)
		}
		if err := retire(); err != nil {
			t.Fatal(err)
		}
		names := func() (names string) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				all, err := provider.Locations(ctx, tx, w.Office.ID)
				for _, l := range all {
					names += l.Name + " "
				}
				return err
			})
			return names
		}
		if got := names(); got != "North " {
			t.Errorf("in use: %s", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return provider.Reopen(ctx, tx, dana, w.Office.ID, kept.ID)
		})
		if got := names(); got != "North South " {
			t.Errorf("in use: %s", got)
		}
	})
}
