package guideline

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Coming is a published version that is not in effect yet, with what it
// changes.
type Coming struct {
	Published
	Was     *Version // in effect before it; nil for a guideline that is new
	Changes []Difference
}

// A Difference is one thing that a version has otherwise than the one before it.
type Difference struct {
	What    words.Text // "Criterion", "Question", "File" or "Procedure"
	Was, Is string     // sentences; "" where it is new, or no longer there
}

// Short is a difference in which one word with a number became another: "6 weeks,
// was 4". It is "" for any other.
func (d Difference) Short() words.Text {
	was, is := strings.Fields(d.Was), strings.Fields(d.Is)
	if len(was) != len(is) {
		return ""
	}
	at := -1
	for i := range is {
		if was[i] == is[i] {
			continue
		}
		if at >= 0 || !counts(is[i]) || !counts(was[i]) {
			return ""
		}
		at = i
	}
	if at < 0 {
		return ""
	}
	now := is[at]
	if at+1 < len(is) {
		now += " " + is[at+1]
	}
	return words.Say("%s, was %s", words.Written(strings.TrimRight(now, ".,;:")), words.Written(strings.TrimRight(was[at], ".,;:")))
}

// counts reports whether a word is a number.
func counts(word string) bool {
	spelled := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	return strings.ContainsFunc(word, unicode.IsDigit) || slices.Contains(spelled, strings.ToLower(strings.Trim(word, ".,;:")))
}

// ComingUp returns the published versions that take effect after a day, the
// soonest first, each against what holds before it. Everyone may read them, so
// criteria that a program never shows to offices are left out.
func ComingUp(ctx context.Context, tx *db.Tx, today civil.Date) ([]Coming, error) {
	all, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return nil, err
	}
	hidden := func(code string) bool {
		return slices.ContainsFunc(programs, func(p plan.Program) bool { return p.Code == code && p.Intake.Criteria == plan.Never })
	}
	var coming []Coming
	for _, p := range all {
		if !p.From.After(today) {
			continue
		}
		c := Coming{Published: p}
		for _, other := range all { // the newest first
			if other.ID == p.ID && other.From.Before(p.From) && slices.Equal(other.Plans, p.Plans) && (c.Was == nil || other.From.After(c.Was.From)) {
				c.Was = other.Version
			}
		}
		if c.Was != nil {
			c.Changes = p.since(c.Was)
			if slices.ContainsFunc(p.Programs, hidden) {
				c.Changes = slices.DeleteFunc(c.Changes, func(d Difference) bool { return d.What == criterionWord })
			}
		}
		coming = append(coming, c)
	}
	slices.SortStableFunc(coming, func(a, b Coming) int { return a.From.Compare(b.From) })
	return coming, nil
}

const criterionWord words.Text = "Criterion"

// since are the differences from an earlier version: of criteria, questions,
// files and procedures.
func (v *Version) since(was *Version) []Difference {
	return slices.Concat(
		apart(criterionWord, was.criterionWords(), v.criterionWords()),
		apart("Question", was.questionWords(), v.questionWords()),
		apart("File", was.fileWords(), v.fileWords()),
		apart("Procedure", was.codeWords(), v.codeWords()))
}

// A worded is a part of a version with what is read of it.
type worded struct{ id, words string }

// apart compares parts by their ids: what is new or otherwise in the order of
// the new ones, then what is gone.
func apart(what words.Text, was, is []worded) (all []Difference) {
	before, now := map[string]string{}, map[string]bool{}
	for _, w := range was {
		before[w.id] = w.words
	}
	for _, w := range is {
		now[w.id] = true
		if before[w.id] != w.words {
			all = append(all, Difference{what, before[w.id], w.words})
		}
	}
	for _, w := range was {
		if !now[w.id] {
			all = append(all, Difference{what, w.words, ""})
		}
	}
	return all
}

func (v *Version) criterionWords() (all []worded) {
	var walk func(Criterion)
	walk = func(c Criterion) {
		if c.ID != "" && c.Sentence != "" {
			all = append(all, worded{c.ID, c.Sentence})
		}
		for _, one := range c.Of {
			walk(one)
		}
	}
	walk(v.Criteria)
	return all
}

func (v *Version) questionWords() (all []worded) {
	for _, i := range flatten(v.Questionnaire.Items) {
		if i.Type.asks() && !i.Hidden {
			all = append(all, worded{i.LinkID, i.Text})
		}
	}
	return all
}

func (v *Version) fileWords() (all []worded) {
	for _, f := range v.Files {
		words := f.Item + " (helpful)"
		if f.Required {
			words = f.Item + " (required)"
		}
		all = append(all, worded{f.ID, words})
	}
	return all
}

func (v *Version) codeWords() (all []worded) {
	for _, c := range v.Codes {
		all = append(all, worded{c, c})
	}
	return all
}

// A Checklist is what is asked about a service, so that an office can gather
// it before it begins a request.
type Checklist struct {
	*Version
	Questions []string
}

// Checklists are those of the guidelines in effect on a day for a plan, by its
// code ("" for all plans), by title. Everyone may read them.
func Checklists(ctx context.Context, tx *db.Tx, of string, day civil.Date) ([]Checklist, error) {
	all, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	var lists []Checklist
	for _, p := range all { // by title, the latest first
		if !p.In(day) || of != "" && len(p.Plans) > 0 && !slices.Contains(p.Plans, of) {
			continue
		}
		if slices.ContainsFunc(lists, func(c Checklist) bool { return c.ID == p.ID && slices.Equal(c.Plans, p.Plans) }) {
			continue
		}
		c := Checklist{Version: p.Version}
		for _, w := range p.questionWords() {
			c.Questions = append(c.Questions, w.words)
		}
		lists = append(lists, c)
	}
	return lists, nil
}
