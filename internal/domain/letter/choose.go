package letter

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Case is what letter is to be written, and for whom.
type Case struct {
	Kind              Kind
	Audience          Audience
	Language          string
	Plan, Line, State string // a plan's code, a line of business, a member's state
}

// Case is what letters t is for; an empty plan, line or state is every one.
func (t *Template) Case() Case { return Case{t.Kind, t.Audience, t.Language, t.Plan, t.Line, t.State} }

// choose is the template that counts for a letter on a day, nil for none.
func choose(all []*Template, k Kind, a Audience, lang, planCode, line, state string, day civil.Date) *Template {
	if some := holding(all, Case{k, a, lang, planCode, line, state}, day); len(some) > 0 {
		return some[0]
	}
	return nil
}

// Holding are the templates from which a letter could be made on a day, the one
// that counts first: the one that names the most, a plan before a state before a
// line of business; of those that name as much one's own before those that came
// with the program, then the one that holds since later. Of each template only
// its current version holds, and none that is turned off.
func Holding(ctx context.Context, tx *db.Tx, c Case, day civil.Date) ([]*Template, error) {
	all, err := templates(ctx, tx)
	return holding(all, c, day), err
}

func holding(all []*Template, c Case, day civil.Date) (some []*Template) {
	fits := func(named, is string) bool { return named == "" || named == is }
	for _, t := range newest(all, day) {
		if !t.Off && t.Kind == c.Kind && t.Audience == c.Audience && t.Language == c.Language && fits(t.Plan, c.Plan) && fits(t.Line, c.Line) && fits(t.State, c.State) {
			some = append(some, t)
		}
	}
	slices.SortFunc(some, func(a, b *Template) int {
		return -cmp.Or(a.narrowness()-b.narrowness(), a.after(b), strings.Compare(b.ID, a.ID))
	})
	return some
}

// newest are the versions that are current on a day, one of each template, in
// the order in which the templates stand in all.
func newest(all []*Template, day civil.Date) (some []*Template) {
	type one struct {
		id string
		Case
	}
	at := map[one]int{}
	for _, t := range all {
		if day.Before(t.From) {
			continue
		}
		key := one{t.ID, t.Case()}
		i, known := at[key]
		switch {
		case !known:
			at[key], some = len(some), append(some, t)
		case t.after(some[i]) > 0:
			some[i] = t
		}
	}
	return some
}

// narrowness is how much t names: a plan weighs more than a state, and that more
// than a line of business.
func (t *Template) narrowness() (n int) {
	for _, named := range []string{t.Plan, t.State, t.Line} {
		n *= 2
		if named != "" {
			n++
		}
	}
	return n
}

// after is above 0 if t counts before other where both name as much.
func (t *Template) after(other *Template) int {
	own := func(t *Template) int {
		if t.Own {
			return 1
		}
		return 0
	}
	return cmp.Or(own(t)-own(other), t.From.Compare(other.From), t.Published.Compare(other.Published), compareVersions(t.Version, other.Version))
}

// compareVersions orders "2026.2" before "2026.10".
func compareVersions(a, b string) int {
	one, other := strings.FieldsFunc(a, isDot), strings.FieldsFunc(b, isDot)
	return slices.CompareFunc(one, other, func(x, y string) int {
		n, errN := strconv.Atoi(x)
		m, errM := strconv.Atoi(y)
		if errN != nil || errM != nil {
			return strings.Compare(x, y)
		}
		return cmp.Compare(n, m)
	})
}

func isDot(r rune) bool { return r == '.' || r == '-' || r == '_' }

// Current is the version of a template that holds now, also if it is turned
// off, or a NotFound fault.
func Current(ctx context.Context, tx *db.Tx, id string) (*Template, error) {
	t, err := currentOf(ctx, tx, id)
	if err == nil && t == nil {
		return nil, fault.New(fault.NotFound, "We can't find that template.")
	}
	return t, err
}

// currentOf is Current, and nil where there is none.
func currentOf(ctx context.Context, tx *db.Tx, id string) (best *Template, err error) {
	all, err := Currents(ctx, tx)
	for _, t := range all {
		if t.ID == id && (best == nil || t.after(best) > 0) {
			best = t
		}
	}
	return best, err
}

// Currents are the versions that hold now, one of each template.
func Currents(ctx context.Context, tx *db.Tx) ([]*Template, error) {
	all, err := templates(ctx, tx)
	if err != nil {
		return nil, err
	}
	day, err := Today(tx)
	return newest(all, day), err
}

// Coming are the published versions that hold from a later day on.
func Coming(ctx context.Context, tx *db.Tx) (some []*Template, err error) {
	all, err := templates(ctx, tx)
	if err != nil {
		return nil, err
	}
	day, err := Today(tx)
	for _, t := range all {
		if day.Before(t.From) {
			some = append(some, t)
		}
	}
	return some, err
}

// Letters are dated by their plan's own zone. A version holds as soon as it is
// the day somewhere, and one that is to hold at once holds where the day is the
// earlier.
const (
	firstZone = "America/New_York"
	lastZone  = "Pacific/Honolulu"
)

// Today is the day by which it is said which version is current.
func Today(tx *db.Tx) (civil.Date, error) {
	loc, err := civil.Zone(firstZone)
	if err != nil {
		return civil.Date{}, err
	}
	return civil.DateIn(tx.Now(), loc), nil
}

// atOnce is the first day of a version that holds from now on in the place of
// another, nil for none.
func atOnce(tx *db.Tx, was *Template) (civil.Date, error) {
	loc, err := civil.Zone(lastZone)
	if err != nil {
		return civil.Date{}, err
	}
	day := civil.DateIn(tx.Now(), loc)
	if was != nil && day.Before(was.From) {
		day = was.From
	}
	return day, nil
}

// Begins is when t begins to hold somewhere.
func (t *Template) Begins() time.Time {
	loc, err := civil.Zone(firstZone)
	if err != nil {
		panic(err) // a name of this package
	}
	return civil.Start(t.From, 0, loc)
}

// CountsBefore reports whether letters would be made from s, once it holds,
// rather than from t, where both could be.
func (s Source) CountsBefore(t *Template) bool {
	mine := &Template{ID: s.ID, Plan: s.Plan, Line: s.Line, State: s.State, Own: true, Published: t.Published.Add(1), From: t.From}
	return cmp.Or(mine.narrowness()-t.narrowness(), mine.after(t)) > 0
}
