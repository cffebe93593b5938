package account

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/fetch"
	"parley/internal/infra/openid"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A Connection is that an organization's people sign in where it keeps their
// accounts, by OpenID Connect. It vouches for mail addresses of its domains.
type Connection struct {
	OrganizationID, Organization, Kind string
	Domains                            []string
	Issuer, ClientID                   string
	Secret                             string // to be kept; "" keeps the one there is. It is never read back
	Second                             bool   // their sign-in asks for a second factor
	Password                           bool   // people of the domains may use a password here too
	Post                               Post   // what somebody does who comes for the first time; no role for nobody new
	ChangedAt                          time.Time
	ChangedName                        string
	Known                              int        // people who came in by it
	Live                               bool       // people are led to it
	TriedAt                            *time.Time // as it is; nil for never
	TriedName                          string
	sealed                             string
}

const mostDomains = 20

// openMail are domains where anybody gets an address.
var openMail = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.com", "mail.com", "zoho.com", "comcast.net", "verizon.net", "att.net"}

// Domains takes mail domains from what was typed, each once.
func Domains(text string) (all []string) {
	for _, d := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }) {
		if d = strings.TrimPrefix(d, "@"); d != "" && !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	return all
}

const connectionColumns = `s.organization_id, o.name, o.kind, s.issuer, s.client_id, s.secret_sealed, s.second, s.password, s.post, s.changed_at, s.changed_name, s.live, s.tried_at, s.tried_name,
	(select count(*) from sso_identity i where i.organization_id = s.organization_id)`

func scanConnection(r db.Row) (c Connection, err error) {
	var post string
	if err := r.Scan(&c.OrganizationID, &c.Organization, &c.Kind, &c.Issuer, &c.ClientID, &c.sealed, &c.Second, &c.Password, &post, &c.ChangedAt, &c.ChangedName, &c.Live, &c.TriedAt, &c.TriedName, &c.Known); err != nil || post == "" {
		return c, err
	}
	return c, json.Unmarshal([]byte(post), &c.Post)
}

const connectionFrom = ` from sso s join organization o on o.id = s.organization_id `

// Connections are all there are, by the organization's name. Who may: operators.
func Connections(ctx context.Context, tx *db.Tx, by Actor) ([]Connection, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	all, err := db.All(ctx, tx, scanConnection, `select `+connectionColumns+connectionFrom+`order by o.name, o.id`)
	if err != nil {
		return nil, err
	}
	type belongs struct{ domain, organization string }
	domains, err := db.All(ctx, tx, func(r db.Row) (b belongs, err error) { return b, r.Scan(&b.domain, &b.organization) },
		`select domain, organization_id from sso_domain order by domain`)
	for i := range all {
		for _, d := range domains {
			if d.organization == all[i].OrganizationID {
				all[i].Domains = append(all[i].Domains, d.domain)
			}
		}
	}
	return all, err
}

// ConnectionOf is an organization's; nil if there is none. Who may: operators.
func ConnectionOf(ctx context.Context, tx *db.Tx, by Actor, organizationID string) (*Connection, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return connection(ctx, tx, organizationID)
}

func connection(ctx context.Context, tx *db.Tx, organizationID string) (*Connection, error) {
	all, err := db.All(ctx, tx, scanConnection, `select `+connectionColumns+connectionFrom+`where s.organization_id = $1`, organizationID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	all[0].Domains, err = db.All(ctx, tx, db.Value[string], `select domain from sso_domain where organization_id = $1 order by domain`, organizationID)
	return &all[0], err
}

// ConnectionFor is the one that vouches for a mail address, or for a domain;
// nil if none does, or is live. It says nothing about whether there is an account.
func ConnectionFor(ctx context.Context, tx *db.Tx, address string) (*Connection, error) {
	address = tidyEmail(address)
	domain := address[strings.LastIndexByte(address, '@')+1:]
	all, err := db.All(ctx, tx, scanConnection, `select `+connectionColumns+connectionFrom+`where s.live = $2 and s.organization_id = (select organization_id from sso_domain where domain = $1)`, domain, true)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	all[0].Domains = []string{domain}
	return &all[0], nil
}

// AnyConnection reports whether anybody signs in through an organization.
func AnyConnection(ctx context.Context, tx *db.Tx) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from sso where live = $1`, true)
}

// SaveConnection stores how an organization's people sign in there. Another
// issuer or client has people recognized anew, and takes the secret again: it
// must not be sent to an address that somebody else typed in. The error is
// Invalid at "domains", "issuer", "client", "secret", "role" or "password". The
// places of the post are known to be the organization's: see
// provider.SaveConnection. Who may: operators.
func SaveConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, c Connection) error {
	if err := by.Must(ManageProgram); err != nil {
		return err
	}
	c.Live = true
	return saveConnection(ctx, tx, box, by, c)
}

func saveConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, c Connection) error {
	o, err := GetOrganization(ctx, tx, c.OrganizationID)
	if err != nil {
		return err
	}
	before, err := connection(ctx, tx, c.OrganizationID)
	if err != nil {
		return err
	}
	c.Issuer, c.ClientID, c.Secret = strings.TrimSpace(c.Issuer), strings.TrimSpace(c.ClientID), strings.TrimSpace(c.Secret)
	moved := before == nil || before.Issuer != c.Issuer || before.ClientID != c.ClientID
	if err := c.check(ctx, tx, o.Kind, moved); err != nil {
		return err
	}
	if c.Secret != "" {
		if c.sealed, err = seal(box, c.Secret, ssoContext(c.OrganizationID)); err != nil {
			return err
		}
	} else {
		c.sealed = before.sealed
	}
	if before != nil && !moved && c.Secret == "" {
		c.TriedAt, c.TriedName = before.TriedAt, before.TriedName
	}
	if err := c.store(ctx, tx, by); err != nil {
		return err
	}
	if moved && before != nil {
		if err := c.forgetPeople(ctx, tx); err != nil {
			return err
		}
	}
	return c.record(ctx, tx, by, "sso.saved", c.words())
}

func ssoContext(organizationID string) string { return "sso|" + organizationID }

func (c Connection) check(ctx context.Context, tx *db.Tx, kind string, moved bool) error {
	f := fault.Fields{}
	f.Check(len(c.Domains) > 0, "domains", "Enter the domain of their mail addresses, like cedarortho.example")
	f.Check(len(c.Domains) <= mostDomains, "domains", words.Say("Enter at most %s domains", mostDomains))
	for _, d := range c.Domains {
		checkDomain(f, "domains", d)
	}
	if len(c.Domains) > 0 && len(c.Domains) <= mostDomains {
		list, args := db.In(2, c.Domains)
		taken, err := db.All(ctx, tx, db.Value[string], `select domain from sso_domain where organization_id <> $1 and domain in `+list+` order by domain`, append([]any{c.OrganizationID}, args...)...)
		if err != nil {
			return err
		}
		f.Check(len(taken) == 0, "domains", words.Say("%s belongs to another organization", strings.Join(taken, ", ")))
	}
	_, err := fetch.Address(c.Issuer)
	f.Check(err == nil && strings.HasPrefix(c.Issuer, "https://") && !strings.ContainsAny(c.Issuer, "?#"), "issuer", "Enter an address on the internet that begins with https://, as the provider writes its issuer")
	f.Check(c.ClientID != "" && len(c.ClientID) <= 255, "client", "Enter the client ID that the provider gave this service")
	f.Check(c.Secret != "" || !moved, "secret", "Enter the client secret")
	f.Check(len(c.Secret) <= 1000, "secret", "Client secret must be 1,000 characters or less")
	for _, r := range c.Post.Roles {
		f.Check(slices.Contains(NewcomerRoles(kind), r), "role", "Select a role from the list")
	}
	f.Check(len(c.Post.Roles) <= 1, "role", "Select one role")
	f.Check(c.Password || kind != "um", "password", "Keep passwords for those who run the service: else nobody can come in when the provider is down")
	return f.Err()
}

// NewcomerRoles are what somebody can be who comes in by themselves: nobody
// starts as an administrator, and nobody as staff.
func NewcomerRoles(kind string) []Role {
	return slices.DeleteFunc(slices.Clone(RolesOf(kind)), func(r Role) bool { return r == OrgAdmin })
}

func (c Connection) store(ctx context.Context, tx *db.Tx, by Actor) error {
	post := ""
	if len(c.Post.Roles) > 0 {
		text, err := json.Marshal(Post{Roles: c.Post.Roles, Locations: c.Post.Locations})
		if err != nil {
			return err
		}
		post = string(text)
	}
	if _, err := tx.Exec(ctx, `
		insert into sso (organization_id, issuer, client_id, secret_sealed, second, password, post, changed_at, changed_by, changed_name, live, tried_at, tried_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		on conflict (organization_id) do update set issuer = excluded.issuer, client_id = excluded.client_id, secret_sealed = excluded.secret_sealed,
			second = excluded.second, password = excluded.password, post = excluded.post, changed_at = excluded.changed_at,
			changed_by = excluded.changed_by, changed_name = excluded.changed_name, live = excluded.live, tried_at = excluded.tried_at, tried_name = excluded.tried_name`,
		c.OrganizationID, c.Issuer, c.ClientID, c.sealed, c.Second, c.Password, post, tx.Now(), string(by.ID), by.Name, c.Live, c.TriedAt, c.TriedName); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from sso_domain where organization_id = $1`, c.OrganizationID); err != nil {
		return err
	}
	for _, d := range c.Domains {
		if _, err := tx.Exec(ctx, `insert into sso_domain (domain, organization_id) values ($1, $2)`, d, c.OrganizationID); err != nil {
			return err
		}
	}
	return nil
}

// words are a connection as the audit keeps it.
func (c Connection) words() string {
	text := strings.Join(c.Domains, ", ") + "; " + c.Issuer
	if c.Second {
		text += "; second factor there"
	}
	if !c.Password {
		text += "; no passwords"
	}
	if !c.Live {
		text += "; not turned on"
	}
	for _, r := range c.Post.Roles {
		text += "; new people: " + string(r)
	}
	return text
}

func (c Connection) record(ctx context.Context, tx *db.Tx, by Actor, action, detail string) error {
	e := by.Audit(action, "organization", c.OrganizationID)
	e.Detail = detail
	return audit.Record(ctx, tx, e)
}

// RecognizeAnew forgets who is who there, for when the provider gave people
// new subjects: each is recognized by their mail address once more. Who may:
// operators.
func RecognizeAnew(ctx context.Context, tx *db.Tx, by Actor, organizationID string) error {
	c, err := mustConnection(ctx, tx, by, organizationID)
	if err != nil {
		return err
	}
	if err := c.forgetPeople(ctx, tx); err != nil {
		return err
	}
	return c.record(ctx, tx, by, "sso.recognize_anew", "")
}

func (c Connection) forgetPeople(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `delete from sso_identity where organization_id = $1`, c.OrganizationID)
	return err
}

// RemoveConnection ends signing in through an organization. Accounts and open
// sessions stay. Who may: operators.
func RemoveConnection(ctx context.Context, tx *db.Tx, by Actor, organizationID string) error {
	c, err := mustConnection(ctx, tx, by, organizationID)
	if err != nil {
		return err
	}
	return c.remove(ctx, tx, by)
}

func (c Connection) remove(ctx context.Context, tx *db.Tx, by Actor) error {
	for _, query := range []string{`delete from sso_visit where organization_id = $1`, `delete from sso_identity where organization_id = $1`,
		`delete from sso_domain where organization_id = $1`, `delete from sso where organization_id = $1`} {
		if _, err := tx.Exec(ctx, query, c.OrganizationID); err != nil {
			return err
		}
	}
	return c.record(ctx, tx, by, "sso.removed", strings.Join(c.Domains, ", "))
}

func mustConnection(ctx context.Context, tx *db.Tx, by Actor, organizationID string) (Connection, error) {
	c, err := ConnectionOf(ctx, tx, by, organizationID)
	if err == nil && c == nil {
		err = fault.New(fault.NotFound, "This organization has no sign-in of its own here.")
	}
	if err != nil {
		return Connection{}, err
	}
	return *c, nil
}

// Party is this program as the connection's provider knows it.
func (c Connection) Party(box *secret.Box, callback string) (openid.Party, error) {
	plain, err := open(box, c.sealed, ssoContext(c.OrganizationID))
	return openid.Party{Issuer: c.Issuer, ClientID: c.ClientID, Secret: plain, Callback: callback}, err
}
