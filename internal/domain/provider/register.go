package provider

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Registrable is what the directory says of the organization, or practitioner
// with a practice of their own, for whom somebody says they work. The error is
// Invalid at "npi".
func Registrable(ctx context.Context, tx *db.Tx, npi string) (Listing, error) {
	npi = strings.NewReplacer(" ", "", "-", "").Replace(npi)
	f := fault.Fields{}
	f.Check(npi != "", "npi", "Enter the NPI")
	f.Check(len(npi) == 10 && strings.Trim(npi, "0123456789") == "", "npi", "NPI must be 10 digits")
	f.Check(ValidNPI(npi), "npi", "This NPI doesn't pass its check digit. Check for a mistyped number")
	if err := f.Err(); err != nil {
		return Listing{}, err
	}
	l, err := FindListing(ctx, tx, npi)
	if fault.Is(err, fault.NotFound) {
		return l, fault.Fields{"npi": words.Say("We couldn't find NPI %s in the national directory. Check the number, or call us", npi)}.Err()
	}
	if err == nil && !l.Active() {
		err = fault.Fields{"npi": "This NPI is no longer in use. Check the number, or call us"}.Err()
	}
	if err != nil {
		return l, err
	}
	n, err := account.OrganizationsWithNPI(ctx, tx, npi)
	if err == nil && n > 1 {
		err = fault.Fields{"npi": "Several organizations here have this NPI. Ask the administrator of yours to invite you, or call us"}.Err()
	}
	return l, err
}

// mostFound is how many organizations of a name are shown.
const mostFound = 20

// OrganizationsNamed are organizations of the directory in a state whose name
// begins so, by name; more says that there are others. The error is Invalid at
// "name" or "state".
func OrganizationsNamed(ctx context.Context, tx *db.Tx, name, state string) (all []Listing, more bool, err error) {
	name, state = strings.ToLower(strings.Join(strings.Fields(name), " ")), strings.ToUpper(strings.TrimSpace(state))
	f := fault.Fields{}
	f.Check(len([]rune(name)) >= 3, "name", "Enter at least 3 letters of the name")
	f.Check(len(state) == 2, "state", "State must be two letters, like TX")
	if err := f.Err(); err != nil {
		return nil, false, err
	}
	all, err = organizationsNamed(ctx, tx, name, state, mostFound+1)
	if more = len(all) > mostFound; more {
		all = all[:mostFound]
	}
	return all, more, err
}

// Register keeps what somebody says of themselves: see account.Register.
func Register(ctx context.Context, tx *db.Tx, r account.Registration, agreed bool, address string) error {
	if r.Stated != nil {
		if err := notHere(ctx, tx, r.Stated.Name); err != nil {
			return err
		}
	} else {
		l, err := Registrable(ctx, tx, r.NPI)
		if err != nil {
			return err
		}
		r.NPI = l.NPI
	}
	r.TIN = strings.NewReplacer(" ", "", "-", "").Replace(r.TIN)
	if strings.Trim(r.TIN, "0123456789") != "" {
		r.TIN = "not digits"
	}
	return account.Register(ctx, tx, r, agreed, address)
}

// notHere refuses an organization under the name of one that is here: people
// would take one for the other.
func notHere(ctx context.Context, tx *db.Tx, name string) error {
	_, err := account.OrganizationByName(ctx, tx, strings.Join(strings.Fields(name), " "))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		err = fault.Fields{"org_name": "An organization of this name is here already. Ask its administrator to invite you, or go back and enter its NPI"}.Err()
	}
	return err
}

// Settle makes the account of somebody who registered, and asks that they may
// work for the organization; one that isn't here yet is taken from the
// directory, with its address and numbers there. The tax ID they gave is not kept:
// nobody has said yet that it is true.
func Settle(ctx context.Context, tx *db.Tx, token, password string) (account.Actor, error) {
	by, r, err := account.ConfirmRegistration(ctx, tx, token, password)
	if err != nil {
		return by, err
	}
	if r.Stated != nil {
		o, err := fromStated(ctx, tx, r)
		if err != nil {
			return by, err
		}
		return by, account.AskToJoin(ctx, tx, by, o.ID, r)
	}
	o, err := account.OrganizationByNPI(ctx, tx, r.NPI)
	if fault.Is(err, fault.NotFound) {
		o, err = fromListing(ctx, tx, r)
	}
	if err != nil {
		return by, err
	}
	return by, account.AskToJoin(ctx, tx, by, o.ID, r)
}

func fromListing(ctx context.Context, tx *db.Tx, r account.Registration) (account.Organization, error) {
	l, err := FindListing(ctx, tx, r.NPI)
	if err != nil {
		return account.Organization{}, err
	}
	o, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: kindFor(r.Role), Name: l.Name, NPI: l.NPI, Phone: TidyPhone(l.Phone), Sees: "own"})
	if err != nil {
		return o, err
	}
	_, err = SaveLocation(ctx, tx, account.Program(), Location{OrganizationID: o.ID, Name: "Main office", Line: l.Line, City: l.City, State: l.State, ZIP: l.ZIP,
		Phone: TidyPhone(l.Phone), Fax: TidyPhone(l.Fax)})
	return o, err
}

func kindFor(r account.Role) string {
	if r == account.Site {
		return "site"
	}
	return "office"
}

// fromStated makes an organization as somebody described it. Its location has
// no numbers: a code to a number that they chose would prove nothing. An
// operator decides (account.DecideNewcomer).
func fromStated(ctx context.Context, tx *db.Tx, r account.Registration) (account.Organization, error) {
	s := r.Stated
	if err := notHere(ctx, tx, s.Name); err != nil {
		if fault.Is(err, fault.Invalid) {
			err = fault.New(fault.Conflict, "An organization of this name came meanwhile. Ask its administrator to invite you, or call us.")
		}
		return account.Organization{}, err
	}
	o, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: kindFor(r.Role), Name: s.Name, Phone: s.Phone, Sees: "own"})
	if err != nil {
		return o, err
	}
	_, err = SaveLocation(ctx, tx, account.Program(), Location{OrganizationID: o.ID, Name: "Main office", Line: s.Line, City: s.City, State: s.State, ZIP: s.ZIP})
	return o, err
}

// JoiningNumbers are the numbers on file to which a code can be sent that
// proves by belongs to an organization, while nobody works there who could
// say so.
func JoiningNumbers(ctx context.Context, tx *db.Tx, by account.Actor) (j account.Joining, all []Number, err error) {
	own, err := account.OwnJoining(ctx, tx, by)
	if err != nil {
		return j, nil, err
	}
	if own == nil || !own.Alone || own.DecidedAt != nil {
		return j, nil, fault.New(fault.NotFound, "There is nothing to confirm.")
	}
	all, err = db.All(ctx, tx, scanNumber, numberSelect+`l.organization_id = $1 order by l.name, l.id, k.kind`, own.OrganizationID)
	return *own, all, err
}

// AskForJoining has a code sent to one of them, by fax at once, by phone as
// soon as staff call the number and read it. which is the number's place among
// JoiningNumbers. Who may: who asked to join.
func AskForJoining(ctx context.Context, tx *db.Tx, by account.Actor, which int) error {
	_, all, err := JoiningNumbers(ctx, tx, by)
	if err != nil {
		return err
	}
	if which < 0 || which >= len(all) {
		return fault.Fields{"which": "Select a number"}.Err()
	}
	return ask(ctx, tx, by, all[which])
}

// ProveJoining takes the code that came to one of them, and makes by the
// organization's first administrator. The error is Invalid at "code"; the
// caller commits even that, because the try counts. Who may: who asked to join.
func ProveJoining(ctx context.Context, tx *db.Tx, by account.Actor, code string) error {
	j, all, err := JoiningNumbers(ctx, tx, by)
	if err != nil {
		return err
	}
	var last Number
	for _, n := range all {
		if n.AskedAt != nil && (last.AskedAt == nil || n.AskedAt.After(*last.AskedAt)) {
			last = n
		}
	}
	if err := prove(ctx, tx, by, last, code); err != nil {
		return err
	}
	return account.Proven(ctx, tx, by, j)
}
