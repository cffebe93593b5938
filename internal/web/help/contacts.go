package help

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/help"
	"parley/internal/domain/plan"
	"parley/internal/web"
	"parley/internal/words"
)

// contactsPage is whom to reach.
type contactsPage struct {
	chooser
	desks []help.Desk
	now   time.Time
	zone  *time.Location // in which now is shown
}

func showContacts(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := openChooser(ctx, r, "/help/contacts")
	if err != nil {
		return web.Answer{}, err
	}
	if c.programs, err = plan.Programs(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	for _, p := range c.programs {
		if p.Code == r.Query("program") {
			c.program = p.Code
		}
	}
	p := &contactsPage{chooser: c, now: r.Tx.Now(), zone: c.zone(r)}
	p.desks, err = help.Desks(ctx, r.Tx, c.plan.Code, c.program)
	return web.Answer{Title: "Whom to call or write to", Body: contactsView(p, r.Settings.Support)}, err
}

// standing says in words whether a desk is open, and until when.
func standing(d help.Desk, now time.Time) (open bool, text words.Text) {
	s := d.At(now)
	switch {
	case s.Open:
		return true, words.Say("until %s", civil.Clock(s.Changes, d.Calendar.Zone))
	case s.Changes.IsZero():
		return false, ""
	}
	return false, words.Say("opens %s", civil.NearWithin(s.Changes, d.Calendar.Zone, now))
}

// hours are a desk's in words.
func hours(d help.Desk, now time.Time) words.Text {
	return words.Say("Business days, %s to %s %s", civil.MinuteOfDay(d.Hours.Open), civil.MinuteOfDay(d.Hours.Close), civil.ShortZone(d.Calendar.Zone, now))
}
