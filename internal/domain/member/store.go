package member

import (
	"context"
	"strings"
	"unicode"

	"parley/internal/infra/db"
)

const columns = `id, first_name, middle_name, last_name, suffix, birth_date, sex, line, city, state, zip, phone, deceased_on, source_key, content_hash, language, large_print`

func scan(r db.Row) (m Member, err error) {
	return m, r.Scan((*string)(&m.ID), &m.First, &m.Middle, &m.Last, &m.Suffix, &m.Born, &m.Sex, &m.Line, &m.City, &m.State, &m.ZIP, &m.Phone, &m.Died, &m.Source, &m.Hash, &m.Language, &m.LargePrint)
}

func get(ctx context.Context, tx *db.Tx, where, value string) (Member, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from member where `+where, value)
}

func save(ctx context.Context, tx *db.Tx, m Member) error {
	_, err := tx.Exec(ctx, `
		insert into member (`+columns+`, last_key, first_key, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		on conflict (id) do update set first_name = excluded.first_name, middle_name = excluded.middle_name, last_name = excluded.last_name,
			suffix = excluded.suffix, birth_date = excluded.birth_date, sex = excluded.sex, line = excluded.line, city = excluded.city,
			state = excluded.state, zip = excluded.zip, phone = excluded.phone, deceased_on = excluded.deceased_on,
			content_hash = excluded.content_hash, language = excluded.language, large_print = excluded.large_print, last_key = excluded.last_key, first_key = excluded.first_key, updated_at = excluded.updated_at`,
		string(m.ID), m.First, m.Middle, m.Last, m.Suffix, m.Born, m.Sex, m.Line, m.City, m.State, m.ZIP, m.Phone, m.Died, orNull(m.Source), m.Hash, m.Language, m.LargePrint,
		nameKey(m.Last), nameKey(m.First), tx.Now())
	return err
}

// nameKey is a name as it is compared: letters and digits, lower case.
func nameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

const coverageColumns = `id, member_id, plan_id, line, number, starts_on, ends_on, rank, source_key, content_hash`

func scanCoverage(r db.Row) (c Coverage, err error) {
	return c, r.Scan(&c.ID, (*string)(&c.MemberID), (*string)(&c.PlanID), &c.Line, &c.Number, &c.From, &c.To, &c.Rank, &c.Source, &c.Hash)
}

func saveCoverage(ctx context.Context, tx *db.Tx, c Coverage) error {
	_, err := tx.Exec(ctx, `
		insert into coverage (`+coverageColumns+`, number_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (id) do update set plan_id = excluded.plan_id, line = excluded.line, number = excluded.number, number_key = excluded.number_key,
			starts_on = excluded.starts_on, ends_on = excluded.ends_on, rank = excluded.rank, content_hash = excluded.content_hash`,
		c.ID, string(c.MemberID), string(c.PlanID), c.Line, c.Number, c.From, c.To, c.Rank, orNull(c.Source), c.Hash, numberKey(c.Number))
	return err
}

// numberKey is a card's number as it is compared: letters and digits, upper case.
func numberKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
