package attachment

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/words"
)

// Words are how far u is, as people read it. The first ones are an office's
// every day, so they never change their words.
func (u Upload) Words() words.Text {
	switch u.Status {
	case Uploading:
		return words.Say("Uploading, %s%%", strconv.Itoa(u.Percent()))
	case Checking:
		return "Checking"
	case Accepted:
		return "Accepted"
	case Protected:
		return "Couldn’t be read: it’s password protected"
	case Virus:
		return "Not accepted: a virus was found"
	case Damaged:
		return "Couldn’t be read: it’s damaged"
	case TooLarge:
		return "Not accepted: it’s too large"
	case Again:
		return "Not accepted: you’ve already uploaded this file"
	}
	return "Not accepted: file type"
}

// Percent is how much of u has come.
func (u Upload) Percent() int {
	if u.Size == 0 {
		return 0
	}
	return int(u.Received * 100 / u.Size)
}

// Words are what the scanner said of a file, for staff.
func (s Scan) Words() string {
	switch s {
	case Clean:
		return "Scanned for viruses: none found"
	case Found:
		return "Scanned for viruses: one was found"
	}
	return "Not scanned for viruses"
}

var (
	named = regexp.MustCompile(`(?i)\b(?:patient(?:['’]s)?(?: name)?|name of patient|member name)\s*[:#]\s*([\p{L}'’.-]+(?:,? +[\p{L}'’.-]+){1,3})`)
	// what stands behind a name in the same line
	behind = regexp.MustCompile(`(?i),? +(?:dob|d\.o\.b|date|born|birth|mrn|id|sex|age)\b.*`)
	born   = regexp.MustCompile(`(?i)\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|born)\s*[:#]?\s*(\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{4}-\d{2}-\d{2})`)
)

// another says what in the text of a file's first pages, a form feed between
// them, speaks of somebody who is not m; "" if nothing does. It warns, since a
// page may well name a parent or a sibling.
func another(text string, m member.Member) string {
	for i, page := range strings.Split(text, "\f") {
		what := nameIn(page, m)
		for _, found := range born.FindAllStringSubmatch(page, 20) {
			if day, ok := readDay(found[1]); ok && day != m.Born && !m.Born.IsZero() {
				what = strings.TrimPrefix(what+", "+found[1], ", ")
				break
			}
		}
		if what != "" {
			return "This looks like it belongs to another patient: “" + what + "” appears on page " + strconv.Itoa(i+1) + ". Check before you send."
		}
	}
	return ""
}

// nameIn is a name that the text gives to its patient and that has nothing of
// m's last name.
func nameIn(text string, m member.Member) string {
	for _, found := range named.FindAllStringSubmatch(text, 20) {
		if name := behind.ReplaceAllString(found[1], ""); !strings.Contains(strings.ToLower(name), strings.ToLower(m.Last)) {
			return name
		}
	}
	return ""
}

// readDay reads 02/11/1950 and 1950-02-11.
func readDay(s string) (civil.Date, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' })
	if len(parts) != 3 {
		return civil.Date{}, false
	}
	if len(parts[0]) < 4 {
		parts[0], parts[1], parts[2] = parts[2], parts[0], parts[1]
	}
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	day, err := civil.ParseDate(strings.Join(parts, "-"))
	return day, err == nil
}

// Pages reads which pages of a file of so many are chosen, such as "1-3, 7":
// ascending, each once. What is not like that is an Invalid fault.
func Pages(typed string, of int) ([]int, error) {
	var all []int
	for one := range strings.SplitSeq(strings.ReplaceAll(typed, "–", "-"), ",") {
		from, to, isRange := strings.Cut(one, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.Atoi(strings.TrimSpace(from))
		last, lastErr := strconv.Atoi(strings.TrimSpace(to))
		switch {
		case err != nil || lastErr != nil:
			return nil, fault.New(fault.Invalid, "Enter pages like 1-3, 7")
		case first < 1 || last > of || first > last:
			return nil, fault.New(fault.Invalid, "Pages must be between 1 and %s", of)
		}
		for n := first; n <= last; n++ {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
