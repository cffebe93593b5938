package review

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

func insert(ctx context.Context, tx *db.Tx, d *Determination) error {
	n, err := db.Count(ctx, tx, `select coalesce(max(n), 0) + 1 from determination where order_id = $1`, string(d.OrderID))
	if err != nil {
		return err
	}
	d.N = n
	_, err = tx.Exec(ctx, `
		insert into determination (id, order_id, n, at, person_id, name, credential, specialty, license, outcome, rationale, would_change, reviewed)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.ID, string(d.OrderID), d.N, d.At, string(d.PersonID), d.Name, d.Credential, d.Specialty, d.License, string(d.Outcome), d.Rationale, d.WouldChange, d.Reviewed)
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

func latest(ctx context.Context, tx *db.Tx, id order.ID) (Determination, error) {
	d, err := db.One(ctx, tx, func(r db.Row) (d Determination, err error) {
		return d, r.Scan(&d.ID, (*string)(&d.OrderID), &d.N, &d.At, (*string)(&d.PersonID), &d.Name, &d.Credential, &d.Specialty, &d.License,
			(*string)(&d.Outcome), &d.Rationale, &d.WouldChange, &d.Reviewed)
	}, `select id, order_id, n, at, person_id, name, credential, specialty, license, outcome, rationale, would_change, reviewed
		from determination where order_id = $1 order by n desc limit 1`, string(id))
	if err != nil {
		return d, err
	}
	d.Lines, err = db.All(ctx, tx, func(r db.Row) (l Line, err error) {
		return l, r.Scan(&l.Line, (*string)(&l.Outcome), &l.Units, &l.From, &l.To, &l.ReasonCode, &l.Reason, &l.Criterion)
	}, `select line, outcome, units, from_day, to_day, reason_code, reason, criterion from determination_line where determination_id = $1 order by line`, d.ID)
	return d, err
}

func reviewers(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Reviewer, error) {
	all, err := db.All(ctx, tx, func(row db.Row) (r Reviewer, err error) {
		var first, last string
		err = row.Scan((*string)(&r.PersonID), &first, &last, &r.Email, &r.Credential, &r.NPI, &r.Specialty, &r.TimeZone, &r.Physician, &r.DailyCalls, &r.Weight, &r.Active)
		r.Name = first + " " + last
		return r, err
	}, `select r.person_id, p.first_name, p.last_name, p.email, p.credential, r.npi, r.specialty, r.time_zone, r.physician, r.daily_calls, r.weight, r.active
		from reviewer r join person p on p.id = r.person_id where p.disabled_at is null and `+where+` order by p.last_name, p.first_name, r.person_id`, args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	return all, license(ctx, tx, all)
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

// train adds the programs.
func train(ctx context.Context, tx *db.Tx, all []Reviewer) error {
	place, list, args := idsOf(all)
	type skill struct {
		of account.PersonID
		id plan.ProgramID
	}
	skills, err := db.All(ctx, tx, func(r db.Row) (s skill, err error) { return s, r.Scan((*string)(&s.of), (*string)(&s.id)) },
		`select person_id, program_id from reviewer_program where person_id in `+list+` order by program_id`, args...)
	for _, s := range skills {
		all[place[s.of]].Programs = append(all[place[s.of]].Programs, s.id)
	}
	return err
}

func save(ctx context.Context, tx *db.Tx, r Reviewer) error {
	id := string(r.PersonID)
	_, err := tx.Exec(ctx, `
		insert into reviewer (person_id, npi, specialty, time_zone, physician, daily_calls, weight, active) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (person_id) do update set npi = excluded.npi, specialty = excluded.specialty, time_zone = excluded.time_zone,
			physician = excluded.physician, daily_calls = excluded.daily_calls, weight = excluded.weight, active = excluded.active`,
		id, r.NPI, r.Specialty, r.TimeZone, r.Physician, r.DailyCalls, r.Weight, r.Active)
	if err != nil {
		return err
	}
	for _, table := range []string{`delete from reviewer_license where person_id = $1`, `delete from reviewer_program where person_id = $1`} {
		if _, err := tx.Exec(ctx, table, id); err != nil {
			return err
		}
	}
	for _, l := range r.Licenses {
		if _, err := tx.Exec(ctx, `insert into reviewer_license (person_id, state, number, expires_on) values ($1, $2, $3, $4)`, id, l.State, l.Number, l.Expires); err != nil {
			return err
		}
	}
	for _, p := range r.Programs {
		if _, err := tx.Exec(ctx, `insert into reviewer_program (person_id, program_id) values ($1, $2)`, id, string(p)); err != nil {
			return err
		}
	}
	return nil
}
