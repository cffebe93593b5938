package message

import (
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
)

// visible is the condition on message_thread t that by may see the row, with
// its arguments; placeholders begin at $from. A thread about an order is seen
// by who sees the order; a question about none by its organization and by
// those who answer. What isn't sent yet, and what isn't clinical for those who
// don't read such, stays where it is.
func visible(by account.Actor, from int) (where string, args []any) {
	if !by.Can(account.Correspond) {
		return "(1 = 0)", nil
	}
	orders, args := order.Visible(by, from)
	about := "exists (select 1 from orders where orders.id = t.order_id and " + orders + ")"
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(from+len(args)-1)
	}
	if SideOf(by) == Review {
		where = "(t.order_id is null or " + about + ")"
		if !by.Can(account.ReadClinical) {
			where += " and t.kind = 'question'"
		}
		return where, args
	}
	var mine, asked []string
	for _, s := range by.Seats {
		if s.Role.Side() != account.Portal || s.Role == account.Site {
			continue
		}
		office := "t.organization_id = " + arg(s.OrganizationID)
		mine = append(mine, office)
		switch { // a question about no order, as its organization decides
		case s.Sees == "own":
			me := arg(string(by.ID))
			asked = append(asked, "("+office+" and (t.created_by = "+me+" or t.assigned_to = "+me+"))")
		case s.Sees == "location" && s.LocationID != "":
			asked = append(asked, "("+office+" and t.location_id in ('', "+arg(s.LocationID)+"))")
		default:
			asked = append(asked, office)
		}
	}
	if len(mine) == 0 {
		return "(1 = 0)", args[:0]
	}
	// The organizations stand first so that the index of the list serves them.
	return "(" + strings.Join(mine, " or ") + ") and t.status in ('open', 'closed') and (t.order_id is null and (" + strings.Join(asked, " or ") + ") or " + about + ")", args
}
