package plan

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// A Need answers whether a service needs authorization.
type Need string

// Answers. Unknown is honest: no list that we hold names the code.
const (
	Needed    Need = "needed"
	NotNeeded Need = "not needed"
	Elsewhere Need = "elsewhere" // the plan decides it itself
	Unknown   Need = "unknown"
)

// An Answer is whether a service needs authorization, and for which programs
// the code is listed: more than one where only the office knows which it is.
type Answer struct {
	Need     Need
	Listings []Procedure // that we decide about; those that need it first
}

// Needs says whether a line of business of a plan asks for authorization of a
// procedure on a day, and whether that is ours to decide.
func Needs(ctx context.Context, tx *db.Tx, id ID, line, code string, day civil.Date) (Answer, error) {
	all, err := ProceduresOf(ctx, tx, id, line, day, code)
	if err != nil || len(all) == 0 {
		return Answer{Need: Unknown}, err
	}
	var ours, free []Procedure
	for _, p := range all {
		who, err := DoneBy(ctx, tx, id, line, p.ProgramID, Utilization, day)
		switch {
		case err != nil:
			return Answer{}, err
		case who == Us && p.Needed:
			ours = append(ours, p)
		case who == Us:
			free = append(free, p)
		}
	}
	switch {
	case len(ours) > 0:
		return Answer{Needed, append(ours, free...)}, nil
	case len(free) > 0:
		return Answer{NotNeeded, free}, nil
	}
	return Answer{Need: Elsewhere}, nil
}
