package plan

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

const planColumns = `id, code, name, payer_id, time_zone, phone, hours, source_key, open_minute, close_minute, eligibility_url, address, appeal_address, appeal_fax, allow_unmatched, member_ids, member_id_examples, color, logo`

func scanPlan(r db.Row) (p Plan, err error) {
	return p, r.Scan((*string)(&p.ID), &p.Code, &p.Name, &p.PayerID, &p.TimeZone, &p.Phone, &p.Hours, &p.Source, &p.Opens, &p.Closes, &p.Eligibility, &p.Address, &p.AppealAddress, &p.AppealFax, &p.Unmatched, (*string)(&p.MemberIDs), &p.MemberIDExamples, (*string)(&p.Color), &p.Logo)
}

func save(ctx context.Context, tx *db.Tx, p Plan) (int64, error) {
	return tx.Exec(ctx, `
		insert into plan (`+planColumns+`, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		on conflict (id) do update set code = excluded.code, name = excluded.name, payer_id = excluded.payer_id,
			time_zone = excluded.time_zone, phone = excluded.phone, hours = excluded.hours, open_minute = excluded.open_minute, close_minute = excluded.close_minute, eligibility_url = excluded.eligibility_url,
			address = excluded.address, appeal_address = excluded.appeal_address, appeal_fax = excluded.appeal_fax, allow_unmatched = excluded.allow_unmatched,
			member_ids = excluded.member_ids, member_id_examples = excluded.member_id_examples, color = excluded.color, logo = excluded.logo
		where (plan.code, plan.name, plan.payer_id, plan.time_zone, plan.phone, plan.hours, plan.open_minute, plan.close_minute, plan.eligibility_url, plan.address, plan.appeal_address, plan.appeal_fax, plan.allow_unmatched, plan.member_ids, plan.member_id_examples, plan.color, plan.logo)
			is distinct from (excluded.code, excluded.name, excluded.payer_id, excluded.time_zone, excluded.phone, excluded.hours, excluded.open_minute, excluded.close_minute, excluded.eligibility_url, excluded.address, excluded.appeal_address, excluded.appeal_fax, excluded.allow_unmatched, excluded.member_ids, excluded.member_id_examples, excluded.color, excluded.logo)`,
		string(p.ID), p.Code, p.Name, p.PayerID, p.TimeZone, p.Phone, p.Hours, orNull(p.Source), p.Opens, p.Closes, p.Eligibility, p.Address, p.AppealAddress, p.AppealFax, p.Unmatched, string(p.MemberIDs), p.MemberIDExamples, string(p.Color), p.Logo, tx.Now())
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func bySource(ctx context.Context, tx *db.Tx, source string) (Plan, error) {
	return db.One(ctx, tx, scanPlan, `select `+planColumns+` from plan where source_key = $1`, source)
}

func all(ctx context.Context, tx *db.Tx) ([]Plan, error) {
	return db.All(ctx, tx, scanPlan, `select `+planColumns+` from plan order by name, id`)
}

const lineColumns = `plan_id, line, name, phone, hours, decision_days, urgent_hours, call_effect, call_window_days, call_window_business, calls_per_decision, peers, pre_decision_hours, call_reviewer, rule_packs, reconsideration_days, unanswered`

func scanLine(r db.Row) (l Line, err error) {
	return l, r.Scan((*string)(&l.PlanID), &l.Code, &l.Name, &l.Phone, &l.Hours, &l.DecisionDays, &l.UrgentHours,
		&l.CallEffect, &l.CallWindowDays, &l.CallBusiness, &l.CallsPerCase, &l.Peers, &l.PreDecisionHours, &l.CallReviewer, &l.RulePacks, &l.ReconsiderationDays, &l.Unanswered)
}

func saveLine(ctx context.Context, tx *db.Tx, l Line) (int64, error) {
	return tx.Exec(ctx, `
		insert into plan_line (`+lineColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		on conflict (plan_id, line) do update set name = excluded.name, phone = excluded.phone, hours = excluded.hours,
			decision_days = excluded.decision_days, urgent_hours = excluded.urgent_hours, call_effect = excluded.call_effect,
			call_window_days = excluded.call_window_days, call_window_business = excluded.call_window_business,
			calls_per_decision = excluded.calls_per_decision, peers = excluded.peers,
			pre_decision_hours = excluded.pre_decision_hours, call_reviewer = excluded.call_reviewer, rule_packs = excluded.rule_packs, reconsideration_days = excluded.reconsideration_days,
			unanswered = excluded.unanswered
		where (plan_line.name, plan_line.phone, plan_line.hours, plan_line.decision_days, plan_line.urgent_hours, plan_line.call_effect,
				plan_line.call_window_days, plan_line.call_window_business, plan_line.calls_per_decision, plan_line.peers, plan_line.pre_decision_hours, plan_line.call_reviewer, plan_line.rule_packs, plan_line.reconsideration_days, plan_line.unanswered)
			is distinct from (excluded.name, excluded.phone, excluded.hours, excluded.decision_days, excluded.urgent_hours,
				excluded.call_effect, excluded.call_window_days, excluded.call_window_business, excluded.calls_per_decision, excluded.peers, excluded.pre_decision_hours, excluded.call_reviewer, excluded.rule_packs, excluded.reconsideration_days, excluded.unanswered)`,
		string(l.PlanID), l.Code, l.Name, l.Phone, l.Hours, l.DecisionDays, l.UrgentHours, l.CallEffect, l.CallWindowDays, l.CallBusiness, l.CallsPerCase, l.Peers, l.PreDecisionHours, l.CallReviewer, l.RulePacks, l.ReconsiderationDays, l.Unanswered)
}

// programColumns are those that SaveProgram writes, the key first.
var programColumns = []string{
	"id", "code", "name", "description", "slot_minutes", "confirm", "look_ahead_days", "hold_minutes", "notice_minutes", "urgent_notice_minutes", "distribution", "call_from",
	"attempts_needed", "attempts_apart", "specialty", "most_orders", "intake", "file_mb", "most_files", "most_pages", "file_types", "fax", "second_signature", "reviewing", "reminders",
}

func scanProgram(r db.Row) (p Program, err error) {
	var intake, reviewing string
	if err := r.Scan((*string)(&p.ID), &p.Code, &p.Name, &p.Description, &p.SlotMinutes, &p.Confirm, &p.LookAheadDays, &p.HoldMinutes, &p.NoticeMinutes, &p.UrgentNotice,
		&p.Distribution, &p.CallFrom, &p.AttemptsNeeded, &p.AttemptsApart, &p.Specialty, &p.MostOrders, &intake,
		&p.Files.MB, &p.Files.Most, &p.Files.Pages, &p.Files.types, &p.Fax, &p.SecondSignature, &reviewing, &p.Reminders); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(reviewing), &p.Reviewing); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(intake), &p.Intake)
}

// saveProgram reports how many rows it changed: none if all is there already.
func saveProgram(ctx context.Context, tx *db.Tx, p Program) (int64, error) {
	intake, err := json.Marshal(p.Intake)
	if err != nil {
		return 0, err
	}
	reviewing, err := json.Marshal(p.Reviewing)
	if err != nil {
		return 0, err
	}
	return tx.Exec(ctx, programUpsert,
		string(p.ID), p.Code, p.Name, p.Description, p.SlotMinutes, p.Confirm, p.LookAheadDays, p.HoldMinutes, p.NoticeMinutes, p.UrgentNotice,
		p.Distribution, p.CallFrom, p.AttemptsNeeded, p.AttemptsApart, p.Specialty, p.MostOrders, string(intake),
		p.Files.MB, p.Files.Most, p.Files.Pages, p.Files.types, p.Fax, p.SecondSignature, string(reviewing), p.Reminders, tx.Now())
}

// programUpsert writes what is new or different.
var programUpsert = func() string {
	var places, set, old, now []string
	for i, c := range programColumns {
		places = append(places, "$"+strconv.Itoa(i+1))
		set, old, now = append(set, c+" = excluded."+c), append(old, "program."+c), append(now, "excluded."+c)
	}
	return `insert into program (` + strings.Join(programColumns, ", ") + `, created_at) values (` + strings.Join(places, ", ") + `, $` + strconv.Itoa(len(places)+1) + `)
		on conflict (id) do update set ` + strings.Join(set[1:], ", ") + `
		where (` + strings.Join(old, ", ") + `) is distinct from (` + strings.Join(now, ", ") + `)`
}()

func programs(ctx context.Context, tx *db.Tx) ([]Program, error) {
	return db.All(ctx, tx, scanProgram, `select `+strings.Join(programColumns, ", ")+` from program order by name, id`)
}

// insertDelegation leaves alone what is there to the letter.
func insertDelegation(ctx context.Context, tx *db.Tx, d Delegation) (int64, error) {
	there, err := delegations(ctx, tx, `plan_id = $1 and line = $2 and function = $3`, string(d.PlanID), d.Line, string(d.Function))
	if err != nil || slices.Contains(there, d) {
		return 0, err
	}
	return tx.Exec(ctx, `
		insert into delegation (id, plan_id, line, program_id, function, done_by, from_day, to_day) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		db.NewID("dlg"), string(d.PlanID), d.Line, string(d.ProgramID), string(d.Function), string(d.By), d.From, d.To)
}

func delegations(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Delegation, error) {
	return db.All(ctx, tx, func(r db.Row) (d Delegation, err error) {
		return d, r.Scan((*string)(&d.PlanID), &d.Line, (*string)(&d.ProgramID), (*string)(&d.Function), (*string)(&d.By), &d.From, &d.To)
	}, `select plan_id, line, program_id, function, done_by, from_day, to_day from delegation
		where `+where+` order by from_day, id`, args...)
}

// insertRollout leaves alone what is there to the letter.
func insertRollout(ctx context.Context, tx *db.Tx, r *Rollout) (int64, error) {
	there, err := rollouts(ctx, tx, `feature = $1 and program_id = $2 and plan_id = $3`, r.Feature, string(r.ProgramID), string(r.PlanID))
	bare := func(o Rollout) Rollout {
		o.ID, o.StoppedAt, o.StoppedWhy, o.Fallback, o.FallbackES, o.Phone, o.WasTo = "", nil, "", "", "", "", civil.Date{}
		return o
	}
	same := func(o Rollout) bool { return bare(o) == bare(*r) }
	if err != nil || slices.ContainsFunc(there, same) {
		return 0, err
	}
	r.ID = db.NewID("rll")
	return addRollout(ctx, tx, *r)
}

func addRollout(ctx context.Context, tx *db.Tx, r Rollout) (int64, error) {
	return tx.Exec(ctx, `
		insert into rollout (id, feature, program_id, plan_id, line, state, organizations, stage, from_day, to_day, notice, stopped_at, stopped_why, fallback, phone, changed_at, percent, notice_es, fallback_es, was_to)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		r.ID, r.Feature, string(r.ProgramID), string(r.PlanID), r.Line, r.State, r.Organizations, string(r.Stage), r.From, r.To, r.Notice, r.StoppedAt, r.StoppedWhy, r.Fallback, r.Phone, tx.Now(), r.Percent, r.NoticeES, r.FallbackES, r.WasTo)
}

func updateRollout(ctx context.Context, tx *db.Tx, r Rollout) (int64, error) {
	return tx.Exec(ctx, `
		update rollout set feature = $2, program_id = $3, plan_id = $4, line = $5, state = $6, organizations = $7, stage = $8, from_day = $9, to_day = $10, notice = $11, changed_at = $12, fallback = $13, phone = $14, percent = $15, notice_es = $16, fallback_es = $17, was_to = $18 where id = $1`,
		r.ID, r.Feature, string(r.ProgramID), string(r.PlanID), r.Line, r.State, r.Organizations, string(r.Stage), r.From, r.To, r.Notice, tx.Now(), r.Fallback, r.Phone, r.Percent, r.NoticeES, r.FallbackES, r.WasTo)
}

func rollouts(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Rollout, error) {
	return db.All(ctx, tx, func(r db.Row) (o Rollout, err error) {
		return o, r.Scan(&o.ID, &o.Feature, (*string)(&o.ProgramID), (*string)(&o.PlanID), &o.Line, &o.State, &o.Organizations, (*string)(&o.Stage), &o.From, &o.To, &o.Notice, &o.StoppedAt, &o.StoppedWhy, &o.Fallback, &o.Phone, &o.Percent, &o.NoticeES, &o.FallbackES, &o.WasTo)
	}, `select id, feature, program_id, plan_id, line, state, organizations, stage, from_day, to_day, notice, stopped_at, stopped_why, fallback, phone, percent, notice_es, fallback_es, was_to from rollout
		where `+where+` order by from_day, id`, args...)
}

// putHoliday stores a holiday under the plan and when it falls, and reports how
// many rows it changed.
func putHoliday(ctx context.Context, tx *db.Tx, id ID, h Holiday) (int64, error) {
	return tx.Exec(ctx, `
		insert into plan_holiday (plan_id, day, name, name_es, applies, shut_from, shut_until) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (plan_id, day) do update set name = excluded.name, name_es = excluded.name_es, applies = excluded.applies, shut_from = excluded.shut_from, shut_until = excluded.shut_until
		where (plan_holiday.name, plan_holiday.name_es, plan_holiday.applies, plan_holiday.shut_from, plan_holiday.shut_until)
			is distinct from (excluded.name, excluded.name_es, excluded.applies, excluded.shut_from, excluded.shut_until)`,
		string(id), h.Falls.String(), strings.TrimSpace(h.Name), strings.TrimSpace(h.NameES), string(h.Applies), h.Shut.Open, h.Shut.Close)
}

func deleteHoliday(ctx context.Context, tx *db.Tx, id ID, falls civil.Falling) error {
	_, err := tx.Exec(ctx, `delete from plan_holiday where plan_id = $1 and day = $2`, string(id), falls.String())
	return err
}

// A holidayRow is a holiday with the plan whose it is.
type holidayRow struct {
	plan ID
	Holiday
}

func holidays(ctx context.Context, tx *db.Tx) ([]holidayRow, error) {
	return db.All(ctx, tx, func(r db.Row) (h holidayRow, err error) {
		var falls string
		if err := r.Scan((*string)(&h.plan), &falls, &h.Name, &h.NameES, (*string)(&h.Applies), &h.Shut.Open, &h.Shut.Close); err != nil {
			return h, err
		}
		h.Falls, err = civil.ParseFalling(falls)
		return h, err
	}, `select plan_id, day, name, name_es, applies, shut_from, shut_until from plan_holiday`)
}
