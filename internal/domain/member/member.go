// Package member is about the people whom plans cover, and the spans of time
// for which they are covered. An office calls them patients.
package member

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An ID identifies a member.
type ID string

// A Member is a person a plan covers or covered.
type Member struct {
	ID                          ID
	First, Middle, Last, Suffix string
	Born                        civil.Date // zero: not known
	Sex                         string     // as recorded: "female", "male", "other", "unknown" or ""
	Line, City, State, ZIP      string
	Phone                       string
	Died                        civil.Date // zero: not recorded
	Language                    string     // that letters to them are in, such as "es" (BCP 47); "" is English
	LargePrint                  bool       // letters to them are in
	Source                      string     // where an import found them; unique
	Hash                        string     // of what the import read, to tell what changed
}

// A Coverage is a span in which a plan covers a member.
type Coverage struct {
	ID       string
	MemberID ID
	PlanID   plan.ID
	Line     string     // of business
	Number   string     // the member ID on the card
	From, To civil.Date // zero: not known, or no end; To is the last day
	Rank     int        // 1 primary, 2 secondary, …
	Source   string
	Hash     string
}

// Holds reports whether c covers the member on a day. A span without a start
// is taken to have begun.
func (c Coverage) Holds(day civil.Date) bool {
	return !day.Before(c.From) && (c.To.IsZero() || !day.After(c.To))
}

// Save stores a member, new if it has no ID. Who may: imports.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, m Member) (Member, error) {
	if err := by.Must(account.ImportData); err != nil {
		return m, err
	}
	f := fault.Fields{}
	f.Check(m.Last != "", "last_name", "Enter the last name")
	if err := f.Err(); err != nil {
		return m, err
	}
	if m.ID == "" {
		m.ID = ID(db.NewID("mem"))
	}
	return m, save(ctx, tx, m)
}

// Cover stores a span of coverage, new if it has no ID.
func Cover(ctx context.Context, tx *db.Tx, by account.Actor, c Coverage) (Coverage, error) {
	if err := by.Must(account.ImportData); err != nil {
		return c, err
	}
	if c.ID == "" {
		c.ID = db.NewID("cov")
	}
	if c.Rank == 0 {
		c.Rank = 1
	}
	return c, saveCoverage(ctx, tx, c)
}

// Get returns a member, or a NotFound fault. The caller has asked whether its
// reader may see them, and audits the read.
func Get(ctx context.Context, tx *db.Tx, id ID) (Member, error) {
	return get(ctx, tx, "id = $1", string(id))
}

// BySource returns the member an import saved under source.
func BySource(ctx context.Context, tx *db.Tx, source string) (Member, error) {
	return get(ctx, tx, "source_key = $1", source)
}

// CoverageBySource returns the span an import saved under source.
func CoverageBySource(ctx context.Context, tx *db.Tx, source string) (Coverage, error) {
	return db.One(ctx, tx, scanCoverage, `select `+coverageColumns+` from coverage where source_key = $1`, source)
}

// Coverages returns a member's spans, the primary and latest first.
func Coverages(ctx context.Context, tx *db.Tx, id ID) ([]Coverage, error) {
	return db.All(ctx, tx, scanCoverage, `select `+coverageColumns+` from coverage where member_id = $1 order by rank, starts_on desc, id`, string(id))
}
