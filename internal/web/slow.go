package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/httpd"
)

// A Slow page takes files, or has other programs work for it: neither may
// hold a transaction. First May says, in a transaction that only reads,
// whether the reader may at all and leaves in Carry what Do needs; an Answer
// of its own ends it. Then Do does the work outside any transaction. At last
// Then keeps what came of it, in a transaction. Undo, if not nil, runs if
// nothing was kept for certain.
type Slow struct {
	May  Page
	Do   func(context.Context, *Request) error
	Then Page
	Undo func(context.Context, *Request)
}

// HandleSlow serves pattern with a page in three steps.
func (s *Server) HandleSlow(pattern string, g Guard, p Slow) {
	s.routes = append(s.routes, Route{pattern, g})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answerSlowly(w, r, g, p) })
}

func (s *Server) answerSlowly(w http.ResponseWriter, r *http.Request, g Guard, p Slow) {
	ctx := r.Context()
	req := &Request{Request: r, Settings: s.Settings, board: &s.bulletin, token: s.token(r), Address: httpd.Address(r, s.Settings.Forwarded), Form: url.Values{}}
	r.Body = httpd.Patient(w, http.MaxBytesReader(w, r.Body, maxSlow))
	ans, done, err := s.may(ctx, req, g, p.May)
	if err == nil && !done {
		if err = p.Do(ctx, req); err == nil {
			// What has come is kept, whether or not somebody waits for the answer.
			ans, err = s.then(context.WithoutCancel(ctx), req, g, p.Then)
		}
		if err != nil && p.Undo != nil && fault.Of(err).Kind != fault.Internal { // else nobody knows whether it was kept
			p.Undo(context.WithoutCancel(ctx), req)
		}
	}
	if s.Ran != nil && req.Tx != nil {
		s.Ran(r.Pattern, req.Tx.Statements())
	}
	switch {
	case err != nil && (ans.Body == nil && ans.File == nil || fault.Of(err).Kind == fault.Internal):
		ans = s.failed(r, err)
	case err != nil:
		ans = withFault(ans, err)
	}
	s.send(w, r, req, ans)
}

// may asks who it is and whether they may, reading only. done says that the
// answer is given. What a locked session sends is not kept for its owner, as
// a form is: it may be large.
func (s *Server) may(ctx context.Context, req *Request, g Guard, page Page) (ans Answer, done bool, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		visit, err := account.Look(ctx, tx, req.token, s.Settings.Limits)
		if err != nil {
			return err
		}
		req.Tx, req.Visit, req.By = tx, visit, visit.By
		if req.speech, err = s.speech.get(ctx, tx, s.Settings.Name); err != nil {
			return err
		}
		switch {
		case !g.allow(visit) && visit.State != account.Open:
			ans, done = Answer{SeeOther: doors[visit.State]}, true
			return nil
		case !g.allow(visit):
			return notForYou()
		}
		if err := looking(req); err != nil {
			return err
		}
		if visit.State == account.Open {
			if err := account.Touch(ctx, tx, visit); err != nil {
				return err
			}
		}
		ans, err = page(ctx, req)
		done = ans.Body != nil || ans.SeeOther != "" || ans.Status != 0
		return err
	})
	return ans, done, err
}

// then is who asked and the page again: between the steps a session can end.
func (s *Server) then(ctx context.Context, req *Request, g Guard, page Page) (ans Answer, err error) {
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		req.Tx = tx
		visit, err := account.Look(ctx, tx, req.token, s.Settings.Limits)
		if err != nil {
			return err
		}
		if !g.allow(visit) {
			return fault.New(fault.Denied, "Your session ended while this was being sent. Sign in, and send it again.")
		}
		req.Visit, req.By = visit, visit.By
		ans, err = page(ctx, req)
		return err
	})
	return ans, err
}

const (
	maxSlow = 4 << 30  // bytes of a body; what reads it has limits of its own
	field   = 64 << 10 // bytes in a field beside files
)

// Parts gives what a form with files holds, in its order: fields go to Form,
// and each file to take, which reads what it wants of it.
func (r *Request) Parts(take func(field, name string, content io.Reader) error) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return fault.New(fault.Invalid, "This form came in another way than it should. Open the page again.")
	}
	all, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "This form can’t be read. Open the page again.")
	}
	for {
		part, err := all.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if err := r.part(part, take); err != nil {
			return err
		}
	}
}

func (r *Request) part(part *multipart.Part, take func(field, name string, content io.Reader) error) error {
	defer part.Close()
	if part.FileName() != "" {
		return take(part.FormName(), part.FileName(), part)
	}
	text, err := io.ReadAll(io.LimitReader(part, field))
	if err != nil {
		return broken(err)
	}
	if part.Header.Get("Content-Type") == "" { // else it is a file field with nothing chosen
		r.Form.Add(part.FormName(), clean(string(text)))
	}
	return nil
}

// broken is a body that ended before its end.
func broken(err error) error {
	return &fault.Error{Kind: fault.Invalid, Text: "The connection broke before all had come. Send it again.", Err: err}
}
