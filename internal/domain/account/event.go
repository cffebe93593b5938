package account

import (
	"context"

	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Change is something about an account that its owner is told, in case it
// was not them. The texts stand in the mail.
type Change string

// Changes that are told.
const (
	NewSignIn        Change = "Somebody signed in from a browser or place that is new for your account."
	ManyFailures     Change = "Somebody tried to sign in to your account many times and failed."
	PasswordChanged  Change = "Your password was changed."
	AuthenticatorSet Change = "An authenticator app was set up for your account."
	CodesRenewed     Change = "New recovery codes were made for your account."
	CodeUsed         Change = "A recovery code was used to sign in to your account."
	PasskeyAdded     Change = "A passkey was added to your account."
	PasskeyRemoved   Change = "A passkey was removed from your account."
	PasskeySuspect   Change = "A passkey of your account was refused because there may be a copy of it. It opens nothing any more. Sign in another way and remove it under Security."
	FactorResetAsked Change = "An administrator of your organization asked to remove your passkeys, authenticator app and recovery codes. If you didn't want that, tell them now."
	FactorReset      Change = "Your passkeys, authenticator app and recovery codes were removed by an administrator. You'll set them up again when you sign in."
)

// SecurityChanged asks that a person be told of a change to their account.
type SecurityChanged struct {
	PersonID PersonID
	What     Change
}

// Kind names the event.
func (SecurityChanged) Kind() string { return "account.security_changed" }

func announce(ctx context.Context, tx *db.Tx, id PersonID, what Change) error {
	return job.Add(ctx, tx, SecurityChanged{id, what})
}

// CodeAsked asks that a code be drawn for a session and mailed. It holds no
// code: see DrawCode.
type CodeAsked struct{ SessionID string }

// Kind names the event.
func (CodeAsked) Kind() string { return "account.code_asked" }
