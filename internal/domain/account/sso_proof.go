package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A Proof is that an organization says that a mail domain is theirs. Who can
// change a domain's DNS can show it.
type Proof struct {
	OrganizationID, Domain string
	Word                   string // what is to stand in the DNS
	AskedAt                time.Time
	AskedName              string
	LookedAt, ProvenAt     *time.Time // nil for never
}

// Name is where in the DNS the word is looked for.
func (p Proof) Name() string { return "_parley." + p.Domain }

// Value is what is to stand there, as a TXT record.
func (p Proof) Value() string { return "parley-verification=" + p.Word }

// Found reports whether the word is among the TXT records.
func (p Proof) Found(records []string) bool {
	return slices.ContainsFunc(records, func(r string) bool { return strings.TrimSpace(r) == p.Value() })
}

const proofColumns = `organization_id, domain, word, asked_at, asked_name, looked_at, proven_at`

func scanProof(r db.Row) (p Proof, err error) {
	return p, r.Scan(&p.OrganizationID, &p.Domain, &p.Word, &p.AskedAt, &p.AskedName, &p.LookedAt, &p.ProvenAt)
}

// Proofs are an organization's, by domain. Who may: its administrators.
func Proofs(ctx context.Context, tx *db.Tx, by Actor, organizationID string) ([]Proof, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanProof, `select `+proofColumns+` from sso_proof where organization_id = $1 order by domain`, organizationID)
}

// FindProof is the one of a domain, or a NotFound fault. Who may: the
// organization's administrators.
func FindProof(ctx context.Context, tx *db.Tx, by Actor, organizationID, domain string) (Proof, error) {
	all, err := Proofs(ctx, tx, by, organizationID)
	if err != nil {
		return Proof{}, err
	}
	for _, p := range all {
		if p.Domain == domain {
			return p, nil
		}
	}
	return Proof{}, fault.New(fault.NotFound, "We can't find that domain.")
}

// AskProof says that a mail domain is an organization's, and draws the word
// that shows it. The error is Invalid at "domain". Who may: its administrators.
func AskProof(ctx context.Context, tx *db.Tx, by Actor, organizationID, domain string) error {
	have, err := Proofs(ctx, tx, by, organizationID)
	if err != nil {
		return err
	}
	all := Domains(domain)
	f := fault.Fields{}
	f.Check(len(all) == 1, "domain", "Enter one domain, like cedarortho.example")
	f.Check(len(have) < mostDomains, "domain", words.Say("There can be at most %s domains", mostDomains))
	if err := f.Err(); err != nil {
		return err
	}
	f.Check(!slices.ContainsFunc(have, func(p Proof) bool { return p.Domain == all[0] }), "domain", "This domain is in the list already")
	checkDomain(f, "domain", all[0])
	if err := freeDomain(ctx, tx, f, "domain", organizationID, all[0]); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	word, _ := secret.Token()
	if _, err := tx.Exec(ctx, `insert into sso_proof (organization_id, domain, word, asked_at, asked_name) values ($1, $2, $3, $4, $5)`,
		organizationID, all[0], word, tx.Now(), by.Name); err != nil {
		return err
	}
	return proofAudit(ctx, tx, by, "sso.domain_asked", organizationID, all[0])
}

// checkDomain says what is wrong with a mail domain as such.
func checkDomain(f fault.Fields, field, d string) {
	g := fault.Fields{}
	checkEmail(g, "email", "name@"+d)
	f.Check(len(g) == 0 && !strings.ContainsAny(d, "/:@*"), field, words.Say("%s isn't a mail domain. Enter what stands behind the @", d))
	f.Check(!slices.Contains(openMail, d), field, words.Say("Anybody gets an address at %s. Enter a domain that is the organization's own", d))
}

// freeDomain says at field if a domain is another organization's, or if people
// who don't work for this one have accounts with it: whoever vouches for a
// domain could come in as them.
func freeDomain(ctx context.Context, tx *db.Tx, f fault.Fields, field, organizationID, domain string) error {
	taken, err := db.Exists(ctx, tx, `select 1 from sso_domain where domain = $1 and organization_id <> $2`, domain, organizationID)
	if err != nil {
		return err
	}
	f.Check(!taken, field, words.Say("%s belongs to another organization", domain))
	used, err := db.Exists(ctx, tx, `select 1 from person p where p.email like $1 escape '\' and p.disabled_at is null
		and not exists (select 1 from membership m where m.person_id = p.id and m.organization_id = $2)`, "%@"+plainly.Replace(domain), organizationID)
	f.Check(!used, field, words.Say("People who don't work here have accounts with addresses at %s. Call the support line", domain))
	return err
}

// LookUp counts that a domain's DNS is asked, which is done for others: the
// error is TooMany for who asks too often. The caller commits even that.
func LookUp(ctx context.Context, tx *db.Tx, organizationID string) error {
	_, err := limit{"dns|" + organizationID, 60, pause, "", "look-ups"}.count(ctx, tx)
	return err
}

// Looked keeps what was found in a domain's DNS. What was proven stays so. The
// error is Invalid at "domain" if the domain was taken meanwhile. Who may: the
// organization's administrators.
func Looked(ctx context.Context, tx *db.Tx, by Actor, p Proof, found bool) error {
	now, err := FindProof(ctx, tx, by, p.OrganizationID, p.Domain)
	if err != nil {
		return err
	}
	found = found && now.Word == p.Word
	if found && now.ProvenAt == nil {
		f := fault.Fields{}
		if err := freeDomain(ctx, tx, f, "domain", p.OrganizationID, p.Domain); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update sso_proof set proven_at = $1 where organization_id = $2 and domain = $3`, tx.Now(), p.OrganizationID, p.Domain); err != nil {
			return err
		}
		if err := proofAudit(ctx, tx, by, "sso.domain_proven", p.OrganizationID, p.Domain); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `update sso_proof set looked_at = $1 where organization_id = $2 and domain = $3`, tx.Now(), p.OrganizationID, p.Domain)
	return err
}

// DropProof takes a domain back, also from the organization's sign-in, which
// keeps at least one. Who may: its administrators.
func DropProof(ctx context.Context, tx *db.Tx, by Actor, organizationID, domain string) error {
	if _, err := FindProof(ctx, tx, by, organizationID, domain); err != nil {
		return err
	}
	for _, query := range []string{`delete from sso_proof where organization_id = $1 and domain = $2`, `delete from sso_domain where organization_id = $1 and domain = $2`} {
		if _, err := tx.Exec(ctx, query, organizationID, domain); err != nil {
			return err
		}
	}
	c, err := connection(ctx, tx, organizationID)
	if err != nil {
		return err
	}
	if c != nil && len(c.Domains) == 0 {
		return fault.New(fault.Conflict, "This is the last domain of your sign-in. Remove the sign-in first.")
	}
	return proofAudit(ctx, tx, by, "sso.domain_dropped", organizationID, domain)
}

func proofAudit(ctx context.Context, tx *db.Tx, by Actor, action, organizationID, domain string) error {
	e := by.Audit(action, "organization", organizationID)
	e.Detail = domain
	return audit.Record(ctx, tx, e)
}
