// Package merge is about two records of one office, or of one site, that become
// one. What they have is moved by the packages that own it.
package merge

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/guideline"
	"parley/internal/domain/legacy"
	"parley/internal/domain/member"
	"parley/internal/domain/message"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
)

// again is when what others were writing while two records became one is
// looked for: no page and no job takes as long.
const again = 15 * time.Minute

// Follow moves what names a record that became part of another. It can be
// repeated.
func Follow(ctx context.Context, tx *db.Tx, e account.Merged) error {
	for _, follow := range []func(context.Context, *db.Tx, account.Merged) error{
		account.FollowMerged, provider.FollowMerged, plan.FollowMerged, notice.FollowMerged, member.FollowMerged, guideline.FollowMerged,
		attachment.FollowMerged, order.FollowMerged, legacy.FollowMerged, request.FollowMerged, review.FollowMerged, message.FollowMerged,
		peer.FollowMerged, appeal.FollowMerged, forgetRequests,
	} {
		if err := follow(ctx, tx, e); err != nil {
			return err
		}
	}
	return job.Rename(ctx, tx, e.From, e.Into)
}

// A Wish is that one record becomes part of another, as an administrator
// entered it.
type Wish struct {
	From, Into string // ids
	Reason     string
	Narrow     bool   // see account.Merging
	Confirm    string // the name of the record that goes
}

// Do makes one record part of another, all of it or nothing. Where their
// numbers differ it is only asked for, and done is false: a second
// administrator has to agree. The error is Invalid at "reason" or "confirm", or
// a Conflict fault where the two can't become one. Who may: administrators.
func Do(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, w Wish) (done bool, err error) {
	m, err := w.merging(ctx, tx, by)
	if err != nil {
		return false, err
	}
	if err := account.CheckMerging(m, w.Confirm); err != nil {
		return false, err
	}
	if Differ(m.From, m.Into) {
		return false, ask(ctx, tx, by, m)
	}
	return true, do(ctx, tx, box, by, m)
}

func do(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, m account.Merging) error {
	if err := account.Absorb(ctx, tx, box, by, m); err != nil {
		return err
	}
	if err := Follow(ctx, tx, m.Event()); err != nil {
		return err
	}
	if err := account.RemoveMerged(ctx, tx, m.Event()); err != nil {
		return err
	}
	return job.Add(ctx, tx, m.Event(), job.At(tx.Now().Add(again)))
}

// merging is a wish with the records it is about, which can become one.
func (w Wish) merging(ctx context.Context, tx *db.Tx, by account.Actor) (m account.Merging, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return m, err
	}
	m = account.Merging{Reason: strings.TrimSpace(w.Reason), Narrow: w.Narrow}
	if m.From, err = account.GetOrganization(ctx, tx, w.From); err != nil {
		return m, err
	}
	if m.Into, err = account.GetOrganization(ctx, tx, w.Into); err != nil {
		return m, err
	}
	if err := fit(ctx, tx, m); err != nil {
		return m, err
	}
	m.Locations, err = db.All(ctx, tx, db.Value[string], `select id from location where organization_id = $1 order by id`, m.From.ID)
	return m, err
}

// fit says why two records can't become one.
func fit(ctx context.Context, tx *db.Tx, m account.Merging) error {
	switch {
	case m.From.ID == m.Into.ID:
		return fault.New(fault.Conflict, "This is one record already.")
	case m.From.Kind == "um" || m.Into.Kind == "um":
		return fault.New(fault.Conflict, "The record of those who run the service stays as it is.")
	case m.From.Kind != m.Into.Kind:
		return fault.New(fault.Conflict, "One is an office and the other a rendering site. They stay two: people of each see other orders.")
	}
	differ, err := account.SignInsDiffer(ctx, tx, m.From.ID, m.Into.ID)
	if err == nil && differ {
		err = fault.New(fault.Conflict, "Both have a sign-in of their own, and they differ. Remove one first.")
	}
	return err
}

// Differ reports whether two records' numbers say that they are not of one
// office: both have a tax ID, or an NPI, and not the same.
func Differ(a, b account.Organization) bool {
	return a.TIN != "" && b.TIN != "" && a.TIN != b.TIN || a.NPI != "" && b.NPI != "" && a.NPI != b.NPI
}

func record(ctx context.Context, tx *db.Tx, by account.Actor, action, organizationID, detail string) error {
	e := by.Audit(action, "organization", organizationID)
	e.Detail = detail
	return audit.Record(ctx, tx, e)
}
