package notify

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// AccountViewed tells somebody that support saw pages as they see them.
func (d *Desk) AccountViewed(ctx context.Context, tx *db.Tx, e account.Viewed) error {
	v, err := account.ViewingOf(ctx, tx, e.ViewingID)
	if err != nil {
		return err
	}
	to, err := account.Get(ctx, tx, v.SeenID)
	if err != nil || to.DisabledAt != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "viewed:" + v.ID, To: mail.Address{Name: to.Name(), Email: to.Email}, ObjectID: string(to.ID),
		Subject: "Support looked at your pages",
		Lines: []words.Text{words.Say("%s saw pages as you see them, to help you or your office. Nothing could be changed, and what was read is on record.", v.ByName),
			"If you didn’t expect that, ask your administrator or our support line."},
		Link: "/", LinkText: "Open Home",
	})
}
