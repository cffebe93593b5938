package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

func (c *configurer) setReviewers(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Reviewers {
		if err := c.setReviewer(ctx, tx, in); err != nil {
			return about("reviewer "+in.Email, err)
		}
	}
	return nil
}

func (c *configurer) setReviewer(ctx context.Context, tx *db.Tx, in SetupReviewer) error {
	p, err := account.ByEmail(ctx, tx, in.Email)
	if fault.Is(err, fault.NotFound) && in.FirstName != "" {
		p, err = account.AddPerson(ctx, tx, c.by, account.Person{Email: in.Email, FirstName: in.FirstName, LastName: in.LastName, Credential: in.Credential})
	}
	if err != nil {
		return err
	}
	r := review.Reviewer{PersonID: p.ID, NPI: in.NPI, Specialty: in.Specialty, TimeZone: in.TimeZone, Physician: in.Physician, DailyCalls: max(1, in.Daily), WeeklyCalls: in.Weekly, GapMinutes: in.Gap,
		Weight: max(1, in.Weight), Lines: in.Lines, Languages: in.Languages, Active: !in.Inactive}
	for _, l := range in.Licenses {
		r.Licenses = append(r.Licenses, review.License{State: l.State, Number: l.Number, Expires: l.Expires})
	}
	for _, code := range in.Programs {
		program, ok := c.programs[code]
		if !ok {
			return fmt.Errorf("program %q is unknown", code)
		}
		r.Programs = append(r.Programs, program.ID)
	}
	for _, code := range in.Plans {
		p, ok := c.plans[code]
		if !ok {
			return fmt.Errorf("plan %q is unknown", code)
		}
		r.Plans = append(r.Plans, p.ID)
	}
	if err := review.Save(ctx, tx, c.by, r); err != nil {
		return err
	}
	return c.setHours(ctx, tx, r, in.Hours)
}

// setHours has a reviewer's hours be those of the file, if it has any. What is so
// already is left as it is.
func (c *configurer) setHours(ctx context.Context, tx *db.Tx, r review.Reviewer, hours []SetupHours) error {
	if len(hours) == 0 {
		return nil
	}
	old, err := peer.HoursOf(ctx, tx, r.PersonID)
	if err != nil {
		return err
	}
	var fresh []peer.WeeklyHours
	for _, h := range hours {
		w, err := weeklyHours(r, h)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(old, func(o peer.WeeklyHours) bool { return sameHours(o, w) })
		if i >= 0 {
			old = slices.Delete(old, i, i+1)
		} else {
			fresh = append(fresh, w)
		}
	}
	for _, h := range old {
		if err := peer.DropHours(ctx, tx, c.by, r.PersonID, h.ID); err != nil {
			return err
		}
	}
	for _, w := range fresh {
		if _, err := peer.AddHours(ctx, tx, c.by, w); err != nil {
			return err
		}
	}
	return nil
}

func weeklyHours(r review.Reviewer, h SetupHours) (w peer.WeeklyHours, err error) {
	weekday, ok := weekdayOf(h.Day)
	from, fromErr := wallMinute(h.From)
	to, toErr := wallMinute(h.To)
	if !ok || fromErr != nil || toErr != nil {
		return w, fmt.Errorf("hours must read like Monday, 09:00, 12:00, not %s, %s, %s", h.Day, h.From, h.To)
	}
	return peer.WeeklyHours{PersonID: r.PersonID, Weekday: weekday, Start: from, End: to, TimeZone: cmp.Or(h.TimeZone, r.TimeZone), From: h.First, To: h.Last}, nil
}

// sameHours reports whether hours that are there are what a file asks for. One
// that names no first day asks for hours from some day on.
func sameHours(there, asked peer.WeeklyHours) bool {
	return there.Weekday == asked.Weekday && there.Start == asked.Start && there.End == asked.End && there.TimeZone == asked.TimeZone && there.To == asked.To &&
		(asked.From.IsZero() || there.From == asked.From)
}

func weekdayOf(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == name {
			return d, true
		}
	}
	return 0, false
}
