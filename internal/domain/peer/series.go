package peer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Scope says which sessions of weekly hours a change is about.
type Scope string

// Scopes, as in any calendar. Sessions that are over never change.
const (
	ThisSession  Scope = "this"
	AndFollowing Scope = "following"
	AllSessions  Scope = "all"
)

// A HoursChange gives sessions of weekly hours other times, or ends them.
type HoursChange struct {
	Scope        Scope
	Day          civil.Date // of the session, or of the first one; unused for all
	End          bool       // no more bookings; else the new times
	Start, Until int        // minutes of the day
}

// A Preview is what a change of weekly hours would do.
type Preview struct {
	Hours []WeeklyHours // of the series afterwards, the first first
	Calls []Listed      // that stand where no hours will be: they stay until somebody moves them
}

// Sessions are the next n days on which h holds, from today on.
func Sessions(h WeeklyHours, now time.Time, n int) (days []civil.Date) {
	loc, err := civil.Zone(h.TimeZone)
	if err != nil {
		return nil
	}
	d := civil.DateIn(now, loc)
	if d.Before(h.From) {
		d = h.From
	}
	for ; len(days) < n && (h.To.IsZero() || !d.After(h.To)); d = d.AddDays(1) {
		if d.Weekday() == h.Weekday {
			days = append(days, d)
		}
	}
	return days
}

// on reports whether h has a session on d.
func (h WeeklyHours) on(d civil.Date) bool {
	return d.Weekday() == h.Weekday && !d.Before(h.From) && (h.To.IsZero() || !d.After(h.To))
}

// empty reports whether h has no session at all.
func (h WeeklyHours) empty() bool {
	if h.To.IsZero() {
		return false
	}
	for d := h.From; !d.After(h.To) && d.Before(h.From.AddDays(7)); d = d.AddDays(1) {
		if h.on(d) {
			return false
		}
	}
	return true
}

// revise is a series after a change: every session that it is about has the
// new times or is gone, and every other is as it was.
func revise(series []WeeklyHours, ch HoursChange, today civil.Date) (after []WeeklyHours) {
	first, last := ch.Day, ch.Day
	if ch.Scope != ThisSession {
		last = civil.Date{}
	}
	if ch.Scope == AllSessions {
		first = today
	}
	var end civil.Date // of the whole series; zero for none
	for i, h := range series {
		if h.To.IsZero() || i > 0 && end.IsZero() {
			end = civil.Date{}
		} else if h.To.After(end) {
			end = h.To
		}
		before, behind := h, h
		if before.To.IsZero() || !before.To.Before(first) {
			before.To = first.AddDays(-1)
		}
		after = append(after, before)
		if !last.IsZero() {
			if behind.ID = ""; !behind.From.After(last) {
				behind.From = last.AddDays(1)
			}
			after = append(after, behind)
		}
	}
	if !ch.End && len(series) > 0 {
		changed := series[0]
		changed.ID, changed.From, changed.To, changed.Start, changed.End = "", first, last, ch.Start, ch.Until
		if last.IsZero() {
			changed.To = end
		}
		after = append(after, changed)
	}
	after = slices.DeleteFunc(after, func(h WeeklyHours) bool { return !h.To.IsZero() && h.To.Before(h.From) || h.empty() })
	slices.SortFunc(after, func(a, b WeeklyHours) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Start, b.Start)) })
	return after
}

// PreviewHours is what a change of a series would do, of which id is a part.
// Who may: who may set the hours. Hours of another person are NotFound.
func PreviewHours(ctx context.Context, tx *db.Tx, by account.Actor, of account.PersonID, id string, ch HoursChange) (Preview, error) {
	_, p, err := previewHours(ctx, tx, by, of, id, ch)
	return p, err
}

func previewHours(ctx context.Context, tx *db.Tx, by account.Actor, of account.PersonID, id string, ch HoursChange) (series []WeeklyHours, p Preview, err error) {
	if err := mine(by, of); err != nil {
		return nil, p, err
	}
	all, err := HoursOf(ctx, tx, of)
	if err != nil {
		return nil, p, err
	}
	i := slices.IndexFunc(all, func(h WeeklyHours) bool { return h.ID == id })
	if i < 0 {
		return nil, p, fault.New(fault.NotFound, "We can't find those hours.")
	}
	h := all[i]
	loc, err := civil.Zone(h.TimeZone)
	if err != nil {
		return nil, p, err
	}
	today := civil.DateIn(tx.Now(), loc)
	if err := checkChange(h, ch, today); err != nil {
		return nil, p, err
	}
	var rest []WeeklyHours
	for _, other := range all {
		if other.Series == h.Series {
			series = append(series, other)
		} else {
			rest = append(rest, other)
		}
	}
	slices.SortFunc(series, func(a, b WeeklyHours) int { return a.From.Compare(b.From) })
	p.Hours = revise(series, ch, today)
	for _, n := range p.Hours {
		if n.ID == "" {
			if err := clash(n, rest); err != nil {
				return nil, p, err
			}
		}
	}
	p.Calls, err = losing(ctx, tx, of, all, append(slices.Clone(rest), p.Hours...))
	return series, p, err
}

func checkChange(h WeeklyHours, ch HoursChange, today civil.Date) error {
	f := fault.Fields{}
	f.Check(slices.Contains([]Scope{ThisSession, AndFollowing, AllSessions}, ch.Scope), "scope", "Select which sessions to change")
	f.Check(ch.Scope == AllSessions || h.on(ch.Day) && !ch.Day.Before(today), "day", "Select a session that is to come")
	if !ch.End {
		checkTimes(f, ch.Start, ch.Until)
	}
	return f.Err()
}

func checkTimes(f fault.Fields, start, end int) {
	f.Check(start >= 0 && start < civil.DayMinutes && start%15 == 0, "start", "Enter a start time on a quarter hour, like 9:00 AM")
	f.Check(end > 0 && end <= civil.DayMinutes && end%15 == 0, "end", "Enter an end time on a quarter hour, like 12:00 PM")
	f.Check(end > start, "end", "End time must be after start time")
}

// clash refuses hours that overlap others of the same day.
func clash(h WeeklyHours, others []WeeklyHours) error {
	for _, o := range others {
		if o.Weekday == h.Weekday && o.Start < h.End && h.Start < o.End && overlaps(o, h) {
			return fault.Fields{"start": words.Say("This overlaps %s %s to %s. Change it or choose another time", h.Weekday.String(), civil.MinuteOfDay(o.Start), civil.MinuteOfDay(o.End))}.Err()
		}
	}
	return nil
}

// losing are the calls to come that hours cover now and would not afterwards.
func losing(ctx context.Context, tx *db.Tx, of account.PersonID, now, then []WeeklyHours) ([]Listed, error) {
	calls, err := listed(ctx, tx, "", `call.reviewer_id = $1 and call.starts_at > $2 and call.status in ('requested', 'scheduled', 'confirmed')`,
		"call.starts_at, call.id", string(of), tx.Now())
	if err != nil {
		return nil, err
	}
	old, err := weekliesOf(now)
	if err != nil {
		return nil, err
	}
	fresh, err := weekliesOf(then)
	return slices.DeleteFunc(calls, func(c Listed) bool {
		s := Slot{Start: c.StartsAt, Minutes: c.Minutes()}
		return !covers(old, s) || covers(fresh, s)
	}), err
}

func weekliesOf(all []WeeklyHours) (weekly []Weekly, err error) {
	for _, h := range all {
		w, err := h.weekly()
		if err != nil {
			return nil, err
		}
		weekly = append(weekly, w)
	}
	return weekly, nil
}

// weekly is h as the engine reads it.
func (h WeeklyHours) weekly() (Weekly, error) {
	zone, err := civil.Zone(h.TimeZone)
	return Weekly{Weekday: h.Weekday, From: h.Start, Until: h.End, Zone: zone, ValidFrom: h.From, ValidUntil: h.To}, err
}

// covers reports whether all of s lies in some hours.
func covers(weekly []Weekly, s Slot) bool {
	in := NewHorizon(s.Start, s.End())
	starts := Free(Hours{Weekly: weekly}, in).Erode(s.Minutes / int(Quantum/time.Minute))
	at := in.index(floorDiv(s.Start.Unix(), quantumSec))
	return starts[at/64]>>(at%64)&1 == 1
}

// ChangeHours changes sessions of a series, of which id is a part. Calls that
// are booked stay where they are. It returns those that stand where no hours
// are any more. Who may: who may set the hours.
func ChangeHours(ctx context.Context, tx *db.Tx, by account.Actor, of account.PersonID, id string, ch HoursChange) (stand []Listed, err error) {
	was, p, err := previewHours(ctx, tx, by, of, id, ch)
	if err != nil {
		return nil, err
	}
	for _, h := range was {
		if _, err := tx.Exec(ctx, `delete from weekly_hours where id = $1 and person_id = $2`, h.ID, string(of)); err != nil {
			return nil, err
		}
	}
	for _, h := range p.Hours {
		if h.ID == "" {
			h.ID = db.NewID("hrs")
		}
		if err := insertHours(ctx, tx, h); err != nil {
			return nil, err
		}
	}
	e := by.Audit("hours.changed", "reviewer", string(of))
	e.Detail = strings.TrimSpace(string(ch.Scope) + " " + ch.Day.String() + map[bool]string{true: " ended"}[ch.End])
	return p.Calls, auditRecord(ctx, tx, e)
}

func insertHours(ctx context.Context, tx *db.Tx, h WeeklyHours) error {
	_, err := tx.Exec(ctx, `insert into weekly_hours (`+hoursColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		h.ID, string(h.PersonID), int(h.Weekday), h.Start, h.End, h.TimeZone, h.From, h.To, h.Series)
	return err
}
