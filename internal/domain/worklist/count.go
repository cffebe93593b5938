package worklist

import (
	"context"
	"slices"
	"sort"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// count finds the filters' counts: from the tallies for the whole list, else
// from the orders found, of which at most CountLimit are looked at.
func count(ctx context.Context, tx *db.Tx, by account.Actor, q Query, p *Page) error {
	var tallies []order.Tally
	known := false
	var err error
	if q.Term.Kind == Nothing && q.Exact.Empty() {
		if tallies, known, err = order.Tallies(ctx, tx, by); err != nil {
			return err
		}
	}
	if !known {
		if tallies, err = tallied(ctx, tx, by, q); err != nil {
			return err
		}
	}
	names, err := names(ctx, tx)
	if err != nil {
		return err
	}
	all := 0
	p.counts = map[order.Status]int{}
	sums := [4]map[string]*Choice{{}, {}, {}, {}}
	for _, f := range tallies {
		all += f.N
		p.counts[f.Status] += f.N
		words := f.Status.Words()
		for i, c := range []Choice{{words, words, 0}, {f.Plan, names[f.Plan], 0}, {f.Program, names[f.Program], 0}, {f.Location, names[f.Location], 0}} {
			if c.Value == "" {
				continue
			}
			if sums[i][c.Value] == nil {
				sums[i][c.Value] = &c
			}
			sums[i][c.Value].Count += f.N
		}
		if q.has(f) {
			p.Total += f.N
		}
	}
	p.Capped = !known && all >= CountLimit
	p.all = all
	p.Choices = Choices{Status: choices(sums[0]), Plan: choices(sums[1]), Program: choices(sums[2]), Location: choices(sums[3])}
	return nil
}

func tallied(ctx context.Context, tx *db.Tx, by account.Actor, q Query) ([]order.Tally, error) {
	w := searched(by, q)
	return db.All(ctx, tx, func(r db.Row) (t order.Tally, err error) {
		return t, r.Scan((*string)(&t.Status), &t.Plan, &t.Program, &t.Location, &t.N)
	}, `select status, plan_id, program_id, location_id, count(*) from (
			select orders.status, orders.plan_id, orders.program_id, orders.location_id from orders where `+w.String()+` limit `+strconv.Itoa(CountLimit)+`) q
		group by status, plan_id, program_id, location_id`, w.args...)
}

// names are those of every plan, program and location, by id.
func names(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	type named struct{ id, name string }
	all, err := db.All(ctx, tx, func(r db.Row) (n named, err error) { return n, r.Scan(&n.id, &n.name) },
		`select id, name from plan union all select id, name from program union all select id, name from location`)
	m := make(map[string]string, len(all))
	for _, n := range all {
		m[n.id] = n.name
	}
	return m, err
}

func (q Query) has(f order.Tally) bool {
	in := func(values []string, v string) bool { return len(values) == 0 || slices.Contains(values, v) }
	return (len(q.Exactly) == 0 || slices.Contains(q.Exactly, f.Status)) && in(q.Status, f.Status.Words()) && in(q.Plan, f.Plan) && in(q.Program, f.Program) && in(q.Location, f.Location)
}

// way is the quick one for the page of q that p counted.
func (p Page) way(q Query) way {
	switch {
	case !p.Capped && (q.Term.Kind != Nothing || !q.Exact.Empty()):
		return gathered
	case p.Total*200 > p.all:
		return walking
	}
	return planned
}

func choices(sums map[string]*Choice) []Choice {
	var all []Choice
	for _, c := range sums {
		all = append(all, *c)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Text < all[j].Text })
	return all
}

func countWords(n int) string {
	if n == 1 {
		return "1 order"
	}
	return strconv.Itoa(n) + " orders"
}

// Totals are how many orders each query finds, in one statement for all; -1
// for those that only reading the orders themselves would tell: what is due by
// a time, some orders alone, a search.
func Totals(ctx context.Context, tx *db.Tx, by account.Actor, all []Query) ([]int, error) {
	totals := make([]int, len(all))
	tallies, known, err := order.Tallies(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	for i, q := range all {
		if !known || q.Term.Kind != Nothing || !q.Exact.Empty() || !q.DueBy.IsZero() || len(q.Only) > 0 {
			totals[i] = -1
			continue
		}
		for _, t := range tallies {
			if q.has(t) {
				totals[i] += t.N
			}
		}
	}
	return totals, nil
}
