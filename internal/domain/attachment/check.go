package attachment

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
	"parley/internal/infra/job"
	"parley/internal/infra/scan"
)

// Check asks for an upload to be looked at. See app/reactions.go.
type Check struct{ UploadID string }

// Kind names the job.
func (Check) Kind() string { return "file.check" }

// Checked says that an upload was looked at, whatever came of it.
type Checked struct{ UploadID string }

// Kind names the event.
func (Checked) Kind() string { return "file.checked" }

// Discard asks for a content that no row names any more to be forgotten.
type Discard struct{ BlobKey string }

// Kind names the job.
func (Discard) Kind() string { return "file.discard" }

// Drop asks for a content to be forgotten that was stored and is not needed.
func Drop(ctx context.Context, tx *db.Tx, key string) error {
	return job.Add(ctx, tx, Discard{key})
}

// An Inspector looks at what was uploaded, before anybody else can.
type Inspector struct {
	DB      *db.DB
	Files   blob.Store
	Scanner scan.Scanner // nil: none is set, and files say so
	Reader  *inspect.Reader
}

// Discard forgets a content.
func (i *Inspector) Discard(ctx context.Context, d Discard) error {
	if d.BlobKey == "" {
		return nil
	}
	return i.Files.Delete(ctx, d.BlobKey)
}

// Check looks at an upload: puts its pieces together, sees what it is, has it
// scanned and read, and takes it or not. While the scanner can't be asked the
// error has the queue try again, and the file stays where it is: what was not
// scanned has not passed.
func (i *Inspector) Check(ctx context.Context, c Check) error {
	var u Upload
	var all []part
	err := i.DB.View(ctx, func(tx *db.Tx) (err error) {
		if u, err = upload(ctx, tx, c.UploadID); err != nil {
			return err
		}
		all, err = parts(ctx, tx, u.ID)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && (u.Status != Checking || u.DeletedAt != nil) {
		return nil // it was deleted, or checked already
	}
	if err != nil {
		return err
	}
	if u.BlobKey == "" {
		if u, err = i.join(ctx, u, all); err != nil {
			return err
		}
	}
	found, err := i.look(ctx, u)
	if err != nil {
		return err
	}
	return i.DB.Update(ctx, func(tx *db.Tx) error { return settle(ctx, tx, u, found) })
}

// join makes one file of the pieces.
func (i *Inspector) join(ctx context.Context, u Upload, all []part) (Upload, error) {
	before := u
	ref, err := i.Files.Put(ctx, &pieces{ctx: ctx, files: i.Files, left: all})
	if err != nil {
		return u, err
	}
	u.BlobKey, u.SHA256 = ref.Key, ref.SHA256
	err = i.DB.Update(ctx, func(tx *db.Tx) error {
		now := u
		if err := now.save(ctx, tx, before); err != nil {
			return err
		}
		if err := deleteParts(ctx, tx, u.ID); err != nil {
			return err
		}
		var work []job.Work
		for _, p := range all {
			work = append(work, job.Work{Args: Discard{p.blobKey}})
		}
		return job.AddAll(ctx, tx, work)
	})
	if fault.Is(err, fault.Conflict) {
		err = errors.Join(err, i.Files.Delete(ctx, ref.Key)) // somebody deleted it, or was faster
	}
	return u, err
}

// pieces reads one piece after the other, with one open at a time.
type pieces struct {
	ctx   context.Context
	files blob.Store
	left  []part
	open  io.ReadCloser
}

func (p *pieces) Read(b []byte) (int, error) {
	for {
		if p.open == nil {
			if len(p.left) == 0 {
				return 0, io.EOF
			}
			r, err := p.files.Open(p.ctx, p.left[0].blobKey)
			if err != nil {
				return 0, err
			}
			p.open, p.left = r, p.left[1:]
		}
		n, err := p.open.Read(b)
		if errors.Is(err, io.EOF) {
			err = p.open.Close()
			p.open = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// A finding is what came of looking at a file.
type finding struct {
	status  Status
	why     string
	scan    Scan
	media   string
	pages   int
	text    string
	scanned string // what the scanner found, in its words; for the audit
}

// look sniffs, scans and reads, in this order: what is not what it is called
// needs no scanner, and nothing is read that a scanner found something in.
func (i *Inspector) look(ctx context.Context, u Upload) (finding, error) {
	ends := &inspect.Ends{}
	if err := i.pass(ctx, u, func(r io.Reader) error { _, err := io.Copy(ends, r); return err }); err != nil {
		return finding{}, err
	}
	kind, refusal := ends.Sniff(u.Name)
	if refusal != "" {
		return finding{status: Refused, why: refusal}, nil
	}
	f := finding{media: kind.Media()}
	if i.Scanner != nil {
		var v scan.Verdict
		err := i.pass(ctx, u, func(r io.Reader) (err error) { v, err = i.Scanner.Scan(ctx, r); return err })
		if err != nil {
			return f, err
		}
		if f.scan = Clean; !v.Clean {
			return finding{status: Virus, scan: Found, why: "We deleted it here. Have your computer checked, and upload another copy", scanned: v.Name}, nil
		}
	}
	var report inspect.Report
	err := i.pass(ctx, u, func(r io.Reader) (err error) {
		report, err = i.Reader.Run(ctx, inspect.Ask{Do: inspect.Look, Type: kind}, r, nil)
		return err
	})
	f.of(report, u.MostPages)
	return f, err
}

// pass reads the whole file once.
func (i *Inspector) pass(ctx context.Context, u Upload, f func(io.Reader) error) error {
	r, err := i.Files.Open(ctx, u.BlobKey)
	if err != nil {
		return err
	}
	defer r.Close()
	return f(r)
}

// of takes over what was found in the file.
func (f *finding) of(r inspect.Report, most int) {
	f.why, f.pages, f.text = r.Why, r.Pages, r.Text
	f.status = map[inspect.Verdict]Status{inspect.Fine: Accepted, inspect.Protected: Protected, inspect.Refused: Refused, inspect.TooLarge: TooLarge}[r.Verdict]
	f.status = cmp.Or(f.status, Damaged)
	if f.status == Accepted && r.Pages > most {
		f.status, f.why = TooLarge, "It has "+strconv.Itoa(r.Pages)+" pages, and a file can have "+strconv.Itoa(most)+". Upload the pages that are needed"
	}
}

// settle keeps what was found, encloses the file if its request was sent
// meanwhile, and announces it.
func settle(ctx context.Context, tx *db.Tx, u Upload, f finding) error {
	now, err := upload(ctx, tx, u.ID)
	if fault.Is(err, fault.NotFound) || err == nil && (now.Status != Checking || now.BlobKey != u.BlobKey) {
		return nil
	}
	if err != nil {
		return err
	}
	before, by := now, account.Program()
	now.Status, now.Why, now.Scan, now.MediaType, now.Pages = f.status, f.why, f.scan, f.media, f.pages
	if err := now.compare(ctx, tx, f); err != nil {
		return err
	}
	if !now.Live() {
		if err := job.Add(ctx, tx, Discard{now.BlobKey}); err != nil {
			return err
		}
		now.BlobKey = ""
	}
	if err := now.save(ctx, tx, before); err != nil {
		return err
	}
	if now.Status == Accepted && now.OrderID != "" && now.DeletedAt == nil {
		if err := now.attach(ctx, tx, by); err != nil {
			return err
		}
	}
	if err := now.record(ctx, tx, by, "file.checked"); err != nil {
		return err
	}
	return job.Add(ctx, tx, Checked{now.ID})
}

// compare sees whether the same file is there already, and whether it speaks
// of somebody else.
func (u *Upload) compare(ctx context.Context, tx *db.Tx, f finding) error {
	if u.Status != Accepted {
		return nil
	}
	twin, err := u.hasTwin(ctx, tx)
	if err != nil {
		return err
	}
	if twin {
		u.Status = Again
		return nil
	}
	m, err := member.Get(ctx, tx, member.ID(u.MemberID))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	u.Warning = another(f.text, m)
	return err
}

// Sweep forgets what nobody comes back to: files begun a day ago and not
// finished, and files deleted an hour ago.
func Sweep(ctx context.Context, tx *db.Tx) error {
	all, err := forgotten(ctx, tx, tx.Now().Add(-24*time.Hour), tx.Now().Add(-time.Hour))
	if err != nil {
		return err
	}
	for _, u := range all {
		pieces, err := parts(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		work := []job.Work{{Args: Discard{u.BlobKey}}}
		for _, p := range pieces {
			work = append(work, job.Work{Args: Discard{p.blobKey}})
		}
		if err := job.AddAll(ctx, tx, work); err != nil {
			return err
		}
		if err := deleteParts(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := deleteUpload(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := u.record(ctx, tx, account.Program(), "file.forgotten"); err != nil {
			return err
		}
	}
	return nil
}
