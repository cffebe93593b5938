package attachment_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed/feedtest"
	"parley/internal/infra/inspect"
	"parley/internal/infra/job"
	"parley/internal/infra/scan"
	"parley/internal/infra/scan/scantest"
	"parley/internal/infra/secret"
	"parley/internal/scene"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == inspect.Command {
		os.Exit(inspect.Child())
	}
	os.Exit(m.Run())
}

var ctx = context.Background()

// A bench is an office's request with a store, an inspector and a queue.
type bench struct {
	*testing.T
	*scene.World
	files  blob.Dir
	looks  *attachment.Inspector
	jobs   *job.Runner
	folder attachment.Folder
}

func each(t *testing.T, f func(*bench)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(newBench(t, d)) })
}

func newBench(t *testing.T, d *db.DB) *bench {
	b := &bench{T: t, World: scene.New(t, d, 0), jobs: job.NewRunner(d, discard())}
	root := t.TempDir()
	box, err := secret.OpenBox(filepath.Join(root, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenStreams(filepath.Join(root, "file-keys.json"), box)
	if err != nil {
		t.Fatal(err)
	}
	b.files = blob.Dir{Path: filepath.Join(root, "files"), Keys: keys}
	b.looks = &attachment.Inspector{DB: d, Files: b.files, Reader: inspect.NewReader()}
	job.Handle(b.jobs, b.looks.Check)
	job.Handle(b.jobs, b.looks.Discard)
	job.React(b.jobs, func(context.Context, *db.Tx, attachment.Checked) error { return nil })
	b.folder = attachment.Folder{RequestID: "req_1", OrganizationID: b.Office.ID, MemberID: string(b.Member.ID), Rules: b.Program.Files}
	return b
}

func (b *bench) put(content []byte) blob.Ref {
	b.Helper()
	ref, err := b.files.Put(ctx, bytes.NewReader(content))
	if err != nil {
		b.Fatal(err)
	}
	return ref
}

// send sends a whole file, and reports what became of it.
func (b *bench) send(name string, content []byte) attachment.Upload {
	b.Helper()
	var u attachment.Upload
	ref := b.put(content)
	b.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = attachment.Take(ctx, tx, b.Maria, b.folder, attachment.New{Name: name}, ref)
		return err
	})
	b.drain()
	return b.now(u)
}

func (b *bench) drain() {
	b.Helper()
	if _, err := b.jobs.Drain(ctx); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) now(u attachment.Upload) (now attachment.Upload) {
	b.Helper()
	err := b.DB.View(ctx, func(tx *db.Tx) (err error) {
		now, err = attachment.UploadOf(ctx, tx, u.RequestID, u.ID)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return now
}

// stored counts the files in the store.
func (b *bench) stored() (n int) {
	err := filepath.WalkDir(b.files.Path, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		b.Fatal(err)
	}
	return n
}

func real(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(feedtest.Real(t, "uploads/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// The exact words in which each published file ends.
func TestPublishedFilesEndInTheirWords(t *testing.T) {
	const (
		accepted, locked = "Accepted", "Couldn’t be read: it’s password protected"
		kind, damaged    = "Not accepted: file type", "Couldn’t be read: it’s damaged"
	)
	b := newBench(t, dbtest.SQLite(t))
	b.folder.Rules = plan.FileRules{MB: 100, Most: 100, Pages: 500}
	for name, want := range map[string]string{
		"guidelines-fy2026-many-pages.pdf": accepted, "guidelines-first10.pdf": accepted, "note-1page.pdf": accepted, "note-300pages.pdf": accepted,
		"encrypted-user-password.pdf": locked, "encrypted-owner-only.pdf": accepted, "pdf-with-javascript.pdf": kind, "pdf-with-embedded-file.pdf": kind,
		"pdf-truncated.pdf": damaged, "text-renamed.pdf": kind, "html-renamed.jpg": kind, "polyglot-pdf-zip.pdf": kind, "polyglot-html-in-pdf.pdf": kind,
		"nist-usability-table.docx": accepted, "note-minimal.docx": accepted, "docm-renamed.docx": kind,
		"scan-page.png": accepted, "scan-page.jpg": accepted, "small-photo.jpg": accepted, "fax-5pages-g4.tif": accepted,
		"png-20000x20000-1bit.png": "Not accepted: it’s too large",
	} {
		if got := b.send(name, real(t, name)); got.Words().String() != want || got.Live() != (want == accepted || want == locked) {
			t.Errorf("%s: %s (%s), want %s", name, got.Words(), got.Why, want)
		}
	}
	for name, want := range map[string]string{ // these are refused before they are stored
		"polyglot-gif-js.gif": "must be a PDF", "svg-with-script.svg": "must be a PDF", "macro-enabled-dummy.docm": "must be a PDF", "legacy-word97.doc": "must be a PDF",
		"conversion-table-fy2026.xlsx": "must be a PDF", "zip-ratio-1000.zip": "must be a PDF", "empty-0-bytes.pdf": "The file is empty",
	} {
		err := b.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := attachment.Take(ctx, tx, b.Maria, b.folder, attachment.New{Name: name}, b.put(real(t, name)))
			return err
		})
		if got := fault.Of(err).Fields["files"]; !strings.Contains(got.String(), want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// pieces sends content in pieces of a size, from where the upload stands.
func (b *bench) pieces(u attachment.Upload, content []byte, size int) attachment.Upload {
	b.Helper()
	for u.Received < int64(len(content)) && size > 0 {
		ref := b.put(content[u.Received:min(int(u.Received)+size, len(content))])
		b.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			u, err = attachment.Extend(ctx, tx, b.Maria, u, u.Received, ref)
			return err
		})
	}
	return u
}

func (b *bench) begin(n attachment.New) (u attachment.Upload, err error) {
	err = b.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = attachment.Begin(ctx, tx, b.Maria, b.folder, n)
		return err
	})
	return u, err
}

func TestAFileInPieces(t *testing.T) {
	each(t, func(b *bench) {
		content := note(120_000)
		n := attachment.New{Name: "note.pdf", Mark: "note 120000 1", Size: int64(len(content))}
		u, err := b.begin(n)
		if err != nil {
			b.Fatal(err)
		}
		ref := b.put(content[:50_000])
		b.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = attachment.Extend(ctx, tx, b.Maria, u, 0, ref)
			return err
		})
		again, err := b.begin(n) // as after a reload
		if err != nil || again.ID != u.ID || again.Received != 50_000 || again.Words().String() != "Uploading, 41%" {
			b.Fatalf("%+v, %v", again, err)
		}
		for _, starts := range []int64{0, 49_999, 50_001} {
			err := b.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := attachment.Extend(ctx, tx, b.Maria, again, starts, ref)
				return err
			})
			if !fault.Is(err, fault.Conflict) {
				b.Errorf("a piece that begins at %d: %v", starts, err)
			}
		}
		if done := b.pieces(again, content, 30_000); done.Status != attachment.Checking {
			b.Fatalf("%+v", done)
		}
		b.drain()
		got := b.now(u)
		if got.Status != attachment.Accepted || got.Pages != 1 || got.MediaType != "application/pdf" || got.Scan != attachment.NotScanned {
			b.Fatalf("%+v", got)
		}
		r, err := b.files.Open(ctx, got.BlobKey)
		if err != nil {
			b.Fatal(err)
		}
		defer r.Close()
		if whole, err := io.ReadAll(r); err != nil || !bytes.Equal(whole, content) {
			b.Errorf("%d bytes came back, %v", len(whole), err)
		}
		if n := b.stored(); n != 1 {
			b.Errorf("%d files are stored", n)
		}
	})
}

// What nobody comes back to leaves nothing behind.
func TestForgottenFiles(t *testing.T) {
	each(t, func(b *bench) {
		content := note(90_000)
		u, err := b.begin(attachment.New{Name: "a.pdf", Mark: "a", Size: int64(len(content))})
		if err != nil {
			b.Fatal(err)
		}
		ref := b.put(content[:40_000])
		b.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = attachment.Extend(ctx, tx, b.Maria, u, 0, ref)
			return err
		})
		kept := b.send("kept.pdf", note(50_000))
		gone := b.send("gone.pdf", note(60_000))
		b.Do(func(ctx context.Context, tx *db.Tx) error { return attachment.Delete(ctx, tx, b.Maria, gone) })
		b.Do(attachment.Sweep)
		b.drain()
		if n := b.stored(); n != 3 {
			b.Errorf("%d files right after, not 3", n)
		}
		b.DB.Now = func() time.Time { return dbtest.Clock.Add(25 * time.Hour) }
		b.Do(attachment.Sweep)
		b.drain()
		if n := b.stored(); n != 1 {
			b.Errorf("%d files a day later", n)
		}
		if got := b.now(kept); got.Status != attachment.Accepted {
			b.Errorf("%+v", got)
		}
	})
}

func TestASVS_5_2_1_FilesHaveLimits(t *testing.T) {
	each(t, func(b *bench) {
		b.folder.Rules = plan.NewFileRules(1, 2, 500, []string{"pdf", "png"})
		for want, n := range map[string]attachment.New{
			"note.txt: The file must be a PDF or PNG":     {Name: "note.txt", Size: 1},
			"none: The file must be a PDF or PNG":         {Name: "none", Size: 1},
			"photo.jpg: The file must be a PDF or PNG":    {Name: "photo.jpg", Size: 1},
			"big.pdf: The file must be smaller than 1 MB": {Name: "big.pdf", Size: 1<<20 + 1},
			"nothing.pdf: The file is empty":              {Name: "nothing.pdf"},
		} {
			if _, err := b.begin(n); fault.Of(err).Fields["files"].String() != want {
				b.Errorf("%q: %v", want, err)
			}
		}
		content := note(20_000)
		if got := b.send("one.pdf", content); got.Status != attachment.Accepted {
			b.Fatalf("%+v", got)
		}
		ref := b.put(content)
		err := b.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := attachment.Take(ctx, tx, b.Maria, b.folder, attachment.New{Name: "same.pdf"}, ref)
			return err
		})
		if got := fault.Of(err).Fields["files"]; got.String() != "same.pdf: You’ve already uploaded this file" {
			b.Errorf("%q", got)
		}
		u, err := b.begin(attachment.New{Name: "same.pdf", Mark: "m", Size: int64(len(content))})
		if err != nil {
			b.Fatal(err)
		}
		b.pieces(u, content, 9_000)
		b.drain()
		if got := b.now(u); got.Status != attachment.Again || got.BlobKey != "" {
			b.Errorf("the same in pieces: %+v", got)
		}
		b.send("two.pdf", note(21_000))
		if _, err := b.begin(attachment.New{Name: "three.pdf", Size: 1}); fault.Of(err).Fields["files"].String() != "You can upload up to 2 files" {
			b.Errorf("a third file: %v", err)
		}
		err = b.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := attachment.Begin(ctx, tx, b.Scheduler, b.folder, attachment.New{Name: "a.pdf", Size: 1})
			return err
		})
		if !fault.Is(err, fault.Denied) {
			b.Errorf("a scheduler: %v", err)
		}
	})
}

// While the scanner is down nothing passes; what it finds is deleted.
func TestASVS_5_4_3_NothingPassesUnscanned(t *testing.T) {
	each(t, func(b *bench) {
		s := scantest.Switched(t)
		scanner, err := scan.Open(s.Address)
		if err != nil {
			b.Fatal(err)
		}
		b.looks.Scanner = scanner
		s.Down(true)
		u := b.send("note.pdf", note(20_000))
		if u.Status != attachment.Checking || u.Words() != "Checking" {
			b.Fatalf("without its scanner: %+v", u)
		}
		s.Down(false)
		b.DB.Now = func() time.Time { return dbtest.Clock.Add(time.Hour) }
		b.drain()
		if u = b.now(u); u.Status != attachment.Accepted || u.Scan != attachment.Clean {
			b.Errorf("with it: %+v", u)
		}
		bad := b.send("bad.pdf", append(note(10_000), []byte(scantest.EICAR())...))
		if bad.Words() != "Not accepted: a virus was found" || bad.BlobKey != "" || bad.Scan != attachment.Found {
			b.Errorf("%+v", bad)
		}
		if n := b.stored(); n != 1 {
			b.Errorf("%d files are stored", n)
		}
	})
}

func TestARealScannerFindsEICAR(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	scanner, err := scan.Open(scantest.Real(t))
	if err != nil {
		t.Fatal(err)
	}
	b.looks.Scanner = scanner
	if bad := b.send("bad.pdf", append(note(10_000), []byte(scantest.EICAR())...)); bad.Status != attachment.Virus {
		t.Errorf("%+v", bad)
	}
	if good := b.send("good.pdf", note(10_000)); good.Status != attachment.Accepted || good.Scan != attachment.Clean {
		t.Errorf("%+v", good)
	}
}
