package account

import (
	"context"
	"strings"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// Merged announces that the record of one organization became part of
// another's. Every package that keeps organizations' ids follows it, in the
// same transaction and once more a while later, for what others were writing
// meanwhile. See package merge and app/reactions.go.
type Merged struct {
	From, Into         string // ids
	FromName, IntoName string
}

// Kind names the event.
func (Merged) Kind() string { return "account.merged" }

// A Merging is how one record becomes part of another.
type Merging struct {
	From, Into Organization
	Reason     string
	// Narrow keeps the people of From from seeing more than they saw: who
	// worked at all of its locations works at those alone, and who
	// administered it doesn't administer Into.
	Narrow    bool
	Locations []string // ids of From's
}

// Event is what the others follow.
func (m Merging) Event() Merged {
	return Merged{From: m.From.ID, Into: m.Into.ID, FromName: m.From.Name, IntoName: m.Into.Name}
}

// Absorb moves what the account has of a record to another: people, what was
// asked of them, the sign-in. The record itself stays until RemoveMerged, so that
// others can move what names it. Both rows are held until the transaction ends:
// whoever writes for From meanwhile comes before or after. The error is a
// Conflict fault if both have sign-ins of their own that differ. Who may:
// administrators; whether the two may become one says package merge.
func Absorb(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, m Merging) error {
	if err := by.Must(ManageProgram); err != nil {
		return err
	}
	if _, err := db.All(ctx, tx, db.Value[string], `select id from organization where id in ($1, $2) order by id {{for update}}`, m.From.ID, m.Into.ID); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error { return m.moveConnection(ctx, tx, box, by) },
		func(ctx context.Context, tx *db.Tx) error { return m.moveSeats(ctx, tx, by) },
		m.moveJoinings, m.moveRest, m.keepAlias(by),
	} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// moveRest ends what was asked for in From's name and is not done: invitations,
// resets that wait for a second administrator, waves, and sessions of staff who
// act for it. What is over stays as history. Keys of systems go on where Into may
// have such.
func (m Merging) moveRest(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `update api_key set organization_id = $1 where organization_id = $2`, m.Into.ID, m.From.ID); err != nil {
		return err
	}
	for _, end := range []string{
		`update invitation set withdrawn_at = $1, token_hash = null where organization_id = $2 and accepted_at is null and withdrawn_at is null`,
		`update factor_wave set stopped_at = $1 where organization_id = $2 and stopped_at is null and ended_at is null`,
		`update assist set ended_at = $1 where organization_id = $2 and ended_at is null`,
	} {
		if _, err := tx.Exec(ctx, end, tx.Now(), m.From.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `delete from factor_reset where organization_id = $1`, m.From.ID); err != nil {
		return err
	}
	return FollowMerged(ctx, tx, m.Event())
}

// FollowMerged moves what is history, and what was begun while the records
// became one.
func FollowMerged(ctx context.Context, tx *db.Tx, e Merged) error {
	for _, query := range []string{
		`update invitation set organization_id = $1 where organization_id = $2`,
		`update factor_wave set organization_id = $1 where organization_id = $2`,
		`update assist set organization_id = $1 where organization_id = $2`,
		`update access_review set organization_id = $1, done_at = coalesce(done_at, begun_at) where organization_id = $2`, // Into's people are others
		`update session set through_organization_id = $1 where through_organization_id = $2`,
		`update organization_alias set organization_id = $1 where organization_id = $2`,
		`update sso_proof set organization_id = $1 where organization_id = $2
			and not exists (select 1 from sso_proof p where p.organization_id = $1 and p.domain = sso_proof.domain)`,
	} {
		if _, err := tx.Exec(ctx, query, e.Into, e.From); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `delete from sso_proof where organization_id = $1`, e.From)
	return err
}

// moveJoinings has Into's administrators decide who asked to work for From, but
// for who works for Into already.
func (m Merging) moveJoinings(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `update join_request set decided_at = $1, accepted = $2 where organization_id = $3 and decided_at is null
		and person_id in (select person_id from membership where organization_id = $4 and limited = $5)`, tx.Now(), true, m.From.ID, m.Into.ID, false); err != nil {
		return err
	}
	open, err := db.All(ctx, tx, db.Value[string], `select id from join_request where organization_id = $1 and decided_at is null order by id`, m.From.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update join_request set organization_id = $1 where organization_id = $2`, m.Into.ID, m.From.ID); err != nil {
		return err
	}
	for _, id := range open {
		if err := job.Add(ctx, tx, JoinAsked{JoiningID: id}); err != nil {
			return err
		}
	}
	return nil
}

// keepAlias has the old record's id, name, numbers and source lead to Into.
func (m Merging) keepAlias(by Actor) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into organization_alias (id, organization_id, kind, name, npi, tin, source_key, merged_at, merged_by, merged_name, reason)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			m.From.ID, m.Into.ID, m.From.Kind, m.From.Name, m.From.NPI, m.From.TIN, orNull(m.From.Source), tx.Now(), string(by.ID), by.Name, m.Reason); err != nil {
			return err
		}
		for id, words := range map[string]string{m.From.ID: "into " + m.Into.ID, m.Into.ID: "from " + m.From.ID} {
			e := by.Audit("organization.merged", "organization", id)
			e.Detail = words + ": " + m.Reason
			if err := audit.Record(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	}
}

// RemoveMerged removes a record that became part of another's, once nothing names it.
func RemoveMerged(ctx context.Context, tx *db.Tx, e Merged) error {
	return db.Changed(tx.Exec(ctx, `delete from organization where id = $1 and id in (select id from organization_alias)`, e.From))
}

// sameName reports whether what was typed is a name, but for case and spaces.
func sameName(typed, name string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(typed), " "), strings.Join(strings.Fields(name), " "))
}

// CheckMerging says what must be entered for records to become one: Invalid at
// "reason" and "confirm", which is the name of the one that goes.
func CheckMerging(m Merging, confirm string) error {
	f := fault.Fields{}
	f.Check(m.Reason != "", "reason", "Say why, for those who look at it later")
	f.Check(len([]rune(m.Reason)) <= 300, "reason", "The reason must be 300 characters or less")
	f.Check(sameName(confirm, m.From.Name), "confirm", words.Say("Enter the name of the record that goes: %s", m.From.Name))
	return f.Err()
}
