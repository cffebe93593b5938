package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Absorb gives the next call of an absence to another reviewer. See
// app/reactions.go.
type Absorb struct{ CoverID CoverID }

// Kind names the event.
func (Absorb) Kind() string { return "peer.absorb" }

// AbsorbNext looks at the first call of an absence that waits, in one
// transaction: it gets another reviewer at the same time, or stays because
// nobody can take it, or is gone because somebody moved or canceled it
// meanwhile. Then it asks for the next. A process that dies in between leaves
// each call with one reviewer or the other, and goes on when it is back.
func AbsorbNext(ctx context.Context, tx *db.Tx, e Absorb) error {
	v, err := coverByID(ctx, tx, e.CoverID)
	if err != nil {
		return err
	}
	waiting, err := db.All(ctx, tx, scanSeated, `select call_id, state, planned, planned_id, taken_id from cover_call where cover_id = $1 and state = 'waiting' order by n limit 1`, string(e.CoverID))
	if err != nil || len(waiting) == 0 {
		return err
	}
	next := waiting[0]
	// The row is taken before the call's: of two who run this, one waits here
	// and then finds it done.
	n, err := tx.Exec(ctx, `update cover_call set state = 'waiting' where cover_id = $1 and call_id = $2 and state = 'waiting'`, string(e.CoverID), string(next.call))
	if err != nil || n == 0 {
		return err
	}
	state, taken, err := v.absorb(ctx, tx, next)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update cover_call set state = $1, taken_id = $2 where cover_id = $3 and call_id = $4`, state, string(taken), string(e.CoverID), string(next.call))
	if err != nil {
		return err
	}
	return job.Add(ctx, tx, e)
}

// absorb gives one call to another, if it can.
func (v covering) absorb(ctx context.Context, tx *db.Tx, next seated) (state string, taken account.PersonID, err error) {
	if _, err := tx.Exec(ctx, `update call set changed_at = changed_at where id = $1`, string(next.call)); err != nil { // nobody changes it from here on
		return "", "", err
	}
	c, err := byID(ctx, tx, next.call)
	if err != nil {
		return "", "", err
	}
	if c.ReviewerID != v.reviewer || !c.StartsAt.Before(v.End) || !c.EndsAt.After(v.Start) {
		return "gone", "", nil
	}
	if err := reassignable(ctx, tx, c); err != nil {
		if fault.Is(err, fault.Conflict) {
			return "gone", "", nil
		}
		return "", "", err
	}
	o, err := order.ByID(ctx, tx, account.Program(), c.OrderID)
	if err != nil {
		return "", "", err
	}
	by, err := v.asker(ctx, tx)
	if err != nil {
		return "", "", err
	}
	var now Call
	err = tx.Try(ctx, func() (err error) {
		now, err = reassign(ctx, tx, by, c, o, func(f Offer) ([]candidate, string) { return f.others(next.planned), "" })
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return "left", "", nil
	}
	return "moved", now.ReviewerID, err
}

// A covering is an absence as it is stored.
type covering struct {
	Span
	reviewer account.PersonID
	by       account.PersonID
	byName   string
	at       time.Time
}

func coverByID(ctx context.Context, tx *db.Tx, id CoverID) (covering, error) {
	return db.One(ctx, tx, func(r db.Row) (v covering, err error) {
		return v, r.Scan((*string)(&v.reviewer), &v.Start, &v.End, (*string)(&v.by), &v.byName, &v.at)
	}, `select reviewer_id, starts_at, ends_at, person_id, person_name, at from cover where id = $1`, string(id))
}

// asker is who asked for it, in whose name the calls change hands: their
// rights were asked then. For one whose account was closed since, it is the
// program.
func (v covering) asker(ctx context.Context, tx *db.Tx) (account.Actor, error) {
	by, err := account.Act(ctx, tx, v.by)
	if fault.Is(err, fault.NotFound) || err == nil && mayCover(by, v.reviewer) != nil {
		return account.Program(), nil
	}
	return by, err
}

// A seated call is a row of an absence.
type seated struct {
	call           ID
	state, shown   string
	planned, taken account.PersonID
}

func scanSeated(r db.Row) (s seated, err error) {
	return s, r.Scan((*string)(&s.call), &s.state, &s.shown, (*string)(&s.planned), (*string)(&s.taken))
}

// A Fate is what became of one call of an absence.
type Fate struct {
	Listed
	State   string // "waiting", "moved", "left" or "gone"
	Shown   string // in the plan: "somebody", "nobody"; "new" for one that wasn't in it
	Planned account.PersonID
	Taken   account.PersonID
	Nearest []Slot // other free times, of one that is left
}

// Changed reports whether the plan said something else.
func (f Fate) Changed() bool {
	switch f.State {
	case "moved":
		return f.Shown != "somebody" || f.Planned != f.Taken
	case "left":
		return f.Shown != "nobody"
	}
	return f.State == "gone"
}

// A Report is what became of an absence so far.
type Report struct {
	Absence
	Name   string // of the reviewer
	ByName string
	At     time.Time
	Fates  []Fate
}

// Count is how many calls are in a state.
func (r Report) Count(state string) (n int) {
	for _, f := range r.Fates {
		n += no(f.State == state)
	}
	return n
}

// CoverReport returns what became of an absence. One about a reviewer whose
// calls by may not give away is NotFound, and a call about an order by
// doesn't see is not in it.
func CoverReport(ctx context.Context, tx *db.Tx, by account.Actor, id CoverID) (r Report, err error) {
	missing := fault.New(fault.NotFound, "We can't find that absence.")
	v, err := coverByID(ctx, tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && mayCover(by, v.reviewer) != nil {
		return r, missing
	}
	if err != nil {
		return r, err
	}
	who, err := review.Get(ctx, tx, v.reviewer)
	if err != nil {
		return r, err
	}
	r = Report{Absence: Absence{Reviewer: v.reviewer, Span: v.Span}, Name: who.Name, ByName: v.byName, At: v.at}
	rows, err := db.All(ctx, tx, scanSeated, `select call_id, state, planned, planned_id, taken_id from cover_call where cover_id = $1 order by n`, string(id))
	if err != nil {
		return r, err
	}
	calls, err := listed(ctx, tx, "", `call.id in (select call_id from cover_call where cover_id = $1)`, "call.starts_at, call.id", string(id))
	if err != nil {
		return r, err
	}
	there := map[ID]Listed{}
	for _, c := range calls {
		if by.ID == v.reviewer || by.Covers(string(c.PlanID), string(c.ProgramID)) {
			there[c.ID] = c
		}
	}
	for _, s := range rows {
		c, ok := there[s.call]
		if !ok {
			continue
		}
		f := Fate{Listed: c, State: s.state, Shown: s.shown, Planned: s.planned, Taken: s.taken}
		if f.State == "left" && c.ReviewerID == v.reviewer && c.Status.Live() {
			if f.Nearest, err = r.nearestTo(ctx, tx, c.Call); err != nil {
				return r, err
			}
		}
		r.Fates = append(r.Fates, f)
	}
	return r, nil
}

func (r Report) nearestTo(ctx context.Context, tx *db.Tx, c Call) ([]Slot, error) {
	o, err := order.ByID(ctx, tx, account.Program(), c.OrderID)
	if err != nil {
		return nil, err
	}
	return r.nearest(ctx, tx, o, c, nil)
}
