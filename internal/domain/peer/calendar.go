package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// WeeklyHours are a stretch of each week in which a reviewer takes calls, in
// wall time of a zone: nine o'clock stays nine o'clock when clocks change.
type WeeklyHours struct {
	ID       string
	PersonID account.PersonID
	Weekday  time.Weekday
	Start    int // minute of the day
	End      int
	TimeZone string
	From     civil.Date // first day on which they hold
	To       civil.Date // last; zero for no end
	Series   string     // what was one once: see ChangeHours
}

// TimeOff is when a reviewer takes no calls, whatever the hours.
type TimeOff struct {
	ID       string
	PersonID account.PersonID
	Span
	Reason string
	Calls  int // filled by TimeOffOf: calls that stand in it and are not over
}

const hoursColumns = `id, person_id, weekday, start_minute, end_minute, time_zone, valid_from, valid_to, series_id`

func scanHours(r db.Row) (h WeeklyHours, err error) {
	return h, r.Scan(&h.ID, (*string)(&h.PersonID), (*int)(&h.Weekday), &h.Start, &h.End, &h.TimeZone, &h.From, &h.To, &h.Series)
}

// mine refuses who sets hours of another, but for those who administer.
func mine(by account.Actor, of account.PersonID) error {
	if by.IsProgram() || by.ID == of && by.Can(account.HoldCalls) || by.Can(account.ManageProgram) || by.Can(account.ConfirmCalls) {
		return nil
	}
	return fault.New(fault.Denied, "You can only set your own hours.")
}

// AddHours opens a stretch of each week for calls. Who may: the reviewer,
// schedulers, administrators. Hours that overlap others of the same day are
// refused, since neither could be changed without the other in mind.
func AddHours(ctx context.Context, tx *db.Tx, by account.Actor, h WeeklyHours) (WeeklyHours, error) {
	if err := mine(by, h.PersonID); err != nil {
		return h, err
	}
	f := fault.Fields{}
	f.Check(h.Weekday >= time.Sunday && h.Weekday <= time.Saturday, "weekday", "Select a day")
	checkTimes(f, h.Start, h.End)
	_, err := civil.Zone(h.TimeZone)
	f.Check(err == nil && h.TimeZone != "", "time_zone", "Select a time zone")
	if err := f.Err(); err != nil {
		return h, err
	}
	all, err := HoursOf(ctx, tx, h.PersonID)
	if err != nil {
		return h, err
	}
	if err := clash(h, all); err != nil {
		return h, err
	}
	if h.From.IsZero() {
		h.From = civil.DateIn(tx.Now(), time.UTC)
	}
	h.ID = db.NewID("hrs")
	h.Series = h.ID
	if err := insertHours(ctx, tx, h); err != nil {
		return h, err
	}
	return h, auditRecord(ctx, tx, by.Audit("hours.added", "reviewer", string(h.PersonID)))
}

func overlaps(a, b WeeklyHours) bool {
	return (a.To.IsZero() || !a.To.Before(b.From)) && (b.To.IsZero() || !b.To.Before(a.From))
}

// DropHours stops taking bookings in a stretch of hours. Calls booked in it
// stay. Another person's hours are NotFound.
func DropHours(ctx context.Context, tx *db.Tx, by account.Actor, of account.PersonID, id string) error {
	if err := mine(by, of); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from weekly_hours where id = $1 and person_id = $2`, id, string(of))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "We can't find those hours.")
	}
	if err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("hours.dropped", "reviewer", string(of)))
}

// HoursOf returns a reviewer's weekly hours, Sunday first.
func HoursOf(ctx context.Context, tx *db.Tx, of account.PersonID) ([]WeeklyHours, error) {
	return db.All(ctx, tx, scanHours, `select `+hoursColumns+` from weekly_hours where person_id = $1 order by weekday, start_minute, id`, string(of))
}

// AddTimeOff closes a span to new calls. It returns how many calls already
// stand in it: they stay, and somebody must move them.
func AddTimeOff(ctx context.Context, tx *db.Tx, by account.Actor, o TimeOff) (calls int, err error) {
	if err := mine(by, o.PersonID); err != nil {
		return 0, err
	}
	f := fault.Fields{}
	f.Check(!o.Start.IsZero(), "from", "Enter when it begins")
	f.Check(!o.End.IsZero(), "to", "Enter when it ends")
	f.Check(o.End.After(o.Start), "to", "The end must be after the start")
	f.Check(len([]rune(o.Reason)) <= 100, "reason", "The reason must be 100 characters or less")
	if err := f.Err(); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `insert into time_off (id, person_id, starts_at, ends_at, reason) values ($1, $2, $3, $4, $5)`,
		db.NewID("off"), string(o.PersonID), o.Start, o.End, o.Reason)
	if err != nil {
		return 0, err
	}
	if err := auditRecord(ctx, tx, by.Audit("time_off.added", "reviewer", string(o.PersonID))); err != nil {
		return 0, err
	}
	return db.Count(ctx, tx, `select count(*) from call where reviewer_id = $1 and starts_at < $2 and ends_at > $3
		and status in ('requested', 'scheduled', 'confirmed')`, string(o.PersonID), o.End, o.Start)
}

// DropTimeOff opens a span again.
func DropTimeOff(ctx context.Context, tx *db.Tx, by account.Actor, of account.PersonID, id string) error {
	if err := mine(by, of); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from time_off where id = $1 and person_id = $2`, id, string(of))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "We can't find that time off.")
	}
	if err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("time_off.dropped", "reviewer", string(of)))
}

// TimeOffOf returns a reviewer's time off that has not ended, the next first.
func TimeOffOf(ctx context.Context, tx *db.Tx, of account.PersonID) ([]TimeOff, error) {
	return db.All(ctx, tx, func(r db.Row) (o TimeOff, err error) {
		return o, r.Scan(&o.ID, (*string)(&o.PersonID), &o.Start, &o.End, &o.Reason, &o.Calls)
	}, `select id, person_id, starts_at, ends_at, reason, (select count(*) from call where call.reviewer_id = off.person_id and call.starts_at < off.ends_at
			and call.ends_at > off.starts_at and call.ends_at > $2 and call.status in ('requested', 'scheduled', 'confirmed'))
		from time_off off where person_id = $1 and ends_at > $2 order by starts_at, id`, string(of), tx.Now())
}
