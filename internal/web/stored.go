package web

import (
	"context"
	"io"

	"parley/internal/infra/blob"
)

// Stored is a kept file as it is sent: piece by piece, once the transaction is
// over. Who asks has been found to be allowed.
func Stored(ctx context.Context, files blob.Store, name, mediaType, key string) *File {
	return &File{Name: name, Type: mediaType, Stream: func(w io.Writer) error {
		in, err := files.Open(context.WithoutCancel(ctx), key)
		if err != nil {
			return err
		}
		defer in.Close() //nolint:errcheck // it was read
		_, err = io.Copy(w, in)
		return err
	}}
}
