package provider_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
)

const rightPassword = "a quiet walk before the rain"

// newcomers is a database with a directory and nobody in it.
type newcomers struct {
	*testing.T
	d   *db.DB
	now time.Time
}

func joining(t *testing.T, f func(n *newcomers)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := &newcomers{t, d, dbtest.Clock}
		d.Now = func() time.Time { return n.now }
		n.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := provider.SaveListings(ctx, tx, account.Program(), []provider.Listing{
				{NPI: "1234567893", Kind: "organization", Name: "Elm Family Practice", Line: "4 Sample Street", City: "Exampleville", State: "TX", ZIP: "00002", Phone: "5555550177", Fax: "5555550178"}})
			return err
		})
		f(n)
	})
}

func (n *newcomers) try(f func(context.Context, *db.Tx) error) (err error) {
	n.Helper()
	if failed := n.d.Update(context.Background(), func(tx *db.Tx) error {
		err = f(context.Background(), tx)
		return nil
	}); failed != nil {
		n.Fatal(failed)
	}
	return err
}

func (n *newcomers) do(f func(context.Context, *db.Tx) error) {
	n.Helper()
	if err := n.try(f); err != nil {
		n.Fatal(err)
	}
}

func (n *newcomers) register(email, npi, tin string) error {
	return n.try(func(ctx context.Context, tx *db.Tx) error {
		return provider.Register(ctx, tx, account.Registration{Email: email, FirstName: "Sam", LastName: "Lee", Phone: "555-555-0133", NPI: npi, TIN: tin, Role: account.OfficeStaff}, true, "192.0.2.7")
	})
}

// link is what the mail holds; "" where the address has an account.
func (n *newcomers) link() (token string) {
	n.Helper()
	r := job.NewRunner(n.d, nil)
	job.React(r, func(ctx context.Context, tx *db.Tx, e account.Registered) (err error) {
		_, token, _, err = account.DrawRegistration(ctx, tx, e)
		return err
	})
	job.React(r, func(context.Context, *db.Tx, account.JoinAsked) error { return nil })
	job.React(r, func(context.Context, *db.Tx, account.JoinDecided) error { return nil })
	if _, err := r.Drain(context.Background()); err != nil {
		n.Fatal(err)
	}
	return token
}

func (n *newcomers) settle(token string) (by account.Actor) {
	n.Helper()
	n.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if by, err = provider.Settle(ctx, tx, token, rightPassword); err == nil {
			by, err = account.Act(ctx, tx, by.ID)
		}
		return err
	})
	return by
}

func (n *newcomers) again(by account.Actor) account.Actor {
	n.Helper()
	n.do(func(ctx context.Context, tx *db.Tx) (err error) {
		by, err = account.Act(ctx, tx, by.ID)
		return err
	})
	return by
}

// Somebody of an organization that nobody works for starts at once, seeing
// their own alone; a code to its number on file makes them its administrator,
// who decides from then on.
func TestTheFirstOfAnOrganization(t *testing.T) {
	joining(t, func(n *newcomers) {
		if err := n.register("sam@elm.example", "123-456-7893", "00-0000077"); err != nil {
			n.Fatal(err)
		}
		token := n.link()
		sam := n.settle(token)
		if len(sam.Seats) != 1 || sam.Seats[0].Organization != "Elm Family Practice" || sam.Seats[0].Sees != "own" || !sam.Seats[0].Limited || sam.Can(account.ManageOffice) {
			n.Fatalf("at first: %+v", sam.Seats)
		}
		if err := n.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := provider.Settle(ctx, tx, token, rightPassword)
			return err
		}); !fault.Is(err, fault.NotFound) {
			n.Errorf("the link again: %v", err)
		}

		if err := n.register("kim@elm.example", "1234567893", ""); err != nil {
			n.Fatal(err)
		}
		kim := n.settle(n.link())
		if len(kim.Seats) != 1 || !kim.Seats[0].Limited || kim.Seat().OrganizationID != sam.Seat().OrganizationID {
			n.Fatalf("the second: %+v", kim.Seats)
		}

		var all []provider.Number
		n.do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, all, err = provider.JoiningNumbers(ctx, tx, sam)
			return err
		})
		if len(all) != 2 || all[0].Kind != provider.Fax || all[0].Number != "(555) 555-0178" {
			n.Fatalf("%+v", all)
		}
		if err := n.try(func(ctx context.Context, tx *db.Tx) error { return provider.AskForJoining(ctx, tx, sam, 5) }); fault.Of(err).Fields["which"] == "" {
			n.Errorf("a number that isn't there: %v", err)
		}
		n.do(func(ctx context.Context, tx *db.Tx) error { return provider.AskForJoining(ctx, tx, sam, 0) })
		var code string
		n.do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, code, _, err = provider.DrawFaxCode(ctx, tx, provider.NumberAsked{LocationID: all[0].LocationID})
			return err
		})
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		prove := func(by account.Actor, code string) error {
			return n.try(func(ctx context.Context, tx *db.Tx) error { return provider.ProveJoining(ctx, tx, by, code) })
		}
		if err := prove(sam, wrong); fault.Of(err).Fields["code"] == "" {
			n.Errorf("a wrong code: %v", err)
		}
		if err := prove(sam, code); err != nil {
			n.Fatal(err)
		}
		if sam = n.again(sam); !sam.Administers(sam.Seat().OrganizationID) || sam.Seats[0].Limited {
			n.Errorf("after the code: %+v", sam.Seats)
		}
		if err := prove(kim, code); !fault.Is(err, fault.NotFound) {
			n.Errorf("the second by the same code: %v", err)
		}
		if kim = n.again(kim); !kim.Seats[0].Limited {
			n.Error("the second is let in by the first's code")
		}
		org := sam.Seat().OrganizationID
		if kim.ReadsOf(org, sam.ID) || !kim.ReadsOf(org, kim.ID) || !sam.ReadsOf(org, kim.ID) {
			n.Error("who is limited reads what others asked, or not their own")
		}
		n.do(func(ctx context.Context, tx *db.Tx) error {
			open, err := account.Joinings(ctx, tx, sam, org)
			if err != nil || len(open) != 1 || open[0].PersonID != kim.ID {
				n.Fatalf("%+v, %v", open, err)
			}
			return account.DecideJoining(ctx, tx, sam, org, open[0].ID, true)
		})
		if kim = n.again(kim); len(kim.Seats) != 1 || kim.Seats[0].Limited {
			n.Errorf("accepted: %+v", kim.Seats)
		}
	})
}

// Where somebody works already they decide; until then a newcomer has nothing,
// whatever numbers they know.
func TestAnAdministratorDecidesWhoJoins(t *testing.T) {
	joining(t, func(n *newcomers) {
		var dana, other account.Actor
		var org string
		n.do(func(ctx context.Context, tx *db.Tx) error {
			o, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "office", Name: "Elm", NPI: "1234567893", TIN: "000000077", Sees: "all"})
			if err != nil {
				return err
			}
			far, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "office", Name: "Far"})
			if err != nil {
				return err
			}
			org = o.ID
			for email, at := range map[string]string{"dana@elm.example": o.ID, "far@far.example": far.ID} {
				p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: email, FirstName: "Dana", LastName: "Cole"})
				if err != nil {
					return err
				}
				if err := account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: at, Role: account.OrgAdmin}); err != nil {
					return err
				}
				who, err := account.Act(ctx, tx, p.ID)
				if err != nil {
					return err
				}
				if at == o.ID {
					dana = who
				} else {
					other = who
				}
			}
			return nil
		})
		if err := n.register("dana@elm.example", "1234567893", ""); err != nil || n.link() != "" {
			n.Errorf("an address with an account: %v", err)
		}
		if err := n.register("sam@elm.example", "1234567893", "000000077"); err != nil {
			n.Fatal(err)
		}
		sam := n.settle(n.link())
		if len(sam.Seats) != 0 {
			n.Fatalf("before anybody decided: %+v", sam.Seats)
		}
		if err := n.try(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := provider.JoiningNumbers(ctx, tx, sam)
			return err
		}); !fault.Is(err, fault.NotFound) {
			n.Errorf("a code to the number on file: %v", err)
		}
		remind := func() error {
			return n.try(func(ctx context.Context, tx *db.Tx) error { return account.RemindOfJoining(ctx, tx, sam) })
		}
		if err := remind(); !fault.Is(err, fault.TooMany) {
			n.Errorf("reminded at once: %v", err)
		}
		n.now = n.now.Add(25 * time.Hour)
		if err := remind(); err != nil {
			n.Error(err)
		}
		var j account.Joining
		n.do(func(ctx context.Context, tx *db.Tx) error {
			all, err := account.Joinings(ctx, tx, dana, org)
			if err != nil || len(all) != 1 || !all[0].TINRight {
				n.Fatalf("%+v, %v", all, err)
			}
			j = all[0]
			return nil
		})
		decide := func(by account.Actor, accept bool) error {
			return n.try(func(ctx context.Context, tx *db.Tx) error {
				return account.DecideJoining(ctx, tx, by, org, j.ID, accept)
			})
		}
		for who, by := range map[string]account.Actor{"who asked": sam, "another organization's": other} {
			if err := decide(by, true); !fault.Is(err, fault.NotFound) {
				n.Errorf("%s: %v", who, err)
			}
		}
		if !dana.ReadsOf(org, sam.ID) || sam.ReadsOf(org, sam.ID) {
			n.Error("who waits reads, or an administrator doesn't")
		}
		if err := decide(dana, false); err != nil {
			n.Fatal(err)
		}
		if err := decide(dana, true); !fault.Is(err, fault.NotFound) {
			n.Errorf("decided twice: %v", err)
		}
		if sam = n.again(sam); len(sam.Seats) != 0 {
			n.Errorf("declined: %+v", sam.Seats)
		}
	})
}

// Whoever an administrator gives a post needn't be let in once more.
func TestAPostAnswersARequestToJoin(t *testing.T) {
	joining(t, func(n *newcomers) {
		var both []account.Actor
		for _, email := range []string{"sam@elm.example", "kim@elm.example"} {
			if err := n.register(email, "1234567893", ""); err != nil {
				n.Fatal(err)
			}
			both = append(both, n.settle(n.link()))
		}
		sam, kim := both[0], both[1]
		org := sam.Seat().OrganizationID
		n.do(func(ctx context.Context, tx *db.Tx) error {
			return account.AddSeat(ctx, tx, account.Program(), sam.ID, account.Seat{OrganizationID: org, Role: account.OrgAdmin})
		})
		sam = n.again(sam)
		n.do(func(ctx context.Context, tx *db.Tx) error {
			return account.SetPost(ctx, tx, sam, org, kim.ID, account.Post{Roles: []account.Role{account.Clinician}})
		})
		n.do(func(ctx context.Context, tx *db.Tx) error {
			open, err := account.Joinings(ctx, tx, sam, org)
			if len(open) != 1 || open[0].PersonID != sam.ID {
				n.Errorf("open: %+v", open)
			}
			return err
		})
		if kim = n.again(kim); len(kim.Seats) != 1 || kim.Seats[0].Limited || kim.Seats[0].Role != account.Clinician {
			n.Errorf("her post: %+v", kim.Seats)
		}
	})
}

// What is wrong is said at its field, and nobody fills a mailbox.
func TestRegistrationsAreChecked(t *testing.T) {
	joining(t, func(n *newcomers) {
		for _, c := range []struct{ npi, tin, field, text string }{
			{"", "", "npi", "Enter the NPI"},
			{"12345", "", "npi", "NPI must be 10 digits"},
			{"1234567890", "", "npi", "This NPI doesn't pass its check digit. Check for a mistyped number"},
			{"1306849450", "", "npi", "We couldn't find NPI 1306849450 in the national directory. Check the number, or call us"},
			{"1234567893", "12", "tin", "Tax ID must be 9 digits"},
		} {
			if got := fault.Of(n.register("sam@elm.example", c.npi, c.tin)).Fields[c.field]; got.String() != c.text {
				n.Errorf("%+v: %q", c, got)
			}
		}
		for range 5 {
			if err := n.register("sam@elm.example", "1234567893", ""); err != nil {
				n.Error(err)
			}
		}
		if err := n.register("sam@elm.example", "1234567893", ""); !fault.Is(err, fault.TooMany) {
			n.Errorf("the sixth within an hour: %v", err)
		}
	})
}
