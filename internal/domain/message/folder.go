package message

import (
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Folder is where the files of a thread are until they are sent, with what its
// program takes. A question about no order takes no files: the error is a
// NotFound fault. The caller has read the thread, and so may.
func Folder(ctx context.Context, tx *db.Tx, t Thread, o order.Order) (attachment.Folder, error) {
	p, err := plan.GetProgram(ctx, tx, t.ProgramID)
	return attachment.Folder{RequestID: t.folder(), OrganizationID: t.OrganizationID, MemberID: o.MemberID, Rules: p.Files}, err
}

// Files are those of a thread, the first one first, without those deleted.
func Files(ctx context.Context, tx *db.Tx, t Thread) ([]attachment.Upload, error) {
	return attachment.Uploads(ctx, tx, t.folder())
}

// FileOf is one of them, deleted or not, or a NotFound fault.
func FileOf(ctx context.Context, tx *db.Tx, t Thread, id string) (attachment.Upload, error) {
	return attachment.UploadOf(ctx, tx, t.folder(), id)
}

// FileChecked encloses a file of an answer that began to come in the very
// moment in which the answer was sent, so that neither saw the other: what
// somebody was told is here may not be lost.
func FileChecked(ctx context.Context, tx *db.Tx, e attachment.Checked) error {
	all, err := attachment.UploadsByID(ctx, tx, []string{e.UploadID})
	if err != nil || len(all) == 0 || all[0].OrderID != "" || all[0].DeletedAt != nil {
		return err
	}
	u := all[0]
	t, err := OfEvent(ctx, tx, u.RequestID)
	if fault.Is(err, fault.NotFound) {
		return nil // it belongs to a request
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(t.Items, func(i Item) bool { return i.SentAt != nil && u.Item == strconv.Itoa(i.N) }) {
		return nil
	}
	return attachment.EncloseLate(ctx, tx, u, string(t.OrderID))
}
