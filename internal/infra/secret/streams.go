package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Streams seals files of any length in constant memory. Its keys lie in a
// file of their own, which a box has sealed: so the box's file stays the one
// that opens everything.
type Streams struct{ keys tink.StreamingAEAD }

// keysFor is what the file of a Streams is sealed for.
var keysFor = []byte("keys of files")

// OpenStreams reads the keys at path, which box has sealed. If there is no
// such file it makes one.
func OpenStreams(path string, box *Box) (*Streams, error) {
	handle, err := readSealed(path, box)
	if errors.Is(err, fs.ErrNotExist) {
		handle, err = makeSealed(path, box)
	}
	if err != nil {
		return nil, fmt.Errorf("secret: the keys of files %s: %w", path, err)
	}
	keys, err := streamingaead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("secret: the keys of files %s: %w", path, err)
	}
	return &Streams{keys}, nil
}

// Seal returns a writer that seals what it is given into w. Only after Close
// is all of it there; w is not closed. associated is as in [Box.Seal].
func (s *Streams) Seal(w io.Writer, associated []byte) (io.WriteCloser, error) {
	return s.keys.NewEncryptingWriter(w, associated)
}

// Open returns a reader of what was sealed. It yields nothing that was not
// sealed so and there: a change, a swap or a missing end is an error, at the
// latest where the end should be.
func (s *Streams) Open(r io.Reader, associated []byte) (io.Reader, error) {
	return s.keys.NewDecryptingReader(r, associated)
}

// RotateStreams adds a new key to the file, with which Streams opened from
// now on seal. The old keys stay for what was sealed before.
func RotateStreams(path string, box *Box) error {
	handle, err := readSealed(path, box)
	if err == nil {
		handle, err = withFresh(keyset.NewManagerFromHandle(handle))
	}
	if err == nil {
		err = writeKeys(path, sealedBy(handle, box), os.Rename)
	}
	if err != nil {
		return fmt.Errorf("secret: the keys of files %s: %w", path, err)
	}
	return nil
}

// withFresh has a new key be the one that seals. Segments of 4 kB: a hundred
// files in work at once take less than a megabyte.
func withFresh(m *keyset.Manager) (*keyset.Handle, error) {
	id, err := m.Add(streamingaead.AES256GCMHKDF4KBKeyTemplate())
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	return m.Handle()
}

func sealedBy(handle *keyset.Handle, box *Box) func(keyset.Writer) error {
	return func(w keyset.Writer) error { return handle.WriteWithAssociatedData(w, box.keys, keysFor) }
}

func readSealed(path string, box *Box) (*keyset.Handle, error) {
	text, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	return keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(text)), box.keys, keysFor)
}

// makeSealed is makeKeys for a file that box seals.
func makeSealed(path string, box *Box) (*keyset.Handle, error) {
	handle, err := withFresh(keyset.NewManager())
	if err != nil {
		return nil, err
	}
	err = writeKeys(path, sealedBy(handle, box), os.Link) // which, unlike a rename, refuses to replace
	if errors.Is(err, fs.ErrExist) {
		return readSealed(path, box)
	}
	return handle, err
}
