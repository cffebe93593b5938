package worklist

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// Setup is what there is of what an installation needs before offices can work
// with it.
type Setup struct {
	Administrators int // with an open account
	Types          int // of plan, over all plans
	Undelegated    int // types of plan that nothing says of who decides
	Programs       int
	Procedures     int
	Diagnoses      bool // codes are imported
	Coverages      bool // of members
	Offices        int  // with somebody who can sign in
	Reviewers      int  // physicians with a program, a license that holds and hours
	Waves          int  // by which offices can book calls
	Guidelines     bool
}

// SetupOf looks at what there is. Who may: administrators.
func SetupOf(ctx context.Context, tx *db.Tx, by account.Actor) (s Setup, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return s, err
	}
	today := civil.DateIn(tx.Now(), time.UTC)
	for _, c := range []struct {
		to    *int
		query string
		args  []any
	}{
		{&s.Administrators, `select count(distinct m.person_id) from membership m join person p on p.id = m.person_id where m.role = 'administrator' and p.disabled_at is null`, nil},
		{&s.Types, `select count(*) from plan_line`, nil},
		{&s.Undelegated, `select count(*) from plan_line l where not exists (select 1 from delegation d where d.plan_id = l.plan_id and d.line = l.line and d.function = 'um')`, nil},
		{&s.Programs, `select count(*) from program`, nil},
		{&s.Procedures, `select count(*) from procedure`, nil},
		{&s.Offices, `select count(distinct o.id) from organization o join membership m on m.organization_id = o.id join person p on p.id = m.person_id where o.kind = 'office' and p.disabled_at is null`, nil},
		{&s.Reviewers, `
			select count(*) from reviewer r where r.active and r.physician and exists (select 1 from reviewer_program g where g.person_id = r.person_id)
			and exists (select 1 from reviewer_license l where l.person_id = r.person_id and l.expires_on >= $1) and exists (select 1 from weekly_hours h where h.person_id = r.person_id and (h.valid_to is null or h.valid_to >= $1))`, []any{today}},
		{&s.Waves, `select count(*) from rollout where feature = 'p2p_booking' and stage in ('on', 'pilot', 'ending') and stopped_at is null and from_day <= $1 and (to_day is null or to_day >= $1)`, []any{today}},
	} {
		if *c.to, err = db.Count(ctx, tx, c.query, c.args...); err != nil {
			return s, err
		}
	}
	for _, c := range []struct {
		to    *bool
		query string
	}{
		{&s.Diagnoses, `select 1 from code where system = 'ICD-10-CM'`}, {&s.Coverages, `select 1 from coverage`}, {&s.Guidelines, `select 1 from guideline`},
	} {
		if *c.to, err = db.Exists(ctx, tx, c.query); err != nil {
			return s, err
		}
	}
	return s, nil
}
