package notify

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// soonLicense is how many days before the end those who keep licenses are told
// too.
const soonLicense = 7

// LicenseEnding tells a reviewer that a license of theirs ends, and when it is
// soon, or over, those who keep licenses. One that was changed meanwhile is no
// news.
func (d *Desk) LicenseEnding(ctx context.Context, tx *db.Tx, e review.LicenseEnding) error {
	r, err := review.Get(ctx, tx, e.PersonID)
	if fault.Is(err, fault.NotFound) || err == nil && (r.Of(e.State).Expires != e.Expires || !r.Active) {
		return nil
	}
	if err != nil {
		return err
	}
	day := civil.DateRange(e.Expires, e.Expires)
	subject := words.Say("Your %s license ends in %s days or less", e.State, e.Days)
	own := words.Say("By what is on file with %s, your %s license ends after %s.", words.Service, e.State, day)
	theirs := words.Say("The %s license of %s ends after %s. Calls after that day are named on the page.", e.State, r.Name, day)
	if e.Days == 0 {
		subject = words.Say("Your %s license has ended", e.State)
		own = words.Say("By what is on file with %s, your %s license ended after %s.", words.Service, e.State, day)
		theirs = words.Say("The %s license of %s ended after %s. Calls after that day are named on the page.", e.State, r.Name, day)
	}
	key := "license:" + string(e.PersonID) + ":" + e.State + ":" + e.Expires.String() + ":" + strconv.Itoa(e.Days) + ":"
	if err := d.Queue(ctx, tx, Letter{
		Key: key, To: mail.Address{Name: r.Name, Email: r.Email}, ObjectID: string(r.PersonID), Subject: subject,
		Lines: []words.Text{own,
			"Send your supervisor the renewed license. Without one that holds you can't decide against a request, and calls of that state go to others."},
	}); err != nil || e.Days > soonLicense {
		return err
	}
	keepers, err := account.Having(ctx, tx, account.Supervisor, account.Admin)
	if err != nil {
		return err
	}
	for _, p := range keepers {
		if err := d.Queue(ctx, tx, Letter{
			Key: key + string(p.ID), To: mail.Address{Name: p.Name(), Email: p.Email}, ObjectID: string(r.PersonID), Subject: words.Say("A reviewer's license: %s, %s", r.Name, e.State),
			Lines: []words.Text{theirs},
			Link:  "/board/licenses", LinkText: "Open the licenses",
		}); err != nil {
			return err
		}
	}
	return nil
}
