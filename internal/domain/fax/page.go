package fax

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Turn turns a page by a quarter to the right, for everybody. Who may: those
// who put faxes on orders. A page about which something was done is a Conflict.
func Turn(ctx context.Context, tx *db.Tx, by account.Actor, faxID string, n int) error {
	return change(ctx, tx, by, faxID, []int{n}, "fax.turned", func(p *Page) { p.Turn = (p.Turn + 90) % 360 })
}

// SetAside keeps that pages are for no order, and why: one of Reasons. Who may:
// those who put faxes on orders. The error is Invalid at "reason" or "pages", a
// Conflict if something was done about a page meanwhile.
func SetAside(ctx context.Context, tx *db.Tx, by account.Actor, faxID string, numbers []int, reason string) error {
	f := fault.Fields{}
	f.Check(ReasonWords(reason) != "", "reason", "Select why they are for no order")
	if err := f.Err(); err != nil {
		return err
	}
	if err := change(ctx, tx, by, faxID, numbers, "fax.aside", func(p *Page) { p.State, p.Reason = Aside, reason }); err != nil {
		return err
	}
	return settle(ctx, tx, faxID)
}

// PutBack has a page that was set aside wait again. Who may: those who put
// faxes on orders. Any other is a Conflict.
func PutBack(ctx context.Context, tx *db.Tx, by account.Actor, faxID string, n int) error {
	_, pages, _, err := Get(ctx, tx, by, faxID)
	if err != nil {
		return err
	}
	chosen, err := Chosen(pages, []int{n})
	if err != nil {
		return err
	}
	p, before := chosen[0], chosen[0]
	if p.State != Aside {
		return fault.New(fault.Conflict, "Page %s was not set aside. Look at the fax again.", strconv.Itoa(n))
	}
	p.State, p.Reason = PageWaiting, ""
	if p.Incident != "" {
		p.State = Reported
	}
	if err := p.save(ctx, tx, faxID, by, before); err != nil {
		return err
	}
	if err := record(ctx, tx, by, "fax.back", faxID, "page "+strconv.Itoa(n)); err != nil {
		return err
	}
	return settle(ctx, tx, faxID)
}

// change does the same to pages about which nothing was done.
func change(ctx context.Context, tx *db.Tx, by account.Actor, faxID string, numbers []int, action string, to func(*Page)) error {
	_, pages, _, err := Get(ctx, tx, by, faxID)
	if err != nil {
		return err
	}
	chosen, err := Chosen(pages, numbers)
	if err != nil {
		return err
	}
	if err := free(chosen, nil); err != nil {
		return err
	}
	for _, p := range chosen {
		before := p
		to(&p)
		if err := p.save(ctx, tx, faxID, by, before); err != nil {
			return err
		}
	}
	return record(ctx, tx, by, action, faxID, "pages "+Ranges(numbers))
}

// Close puts a fax away that can't be read. Who may: those who put faxes on
// orders.
func Close(ctx context.Context, tx *db.Tx, by account.Actor, faxID string) error {
	if err := by.Must(account.HandleFaxes); err != nil {
		return err
	}
	x, err := one(ctx, tx, faxID)
	if err != nil {
		return err
	}
	if x.Status != Unreadable {
		return fault.New(fault.Conflict, "This fax can be read. Say of its pages what they are.")
	}
	if err := setStatus(ctx, tx, faxID, Done, x.Why); err != nil {
		return err
	}
	return record(ctx, tx, by, "fax.closed", faxID, "")
}

// present is for how long somebody counts as looking at a fax.
const present = 2 * time.Minute

// See keeps that by looks at a fax, and says who else does. Who may: who opened
// it.
func See(ctx context.Context, tx *db.Tx, by account.Actor, faxID string) ([]string, error) {
	others, err := db.All(ctx, tx, db.Value[string], `select name from fax_presence where fax_id = $1 and person_id <> $2 and seen_at > $3 order by name, person_id`,
		faxID, string(by.ID), tx.Now().Add(-present))
	if err != nil {
		return nil, err
	}
	return others, tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into fax_presence (fax_id, person_id, name, seen_at) values ($1, $2, $3, $4)
			on conflict (fax_id, person_id) do update set seen_at = excluded.seen_at, name = excluded.name`, faxID, string(by.ID), by.Name, tx.Now())
		return err
	})
}
