package account

import (
	"context"
	"slices"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Post is what somebody does in an organization: their roles, and the
// locations where they work.
type Post struct {
	Roles          []Role
	Locations      []string // none means all
	PractitionerID string   // the practitioner that a clinician is, if one
}

// RolesOf are the roles that people of a kind of organization can be given by
// its administrator, in the order people read them.
func RolesOf(kind string) []Role {
	switch kind {
	case "office":
		return []Role{OfficeStaff, Clinician, OrgAdmin}
	case "site":
		return []Role{Site, OrgAdmin}
	}
	return nil
}

func (p Post) check(kind string) error {
	f := fault.Fields{}
	f.Check(len(p.Roles) > 0, "roles", "Select at least one role")
	for _, r := range p.Roles {
		f.Check(slices.Contains(RolesOf(kind), r), "roles", "Select a role from the list")
	}
	f.Check(p.PractitionerID == "" || slices.Contains(p.Roles, Clinician), "practitioner", "Only a clinician is a practitioner. Select the role too")
	return f.Err()
}

func (p Post) has(r Role) bool { return slices.Contains(p.Roles, r) }

// seats are what a post comes to: each role at each location.
func (p Post) seats(organizationID string) (all []Seat) {
	for _, r := range p.Roles {
		s := Seat{OrganizationID: organizationID, Role: r}
		if r == Clinician {
			s.PractitionerID = p.PractitionerID
		}
		for _, l := range p.Locations {
			at := s
			at.LocationID = l
			all = append(all, at)
		}
		if len(p.Locations) == 0 {
			all = append(all, s)
		}
	}
	return all
}

// postOf is what somebody's seats in an organization come to.
func postOf(seats []Seat, organizationID string) (p Post) {
	for _, s := range seats {
		if s.OrganizationID != organizationID {
			continue
		}
		if !p.has(s.Role) {
			p.Roles = append(p.Roles, s.Role)
		}
		if s.LocationID != "" && !slices.Contains(p.Locations, s.LocationID) {
			p.Locations = append(p.Locations, s.LocationID)
		}
		if s.PractitionerID != "" {
			p.PractitionerID = s.PractitionerID
		}
	}
	return p
}

// A Colleague is somebody of an organization as its administrator sees them.
type Colleague struct {
	Person
	Post
	LastSignIn *time.Time // nil if not in the last three months, which is as long as sessions are kept
}

// Staff are the people of an organization, by name. Who may: its
// administrators.
func Staff(ctx context.Context, tx *db.Tx, by Actor, organizationID string) ([]Colleague, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	team, err := TeamOf(ctx, tx, organizationID)
	if err != nil {
		return nil, err
	}
	var all []Colleague
	for _, t := range team {
		if n := len(all); n > 0 && all[n-1].ID == t.ID { // in a second role or place
			continue
		}
		c, err := colleague(ctx, tx, t.ID, organizationID)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// FindColleague is one of an organization's people. Anybody else is NotFound.
// Who may: its administrators.
func FindColleague(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) (Colleague, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return Colleague{}, err
	}
	return colleague(ctx, tx, id, organizationID)
}

func colleague(ctx context.Context, tx *db.Tx, id PersonID, organizationID string) (c Colleague, err error) {
	if c.Person, err = Get(ctx, tx, id); err != nil && !fault.Is(err, fault.NotFound) {
		return c, err
	}
	seats, err := Seats(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if c.Post = postOf(seats, organizationID); c.ID == "" || c.DisabledAt != nil || len(c.Roles) == 0 {
		return Colleague{}, fault.New(fault.NotFound, "We can't find that person.")
	}
	last, err := db.All(ctx, tx, db.Value[time.Time], `
		select created_at from session where person_id = $1 and verified_at is not null order by created_at desc, id limit 1`, string(id))
	if len(last) > 0 {
		c.LastSignIn = &last[0]
	}
	return c, err
}

// SetPost changes what somebody does in an organization; it counts from their
// next request. Locations and practitioner are known to be the organization's:
// see provider.SetPost. The last administrator stays one. Who may: its
// administrators, but nobody for themselves.
func SetPost(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID, p Post) error {
	was, err := othersPost(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	o, err := GetOrganization(ctx, tx, organizationID)
	if err != nil {
		return err
	}
	if err := p.check(o.Kind); err != nil {
		return err
	}
	if err := replaceSeats(ctx, tx, id, organizationID, p); err != nil {
		return err
	}
	if err := hasAdministrator(ctx, tx, organizationID, was.Post); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.post_changed", id, organizationID)
}

// othersPost is somebody else's post in an organization that by administers.
func othersPost(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) (Colleague, error) {
	c, err := FindColleague(ctx, tx, by, organizationID, id)
	if err == nil && by.ID == id {
		err = fault.New(fault.Denied, "Nobody changes their own roles. Ask another administrator.")
	}
	return c, err
}

func replaceSeats(ctx context.Context, tx *db.Tx, id PersonID, organizationID string, p Post) error {
	tx.Tell(Topic(id))
	if _, err := tx.Exec(ctx, `delete from membership where person_id = $1 and organization_id = $2`, string(id), organizationID); err != nil {
		return err
	}
	if len(p.Roles) > 0 { // whoever is given a post needn't ask to join any more
		if _, err := tx.Exec(ctx, `update join_request set decided_at = $1, accepted = $2 where person_id = $3 and organization_id = $4 and decided_at is null`,
			tx.Now(), true, string(id), organizationID); err != nil {
			return err
		}
	}
	for _, s := range p.seats(organizationID) {
		if err := insertSeat(ctx, tx, id, s); err != nil {
			return err
		}
	}
	return nil
}

// hasAdministrator refuses a change by which an organization lost its last
// administrator.
func hasAdministrator(ctx context.Context, tx *db.Tx, organizationID string, was Post) error {
	if !was.has(OrgAdmin) {
		return nil
	}
	left, err := db.Exists(ctx, tx, `
		select 1 from membership m join person p on p.id = m.person_id
		where m.organization_id = $1 and m.role = $2 and p.disabled_at is null`, organizationID, string(OrgAdmin))
	if err == nil && !left {
		err = fault.New(fault.Conflict, "An organization needs an administrator. Make somebody else one first.")
	}
	return err
}

// Left announces that somebody left an organization, and who goes on with what
// they had; To is "" where there was nobody to name. See app/reactions.go.
type Left struct {
	PersonID       PersonID
	OrganizationID string
	To             PersonID
}

// Kind names the event.
func (Left) Kind() string { return "account.left" }

// Leave ends somebody's work in an organization: their sessions end at once,
// and what they had goes to a colleague. An account with no other role closes.
// Who may: administrators of the organization, but nobody for themselves, and
// not for the last administrator. The error is Invalid at "to" if that is no
// colleague who could go on.
func Leave(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id, to PersonID) error {
	was, err := othersPost(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	if err := mayTakeOver(ctx, tx, organizationID, id, to); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from membership where person_id = $1 and organization_id = $2`, string(id), organizationID); err != nil {
		return err
	}
	if err := hasAdministrator(ctx, tx, organizationID, was.Post); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		update person set disabled_at = $1, left_office = $2, version = version + 1
		where id = $3 and disabled_at is null and not exists (select 1 from membership where person_id = $3)`, tx.Now(), true, string(id)); err != nil {
		return err
	}
	if err := shutOut(ctx, tx, id, ""); err != nil {
		return err
	}
	if err := record(ctx, tx, by, "person.left", id, organizationID); err != nil {
		return err
	}
	return job.Add(ctx, tx, Left{id, organizationID, to})
}

func mayTakeOver(ctx context.Context, tx *db.Tx, organizationID string, from, to PersonID) error {
	wrong := fault.Fields{"to": "Select a colleague who goes on with it"}.Err()
	if to == from {
		return wrong
	}
	who, err := Act(ctx, tx, to)
	if fault.Is(err, fault.NotFound) || err == nil && !who.ActsFor(organizationID) {
		return wrong
	}
	return err
}
