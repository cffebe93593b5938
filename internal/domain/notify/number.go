package notify

import (
	"context"

	"parley/internal/domain/provider"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// NumberAsked faxes a test code to a location's fax number. The code is in the
// fax alone. Without a gateway for faxes the page doesn't offer this.
func (d *Desk) NumberAsked(ctx context.Context, tx *db.Tx, e provider.NumberAsked) error {
	n, code, ok, err := provider.DrawFaxCode(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "number:" + db.NewID("num"), To: mail.Address{Name: n.Organization, Email: faxed + n.Number}, ObjectID: n.LocationID, Language: e.Language,
		Subject: "Test fax: your code", Secret: true,
		Lines: []words.Text{words.Say("To: %s, %s.", n.Organization, n.Location),
			words.Say("Your code is %s. Enter it on the page from which this fax was asked for, within 24 hours. It confirms that this number is yours.", code),
			"If nobody at your office asked for it, you have nothing to do."},
	})
}
