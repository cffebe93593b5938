package provider_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Organizations are found by the beginning of their name in a state: no
// person's practice, none that ended, and what is typed is no pattern.
func TestOrganizationsAreFoundByName(t *testing.T) {
	ended, err := civil.ParseDate("2020-01-02")
	if err != nil {
		t.Fatal(err)
	}
	joining(t, func(n *newcomers) {
		n.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := provider.SaveListings(ctx, tx, account.Program(), []provider.Listing{
				{NPI: "1306849450", Kind: "organization", Name: "ELM Pediatrics", State: "TX"},
				{NPI: "1679576722", Kind: "person", Name: "Elm Adams", State: "TX"},
				{NPI: "1245319599", Kind: "organization", Name: "Elm of Ohio", State: "OH"},
				{NPI: "1164417580", Kind: "organization", Name: "Elm that closed", State: "TX", DeactivatedOn: ended},
			})
			return err
		})
		find := func(name, state string) (names []string, err error) {
			err = n.try(func(ctx context.Context, tx *db.Tx) error {
				all, more, err := provider.OrganizationsNamed(ctx, tx, name, state)
				for _, l := range all {
					names = append(names, l.Name)
				}
				if more {
					n.Error("more")
				}
				return err
			})
			return names, err
		}
		if got, err := find(" elm ", "tx"); err != nil || len(got) != 2 || got[0] != "Elm Family Practice" || got[1] != "ELM Pediatrics" {
			n.Errorf("%q, %v", got, err)
		}
		for _, nothing := range []string{"%lm", "e_m", `elm\`, "family"} {
			if got, err := find(nothing, "TX"); err != nil || len(got) != 0 {
				n.Errorf("%s: %q, %v", nothing, got, err)
			}
		}
		if _, err := find("el", "Texas"); fault.Of(err).Fields["name"] == "" || fault.Of(err).Fields["state"] == "" {
			n.Error(err)
		}
	})
}

// An organization that isn't listed can be described; who registers for it
// sees their own alone until an operator has made sure, and no number that
// they chose themselves proves anything.
func TestAnUnlistedOrganization(t *testing.T) {
	joining(t, func(n *newcomers) {
		register := func(s account.Stated) error {
			return n.try(func(ctx context.Context, tx *db.Tx) error {
				return provider.Register(ctx, tx, account.Registration{Email: "ann@oak.example", FirstName: "Ann", LastName: "Oak", Phone: "555-555-0133", Role: account.OfficeStaff, Stated: &s}, true, "192.0.2.7")
			})
		}
		if err := register(account.Stated{State: "Texas", ZIP: "123"}); fault.Of(err).Fields["org_name"] == "" || fault.Of(err).Fields["line"] == "" || fault.Of(err).Fields["state"] == "" || fault.Of(err).Fields["zip"] == "" || fault.Of(err).Fields["org_phone"] == "" {
			n.Errorf("nothing: %v", err)
		}
		oak := account.Stated{Name: " Oak  Clinic ", Line: "9 Sample Street", City: "Exampleville", State: "tx", ZIP: "00003", Phone: "5555550199"}
		if err := register(oak); err != nil {
			n.Fatal(err)
		}
		ann := n.settle(n.link())
		if len(ann.Seats) != 1 || ann.Seats[0].Organization != "Oak Clinic" || !ann.Seats[0].Limited {
			n.Fatalf("%+v", ann.Seats)
		}
		n.do(func(ctx context.Context, tx *db.Tx) error {
			_, all, err := provider.JoiningNumbers(ctx, tx, ann)
			if len(all) != 0 {
				n.Errorf("numbers %+v", all)
			}
			where, _ := provider.Locations(ctx, tx, ann.Seat().OrganizationID)
			if len(where) != 1 || where[0].Line != "9 Sample Street" || where[0].State != "TX" {
				n.Errorf("%+v", where)
			}
			return err
		})
		if err := register(oak); fault.Of(err).Fields["org_name"] == "" {
			n.Errorf("the same name again: %v", err)
		}
		omar := account.Actor{ID: "per_omar", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
		decide := func(by account.Actor, accept bool) error {
			return n.try(func(ctx context.Context, tx *db.Tx) error {
				all, err := account.Newcomers(ctx, tx, by)
				if err != nil {
					return err
				}
				if len(all) != 1 || all[0].PersonID != ann.ID {
					return fault.New(fault.NotFound, "Nobody waits.")
				}
				return account.DecideNewcomer(ctx, tx, by, all[0].ID, accept)
			})
		}
		if err := decide(ann, true); !fault.Is(err, fault.Denied) {
			n.Errorf("by herself: %v", err)
		}
		if err := decide(omar, true); err != nil {
			n.Fatal(err)
		}
		if ann = n.again(ann); !ann.Can(account.ManageOffice) || ann.Seats[0].Limited {
			n.Errorf("afterwards: %+v", ann.Seats)
		}
		if err := decide(omar, true); !fault.Is(err, fault.NotFound) {
			n.Errorf("twice: %v", err)
		}
	})
}

// A draft is kept for a week, to be gone on with by its link until the account
// is made. It holds no tax ID.
func TestARegistrationIsKept(t *testing.T) {
	joining(t, func(n *newcomers) {
		draft := account.Registration{Email: " Sam@elm.example", FirstName: "Sam", NPI: "1234567893", TIN: "000000077", Role: account.Clinician}
		keep := func(r account.Registration) error {
			return n.try(func(ctx context.Context, tx *db.Tx) error { return account.KeepRegistration(ctx, tx, r, "192.0.2.7") })
		}
		if err := keep(account.Registration{}); fault.Of(err).Fields["email"] == "" {
			n.Errorf("without an address: %v", err)
		}
		token := func() (token string) {
			if err := keep(draft); err != nil {
				n.Fatal(err)
			}
			r := job.NewRunner(n.d, nil)
			job.React(r, func(ctx context.Context, tx *db.Tx, e account.RegistrationKept) (err error) {
				_, token, _, err = account.DrawDraft(ctx, tx, e)
				if _, _, again, _ := account.DrawDraft(ctx, tx, e); again {
					n.Error("the link is drawn twice")
				}
				return err
			})
			if _, err := r.Drain(context.Background()); err != nil {
				n.Fatal(err)
			}
			return token
		}
		open := func(token string) (r account.Registration, err error) {
			err = n.try(func(ctx context.Context, tx *db.Tx) (err error) { r, err = account.DraftOf(ctx, tx, token); return err })
			return r, err
		}
		first := token()
		if r, err := open(first); err != nil || r.FirstName != "Sam" || r.Email != "sam@elm.example" || r.TIN != "" || r.Role != account.Clinician || r.NPI != "1234567893" {
			n.Errorf("%+v, %v", r, err)
		}
		n.now = n.now.Add(8 * 24 * time.Hour)
		if _, err := open(first); !fault.Is(err, fault.NotFound) {
			n.Errorf("after a week: %v", err)
		}
		second := token()
		if err := n.register("sam@elm.example", "1234567893", ""); err != nil {
			n.Fatal(err)
		}
		n.settle(n.link())
		if _, err := open(second); !fault.Is(err, fault.NotFound) {
			n.Errorf("with an account: %v", err)
		}
	})
}
