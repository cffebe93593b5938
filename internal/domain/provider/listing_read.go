package provider

import (
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/infra/feed"
)

// Names of the columns of the NPPES monthly file that a listing is made of
// (CMS, "NPPES Data Dissemination", file header).
const (
	colNPI         = "NPI"
	colKind        = "Entity Type Code"
	colLegalName   = "Provider Organization Name (Legal Business Name)"
	colLast        = "Provider Last Name (Legal Name)"
	colFirst       = "Provider First Name"
	colCredential  = "Provider Credential Text"
	practice       = "Provider Business Practice Location Address "
	colLine1       = "Provider First Line Business Practice Location Address"
	colLine2       = "Provider Second Line Business Practice Location Address"
	colCity        = practice + "City Name"
	colState       = practice + "State Name"
	colZIP         = practice + "Postal Code"
	colCountry     = practice + "Country Code (If outside U.S.)"
	colPhone       = practice + "Telephone Number"
	colFax         = practice + "Fax Number"
	colUpdated     = "Last Update Date"
	colDeactivated = "NPI Deactivation Date"
	colReactivated = "NPI Reactivation Date"
)

// taxonomies names the columns of each of the fifteen taxonomies.
var taxonomies = func() (all [15]struct{ code, license, state, primary string }) {
	for i := range all {
		n := "_" + strconv.Itoa(i+1)
		all[i].code, all[i].license = "Healthcare Provider Taxonomy Code"+n, "Provider License Number"+n
		all[i].state, all[i].primary = "Provider License Number State Code"+n, "Healthcare Provider Primary Taxonomy Switch"+n
	}
	return all
}()

// ListingColumns are those a directory file must have. Which other of the 330
// it has, and in which order, does not matter.
var ListingColumns = []string{
	colNPI, colKind, colLegalName, colLast, colFirst, colCredential, colLine1, colLine2, colCity, colState, colZIP, colCountry, colPhone, colFax,
	colUpdated, colDeactivated, colReactivated, taxonomies[0].code, taxonomies[0].license, taxonomies[0].state, taxonomies[0].primary,
}

// ReadListing makes a listing of a row of the directory. cleaned says that
// numbers in it were written with a decimal point ("1.0"), as programs for
// statistics do, and that the point and the leading zeros it cost were
// mended; that changes no meaning, since these columns hold only digits.
func ReadListing(r feed.Row) (l Listing, cleaned bool, err error) {
	number := func(column string) string {
		text, ok := whole(r.Get(column))
		cleaned = cleaned || ok
		return text
	}
	l.NPI = number(colNPI)
	if !ValidNPI(l.NPI) {
		return l, cleaned, feed.Reject(colNPI, "is not ten digits that begin with 1 or 2 and pass the check digit")
	}
	if err := readDates(r, &l); err != nil {
		return l, cleaned, err
	}
	switch kind := number(colKind); {
	case kind == "1":
		l.Kind = "person"
		l.First, l.Last, l.Credential = r.Get(colFirst), r.Get(colLast), r.Get(colCredential)
		l.Name = strings.TrimSpace(l.First + " " + l.Last)
	case kind == "2":
		l.Kind, l.Name = "organization", r.Get(colLegalName)
	case kind == "" && !l.DeactivatedOn.IsZero():
		return l, cleaned, nil // the directory keeps nothing else of a deactivated provider
	default:
		return l, cleaned, feed.Reject(colKind, "is neither 1 nor 2")
	}
	if l.Name == "" {
		return l, cleaned, feed.Reject("name", "is empty")
	}
	l.Line = strings.Trim(r.Get(colLine1)+", "+r.Get(colLine2), ", ")
	l.City, l.State, l.Phone, l.Fax = r.Get(colCity), r.Get(colState), number(colPhone), number(colFax)
	if l.ZIP = number(colZIP); cleaned && r.Get(colCountry) == "US" {
		l.ZIP = leadingZeros(l.ZIP)
	}
	readTaxonomy(r, &l)
	return l, cleaned, nil
}

// whole takes the ".0" off a number. ok says that there was one.
func whole(s string) (text string, ok bool) {
	digits, ok := strings.CutSuffix(s, ".0")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s, false
	}
	return digits, true
}

// leadingZeros gives a ZIP code back the zeros it lost as a number. No ZIP
// code begins with more than two.
func leadingZeros(zip string) string {
	switch len(zip) {
	case 3, 4:
		return strings.Repeat("0", 5-len(zip)) + zip
	case 7, 8:
		return strings.Repeat("0", 9-len(zip)) + zip
	}
	return zip
}

func readDates(r feed.Row, l *Listing) (err error) {
	for _, c := range []struct {
		column string
		into   *civil.Date
	}{{colUpdated, &l.UpdatedOn}, {colDeactivated, &l.DeactivatedOn}, {colReactivated, &l.ReactivatedOn}} {
		text := r.Get(c.column)
		if text == "" {
			continue
		}
		var ok bool
		if *c.into, ok = slashDate(text); !ok {
			return feed.Reject(c.column, "is not a date like 05/23/2005")
		}
	}
	return nil
}

// slashDate reads month, day and year: "05/23/2005".
func slashDate(s string) (civil.Date, bool) {
	if len(s) != 10 || s[2] != '/' || s[5] != '/' {
		return civil.Date{}, false
	}
	d, err := civil.ParseDate(s[6:] + "-" + s[:2] + "-" + s[3:5])
	return d, err == nil
}

// readTaxonomy takes the taxonomy marked as primary, else the first, and the
// license given for it.
func readTaxonomy(r feed.Row, l *Listing) {
	at := slices.IndexFunc(taxonomies[:], func(c struct{ code, license, state, primary string }) bool { return r.Get(c.primary) == "Y" })
	t := taxonomies[max(at, 0)]
	l.Taxonomy, l.License, l.LicenseState = r.Get(t.code), r.Get(t.license), r.Get(t.state)
}
