package fax_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"parley/internal/domain/fax"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect/inspecttest"
)

// What a fax server writes is taken once it is whole, once, and moved away;
// what can't be taken stays, with why.
func TestTheFolder(t *testing.T) {
	each(t, func(h *house) {
		dir := t.TempDir()
		folder := fax.Folder{DB: h.DB, Files: h.files, Path: dir}
		look := func() {
			t.Helper()
			if err := folder.Look(context.Background(), fax.Look{}); err != nil {
				t.Fatal(err)
			}
		}
		write := func(name string, content []byte) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		whole := inspecttest.Fax(t, "", "")
		write("5555550148_a.tif", whole[:len(whole)/2])
		write("notes.txt", []byte("x"))
		look()
		if n := h.count(`select count(*) from fax`); n != 0 {
			t.Fatalf("%d at the first look", n)
		}
		write("5555550148_a.tif", whole) // it has grown
		look()
		if n := h.count(`select count(*) from fax`); n != 0 {
			t.Fatalf("%d while it is written", n)
		}
		look()
		var all []fax.Listed
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			all, err = fax.List(ctx, tx, h.rosa, false)
			return err
		})
		if len(all) != 1 || all[0].From != "(555) 555-0148" || all[0].Came != "folder" {
			t.Fatalf("%+v", all)
		}
		if _, err := os.Stat(filepath.Join(dir, "taken", "5555550148_a.tif")); err != nil {
			t.Error(err)
		}
		h.check(all[0].Fax)
		if _, pages := h.pages(all[0].ID); len(pages) != 2 {
			t.Errorf("%d pages", len(pages))
		}
		// It ended between keeping a file and moving it: the file is there again.
		write("5555550148_a.tif", whole)
		look()
		look()
		if n := h.count(`select count(*) from fax`); n != 1 {
			t.Errorf("%d after it came again", n)
		}
		entries, err := os.ReadDir(filepath.Join(dir, "taken"))
		if err != nil || len(entries) != 2 {
			t.Errorf("%d files are taken, %v", len(entries), err)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			left, err := fax.LeftBehind(ctx, tx, h.rosa)
			if len(left) != 1 || left[0].Name != "notes.txt" || left[0].Why == "" {
				t.Errorf("%+v", left)
			}
			return err
		})
		folder.Path = filepath.Join(dir, "none")
		look()
	})
}

func (h *house) count(query string) (n int) {
	h.t.Helper()
	h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, query)
		return err
	})
	return n
}

// What is no fax says why, and can be put away.
func TestAFaxThatCantBeRead(t *testing.T) {
	each(t, func(h *house) {
		ref := h.store([]byte("II*\x00 nothing"))
		var x fax.Fax
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			x, err = fax.Take(ctx, tx, h.rosa, fax.Arrival{Name: "a.tif", ReceivedAt: tx.Now(), Ref: ref, Came: "hand"})
			return err
		})
		h.check(x)
		x, pages := h.pages(x.ID)
		if x.Status != fax.Unreadable || x.Why == "" || len(pages) != 0 {
			t.Errorf("%+v", x)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error { return fax.Close(ctx, tx, h.rosa, x.ID) })
		if x, _ := h.pages(x.ID); x.Status != fax.Done {
			t.Errorf("%+v", x)
		}
	})
}

func TestCaller(t *testing.T) {
	for name, want := range map[string]string{"5555550148_1.tif": "(555) 555-0148", "15555550148.pdf": "(555) 555-0148", "+15555550148-x.tif": "(555) 555-0148", "20261123-0900.tif": "", "fax1.tif": "", "55555501481.tif": ""} {
		if got := fax.Caller(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestRanges(t *testing.T) {
	for want, pages := range map[string][]int{"1-3, 7": {1, 2, 3, 7}, "2": {2}, "": nil, "1, 3": {1, 3}} {
		if got := fax.Ranges(pages); got != want {
			t.Errorf("%v: %q", pages, got)
		}
	}
}
