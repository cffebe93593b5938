package code

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/internal/infra/feed"
)

// ReadICD10 reads a line of the ICD-10-CM order file, whose fields stand at
// fixed places (CMS, "ICD-10-CM order file layout"): 1 to 5 the position, 7 to
// 13 the code without its dot, 15 a 1 if it may stand on a claim and a 0 if it
// only heads others, 17 to 76 the short and from 78 the long description.
func ReadICD10(line string) (Code, error) {
	if len(line) < 78 {
		return Code{}, feed.Reject("", "is shorter than the order file's 78 characters")
	}
	if line[5] != ' ' || line[13] != ' ' || line[15] != ' ' || line[76] != ' ' {
		return Code{}, feed.Reject("", "does not keep to the order file's columns")
	}
	c := Code{System: ICD10CM, Code: strings.TrimRight(line[6:13], " "), Billable: line[14] == '1'}
	c.Short, c.Long = strings.TrimSpace(line[16:76]), strings.TrimSpace(line[77:])
	position, err := strconv.ParseUint(line[:5], 10, 32)
	switch {
	case err != nil:
		return Code{}, feed.Reject("position", "is not a number")
	case !icd10Code(c.Code):
		return Code{}, feed.Reject("code", "is not three to seven letters and digits that begin with a letter")
	case line[14] != '0' && line[14] != '1':
		return Code{}, feed.Reject("flag", "is neither 0 nor 1")
	case c.Long == "" || c.Short == "":
		return Code{}, feed.Reject("description", "is empty")
	case utf8.RuneCountInString(c.Long) > feed.MaxField:
		return Code{}, feed.Reject("description", "is longer than %d characters", feed.MaxField)
	}
	c.Position = int(position)
	return c, nil
}

func icd10Code(s string) bool {
	return len(s) >= 3 && s[0] >= 'A' && s[0] <= 'Z' && alphanumeric(s)
}

func alphanumeric(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// LooksLikeICD10 reports whether a file that begins with this line can be an
// order file.
func LooksLikeICD10(line string) bool {
	_, err := ReadICD10(line)
	return err == nil
}
