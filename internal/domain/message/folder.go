package message

import (
	"context"

	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
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
