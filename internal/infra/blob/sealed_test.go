package blob

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"parley/internal/infra/secret"
)

// sealing is a directory that seals, with keys of its own.
func sealing(t testing.TB) Dir {
	t.Helper()
	root := t.TempDir()
	box, err := secret.OpenBox(filepath.Join(root, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenStreams(filepath.Join(root, "file-keys.json"), box)
	if err != nil {
		t.Fatal(err)
	}
	return Dir{Path: filepath.Join(root, "files"), Keys: keys}
}

func put(t testing.TB, d Dir, content string) Ref {
	t.Helper()
	ref, err := d.Put(context.Background(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func (d Dir) all(key string) ([]byte, error) {
	r, err := d.Open(context.Background(), key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestSealedContentComesBack(t *testing.T) {
	d := sealing(t)
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 0, 20_000).Draw(t, "content")
		ref, err := d.Put(context.Background(), iotest.HalfReader(bytes.NewReader(content)))
		if err != nil || ref.Size != int64(len(content)) {
			t.Fatal(ref, err)
		}
		if got, err := d.all(ref.Key); err != nil || !bytes.Equal(got, content) {
			t.Fatal("other bytes came back", err)
		}
	})
}

// Whatever is changed, cut off, put behind or in the place of a file, it does
// not open as if nothing were the matter.
func TestAChangedFileDoesNotOpen(t *testing.T) {
	d := sealing(t)
	rapid.Check(t, func(rt *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 0, 10_000).Draw(rt, "content")
		ref := put(t, d, string(content))
		path, err := d.path(ref.Key)
		if err != nil {
			rt.Fatal(err)
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			rt.Fatal(err)
		}
		changed := change(rt, kept)
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			rt.Fatal(err)
		}
		if got, err := d.all(ref.Key); err == nil {
			rt.Fatalf("%d bytes became %d and opened", len(kept), len(got))
		}
	})
}

func change(t *rapid.T, kept []byte) []byte {
	at := rapid.IntRange(0, len(kept)-1).Draw(t, "at")
	switch rapid.SampledFrom([]string{"flip", "cut", "more"}).Draw(t, "what") {
	case "flip":
		changed := bytes.Clone(kept)
		changed[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		return changed
	case "cut":
		return kept[:at]
	}
	return append(bytes.Clone(kept), kept[at:]...)
}

func TestAFileInThePlaceOfAnother(t *testing.T) {
	d := sealing(t)
	one, two := put(t, d, "the first"), put(t, d, "the second")
	from, _ := d.path(one.Key)
	to, _ := d.path(two.Key)
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	if got, err := d.all(two.Key); err == nil {
		t.Errorf("it reads %q", got)
	}
	if err := os.WriteFile(to, []byte("never sealed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := d.all(two.Key); err == nil {
		t.Errorf("a file that nobody sealed reads %q", got)
	}
}

func TestNothingReadableIsOnTheDisk(t *testing.T) {
	d := sealing(t)
	put(t, d, strings.Repeat("Canarywell ", 2000))
	for _, name := range files(t, d.Path) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("Canarywell")) {
			t.Errorf("%s can be read", filepath.Base(name))
		}
	}
}

// Files from before stay as they are, and readable.
func TestFilesFromBefore(t *testing.T) {
	d := sealing(t)
	before := put(t, Dir{Path: d.Path}, "from before")
	if got, err := d.all(before.Key); err != nil || string(got) != "from before" {
		t.Errorf("%q, %v", got, err)
	}
	now := put(t, d, "from now")
	if _, err := (Dir{Path: d.Path}).all(now.Key); err == nil {
		t.Error("it opens without keys")
	}
	if err := d.Delete(context.Background(), now.Key); err != nil {
		t.Fatal(err)
	}
	if len(files(t, d.Path)) != 1 {
		t.Error("a sealed file was not deleted")
	}
}

// What a killed program was writing goes; what is being written stays.
func TestSweep(t *testing.T) {
	d := sealing(t)
	kept := put(t, d, "kept")
	old, fresh := filepath.Join(d.Path, ".put-1"), filepath.Join(d.Path, ".put-2")
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if err := d.Sweep(time.Now().Add(-24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := d.all(kept.Key); err != nil || string(got) != "kept" || len(files(t, d.Path)) != 2 {
		t.Errorf("%q, %v, %d files", got, err, len(files(t, d.Path)))
	}
}

// A hundred megabytes take no more memory than one, and so do 25 at once.
func TestMemoryIsConstant(t *testing.T) {
	d := sealing(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var wg sync.WaitGroup
	for range 25 {
		wg.Go(func() {
			ref, err := d.Put(context.Background(), io.LimitReader(endless{}, 4<<20))
			if err != nil {
				t.Error(err)
				return
			}
			r, err := d.Open(context.Background(), ref.Key)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if n, err := io.Copy(io.Discard, r); err != nil || n != 4<<20 {
				t.Error(n, err)
			}
		})
	}
	wg.Wait()
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 32<<20 {
		t.Errorf("100 MB in 25 files took %d MB of memory", grown>>20)
	}
}

func BenchmarkPut100MB(b *testing.B) {
	for name, d := range map[string]Dir{"sealed": sealing(b), "open": {Path: b.TempDir()}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(100 << 20)
			for b.Loop() {
				ref, err := d.Put(context.Background(), io.LimitReader(endless{}, 100<<20))
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Delete(context.Background(), ref.Key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
