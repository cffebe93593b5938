package training

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `s.id, s.title, s.about, s.starts_at, s.minutes, s.zone, s.seats, s.taken, s.link, s.phone, s.meeting, s.password, s.sequence, s.canceled_at, s.version`

func (s *Session) fields() []any {
	return []any{&s.ID, &s.Title, &s.About, &s.StartsAt, &s.Minutes, &s.Zone, &s.Seats, &s.Taken, &s.Link, &s.Phone, &s.Meeting, &s.Password, &s.Sequence, &s.CanceledAt, &s.Version}
}

func scan(r db.Row) (s Session, err error) { return s, r.Scan(s.fields()...) }

// scanOffer tells how to join only whoever has a place.
func scanOffer(r db.Row) (o Offer, err error) {
	err = r.Scan(append(o.fields(), (*string)(&o.Mine), &o.Ahead)...)
	if o.Mine != Registered {
		o.Joining = Joining{}
	}
	return o, err
}

func one(ctx context.Context, tx *db.Tx, id string) (Session, error) {
	return named(db.One(ctx, tx, scan, `select `+columns+` from training s where s.id = $1`, id))
}

// lock is one, which nobody else changes until the transaction ends: who
// counts places must not do it beside another.
func lock(ctx context.Context, tx *db.Tx, id string) (Session, error) {
	return named(db.One(ctx, tx, scan, `select `+columns+` from training s where s.id = $1 {{for update}}`, id))
}

func named(s Session, err error) (Session, error) {
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "We can't find that training session.")
	}
	return s, err
}

func insert(ctx context.Context, tx *db.Tx, by account.Actor, s Session) error {
	_, err := tx.Exec(ctx, `
		insert into training (id, title, about, starts_at, minutes, zone, seats, link, phone, meeting, password, created_at, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		s.ID, s.Title, s.About, s.StartsAt, s.Minutes, s.Zone, s.Seats, s.Link, s.Phone, s.Meeting, s.Password, tx.Now(), string(by.ID))
	return err
}

func update(ctx context.Context, tx *db.Tx, s Session) error {
	_, err := tx.Exec(ctx, `
		update training set title = $2, about = $3, starts_at = $4, minutes = $5, zone = $6, seats = $7, link = $8, phone = $9, meeting = $10, password = $11, sequence = $12, version = $13
		where id = $1`, s.ID, s.Title, s.About, s.StartsAt, s.Minutes, s.Zone, s.Seats, s.Link, s.Phone, s.Meeting, s.Password, s.Sequence, s.Version)
	return err
}

// take counts n places more as taken.
func take(ctx context.Context, tx *db.Tx, id string, n int) error {
	_, err := tx.Exec(ctx, `update training set taken = taken + $1 where id = $2`, n, id)
	return err
}

func insertPlace(ctx context.Context, tx *db.Tx, id string, p Place) error {
	_, err := tx.Exec(ctx, `insert into training_place (id, training_id, person_id, organization, state, asked_at) values ($1, $2, $3, $4, $5, $6)`,
		p.ID, id, string(p.PersonID), p.Organization, string(p.State), tx.Now())
	return err
}

const placeColumns = `t.id, t.person_id, p.first_name || ' ' || p.last_name, p.email, t.organization, t.state, t.asked_at, t.attended`

func scanPlace(r db.Row) (p Place, err error) {
	return p, r.Scan(&p.ID, (*string)(&p.PersonID), &p.Name, &p.Email, &p.Organization, (*string)(&p.State), &p.AskedAt, &p.Attended)
}

func places(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Place, error) {
	return db.All(ctx, tx, scanPlace, `select `+placeColumns+` from training_place t join person p on p.id = t.person_id where `+where+` order by t.state, t.asked_at, t.id`, args...)
}

// placeOf is the place that a person has or waits for.
func placeOf(ctx context.Context, tx *db.Tx, id string, who account.PersonID) (Place, error) {
	return db.One(ctx, tx, scanPlace, `select `+placeColumns+` from training_place t join person p on p.id = t.person_id where t.training_id = $1 and t.person_id = $2 and t.state <> 'left'`, id, string(who))
}

// OfPlace is a place with its session, for who tells people of it.
func OfPlace(ctx context.Context, tx *db.Tx, id string) (p Place, s Session, err error) {
	if p, err = db.One(ctx, tx, scanPlace, `select `+placeColumns+` from training_place t join person p on p.id = t.person_id where t.id = $1`, id); err != nil {
		return p, s, err
	}
	s, err = db.One(ctx, tx, scan, `select `+columns+` from training s join training_place t on t.training_id = s.id where t.id = $1`, id)
	return p, s, err
}

// Told is a session with everybody who has a place or waits, for who tells
// them of it.
func Told(ctx context.Context, tx *db.Tx, id string) (s Session, all []Place, err error) {
	if s, err = one(ctx, tx, id); err != nil {
		return s, nil, err
	}
	all, err = places(ctx, tx, `t.training_id = $1 and t.state <> 'left'`, id)
	return s, all, err
}
