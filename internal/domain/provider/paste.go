package provider

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Fate is what became of a line of pasted NPIs.
type Fate string

// Fates. The first two are good.
const (
	Added        Fate = "added"
	There        Fate = "there"     // on the list before
	Twice        Fate = "twice"     // a line above says the same
	NoNumber     Fate = "no number" // not ten digits
	WrongDigit   Fate = "wrong digit"
	NotFound     Fate = "not found"
	Organization Fate = "organization" // not a person's
	Ended        Fate = "ended"        // no longer in use
)

// Good reports whether the practitioner is on the list now.
func (f Fate) Good() bool { return f == Added || f == There || f == Twice }

// A Pasted line is a practitioner's NPI and what became of it.
type Pasted struct {
	Line int
	Text string // as it was pasted, of its NPI only
	Fate Fate
}

// mostPasted is how many lines are taken at once.
const mostPasted = 50

// ReadPaste takes NPIs from text, one on a line. What follows a comma, a
// semicolon or a tab, as lists have it, is left out, as are empty lines.
func ReadPaste(text string) (all []Pasted) {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		if at := strings.IndexAny(line, ",;\t"); at >= 0 {
			line = line[:at]
		}
		npi := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(line)
		if npi == "" {
			continue
		}
		p := Pasted{Line: i + 1, Text: npi}
		if r := []rune(npi); len(r) > 20 {
			p.Text = string(r[:20])
		}
		switch {
		case len(npi) != 10 || strings.Trim(npi, "0123456789") != "":
			p.Fate = NoNumber
		case !ValidNPI(npi):
			p.Fate = WrongDigit
		case seen[npi]:
			p.Fate = Twice
		}
		seen[npi] = true
		all = append(all, p)
	}
	return all
}

// AddPasted puts practitioners on the list of a location by NPIs, one on each
// line of text, and says of each line what became of it; a line that is wrong
// keeps none of the others. The error is Invalid at "npis" or "location". Who
// may: those who send requests for the organization.
func AddPasted(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, locationID, text string) ([]Pasted, error) {
	if err := maySend(by, organizationID); err != nil {
		return nil, err
	}
	all := ReadPaste(text)
	f := fault.Fields{}
	f.Check(len(all) > 0, "npis", "Enter the NPI")
	f.Check(len(all) <= mostPasted, "npis", words.Say("Enter at most %s numbers at once", mostPasted))
	places, err := Locations(ctx, tx, organizationID)
	if err != nil {
		return nil, err
	}
	f.Check(slices.ContainsFunc(places, func(l Location) bool { return l.ID == locationID }), "location", "Select the office location")
	if err := f.Err(); err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Fate != "" {
			continue
		}
		if all[i].Fate, err = addPasted(ctx, tx, by, all[i].Text, locationID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func addPasted(ctx context.Context, tx *db.Tx, by account.Actor, npi, locationID string) (Fate, error) {
	there, err := db.Exists(ctx, tx, `
		select 1 from practitioner p join practitioner_location pl on pl.practitioner_id = p.id where p.npi = $1 and pl.location_id = $2`, npi, locationID)
	if err != nil || there {
		return There, err
	}
	known, err := db.Exists(ctx, tx, `select 1 from practitioner where npi = $1`, npi)
	if err != nil {
		return "", err
	}
	if !known {
		if fate, err := directoryFate(ctx, tx, npi); fate != "" || err != nil {
			return fate, err
		}
	}
	_, err = AddColleague(ctx, tx, by, npi, locationID)
	return Added, err
}

// directoryFate is why the directory has nobody to add by an NPI; "" if it has.
func directoryFate(ctx context.Context, tx *db.Tx, npi string) (Fate, error) {
	l, err := FindListing(ctx, tx, npi)
	switch {
	case fault.Is(err, fault.NotFound):
		return NotFound, nil
	case err != nil:
		return "", err
	case !l.Active():
		return Ended, nil
	case l.Kind != "person":
		return Organization, nil
	}
	return "", nil
}

// maySend is a NotFound fault for who doesn't send requests for an
// organization.
func maySend(by account.Actor, organizationID string) error {
	if by.Can(account.SendRequests) && by.ActsFor(organizationID) {
		return nil
	}
	return fault.New(fault.NotFound, "We can't find that organization.")
}

// A Listed practitioner is one on an organization's list, and at which of its
// locations.
type Listed struct {
	Practitioner
	Places []string // names
}

// List is whom an organization's requests can name, by name. Who may: those
// who send them.
func List(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string) ([]Listed, error) {
	if err := maySend(by, organizationID); err != nil {
		return nil, err
	}
	people, err := Colleagues(ctx, tx, organizationID)
	if err != nil {
		return nil, err
	}
	type at struct{ practitioner, place string }
	places, err := db.All(ctx, tx, func(r db.Row) (a at, err error) { return a, r.Scan(&a.practitioner, &a.place) }, `
		select pl.practitioner_id, l.name from practitioner_location pl join location l on l.id = pl.location_id
		where l.organization_id = $1 and l.retired_at is null order by l.name, l.id, pl.practitioner_id`, organizationID)
	if err != nil {
		return nil, err
	}
	all := make([]Listed, len(people))
	for i, p := range people {
		all[i].Practitioner = p
		for _, a := range places {
			if a.practitioner == p.ID {
				all[i].Places = append(all[i].Places, a.place)
			}
		}
	}
	return all, nil
}

// Unlist takes a practitioner off an organization's list, at all its
// locations; orders keep them. Who may: those who send requests for it.
// Somebody who isn't on the list is NotFound.
func Unlist(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, practitionerID string) error {
	if err := maySend(by, organizationID); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from practitioner_location where practitioner_id = $1 and location_id in (select id from location where organization_id = $2)`,
		practitionerID, organizationID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "We can't find that practitioner on your list.")
	}
	e := by.Audit("practitioner.unlisted", "practitioner", practitionerID)
	e.Detail = organizationID
	return audit.Record(ctx, tx, e)
}
