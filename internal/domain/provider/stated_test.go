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

func stated() provider.Stated {
	return provider.Stated{Practitioner: provider.Practitioner{NPI: "1234567893", First: "Iris", Last: "Novak", Credential: "NP", Specialty: "Orthopedics"},
		Address: provider.Address{Line: "4 New Road", City: "Exampleville", State: "tx", ZIP: "00001", Phone: "555-555-0177"}}
}

// A practitioner whom the directory doesn't have is entered by the office,
// marked as not checked until staff have looked, and never twice.
func TestAPractitionerInNoDirectory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		enter := func(by account.Actor, s provider.Stated) (p provider.Practitioner, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				p, err = provider.EnterColleague(ctx, tx, by, s, w.North.ID)
				return err
			})
			return p, err
		}
		for field, change := range map[string]func(*provider.Stated){
			"stated_npi": func(s *provider.Stated) { s.NPI = "1234567890" }, "stated_first": func(s *provider.Stated) { s.First = " " },
			"stated_state": func(s *provider.Stated) { s.State = "Texas" }, "stated_zip": func(s *provider.Stated) { s.ZIP = "1" },
			"stated_phone": func(s *provider.Stated) { s.Address.Phone = "12" }, "stated_fax": func(s *provider.Stated) { s.Fax = "12" },
		} {
			s := stated()
			change(&s)
			if _, err := enter(w.Maria, s); fault.Of(err).Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := enter(w.Stranger, stated()); !fault.Is(err, fault.Invalid) {
			t.Errorf("by another office: %v", err)
		}
		p, err := enter(w.Maria, stated())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := enter(w.Maria, stated()); fault.Of(err).Fields["stated_npi"] == "" {
			t.Errorf("entered twice: %v", err)
		}
		unchecked := func() (yes bool) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				yes, err = provider.Unchecked(ctx, tx, p.ID)
				return err
			})
			return yes
		}
		check := func(by account.Actor) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return provider.Check(ctx, tx, by, p.ID) })
		}
		if err := check(w.Maria); !fault.Is(err, fault.Denied) || !unchecked() {
			t.Errorf("checked by the office itself: %v", err)
		}
		if err := check(w.Reviewers[0]); err != nil || unchecked() {
			t.Errorf("checked by a reviewer: %v", err)
		}
		if err := check(w.Reviewers[0]); !fault.Is(err, fault.Conflict) {
			t.Errorf("checked twice: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := provider.Addresses(ctx, tx, p.ID, w.Office.ID)
			if n := len(all); err == nil && (n != 2 || all[1].Key != provider.StatedKey || all[1].Words() != "4 New Road, Exampleville, TX 00001") {
				t.Errorf("addresses: %+v", all)
			}
			return err
		})
	})
}
