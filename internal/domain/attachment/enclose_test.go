package attachment_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"parley/internal/domain/attachment"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A request that is sent takes along what is there, and what is still on its
// way follows by itself.
func TestEnclosing(t *testing.T) {
	each(t, func(b *bench) {
		o := b.Order()
		here := b.send("here.pdf", note(10_000))
		refused := b.send("refused.pdf", []byte("%PDF-1.4 nothing"))
		content := note(30_000)
		late, err := b.begin(attachment.New{Name: "late.pdf", Mark: "l", Size: int64(len(content)), Kind: "Lab"})
		if err != nil {
			b.Fatal(err)
		}
		b.Do(func(ctx context.Context, tx *db.Tx) error {
			enclosed, coming, err := attachment.Enclose(ctx, tx, b.Maria, b.folder.RequestID, string(o.ID))
			if enclosed != 1 || coming != 1 {
				b.Errorf("%d enclosed, %d coming", enclosed, coming)
			}
			return err
		})
		if names := b.of(string(o.ID)); !slices.Equal(names, []string{"here.pdf"}) {
			b.Errorf("%v", names)
		}
		b.pieces(b.now(late), content, 20_000)
		b.drain()
		if names := b.of(string(o.ID)); !slices.Equal(names, []string{"here.pdf", "late.pdf"}) {
			b.Errorf("%v", names)
		}
		here = b.now(here)
		if err := b.Try(func(ctx context.Context, tx *db.Tx) error { return attachment.Delete(ctx, tx, b.Maria, here) }); !fault.Is(err, fault.Conflict) {
			b.Errorf("a file that was sent is deleted: %v", err)
		}
		if got := b.now(refused); got.OrderID != "" {
			b.Errorf("%+v", got)
		}
	})
}

func (b *bench) of(orderID string) (names []string) {
	b.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := attachment.Of(ctx, tx, orderID)
		for _, f := range all {
			names = append(names, f.Name)
			if f.AddedName != "Maria Chen" {
				b.Errorf("%s was added by %q", f.Name, f.AddedName)
			}
		}
		return err
	})
	return names
}

func TestDeletingAndUndoing(t *testing.T) {
	each(t, func(b *bench) {
		u := b.send("note.pdf", note(10_000))
		b.Do(func(ctx context.Context, tx *db.Tx) error { return attachment.Delete(ctx, tx, b.Maria, u) })
		if n := b.live(); n != 0 {
			b.Errorf("%d files after deleting", n)
		}
		u = b.now(u)
		b.Do(func(ctx context.Context, tx *db.Tx) error { return attachment.Restore(ctx, tx, b.Maria, u) })
		if n := b.live(); n != 1 {
			b.Errorf("%d files after undoing", n)
		}
		b.Do(func(ctx context.Context, tx *db.Tx) error {
			u = b.now(u)
			return attachment.Describe(ctx, tx, b.Maria, u, "Lab")
		})
		b.Do(func(ctx context.Context, tx *db.Tx) error {
			u = b.now(u)
			return attachment.Describe(ctx, tx, b.Maria, u, "made up")
		})
		if got := b.now(u); got.Kind != "Other" {
			b.Errorf("%+v", got)
		}
	})
}

func (b *bench) live() (n int) {
	b.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := attachment.Uploads(ctx, tx, b.folder.RequestID)
		n = len(all)
		return err
	})
	return n
}

// Some of the pages replace the file, whose first content is gone at once.
func TestReplacing(t *testing.T) {
	each(t, func(b *bench) {
		u := b.send("note.pdf", note(10_000))
		ref := b.put(note(5_000))
		b.Do(func(ctx context.Context, tx *db.Tx) error { return attachment.Replace(ctx, tx, b.Maria, u, ref, 1) })
		b.drain()
		if got := b.now(u); got.Status != attachment.Accepted || got.Size != ref.Size || got.BlobKey != ref.Key {
			b.Errorf("%+v", got)
		}
		if n := b.stored(); n != 1 {
			b.Errorf("%d files are stored", n)
		}
	})
}

func TestAnotherPatient(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	for text, want := range map[string]string{
		"Patient: Rosa Canarywell DOB: 04/28/1986": "", "Visit note": "", "Patient: Canarywell, Rosa": "", "born 1986-04-28": "",
		"Patient: Jane Roe": "“Jane Roe” appears on page 1", "DOB: 2/11/1950": "“2/11/1950” appears on page 1", "Patient name: Jane Roe, DOB 02/11/1950": "“Jane Roe, 02/11/1950” appears on page 1",
	} {
		u := b.send("note.pdf", page(text))
		if u.Status != attachment.Accepted || want == "" && u.Warning != "" || !strings.Contains(u.Warning, want) {
			t.Errorf("%q: %s, %q", text, u.Words(), u.Warning)
		}
		b.Do(func(ctx context.Context, tx *db.Tx) error { return attachment.Delete(ctx, tx, b.Maria, u) })
	}
}

func TestPages(t *testing.T) {
	for typed, want := range map[string][]int{"1-3, 7": {1, 2, 3, 7}, "7,1-3,2": {1, 2, 3, 7}, " 48 ": {48}, "1–2": {1, 2}} {
		if got, err := attachment.Pages(typed, 48); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "a", "0", "49", "3-1", "1-", "-1", "1,,2", "1-2-3", "99999999999999999999"} {
		if got, err := attachment.Pages(typed, 48); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
}

func TestMasked(t *testing.T) {
	for name, want := range map[string]string{"officenotes.pdf": "offXXXXXXXes.pdf", "roe.pdf": "XXXXX.pdf", "none": "XXXXX"} {
		if got := attachment.Masked(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Every act on a file has left its row, and none names the file.
func TestFilesAreAudited(t *testing.T) {
	each(t, func(b *bench) {
		u := b.send("canarywell.pdf", note(10_000))
		b.Do(func(ctx context.Context, tx *db.Tx) error { return attachment.Delete(ctx, tx, b.Maria, u) })
		b.Do(func(ctx context.Context, tx *db.Tx) error {
			acts, err := db.All(ctx, tx, db.Value[string], `select action || ' ' || actor_name || ' ' || detail from audit where object_id = $1 order by id`, u.ID)
			want := []string{"file.begun Maria Chen uploading", "file.received Maria Chen checking", "file.checked Parley accepted", "file.deleted Maria Chen accepted"}
			if !slices.Equal(acts, want) {
				b.Errorf("%q", acts)
			}
			return err
		})
	})
}
