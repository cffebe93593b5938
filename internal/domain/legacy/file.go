package legacy

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// Columns are those a file of orders must have; docs/cutover.md says what each
// means, and which others are read.
var Columns = []string{"number", "plan_code", "office_npi", "member_number", "first_name", "last_name", "birth_date", "service", "status", "requested_on"}

// A Reader reads a file of orders.
type Reader struct {
	plans    map[string]plan.ID
	lines    map[plan.ID][]string
	programs map[string]plan.ProgramID
	offices  map[string]string // by NPI; "" where two have it
}

// NewReader prepares to read orders of the plans and offices that are here. Who
// may: imports.
func NewReader(ctx context.Context, tx *db.Tx, by account.Actor) (Reader, error) {
	r := Reader{plans: map[string]plan.ID{}, lines: map[plan.ID][]string{}, programs: map[string]plan.ProgramID{}, offices: map[string]string{}}
	plans, err := plan.All(ctx, tx)
	if err != nil {
		return r, err
	}
	for _, p := range plans {
		r.plans[strings.ToLower(p.Code)] = p.ID
		lines, err := plan.LinesOf(ctx, tx, p.ID)
		if err != nil {
			return r, err
		}
		for _, l := range lines {
			r.lines[p.ID] = append(r.lines[p.ID], l.Code)
		}
	}
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return r, err
	}
	for _, p := range programs {
		r.programs[strings.ToLower(p.Code)] = p.ID
	}
	merged, err := account.MergedNPIs(ctx, tx)
	if err != nil {
		return r, err
	}
	maps.Copy(r.offices, merged)
	all, err := account.Organizations(ctx, tx, by)
	for _, o := range all {
		if other, twice := r.offices[o.NPI]; twice && other != o.ID {
			o.ID = ""
		}
		r.offices[o.NPI] = o.ID
	}
	return r, err
}

// Read makes an order of a line. What it refuses it names by column alone.
func (r Reader) Read(row feed.Row) (o Order, err error) {
	o = Order{Number: row.Get("number"), Line: strings.ToLower(row.Get("line")), MemberNumber: row.Get("member_number"), First: row.Get("first_name"), Last: row.Get("last_name"),
		Code: strings.ToUpper(row.Get("code")), Service: row.Get("service"), Status: Status(strings.ToLower(row.Get("status"))), Practitioner: row.Get("practitioner"), Link: row.Get("link")}
	for _, column := range Columns {
		if row.Get(column) == "" {
			return o, feed.Reject(column, "is empty")
		}
	}
	for _, column := range []string{"number", "member_number", "first_name", "last_name", "code", "service", "practitioner"} {
		if len([]rune(row.Get(column))) > 200 {
			return o, feed.Reject(column, "is longer than 200 characters")
		}
	}
	if order.NumberKey(o.Number) == "" {
		return o, feed.Reject("number", "has no letter and no digit")
	}
	if err := r.names(row, &o); err != nil {
		return o, err
	}
	if Statuses[o.Status] == "" {
		return o, feed.Reject("status", "is none of approved, closed, denied, partial, pending and withdrawn")
	}
	if u, err := url.Parse(o.Link); o.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return o, feed.Reject("link", "is no address that begins with https://")
	}
	return o, days(row, &o)
}

// names finds what a line names by its code or NPI.
func (r Reader) names(row feed.Row, o *Order) error {
	known := false
	if o.PlanID, known = r.plans[strings.ToLower(row.Get("plan_code"))]; !known {
		return feed.Reject("plan_code", "is no plan here")
	}
	if o.Line != "" && !slices.Contains(r.lines[o.PlanID], o.Line) {
		return feed.Reject("line", "is no line of business of the plan")
	}
	if code := strings.ToLower(row.Get("program")); code != "" {
		if o.ProgramID, known = r.programs[code]; !known {
			return feed.Reject("program", "is no program here")
		}
	}
	if o.OrganizationID = r.offices[row.Get("office_npi")]; o.OrganizationID == "" {
		return feed.Reject("office_npi", "is no one organization's here")
	}
	return nil
}

func days(row feed.Row, o *Order) (err error) {
	for _, d := range []struct {
		column string
		to     *civil.Date
	}{{"birth_date", &o.Born}, {"requested_on", &o.Requested}, {"decided_on", &o.Decided}, {"service_from", &o.ServiceFrom}, {"service_to", &o.ServiceTo}} {
		if text := row.Get(d.column); text != "" {
			if *d.to, err = civil.ParseDate(text); err != nil {
				return feed.Reject(d.column, "is not a date like 2026-11-24")
			}
		}
	}
	return nil
}
