package portal

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"parley/internal/domain/attachment"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// A making is another content being made of a file: without its password, or
// with some of its pages.
type making struct {
	upload attachment.Upload
	field  string
	ref    blob.Ref
	pages  int
	wrong  words.Text // why it could not be made
	typed  string
}

func (k shelving) mayOpen(ctx context.Context, r *web.Request) (web.Answer, error) {
	return k.mayMake(ctx, r, "password_", func(u attachment.Upload) bool { return u.Status == attachment.Protected })
}

func (k shelving) mayPick(ctx context.Context, r *web.Request) (web.Answer, error) {
	return k.mayMake(ctx, r, "pages_", canPick)
}

func (k shelving) mayTurn(ctx context.Context, r *web.Request) (web.Answer, error) {
	return k.mayMake(ctx, r, "turn_", canTurn)
}

// turns are how pages can be turned, in degrees to the right.
var turns = map[string]int{"right": 90, "over": 180, "left": 270}

// turnPages makes a copy with some pages turned, or all of them. It is what the
// reviewer reads.
func (p *Pages) turnPages(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*making)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "This form can’t be read. Open the page again.")
	}
	c.typed = r.PostForm.Get("turned")
	degrees, ok := turns[r.PostForm.Get(c.field)]
	if !ok {
		c.wrong = "Select how to turn the pages"
		return nil
	}
	chosen, err := attachment.Pages(cmp.Or(strings.TrimSpace(c.typed), "1-"+strconv.Itoa(c.upload.Pages)), c.upload.Pages)
	if err != nil {
		c.wrong = fault.Of(err).Text
		return nil
	}
	_, err = p.make(ctx, c, inspect.Ask{Do: inspect.Turn, Type: inspect.PDF, Pages: chosen, Turn: degrees})
	return err
}

func (k shelving) mayMake(ctx context.Context, r *web.Request, field string, can func(attachment.Upload) bool) (web.Answer, error) {
	sh, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if sh.closed || u.DeletedAt != nil || !can(u) {
		return web.Answer{SeeOther: sh.page}, nil
	}
	r.Carry = &making{upload: u, field: field + u.ID}
	return web.Answer{}, nil
}

// openWithPassword makes a copy that needs no password; the password is kept
// nowhere.
func (p *Pages) openWithPassword(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*making)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "This form can’t be read. Open the page again.")
	}
	password := r.PostForm.Get("password")
	if password == "" {
		c.wrong = "Enter the file’s password"
		return nil
	}
	report, err := p.make(ctx, c, inspect.Ask{Do: inspect.Open, Type: inspect.PDF, Password: password})
	if report.Verdict == inspect.Protected {
		c.wrong = "This password doesn’t open the file"
	}
	return err
}

// pickPages makes a copy of the chosen pages alone.
func (p *Pages) pickPages(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*making)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "This form can’t be read. Open the page again.")
	}
	c.typed = r.PostForm.Get("pages")
	chosen, err := attachment.Pages(c.typed, c.upload.Pages)
	if err != nil {
		c.wrong = fault.Of(err).Text
		return nil
	}
	_, err = p.make(ctx, c, inspect.Ask{Do: inspect.Select, Type: inspect.PDF, Pages: chosen})
	return err
}

// make has the process write a copy straight into the store.
func (p *Pages) make(ctx context.Context, c *making, ask inspect.Ask) (inspect.Report, error) {
	from, err := p.Files.Open(ctx, c.upload.BlobKey)
	if err != nil {
		return inspect.Report{}, err
	}
	defer from.Close()
	out, in := io.Pipe()
	done := make(chan inspect.Report, 1)
	go func() {
		report, err := p.Reader.Run(ctx, ask, from, in)
		if err == nil && report.Verdict != inspect.Fine {
			err = errNothingMade
		}
		done <- report
		_ = in.CloseWithError(err)
	}()
	ref, err := p.Files.Put(ctx, out)
	_ = out.CloseWithError(io.ErrClosedPipe)
	report := <-done
	switch {
	case err == nil:
		c.ref, c.pages = ref, report.Pages
	case errors.Is(err, errNothingMade):
		c.wrong, err = words.AsIs(report.Why), nil
	}
	return report, err
}

var errNothingMade = fault.New(fault.Invalid, "We couldn’t make a copy of this file.")

// keepCopy has the upload be the copy, or says why there is none.
func (k shelving) keepCopy(ctx context.Context, r *web.Request) (web.Answer, error) {
	c := r.Carry.(*making)
	sh, u, err := k.file(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if c.wrong != "" {
		return k.wrong(ctx, r, []ui.FieldError{{Field: c.field, Text: c.wrong}}, c.typed)
	}
	if u.BlobKey != c.upload.BlobKey || sh.closed {
		return web.Answer{}, fault.New(fault.Conflict, "Somebody changed this file in the same moment. Look at it again.")
	}
	return web.Answer{SeeOther: sh.page + "#" + u.ID}, attachment.Replace(ctx, r.Tx, r.By, u, c.ref, c.pages)
}

func (p *Pages) dropCopy(ctx context.Context, r *web.Request) { p.drop(ctx, r.Carry.(*making).ref) }
