package attachment

import (
	"context"
	"time"

	"parley/internal/infra/blob"
	"parley/internal/infra/db"
)

const columns = `id, order_id, name, media_type, size, sha256, blob_key, kind, note, status, added_by, added_name, added_at, pages, scan, upload_id, came, came_from, came_at`

func scanFile(r db.Row) (f File, err error) {
	return f, r.Scan(&f.ID, &f.OrderID, &f.Name, &f.MediaType, &f.Size, &f.SHA256, &f.BlobKey, &f.Kind, &f.Note, &f.Status, &f.AddedBy, &f.AddedName, &f.AddedAt, &f.Pages, (*string)(&f.Scan), &f.UploadID, &f.Channel, &f.From, &f.At)
}

func insert(ctx context.Context, tx *db.Tx, f File) error {
	_, err := tx.Exec(ctx, `insert into attachment (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		f.ID, f.OrderID, f.Name, f.MediaType, f.Size, f.SHA256, f.BlobKey, f.Kind, f.Note, f.Status, f.AddedBy, f.AddedName, f.AddedAt, f.Pages, string(f.Scan), f.UploadID, f.Channel, f.From, f.At)
	return err
}

const uploadColumns = `id, request_id, organization_id, member_id, order_id, name, mark, size, received, most_pages, media_type, sha256, blob_key, pages, pages_of, kind, item,
	status, why, warning, scan, added_by, added_name, added_at, changed_at, deleted_at, came, came_from, came_at`

func scanUpload(r db.Row) (u Upload, err error) {
	var order *string
	err = r.Scan(&u.ID, &u.RequestID, &u.OrganizationID, &u.MemberID, &order, &u.Name, &u.Mark, &u.Size, &u.Received, &u.MostPages, &u.MediaType, &u.SHA256, &u.BlobKey, &u.Pages, &u.PagesOf, &u.Kind, &u.Item,
		(*string)(&u.Status), &u.Why, &u.Warning, (*string)(&u.Scan), (*string)(&u.AddedBy), &u.AddedName, &u.AddedAt, &u.ChangedAt, &u.DeletedAt, &u.Channel, &u.From, &u.At)
	if order != nil {
		u.OrderID = *order
	}
	return u, err
}

func uploads(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Upload, error) {
	return db.All(ctx, tx, scanUpload, `select `+uploadColumns+` from upload where `+where+` order by added_at, id`, args...)
}

func upload(ctx context.Context, tx *db.Tx, id string) (Upload, error) {
	return db.One(ctx, tx, scanUpload, `select `+uploadColumns+` from upload where id = $1`, id)
}

func insertUpload(ctx context.Context, tx *db.Tx, u Upload) error {
	_, err := tx.Exec(ctx, `insert into upload (`+uploadColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)`,
		u.ID, u.RequestID, u.OrganizationID, u.MemberID, orNull(u.OrderID), u.Name, u.Mark, u.Size, u.Received, u.MostPages, u.MediaType, u.SHA256, u.BlobKey, u.Pages, u.PagesOf, u.Kind, u.Item,
		string(u.Status), u.Why, u.Warning, string(u.Scan), string(u.AddedBy), u.AddedName, u.AddedAt, u.ChangedAt, u.DeletedAt, u.Channel, u.From, u.At)
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// save writes what can change of u, if it is still as before: where it stands,
// what has come and when it last changed.
func (u *Upload) save(ctx context.Context, tx *db.Tx, before Upload) error {
	u.ChangedAt = tx.Now()
	return db.Changed(tx.Exec(ctx, `
		update upload set order_id = $1, size = $2, received = $3, media_type = $4, sha256 = $5, blob_key = $6, pages = $7, pages_of = $8, kind = $9,
			status = $10, why = $11, warning = $12, scan = $13, changed_at = $14, deleted_at = $15
		where id = $16 and status = $17 and received = $18 and blob_key = $19`,
		orNull(u.OrderID), u.Size, u.Received, u.MediaType, u.SHA256, u.BlobKey, u.Pages, u.PagesOf, u.Kind,
		string(u.Status), u.Why, u.Warning, string(u.Scan), u.ChangedAt, u.DeletedAt,
		u.ID, string(before.Status), before.Received, before.BlobKey))
}

// A part is a piece of a file.
type part struct {
	starts, size int64
	blobKey      string
}

func insertPart(ctx context.Context, tx *db.Tx, u Upload, starts int64, ref blob.Ref) error {
	return db.Changed(tx.Exec(ctx, `insert into upload_part (upload_id, starts, size, blob_key, added_at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
		u.ID, starts, ref.Size, ref.Key, tx.Now()))
}

func parts(ctx context.Context, tx *db.Tx, uploadID string) ([]part, error) {
	return db.All(ctx, tx, func(r db.Row) (p part, err error) { return p, r.Scan(&p.starts, &p.size, &p.blobKey) },
		`select starts, size, blob_key from upload_part where upload_id = $1 order by starts`, uploadID)
}

func deleteParts(ctx context.Context, tx *db.Tx, uploadID string) error {
	_, err := tx.Exec(ctx, `delete from upload_part where upload_id = $1`, uploadID)
	return err
}

// forgotten are the uploads that nobody comes back to: begun before one time
// and not finished, or deleted before another. At most 100.
func forgotten(ctx context.Context, tx *db.Tx, begun, deleted time.Time) ([]Upload, error) {
	return db.All(ctx, tx, scanUpload, `select `+uploadColumns+` from upload where (status = 'uploading' and changed_at < $1) or (deleted_at < $2) order by id limit 100`, begun, deleted)
}

func deleteUpload(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `delete from upload where id = $1`, id)
	return err
}

// has reports whether another live upload of u's request has its content.
func (u Upload) hasTwin(ctx context.Context, tx *db.Tx) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from upload where request_id = $1 and sha256 = $2 and id <> $3 and deleted_at is null and status in ('checking', 'accepted', 'protected') and added_at <= $4`,
		u.RequestID, u.SHA256, u.ID, u.AddedAt)
}
