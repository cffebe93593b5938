package notify

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// FactorWave tells whoever of an organization has not moved from codes by mail
// by when to.
func (d *Desk) FactorWave(ctx context.Context, tx *db.Tx, e account.FactorWaveTells) error {
	w, err := account.WaveByID(ctx, tx, e.WaveID)
	if err != nil || !w.Open() {
		return err
	}
	people, err := account.NotMoved(ctx, tx, w.OrganizationID)
	if err != nil {
		return err
	}
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return err
	}
	key, subject := "factor-wave:"+w.ID+":", words.Text("Codes by mail end: set up a passkey")
	if e.Last {
		key, subject = key+"last:", "One week left: set up a passkey"
	}
	for _, p := range people {
		if err := d.Queue(ctx, tx, Letter{
			Key: key + string(p.ID), To: mail.Address{Name: p.Name(), Email: p.Email}, ObjectID: string(p.ID), Subject: subject,
			Lines: []words.Text{words.Say("You sign in to %s with a code that we mail you. For %s these codes end: %s.", words.Service, w.Organization, civil.When(w.EndsAt, zone, tx.Now())),
				"Until then, sign in as always and add a passkey, or set up an authenticator app, under Security. It takes a minute, and there are no more codes to wait for.",
				"After that day you do so at your next sign-in, before anything else. You go on signing in with this address."},
			Link: "/account/security", LinkText: "Open your security page",
		}); err != nil {
			return err
		}
	}
	return nil
}
