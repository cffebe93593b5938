package peer

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Remembered says how what the process remembers of reviewers differs from
// the database, "" if it doesn't.
func Remembered(ctx context.Context, tx *db.Tx) (string, error) {
	known, err := diaries(ctx, tx)
	if err != nil {
		return "", err
	}
	since := tx.Now().Add(-fairDays)
	numbers := map[account.PersonID]int64{}
	people, err := db.All(ctx, tx, db.Value[string], `select reviewer_id from call where reviewer_id is not null
		union select reviewer_id from call_draft where reviewer_id <> '' union select reviewer_id from call_undo where reviewer_id <> ''`)
	if err != nil {
		return "", err
	}
	for _, id := range people {
		numbers[account.PersonID(id)] = 0
	}
	there, err := read(ctx, tx, numbers)
	for id, b := range there {
		k := known[id]
		if k == nil {
			k = &busy{}
		}
		for _, pair := range [][2][]entry{{k.between(since, forever), b.between(since, forever)}, {standing(tx, k.old), b.old}, {standing(tx, k.holds), b.holds}} {
			if len(pair[0])+len(pair[1]) > 0 && !reflect.DeepEqual(pair[0], pair[1]) {
				return fmt.Sprintf("%s: remembered %+v, there %+v", id, pair[0], pair[1]), nil
			}
		}
	}
	return "", err
}

// standing are those whose end has not come: the others may be remembered until
// something of their reviewer changes.
func standing(tx *db.Tx, all []entry) []entry {
	return slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return !e.till.After(tx.Now()) })
}

var forever = NewHorizon(quantumStart(0), quantumStart(0)).From().AddDate(200, 0, 0)
