package account

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Joining is that somebody with an account of their own asks to work for an
// organization.
type Joining struct {
	ID                           string
	PersonID                     PersonID
	Name, Email, Phone           string
	OrganizationID, Organization string
	Role                         Role
	TINRight                     bool // they knew its tax ID
	Alone                        bool // nobody there could let them in yet
	AskedAt                      time.Time
	RemindedAt, DecidedAt        *time.Time
	Accepted                     bool
}

// JoinAsked asks that an organization's administrators be told of a request.
type JoinAsked struct {
	JoiningID string
	Again     bool // a reminder
}

// Kind names the event.
func (JoinAsked) Kind() string { return "account.join_asked" }

// JoinDecided asks that somebody be told what became of their request.
type JoinDecided struct{ JoiningID string }

// Kind names the event.
func (JoinDecided) Kind() string { return "account.join_decided" }

// worksThere is true for organizations where somebody works who is known to
// belong there.
const worksThere = `exists (select 1 from membership k join person q on q.id = k.person_id
	where k.organization_id = j.organization_id and k.limited = false and q.disabled_at is null)`

const joiningSelect = `select j.id, j.person_id, p.first_name, p.last_name, p.email, p.phone, j.organization_id, o.name, j.role, j.tin_right,
	not ` + worksThere + `, j.asked_at, j.reminded_at, j.decided_at, j.accepted
	from join_request j join person p on p.id = j.person_id join organization o on o.id = j.organization_id where `

func scanJoining(r db.Row) (j Joining, err error) {
	var first, last string
	var accepted *bool
	err = r.Scan(&j.ID, (*string)(&j.PersonID), &first, &last, &j.Email, &j.Phone, &j.OrganizationID, &j.Organization, (*string)(&j.Role), &j.TINRight,
		&j.Alone, &j.AskedAt, &j.RemindedAt, &j.DecidedAt, &accepted)
	j.Name, j.Accepted = first+" "+last, accepted != nil && *accepted
	return j, err
}

// AskToJoin asks that by may work for an organization. Where somebody works
// already, they decide. Where nobody does, by can start at once and sees their
// own orders alone; a rendering site's people see what others send there, so
// they wait.
func AskToJoin(ctx context.Context, tx *db.Tx, by Actor, organizationID string, r Registration) error {
	o, err := GetOrganization(ctx, tx, organizationID)
	if err != nil {
		return err
	}
	roles := RolesOf(o.Kind)
	if len(roles) == 0 {
		return fault.New(fault.Denied, "Nobody registers for this organization. Ask its administrator.")
	}
	if !slices.Contains(roles, r.Role) {
		r.Role = roles[0]
	}
	j := Joining{ID: db.NewID("joi"), TINRight: r.TIN != "" && r.TIN == o.TIN, Role: r.Role}
	if _, err := tx.Exec(ctx, `insert into join_request (id, person_id, organization_id, role, tin_right, asked_at) values ($1, $2, $3, $4, $5, $6)`,
		j.ID, string(by.ID), organizationID, string(r.Role), j.TINRight, tx.Now()); err != nil {
		return err
	}
	e := by.Audit("join.asked", "organization", organizationID)
	e.Detail = j.ID
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	if j, err = JoiningOf(ctx, tx, j.ID); err != nil {
		return err
	}
	if j.Alone && r.Role != Site {
		return insertSeat(ctx, tx, by.ID, Seat{OrganizationID: organizationID, Role: r.Role, Limited: true})
	}
	return job.Add(ctx, tx, JoinAsked{JoiningID: j.ID})
}

// JoiningOf is the request an event is about.
func JoiningOf(ctx context.Context, tx *db.Tx, id string) (Joining, error) {
	return db.One(ctx, tx, scanJoining, joiningSelect+`j.id = $1`, id)
}

// OwnJoining is by's last request to join, nil if there is none.
func OwnJoining(ctx context.Context, tx *db.Tx, by Actor) (*Joining, error) {
	all, err := db.All(ctx, tx, scanJoining, joiningSelect+`j.person_id = $1 order by j.asked_at desc, j.id desc limit 1`, string(by.ID))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Joinings are the requests to join an organization that nobody decided, the
// oldest first. Who may: its administrators.
func Joinings(ctx context.Context, tx *db.Tx, by Actor, organizationID string) ([]Joining, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanJoining, joiningSelect+`j.organization_id = $1 and j.decided_at is null and p.disabled_at is null order by j.asked_at, j.id`, organizationID)
}

// RemindOfJoining tells the administrators again, once a day at most. Who may:
// who asked.
func RemindOfJoining(ctx context.Context, tx *db.Tx, by Actor) error {
	j, err := OwnJoining(ctx, tx, by)
	if err != nil {
		return err
	}
	if j == nil || j.DecidedAt != nil {
		return fault.New(fault.Conflict, "This was decided meanwhile. Open the page again.")
	}
	last := j.AskedAt
	if j.RemindedAt != nil {
		last = *j.RemindedAt
	}
	if tx.Now().Sub(last) < 24*time.Hour {
		return fault.New(fault.TooMany, "They were told within the last day. Remind them tomorrow, or ask them yourself.")
	}
	if _, err := tx.Exec(ctx, `update join_request set reminded_at = $1 where id = $2`, tx.Now(), j.ID); err != nil {
		return err
	}
	if err := record(ctx, tx, by, "person.join_reminded", by.ID, j.ID); err != nil {
		return err
	}
	return job.Add(ctx, tx, JoinAsked{JoiningID: j.ID, Again: true})
}

// DecideJoining lets somebody in who asked, with the role they asked for, or
// says no. They are told. Who may: administrators of the organization.
func DecideJoining(ctx context.Context, tx *db.Tx, by Actor, organizationID, id string, accept bool) error {
	if err := by.MustAdminister(organizationID); err != nil {
		return err
	}
	all, err := db.All(ctx, tx, scanJoining, joiningSelect+`j.id = $1 and j.organization_id = $2 and j.decided_at is null`, id, organizationID)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "This request was decided meanwhile.")
	}
	j := all[0]
	if err := j.decide(ctx, tx, by, accept); err != nil {
		return err
	}
	action := "person.join_declined"
	if accept {
		action = "person.join_accepted"
	}
	if err := j.seat(ctx, tx, accept); err != nil {
		return err
	}
	if err := record(ctx, tx, by, action, j.PersonID, organizationID); err != nil {
		return err
	}
	return job.Add(ctx, tx, JoinDecided{j.ID})
}

// seat takes the limited seats away and gives the one asked for, but for whom
// an administrator gave another meanwhile.
func (j Joining) seat(ctx context.Context, tx *db.Tx, accept bool) error {
	tx.Tell(Topic(j.PersonID))
	if _, err := tx.Exec(ctx, `delete from membership where person_id = $1 and organization_id = $2 and limited = $3`, string(j.PersonID), j.OrganizationID, true); err != nil || !accept {
		return err
	}
	has, err := db.Exists(ctx, tx, `select 1 from membership where person_id = $1 and organization_id = $2`, string(j.PersonID), j.OrganizationID)
	if err != nil || has {
		return err
	}
	return insertSeat(ctx, tx, j.PersonID, Seat{OrganizationID: j.OrganizationID, Role: j.Role})
}

func (j Joining) decide(ctx context.Context, tx *db.Tx, by Actor, accept bool) error {
	return db.Changed(tx.Exec(ctx, `update join_request set decided_at = $1, accepted = $2, decided_by = $3 where id = $4 and decided_at is null`,
		tx.Now(), accept, string(by.ID), j.ID))
}

// Proven lets by in as the organization's first administrator, because they
// entered a code that came to its number on file: see provider.ProveJoining,
// which checks that. Where somebody works already, they decide.
func Proven(ctx context.Context, tx *db.Tx, by Actor, j Joining) error {
	if !j.Alone || j.PersonID != by.ID || j.DecidedAt != nil {
		return fault.New(fault.Conflict, "Somebody of the organization decides now. They were told.")
	}
	if err := j.decide(ctx, tx, by, true); err != nil {
		return err
	}
	if err := replaceSeats(ctx, tx, by.ID, j.OrganizationID, Post{Roles: []Role{j.Role, OrgAdmin}}); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.join_proven", by.ID, j.OrganizationID)
}
