// Package attachment is about what is enclosed with an order: office notes,
// imaging reports, and the documents that came inside an electronic request.
package attachment

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A File is one document of an order. Its content is in the blob store.
type File struct {
	ID, OrderID, Name, MediaType string
	Size                         int64
	SHA256, BlobKey              string
	Kind                         string // what it is, in words: "Physician's report"
	Note                         string
	Status                       string // "accepted"
	AddedBy, AddedName           string
	AddedAt                      time.Time
	Pages                        int // 0: not known, or it has none
	Scan                         Scan
	UploadID                     string // what it was until it was enclosed; "" if it came another way
	Came
}

// A Came says how a document came that nobody sent through the portal. The
// zero Came is one that did.
type Came struct {
	Channel string // "fax"; "" for the portal
	From    string // the number it was faxed from; "" if that isn't known
	At      *time.Time
}

// Add keeps that a stored blob belongs to an order. Who may: imports.
func Add(ctx context.Context, tx *db.Tx, by account.Actor, f File) (File, error) {
	if err := by.Must(account.ImportData); err != nil {
		return f, err
	}
	f.ID, f.AddedBy, f.AddedName, f.AddedAt = db.NewID("fil"), string(by.ID), by.Name, tx.Now()
	if f.Status == "" {
		f.Status = "accepted"
	}
	return f, insert(ctx, tx, f)
}

// Of lists an order's files in the order they came. The caller has read the
// order, and so may see that they exist.
func Of(ctx context.Context, tx *db.Tx, orderID string) ([]File, error) {
	return db.All(ctx, tx, scanFile, `select `+columns+` from attachment where order_id = $1 and locked_at is null order by added_at, id`, orderID)
}

// Since are those of an order's files that came at a time or after it.
func Since(ctx context.Context, tx *db.Tx, orderID string, from time.Time) ([]File, error) {
	return db.All(ctx, tx, scanFile, `select `+columns+` from attachment where order_id = $1 and added_at >= $2 and locked_at is null order by added_at, id`, orderID, from)
}

// Get returns one file of an order by has read, and audits that it is opened;
// else a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, orderID, memberID, id string) (File, error) {
	f, err := db.One(ctx, tx, scanFile, `select `+columns+` from attachment where order_id = $1 and id = $2 and locked_at is null`, orderID, id)
	if fault.Is(err, fault.NotFound) {
		return f, fault.New(fault.NotFound, "We can't find that file.")
	}
	if err != nil {
		return f, err
	}
	e := by.Audit("file.opened", "order", orderID)
	e.MemberID, e.Detail = memberID, f.ID
	return f, audit.Record(ctx, tx, e)
}
