package letter

import (
	"regexp"
	"slices"
)

// A Gap is something that can stand in a template, and what it becomes.
type Gap struct {
	Code, Means string
	Needed      bool // a letter can't be without it
	There       bool // the text has it
}

// clauseWords say what the clauses are.
var clauseWords = map[string]string{
	"address":        "the member's address, the date, the member ID and the order",
	"approved_means": "for how long the approval is good, and that it is no promise to pay",
	"criterion":      "the rule that was used, and how to get a copy",
	"help":           "whom to call, and that the letter is free in other languages and in large print",
	"options":        "what the office can do now, with days",
	"order":          "the order, the patient and the date",
	"reason":         "why, in the words for the member",
	"reasons":        "why, by which criteria, and what would change the decision",
	"request":        "what was asked for, by whom, and what was decided",
	"reviewer":       "who decided",
	"rights":         "the member's rights, with until when",
	"services":       "each service with its decision",
	"would_change":   "what would change the decision, in the words for the member",
}

// variables are the gaps, in the order people look for them.
var variables = []Gap{
	{Code: "{{.Member.Name}}", Means: "the member's name"},
	{Code: "{{.Member.ID}}", Means: "the member ID"},
	{Code: "{{range .Member.Address}}: {{.}}\n{{end}}", Means: "the member's name and address, a line each"},
	{Code: "{{.Plan.Name}}", Means: "the plan's name"},
	{Code: "{{.Plan.Phone}}", Means: "its phone number"},
	{Code: "{{.Plan.Hours}}", Means: "the hours of its phone; nothing in Spanish"},
	{Code: "{{.Plan.AppealAddress}}", Means: "where appeals go by mail"},
	{Code: "{{.Plan.AppealFax}}", Means: "where appeals go by fax"},
	{Code: "{{.Provider.Name}}", Means: "who asked for it"},
	{Code: "{{.Order}}", Means: "the number of the order"},
	{Code: "{{.Date}}", Means: "the day of the letter"},
	{Code: "{{.Received}}", Means: "the day on which the request came"},
	{Code: "{{range .Services}}- {{.Name}}: {{.Decision}}\n{{end}}", Means: "each service; it also has .Code and .Reason"},
	{Code: "{{.AuthNumber}}", Means: "the authorization number"},
	{Code: "{{.ValidFrom}}", Means: "the first day of an approval"},
	{Code: "{{.ValidTo}}", Means: "its last day"},
	{Code: "{{.Due}}", Means: "by when it will be decided, or by when what is missing must come"},
	{Code: "{{.Ground}}", Means: "why more time is needed"},
	{Code: "{{.Until}}", Means: "until when a call can be made, or what is missing sent"},
	{Code: "{{.Points}}", Means: "what a call could clear up"},
	{Code: "{{range .Asks}}- {{.}}\n{{end}}", Means: "what is missing"},
	{Code: "{{if .Closes}}…{{end}}", Means: "only if the request is closed when nothing comes"},
	{Code: "{{.Plain}}", Means: "why, in the words for the member"},
	{Code: "{{.Rationale}}", Means: "why, in the words for the office"},
	{Code: "{{.Reviewed}}", Means: "what was reviewed"},
	{Code: "{{.WouldChange}}", Means: "what would change the decision"},
	{Code: "{{.Reviewer}}", Means: "who decided: “Physician, orthopedic surgery”"},
	{Code: "{{if .ByPerson}}…{{end}}", Means: "only if a person decided"},
	{Code: "{{range .Criteria}}- {{.}}\n{{end}}", Means: "the criteria that were used"},
	{Code: "{{range .Rights}}- {{.Sentence}}\n{{end}}", Means: "the member's rights; each also has .Until and .Takes"},
	{Code: "{{range .Options}}- {{.}}\n{{end}}", Means: "what the office can do"},
}

// Variables are what a template can say of a case.
func Variables() []Gap { return slices.Clone(variables) }

// LineBeginnings are what makes a line more than a paragraph.
func LineBeginnings() []Gap {
	return []Gap{{Code: "# ", Means: "the title of the letter"}, {Code: "## ", Means: "a heading"}, {Code: "- ", Means: "an item of a list"}, {Code: ": ", Means: "a line for itself, as in an address"}, {Code: "| a | b |", Means: "a row of a table; the first one is its head"}}
}

// Clauses are the paragraphs that are the same in all letters, those that s
// can't be without first, and which of them its text has.
func (s Source) Clauses() (all []Gap) {
	for _, name := range clauseNames(s.Language) {
		code := `{{template "` + name + `" .}}`
		all = append(all, Gap{code, clauseWords[name], slices.Contains(required[s.Audience][s.Kind], name), regexp.MustCompile(`\{\{-?\s*template\s+"` + name + `"`).MatchString(s.Text)})
	}
	slices.SortStableFunc(all, func(a, b Gap) int {
		switch {
		case a.Needed == b.Needed:
			return 0
		case a.Needed:
			return -1
		}
		return 1
	})
	return all
}

// clauseNames are the clauses of a language, by name.
func clauseNames(lang string) (all []string) {
	for name := range clauseWords {
		if clauses[lang] != nil && clauses[lang].Lookup(name) != nil {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
