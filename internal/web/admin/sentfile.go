package admin

import (
	"context"
	"io"

	"parley/internal/domain/account"
	"parley/internal/web"
)

// A sentFile is a file on its way into a draft.
type sentFile struct {
	content []byte // one byte more than it may have if it is too large
	none    bool   // no file was chosen
}

// maySend lets administrators send a file.
func maySend(_ context.Context, r *web.Request) (web.Answer, error) {
	r.Carry = &sentFile{none: true}
	return web.Answer{}, r.By.Must(account.ManageProgram)
}

// readSent reads a file of so many bytes, before any transaction.
func readSent(most int64) func(context.Context, *web.Request) error {
	return func(_ context.Context, r *web.Request) error {
		file := r.Carry.(*sentFile)
		return r.Parts(func(_, _ string, content io.Reader) (err error) {
			file.none = false
			file.content, err = io.ReadAll(io.LimitReader(content, most+1))
			return err
		})
	}
}
