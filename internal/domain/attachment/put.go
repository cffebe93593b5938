package attachment

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Document is one that staff made of what came on paper: it is in the store
// and was looked at, as was what it is made of.
type Document struct {
	Name, Kind, Item, Text string
	Ref                    blob.Ref
	MediaType              string
	Pages                  int
	Scan                   Scan
	Came
}

// Put puts a document among the files of a request, and makes it one of the
// order at once if the request was sent; orderID is "" if it wasn't. The caller
// has made sure that by may see where it goes. Who may: those who put faxes on
// orders.
func Put(ctx context.Context, tx *db.Tx, by account.Actor, in Folder, orderID string, d Document) (Upload, error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return Upload{}, err
	}
	u := Upload{ID: db.NewID("upl"), RequestID: in.RequestID, OrganizationID: in.OrganizationID, MemberID: in.MemberID, OrderID: orderID, Name: d.Name, Size: d.Ref.Size, Received: d.Ref.Size,
		MostPages: d.Pages, MediaType: d.MediaType, SHA256: d.Ref.SHA256, BlobKey: d.Ref.Key, Pages: d.Pages, Kind: New{Kind: d.Kind}.kind(), Item: d.Item, Status: Accepted, Scan: d.Scan,
		AddedBy: by.ID, AddedName: by.Name, AddedAt: tx.Now(), ChangedAt: tx.Now(), Came: d.Came}
	m, err := member.Get(ctx, tx, member.ID(u.MemberID))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return u, err
	}
	if err == nil {
		u.Warning = another(d.Text, m)
	}
	if err := insertUpload(ctx, tx, u); err != nil {
		return u, err
	}
	if orderID != "" {
		if err := u.attach(ctx, tx, by); err != nil {
			return u, err
		}
	}
	if err := u.record(ctx, tx, by, "file.put"); err != nil {
		return u, err
	}
	return u, job.Add(ctx, tx, Checked{u.ID})
}

// file is u as a file of its order.
func (u Upload) file() File {
	return File{ID: db.NewID("fil"), OrderID: u.OrderID, Name: u.Name, MediaType: u.MediaType, Size: u.Size, SHA256: u.SHA256, BlobKey: u.BlobKey, Kind: u.Kind, Note: u.pagesNote(),
		Status: "accepted", AddedBy: string(u.AddedBy), AddedName: u.AddedName, AddedAt: u.AddedAt, Pages: u.Pages, Scan: u.Scan,
		UploadID: u.ID, Came: u.Came}
}

func (u Upload) pagesNote() string {
	if u.PagesOf == 0 {
		return ""
	}
	return "The office shares " + strconv.Itoa(u.Pages) + " of " + strconv.Itoa(u.PagesOf) + " pages."
}

// FileOfUpload is the file that an upload became, locked away or not, or a
// NotFound fault.
func FileOfUpload(ctx context.Context, tx *db.Tx, uploadID string) (File, error) {
	return db.One(ctx, tx, scanFile, `select `+columns+` from attachment where upload_id = $1`, uploadID)
}

// LockAway takes a document out of where it stands, for everybody, since it is
// another patient's. Nothing of it is removed. Who may: those who put faxes on
// orders. The caller has made sure that by sees it. One that is locked away is
// left as it is.
func LockAway(ctx context.Context, tx *db.Tx, by account.Actor, uploadID string) error {
	if err := by.Must(account.HandleFaxes); err != nil {
		return err
	}
	u, err := upload(ctx, tx, uploadID)
	if err != nil {
		return err
	}
	before := u
	u.Status = Locked
	if err := u.save(ctx, tx, before); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update attachment set locked_at = $1 where upload_id = $2 and locked_at is null`, tx.Now(), uploadID); err != nil {
		return err
	}
	return u.record(ctx, tx, by, "file.locked")
}

// LockFile is LockAway for a file of an order.
func LockFile(ctx context.Context, tx *db.Tx, by account.Actor, f File) error {
	if f.UploadID != "" {
		return LockAway(ctx, tx, by, f.UploadID)
	}
	if err := by.Must(account.HandleFaxes); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update attachment set locked_at = $1 where id = $2 and locked_at is null`, tx.Now(), f.ID)); err != nil {
		return err
	}
	e := by.Audit("file.locked", "order", f.OrderID)
	e.Detail = f.ID
	return audit.Record(ctx, tx, e)
}

// RemoveFolders removes what stands in folders of faxes that go for their age,
// with their contents, if nothing else has them.
func RemoveFolders(ctx context.Context, tx *db.Tx, folders []string) error {
	if len(folders) == 0 {
		return nil
	}
	list, args := db.In(1, folders)
	keys, err := db.All(ctx, tx, db.Value[string], `select blob_key from upload where request_id in `+list+` and blob_key <> ''`, args...)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from upload where request_id in `+list, args...); err != nil {
		return err
	}
	for _, key := range keys {
		named, err := db.Exists(ctx, tx, `select 1 from attachment where blob_key = $1 union all select 1 from upload where blob_key = $1`, key)
		if err != nil {
			return err
		}
		if named {
			continue
		}
		if err := Drop(ctx, tx, key); err != nil {
			return err
		}
	}
	return nil
}

// Shelve has a folder hold the content of a file of an order too, to be looked
// at and taken apart. Who may: those who put faxes on orders.
func Shelve(ctx context.Context, tx *db.Tx, by account.Actor, in Folder, f File) (Upload, error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return Upload{}, err
	}
	u := Upload{ID: db.NewID("upl"), RequestID: in.RequestID, Name: f.Name, Size: f.Size, Received: f.Size, MostPages: f.Pages, MediaType: f.MediaType, SHA256: f.SHA256, BlobKey: f.BlobKey,
		Pages: f.Pages, Kind: f.Kind, Status: Accepted, Scan: f.Scan, AddedBy: by.ID, AddedName: by.Name, AddedAt: tx.Now(), ChangedAt: tx.Now(), Came: f.Came}
	if err := insertUpload(ctx, tx, u); err != nil {
		return u, err
	}
	return u, u.record(ctx, tx, by, "file.shelved")
}
