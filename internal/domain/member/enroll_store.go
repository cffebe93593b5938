package member

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const (
	memberWidth   = 20
	coverageWidth = 11
)

// bySources returns the members that imports saved under the sources.
func bySources(ctx context.Context, tx *db.Tx, sources []string) (map[string]Member, error) {
	held := map[string]Member{}
	for some := range slices.Chunk(sources, 500) {
		list, args := db.In(1, some)
		all, err := db.All(ctx, tx, scan, `select `+columns+` from member where source_key in `+list, args...)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			held[m.Source] = m
		}
	}
	return held, nil
}

func coveragesBySources(ctx context.Context, tx *db.Tx, sources []string) (map[string]Coverage, error) {
	held := map[string]Coverage{}
	for some := range slices.Chunk(sources, 500) {
		list, args := db.In(1, some)
		all, err := db.All(ctx, tx, scanCoverage, `select `+coverageColumns+` from coverage where source_key in `+list, args...)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			held[c.Source] = c
		}
	}
	return held, nil
}

func saveMany(ctx context.Context, tx *db.Tx, all []Member) error {
	slices.SortFunc(all, func(a, b Member) int { return strings.Compare(a.Source, b.Source) }) // so that two imports take rows in one order
	for some := range slices.Chunk(all, db.BulkRows(memberWidth)) {
		args := make([]any, 0, len(some)*memberWidth)
		for _, m := range some {
			args = append(args, string(m.ID), m.First, m.Middle, m.Last, m.Suffix, m.Born, m.Sex, m.Line, m.City, m.State, m.ZIP, m.Phone, m.Died, m.Source, m.Hash, m.Language, m.LargePrint,
				nameKey(m.Last), nameKey(m.First), tx.Now())
		}
		_, err := tx.Exec(ctx, `
			insert into member (`+columns+`, last_key, first_key, updated_at) values `+db.Tuples(len(some), memberWidth)+`
			on conflict (id) do update set first_name = excluded.first_name, middle_name = excluded.middle_name, last_name = excluded.last_name,
				suffix = excluded.suffix, birth_date = excluded.birth_date, sex = excluded.sex, line = excluded.line, city = excluded.city,
				state = excluded.state, zip = excluded.zip, phone = excluded.phone, deceased_on = excluded.deceased_on,
				content_hash = excluded.content_hash, language = excluded.language, large_print = excluded.large_print, last_key = excluded.last_key, first_key = excluded.first_key, updated_at = excluded.updated_at`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func saveCoverages(ctx context.Context, tx *db.Tx, all []Coverage) error {
	slices.SortFunc(all, func(a, b Coverage) int { return strings.Compare(a.Source, b.Source) })
	for some := range slices.Chunk(all, db.BulkRows(coverageWidth)) {
		args := make([]any, 0, len(some)*coverageWidth)
		for _, c := range some {
			args = append(args, c.ID, string(c.MemberID), string(c.PlanID), c.Line, c.Number, c.From, c.To, c.Rank, c.Source, c.Hash, numberKey(c.Number))
		}
		_, err := tx.Exec(ctx, `
			insert into coverage (`+coverageColumns+`, number_key) values `+db.Tuples(len(some), coverageWidth)+`
			on conflict (id) do update set plan_id = excluded.plan_id, line = excluded.line, number = excluded.number, number_key = excluded.number_key,
				starts_on = excluded.starts_on, ends_on = excluded.ends_on, rank = excluded.rank, content_hash = excluded.content_hash`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func match(ctx context.Context, tx *db.Tx, planID, number, first, last string, born civil.Date) (Member, error) {
	found, err := db.All(ctx, tx, scan, `select `+columns+` from member where birth_date = $1 and first_key = $2 and last_key = $3 and entered_for = ''
		and id in (select member_id from coverage where plan_id = $4 and number_key = $5) order by id limit 2`, born, first, last, planID, number)
	if err != nil {
		return Member{}, err
	}
	if len(found) != 1 {
		return Member{}, fault.New(fault.NotFound, "We can't find that member.")
	}
	return found[0], nil
}

type planLine struct{ plan, code, line string }

// planLines lists every line of business of every plan.
func planLines(ctx context.Context, tx *db.Tx) ([]planLine, error) {
	return db.All(ctx, tx, func(r db.Row) (l planLine, err error) { return l, r.Scan(&l.plan, &l.code, &l.line) },
		`select p.id, p.code, l.line from plan p join plan_line l on l.plan_id = p.id order by p.id, l.line`)
}
