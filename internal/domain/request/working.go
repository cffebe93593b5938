package request

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Working is who works on a part of a request at the moment.
type Working struct {
	By   account.PersonID
	Name string
	At   time.Time // when they last opened it
}

// away is after how long somebody who opened a part and did nothing no longer
// counts as working on it.
const away = 5 * time.Minute

// Enter notes that by works on a part of r, and returns who else does; nil if
// nobody. While somebody else does, they stay the one it is noted of.
func Enter(ctx context.Context, tx *db.Tx, by account.Actor, r Request, part Part) (*Working, error) {
	other, err := workingOn(ctx, tx, by, r, part)
	if err != nil || other != nil {
		return other, err
	}
	if by.Viewed != nil {
		return nil, nil
	}
	return nil, tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error { return occupy(ctx, tx, by, r, part) })
}

// TakeOver has by be the one who works on a part of r, whoever did. Who may:
// who may open r.
func TakeOver(ctx context.Context, tx *db.Tx, by account.Actor, r Request, part Part) error {
	if err := occupy(ctx, tx, by, r, part); err != nil {
		return err
	}
	return record(ctx, tx, by, r, "request.taken_over")
}

func occupy(ctx context.Context, tx *db.Tx, by account.Actor, r Request, part Part) error {
	_, err := tx.Exec(ctx, `
		insert into request_working (request_id, part, person_id, person_name, at) values ($1, $2, $3, $4, $5)
		on conflict (request_id, part) do update set person_id = excluded.person_id, person_name = excluded.person_name, at = excluded.at`,
		string(r.ID), string(part), string(by.ID), by.Name, tx.Now())
	return err
}

// free is a Conflict while somebody else works on a part of r, in a program
// that lets one person at a time do so.
func (r Request) free(ctx context.Context, tx *db.Tx, by account.Actor, part Part) error {
	if r.Order.ProgramID == "" {
		return nil
	}
	program, err := plan.GetProgram(ctx, tx, r.Order.ProgramID)
	if err != nil || !program.Intake.OneAtATime {
		return err
	}
	other, err := workingOn(ctx, tx, by, r, part)
	if err != nil || other == nil {
		return err
	}
	return fault.New(fault.Conflict, "%s is working on this page. Take it over to change it.", other.Name)
}

// workingOn is somebody else who works on a part.
func workingOn(ctx context.Context, tx *db.Tx, by account.Actor, r Request, part Part) (*Working, error) {
	all, err := db.All(ctx, tx, func(row db.Row) (w Working, err error) { return w, row.Scan((*string)(&w.By), &w.Name, &w.At) },
		`select person_id, person_name, at from request_working where request_id = $1 and part = $2 and person_id <> $3 and at > $4`,
		string(r.ID), string(part), string(by.ID), tx.Now().Add(-away))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// leave notes that by is done with a part.
func leave(ctx context.Context, tx *db.Tx, by account.Actor, r Request, part Part) error {
	_, err := tx.Exec(ctx, `delete from request_working where request_id = $1 and part = $2 and person_id = $3`, string(r.ID), string(part), string(by.ID))
	return err
}
