// Package newsletter is about who wants to hear news of the service by mail,
// what is mailed to them, and who takes part in improving it.
package newsletter

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A State is how a subscription stands.
type State string

// States. Pending waits for the address's owner to say yes.
const (
	None    State = ""
	Pending State = "pending"
	Active  State = "active"
	Ended   State = "ended"
)

// A Subscription is somebody's.
type Subscription struct {
	ID       string
	PersonID account.PersonID
	Email    string
	State    State
	AskedAt  time.Time
}

// Asked announces that an address was given whose owner must say yes. The link
// is in the mail alone.
type Asked struct {
	ID       string
	Language words.Language // of the page on which it was given
}

// Kind names the event.
func (Asked) Kind() string { return "newsletter.asked" }

const (
	confirmFor  = 7 * 24 * time.Hour
	mostAsked   = 5 // subscriptions of a person in a day: each could be a mail to a stranger
	mostAddress = 254
)

const columns = `id, person_id, email, state, asked_at`

func scan(r db.Row) (s Subscription, err error) {
	return s, r.Scan(&s.ID, (*string)(&s.PersonID), &s.Email, (*string)(&s.State), &s.AskedAt)
}

// forThemselves reports whether by acts for themselves: nobody subscribes
// somebody else.
func forThemselves(by account.Actor) error {
	if by.Known() && !by.IsProgram() && by.Assists == nil && by.Viewed == nil {
		return nil
	}
	return fault.New(fault.Denied, "Sign in as yourself for this.")
}

// Of is by's subscription; one of state None if there is none.
func Of(ctx context.Context, tx *db.Tx, by account.Actor) (Subscription, error) {
	s, err := db.One(ctx, tx, scan, `select `+columns+` from newsletter_subscription where person_id = $1 and state <> 'ended'`, string(by.ID))
	if fault.Is(err, fault.NotFound) {
		return Subscription{}, nil
	}
	return s, err
}

// Subscribe has the newsletter go to an address, instead of any before. The
// account's own is good at once; another one once its owner said yes. The
// error is Invalid at "email".
func Subscribe(ctx context.Context, tx *db.Tx, by account.Actor, email string) error {
	if err := forThemselves(by); err != nil {
		return err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	a, err := mail.ParseAddress(email)
	f := fault.Fields{}
	f.Check(err == nil && a.Address == email && len(email) <= mostAddress, "email", "Enter an email address, like name@example.com")
	if err := f.Err(); err != nil {
		return err
	}
	n, err := db.Count(ctx, tx, `select count(*) from newsletter_subscription where person_id = $1 and asked_at > $2`, string(by.ID), tx.Now().Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if n >= mostAsked {
		return fault.New(fault.TooMany, "That was changed often today. Try again tomorrow.")
	}
	if _, err := end(ctx, tx, `person_id = $2`, string(by.ID)); err != nil {
		return err
	}
	s := Subscription{ID: db.NewID("nls"), State: Pending}
	var confirmed *time.Time
	if now := tx.Now(); email == strings.ToLower(by.Email) {
		s.State, confirmed = Active, &now
	}
	if _, err := tx.Exec(ctx, `insert into newsletter_subscription (id, person_id, email, state, asked_at, confirmed_at) values ($1, $2, $3, $4, $5, $6)`,
		s.ID, string(by.ID), email, string(s.State), tx.Now(), confirmed); err != nil {
		return err
	}
	e := by.Audit("newsletter.subscribed", "newsletter", s.ID)
	e.Detail = string(s.State)
	if err := audit.Record(ctx, tx, e); err != nil || s.State == Active {
		return err
	}
	return job.Add(ctx, tx, Asked{s.ID, words.Of(ctx)})
}

// Draw makes the token by which a pending subscription is confirmed, for the
// mail that holds it; ok is false if it isn't pending any more.
func Draw(ctx context.Context, tx *db.Tx, e Asked) (s Subscription, token string, ok bool, err error) {
	s, err = db.One(ctx, tx, scan, `select `+columns+` from newsletter_subscription where id = $1`, e.ID)
	if err != nil || s.State != Pending {
		return s, "", false, err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `update newsletter_subscription set token_hash = $1 where id = $2`, hash, s.ID)
	return s, token, true, err
}

// Confirm makes a subscription active, by the token that was mailed to its
// address. It works for 7 days. Who may: whoever has the token.
func Confirm(ctx context.Context, tx *db.Tx, token string) error {
	s, err := ByToken(ctx, tx, token)
	if err != nil || s.State == Active {
		return err
	}
	if _, err := tx.Exec(ctx, `update newsletter_subscription set state = 'active', confirmed_at = $1 where id = $2 and state = 'pending'`, tx.Now(), s.ID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, account.Program().Audit("newsletter.confirmed", "newsletter", s.ID))
}

// ByToken is the subscription that a token confirms, or a NotFound fault.
func ByToken(ctx context.Context, tx *db.Tx, token string) (Subscription, error) {
	s, err := db.One(ctx, tx, scan, `select `+columns+` from newsletter_subscription where token_hash = $1 and token_hash <> '' and state <> 'ended' and asked_at > $2`,
		secret.HashToken(token), tx.Now().Add(-confirmFor))
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "This link is used up or too old. Subscribe again under Help, Newsletter.")
	}
	return s, err
}

// Unsubscribe ends by's own subscription.
func Unsubscribe(ctx context.Context, tx *db.Tx, by account.Actor) error {
	if err := forThemselves(by); err != nil {
		return err
	}
	s, err := Of(ctx, tx, by)
	if err != nil || s.State == None {
		return err
	}
	if _, err := end(ctx, tx, `id = $2`, s.ID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("newsletter.unsubscribed", "newsletter", s.ID))
}

// UnsubscribeAddress ends every subscription to the address of one of them,
// whoever asked for it: no more mail comes there. Ended already is as good.
// The caller has checked the signature of the link that names it.
func UnsubscribeAddress(ctx context.Context, tx *db.Tx, id string) error {
	s, err := db.One(ctx, tx, scan, `select `+columns+` from newsletter_subscription where id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		return nil // it ended so long ago that it was removed
	}
	if err != nil {
		return err
	}
	n, err := end(ctx, tx, `email = $2`, s.Email)
	if err != nil || n == 0 {
		return err
	}
	return audit.Record(ctx, tx, account.Program().Audit("newsletter.unsubscribed", "newsletter", id))
}

func end(ctx context.Context, tx *db.Tx, where, arg string) (int64, error) {
	return tx.Exec(ctx, `update newsletter_subscription set state = 'ended', ended_at = $1 where `+where+` and state <> 'ended'`, tx.Now(), arg)
}
