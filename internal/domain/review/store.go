package review

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

func insert(ctx context.Context, tx *db.Tx, d *Determination) error {
	n, err := db.Count(ctx, tx, `select coalesce(max(n), 0) + 1 from determination where order_id = $1`, string(d.OrderID))
	if err != nil {
		return err
	}
	d.N = n
	_, err = tx.Exec(ctx, `
		insert into determination (id, order_id, n, at, person_id, name, credential, specialty, license, outcome, rationale, would_change, reviewed, plain, plain_es,
			second_id, second_name, second_license, undo_until, order_version, order_before)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		d.ID, string(d.OrderID), d.N, d.At, string(d.PersonID), d.Name, d.Credential, d.Specialty, d.License, string(d.Outcome), d.Rationale, d.WouldChange, d.Reviewed, d.Plain, d.PlainES,
		string(d.SecondID), d.SecondName, d.SecondLicense, d.UndoUntil, d.version, d.before)
	if err != nil {
		return err
	}
	for _, l := range d.Lines {
		if err := insertLine(ctx, tx, d.ID, l); err != nil {
			return err
		}
	}
	return nil
}

func insertLine(ctx context.Context, tx *db.Tx, id string, l Line) error {
	_, err := tx.Exec(ctx, `
		insert into determination_line (determination_id, line, outcome, units, from_day, to_day, reason_code, reason, criterion)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, l.Line, string(l.Outcome), l.Units, l.From, l.To, l.ReasonCode, l.Reason, l.Criterion)
	return err
}

const determinationColumns = `d.id, d.order_id, d.n, d.at, d.person_id, d.name, d.credential, d.specialty, d.license, d.outcome, d.rationale, d.would_change, d.reviewed, d.plain, d.plain_es,
	d.second_id, d.second_name, d.second_license, d.undo_until, d.order_version, d.order_before`

func scanDetermination(r db.Row) (d Determination, err error) { return d, r.Scan(d.places()...) }

// places are where determinationColumns go.
func (d *Determination) places() []any {
	return []any{&d.ID, (*string)(&d.OrderID), &d.N, &d.At, (*string)(&d.PersonID), &d.Name, &d.Credential, &d.Specialty, &d.License,
		(*string)(&d.Outcome), &d.Rationale, &d.WouldChange, &d.Reviewed, &d.Plain, &d.PlainES,
		(*string)(&d.SecondID), &d.SecondName, &d.SecondLicense, &d.UndoUntil, &d.version, &d.before}
}

// determination is the one with an id, without its lines.
func determination(ctx context.Context, tx *db.Tx, id string) (Determination, error) {
	return db.One(ctx, tx, scanDetermination, `select `+determinationColumns+` from determination d where d.id = $1`, id)
}

func latest(ctx context.Context, tx *db.Tx, id order.ID) (Determination, error) {
	d, err := db.One(ctx, tx, scanDetermination, `select `+determinationColumns+` from determination d where d.order_id = $1 and d.undone_at is null order by d.n desc limit 1`, string(id))
	if err != nil {
		return d, err
	}
	d.Lines, err = linesOf(ctx, tx, d.ID)
	return d, err
}

func linesOf(ctx context.Context, tx *db.Tx, determinationID string) ([]Line, error) {
	return db.All(ctx, tx, func(r db.Row) (l Line, err error) {
		return l, r.Scan(&l.Line, (*string)(&l.Outcome), &l.Units, &l.From, &l.To, &l.ReasonCode, &l.Reason, &l.Criterion)
	}, `select line, outcome, units, from_day, to_day, reason_code, reason, criterion from determination_line where determination_id = $1 order by line`, determinationID)
}

// A roster is every reviewer, as it is remembered.
type roster struct {
	byName []Reviewer
	place  map[account.PersonID]int
}

func everybody(ctx context.Context, tx *db.Tx) (roster, error) {
	return db.Remember(ctx, tx, "reviewer", "all", func() (roster, error) {
		all, err := reviewers(ctx, tx, `r.person_id is not null`)
		x := roster{all, make(map[account.PersonID]int, len(all))}
		for i, r := range all {
			x.place[r.PersonID] = i
		}
		return x, err
	})
}

// one reads a reviewer as they are stored, or a NotFound fault.
func one(ctx context.Context, tx *db.Tx, id account.PersonID) (Reviewer, error) {
	all, err := reviewers(ctx, tx, `r.person_id = $1`, string(id))
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "We can't find that reviewer.")
	}
	if err != nil {
		return Reviewer{}, err
	}
	return all[0], nil
}

func reviewers(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Reviewer, error) {
	all, err := db.All(ctx, tx, func(row db.Row) (r Reviewer, err error) {
		var first, last string
		err = row.Scan((*string)(&r.PersonID), &first, &last, &r.Email, &r.Credential, &r.NPI, &r.Specialty, &r.TimeZone, &r.Physician, &r.DailyCalls,
			&r.WeeklyCalls, &r.GapMinutes, &r.Weight, &r.Active, &r.Since)
		r.Name = first + " " + last
		return r, err
	}, `select r.person_id, p.first_name, p.last_name, p.email, p.credential, r.npi, r.specialty, r.time_zone, r.physician, r.daily_calls, r.weekly_calls, r.gap_minutes, r.weight, r.active, r.since_at
		from reviewer r join person p on p.id = r.person_id where p.disabled_at is null and `+where+` order by p.last_name, p.first_name, r.person_id`, args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	if err := license(ctx, tx, all); err != nil {
		return all, err
	}
	return all, train(ctx, tx, all)
}

func idsOf(all []Reviewer) (place map[account.PersonID]int, list string, args []any) {
	place = map[account.PersonID]int{}
	ids := make([]string, len(all))
	for i, r := range all {
		place[r.PersonID], ids[i] = i, string(r.PersonID)
	}
	list, args = db.In(1, ids)
	return place, list, args
}

// license adds the licenses, in one statement however many reviewers there are.
func license(ctx context.Context, tx *db.Tx, all []Reviewer) error {
	place, list, args := idsOf(all)
	type held struct {
		by account.PersonID
		l  License
	}
	licenses, err := db.All(ctx, tx, func(r db.Row) (h held, err error) {
		return h, r.Scan((*string)(&h.by), &h.l.State, &h.l.Number, &h.l.Expires)
	}, `select person_id, state, number, expires_on from reviewer_license where person_id in `+list+` order by expires_on desc, state`, args...)
	for _, h := range licenses {
		all[place[h.by]].Licenses = append(all[place[h.by]].Licenses, h.l)
	}
	return err
}

// train adds the programs, plans, lines of business and languages, in one
// statement however many there are.
func train(ctx context.Context, tx *db.Tx, all []Reviewer) error {
	place, list, args := idsOf(all)
	type skill struct {
		of       account.PersonID
		kind, is string
	}
	skills, err := db.All(ctx, tx, func(r db.Row) (s skill, err error) { return s, r.Scan((*string)(&s.of), &s.kind, &s.is) }, `
		select person_id, 'program' as kind, program_id as value from reviewer_program where person_id in `+list+`
		union all select person_id, 'plan', plan_id from reviewer_plan where person_id in `+list+`
		union all select person_id, 'line', line from reviewer_line where person_id in `+list+`
		union all select person_id, 'language', language from reviewer_language where person_id in `+list+`
		order by kind, value, person_id`, args...)
	for _, s := range skills {
		r := &all[place[s.of]]
		switch s.kind {
		case "program":
			r.Programs = append(r.Programs, plan.ProgramID(s.is))
		case "plan":
			r.Plans = append(r.Plans, plan.ID(s.is))
		case "line":
			r.Lines = append(r.Lines, s.is)
		default:
			r.Languages = append(r.Languages, s.is)
		}
	}
	return err
}

func save(ctx context.Context, tx *db.Tx, r Reviewer) error {
	_, err := tx.Exec(ctx, `
		insert into reviewer (person_id, npi, specialty, time_zone, physician, daily_calls, weekly_calls, gap_minutes, weight, active, since_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (person_id) do update set npi = excluded.npi, specialty = excluded.specialty, time_zone = excluded.time_zone,
			physician = excluded.physician, daily_calls = excluded.daily_calls, weekly_calls = excluded.weekly_calls, gap_minutes = excluded.gap_minutes,
			weight = excluded.weight, active = excluded.active, since_at = excluded.since_at`,
		string(r.PersonID), r.NPI, r.Specialty, r.TimeZone, r.Physician, r.DailyCalls, r.WeeklyCalls, r.GapMinutes, r.Weight, r.Active, r.Since)
	if err != nil {
		return err
	}
	for _, table := range []string{"reviewer_license", "reviewer_program", "reviewer_plan", "reviewer_line", "reviewer_language"} {
		if _, err := tx.Exec(ctx, `delete from `+table+` where person_id = $1`, string(r.PersonID)); err != nil {
			return err
		}
	}
	for _, l := range r.Licenses {
		if _, err := tx.Exec(ctx, `insert into reviewer_license (person_id, state, number, expires_on) values ($1, $2, $3, $4)`, string(r.PersonID), l.State, l.Number, l.Expires); err != nil {
			return err
		}
	}
	return saveSkills(ctx, tx, r)
}

func saveSkills(ctx context.Context, tx *db.Tx, r Reviewer) error {
	type skill struct{ into, is string }
	var skills []skill
	for _, p := range r.Programs {
		skills = append(skills, skill{`insert into reviewer_program (person_id, program_id)`, string(p)})
	}
	for _, p := range r.Plans {
		skills = append(skills, skill{`insert into reviewer_plan (person_id, plan_id)`, string(p)})
	}
	for _, l := range r.Lines {
		skills = append(skills, skill{`insert into reviewer_line (person_id, line)`, l})
	}
	for _, l := range r.Languages {
		skills = append(skills, skill{`insert into reviewer_language (person_id, language)`, l})
	}
	for _, s := range skills {
		if _, err := tx.Exec(ctx, s.into+` values ($1, $2) on conflict do nothing`, string(r.PersonID), s.is); err != nil {
			return err
		}
	}
	return nil
}
