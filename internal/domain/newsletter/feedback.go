package newsletter

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Way is one of taking part in improving the service.
type Way struct{ Key, Words string }

// Ways are all of them.
var Ways = []Way{
	{"survey", "Short surveys, 5 to 10 minutes"},
	{"usability", "Trying something new while we watch, 45 to 60 minutes"},
	{"talk", "A conversation, 15 to 60 minutes"},
}

// A Participant is somebody in the feedback group.
type Participant struct {
	Name, Email string
	Wants       []string // keys of Ways
	JoinedAt    time.Time
}

// JoinGroup has by take part, in the ways chosen; joining again changes them.
// The error is Invalid at "wants".
func JoinGroup(ctx context.Context, tx *db.Tx, by account.Actor, wants []string) error {
	if err := forThemselves(by); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(len(wants) > 0, "wants", "Choose at least one")
	for _, w := range wants {
		f.Check(slices.ContainsFunc(Ways, func(way Way) bool { return way.Key == w }), "wants", "Choose from the list")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		insert into feedback_member (person_id, wants, joined_at) values ($1, $2, $3)
		on conflict (person_id) do update set wants = excluded.wants`, string(by.ID), strings.Join(wants, ","), tx.Now()); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("feedback.joined", "person", string(by.ID)))
}

// LeaveGroup ends by's taking part.
func LeaveGroup(ctx context.Context, tx *db.Tx, by account.Actor) error {
	if err := forThemselves(by); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `delete from feedback_member where person_id = $1`, string(by.ID))
	if err != nil || n == 0 {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("feedback.left", "person", string(by.ID)))
}

// Wants are the ways in which by takes part; none if they don't.
func Wants(ctx context.Context, tx *db.Tx, by account.Actor) ([]string, error) {
	text, err := db.One(ctx, tx, db.Value[string], `select wants from feedback_member where person_id = $1`, string(by.ID))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return strings.Split(text, ","), err
}

// Group is who takes part and still has an account, by name, at most 1,000.
// Who may: administrators.
func Group(ctx context.Context, tx *db.Tx, by account.Actor) ([]Participant, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, func(r db.Row) (p Participant, err error) {
		var wants string
		err = r.Scan(&p.Name, &p.Email, &wants, &p.JoinedAt)
		p.Wants = strings.Split(wants, ",")
		return p, err
	}, `select p.first_name || ' ' || p.last_name, p.email, m.wants, m.joined_at from feedback_member m join person p on p.id = m.person_id
		where p.disabled_at is null order by p.last_name, p.first_name, p.id limit 1000`)
}
