package member

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// An Entry is what one line of a list says: who a member is, and for which
// span a plan covers them if it says that too. Member.Source and
// Coverage.Source tell what the line is about.
type Entry struct {
	Line     int
	Member   Member
	Coverage *Coverage // without MemberID
}

// A Span is what one line of a list says about a member it names only by their
// source.
type Span struct {
	Line     int
	Member   string
	Coverage Coverage
}

// Enroll stores what a piece of a list says about members and their coverage.
// Of several lines about one member or one span the last holds. Lines that
// contradict what is here about who a member is are refused. Who may: imports.
func Enroll(ctx context.Context, tx *db.Tx, by account.Actor, entries []Entry) (feed.Tally, []*feed.Rejection, error) {
	if err := by.Must(account.ImportData); err != nil {
		return feed.Tally{}, nil, err
	}
	sources := make([]string, len(entries))
	for i, e := range entries {
		sources[i] = e.Member.Source
	}
	held, err := bySources(ctx, tx, sources)
	if err != nil {
		return feed.Tally{}, nil, err
	}
	list := sort(entries, held)
	if err := saveMany(ctx, tx, list.toSave()); err != nil {
		return feed.Tally{}, nil, err
	}
	spans, err := coverMany(ctx, tx, list.spans)
	if err != nil {
		return feed.Tally{}, nil, err
	}
	t := feed.Tally{Rejected: len(list.refused)}
	for _, e := range list.kept {
		t.Add(one(list.changed[e.Member.Source] || e.Coverage != nil && spans[e.Coverage.Source]))
	}
	return t, list.refused, record(ctx, tx, by, "members.imported", t)
}

func one(changed bool) feed.Tally {
	if changed {
		return feed.Tally{Imported: 1}
	}
	return feed.Tally{Unchanged: 1}
}

func record(ctx context.Context, tx *db.Tx, by account.Actor, action string, t feed.Tally) error {
	if t.Imported == 0 {
		return nil
	}
	e := by.Audit(action, "import", "")
	e.Detail = t.String()
	return audit.Record(ctx, tx, e)
}

// An enrollment is a piece of a list, compared with what is here.
type enrollment struct {
	kept    []Entry
	refused []*feed.Rejection
	last    map[string]Member // by source: as the last line has it
	changed map[string]bool
	spans   []Coverage
}

func sort(entries []Entry, held map[string]Member) enrollment {
	l := enrollment{last: map[string]Member{}, changed: map[string]bool{}}
	for _, e := range entries {
		m := e.Member
		known, ok := l.last[m.Source]
		if !ok {
			known, ok = held[m.Source]
		}
		if ok && another(known, m) {
			l.refused = append(l.refused, &feed.Rejection{Line: e.Line, Column: "member_id", Reason: "belongs to someone with another first name and birth date; tell them apart in the column dependent"})
			continue
		}
		if m.ID = known.ID; !ok {
			m.ID = ID(db.NewID("mem"))
		}
		m.Hash = m.hash()
		l.last[m.Source], l.changed[m.Source] = m, held[m.Source].Hash != m.Hash
		if e.Coverage != nil {
			e.Coverage.MemberID = m.ID
			l.spans = append(l.spans, *e.Coverage)
		}
		l.kept = append(l.kept, e)
	}
	return l
}

// another reports whether two people seem to have one number. A corrected name
// or a corrected date of birth is still the same person.
func another(a, b Member) bool {
	return !a.Born.IsZero() && a.Born != b.Born && nameKey(a.First) != nameKey(b.First)
}

func (l enrollment) toSave() (all []Member) {
	for source, m := range l.last {
		if l.changed[source] {
			all = append(all, m)
		}
	}
	return all
}

// CoverAll stores what a piece of a list says about the spans of members that
// are here. A line about someone who is not is refused. Who may: imports.
func CoverAll(ctx context.Context, tx *db.Tx, by account.Actor, spans []Span) (feed.Tally, []*feed.Rejection, error) {
	if err := by.Must(account.ImportData); err != nil {
		return feed.Tally{}, nil, err
	}
	sources := make([]string, len(spans))
	for i, s := range spans {
		sources[i] = s.Member
	}
	held, err := bySources(ctx, tx, sources)
	if err != nil {
		return feed.Tally{}, nil, err
	}
	var known []Coverage
	var refused []*feed.Rejection
	for _, s := range spans {
		m, ok := held[s.Member]
		if !ok && !slices.ContainsFunc(refused, func(r *feed.Rejection) bool { return r.Line == s.Line }) {
			refused = append(refused, &feed.Rejection{Line: s.Line, Column: "PATIENT", Reason: "is no member that was imported"})
		}
		if !ok {
			continue
		}
		s.Coverage.MemberID = m.ID
		known = append(known, s.Coverage)
	}
	changed, err := coverMany(ctx, tx, known)
	if err != nil {
		return feed.Tally{}, nil, err
	}
	t := byLine(spans, held, changed)
	return t, refused, record(ctx, tx, by, "coverage.imported", t)
}

// byLine counts lines, each of which may say several spans.
func byLine(spans []Span, held map[string]Member, changed map[string]bool) (t feed.Tally) {
	lines, refused := map[int]bool{}, map[int]bool{}
	for _, s := range spans {
		if _, ok := held[s.Member]; !ok {
			refused[s.Line] = true
			continue
		}
		lines[s.Line] = lines[s.Line] || changed[s.Coverage.Source]
	}
	for _, c := range lines {
		t.Add(one(c))
	}
	t.Rejected = len(refused)
	return t
}

// coverMany stores spans and says of which source something changed.
func coverMany(ctx context.Context, tx *db.Tx, spans []Coverage) (changed map[string]bool, err error) {
	sources := make([]string, len(spans))
	for i, c := range spans {
		sources[i] = c.Source
	}
	held, err := coveragesBySources(ctx, tx, sources)
	if err != nil {
		return nil, err
	}
	last := map[string]Coverage{}
	for _, c := range spans {
		c.Rank = max(c.Rank, 1)
		c.Hash = c.hash()
		if c.ID = held[c.Source].ID; c.ID == "" {
			c.ID = db.NewID("cov")
		}
		last[c.Source] = c
	}
	changed = map[string]bool{}
	var toSave []Coverage
	for source, c := range last {
		if changed[source] = held[source].Hash != c.Hash; changed[source] {
			toSave = append(toSave, c)
		}
	}
	return changed, saveCoverages(ctx, tx, toSave)
}

func (m Member) hash() string {
	m.ID, m.Hash = "", ""
	return digest(m)
}

func (c Coverage) hash() string {
	c.ID, c.Hash = "", ""
	return digest(c)
}

func digest(v any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", v))
	return hex.EncodeToString(sum[:16])
}

// Match finds the member whom a plan covers under a number with this name and
// date of birth, all of which must be the same. It returns a NotFound fault if
// there is none, or more than one.
func Match(ctx context.Context, tx *db.Tx, planID, number, first, last string, born civil.Date) (Member, error) {
	return match(ctx, tx, planID, numberKey(number), nameKey(first), nameKey(last), born)
}
