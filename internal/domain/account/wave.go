package account

import (
	"context"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A FactorWave is that an organization's people move from codes by mail to a
// passkey or an authenticator app, in their own time until it ends. Then codes
// by mail end for that organization: who has not moved does at the next
// sign-in, before anything else.
type FactorWave struct {
	ID, OrganizationID, Organization string
	EndsAt, MadeAt                   time.Time
	MadeName                         string
	StoppedAt, EndedAt               *time.Time
	People, Moved                    int // whose accounts are open; who has a factor of their own
}

// Open reports whether the wave runs.
func (w FactorWave) Open() bool { return w.StoppedAt == nil && w.EndedAt == nil }

const (
	waveGrace   = 30 * 24 * time.Hour
	waveAtLeast = 7 * 24 * time.Hour // so that nobody is surprised on a day off
	waveReminds = 7 * 24 * time.Hour
)

// FactorWaveTells asks that whoever has not moved be told: when it starts
// (Last is false), and a week before it ends.
type FactorWaveTells struct {
	WaveID string
	Last   bool
}

// Kind names the event.
func (FactorWaveTells) Kind() string { return "account.factor_wave_tells" }

// FactorWaveEnds asks for what happens at the end of a wave.
type FactorWaveEnds struct{ WaveID string }

// Kind names the event.
func (FactorWaveEnds) Kind() string { return "account.factor_wave_ends" }

// OnMailedCodes are the organizations whose people may use codes by mail, by
// name. Who may: operators.
func OnMailedCodes(ctx context.Context, tx *db.Tx, by Actor) ([]Organization, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where mailed_codes = $1 and kind <> 'um' order by name, id`, true)
}

// StartFactorWave has organizations' people move by the end of a day in the
// operator's zone, or within 30 days if day is zero. They are told by mail. The error is
// Invalid at "organizations" or "day". Who may: operators.
func StartFactorWave(ctx context.Context, tx *db.Tx, by Actor, organizations []string, day civil.Date, zone *time.Location) error {
	all, err := OnMailedCodes(ctx, tx, by)
	if err != nil {
		return err
	}
	ends := tx.Now().Add(waveGrace)
	if !day.IsZero() {
		ends = civil.EndOfDay(day, zone)
	}
	f := fault.Fields{}
	f.Check(len(organizations) > 0, "organizations", "Select at least one organization")
	f.Check(ends.Sub(tx.Now()) >= waveAtLeast, "day", "Give people at least a week. Choose a later day")
	f.Check(ends.Sub(tx.Now()) <= 366*24*time.Hour, "day", "Choose a day within a year")
	known := map[string]bool{}
	for _, o := range all {
		known[o.ID] = true
	}
	for _, id := range organizations {
		f.Check(known[id], "organizations", "Select organizations whose people use codes by mail")
	}
	if err := f.Err(); err != nil {
		return err
	}
	for _, id := range organizations {
		if err := startWave(ctx, tx, by, id, ends); err != nil {
			return err
		}
	}
	return nil
}

func startWave(ctx context.Context, tx *db.Tx, by Actor, organizationID string, ends time.Time) error {
	// one at a time: the organization's row is held until both are decided
	if _, err := tx.Exec(ctx, `update organization set mailed_codes = mailed_codes where id = $1`, organizationID); err != nil {
		return err
	}
	running, err := db.Exists(ctx, tx, `select 1 from factor_wave where organization_id = $1 and stopped_at is null and ended_at is null`, organizationID)
	if err != nil {
		return err
	}
	if running {
		return fault.Fields{"organizations": "One of them moves already. Stop that first, or take it out"}.Err()
	}
	id := db.NewID("fwv")
	if _, err := tx.Exec(ctx, `insert into factor_wave (id, organization_id, ends_at, made_at, made_by, made_name) values ($1, $2, $3, $4, $5, $6)`,
		id, organizationID, ends, tx.Now(), string(by.ID), by.Name); err != nil {
		return err
	}
	if err := waveAudit(ctx, tx, by, "factor_wave.started", organizationID, id); err != nil {
		return err
	}
	if err := job.Add(ctx, tx, FactorWaveTells{WaveID: id}); err != nil {
		return err
	}
	if ends.Sub(tx.Now()) > waveReminds+24*time.Hour {
		if err := job.Add(ctx, tx, FactorWaveTells{WaveID: id, Last: true}, job.At(ends.Add(-waveReminds))); err != nil {
			return err
		}
	}
	return job.Add(ctx, tx, FactorWaveEnds{id}, job.At(ends))
}

func waveAudit(ctx context.Context, tx *db.Tx, by Actor, action, organizationID, id string) error {
	e := by.Audit(action, "organization", organizationID)
	e.Detail = id
	return audit.Record(ctx, tx, e)
}

const hasMoved = `(p.totp_since is not null or exists (select 1 from passkey k where k.person_id = p.id))`

const waveSelect = `select w.id, w.organization_id, o.name, w.ends_at, w.made_at, w.made_name, w.stopped_at, w.ended_at,
	(select count(distinct p.id) from membership m join person p on p.id = m.person_id where m.organization_id = w.organization_id and p.disabled_at is null),
	(select count(distinct p.id) from membership m join person p on p.id = m.person_id where m.organization_id = w.organization_id and p.disabled_at is null and ` + hasMoved + `)
	from factor_wave w join organization o on o.id = w.organization_id `

func scanWave(r db.Row) (w FactorWave, err error) {
	return w, r.Scan(&w.ID, &w.OrganizationID, &w.Organization, &w.EndsAt, &w.MadeAt, &w.MadeName, &w.StoppedAt, &w.EndedAt, &w.People, &w.Moved)
}

// FactorWaves are the last 200, those that run first. Who may: operators.
func FactorWaves(ctx context.Context, tx *db.Tx, by Actor) ([]FactorWave, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanWave, waveSelect+`
		order by case when w.stopped_at is null and w.ended_at is null then 0 else 1 end, w.ends_at desc, w.id limit 200`)
}

// WaveByID is a wave for what follows an event.
func WaveByID(ctx context.Context, tx *db.Tx, id string) (FactorWave, error) {
	return db.One(ctx, tx, scanWave, waveSelect+`where w.id = $1`, id)
}

// NotMoved are the people of an organization who have no passkey and no
// authenticator app, by name. The caller may know of them.
func NotMoved(ctx context.Context, tx *db.Tx, organizationID string) ([]Person, error) {
	return db.All(ctx, tx, scanPerson, `select `+personColumns+` from person where disabled_at is null and totp_since is null
		and not exists (select 1 from passkey where passkey.person_id = person.id)
		and id in (select person_id from membership where organization_id = $1) order by last_name, first_name, id`, organizationID)
}

// StopFactorWave calls a wave off: codes by mail stay. Who may: operators.
func StopFactorWave(ctx context.Context, tx *db.Tx, by Actor, id string) error {
	if err := by.Must(ManageProgram); err != nil {
		return err
	}
	w, err := WaveByID(ctx, tx, id)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update factor_wave set stopped_at = $1 where id = $2 and stopped_at is null and ended_at is null`, tx.Now(), id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This wave has ended already.")
	}
	return waveAudit(ctx, tx, by, "factor_wave.stopped", w.OrganizationID, id)
}

// EndFactorWave ends codes by mail for the wave's organization, unless it was
// stopped. Sessions stay; the next sign-in asks for a passkey or an app.
func EndFactorWave(ctx context.Context, tx *db.Tx, e FactorWaveEnds) error {
	n, err := tx.Exec(ctx, `update factor_wave set ended_at = $1 where id = $2 and stopped_at is null and ended_at is null`, tx.Now(), e.WaveID)
	if err != nil || n == 0 {
		return err
	}
	w, err := WaveByID(ctx, tx, e.WaveID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update organization set mailed_codes = $1 where id = $2`, false, w.OrganizationID); err != nil {
		return err
	}
	return waveAudit(ctx, tx, Program(), "factor_wave.ended", w.OrganizationID, e.WaveID)
}
