package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Viewing is how an administrator stands who sees what somebody of an office
// sees, to help them: for a while, with a reason, and without being able to
// change anything. Pages only read for them, and what would be written in
// passing, such as that a message was read, is not.
type Viewing struct {
	ID     string
	ByID   PersonID // who looks
	ByName string
	Reason string
	EndsAt time.Time
	SeenID PersonID // through whose eyes
}

// viewFor is how long one look lasts.
const viewFor = 30 * time.Minute

// Viewed announces that somebody's pages are seen as they see them. See
// app/reactions.go.
type Viewed struct{ ViewingID string }

// Kind names the event.
func (Viewed) Kind() string { return "account.viewed" }

// SeeAs has by see, in the session they ask from and for half an hour, what
// somebody of an office sees. It is in the audit, with the reason, and the
// person hears of it. Who may: administrators; not for staff, nor for anybody
// whose account is closed. The error is Invalid at "reason", NotFound for a
// stranger.
func SeeAs(ctx context.Context, tx *db.Tx, v Visit, who PersonID, reason string) error {
	if err := v.By.mustManage(); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	f := fault.Fields{}
	f.Check(reason != "", "reason", "Say why you need to see it")
	f.Check(len([]rune(reason)) <= 300, "reason", "The reason must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	seen, err := Act(ctx, tx, who)
	if err != nil {
		return err
	}
	if !Seeable(seen.Seats) {
		return fault.New(fault.Denied, "Only what people of offices see can be shown.")
	}
	if err := closeViewing(ctx, tx, v.SessionID); err != nil {
		return err
	}
	id := db.NewID("vwg")
	if _, err := tx.Exec(ctx, `insert into viewing (id, session_id, person_id, person_name, seen_id, reason, began_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, v.SessionID, string(v.By.ID), v.By.Name, string(who), reason, tx.Now(), tx.Now().Add(viewFor)); err != nil {
		return err
	}
	if err := record(ctx, tx, v.By, "person.viewed_as", who, reason); err != nil {
		return err
	}
	return job.Add(ctx, tx, Viewed{id})
}

// Seeable reports whether administrators can be shown what somebody with these
// seats sees: who has any, and none among staff.
func Seeable(seats []Seat) bool {
	return len(seats) > 0 && !slices.ContainsFunc(seats, func(s Seat) bool { return s.Role.Side() != Portal })
}

// EndSeeing has an administrator be themselves again. Ending twice does no harm.
func EndSeeing(ctx context.Context, tx *db.Tx, v Visit) error {
	s := v.By.Viewed
	if s == nil {
		return nil
	}
	if err := closeViewing(ctx, tx, v.SessionID); err != nil {
		return err
	}
	return record(ctx, tx, v.By, "person.view_ended", s.SeenID, "")
}

func closeViewing(ctx context.Context, tx *db.Tx, sessionID string) error {
	_, err := tx.Exec(ctx, `update viewing set ended_at = $1 where session_id = $2 and ended_at is null`, tx.Now(), sessionID)
	return err
}

func scanViewing(r db.Row) (s Viewing, err error) {
	return s, r.Scan(&s.ID, (*string)(&s.ByID), &s.ByName, &s.Reason, &s.EndsAt, (*string)(&s.SeenID))
}

const viewingColumns = `id, person_id, person_name, reason, ends_at, seen_id`

// ViewingOf is one look, for a reaction.
func ViewingOf(ctx context.Context, tx *db.Tx, id string) (Viewing, error) {
	return db.One(ctx, tx, scanViewing, `select `+viewingColumns+` from viewing where id = $1`, id)
}

// viewing has a, who may look, be who they look for, while they do.
func (a Actor) viewing(ctx context.Context, tx *db.Tx, sessionID string) (Actor, error) {
	if !a.Can(ManageProgram) {
		return a, nil
	}
	type row struct {
		s    Viewing
		p    Person
		seat Seat
	}
	all, err := db.All(ctx, tx, func(r db.Row) (v row, err error) {
		err = r.Scan(&v.s.ID, (*string)(&v.s.ByID), &v.s.ByName, &v.s.Reason, &v.s.EndsAt, (*string)(&v.s.SeenID),
			(*string)(&v.p.ID), &v.p.FirstName, &v.p.LastName, &v.p.Email, &v.p.Zone, &v.p.Theme, (*string)(&v.p.Language),
			&v.seat.OrganizationID, &v.seat.Organization, (*string)(&v.seat.Role), &v.seat.LocationID, &v.seat.PractitionerID, &v.seat.Limited, &v.seat.Sees, &v.seat.MailedCodes)
		return v, err
	}, `select w.id, w.person_id, w.person_name, w.reason, w.ends_at, w.seen_id, p.id, p.first_name, p.last_name, p.email, p.time_zone, p.theme, p.language,
			m.organization_id, o.name, m.role, m.location_id, m.practitioner_id, m.limited, `+sees+`, o.mailed_codes
		from viewing w join person p on p.id = w.seen_id join membership m on m.person_id = p.id join organization o on o.id = m.organization_id
		where w.id = (select id from viewing where session_id = $1 and ended_at is null and ends_at > $2 order by began_at desc, id limit 1) and p.disabled_at is null
		order by m.id`, sessionID, tx.Now())
	if err != nil || len(all) == 0 {
		return a, err
	}
	p := all[0].p
	seen := Actor{ID: p.ID, Name: p.Name(), Email: p.Email, Zone: p.Zone, Theme: p.Theme, Language: p.Language, Verified: true, Viewed: &all[0].s}
	for _, r := range all {
		seen.Seats = append(seen.Seats, r.seat)
	}
	if !Seeable(seen.Seats) { // given a role among staff meanwhile
		return a, nil
	}
	return seen, nil
}
