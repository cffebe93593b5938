package plan

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Stage says how far a feature is rolled out.
type Stage string

// Stages of a roll-out.
const (
	Off       Stage = "off"
	Announced Stage = "announced"
	Pilot     Stage = "pilot"
	On        Stage = "on"
	Ending    Stage = "ending"
)

// Stages are all of them, in the order of their life.
var Stages = []Stage{Off, Announced, Pilot, On, Ending}

// Open reports whether people can use a feature in this stage.
func (s Stage) Open() bool { return s == On || s == Pilot || s == Ending }

// A Rollout is a wave: it puts a feature in a stage for a program of a plan,
// from a day on. Line "" holds for every line of business, State "" for every
// state, and without Organizations and Percent it holds for every office. What is narrower
// counts before what is wider, then the later before the earlier.
type Rollout struct {
	ID            string
	Feature       string
	ProgramID     ProgramID
	PlanID        ID
	Line          string
	State         string // of the office, two letters
	Organizations string // ids, comma separated
	Percent       int    // of organizations, 0 for all; see Reaches
	Stage         Stage
	From          civil.Date
	To            civil.Date // zero: no end
	Notice        string     // instead of the words made of the wave
	NoticeES      string     // the same in Spanish
	StoppedAt     *time.Time // turned off by hand; then Stage doesn't count
	StoppedWhy    string
	Fallback      string // what offices read instead while they don't have it; "" for words made of the wave
	FallbackES    string // the same in Spanish
	Phone         string // whom they call instead; "" for the plan's own

	// WasTo is until when offices were told that they have what ends, before that
	// was put off; zero if it never was.
	WasTo civil.Date
}

// Office is whose view of a roll-out is asked for.
type Office struct {
	Line, State, OrganizationID string
}

// RollOut stores a new phase of a roll-out; one that is there already, to the
// letter, is left alone.
func RollOut(ctx context.Context, tx *db.Tx, by account.Actor, r Rollout) error {
	if err := may(by); err != nil {
		return err
	}
	n, err := insertRollout(ctx, tx, &r)
	return record(ctx, tx, r.audit(by, "plan.rolled_out"), n, err)
}

func (r Rollout) audit(by account.Actor, action string) audit.Entry {
	e := by.Audit(action, "plan", string(r.PlanID))
	e.Detail = strings.Join([]string{r.Feature, string(r.Stage), r.Line, string(r.ProgramID), r.State, r.From.String(), r.ID}, " ")
	if r.Percent > 0 {
		e.Detail += " " + strconv.Itoa(r.Percent) + "%"
	}
	return e
}

// Check says what is wrong with a wave: an Invalid fault at its fields.
func (r Rollout) Check() error {
	f := fault.Fields{}
	f.Check(FeatureOf(r.Feature).Words != "", "feature", "Choose what is rolled out")
	f.Check(r.PlanID != "", "plan", "Choose a plan")
	f.Check(r.ProgramID != "", "program", "Choose a program")
	f.Check(slices.Contains(Stages, r.Stage), "stage", "Choose a stage")
	f.Check(r.State == "" || len(r.State) == 2 && strings.Trim(r.State, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "", "state", "A state has two letters, like TX")
	f.Check(!r.From.IsZero(), "from", "Enter the first day, like 2026-11-24")
	f.Check(r.To.IsZero() || !r.To.Before(r.From), "to", "The last day must not be before the first")
	f.Check(r.Stage != Pilot || r.Organizations != "" || r.Percent > 0, "organizations", "A pilot is for some organizations: name them, or choose a share")
	f.Check(r.Percent >= 0 && r.Percent <= 100, "percent", "The share must be 1 to 100 percent")
	f.Check(r.Percent == 0 || r.Organizations == "", "percent", "Name organizations or choose a share of them, not both")
	f.Check(utf8.RuneCountInString(r.Notice) <= 300, "notice", "The notice must be 300 characters or less")
	f.Check(utf8.RuneCountInString(r.NoticeES) <= 300, "notice_es", "The notice must be 300 characters or less")
	f.Check((r.Notice == "") == (r.NoticeES == ""), "notice_es", "Enter the notice in both languages, or in neither")
	f.Check(utf8.RuneCountInString(r.FallbackES) <= 300, "instead_es", "What offices read instead must be 300 characters or less")
	f.Check((r.Fallback == "") == (r.FallbackES == ""), "instead_es", "Enter what offices read instead in both languages, or in neither")
	f.Check(utf8.RuneCountInString(r.Fallback) <= 300, "instead", "What offices read instead must be 300 characters or less")
	f.Check(utf8.RuneCountInString(r.Phone) <= 40, "call", "The phone number must be 40 characters or less")
	return f.Err()
}

// SaveWave stores a wave, new if it has no ID. Who may: administrators.
func SaveWave(ctx context.Context, tx *db.Tx, by account.Actor, r Rollout) (_ Rollout, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return r, err
	}
	if err := r.Check(); err != nil {
		return r, err
	}
	if r.ID == "" {
		_, err := insertRollout(ctx, tx, &r)
		if err != nil {
			return r, err
		}
		return r, audit.Record(ctx, tx, r.audit(by, "rollout.added"))
	}
	if r, err = replace(ctx, tx, r); err != nil {
		return r, err
	}
	return r, audit.Record(ctx, tx, r.audit(by, "rollout.changed"))
}

// replace stores a wave in the place of the one with its ID.
func replace(ctx context.Context, tx *db.Tx, r Rollout) (Rollout, error) {
	had, err := Wave(ctx, tx, r.ID)
	if err != nil {
		return r, err
	}
	p, err := Get(ctx, tx, r.PlanID)
	if err != nil {
		return r, err
	}
	r.WasTo = had.putOff(r, civil.DateIn(tx.Now(), p.Zone()))
	return r, db.Changed(updateRollout(ctx, tx, r))
}

// putOff is until when r was to be there, as offices read, if is puts off its
// end.
func (r Rollout) putOff(is Rollout, today civil.Date) civil.Date {
	ends := r.Stage == Ending && is.Stage == Ending && !r.To.IsZero()
	switch {
	case !ends || !is.To.IsZero() && is.To.Before(r.To) || is.Feature != r.Feature || is.ProgramID != r.ProgramID || is.PlanID != r.PlanID:
		return civil.Date{}
	case is.To == r.To || today.Before(r.From): // nothing new, or nobody has read of it
		return r.WasTo
	}
	return r.To
}

// Stop turns a wave off at once: processes notice with their next request.
// said is what offices read instead, in both languages, and phone whom they
// call. Invalid faults are at "reason", "fallback", "fallback_es" and "phone".
func Stop(ctx context.Context, tx *db.Tx, by account.Actor, id, reason string, said Said, phone string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	reason, phone = strings.TrimSpace(reason), strings.TrimSpace(phone)
	fallback, spanish := strings.TrimSpace(said.Text), strings.TrimSpace(said.ES)
	f := fault.Fields{}
	f.Check(reason != "", "reason", "Say why it is turned off")
	f.Check(utf8.RuneCountInString(reason) <= 300, "reason", "The reason must be 300 characters or less")
	f.Check(utf8.RuneCountInString(fallback) <= 300, "fallback", "What offices read instead must be 300 characters or less")
	f.Check(utf8.RuneCountInString(phone) <= 40, "phone", "The phone number must be 40 characters or less")
	f.Check(fallback != "", "fallback", "Say what offices read instead")
	f.Check(spanish != "", "fallback_es", "Say it in Spanish too")
	f.Check(utf8.RuneCountInString(spanish) <= 300, "fallback_es", "What offices read instead must be 300 characters or less")
	f.Check(phone != "", "phone", "Enter the phone number that offices call instead")
	if err := f.Err(); err != nil {
		return err
	}
	r, err := Wave(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update rollout set stopped_at = $1, stopped_why = $2, fallback = $3, fallback_es = $4, phone = $5, changed_at = $1 where id = $6 and stopped_at is null`,
		tx.Now(), reason, fallback, spanish, phone, id)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, r.audit(by, "rollout.stopped"))
}

// Restart lets a wave that was stopped go on.
func Restart(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	r, err := Wave(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update rollout set stopped_at = null, changed_at = $1 where id = $2 and stopped_at is not null`, tx.Now(), id)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, r.audit(by, "rollout.restarted"))
}

// StageOf says how far a feature is rolled out for an office on a day, and the
// phase that says so. If it is not open, next is the first day it will be, if
// one is set. While it is stopped it is Off. What a wave has offices read instead
// is its notice then, and where it isn't open. A feature that is usual is on, by no phase, where no wave brings it to
// some.
func StageOf(ctx context.Context, tx *db.Tx, feature string, program ProgramID, id ID, of Office, day civil.Date) (now Rollout, next civil.Date, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return now, next, err
	}
	now, next = p.stageOf(feature, program, id, of, day)
	return now, next, nil
}

// StageWith is StageOf as it would be with a wave that isn't there yet, or in
// the place of the one with its ID.
func StageWith(ctx context.Context, tx *db.Tx, draft Rollout, of Office, day civil.Date) (now Rollout, next civil.Date, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return now, next, err
	}
	k := rolloutKey{draft.Feature, draft.ProgramID, draft.PlanID}
	waves := slices.DeleteFunc(slices.Clone(p.rollouts[k]), func(r Rollout) bool {
		if r.ID == draft.ID { // that it was turned off by hand stays
			draft.StoppedAt, draft.StoppedWhy = r.StoppedAt, r.StoppedWhy
		}
		return r.ID == draft.ID
	})
	with := &policy{plans: p.plans, programs: p.programs, rollouts: map[rolloutKey][]Rollout{k: append(waves, draft)}}
	now, next = with.stageOf(k.feature, k.program, k.plan, of, day)
	return now, next, nil
}

func (p *policy) stageOf(feature string, program ProgramID, id ID, of Office, day civil.Date) (now Rollout, next civil.Date) {
	now, next = p.stage(feature, program, id, of, day)
	said := now
	if now.From.IsZero() {
		said = wordsFor(p.rollouts[rolloutKey{feature, program, id}], of, day)
	}
	if now.StoppedAt != nil || !now.Stage.Open() && now.Notice == "" && said.Fallback+said.Phone != "" {
		instead := said.Instead(p.plans[id], p.programs[program], next, "")
		now.Notice, now.NoticeES = instead.Text, instead.ES
	}
	return now, next
}

// ByState reports whether any wave of a feature for a program of a plan names
// a state: then an office's has to be known.
func ByState(ctx context.Context, tx *db.Tx, feature string, program ProgramID, id ID) (bool, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return false, err
	}
	return byState(p.rollouts[rolloutKey{feature, program, id}]), nil
}

// Waves are all waves, by plan, program and day.
func Waves(ctx context.Context, tx *db.Tx) (all []Rollout, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, some := range p.rollouts {
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Rollout) int {
		return strings.Compare(p.plans[a.PlanID].Name+"|"+p.programs[a.ProgramID].Name+"|"+a.From.String()+a.ID, p.plans[b.PlanID].Name+"|"+p.programs[b.ProgramID].Name+"|"+b.From.String()+b.ID)
	})
	return all, nil
}

// Wave returns one wave, or a NotFound fault.
func Wave(ctx context.Context, tx *db.Tx, id string) (Rollout, error) {
	all, err := rollouts(ctx, tx, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "We can't find that wave.")
	}
	if err != nil {
		return Rollout{}, err
	}
	return all[0], nil
}
