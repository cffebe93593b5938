package training

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A State is how somebody stands with a session.
type State string

// States. None is of who never registered.
const (
	None       State = ""
	Registered State = "registered"
	Waiting    State = "waiting"
	Left       State = "left"
)

// A Place is somebody's in a session.
type Place struct {
	ID           string
	PersonID     account.PersonID
	Name, Email  string // as they are now
	Organization string // as it was when they registered
	State        State
	AskedAt      time.Time
	Attended     *bool // nil: nobody has said
}

// An Offer is a session as one person sees it.
type Offer struct {
	Session
	Mine  State
	Ahead int // of who waits: how many wait before them
}

// Full reports whether whoever registers now waits.
func (o Offer) Full() bool { return o.Taken >= o.Seats }

// mayJoin reports whether somebody registers for themselves: nobody does it
// for somebody else.
func mayJoin(by account.Actor) error {
	if by.Known() && !by.IsProgram() && by.Assists == nil && by.Viewed == nil && len(by.Seats) > 0 {
		return nil
	}
	return fault.New(fault.Denied, "Sign in as yourself to register for training.")
}

// Register gives by a place in a session, or puts them on its waiting list if
// all are taken. Registering again changes nothing.
func Register(ctx context.Context, tx *db.Tx, by account.Actor, id string) (State, error) {
	if err := mayJoin(by); err != nil {
		return None, err
	}
	s, err := lock(ctx, tx, id)
	if err != nil {
		return None, err
	}
	if !s.Open(tx.Now()) {
		return None, fault.New(fault.Conflict, "This session is canceled or has begun.")
	}
	if p, err := placeOf(ctx, tx, id, by.ID); err == nil || !fault.Is(err, fault.NotFound) {
		return p.State, err
	}
	p := Place{ID: db.NewID("trp"), PersonID: by.ID, Organization: by.Seat().Organization, State: Registered}
	if s.Taken >= s.Seats {
		p.State = Waiting
	}
	if err := insertPlace(ctx, tx, id, p); err != nil {
		return None, err
	}
	e := by.Audit("training.registered", "training", id)
	e.Detail = string(p.State)
	if err := audit.Record(ctx, tx, e); err != nil {
		return None, err
	}
	if p.State == Waiting {
		return p.State, job.Add(ctx, tx, Listed{p.ID})
	}
	if err := take(ctx, tx, id, 1); err != nil {
		return None, err
	}
	return p.State, job.Add(ctx, tx, Placed{PlaceID: p.ID})
}

// Leave gives by's place up, or ends their waiting. Who waits longest moves up.
func Leave(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := mayJoin(by); err != nil {
		return err
	}
	s, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	p, err := placeOf(ctx, tx, id, by.ID)
	if fault.Is(err, fault.NotFound) {
		return nil // they left before
	}
	if err != nil {
		return err
	}
	if !s.Open(tx.Now()) {
		return fault.New(fault.Conflict, "This session is canceled or has begun.")
	}
	if _, err := tx.Exec(ctx, `update training_place set state = 'left' where id = $1`, p.ID); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, by.Audit("training.left", "training", id)); err != nil {
		return err
	}
	if err := job.Add(ctx, tx, Freed{p.ID, p.State == Registered}); err != nil || p.State != Registered {
		return err
	}
	s.Taken--
	if err := take(ctx, tx, id, -1); err != nil {
		return err
	}
	return promote(ctx, tx, &s)
}

// promote gives places that are free to who waits longest. The caller holds
// the session's lock.
func promote(ctx context.Context, tx *db.Tx, s *Session) error {
	if s.Taken >= s.Seats {
		return nil
	}
	next, err := db.All(ctx, tx, db.Value[string], `select id from training_place where training_id = $1 and state = 'waiting' order by asked_at, id limit $2`, s.ID, s.Seats-s.Taken)
	if err != nil {
		return err
	}
	for _, id := range next {
		if _, err := tx.Exec(ctx, `update training_place set state = 'registered' where id = $1`, id); err != nil {
			return err
		}
		if err := job.Add(ctx, tx, Placed{PlaceID: id, MovedUp: true}); err != nil {
			return err
		}
	}
	s.Taken += len(next)
	return take(ctx, tx, s.ID, len(next))
}

// Offers are the sessions that by can register for, and those they did that
// are not over, the soonest first. How to join is there only for who has a
// place.
func Offers(ctx context.Context, tx *db.Tx, by account.Actor) ([]Offer, error) {
	all, err := db.All(ctx, tx, scanOffer, `select `+columns+`, coalesce(mine.state, ''),
			(select count(*) from training_place other where mine.state = 'waiting' and other.training_id = s.id and other.state = 'waiting' and (other.asked_at, other.id) < (mine.asked_at, mine.id))
		from training s left join training_place mine on mine.training_id = s.id and mine.person_id = $1 and mine.state <> 'left'
		where s.starts_at > $2 order by s.starts_at, s.id limit 100`, string(by.ID), tx.Now().Add(-longest))
	if err != nil {
		return nil, err
	}
	now := tx.Now()
	return slices.DeleteFunc(all, func(o Offer) bool { return !now.Before(o.Ends()) || o.Mine == None && !o.Open(now) }), nil
}

// Places are those of a session, who has one first, in the order they asked.
// Who may: administrators.
func Places(ctx context.Context, tx *db.Tx, by account.Actor, id string) ([]Place, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return places(ctx, tx, `t.training_id = $1 and t.state <> 'left'`, id)
}

// SayAttended notes who of those with a place came: came, the others did not.
// It can be said again. Who may: administrators, once the session has begun.
func SayAttended(ctx context.Context, tx *db.Tx, by account.Actor, id string, came []string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	s, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	if tx.Now().Before(s.StartsAt) || s.CanceledAt != nil {
		return fault.New(fault.Conflict, "Who came can be said once the session has begun.")
	}
	if _, err := tx.Exec(ctx, `update training_place set attended = $1 where training_id = $2 and state = 'registered'`, false, id); err != nil {
		return err
	}
	for some := range slices.Chunk(came, 500) {
		list, args := db.In(3, some)
		if _, err := tx.Exec(ctx, `update training_place set attended = $1 where training_id = $2 and state = 'registered' and id in `+list, append([]any{true, id}, args...)...); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, by.Audit("training.attended", "training", id))
}
