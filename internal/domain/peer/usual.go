package peer

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Usual is when an ordering physician can usually talk, in wall time of a
// zone. It narrows the times that are shown, where somebody asks for that, and
// never what can be booked.
type Usual struct {
	Days      []time.Weekday // at least one, in their order from Sunday
	From, To  int            // minutes of the day
	TimeZone  string         // IANA name
	SavedName string         // who saved it
	SavedAt   time.Time
}

// Fits reports whether a call at s lies within the usual times.
func (u Usual) Fits(s Slot) bool {
	loc, err := civil.Zone(u.TimeZone)
	if err != nil {
		return false
	}
	d := civil.DateIn(s.Start, loc)
	return slices.Contains(u.Days, d.Weekday()) && !s.Start.Before(civil.Start(d, u.From, loc)) && !s.End().After(civil.End(d, u.To, loc))
}

// UsualOf are the usual times of the physician who ordered o, as o's office
// saved them; nil for none. The caller has read the order.
func UsualOf(ctx context.Context, tx *db.Tx, o order.Order) (*Usual, error) {
	if o.PractitionerID == "" {
		return nil, nil
	}
	all, err := db.All(ctx, tx, func(r db.Row) (u Usual, err error) {
		var days string
		err = r.Scan(&days, &u.From, &u.To, &u.TimeZone, &u.SavedName, &u.SavedAt)
		for _, c := range days {
			u.Days = append(u.Days, time.Weekday(c-'0'))
		}
		return u, err
	}, `select days, from_minute, to_minute, time_zone, saved_name, saved_at from usual_times where organization_id = $1 and practitioner_id = $2`,
		o.OrganizationID, o.PractitionerID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// SaveUsual keeps when the physician who ordered o can usually talk, for all
// of their orders of the office. Who may: who books calls about o.
func SaveUsual(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, u Usual) error {
	if err := mayUsual(by, o); err != nil {
		return err
	}
	f := fault.Fields{}
	u.Days = slices.Compact(slices.Sorted(slices.Values(u.Days)))
	var days strings.Builder
	for _, d := range u.Days {
		f.Check(d >= time.Sunday && d <= time.Saturday, "days", "Select days from the list")
		days.WriteByte('0' + byte(d))
	}
	f.Check(len(u.Days) > 0, "days", "Select at least one day")
	f.Check(u.From >= 0 && u.From < civil.DayMinutes, "from", "Choose when the time starts")
	f.Check(u.To > 0 && u.To <= civil.DayMinutes, "to", "Choose when the time ends")
	f.Check(u.To > u.From, "to", "End time must be after start time")
	_, err := civil.Zone(u.TimeZone)
	f.Check(err == nil && u.TimeZone != "", "tz", "Select your time zone")
	if err := f.Err(); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into usual_times (organization_id, practitioner_id, days, from_minute, to_minute, time_zone, saved_by, saved_name, saved_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (organization_id, practitioner_id) do update set days = excluded.days, from_minute = excluded.from_minute, to_minute = excluded.to_minute,
			time_zone = excluded.time_zone, saved_by = excluded.saved_by, saved_name = excluded.saved_name, saved_at = excluded.saved_at`,
		o.OrganizationID, o.PractitionerID, days.String(), u.From, u.To, u.TimeZone, string(by.ID), by.Name, tx.Now())
	if err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("usual_times.saved", "practitioner", o.PractitionerID))
}

// DropUsual forgets them; there may be none.
func DropUsual(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	if err := mayUsual(by, o); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from usual_times where organization_id = $1 and practitioner_id = $2`, o.OrganizationID, o.PractitionerID)
	if err != nil || n == 0 {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("usual_times.dropped", "practitioner", o.PractitionerID))
}

func mayUsual(by account.Actor, o order.Order) error {
	if o.PractitionerID == "" {
		return fault.New(fault.Conflict, "It isn't known who ordered this.")
	}
	return by.Must(account.BookCalls)
}
