package account

import (
	"context"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Enable opens a closed account again. Its sessions stay ended. Nobody opens
// their own.
func Enable(ctx context.Context, tx *db.Tx, by Actor, id PersonID) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update person set disabled_at = null, version = version + 1 where id = $1 and disabled_at is not null`, string(id))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This account is open already.")
	}
	return record(ctx, tx, by, "person.enabled", id, "")
}

// LastSignIns are when some people last signed in; who never did is not in it.
// The caller may manage accounts.
func LastSignIns(ctx context.Context, tx *db.Tx, people []Person) (map[PersonID]time.Time, error) {
	var ids []string
	for _, p := range people {
		ids = append(ids, string(p.ID))
	}
	type row struct {
		id PersonID
		at time.Time
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, func(r db.Row) (o row, err error) { return o, r.Scan((*string)(&o.id), &o.at) },
		`select person_id, created_at from session where person_id in `+list+` order by created_at`, args...)
	last := make(map[PersonID]time.Time, len(people))
	for _, o := range all {
		last[o.id] = o.at
	}
	return last, err
}

// SeatsOf are the roles of some people. The caller may manage accounts.
func SeatsOf(ctx context.Context, tx *db.Tx, people []Person) (map[PersonID][]Seat, error) {
	var ids []string
	for _, p := range people {
		ids = append(ids, string(p.ID))
	}
	type row struct {
		id PersonID
		s  Seat
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, func(r db.Row) (o row, err error) {
		return o, r.Scan((*string)(&o.id), &o.s.OrganizationID, &o.s.Organization, (*string)(&o.s.Role))
	}, `select m.person_id, m.organization_id, o.name, m.role from membership m join organization o on o.id = m.organization_id where m.person_id in `+list+` order by m.id`, args...)
	of := make(map[PersonID][]Seat, len(people))
	for _, o := range all {
		of[o.id] = append(of[o.id], o.s)
	}
	return of, err
}
