package worklist

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/infra/db"
)

// An Access is one role of somebody, with all that a reviewer of access asks
// about: what it opens, where, and how and when its owner came in last. Who has
// no role has one line without.
type Access struct {
	PersonID                   account.PersonID
	First, Last, Email         string
	Closed                     bool
	MadeAt                     time.Time
	Organization, Kind         string
	Role                       account.Role
	Location                   string // "" for all
	Sees                       string // "all", "location" or "own": which of the organization's orders
	Limited                    bool
	Scopes                     []string // of staff: plans and programs; none for all
	TOTP, Passkey, MailedCodes bool
	Elsewhere                  bool // they signed in through the organization before
	Keys                       int  // of systems that act with their rights
	LastSignIn                 *time.Time
	LastFactor                 string
}

const accessSelect = `select p.id, p.first_name, p.last_name, p.email, p.disabled_at, p.created_at, o.name, o.kind, m.role, l.name,
	case when m.limited then 'own' else o.sees end, m.limited, o.mailed_codes, p.totp_since,
	exists (select 1 from passkey k where k.person_id = p.id),
	exists (select 1 from sso_identity i where i.person_id = p.id and i.organization_id = m.organization_id),
	(select count(*) from api_key a where a.person_id = p.id and a.ended_at is null and a.expires_at > $1),
	(select s.created_at from session s where s.person_id = p.id and s.verified_at is not null order by s.created_at desc, s.id desc limit 1),
	(select s.factor from session s where s.person_id = p.id and s.verified_at is not null order by s.created_at desc, s.id desc limit 1)
	from person p left join membership m on m.person_id = p.id left join organization o on o.id = m.organization_id left join location l on l.id = m.location_id `

func scanAccess(r db.Row) (a Access, err error) {
	var closed, totp *time.Time
	var organization, kind, role, location, sees, factor *string
	var limited, mailed *bool
	err = r.Scan((*string)(&a.PersonID), &a.First, &a.Last, &a.Email, &closed, &a.MadeAt, &organization, &kind, &role, &location,
		&sees, &limited, &mailed, &totp, &a.Passkey, &a.Elsewhere, &a.Keys, &a.LastSignIn, &factor)
	a.Closed, a.TOTP = closed != nil, totp != nil
	a.Limited, a.MailedCodes = limited != nil && *limited, mailed != nil && *mailed
	for _, f := range []struct {
		to   *string
		from *string
	}{{&a.Organization, organization}, {&a.Kind, kind}, {(*string)(&a.Role), role}, {&a.Location, location}, {&a.Sees, sees}, {&a.LastFactor, factor}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	return a, err
}

// AccessReview is who has access to what: of one organization, to its
// administrators; of all, organizationID "", to operators. That somebody took
// it is on record.
func AccessReview(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string) (all []Access, err error) {
	if organizationID == "" {
		if err := by.Must(account.ManageProgram); err != nil {
			return nil, err
		}
		all, err = db.All(ctx, tx, scanAccess, accessSelect+`where 1 = 1 order by coalesce(o.name, ''), p.last_name, p.first_name, p.id, m.id`, tx.Now())
	} else {
		if err := by.MustAdminister(organizationID); err != nil {
			return nil, err
		}
		all, err = db.All(ctx, tx, scanAccess, accessSelect+`where m.organization_id = $2 order by p.last_name, p.first_name, p.id, m.id`, tx.Now(), organizationID)
	}
	if err != nil {
		return nil, err
	}
	if organizationID == "" {
		if err := addScopes(ctx, tx, all); err != nil {
			return nil, err
		}
	}
	e := by.Audit("access.exported", "organization", organizationID)
	e.Detail = fmt.Sprintf("%d roles", len(all))
	return all, audit.Record(ctx, tx, e)
}

// addScopes says to which plans and programs members of staff are limited.
func addScopes(ctx context.Context, tx *db.Tx, all []Access) error {
	type scope struct {
		person account.PersonID
		words  string
	}
	scopes, err := db.All(ctx, tx, func(r db.Row) (s scope, err error) {
		var plan, program *string
		err = r.Scan((*string)(&s.person), &plan, &program)
		var words []string
		for _, w := range []*string{plan, program} {
			if w != nil {
				words = append(words, *w)
			}
		}
		s.words = strings.Join(words, ", ")
		return s, err
	}, `select x.person_id, pl.name, pr.name from staff_scope x left join plan pl on pl.id = x.plan_id left join program pr on pr.id = x.program_id
		order by x.person_id, pl.name, pr.name`)
	of := map[account.PersonID][]string{}
	for _, s := range scopes {
		of[s.person] = append(of[s.person], s.words)
	}
	for i := range all {
		if all[i].Kind == "um" {
			all[i].Scopes = of[all[i].PersonID]
		}
	}
	return err
}
