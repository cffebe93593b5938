package app

import (
	"cmp"
	"context"
	"fmt"
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

func (c *configurer) setHours(ctx context.Context, tx *db.Tx, r review.Reviewer, hours []SetupHours) error {
	if len(hours) == 0 {
		return nil
	}
	old, err := peer.HoursOf(ctx, tx, r.PersonID)
	if err != nil {
		return err
	}
	for _, h := range old {
		if err := peer.DropHours(ctx, tx, c.by, r.PersonID, h.ID); err != nil {
			return err
		}
	}
	for _, h := range hours {
		weekday, ok := weekdayOf(h.Day)
		from, fromErr := wallMinute(h.From)
		to, toErr := wallMinute(h.To)
		if !ok || fromErr != nil || toErr != nil {
			return fmt.Errorf("hours must read like Monday, 09:00, 12:00, not %s, %s, %s", h.Day, h.From, h.To)
		}
		w := peer.WeeklyHours{PersonID: r.PersonID, Weekday: weekday, Start: from, End: to, TimeZone: cmp.Or(h.TimeZone, r.TimeZone), From: h.First, To: h.Last}
		if _, err := peer.AddHours(ctx, tx, c.by, w); err != nil {
			return err
		}
	}
	return nil
}

func weekdayOf(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == name {
			return d, true
		}
	}
	return 0, false
}
