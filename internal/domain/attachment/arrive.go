package attachment

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// Arrive takes a file for an order that was sent already. It is in the store
// as ref, is checked like any other, and belongs to the order once it is
// accepted. The caller has made sure that by may add to the order. What can't
// be taken is an Invalid fault at the field "files".
func Arrive(ctx context.Context, tx *db.Tx, by account.Actor, in Folder, orderID string, n New, ref blob.Ref) (Upload, error) {
	n.Size, n.Name = ref.Size, inspect.Name(n.Name)
	all, err := Uploads(ctx, tx, in.RequestID)
	if err != nil {
		return Upload{}, err
	}
	if slices.ContainsFunc(all, func(u Upload) bool { return u.Live() && u.SHA256 == ref.SHA256 }) {
		return Upload{}, fault.Fields{"files": words.Say("%s: You’ve already uploaded this file", n.Name)}.Err()
	}
	if err := n.check(in.Rules, all); err != nil {
		return Upload{}, err
	}
	u := Upload{ID: db.NewID("upl"), RequestID: in.RequestID, OrganizationID: in.OrganizationID, MemberID: in.MemberID, OrderID: orderID, Name: n.Name, Size: n.Size, Received: n.Size,
		MostPages: in.Rules.Pages, Kind: n.kind(), Item: n.Item, Status: Checking, SHA256: ref.SHA256, BlobKey: ref.Key,
		AddedBy: by.ID, AddedName: by.Name, AddedAt: tx.Now(), ChangedAt: tx.Now()}
	if err := insertUpload(ctx, tx, u); err != nil {
		return u, err
	}
	if err := job.Add(ctx, tx, Check{u.ID}); err != nil {
		return u, err
	}
	return u, u.record(ctx, tx, by, "file.received")
}

// Supersede puts away a file of an order that was not accepted, since another
// one came in its place. One that is accepted or being checked is a Conflict.
// The caller has made sure that by may add to the order.
func Supersede(ctx context.Context, tx *db.Tx, by account.Actor, u Upload) error {
	if u.Status == Accepted || u.Status == Uploading || u.Status == Checking {
		return fault.New(fault.Conflict, "This file is part of the order, and stays with it.")
	}
	now, before := tx.Now(), u
	u.DeletedAt = &now
	if err := u.save(ctx, tx, before); err != nil {
		return err
	}
	return u.record(ctx, tx, by, "file.superseded")
}

// AddedBy are the files of an order that somebody added after it was sent, the
// first one first, whatever came of them.
func AddedBy(ctx context.Context, tx *db.Tx, orderID string, by account.PersonID) ([]Upload, error) {
	return uploads(ctx, tx, `order_id = $1 and added_by = $2 and deleted_at is null and status <> 'locked away'`, orderID, string(by))
}
