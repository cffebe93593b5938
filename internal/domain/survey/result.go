package survey

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// Fewest is how many must have answered before anything of a program and month
// is told, and the smallest number that is told at all: a smaller one could
// tell who said it.
const Fewest = 5

// A Group is what was answered about one program in one month.
type Group struct {
	Program string
	Month   string // "2026-11", of the asking
	About   About
	Asked   int
	Few     bool // fewer than Fewest answered: Results are empty
	Results []Result
}

// A Result is how often each option of a question was chosen.
type Result struct {
	Question Question
	Counts   []Count
}

// A Count is how often an option was chosen; Few for a number that isn't told.
type Count struct {
	Option Option
	N      int
	Few    bool
}

// Results are those of all programs, the latest month first. Who may:
// administrators.
func Results(ctx context.Context, tx *db.Tx, by account.Actor) ([]Group, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	names, err := programs(ctx, tx)
	if err != nil {
		return nil, err
	}
	type total struct {
		subject
		asked, answered int
	}
	totals, err := db.All(ctx, tx, func(r db.Row) (w total, err error) {
		return w, r.Scan((*string)(&w.program), &w.month, (*string)(&w.about), &w.asked, &w.answered)
	}, `select program_id, month, about, count(*), sum(case when answered then 1 else 0 end) from survey group by program_id, month, about`)
	if err != nil {
		return nil, err
	}
	tallies, err := tally(ctx, tx)
	if err != nil {
		return nil, err
	}
	var all []Group
	for _, w := range totals {
		g := Group{Program: names[w.program], Month: w.month, About: w.about, Asked: w.asked, Few: w.answered < Fewest}
		if !g.Few {
			g.Results = results(tallies[w.subject])
		}
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Month, a.Month), cmp.Compare(a.Program, b.Program), cmp.Compare(a.About, b.About))
	})
	return all, nil
}

// A subject is what a group of surveys is about.
type subject struct {
	program plan.ProgramID
	month   string
	about   About
}

// A choice is an option of a question, by their keys.
type choice struct{ question, value string }

// tally counts how often each option was chosen, by subject.
func tally(ctx context.Context, tx *db.Tx) (map[subject]map[choice]int, error) {
	type row struct {
		subject
		choice
		n int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (w row, err error) {
		return w, r.Scan((*string)(&w.program), &w.month, (*string)(&w.about), &w.question, &w.value, &w.n)
	}, `
		select s.program_id, s.month, s.about, a.question, a.value, count(*) from survey_answer a join survey s on s.id = a.survey_id
		group by s.program_id, s.month, s.about, a.question, a.value`)
	all := map[subject]map[choice]int{}
	for _, w := range rows {
		if all[w.subject] == nil {
			all[w.subject] = map[choice]int{}
		}
		all[w.subject][w.choice] = w.n
	}
	return all, err
}

// results are the counts of all questions, without numbers that are small.
func results(counts map[choice]int) (all []Result) {
	for _, q := range Questions {
		res := Result{Question: q}
		for _, o := range q.Options {
			res.Counts = append(res.Counts, Count{Option: o, N: counts[choice{q.Key, o.Value}]})
		}
		res.hide()
		all = append(all, res)
	}
	return all
}

// hide takes out numbers that are small. Where that would be a single one, the
// next smallest goes too: else it would follow from how many answered.
func (r *Result) hide() {
	order := make([]int, len(r.Counts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.Counts[a].N, r.Counts[b].N) })
	hidden := 0
	for _, i := range order {
		c := &r.Counts[i]
		if c.N > 0 && (c.N < Fewest || hidden == 1) {
			c.N, c.Few = 0, true
			hidden++
		}
	}
}

// Rows are what Results tells, as a table with its heading.
func Rows(groups []Group) [][]string {
	rows := [][]string{{"month", "program", "after", "asked", "question", "answer", "count"}}
	for _, g := range groups {
		if g.Few {
			rows = append(rows, []string{g.Month, g.Program, string(g.About), strconv.Itoa(g.Asked), "", "", "under " + strconv.Itoa(Fewest)})
		}
		for _, r := range g.Results {
			for _, c := range r.Counts {
				n := strconv.Itoa(c.N)
				if c.Few {
					n = "not told"
				}
				rows = append(rows, []string{g.Month, g.Program, string(g.About), strconv.Itoa(g.Asked), r.Question.Words, c.Option.Words, n})
			}
		}
	}
	return rows
}
