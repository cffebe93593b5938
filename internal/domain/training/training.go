// Package training is about sessions in which people of offices learn to use
// the service: when they are, who has a place, who waits for one, and who came.
package training

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Session is one training session.
type Session struct {
	ID           string
	Title, About string
	StartsAt     time.Time
	Minutes      int
	Zone         string // in which its time was said
	Seats, Taken int
	Joining
	Sequence   int // of its calendar entries: each change raises it
	CanceledAt *time.Time
	Version    int
}

// Joining is how to join a session: what is there of it. Only who has a place
// is told.
type Joining struct{ Link, Phone, Meeting, Password string }

// Ends is when s is over.
func (s Session) Ends() time.Time { return s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute) }

// Location is the session's zone. A session is not saved without a real one.
func (s Session) Location() *time.Location {
	loc, err := civil.Zone(s.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Open reports whether people can still register: until it begins.
func (s Session) Open(now time.Time) bool { return s.CanceledAt == nil && now.Before(s.StartsAt) }

// Events of sessions. Each names the session or the place alone: what is
// mailed is read when it is.
type (
	// Placed announces that somebody got a place, at once or from the list of
	// those who waited.
	Placed struct {
		PlaceID string
		MovedUp bool
	}
	// Listed announces that somebody waits for a place.
	Listed struct{ PlaceID string }
	// Freed announces that somebody gave their place up, or stopped waiting.
	Freed struct {
		PlaceID string
		Had     bool // a place
	}
	// Changed announces that a session is otherwise, or off.
	Changed struct {
		ID       string
		Sequence int
	}
	// Remind comes the day before a session.
	Remind struct {
		ID       string
		Sequence int
	}
)

// Kind names the event.
func (Placed) Kind() string { return "training.placed" }

// Kind names the event.
func (Listed) Kind() string { return "training.listed" }

// Kind names the event.
func (Freed) Kind() string { return "training.freed" }

// Kind names the event.
func (Changed) Kind() string { return "training.changed" }

// Kind names the job.
func (Remind) Kind() string { return "training.remind" }

const (
	remindBefore = 24 * time.Hour // a session people are reminded
	longest      = 8 * time.Hour  // that a session lasts
)

func (s Session) check(now time.Time) error {
	f := fault.Fields{}
	f.Check(s.Title != "", "title", "Enter a title")
	f.Check(utf8.RuneCountInString(s.Title) <= 120, "title", "The title must be 120 characters or less")
	f.Check(utf8.RuneCountInString(s.About) <= 2000, "about", "The text must be 2,000 characters or less")
	_, err := civil.Zone(s.Zone)
	f.Check(s.Zone != "" && err == nil, "zone", "Choose a time zone")
	f.Check(s.StartsAt.After(now), "starts", "Enter a time that is to come")
	f.Check(s.Minutes >= 5 && s.Minutes <= int(longest/time.Minute), "minutes", "A session lasts 5 to 480 minutes")
	f.Check(s.Seats >= 1 && s.Seats <= 5000, "seats", "There are 1 to 5,000 places")
	f.Check(s.Link+s.Phone != "", "link", "Enter a link or a phone number by which people join")
	if s.Link != "" {
		u, err := url.Parse(s.Link)
		f.Check(err == nil && u.Scheme == "https" && u.Host != "", "link", "Enter an address that begins with https://")
	}
	return f.Err()
}

// Save stores a session, new if it has no ID. Whoever has a place hears of a
// change; more places go to who waits. A Conflict fault means that somebody
// else changed it meanwhile. Who may: administrators.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, s Session) (Session, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return s, err
	}
	for _, text := range []*string{&s.Title, &s.About, &s.Link, &s.Phone, &s.Meeting, &s.Password} {
		*text = strings.TrimSpace(*text)
	}
	if err := s.check(tx.Now()); err != nil {
		return s, err
	}
	if s.ID == "" {
		s.ID = db.NewID("trn")
		if err := insert(ctx, tx, by, s); err != nil {
			return s, err
		}
		return s, announce(ctx, tx, by, s, "training.made", nil)
	}
	was, err := lock(ctx, tx, s.ID)
	if err != nil {
		return s, err
	}
	f := fault.Fields{}
	f.Check(s.Seats >= was.Taken, "seats", "More people than that have a place already")
	if err := f.Err(); err != nil {
		return s, err
	}
	if was.Version != s.Version || was.CanceledAt != nil {
		return s, db.Changed(0, nil)
	}
	s.Sequence, s.Taken, s.Version = was.Sequence, was.Taken, was.Version+1
	moved := s.told() != was.told()
	if moved {
		s.Sequence++
	}
	if err := update(ctx, tx, s); err != nil {
		return s, err
	}
	if err := promote(ctx, tx, &s); err != nil {
		return s, err
	}
	if !moved {
		return s, announce(ctx, tx, by, s, "training.changed", nil)
	}
	return s, announce(ctx, tx, by, s, "training.changed", Changed{s.ID, s.Sequence})
}

// told is what people with a place were told of s: when it changes they hear
// of it, and not of more places.
func (s Session) told() (is struct {
	title, zone string
	starts      int64
	minutes     int
	Joining
}) {
	is.title, is.zone, is.starts, is.minutes, is.Joining = s.Title, s.Zone, s.StartsAt.UnixMicro(), s.Minutes, s.Joining
	return is
}

// Cancel calls a session off; whoever has a place or waits is told.
func Cancel(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	s, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	if s.CanceledAt != nil || !tx.Now().Before(s.Ends()) {
		return fault.New(fault.Conflict, "This session is over or canceled already.")
	}
	if _, err := tx.Exec(ctx, `update training set canceled_at = $1, sequence = sequence + 1, version = version + 1 where id = $2`, tx.Now(), id); err != nil {
		return err
	}
	s.Sequence++
	e := by.Audit("training.canceled", "training", id)
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	return job.Add(ctx, tx, Changed{id, s.Sequence})
}

// announce audits a session's saving, has people reminded of it, and tells them
// of a change.
func announce(ctx context.Context, tx *db.Tx, by account.Actor, s Session, action string, e job.Args) error {
	a := by.Audit(action, "training", s.ID)
	a.Detail = s.Title
	if err := audit.Record(ctx, tx, a); err != nil {
		return err
	}
	if e != nil {
		if err := job.Add(ctx, tx, e); err != nil {
			return err
		}
	}
	if at := s.StartsAt.Add(-remindBefore); at.After(tx.Now()) {
		return job.Add(ctx, tx, Remind{s.ID, s.Sequence}, job.At(at))
	}
	return nil
}

// Get returns a session with how to join it. Who may: administrators.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Session, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return Session{}, err
	}
	return one(ctx, tx, id)
}

// All are the sessions that begin last, at most 200. Who may: administrators.
func All(ctx context.Context, tx *db.Tx, by account.Actor) ([]Session, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scan, `select `+columns+` from training s order by s.starts_at desc, s.id limit 200`)
}
