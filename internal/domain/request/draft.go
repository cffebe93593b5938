package request

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// Drafts returns the requests that by can go on with, the last changed first,
// at most 500. Of those deleted, the ones that can still be brought back.
func Drafts(ctx context.Context, tx *db.Tx, by account.Actor, deleted bool) ([]Request, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return nil, err
	}
	since := tx.Now()
	if deleted {
		since = since.Add(-remain * 24 * time.Hour)
	}
	all, err := drafts(ctx, tx, by, deleted, since)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Patient.MemberID == "" {
			continue
		}
		if err := record(ctx, tx, by, r, "request.listed"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Delete puts a draft away. For 30 days it can be brought back.
func Delete(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (Request, error) {
	if err := r.open(tx); err != nil {
		return r, err
	}
	now := tx.Now()
	r.Version, r.DeletedAt = r.Version+1, &now
	if err := update(ctx, tx, r); err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.deleted")
}

// Restore brings a deleted draft back, to live on for two weeks. One that is
// not deleted stays as it is.
func Restore(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Request, error) {
	r, err := find(ctx, tx, by, number)
	if err != nil || r.DeletedAt == nil {
		return r, err
	}
	r.Version, r.DeletedAt = r.Version+1, nil
	r.touch(tx, by)
	if err := update(ctx, tx, r); err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.restored")
}

// Done reports whether nothing more need be said on a part.
func (c Content) Done(p Part) bool {
	switch p {
	case PatientPart:
		return c.Patient.Chosen()
	case OrderPart:
		o := c.Order
		return len(o.Services) > 0 && len(o.Diagnoses) > 0 && o.ProgramID != "" && o.Urgency != ""
	case ClinicalPart:
		return c.Done(OrderPart) && (c.Clinical.Guidelines == 0 || c.Clinical.Complete)
	}
	return c.Providers.PractitionerID != "" && c.Providers.Contact.Phone != "" && (c.Providers.Site != "" || c.Providers.SiteOpen)
}

// Next is the first part on which something is missing; "" if nothing is.
func (c Content) Next() Part {
	all := c.Parts()
	i := slices.IndexFunc(all, func(p Part) bool { return !c.Done(p) })
	if i < 0 {
		return ""
	}
	return all[i]
}

// Begun reports whether somebody has said anything on a part.
func (c Content) Begun(p Part) bool {
	_, ok := c.Changed[p]
	return ok && (p != ClinicalPart || c.Clinical.Answered > 0)
}

// DaysLeft is how many days a draft lives on, 0 on its last one.
func (r Request) DaysLeft(now time.Time, zone *time.Location) int {
	return civil.DateIn(now, zone).DaysUntil(civil.DateIn(r.ExpiresAt.Add(-time.Second), zone))
}
