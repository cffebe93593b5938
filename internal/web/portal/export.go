package portal

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
)

// exportOrders sends the list as a file that a spreadsheet opens.
func exportOrders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := newOrdersPage(r)
	f := fault.Fields{}
	p.q.Exact = p.exact.read(f)
	if err := f.Err(); err != nil {
		return web.Answer{}, err
	}
	all, err := worklist.Export(ctx, r.Tx, r.By, p.q)
	if err != nil {
		return web.Answer{}, err
	}
	file, err := web.CSV("orders.csv", orderRows(all, p.loc))
	return web.Answer{File: file}, err
}

func orderRows(all []worklist.Line, loc *time.Location) [][]string {
	zone := civil.ShortZone(loc, time.Time{})
	rows := [][]string{{"Order", "Status", "Last name", "First name", "Date of birth", "Member ID", "Service", "Plan", "Type of plan", "Program", "Ordering provider", "Location", "Site",
		"Service date", "Urgency", "Received (" + zone + ")", "Decision due (" + zone + ")", "Decided (" + zone + ")", "Authorization number"}}
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.In(loc).Format("2006-01-02 15:04")
	}
	day := func(d civil.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	for _, l := range all {
		rows = append(rows, []string{l.Number, l.Status.Words(), l.Patient.Last, l.Patient.First, day(l.Patient.Born), l.MemberNumber, l.Title, l.Plan, lineWords(l.Line).String(), l.Program,
			l.Practitioner, l.Location, l.Site, day(l.ServiceFrom), string(l.Urgency), at(&l.Received), at(l.Due), at(l.Decided), l.AuthNumber})
	}
	return rows
}
