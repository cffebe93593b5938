package account

import (
	"context"
	"slices"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// moveSeats gives everybody of From what they come to in Into. Who works for
// both has one post there.
func (m Merging) moveSeats(ctx context.Context, tx *db.Tx, by Actor) error {
	people, err := db.All(ctx, tx, db.Value[PersonID], `select distinct person_id from membership where organization_id = $1 order by person_id`, m.From.ID)
	if err != nil {
		return err
	}
	for _, id := range people {
		all, err := Seats(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from membership where person_id = $1 and organization_id = $2`, string(id), m.From.ID); err != nil {
			return err
		}
		for _, s := range m.seats(all) {
			if err := insertSeat(ctx, tx, id, s); err != nil {
				return err
			}
		}
		tx.Tell(Topic(id))
		if err := record(ctx, tx, by, "person.merged", id, m.From.ID+" into "+m.Into.ID); err != nil {
			return err
		}
	}
	return nil
}

// seats are those in Into that somebody gets for theirs in From: none that one
// they have already covers.
func (m Merging) seats(all []Seat) (add []Seat) {
	have := slices.DeleteFunc(slices.Clone(all), func(s Seat) bool { return s.OrganizationID != m.Into.ID })
	for _, s := range all {
		if s.OrganizationID != m.From.ID {
			continue
		}
		for _, n := range m.moved(s) {
			if !slices.ContainsFunc(have, func(h Seat) bool { return h.covers(n) }) {
				have, add = append(have, n), append(add, n)
			}
		}
	}
	return add
}

// moved is what a seat in From comes to.
func (m Merging) moved(s Seat) []Seat {
	s.OrganizationID = m.Into.ID
	if !m.Narrow {
		return []Seat{s}
	}
	if s.Role == OrgAdmin {
		s.Role = RolesOf(m.From.Kind)[0]
	}
	if s.LocationID != "" || s.Limited || s.Role == Site { // a site's people see what is sent there, wherever they work
		return []Seat{s}
	}
	if len(m.Locations) == 0 {
		s.Limited = true
		return []Seat{s}
	}
	var each []Seat
	for _, l := range m.Locations {
		at := s
		at.LocationID = l
		each = append(each, at)
	}
	return each
}

// covers reports whether who has s needs no n.
func (s Seat) covers(n Seat) bool {
	return s.Role == n.Role && (s.LocationID == "" || s.LocationID == n.LocationID) && (!s.Limited || n.Limited) &&
		(n.PractitionerID == "" || s.PractitionerID == n.PractitionerID)
}

// SignInsDiffer reports whether two organizations have sign-ins of their own
// that are not the same: somebody has to remove one before the two become one.
func SignInsDiffer(ctx context.Context, tx *db.Tx, a, b string) (bool, error) {
	one, err := connection(ctx, tx, a)
	if err != nil || one == nil {
		return false, err
	}
	two, err := connection(ctx, tx, b)
	return err == nil && two != nil && (one.Issuer != two.Issuer || one.ClientID != two.ClientID), err
}

// moveConnection has From's people go on signing in as they did. Its secret is
// sealed anew, since it is bound to the organization; where Into has the same
// sign-in, only the domains and who is who there are added to it.
func (m Merging) moveConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor) error {
	c, err := connection(ctx, tx, m.From.ID)
	if err != nil || c == nil {
		return err
	}
	differ, err := SignInsDiffer(ctx, tx, m.From.ID, m.Into.ID)
	if err == nil && differ {
		err = fault.New(fault.Conflict, "Both have a sign-in of their own, and they differ. Remove one first.")
	}
	if err != nil {
		return err
	}
	there, err := connection(ctx, tx, m.Into.ID)
	if err != nil {
		return err
	}
	if there == nil {
		if err := m.copyConnection(ctx, tx, box, by, *c); err != nil {
			return err
		}
	}
	for _, query := range []string{
		`update sso_domain set organization_id = $1 where organization_id = $2`,
		`insert into sso_identity (organization_id, subject, person_id, linked_at)
			select $1, subject, person_id, linked_at from sso_identity where organization_id = $2 on conflict do nothing`,
	} {
		if _, err := tx.Exec(ctx, query, m.Into.ID, m.From.ID); err != nil {
			return err
		}
	}
	for _, query := range []string{`delete from sso_identity where organization_id = $1`, `delete from sso_visit where organization_id = $1`, `delete from sso where organization_id = $1`} {
		if _, err := tx.Exec(ctx, query, m.From.ID); err != nil {
			return err
		}
	}
	return nil
}

// copyConnection stores From's sign-in as Into's. Who comes for the first time
// gets what From's newcomers got, and where Narrow no more.
func (m Merging) copyConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, c Connection) error {
	plain, err := open(box, c.sealed, ssoContext(m.From.ID))
	if err != nil {
		return err
	}
	c.OrganizationID = m.Into.ID
	if c.sealed, err = seal(box, plain, ssoContext(m.Into.ID)); err != nil {
		return err
	}
	if m.Narrow && len(c.Post.Roles) > 0 && len(c.Post.Locations) == 0 {
		if c.Post.Locations = m.Locations; len(m.Locations) == 0 {
			c.Post.Roles = nil // nobody is let in to see more than their own: they are invited
		}
	}
	c.Domains = nil // they move after it
	return c.store(ctx, tx, by)
}
