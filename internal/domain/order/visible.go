package order

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// Place is where o's office asked for it, as roll-outs go by it.
func (o Order) Place() plan.Place {
	return plan.Place{PlanID: o.PlanID, Line: o.Line, ProgramID: o.ProgramID, OrganizationID: o.OrganizationID, LocationID: o.LocationID}
}

// Visible is the condition on table orders that by may see the row, with its
// arguments; placeholders begin at $from. It is the one place that says whose
// orders a person sees: the office's own as the organization decides, a
// rendering site those to be done there, staff those of their plans and
// programs, and no others while they act for an office. Someone with no right
// to read sees none.
func Visible(by account.Actor, from int) (where string, args []any) {
	if !by.Can(account.ReadOrders) {
		return "(1 = 0)", nil
	}
	c := clause{next: from}
	for _, seat := range by.Seats {
		c.seat(by, seat)
	}
	if by.IsStaff() {
		c.scopes(by.Scopes)
	}
	if len(c.any) == 0 {
		return "(1 = 0)", nil
	}
	where = "(" + strings.Join(c.any, " or ") + ")"
	if by.Assists != nil && len(by.Scopes) > 0 { // of the office's orders those of their own plans and programs
		c.any = nil
		c.scopes(by.Scopes)
		where = "(" + where + " and (" + strings.Join(c.any, " or ") + "))"
	}
	return where, c.args
}

type clause struct {
	next int
	any  []string
	args []any
}

func (c *clause) arg(v any) string {
	c.args = append(c.args, v)
	c.next++
	return "$" + strconv.Itoa(c.next-1)
}

func (c *clause) seat(by account.Actor, s account.Seat) {
	switch {
	case s.Role == account.Site:
		c.any = append(c.any, "orders.site_id = "+c.arg(s.OrganizationID))
	case s.Role.Side() != account.Portal:
	case s.Sees == "own":
		me := c.arg(string(by.ID))
		own := "orders.organization_id = " + c.arg(s.OrganizationID) + " and (orders.created_by = " + me + " or orders.held_by = " + me
		if s.PractitionerID != "" {
			own += " or orders.practitioner_id = " + c.arg(s.PractitionerID)
		}
		c.any = append(c.any, "("+own+"))")
	case s.Sees == "location" && s.LocationID != "":
		c.any = append(c.any, "(orders.organization_id = "+c.arg(s.OrganizationID)+" and orders.location_id = "+c.arg(s.LocationID)+")")
	default:
		c.any = append(c.any, "orders.organization_id = "+c.arg(s.OrganizationID))
	}
}

func (c *clause) scopes(scopes []account.Scope) {
	if len(scopes) == 0 {
		c.any = append(c.any, "(1 = 1)")
	}
	for _, s := range scopes {
		var both []string
		if s.PlanID != "" {
			both = append(both, "orders.plan_id = "+c.arg(s.PlanID))
		}
		if s.ProgramID != "" {
			both = append(both, "orders.program_id = "+c.arg(s.ProgramID))
		}
		c.any = append(c.any, "("+strings.Join(append(both, "1 = 1"), " and ")+")")
	}
}

// Tallies counts the orders by may see, by status, plan, program and
// location, without looking at one. ok is false for those whose orders are
// chosen one by one (their own, or those of their site): those are few, and
// are counted where they are listed.
func Tallies(ctx context.Context, tx *db.Tx, by account.Actor) (all []Tally, ok bool, err error) {
	for _, s := range by.Seats {
		if s.Role == account.Site || s.Role.Side() == account.Portal && s.Sees == "own" {
			return nil, false, nil
		}
	}
	where, args := Visible(by, 1)
	all, err = db.All(ctx, tx, scanTally, `
		select status, plan_id, program_id, location_id, sum(n) from order_count orders where `+where+` and n > 0
		group by status, plan_id, program_id, location_id`, args...)
	return all, true, err
}
