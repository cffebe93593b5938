package plan

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// A Participation is a span in which somebody is in a plan's network.
type Participation struct {
	PlanID ID
	Line   string // of business; "" for all of the plan's
	NPI    string
	From   civil.Date // zero: not said
	To     civil.Date // the last day; zero: no end
}

// A Standing is what a plan's network list says of somebody.
type Standing string

// Standings. A plan that gave us no list says nothing of anybody.
const (
	NotKnown     Standing = ""
	InNetwork    Standing = "in network"
	OutOfNetwork Standing = "out of network"
)

// Join stores who is in a plan's network, over what the list said of the same
// span before, and reports how many entries were new or different. Who may:
// imports.
func Join(ctx context.Context, tx *db.Tx, by account.Actor, all []Participation) (changed int, err error) {
	if err := by.Must(account.ImportData); err != nil {
		return 0, err
	}
	for _, p := range all {
		n, err := tx.Exec(ctx, `
			insert into network (plan_id, line, npi, starts_on, ends_on) values ($1, $2, $3, $4, $5)
			on conflict (plan_id, line, npi, starts_on) do update set ends_on = excluded.ends_on where network.ends_on <> excluded.ends_on`,
			string(p.PlanID), p.Line, p.NPI, dayText(p.From), dayText(p.To))
		if err != nil {
			return changed, err
		}
		changed += int(n)
	}
	if changed == 0 {
		return 0, nil
	}
	e := by.Audit("network.imported", "import", "")
	e.Detail = feed.Tally{Imported: changed, Unchanged: len(all) - changed}.String()
	return changed, audit.Record(ctx, tx, e)
}

// dayText is a day as it is stored in a key, which is never null.
func dayText(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// Standings tells of each NPI whether it is in the network of a plan's line of
// business on a day. Who has no NPI is not known.
func Standings(ctx context.Context, tx *db.Tx, id ID, line string, day civil.Date, npis []string) (map[string]Standing, error) {
	all := map[string]Standing{}
	listed, err := db.Exists(ctx, tx, `select 1 from network where plan_id = $1 and line in ('', $2)`, string(id), line)
	npis = slices.DeleteFunc(slices.Clone(npis), func(npi string) bool { return npi == "" })
	if err != nil || !listed || len(npis) == 0 {
		return all, err
	}
	for _, npi := range npis {
		all[npi] = OutOfNetwork
	}
	list, args := db.In(4, npis)
	in, err := db.All(ctx, tx, db.Value[string], `
		select distinct npi from network where plan_id = $1 and line in ('', $2) and starts_on <= $3 and (ends_on = '' or ends_on >= $3) and npi in `+list+` order by npi`,
		append([]any{string(id), line, day.String()}, args...)...)
	for _, npi := range in {
		all[npi] = InNetwork
	}
	return all, err
}

// NetworkColumns are those a network list must have; docs/import.md says what
// each means, and which others are read.
var NetworkColumns = []string{"plan_code", "npi"}

// A Listed is one line of a network list: who is in, and where they are if the
// line says so.
type Listed struct {
	Participation
	Name                    string // "" for who is here already
	Line1, City, State, ZIP string
	Place                   *provider.Point
}

// A NetworkReader reads a plan's network list.
type NetworkReader struct {
	plans map[string]ID
	lines map[ID][]string
}

// NewNetworkReader prepares to read lists about the plans that are here.
func NewNetworkReader(ctx context.Context, tx *db.Tx) (NetworkReader, error) {
	r := NetworkReader{plans: map[string]ID{}, lines: map[ID][]string{}}
	plans, err := All(ctx, tx)
	for _, p := range plans {
		r.plans[strings.ToLower(p.Code)] = p.ID
		lines, err := LinesOf(ctx, tx, p.ID)
		if err != nil {
			return r, err
		}
		for _, l := range lines {
			r.lines[p.ID] = append(r.lines[p.ID], l.Code)
		}
	}
	return r, err
}

// Read makes an entry of a line. What it refuses it names by column alone.
func (n NetworkReader) Read(row feed.Row) (l Listed, err error) {
	id, ok := n.plans[strings.ToLower(row.Get("plan_code"))]
	if !ok {
		return l, feed.Reject("plan_code", "is no plan here")
	}
	l.PlanID, l.Line, l.NPI = id, strings.ToLower(row.Get("line")), row.Get("npi")
	if l.Line != "" && !slices.Contains(n.lines[id], l.Line) {
		return l, feed.Reject("line", "is no line of business of the plan")
	}
	if len(l.NPI) != 10 || strings.Trim(l.NPI, "0123456789") != "" {
		return l, feed.Reject("npi", "is not ten digits")
	}
	for column, d := range map[string]*civil.Date{"from": &l.From, "to": &l.To} {
		if text := row.Get(column); text != "" {
			if *d, err = civil.ParseDate(text); err != nil {
				return l, feed.Reject(column, "is not a date like 2026-11-24")
			}
		}
	}
	if !l.To.IsZero() && l.To.Before(l.From) {
		return l, feed.Reject("to", "is before from")
	}
	l.Name, l.Line1, l.City, l.State, l.ZIP = row.Get("name"), row.Get("address"), row.Get("city"), strings.ToUpper(row.Get("state")), row.Get("zip")
	for _, column := range []string{"name", "address", "city", "state", "zip"} {
		if len(row.Get(column)) > 200 {
			return l, feed.Reject(column, "is longer than 200 characters")
		}
	}
	if row.Get("latitude")+row.Get("longitude") != "" {
		p, err := provider.ParsePoint(row.Get("latitude"), row.Get("longitude"))
		if err != nil {
			return l, feed.Reject("latitude", "and longitude are no place on earth")
		}
		l.Place = &p
	}
	return l, nil
}
