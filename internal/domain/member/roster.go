package member

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// RosterColumns are those a roster must have; docs/import.md says what each
// means, and which others are read.
var RosterColumns = []string{"member_id", "last_name", "first_name", "birth_date", "plan_code"}

// A Roster reads a plan's list of members, one span of coverage to a line.
type Roster struct {
	plans map[string]rosterPlan // by code
}

type rosterPlan struct {
	id    plan.ID
	lines []string // of business
}

// NewRoster prepares to read lists about the plans that are here.
func NewRoster(ctx context.Context, tx *db.Tx) (Roster, error) {
	all, err := planLines(ctx, tx)
	r := Roster{plans: map[string]rosterPlan{}}
	for _, l := range all {
		p := r.plans[l.code]
		r.plans[l.code] = rosterPlan{plan.ID(l.plan), append(p.lines, l.line)}
	}
	return r, err
}

// Read makes an entry of a line. What it refuses it names by column alone.
func (r Roster) Read(row feed.Row) (Entry, error) {
	e := Entry{Line: row.Line}
	m, err := readMember(row)
	if err != nil {
		return e, err
	}
	c, err := r.readCoverage(row)
	if err != nil {
		return e, err
	}
	m.Source = "roster/" + strings.ToLower(row.Get("plan_code")) + "/" + numberKey(c.Number) + "/" + numberKey(row.Get("dependent"))
	c.Source = m.Source + "/" + c.Line + "/" + c.From.String() + "/" + strconv.Itoa(c.Rank)
	e.Member, e.Coverage = m, &c
	return e, nil
}

func readMember(row feed.Row) (m Member, err error) {
	m = Member{
		First: row.Get("first_name"), Middle: row.Get("middle_name"), Last: row.Get("last_name"), Suffix: row.Get("suffix"),
		Line: row.Get("address"), City: row.Get("city"), State: strings.ToUpper(row.Get("state")), ZIP: row.Get("zip"), Phone: row.Get("phone"),
		Language: strings.ToLower(row.Get("language")), LargePrint: slices.Contains([]string{"y", "yes", "true", "1"}, strings.ToLower(row.Get("large_print"))),
	}
	for column, text := range map[string]string{"first_name": m.First, "last_name": m.Last, "birth_date": row.Get("birth_date")} {
		if text == "" {
			return m, feed.Reject(column, "is empty")
		}
	}
	for _, column := range []string{"first_name", "middle_name", "last_name", "suffix", "address", "city", "state", "zip", "phone", "member_id", "dependent", "language"} {
		if len(row.Get(column)) > 200 {
			return m, feed.Reject(column, "is longer than 200 characters")
		}
	}
	if m.Born, err = date(row, "birth_date"); err != nil {
		return m, err
	}
	if m.Died, err = date(row, "death_date"); err != nil {
		return m, err
	}
	m.Sex, err = sex(row.Get("sex"))
	return m, err
}

func (r Roster) readCoverage(row feed.Row) (c Coverage, err error) {
	p, ok := r.plans[strings.ToLower(row.Get("plan_code"))]
	if !ok {
		return c, feed.Reject("plan_code", "is no plan with a line of business here")
	}
	c = Coverage{PlanID: p.id, Line: strings.ToLower(row.Get("line")), Number: row.Get("member_id")}
	if c.Line == "" && len(p.lines) == 1 {
		c.Line = p.lines[0]
	}
	if !slices.Contains(p.lines, c.Line) {
		return c, feed.Reject("line", "is no line of business of the plan")
	}
	if numberKey(c.Number) == "" {
		return c, feed.Reject("member_id", "has no letter or digit")
	}
	if c.From, err = date(row, "coverage_start"); err != nil {
		return c, err
	}
	if c.To, err = date(row, "coverage_end"); err != nil {
		return c, err
	}
	if !c.To.IsZero() && c.To.Before(c.From) {
		return c, feed.Reject("coverage_end", "is before coverage_start")
	}
	c.Rank, err = rank(row.Get("rank"))
	return c, err
}

// date reads 2026-11-24 or 11/24/2026; an empty field is no date.
func date(row feed.Row, column string) (civil.Date, error) {
	text := row.Get(column)
	if text == "" {
		return civil.Date{}, nil
	}
	if len(text) == 10 && text[2] == '/' && text[5] == '/' {
		text = text[6:] + "-" + text[:2] + "-" + text[3:5]
	}
	d, err := civil.ParseDate(text)
	if err != nil {
		return d, feed.Reject(column, "is not a date like 2026-11-24 or 11/24/2026")
	}
	return d, nil
}

var sexes = map[string]string{
	"": "", "f": "female", "female": "female", "m": "male", "male": "male", "o": "other", "x": "other", "other": "other", "u": "unknown", "unknown": "unknown",
}

func sex(s string) (string, error) {
	v, ok := sexes[strings.ToLower(s)]
	if !ok {
		return "", feed.Reject("sex", "is none of F, M, X and U")
	}
	return v, nil
}

func rank(s string) (int, error) {
	i := slices.Index([]string{"", "1", "2", "3", "4"}, s)
	if i < 0 {
		return 0, feed.Reject("rank", "is none of 1, 2, 3 and 4")
	}
	return max(i, 1), nil
}
