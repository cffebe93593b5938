package account

import (
	"context"

	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// Changes to an account that its owner is told, in case it was not them. The
// texts stand in the mail.
const (
	NewSignIn        words.Text = "Somebody signed in from a browser or place that is new for your account."
	ManyFailures     words.Text = "Somebody tried to sign in to your account many times and failed."
	PasswordChanged  words.Text = "Your password was changed."
	AuthenticatorSet words.Text = "An authenticator app was set up for your account."
	CodesRenewed     words.Text = "New recovery codes were made for your account."
	CodeUsed         words.Text = "A recovery code was used to sign in to your account."
	PasskeyAdded     words.Text = "A passkey was added to your account."
	PasskeyRemoved   words.Text = "A passkey was removed from your account."
	PasskeySuspect   words.Text = "A passkey of your account was refused because there may be a copy of it. It opens nothing any more. Sign in another way and remove it under Security."
	FactorResetAsked words.Text = "An administrator of your organization asked to remove your passkeys, authenticator app and recovery codes. If you didn't want that, tell them now."
	FactorReset      words.Text = "Your passkeys, authenticator app and recovery codes were removed by an administrator. You'll set them up again when you sign in."
)

// SecurityChanged asks that a person be told of a change to their account.
type SecurityChanged struct {
	PersonID PersonID
	What     words.Text
}

// Kind names the event.
func (SecurityChanged) Kind() string { return "account.security_changed" }

func announce(ctx context.Context, tx *db.Tx, id PersonID, what words.Text) error {
	return job.Add(ctx, tx, SecurityChanged{id, what})
}

// CodeAsked asks that a code be drawn for a session and mailed. It holds no
// code: see DrawCode.
type CodeAsked struct {
	SessionID string
	Language  words.Language // of the page on which it was asked for
}

// Kind names the event.
func (CodeAsked) Kind() string { return "account.code_asked" }
