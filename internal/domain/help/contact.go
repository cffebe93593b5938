package help

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Desk is somebody to reach, and whether they are there now.
type Desk struct {
	Name              string
	For               words.Text // what it is there for, in the program's own words
	Text              string     // what administrators wrote of it
	Phone, Fax, Email string
	Says              string // hours in the plan's own words; "" for none
	Hours             civil.Hours
	Calendar          civil.Calendar // the days on which they work, and the zone of the hours
	Timed             bool           // whether Hours are known
}

// A Standing is whether a desk is open, and until when, or else from when.
type Standing struct {
	Open    bool
	Changes time.Time // zero if it never opens
}

// At is how a desk stands at an instant.
func (d Desk) At(now time.Time) Standing {
	if closes, open := d.Calendar.OpenUntil(now, d.Hours); open {
		return Standing{true, closes}
	}
	next := d.Calendar.AddBusinessTime(now, time.Minute, d.Hours)
	if next.IsZero() {
		return Standing{}
	}
	return Standing{Changes: next.Add(-time.Minute)}
}

// Desks are whom to reach about a plan and a program, by their codes ("" for
// all): the plans themselves, their types with a phone of their own, where
// pages are faxed, and the contacts that administrators entered.
func Desks(ctx context.Context, tx *db.Tx, planCode, programCode string) (all []Desk, err error) {
	plans, err := plan.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	calendars := map[string]civil.Calendar{}
	for _, p := range plans {
		if calendars[p.Code], err = plan.CalendarOf(ctx, tx, p); err != nil {
			return nil, err
		}
		if planCode != "" && planCode != p.Code {
			continue
		}
		some, err := ofPlan(ctx, tx, p, calendars[p.Code])
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, p := range programs {
		if p.Fax != "" && (programCode == "" || programCode == p.Code) {
			all = append(all, Desk{Name: p.Name, For: "For pages of a request, with the cover sheet that the request prints.", Fax: p.Fax})
		}
	}
	shown, err := Shown(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, e := range shown {
		if e.Kind != Contact || !e.For(planCode, programCode) {
			continue
		}
		d, err := e.desk(ctx, tx, calendars)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func ofPlan(ctx context.Context, tx *db.Tx, p plan.Plan, c civil.Calendar) ([]Desk, error) {
	var all []Desk
	if p.Phone != "" {
		all = append(all, Desk{Name: p.Name, Phone: p.Phone, Says: p.Hours, Hours: p.ServiceHours(), Calendar: c, Timed: p.Closes > 0})
	}
	lines, err := plan.LinesOf(ctx, tx, p.ID)
	for _, l := range lines {
		if l.Phone != "" {
			all = append(all, Desk{Name: p.Name + ", " + l.Name, Phone: l.Phone, Says: l.Hours, Hours: p.ServiceHours(), Calendar: c, Timed: p.Closes > 0})
		}
	}
	return all, err
}

// desk is a contact with its calendar: the plan's where it is one plan's, in
// the zone of its hours; else the days on which every plan is closed.
func (e Entry) desk(ctx context.Context, tx *db.Tx, calendars map[string]civil.Calendar) (Desk, error) {
	d := Desk{Name: e.Name, Text: e.Text, Phone: e.Phone, Fax: e.Fax, Email: e.Email, Hours: civil.Hours{Open: e.Opens, Close: e.Closes}, Timed: e.Closes > 0}
	if !d.Timed {
		return d, nil
	}
	zone, err := civil.Zone(e.Zone)
	if err != nil {
		return d, err
	}
	if len(e.Plans) == 1 {
		d.Calendar = civil.Calendar{Zone: zone, Holidays: calendars[e.Plans[0]].Holidays}
		return d, nil
	}
	d.Calendar, err = plan.SharedCalendar(ctx, tx, zone)
	return d, err
}
