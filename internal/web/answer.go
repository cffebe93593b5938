package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/message"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/httpd"
	"parley/internal/words"
)

const maxForm = 1 << 20 // bytes; files are uploaded elsewhere

// answer runs a page in its transaction and sends what it returned.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, g Guard, page Page) {
	ctx := r.Context()
	form, err := readForm(w, r)
	if err != nil {
		s.send(w, r, &Request{Request: r, Settings: s.Settings}, tooLarge())
		return
	}
	var req *Request
	var ans Answer
	run := func(tx *db.Tx) error {
		req = &Request{Request: r, Tx: tx, Form: form.values, Settings: s.Settings, board: &s.bulletin, token: s.token(r), Address: httpd.Address(r, s.Settings.Forwarded)}
		ans, err = s.ask(ctx, req, g, page, form)
		if ans.Keep {
			return nil
		}
		return err
	}
	if txErr := s.within(r)(ctx, run); txErr != nil {
		err = txErr
	}
	if s.Ran != nil && req != nil {
		s.Ran(r.Pattern, req.Tx.Statements())
	}
	if err != nil && (ans.Body == nil && ans.File == nil || fault.Of(err).Kind == fault.Internal) {
		ans = s.failed(r, err)
		if s.kept(r, req, form, err) {
			ans.Body = pausedPage(fault.Of(err), true)
		}
	} else if err != nil {
		ans = withFault(ans, err)
	}
	s.send(w, r, req, ans)
}

func (s *Server) within(r *http.Request) func(context.Context, func(*db.Tx) error) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return s.DB.View
	}
	return s.DB.Update
}

// ask finds who asks, whether they may, and has the page answer, once for
// each form.
func (s *Server) ask(ctx context.Context, r *Request, g Guard, page Page, form form) (Answer, error) {
	visit, err := account.Look(ctx, r.Tx, r.token, s.Settings.Limits)
	if err != nil {
		return Answer{}, err
	}
	r.Visit, r.By = visit, visit.By
	if !g.allow(visit) { // which costs nothing more: it is said as the last page was
		ctx = words.Speaking(ctx, s.voice(r))
		r.Request = r.WithContext(ctx)
		return s.refuse(ctx, r, g, form)
	}
	if r.speech, err = s.speech.get(ctx, r.Tx, s.Settings.Name); err != nil {
		return Answer{}, err
	}
	ctx = words.Speaking(ctx, s.voice(r))
	r.Request = r.WithContext(ctx)
	if err := looking(r); err != nil {
		return Answer{}, err
	}
	if visit.State == account.Open {
		if err := account.Touch(ctx, r.Tx, visit); err != nil {
			return Answer{}, err
		}
	}
	ans, err := s.run(ctx, r, page, form)
	if err == nil && form.saved != "" {
		err = account.DropForm(ctx, r.Tx, r.By, form.saved)
	}
	if err == nil && ans.Body != nil {
		r.posted, err = s.bulletin.get(ctx, r.Tx)
	}
	if err == nil && ans.Body != nil && !ans.Bare && visit.State == account.Open {
		r.Unread, err = message.UnreadOf(ctx, r.Tx, r.By)
	}
	return ans, err
}

func (s *Server) run(ctx context.Context, r *Request, page Page, form form) (Answer, error) {
	if form.key == "" || !r.By.Known() {
		ans, err := page(ctx, r)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
			if to, movedErr := moved(ctx, r); movedErr != nil || to != "" {
				return Answer{SeeOther: to}, movedErr
			}
		}
		return ans, err
	}
	return once(ctx, r, form, page)
}

// refuse sends who may not come in to where they can change that, keeping
// what they were about to say.
func (s *Server) refuse(ctx context.Context, r *Request, g Guard, form form) (Answer, error) {
	door := doors[r.Visit.State]
	switch owner := keeper(r.Visit); {
	case r.Visit.State == account.Open:
		return Answer{}, notForYou()
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		return Answer{SeeOther: door + "?return=" + returnTo(r.Request)}, nil
	case owner.Known() && g.Name != Doorstep.Name && g.Name != Lobby.Name: // what is sent at the door is not work
		return Answer{SeeOther: door + "?return=/locked/resume"}, keepForm(ctx, r, owner, form)
	}
	return Answer{SeeOther: door}, nil
}

func notForYou() error {
	return fault.New(fault.Denied, "Your role doesn't open this page. Ask your administrator if you need it.")
}

// keeper is who finds what was sent after the door again: who locked the
// session by leaving, or whose session came to its end.
func keeper(v account.Visit) account.Actor {
	if v.State == account.Locked {
		return v.By
	}
	return v.Former
}

// doors are where a session goes on from each state.
var doors = map[account.State]string{account.Outside: "/sign-in", account.Locked: "/locked", account.Half: "/sign-in/verify", account.Expired: "/sign-in/password"}

func (s *Server) failed(r *http.Request, err error) Answer {
	f := fault.Of(err)
	status := httpd.Status[f.Kind]
	switch {
	case f.Kind == fault.Internal && errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		// The reader went on, as with each letter typed into a list: nobody
		// waits for this answer, and nothing is wrong.
	case f.Kind == fault.Internal:
		s.Log.Error("page", "request", audit.RequestID(r.Context()), "pattern", r.Pattern, "err", err)
		if db.Contended(err) || errors.Is(err, context.DeadlineExceeded) {
			status = http.StatusServiceUnavailable
		}
	}
	ans := Answer{Title: titles[f.Kind], Status: status, Body: faultPage(f, audit.RequestID(r.Context()), reportHref(r))}
	if f.Kind == fault.Paused {
		ans.Headers = map[string]string{"Retry-After": strconv.Itoa(int(f.Until.Sub(s.DB.Now()).Seconds()) + 1)}
	}
	return ans
}

// reportHref leads to the report of a problem with the page that r asked for.
func reportHref(r *http.Request) string {
	return "/help/problem?" + url.Values{"page": {r.URL.Path}, "reference": {audit.RequestID(r.Context())}}.Encode()
}

// kept keeps what somebody sent while maintenance stopped it, to be sent once
// that is over, if the page could not show it again.
func (s *Server) kept(r *http.Request, req *Request, form form, err error) bool {
	if !fault.Is(err, fault.Paused) || form.key == "" || req == nil || !req.By.Known() {
		return false
	}
	return s.DB.Update(r.Context(), func(tx *db.Tx) error {
		return keepForm(r.Context(), &Request{Request: r, Tx: tx, Settings: s.Settings}, req.By, form)
	}) == nil
}

var titles = map[fault.Kind]words.Text{
	fault.Internal: "There is a problem with the service",
	fault.NotFound: "Page not found",
	fault.Denied:   "You don't have access",
	fault.Invalid:  "There is a problem",
	fault.Conflict: "Something changed",
	fault.TooMany:  "Too many tries",
	fault.Paused:   "Paused for maintenance",
	fault.Closed:   "This isn't open here",
}

func tooLarge() Answer {
	f := fault.New(fault.Invalid, "What you sent is larger than 1 MB, more than this page can take. Go back: your browser still has what you typed. Shorten it and send it again.")
	return Answer{Title: "That's too long", Status: http.StatusRequestEntityTooLarge, Body: faultPage(f, "", ""), Bare: true}
}
