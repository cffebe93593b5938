package deadline

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A Right is what a law gives a member whose request was denied or reduced.
type Right struct {
	Kind     RightKind `json:"kind"`
	After    RightKind `json:"after,omitempty"` // must have been used before; "" for none
	Within   Amount    `json:"within,omitzero"` // of the decision, or of what After names; zero for no end
	Takes    Amount    `json:"takes,omitzero"`  // by when it is answered
	Sentence string    `json:"en"`              // to the member
	Spanish  string    `json:"es"`
	Citation string    `json:"citation"`
}

// A RightKind is a sort of right.
type RightKind string

// Kinds of right.
const (
	Appeal           RightKind = "appeal"
	ExpeditedAppeal  RightKind = "expedited_appeal"
	ExternalReview   RightKind = "external_review"
	StateHearing     RightKind = "state_hearing"
	ContinueBenefits RightKind = "continue_benefits"
	FreeCopies       RightKind = "free_copies"
)

// RightKinds in the order in which people read of them.
var RightKinds = []RightKind{Appeal, ExpeditedAppeal, ExternalReview, StateHearing, ContinueBenefits, FreeCopies}

func (r Right) check() error {
	switch {
	case !slices.Contains(RightKinds, r.Kind):
		return errors.New("there is no such kind of right")
	case r.Sentence == "" || r.Spanish == "" || r.Citation == "":
		return errors.New("it needs a sentence in English and in Spanish, and a citation")
	}
	return nil
}

// Rights are what the law and the agreements that hold for a line of business
// give a member of a state about a decision of a day: of each kind all that
// are given, in the order people read of them.
func Rights(ctx context.Context, tx *db.Tx, id plan.ID, line, state string, day civil.Date) ([]Right, error) {
	l, err := plan.GetLine(ctx, tx, id, line)
	if err != nil {
		return nil, err
	}
	all, err := packs(ctx, tx)
	if err != nil {
		return nil, err
	}
	var rights []Right
	for _, p := range chosen(all, l, day) {
		if len(p.States) == 0 || slices.Contains(p.States, state) {
			rights = append(rights, p.Rights...)
		}
	}
	slices.SortStableFunc(rights, func(a, b Right) int { return slices.Index(RightKinds, a.Kind) - slices.Index(RightKinds, b.Kind) })
	return rights, nil
}

// Until is when a right that begins at a time ends: the end of its last day.
// ok is false where it has no end.
func (r Right) Until(began time.Time, c civil.Calendar) (until time.Time, ok bool) {
	if r.Within.N == 0 {
		return time.Time{}, false
	}
	due := Facts{Calendar: c}.after(began, r.Within)
	return civil.EndOfDay(civil.DateIn(due, c.Zone), c.Zone), true
}

// DueFrom is by when what is filed at a time must be answered; ok is false
// where the right doesn't say.
func (r Right) DueFrom(filed time.Time, c civil.Calendar, h civil.Hours) (due time.Time, ok bool) {
	if r.Takes.N == 0 {
		return time.Time{}, false
	}
	return Facts{Calendar: c, Hours: h}.after(filed, r.Takes), true
}
