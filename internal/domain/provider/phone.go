package provider

import "github.com/nyaruka/phonenumbers"

// TidyPhone is a number of the North American plan as people read it, (555)
// 555-0131; "" if s isn't one.
func TidyPhone(s string) string {
	n, err := phonenumbers.Parse(s, "US")
	if err != nil || n.GetCountryCode() != 1 || len(phonenumbers.GetNationalSignificantNumber(n)) != 10 {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.NATIONAL)
}
