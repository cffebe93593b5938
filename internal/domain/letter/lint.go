package letter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"parley/internal/infra/pdf"
)

// A Finding is something about a letter that its reader would stumble over.
type Finding struct {
	Blocks bool   `json:"blocks"` // the letter can't go before it is mended
	Rule   string `json:"rule"`
	Text   string `json:"text"` // what is wrong and how to mend it
}

// What a check looks for. NCQA UM 7 asks for denials in plain language, without
// abbreviations that are not explained and without codes; 42 CFR 422.568(e),
// 438.404 and 29 CFR 2560.503-1(g) for reasons, the rule, and rights.
var (
	procedureCode = regexp.MustCompile(`\b(?:\d{4}[0-9FTU]|[A-VJ]\d{4})\b`)
	diagnosisCode = regexp.MustCompile(`\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b`)
	clockTime     = regexp.MustCompile(`\b\d{1,2}(?::\d\d)? (?:AM|PM)\b(?: (?:ET|CT|MT|PT|AKT|HT|AT)\b)?`)
	explained     = regexp.MustCompile(`\(([A-Z][A-Z0-9]{1,5})\)`)
	states        = regexp.MustCompile(`, [A-Z]{2} \d{5}`)
	blame         = regexp.MustCompile(`(?i)\b(failed|refused|neglected|your fault|careless|non-?complian\w*|incumpli\w*|se negó|culpa)\b`)
)

// known need no explanation.
var known = []string{"ID", "PO", "ZIP", "TTY", "TX", "IL", "OH", "WA", "US", "NPI"}

// most are the grade of a letter in English and the least ease of one in
// Spanish (quality.md asks for grade 8).
const (
	mostGrade = 8.0
	leastEase = 55.0
)

// Lint checks a letter to a member. What a letter to an office lacks is
// refused when a decision is made, and its readers know the field's words.
func Lint(l Letter, f Facts) (all []Finding) {
	say := func(blocks bool, rule, text string, args ...any) {
		all = append(all, Finding{blocks, rule, fmt.Sprintf(text, args...)})
	}
	if l.Audience != Member {
		return nil
	}
	prose := proseOf(l.Blocks)
	body := Text(l.Blocks)
	for _, short := range unexplained(body) {
		say(true, "abbreviation", "“%s” isn’t explained. Write it out, or put what it means before it: “physical therapy (PT)”.", short)
	}
	for _, code := range codes(l.Blocks) {
		say(true, "code", "“%s” is a code. Members don’t know codes: say what it is.", code)
	}
	if l.Kind.adverse() {
		if !hasLetters(f.Plain) {
			language := "English"
			if l.Language == "es" {
				language = "Spanish"
			}
			say(true, "reason", "The reason for the member is missing in %s.", language)
		}
		if len(f.Criteria) == 0 {
			say(true, "citation", "No criterion is named. Name the guideline and the criterion that isn’t met.")
		}
		if !slices.ContainsFunc(f.Rights, func(r rightFacts) bool { return r.Sentence != "" }) {
			say(true, "rights", "The rights of the member are missing: no rule pack of this plan names any.")
		}
	}
	if l.Kind == MoreInformation && len(f.Asks) == 0 {
		say(true, "missing", "What is missing isn’t said in the language of the letter.")
	}
	if l.Kind == Extension && !hasLetters(f.Ground) {
		say(true, "reason", "Why more time is needed isn’t said in the language of the letter.")
	}
	if f.Plan.Phone == "" {
		say(true, "phone", "The plan has no phone number to call.")
	}
	if len(f.Member.Address) < 3 {
		say(true, "address", "The member’s postal address isn’t complete.")
	}
	if bad := blame.FindString(f.Plain); bad != "" {
		say(false, "blame", "“%s” sounds like blame. Say what the records show.", bad)
	}
	all = append(all, reading(l.Language, prose, f.Plain)...)
	return all
}

// LintReason checks the reason for a member as it is written, before there is
// a letter; nothing is found in nothing.
func LintReason(plain, lang string) (all []Finding) {
	if !hasLetters(plain) {
		return nil
	}
	told := (&explainer{lang, map[string]bool{}}).plain(plain)
	blocks := []pdf.Block{{Kind: pdf.Paragraph, Text: told}}
	for _, short := range unexplained(told) {
		all = append(all, Finding{true, "abbreviation", fmt.Sprintf("“%s” isn’t explained. Write it out, or put what it means before it.", short)})
	}
	for _, code := range codes(blocks) {
		all = append(all, Finding{true, "code", fmt.Sprintf("“%s” is a code. Members don’t know codes: say what it is.", code)})
	}
	if lang == "en" {
		all = append(all, slices.DeleteFunc(reading(lang, "", plain), func(f Finding) bool { return !f.Blocks })...)
	}
	return all
}

func reading(lang, prose, plain string) (all []Finding) {
	if lang == "es" {
		if e := Ease(prose); e < leastEase {
			all = append(all, Finding{true, "reading", fmt.Sprintf("The letter is hard to read (%.0f of 100, at least %.0f). Use shorter sentences and words.", e, leastEase)})
		}
		return all
	}
	if g := Grade(prose); g > mostGrade {
		all = append(all, Finding{true, "reading", fmt.Sprintf("The letter reads at grade %.1f, and grade %.0f is the most. Use shorter sentences and words.", g, mostGrade)})
	}
	if g := Grade(plain); g > mostGrade {
		all = append(all, Finding{g > mostGrade+2, "reading", fmt.Sprintf("The reason for the member reads at grade %.1f. Shorter sentences and words help.", g)})
	}
	return all
}

// Blocking reports whether any finding keeps a letter from going.
func Blocking(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Blocks })
}

// proseOf is what is read as sentences: no tables, addresses or names of
// rules, which nobody can write more simply.
func proseOf(blocks []pdf.Block) string {
	var b strings.Builder
	for _, block := range blocks {
		if block.Kind == pdf.Paragraph {
			b.WriteString(block.Text + "\n")
		}
	}
	return b.String()
}

func unexplained(body string) (all []string) {
	body = states.ReplaceAllString(clockTime.ReplaceAllString(body, ""), "")
	told := map[string]bool{}
	for _, m := range explained.FindAllStringSubmatch(body, -1) {
		told[m[1]] = true
	}
	for _, short := range shortForm.FindAllString(body, -1) {
		hasDigit := strings.ContainsAny(short, "0123456789")
		if !told[short] && !hasDigit && !slices.Contains(known, short) && !slices.Contains(all, short) {
			all = append(all, short)
		}
	}
	return all
}

// codes are what looks like the code of a procedure or a diagnosis, but for
// ZIP codes and numbers that are named as such.
func codes(blocks []pdf.Block) (all []string) {
	for _, b := range blocks {
		text := Text([]pdf.Block{b})
		if b.Kind == pdf.Lines || strings.Contains(text, "ID") || strings.Contains(text, "miembro:") {
			continue
		}
		text = states.ReplaceAllString(text, "")
		for _, re := range []*regexp.Regexp{procedureCode, diagnosisCode} {
			for _, c := range re.FindAllString(text, -1) {
				if !slices.Contains(all, c) {
					all = append(all, c)
				}
			}
		}
	}
	return all
}
