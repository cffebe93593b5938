package notify

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// Invited mails somebody the link by which they join an organization. The link
// is in the mail alone.
func (d *Desk) Invited(ctx context.Context, tx *db.Tx, e account.InvitationSent) error {
	i, token, known, ok, err := account.DrawInvitation(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	next, in := words.Text("You have an account here. Open the link, sign in as always, and accept."), words.Language("")
	if !known { // the best guess is what who invites them reads
		next = "Open the link to make your account: your name, a password, and a passkey or an authenticator app."
		host, err := account.Get(ctx, tx, i.InvitedBy)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		in = host.Language
	}
	return d.Queue(ctx, tx, Letter{
		Key: "invitation:" + db.NewID("inm"), To: mail.Address{Email: i.Email}, ObjectID: i.ID, Language: in,
		Subject: words.Say("You are invited to join %s", i.Organization), Secret: true,
		Lines: []words.Text{words.Say("%s invites you to join %s on %s, where offices ask for authorizations and follow them.", i.InvitedName, i.Organization, words.Service),
			next, "The link works once, for 7 days. If you don't know who invites you, ignore this mail."},
		Link: "/invitation/" + token, LinkText: "Open the invitation",
	})
}
