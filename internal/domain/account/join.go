package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// InvitationOf is the invitation that a link opens, and whether its address has
// an account; a NotFound fault for a link that never was, was used, replaced or
// withdrawn, or has expired.
func InvitationOf(ctx context.Context, tx *db.Tx, token string) (i Invitation, known bool, err error) {
	found, err := db.All(ctx, tx, scanInvitation, openInvitations+`i.token_hash = $1 and i.expires_at > $2`, secret.HashToken(token), tx.Now())
	if err != nil {
		return i, false, err
	}
	if len(found) == 0 {
		return i, false, fault.New(fault.NotFound, "This link doesn't work any more. It works once, for 7 days, and a newer one replaces it. Ask whoever invited you to send it again.")
	}
	c, err := credentialsOf(ctx, tx, "email", found[0].Email)
	return found[0], c.ID != "", err
}

// Join makes an account for somebody invited, who has none: their name, and a
// password that they choose. Having the link proves that the address is
// theirs. An account that closed when its owner left their last office opens
// again. The error is Invalid at "first_name", "last_name", "phone" or "password".
func Join(ctx context.Context, tx *db.Tx, token string, p Person, password string) (Person, error) {
	i, known, err := InvitationOf(ctx, tx, token)
	if err != nil {
		return p, err
	}
	if known {
		return p, fault.New(fault.Conflict, "This address has an account. Sign in to accept the invitation.")
	}
	p.Email = i.Email
	p.Language = chosen(p.Language)
	p = p.tidy()
	f := fault.Fields{}
	p.checkProfile(f)
	if err := secret.CheckPassword(password, "Parley", p.Email, p.FirstName, p.LastName, p.Name(), i.Organization); err != nil {
		f.Check(false, "password", fault.Of(err).Text)
	}
	if err := f.Err(); err != nil {
		return p, err
	}
	if p, err = openAccount(ctx, tx, p); err != nil {
		return p, err
	}
	if err := p.newPassword(ctx, tx, password); err != nil {
		return p, err
	}
	by, err := p.actor(ctx, tx)
	if err != nil {
		return p, err
	}
	return p, i.take(ctx, tx, by)
}

// chosen is what whoever makes an account on a page in l chose by that: nothing
// where it is English, which everybody gets who chose nothing.
func chosen(l words.Language) words.Language {
	if l == words.English {
		return ""
	}
	return l
}

// openAccount stores a new account, or opens one that its owner left.
func openAccount(ctx context.Context, tx *db.Tx, p Person) (Person, error) {
	p.ID, p.CreatedAt = PersonID(db.NewID("per")), tx.Now()
	added, err := insertPerson(ctx, tx, p)
	if err != nil || added {
		return p, err
	}
	old, err := ByEmail(ctx, tx, p.Email)
	if err != nil {
		return p, err
	}
	n, err := tx.Exec(ctx, `
		update person set disabled_at = null, left_office = $1, first_name = $2, last_name = $3, phone = $4, language = case when $5 = '' then language else $5 end, version = version + 1
		where id = $6 and disabled_at is not null and left_office = $7`, false, p.FirstName, p.LastName, p.Phone, string(p.Language), string(old.ID), true)
	if err == nil && n == 0 {
		err = fault.New(fault.Denied, "We can't open an account for this address. Call the support line.")
	}
	p.ID, p.CreatedAt = old.ID, old.CreatedAt
	return p, err
}

// Accept has the owner of the invited address, who is signed in, take up the
// invitation. Anybody else is Denied, as are reviewers and operators, who see
// everybody's members.
func Accept(ctx context.Context, tx *db.Tx, by Actor, token string) (Invitation, error) {
	i, _, err := InvitationOf(ctx, tx, token)
	if err != nil {
		return i, err
	}
	switch {
	case !by.Verified || by.Email != i.Email:
		return i, fault.New(fault.Denied, "This invitation is for another address. Sign out, then open the link again.")
	case by.IsStaff() || by.Assists != nil:
		return i, fault.New(fault.Denied, "Who reviews orders can't join an office with the same account.")
	}
	return i, i.take(ctx, tx, by)
}

// take gives by the post of an invitation, and uses that up.
func (i Invitation) take(ctx context.Context, tx *db.Tx, by Actor) error {
	if err := db.Changed(tx.Exec(ctx, `update invitation set accepted_at = $1, accepted_by = $2, token_hash = null
		where id = $3 and accepted_at is null and withdrawn_at is null`, tx.Now(), string(by.ID), i.ID)); err != nil {
		return err
	}
	if err := replaceSeats(ctx, tx, by.ID, i.OrganizationID, i.Post); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.joined", by.ID, i.OrganizationID+" by "+i.ID)
}
