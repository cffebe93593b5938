package provider

import (
	"slices"
	"strconv"
	"strings"
)

// UnknownListingColumns returns which of a header's names are none of the 330
// that CMS publishes: what stands in them is not read.
func UnknownListingColumns(header []string) []string {
	return slices.DeleteFunc(slices.Clone(header), func(name string) bool { return slices.Contains(published, name) })
}

// published are the names of CMS's header, in its order. Some were renamed
// over the years; the older name stands too.
var published = func() []string {
	var all []string
	for line := range strings.Lines(publishedText) {
		name, times, many := strings.Cut(strings.TrimSpace(line), " × ")
		if !many {
			all = append(all, name)
			continue
		}
		n, _ := strconv.Atoi(times) // ours, and tested
		for i := range n {
			for part := range strings.SplitSeq(name, " | ") {
				all = append(all, part+"_"+strconv.Itoa(i+1))
			}
		}
	}
	return append(all, "Provider Gender Code")
}()

const publishedText = `NPI
Entity Type Code
Replacement NPI
Employer Identification Number (EIN)
Provider Organization Name (Legal Business Name)
Provider Last Name (Legal Name)
Provider First Name
Provider Middle Name
Provider Name Prefix Text
Provider Name Suffix Text
Provider Credential Text
Provider Other Organization Name
Provider Other Organization Name Type Code
Provider Other Last Name
Provider Other First Name
Provider Other Middle Name
Provider Other Name Prefix Text
Provider Other Name Suffix Text
Provider Other Credential Text
Provider Other Last Name Type Code
Provider First Line Business Mailing Address
Provider Second Line Business Mailing Address
Provider Business Mailing Address City Name
Provider Business Mailing Address State Name
Provider Business Mailing Address Postal Code
Provider Business Mailing Address Country Code (If outside U.S.)
Provider Business Mailing Address Telephone Number
Provider Business Mailing Address Fax Number
Provider First Line Business Practice Location Address
Provider Second Line Business Practice Location Address
Provider Business Practice Location Address City Name
Provider Business Practice Location Address State Name
Provider Business Practice Location Address Postal Code
Provider Business Practice Location Address Country Code (If outside U.S.)
Provider Business Practice Location Address Telephone Number
Provider Business Practice Location Address Fax Number
Provider Enumeration Date
Last Update Date
NPI Deactivation Reason Code
NPI Deactivation Date
NPI Reactivation Date
Provider Sex Code
Authorized Official Last Name
Authorized Official First Name
Authorized Official Middle Name
Authorized Official Title or Position
Authorized Official Telephone Number
Healthcare Provider Taxonomy Code | Provider License Number | Provider License Number State Code | Healthcare Provider Primary Taxonomy Switch × 15
Other Provider Identifier | Other Provider Identifier Type Code | Other Provider Identifier State | Other Provider Identifier Issuer × 50
Is Sole Proprietor
Is Organization Subpart
Parent Organization LBN
Parent Organization TIN
Authorized Official Name Prefix Text
Authorized Official Name Suffix Text
Authorized Official Credential Text
Healthcare Provider Taxonomy Group × 15
Certification Date`
