package peer

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A Ruled is what a rule of a state is about, and would find lacking.
type Ruled struct {
	Calls   int // to come about orders of the state's offices
	Lacking []Unmatched
	Pools   []Pool // of each program with somebody who takes its calls
}

// An Unmatched is a call to come that doesn't have what a rule asks. It stays
// booked: a rule is asked when a call is booked or moved.
type Unmatched struct {
	Number   string
	Reviewer string
	StartsAt time.Time
	Zone     string // the reviewer's
	Tier     int
}

// A Pool is who takes a program's calls, and who of them matches. The specialty
// is the one that orders of the program usually ask for.
type Pool struct {
	Program        string
	Takes, Matches int // reviewers
	Minutes        int // they have for calls in a week
	Matching       int // of those, of reviewers who match
}

// Find is what a rule would find if it held now. Who may: administrators.
func (r Rule) Find(ctx context.Context, tx *db.Tx, by account.Actor) (out Ruled, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return out, err
	}
	if out.Calls, out.Lacking, err = r.calls(ctx, tx); err != nil {
		return out, err
	}
	out.Pools, err = r.pools(ctx, tx)
	return out, err
}

// calls are the calls to come that the rule is about, and which of them lack
// what it asks.
func (r Rule) calls(ctx context.Context, tx *db.Tx) (n int, lacking []Unmatched, err error) {
	all, err := review.All(ctx, tx)
	if err != nil {
		return 0, nil, err
	}
	type one struct {
		Unmatched
		stated bool
	}
	calls, err := db.All(ctx, tx, func(row db.Row) (c one, err error) {
		var reviewer string
		var stated int
		err = row.Scan(&c.Number, &reviewer, &c.StartsAt, &c.Zone, &c.Tier, &stated)
		if i := slices.IndexFunc(all, func(v review.Reviewer) bool { return string(v.PersonID) == reviewer }); i >= 0 {
			c.Reviewer, c.Zone = all[i].Name, all[i].TimeZone
		}
		c.stated = stated > 0
		return c, err
	}, `
		select call.number, coalesce(call.reviewer_id, ''), call.starts_at, call.time_zone, call.tier,
			(select count(*) from call_statement s where s.call_id = call.id and s.code = $4)
		from call where call.starts_at > $1 and call.status in ('scheduled', 'confirmed') and exists (
			select 1 from call_order co join orders o on o.id = co.order_id join location l on l.id = o.location_id
			where co.call_id = call.id and l.state = $2 and ($3 = '' or o.line = $3))
		order by call.starts_at, call.id`, tx.Now(), r.State, r.Line, r.Code)
	for _, c := range calls {
		if r.Asks(c.Tier) && !c.stated {
			lacking = append(lacking, c.Unmatched)
		}
	}
	return len(calls), lacking, err
}

// Asks reports whether the rule asks something of the office before a reviewer
// of a tier takes the call.
func (r Rule) Asks(tier int) bool {
	return !r.Off && (r.NeedsTier == 0 || tier > r.NeedsTier)
}

// pools count reviewers and their weekly hours, by program.
func (r Rule) pools(ctx context.Context, tx *db.Tx) (all []Pool, err error) {
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return nil, err
	}
	loc, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return nil, err
	}
	today := civil.DateIn(tx.Now(), loc)
	hours, err := db.All(ctx, tx, scanHours, `select `+hoursColumns+` from weekly_hours where valid_from <= $1 and (valid_to is null or valid_to >= $1) order by id`, today)
	if err != nil {
		return nil, err
	}
	weekly := map[account.PersonID]int{}
	for _, h := range hours {
		weekly[h.PersonID] += h.End - h.Start
	}
	for _, program := range programs {
		takes, err := review.Callable(ctx, tx, program.ID)
		if err != nil {
			return nil, err
		}
		pool, n := Pool{Program: program.Name}, need{specialty: program.Specialty, state: r.State, today: today}
		for _, who := range takes {
			if r.Line != "" && len(who.Lines) > 0 && !slices.Contains(who.Lines, r.Line) || who.DailyCalls == 0 || !who.Licensed("", today) {
				continue
			}
			pool.Takes++
			pool.Minutes += weekly[who.PersonID]
			if r.NeedsTier == 0 || n.tier(who) <= r.NeedsTier {
				pool.Matches++
				pool.Matching += weekly[who.PersonID]
			}
		}
		if pool.Takes > 0 {
			all = append(all, pool)
		}
	}
	return all, nil
}
