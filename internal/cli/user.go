package cli

import (
	"context"
	"errors"
	"fmt"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add a person with a role, or a role to a person. Prints a password to hand over."`
	Password userPasswordCmd `cmd:"" help:"Give a person a new password to hand over, if they forgot theirs."`
	ResetMFA userResetCmd    `cmd:"" name:"reset-mfa" help:"Take a person's second factor away; they set up a new one at the next sign-in."`
	Key      userKeyCmd      `cmd:"" help:"Make a key by which a system of an office comes in as this person. Prints it once."`
	EndKeys  userEndKeysCmd  `cmd:"" name:"end-keys" help:"End all keys of a person at once."`
	Disable  userDisableCmd  `cmd:"" help:"Shut a person out at once."`
}

type userAddCmd struct {
	storage
	Email        string `arg:"" help:"Their email address."`
	First        string `help:"First name." required:""`
	Last         string `help:"Last name." required:""`
	Credential   string `help:"Such as MD or RN."`
	Role         string `help:"Such as: office staff, nurse reviewer, administrator." required:""`
	Organization string `help:"Name of the organization; made if it is not there." required:""`
	Kind         string `help:"What a new organization is: office, site or um." enum:"office,site,um" default:"office"`
}

// Run adds the person.
func (c *userAddCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, tx *db.Tx) error {
		by := account.Program()
		org, err := account.OrganizationByName(ctx, tx, c.Organization)
		if fault.Is(err, fault.NotFound) {
			org, err = account.SaveOrganization(ctx, tx, by, account.Organization{Kind: c.Kind, Name: c.Organization})
		}
		if err != nil {
			return err
		}
		p, err := account.ByEmail(ctx, tx, c.Email)
		isNew := fault.Is(err, fault.NotFound)
		if isNew {
			p, err = account.AddPerson(ctx, tx, by, account.Person{Email: c.Email, FirstName: c.First, LastName: c.Last, Credential: c.Credential})
		}
		if err != nil {
			return err
		}
		if err := account.AddSeat(ctx, tx, by, p.ID, account.Seat{OrganizationID: org.ID, Role: account.Role(c.Role)}); err != nil {
			return err
		}
		if !isNew {
			fmt.Fprintf(s.out, "%s is %s at %s now.\n", p.Email, c.Role, org.Name)
			return nil
		}
		password := account.FreshPassword()
		if err := account.SetPassword(ctx, tx, by, p.ID, password); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s can sign in with the password  %s\nHand it over in person; they set up a second factor at first sign-in and should change it then.\n", p.Email, password)
		return nil
	})
}

type userResetCmd struct {
	storage
	Email string `arg:"" help:"Their email address."`
}

// Run takes the second factor away.
func (c *userResetCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, c.Email)
		if err != nil {
			return err
		}
		if err := account.ResetSecondFactor(ctx, tx, account.Program(), p.ID); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s sets up a new second factor at the next sign-in. All their sessions ended.\n", p.Email)
		return nil
	})
}

type userKeyCmd struct {
	storage
	Email string `arg:"" help:"Email address of the person as whom the system acts; best one of its own."`
	Name  string `help:"Which system it is for." required:""`
	Days  int    `help:"For how many days it holds, 366 at most." default:"180"`
}

// Run makes the key.
func (c *userKeyCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, c.Email)
		if err != nil {
			return err
		}
		key, err := account.MakeKey(ctx, tx, account.Program(), p.ID, c.Name, c.Days)
		if err == nil {
			fmt.Fprintf(s.out, "%s\nIt is shown this once and holds %d days. Whoever has it acts as %s.\n", key, c.Days, p.Email)
		}
		return err
	})
}

type userEndKeysCmd struct {
	storage
	Email string `arg:"" help:"Their email address."`
}

// Run ends the keys.
func (c *userEndKeysCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, c.Email)
		if err != nil {
			return err
		}
		n, err := account.EndKeys(ctx, tx, account.Program(), p.ID)
		if err == nil {
			fmt.Fprintf(s.out, "Keys of %s that ended: %d.\n", p.Email, n)
		}
		return err
	})
}

type userDisableCmd struct {
	storage
	Email string `arg:"" help:"Their email address."`
}

// Run shuts the person out.
func (c *userDisableCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, c.Email)
		if err != nil {
			return err
		}
		if err := account.Disable(ctx, tx, account.Program(), p.ID); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s is disabled. All their sessions ended.\n", p.Email)
		return nil
	})
}

// with opens the installation for one transaction, and puts a fault's fields
// into one sentence.
func (c storage) with(s *streams, f func(context.Context, *db.Tx) error) error {
	a, err := c.open(s)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	err = a.DB.Update(s.ctx, func(tx *db.Tx) error { return f(s.ctx, tx) })
	if all := fault.Of(err).Fields; err != nil && len(all) > 0 {
		for _, text := range all {
			return errors.New(text.String())
		}
	}
	return err
}
