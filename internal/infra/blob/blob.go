// Package blob keeps files: what offices send and what we write. A file is
// stored before the database speaks of it, so a row never names a file that
// is not there; a file that no row names is only untidy. What is stored is
// sealed for its key, so that a copy of the disk tells nothing and a file put
// in the place of another does not open.
package blob

import (
	"bufio"
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
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/secret"
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
	Limit int64           // bytes in one file; 0 is no limit
	Keys  *secret.Streams // seals what is stored; nil leaves it as it is
}

var _ Store = Dir{}

// keyForm is what newKey makes, with sealed before it if the file is sealed.
// Nothing else reaches the file system, so no key leads out of the directory.
var keyForm = regexp.MustCompile(`^s?[0-9a-f]{32}$`)

// sealed begins the key of a sealed file, so that the row that names it, and
// not the file, says that it must be. Files from before were not sealed, and
// their keys don't begin so.
const sealed = "s"

// header begins a sealed file: what it is, and in which form.
const header = "Parley sealed 1\n"

// errForm is a file that is not what its key says.
var errForm = errors.New("blob: the file is not sealed as its key says")

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
	return filepath.Join(d.Path, strings.TrimPrefix(key, sealed)[:2], key), nil
}

func missing(key string, err error) error {
	return &fault.Error{Kind: fault.NotFound, Text: "This file does not exist.", Err: fmt.Errorf("blob: %q: %w", key, err)}
}

// Put implements Store. The file is written under another name, brought to
// the disk, and only then given its own.
func (d Dir) Put(ctx context.Context, r io.Reader) (Ref, error) {
	ref := Ref{Key: newKey()}
	if d.Keys != nil {
		ref.Key = sealed + ref.Key
	}
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
	ref.Size, err = d.write(ctx, f, ref.Key, sum, r)
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

// write brings what r yields into f, sealed for the key if there are keys.
func (d Dir) write(ctx context.Context, f *os.File, key string, sum hash.Hash, r io.Reader) (int64, error) {
	if d.Keys == nil {
		return d.fill(ctx, f, sum, r)
	}
	w := bufio.NewWriterSize(f, 64<<10)
	if _, err := w.WriteString(header); err != nil {
		return 0, err
	}
	seal, err := d.Keys.Seal(w, []byte(key))
	if err != nil {
		return 0, err
	}
	n, err := d.fill(ctx, seal, sum, r)
	if err != nil {
		return n, err
	}
	return n, errors.Join(seal.Close(), w.Flush())
}

func (d Dir) fill(ctx context.Context, f io.Writer, sum hash.Hash, r io.Reader) (int64, error) {
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
	if !strings.HasPrefix(key, sealed) {
		return f, nil
	}
	plain, err := d.unseal(f, key)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, f}, nil
}

func (d Dir) unseal(f io.Reader, key string) (io.Reader, error) {
	r := bufio.NewReaderSize(f, 64<<10)
	start := make([]byte, len(header))
	if _, err := io.ReadFull(r, start); err != nil || string(start) != header || d.Keys == nil {
		return nil, errForm
	}
	return d.Keys.Open(r, []byte(key))
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

// Sweep forgets what was being put when the program was killed: files that
// never got their name and that nobody wrote to since a time.
func (d Dir) Sweep(since time.Time) error {
	left, err := filepath.Glob(filepath.Join(d.Path, ".put-*"))
	for _, path := range left {
		info, statErr := os.Stat(path)
		if statErr == nil && info.ModTime().Before(since) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

// syncDir makes a new name in a directory survive a power failure.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
