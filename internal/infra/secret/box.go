package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// A Box seals data with keys from a file. The file is worth as much as all
// that was ever sealed: without it nothing opens, and with it everything.
type Box struct{ keys tink.AEAD }

// OpenBox reads the keys at path. If there is no such file it makes one that
// only its owner can read. It refuses a file that others can read.
func OpenBox(path string) (*Box, error) {
	handle, err := readKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		handle, err = makeKeys(path)
	}
	if err != nil {
		return nil, fmt.Errorf("secret: the key file %s: %w", path, err)
	}
	keys, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("secret: the key file %s: %w", path, err)
	}
	return &Box{keys}, nil
}

// Seal returns plain so that nobody can read or change it. associated says
// what it belongs to, such as the id of its row; it is not in the result, and
// Open needs the same again. So what was sealed for one row does not open in
// another.
func (b *Box) Seal(plain, associated []byte) ([]byte, error) {
	return b.keys.Encrypt(plain, associated)
}

// Open returns what was sealed. It is an error if anything about it changed,
// or if it was sealed for something else.
func (b *Box) Open(sealed, associated []byte) ([]byte, error) {
	return b.keys.Decrypt(sealed, associated)
}

// Rotate adds a new key to the file, with which boxes opened from now on
// seal. The old keys stay, so that they still open what was sealed before.
func Rotate(path string) error {
	handle, err := readKeys(path)
	if err != nil {
		return fmt.Errorf("secret: the key file %s: %w", path, err)
	}
	manager := keyset.NewManagerFromHandle(handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = manager.SetPrimary(id)
	}
	if err == nil {
		handle, err = manager.Handle()
	}
	if err == nil {
		err = writeKeys(path, inTheClear(handle), os.Rename)
	}
	if err != nil {
		return fmt.Errorf("secret: the key file %s: %w", path, err)
	}
	return nil
}

// inTheClear writes keys so that whoever reads them has them.
func inTheClear(handle *keyset.Handle) func(keyset.Writer) error {
	return func(w keyset.Writer) error { return insecurecleartextkeyset.Write(handle, w) }
}

func readKeys(path string) (*keyset.Handle, error) {
	text, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
}

// readOwn reads a file that nobody else may read.
func readOwn(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others can read it; run: chmod 600 %s", path)
	}
	return os.ReadFile(path)
}

// makeKeys writes a file of one new key. Should two processes start at once,
// the second takes the first one's.
func makeKeys(path string) (*keyset.Handle, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	err = writeKeys(path, inTheClear(handle), os.Link) // which, unlike a rename, refuses to replace
	if errors.Is(err, fs.ErrExist) {
		return readKeys(path)
	}
	return handle, err
}

// writeKeys has write write keys beside path and then puts them there in one
// step, so that at no time is there half a file.
func writeKeys(path string, write func(keyset.Writer) error, put func(from, to string) error) error {
	var text bytes.Buffer
	if err := write(keyset.NewJSONWriter(&text)); err != nil {
		return err
	}
	return putFile(path, text.Bytes(), put)
}

// putFile writes text to a file that only its owner can read, and has put move
// it to path.
func putFile(path string, text []byte, put func(from, to string) error) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".keys-*") // for its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := put(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in a directory survive a power failure.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
