package account

import (
	"context"
	"slices"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
	"parley/internal/infra/secret"
)

// OwnConnection is an organization's sign-in as its administrators see it; nil
// if there is none. Who may: they.
func OwnConnection(ctx context.Context, tx *db.Tx, by Actor, organizationID string) (*Connection, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	return connection(ctx, tx, organizationID)
}

// SaveOwnConnection is SaveConnection by an organization's administrator. It
// vouches for the domains that were proven, and for those that an operator gave
// it. Nobody is led to it before it was tried and turned on, nor after another
// provider was entered: then passwords count again too. Passwords end only
// where some administrator can come in otherwise when the provider is down. The
// error is Invalid as SaveConnection's is. Who may: its administrators.
func SaveOwnConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, c Connection) error {
	before, err := OwnConnection(ctx, tx, by, c.OrganizationID)
	if err != nil {
		return err
	}
	if c.Domains, err = ownDomains(ctx, tx, by, before, c.OrganizationID); err != nil {
		return err
	}
	c.Issuer, c.ClientID, c.Secret = strings.TrimSpace(c.Issuer), strings.TrimSpace(c.ClientID), strings.TrimSpace(c.Secret)
	c.Live = before != nil && before.Live && before.Issuer == c.Issuer && before.ClientID == c.ClientID && c.Secret == ""
	c.Password = !c.Live || c.Password
	if !c.Password && before.Password {
		if before.TriedAt == nil {
			return fault.Fields{"password": "Try it yourself before passwords end"}.Err()
		}
		if err := hasWayOut(ctx, tx, c); err != nil {
			return err
		}
	}
	return saveConnection(ctx, tx, box, by, c)
}

// ownDomains are those that were proven and those that an operator gave.
func ownDomains(ctx context.Context, tx *db.Tx, by Actor, before *Connection, organizationID string) (all []string, err error) {
	proofs, err := Proofs(ctx, tx, by, organizationID)
	for _, p := range proofs {
		if p.ProvenAt != nil {
			all = append(all, p.Domain)
		}
	}
	if before != nil {
		for _, d := range before.Domains {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all, err
}

// hasWayOut refuses to end passwords where no administrator could come in while
// the provider is down: one has a passkey, or an address of another domain.
func hasWayOut(ctx context.Context, tx *db.Tx, c Connection) error {
	type who struct {
		email   string
		passkey bool
	}
	all, err := db.All(ctx, tx, func(r db.Row) (w who, err error) { return w, r.Scan(&w.email, &w.passkey) }, `
		select distinct p.email, exists (select 1 from passkey k where k.person_id = p.id and k.suspect_at is null)
		from person p join membership m on m.person_id = p.id where m.organization_id = $1 and m.role = $2 and p.disabled_at is null`, c.OrganizationID, string(OrgAdmin))
	if err != nil {
		return err
	}
	out := slices.ContainsFunc(all, func(w who) bool {
		return w.passkey || !slices.ContainsFunc(c.Domains, func(d string) bool { return strings.HasSuffix(w.email, "@"+d) })
	})
	f := fault.Fields{}
	f.Check(out, "password", "First an administrator needs a way in when your provider is down: add a passkey under Security")
	return f.Err()
}

// SendTrial begins a sign-in by which an administrator tries what isn't live
// yet, in the browser that they use here. The error is TooMany for who begins
// too many. Who may: the organization's administrators.
func SendTrial(ctx context.Context, tx *db.Tx, by Actor, organizationID, to, address string) (c Connection, e Errand, err error) {
	own, err := OwnConnection(ctx, tx, by, organizationID)
	if err == nil && own == nil {
		err = fault.New(fault.NotFound, "Save the sign-in first.")
	}
	if err != nil {
		return c, e, err
	}
	e, err = sendThrough(ctx, tx, *own, to, address, by.ID)
	return *own, e, err
}

// Trial reports whether an errand tries a sign-in: then nobody comes in by it.
func (r Returned) Trial() bool { return r.triedBy != "" }

// Tried keeps that a sign-in was tried: the provider knows who began it, by the
// same address as here. The error is Denied with what to do. Who may: who began
// it, and still administers the organization.
func (r Returned) Tried(ctx context.Context, tx *db.Tx, by Actor, said openid.Claims) error {
	if r.triedBy != by.ID {
		return denied("Somebody else began this. Try it again from the page of your organization.")
	}
	if err := by.MustAdminister(r.OrganizationID); err != nil {
		return err
	}
	email := tidyEmail(said.Email)
	switch {
	case !said.Verified:
		return denied("It works, but your provider doesn't say that your mail address is verified (email_verified). Nobody could come in.")
	case !slices.ContainsFunc(r.Domains, func(d string) bool { return strings.HasSuffix(email, "@"+d) }):
		return denied("It works, but the mail address that your provider says isn't of a domain that you proved.")
	case email != by.Email:
		return denied("It works, but your provider says another mail address than your account here has. Sign in there as yourself.")
	}
	if _, err := tx.Exec(ctx, `update sso set tried_at = $1, tried_name = $2 where organization_id = $3`, tx.Now(), by.Name, r.OrganizationID); err != nil {
		return err
	}
	return r.record(ctx, tx, by, "sso.tried", "")
}

// TurnOn leads the organization's people to its sign-in, once it was tried as it
// is. Who may: its administrators.
func TurnOn(ctx context.Context, tx *db.Tx, by Actor, organizationID string) error {
	c, err := OwnConnection(ctx, tx, by, organizationID)
	if err != nil {
		return err
	}
	if c == nil || c.TriedAt == nil {
		return fault.New(fault.Conflict, "Try it yourself first.")
	}
	if _, err := tx.Exec(ctx, `update sso set live = $1 where organization_id = $2`, true, organizationID); err != nil {
		return err
	}
	return c.record(ctx, tx, by, "sso.turned_on", "")
}

// RemoveOwnConnection is RemoveConnection by an organization's administrator.
// What was proven of domains stays.
func RemoveOwnConnection(ctx context.Context, tx *db.Tx, by Actor, organizationID string) error {
	c, err := OwnConnection(ctx, tx, by, organizationID)
	if err == nil && c == nil {
		err = fault.New(fault.NotFound, "There is no sign-in to remove.")
	}
	if err != nil {
		return err
	}
	return c.remove(ctx, tx, by)
}
