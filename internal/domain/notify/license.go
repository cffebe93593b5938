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
	day := civil.DateRange(e.Expires, e.Expires).String()
	subject, says := "Your "+e.State+" license ends in "+strconv.Itoa(e.Days)+" days or less", "ends after "+day+"."
	if e.Days == 0 {
		subject, says = "Your "+e.State+" license has ended", "ended after "+day+"."
	}
	key := "license:" + string(e.PersonID) + ":" + e.State + ":" + e.Expires.String() + ":" + strconv.Itoa(e.Days) + ":"
	if err := d.Queue(ctx, tx, Letter{
		Key: key, To: mail.Address{Name: r.Name, Email: r.Email}, ObjectID: string(r.PersonID), Subject: subject,
		Lines: []string{"By what is on file with " + d.Name + ", your " + e.State + " license " + says,
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
			Key: key + string(p.ID), To: mail.Address{Name: p.Name(), Email: p.Email}, ObjectID: string(r.PersonID), Subject: "A reviewer's license: " + r.Name + ", " + e.State,
			Lines: []string{"The " + e.State + " license of " + r.Name + " " + says + " Calls after that day are named on the page."},
			Link:  "/board/licenses", LinkText: "Open the licenses",
		}); err != nil {
			return err
		}
	}
	return nil
}
