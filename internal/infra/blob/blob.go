// Package blob keeps files: what offices send and what we write. A file is
// stored before the database speaks of it, so a row never names a file that
// is not there; a file that no row names is only untidy.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"parley/internal/fault"
)

// A Ref is what the database keeps of a file.
type Ref struct {
	Key    string // where the store finds it
	Size   int64
	SHA256 string // in hexadecimal
}

// ErrTooLarge is what Put returns for a file beyond the store's limit.
var ErrTooLarge = errors.New("blob: the file is larger than the limit")

// A Store keeps files by key. The keys are the store's own and say nothing
// about what is in the files.
type Store interface {
	// Put keeps all that r yields. Once it returns, the file survives a
	// power failure. If r fails, nothing is kept.
	Put(ctx context.Context, r io.Reader) (Ref, error)
	// Open returns the file; the caller closes it. The error is a NotFound
	// fault, and also fs.ErrNotExist, if there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete forgets the file. It is no error if there is none.
	Delete(ctx context.Context, key string) error
}

// A Dir keeps files in a directory, which it makes when it is first needed.
type Dir struct {
	Path  string
	Limit int64 // bytes in one file; 0 is no limit
}

var _ Store = Dir{}

// keyForm is what newKey makes. Nothing else reaches the file system, so no
// key leads out of the directory.
var keyForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func newKey() string {
	random := make([]byte, 16)
	rand.Read(random) // never fails; see crypto/rand
	return hex.EncodeToString(random)
}

// path spreads files over 256 directories, since some file systems grow slow
// when a million lie in one.
func (d Dir) path(key string) (string, error) {
	if !keyForm.MatchString(key) {
		return "", missing(key, fs.ErrNotExist)
	}
	return filepath.Join(d.Path, key[:2], key), nil
}

func missing(key string, err error) error {
	return &fault.Error{Kind: fault.NotFound, Text: "This file does not exist.", Err: fmt.Errorf("blob: %q: %w", key, err)}
}

// Put implements Store. The file is written under another name, brought to
// the disk, and only then given its own.
func (d Dir) Put(ctx context.Context, r io.Reader) (Ref, error) {
	ref := Ref{Key: newKey()}
	path, err := d.path(ref.Key)
	if err != nil {
		return Ref{}, err
	}
	if err := d.makeShard(filepath.Dir(path)); err != nil {
		return Ref{}, err
	}
	f, err := os.CreateTemp(d.Path, ".put-*") // for its owner alone
	if err != nil {
		return Ref{}, err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	sum := sha256.New()
	ref.Size, err = d.fill(ctx, f, sum, r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Ref{}, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return Ref{}, err
	}
	ref.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return ref, syncDir(filepath.Dir(path))
}

// makeShard makes the directory of a file, and makes it last.
func (d Dir) makeShard(shard string) error {
	if _, err := os.Stat(shard); err == nil {
		return nil
	}
	if err := os.MkdirAll(shard, 0o700); err != nil {
		return err
	}
	return syncDir(d.Path)
}

func (d Dir) fill(ctx context.Context, f *os.File, sum hash.Hash, r io.Reader) (int64, error) {
	r = during{ctx, r}
	if d.Limit > 0 {
		r = io.LimitReader(r, d.Limit+1) // one more, to tell full from too full
	}
	n, err := io.Copy(io.MultiWriter(f, sum), r)
	if err == nil && d.Limit > 0 && n > d.Limit {
		err = ErrTooLarge
	}
	return n, err
}

// during is a reader that fails once its context has ended.
type during struct {
	ctx context.Context
	io.Reader
}

func (d during) Read(p []byte) (int, error) {
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	return d.Reader.Read(p)
}

// Open implements Store.
func (d Dir) Open(_ context.Context, key string) (io.ReadCloser, error) {
	path, err := d.path(key)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(key, err)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Delete implements Store.
func (d Dir) Delete(_ context.Context, key string) error {
	path, err := d.path(key)
	if err != nil {
		return nil // not a key of ours, so there is no such file
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes a new name in a directory survive a power failure.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
