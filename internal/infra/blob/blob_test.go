package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"parley/internal/fault"
)

func read(t testing.TB, s Store, key string) string {
	t.Helper()
	r, err := s.Open(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// files lists all that lies in the directory, whatever it is called.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func TestPutAndOpen(t *testing.T) {
	dir := Dir{Path: filepath.Join(t.TempDir(), "not", "yet")}
	ref, err := dir.Put(context.Background(), strings.NewReader("a letter"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("a letter"))
	if ref.Size != 8 || ref.SHA256 != hex.EncodeToString(sum[:]) || !keyForm.MatchString(ref.Key) {
		t.Errorf("%+v", ref)
	}
	if got := read(t, dir, ref.Key); got != "a letter" {
		t.Errorf("read back %q", got)
	}
	names := files(t, dir.Path)
	if len(names) != 1 {
		t.Fatalf("%v", names)
	}
	info, err := os.Stat(names[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
}

func TestEveryContentComesBack(t *testing.T) {
	dir := Dir{Path: t.TempDir()}
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 0, 100_000).Draw(t, "content")
		ref, err := dir.Put(context.Background(), iotest.HalfReader(bytes.NewReader(content)))
		if err != nil || ref.Size != int64(len(content)) {
			t.Fatal(ref, err)
		}
		r, err := dir.Open(context.Background(), ref.Key)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
			t.Fatal("other bytes came back", err)
		}
	})
}

func TestNothingIsLeftOfAFailure(t *testing.T) {
	dir := Dir{Path: t.TempDir(), Limit: 10}
	broken := errors.New("the line broke")
	ended, end := context.WithCancel(context.Background())
	end()
	for name, c := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		"the reader fails":          {context.Background(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), broken},
		"one byte too many":         {context.Background(), strings.NewReader("eleven byte"), ErrTooLarge},
		"far too many":              {context.Background(), io.LimitReader(endless{}, 1<<40), ErrTooLarge},
		"the request has gone away": {ended, strings.NewReader("too late"), context.Canceled},
	} {
		if ref, err := dir.Put(c.ctx, c.r); !errors.Is(err, c.want) || ref != (Ref{}) {
			t.Errorf("%s: %+v, %v", name, ref, err)
		}
	}
	if names := files(t, dir.Path); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	if _, err := dir.Put(context.Background(), strings.NewReader("ten bytes.")); err != nil {
		t.Errorf("a file that just fits: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestMissing(t *testing.T) {
	root := t.TempDir()
	dir := Dir{Path: filepath.Join(root, "blobs")}
	if err := os.WriteFile(filepath.Join(root, "keys.json"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	ref, err := dir.Put(context.Background(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	shard := ref.Key[:2]
	for _, key := range []string{
		newKey(), "", ".", "..", "/", "../keys.json", shard + "/../../keys.json", filepath.Join(root, "keys.json"), "..\\keys.json",
		shard, shard + "/" + ref.Key, strings.ToUpper(ref.Key) + "x", ref.Key + "\x00", ref.Key + "/..", ref.Key + "\n", "%2e%2e/keys.json",
	} {
		r, err := dir.Open(context.Background(), key)
		if err == nil {
			r.Close()
		}
		if !fault.Is(err, fault.NotFound) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", key, err)
		}
		if err := dir.Delete(context.Background(), key); err != nil {
			t.Errorf("deleting %q: %v", key, err)
		}
	}
	if len(files(t, root)) != 2 {
		t.Error("a key that is none deleted something")
	}
}

func TestDelete(t *testing.T) {
	dir := Dir{Path: t.TempDir()}
	ref, err := dir.Put(context.Background(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is gone already
		if err := dir.Delete(context.Background(), ref.Key); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := dir.Open(context.Background(), ref.Key); !fault.Is(err, fault.NotFound) {
		t.Errorf("a deleted file: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	dir := Dir{Path: t.TempDir()}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			content := strings.Repeat("x", i)
			ref, err := dir.Put(context.Background(), strings.NewReader(content))
			if err != nil {
				t.Error(err)
			} else if got := read(t, dir, ref.Key); got != content {
				t.Errorf("%d bytes of %d", len(got), i)
			}
		})
	}
	wg.Wait()
}

func TestADirectoryThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Dir{Path: file}).Put(context.Background(), strings.NewReader("x")); err == nil {
		t.Error("a file was put into a file")
	}
}
