package review

import (
	"context"
	"encoding/json"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Stood is how one criterion stood when a determination was made, as its
// office may read it: by whom and on what it was marked stays with reviewers.
type Stood struct {
	Guideline string // with its version
	Sentence  string
	Part      string // what it is a part of, and how many parts are enough; "" for none
	Standing  string // MarkMet, MarkNotMet or MarkNotShown
}

// StoodAt is how the criteria stood at a determination, in the guideline's
// order; nothing for one without a guideline, or from before records were kept.
// What another way to meet a criterion made needless is left out. The caller
// has read the order.
func StoodAt(ctx context.Context, tx *db.Tx, determination string) (all []Stood, err error) {
	text, err := db.One(ctx, tx, db.Value[string], `select record from determination_record where determination_id = $1`, determination)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, err
	}
	for _, g := range r.Guidelines {
		for _, c := range g.Lines {
			all = append(all, c.stood(g.Name, "", false)...)
		}
	}
	return all, nil
}

// stood are c's parts, or c where it has none. done says that the whole that c
// is part of is met already.
func (c RecordedCriterion) stood(name, whole string, done bool) (all []Stood) {
	for _, part := range c.Of {
		all = append(all, part.stood(name, strings.TrimSpace(strings.TrimRight(c.Sentence, ".")+". "+c.How), c.Answered == SaysWords[MarkMet])...)
	}
	if len(c.Of) > 0 {
		return all
	}
	s := Stood{name, c.Sentence, whole, c.standing()}
	if done && c.Mark == nil && s.Standing != MarkMet {
		return nil
	}
	return []Stood{s}
}

// standing is what a reviewer marked, else what the answers came to.
func (c RecordedCriterion) standing() string {
	switch {
	case c.Mark != nil:
		return c.Mark.Says
	case c.Answered == SaysWords[MarkMet]:
		return MarkMet
	case c.Answered == SaysWords[MarkNotMet]:
		return MarkNotMet
	}
	return MarkNotShown
}
