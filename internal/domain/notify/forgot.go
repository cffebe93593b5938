package notify

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// ResetAsked mails somebody the link by which they choose a new password, or
// says whom to ask where a mailbox alone must not be enough. The link is in the
// mail alone.
func (d *Desk) ResetAsked(ctx context.Context, tx *db.Tx, e account.ResetAsked) error {
	to, token, ok, err := account.DrawReset(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	l := Letter{
		Key: "reset:" + db.NewID("rsm"), To: mail.Address{Name: to.Name(), Email: to.Email}, ObjectID: string(to.ID), Language: e.Language,
		Subject: "Choose a new password", Secret: true,
		Lines: []words.Text{"Open the link to choose a new password. It works once, for 60 minutes. You then enter a code as always.",
			"If you didn't ask for this, ignore it: your password stays what it is."},
		Link: "/reset/" + token, LinkText: "Choose a new password",
	}
	if token == "" {
		l.Lines = []words.Text{"Somebody asked for a new password for your account. Your codes come to this mailbox too, so we don't send a link on request: your administrator sends it, once they know that it is you.",
			"If you didn't ask for this, there is nothing to do."}
		l.Link, l.LinkText = "/help#sign-in", "Read how to sign in"
	}
	return d.Queue(ctx, tx, l)
}
