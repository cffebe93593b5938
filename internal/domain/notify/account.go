package notify

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// SignInCode mails the code that somebody at the sign-in page asked for. The
// code is in the mail alone.
func (d *Desk) SignInCode(ctx context.Context, tx *db.Tx, e account.CodeAsked) error {
	to, code, ok, err := account.DrawCode(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "code:" + db.NewID("cod"), To: mail.Address{Name: to.Name(), Email: to.Email}, ObjectID: string(to.ID), Language: e.Language,
		Subject: "Your sign-in code", Secret: true,
		Lines: []words.Text{words.Say("Your code is %s. It works once, for 10 minutes.", code), "If you didn't try to sign in, change your password: somebody has it."},
	})
}

// AccountChanged tells a person of a change to their account, in case it was
// not them.
func (d *Desk) AccountChanged(ctx context.Context, tx *db.Tx, e account.SecurityChanged) error {
	to, err := account.Get(ctx, tx, e.PersonID)
	if err != nil || to.DisabledAt != nil {
		return err
	}
	// One of a kind in an hour is enough: who guesses passwords must not be
	// able to fill a mailbox.
	key := "account:" + string(e.PersonID) + ":" + string(e.What) + ":" + strconv.FormatInt(tx.Now().Unix()/3600, 10)
	return d.Queue(ctx, tx, Letter{
		Key: key, To: mail.Address{Name: to.Name(), Email: to.Email}, ObjectID: string(to.ID),
		Subject: "A change to your account",
		Lines:   []words.Text{e.What, "If this was you, there is nothing to do. If not, change your password and sign out the other sessions."},
		Link:    "/account/security", LinkText: "Open your security page",
	})
}
