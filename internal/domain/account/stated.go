package account

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"parley/internal/fault"
)

// A Stated organization is one that somebody describes who registers for it,
// because the directory doesn't have it. Nobody has said yet that it is true.
type Stated struct {
	Name, Line, City, State, ZIP, Phone string
}

// statedNPI stands in a registration for an organization without an NPI: it
// must find none, also in a version of the program that doesn't know Stated.
const statedNPI = "not listed"

func (s Stated) tidy() Stated {
	s.Name, s.Line, s.City, s.ZIP = squeeze(s.Name), squeeze(s.Line), squeeze(s.City), strings.TrimSpace(s.ZIP)
	s.State = strings.ToUpper(strings.TrimSpace(s.State))
	s.Phone = Person{Phone: s.Phone}.tidy().Phone
	return s
}

func (s Stated) check(f fault.Fields) {
	f.Check(s.Name != "", "org_name", "Enter the organization's name")
	f.Check(utf8.RuneCountInString(s.Name) <= 120, "org_name", "Name must be 120 characters or less")
	f.Check(s.Line != "", "line", "Enter the street address")
	f.Check(s.City != "", "city", "Enter the city")
	f.Check(utf8.RuneCountInString(s.Line) <= 120, "line", "Street address must be 120 characters or less")
	f.Check(utf8.RuneCountInString(s.City) <= 60, "city", "City must be 60 characters or less")
	f.Check(len(s.State) == 2, "state", "State must be two letters, like TX")
	digits := strings.ReplaceAll(s.ZIP, "-", "")
	f.Check((len(digits) == 5 || len(digits) == 9) && strings.Trim(digits, "0123456789") == "", "zip", "ZIP code must be 5 or 9 digits")
	_, ok := tenDigits(s.Phone)
	f.Check(ok, "org_phone", "Phone number must be 10 digits")
}

func statedText(s *Stated) (string, error) {
	if s == nil {
		return "", nil
	}
	text, err := json.Marshal(s)
	return string(text), err
}

func readStated(text string) (*Stated, error) {
	if text == "" {
		return nil, nil
	}
	var s Stated
	return &s, json.Unmarshal([]byte(text), &s)
}
