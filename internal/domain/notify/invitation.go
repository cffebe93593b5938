package notify

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
)

// Invited mails somebody the link by which they join an organization. The link
// is in the mail alone.
func (d *Desk) Invited(ctx context.Context, tx *db.Tx, e account.InvitationSent) error {
	i, token, known, ok, err := account.DrawInvitation(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	next := "Open the link to make your account: your name, a password, and a passkey or an authenticator app."
	if known {
		next = "You have an account here. Open the link, sign in as always, and accept."
	}
	return d.Queue(ctx, tx, Letter{
		Key: "invitation:" + db.NewID("inm"), To: mail.Address{Email: i.Email}, ObjectID: i.ID,
		Subject: "You are invited to join " + i.Organization, Secret: true,
		Lines: []string{i.InvitedName + " invites you to join " + i.Organization + " on " + d.Name + ", where offices ask for authorizations and follow them.",
			next, "The link works once, for 7 days. If you don't know who invites you, ignore this mail."},
		Link: "/invitation/" + token, LinkText: "Open the invitation",
	})
}
