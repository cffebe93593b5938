package fax

import (
	"bytes"
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// ReadCodes asks for the bar codes on a fax to be read. See app/reactions.go.
type ReadCodes struct{ FaxID string }

// Kind names the job.
func (ReadCodes) Kind() string { return "fax.codes" }

// An Arrival is a file that was faxed, in the store as Ref.
type Arrival struct {
	Name, From string
	ReceivedAt time.Time
	Ref        blob.Ref
	Came       string
}

// Take takes in a fax. Who may: those who put faxes on orders, and the program.
// The error is Invalid at "files", "from" or "received".
func Take(ctx context.Context, tx *db.Tx, by account.Actor, a Arrival) (Fax, error) {
	if !by.IsProgram() {
		if err := by.Must(account.HandleFaxes); err != nil {
			return Fax{}, err
		}
	}
	from, err := phoneNumber(a.From)
	if err != nil {
		return Fax{}, err
	}
	f := fault.Fields{}
	f.Check(!a.ReceivedAt.IsZero() && !a.ReceivedAt.After(tx.Now()), "received", "It must have come in before now")
	if err := f.Err(); err != nil {
		return Fax{}, err
	}
	x := Fax{ID: db.NewID("fax"), SHA256: a.Ref.SHA256, Came: a.Came, From: from, ReceivedAt: a.ReceivedAt, TakenBy: by.ID, Taker: by.Name, TakenAt: tx.Now(), Status: Checking, ChangedAt: tx.Now()}
	here, err := db.Exists(ctx, tx, `select 1 from fax where sha256 = $1`, x.SHA256)
	if err != nil {
		return x, err
	}
	if here {
		return x, again(a.Name)
	}
	u, err := attachment.Arrive(ctx, tx, by, x.folder(), "", attachment.New{Name: a.Name}, a.Ref)
	if err != nil {
		return x, err
	}
	x.UploadID = u.ID
	added, err := x.insert(ctx, tx)
	if err == nil && !added {
		err = again(a.Name)
	}
	if err != nil {
		return x, err
	}
	return x, record(ctx, tx, by, "fax.taken", x.ID, a.Came)
}

func again(name string) error {
	return fault.Fields{"files": words.Say("%s: This fax is here already", inspect.Name(name))}.Err()
}

// FileChecked gives a fax its pages once its file was looked at.
func FileChecked(ctx context.Context, tx *db.Tx, e attachment.Checked) error {
	all, err := attachment.UploadsByID(ctx, tx, []string{e.UploadID})
	if err != nil || len(all) == 0 {
		return err
	}
	x, err := one(ctx, tx, all[0].RequestID)
	if fault.Is(err, fault.NotFound) || err == nil && x.Status != Checking {
		return nil
	}
	if err != nil {
		return err
	}
	u := all[0]
	if u.Status != attachment.Accepted || u.Pages == 0 {
		return setStatus(ctx, tx, x.ID, Unreadable, u.Words().String()+". "+u.Why)
	}
	if err := addPages(ctx, tx, x.ID, u.Pages, account.Program(), PageWaiting, ""); err != nil {
		return err
	}
	if err := setStatus(ctx, tx, x.ID, Waiting, ""); err != nil {
		return err
	}
	return job.Add(ctx, tx, ReadCodes{x.ID})
}

// A Reader reads bar codes.
type Reader struct {
	DB     *db.DB
	Files  blob.Store
	Reader *inspect.Reader
}

// atOnce is on how many pages one process looks for codes: each can take a
// second of its half minute.
const atOnce = 8

// Read looks for a cover sheet's code on each page. A page on which that fails
// says so, and is put on its order by hand.
func (r Reader) Read(ctx context.Context, c ReadCodes) error {
	var u attachment.Upload
	var pages []Page
	err := r.DB.View(ctx, func(tx *db.Tx) error {
		x, err := one(ctx, tx, c.FaxID)
		if err != nil {
			return err
		}
		if pages, err = pagesOf(ctx, tx, x.ID); err != nil {
			return err
		}
		u, err = attachment.UploadOf(ctx, tx, x.ID, x.UploadID)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	found := make([]inspect.Code, len(pages))
	for from := 0; from < len(pages); from += atOnce {
		some := found[from:min(from+atOnce, len(pages))]
		if err := r.some(ctx, u, from+1, some); err != nil {
			return err
		}
	}
	return r.DB.Update(ctx, func(tx *db.Tx) error { return keepCodes(ctx, tx, c.FaxID, found) })
}

// some reads the codes of a few pages, from one on.
func (r Reader) some(ctx context.Context, u attachment.Upload, from int, into []inspect.Code) error {
	var pages []int
	for i := range into {
		pages = append(pages, from+i)
	}
	in, err := r.Files.Open(ctx, u.BlobKey)
	if err != nil {
		return err
	}
	defer in.Close()
	var out bytes.Buffer
	report, err := r.Reader.Run(ctx, inspect.Ask{Do: inspect.Codes, Type: TypeOf(u), Pages: pages}, in, &out)
	if err != nil {
		return err
	}
	all, err := inspect.CodesOf(out.Bytes())
	if report.Verdict != inspect.Fine || err != nil || len(all) != len(into) {
		for i := range into {
			into[i].Unread = true
		}
		return nil
	}
	copy(into, all)
	return nil
}

// TypeOf is the type of a fax's file.
func TypeOf(u attachment.Upload) inspect.Type {
	for _, t := range inspect.Types {
		if t.Media() == u.MediaType {
			return t
		}
	}
	return ""
}
