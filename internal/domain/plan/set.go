package plan

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// SetHolidays has a plan have these holidays and no others; due times that
// count business days follow. Who may: administrators, and the program, which
// sets what they decided.
func SetHolidays(ctx context.Context, tx *db.Tx, by account.Actor, id ID, all []Holiday) error {
	if err := may(by); err != nil {
		return err
	}
	had, err := HolidaysOf(ctx, tx, id)
	if err != nil {
		return err
	}
	var changed []string
	for _, h := range had {
		if slices.ContainsFunc(all, func(o Holiday) bool { return o.Falls == h.Falls }) {
			continue
		}
		if err := deleteHoliday(ctx, tx, id, h.Falls); err != nil {
			return err
		}
		changed = append(changed, "without "+h.Falls.String())
	}
	for _, h := range all {
		if slices.Contains(had, h) {
			continue
		}
		if _, err := putHoliday(ctx, tx, id, h); err != nil {
			return err
		}
		changed = append(changed, "with "+h.Falls.String())
	}
	if len(changed) == 0 {
		return nil
	}
	e := by.Audit("plan.calendar_set", "plan", string(id))
	e.Detail = strings.Join(changed, ", ")
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	return job.Add(ctx, tx, CalendarChanged{PlanID: id})
}

// SetDelegations has the matrix of a plan be these lines and no others. Who may:
// as for SetHolidays.
func SetDelegations(ctx context.Context, tx *db.Tx, by account.Actor, id ID, all []Delegation) error {
	if err := may(by); err != nil {
		return err
	}
	had, err := Delegations(ctx, tx, id)
	if err != nil {
		return err
	}
	out, in := 0, 0
	for _, d := range had {
		if slices.Contains(all, d) {
			continue
		}
		if _, err := tx.Exec(ctx, `delete from delegation where plan_id = $1 and line = $2 and program_id = $3 and function = $4 and done_by = $5 and from_day = $6 and (to_day = $7 or to_day is null and $7 is null)`,
			string(id), d.Line, string(d.ProgramID), string(d.Function), string(d.By), d.From, d.To); err != nil {
			return err
		}
		out++
	}
	for _, d := range all {
		if err := d.check(); err != nil {
			return err
		}
		d.PlanID = id
		if slices.Contains(had, d) {
			continue
		}
		if _, err := insertDelegation(ctx, tx, d); err != nil {
			return err
		}
		in++
	}
	if out+in == 0 {
		return nil
	}
	e := by.Audit("plan.delegation_set", "plan", string(id))
	e.Detail = strconv.Itoa(in) + " lines in, " + strconv.Itoa(out) + " out"
	return audit.Record(ctx, tx, e)
}

// SetWave stores a wave under its ID, whether it is there or not. That it was
// turned off by hand stays. Who may: as for SetHolidays.
func SetWave(ctx context.Context, tx *db.Tx, by account.Actor, r Rollout) error {
	if err := may(by); err != nil {
		return err
	}
	if err := r.Check(); err != nil {
		return err
	}
	action := "rollout.changed"
	if _, err := Wave(ctx, tx, r.ID); fault.Is(err, fault.NotFound) {
		action = "rollout.added"
		if _, err := addRollout(ctx, tx, r); err != nil {
			return err
		}
	} else if err != nil {
		return err
	} else if r, err = replace(ctx, tx, r); err != nil {
		return err
	}
	return audit.Record(ctx, tx, r.audit(by, action))
}
