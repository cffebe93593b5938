package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unique"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/httpd"
)

// A Live is what a page shows that others change, as often as somebody asks.
type Live struct {
	// Hears reports whether what a topic of db.Tell names may change the
	// picture. It is asked often and looks at nothing but the topic.
	Hears func(topic string) bool
	// Picture is what stands on the page as of now: one line for each thing, of
	// a key and, after a space, whatever is another when the thing changed. It
	// holds no member's data, and reads no more of the database than it must:
	// it is asked for each reader after each change.
	Picture func(context.Context, *db.Tx) ([]string, error)
}

// An Opener finds what a live page shows, with the page's own guards. It is
// asked again each minute, and when something about the reader changed.
type Opener func(context.Context, *Request) (Live, error)

// A Mark names a picture, so that a reader can say which one they have.
func Mark(lines []string) string { return mark(intern(lines)) }

// A picture is its lines, in order. Readers who see the same share it.
type picture = unique.Handle[string]

func intern(lines []string) picture {
	slices.Sort(lines)
	return unique.Make(strings.Join(lines, "\n"))
}

func mark(p picture) string {
	sum := sha256.Sum256([]byte(p.Value()))
	return hex.EncodeToString(sum[:8])
}

// How streams go about it. Tests and benchmarks wait as long as readers do.
const (
	settling = 40 * time.Millisecond  // for more changes, before anybody looks
	resting  = 200 * time.Microsecond // after looking, for each page that was looked for
	renewing = time.Minute            // until rights and the whole picture are asked anew
	beating  = 20 * time.Second       // between signs of life
	mostLive = 5000                   // streams of one process
)

// HandleLive serves pattern with a stream of what changes on a page, or, for
// who asks without wanting a stream, with what has changed since the picture
// that "since" names.
func (s *Server) HandleLive(pattern string, g Guard, open Opener) {
	s.routes = append(s.routes, Route{pattern, g})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.live(w, r, g, open) })
}

func (s *Server) live(w http.ResponseWriter, r *http.Request, g Guard, open Opener) {
	l := &listener{again: make(chan struct{}, 1), news: make(chan struct{}, 1)}
	l.open = func(ctx context.Context, req *Request) (Answer, error) { return s.look(ctx, req, g, open, l) }
	end, leave, ok := s.hub.join(s, l) // before looking, so that no change falls between
	if !ok {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "Too many pages are open.", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	req := &Request{Request: r, Settings: s.Settings, board: &s.bulletin, token: s.token(r), Form: url.Values{}}
	ans, err := l.open(r.Context(), req)
	since := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("since"))
	switch {
	case err != nil:
		s.send(w, r, req, s.failed(r, err))
	case ans.SeeOther != "":
		s.send(w, r, req, ans)
	case !strings.Contains(r.Header.Get("Accept"), streamType):
		poll(w, l.picture(), since)
	default:
		s.follow(w, req, l, since, end)
	}
}

const streamType = "text/event-stream"

// look asks who it is, whether they may, and what they see now.
func (s *Server) look(ctx context.Context, req *Request, g Guard, open Opener, l *listener) (ans Answer, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		visit, err := account.Look(ctx, tx, req.token, s.Settings.Limits)
		if err != nil {
			return err
		}
		req.Tx, req.Visit, req.By = tx, visit, visit.By
		switch {
		case visit.State != account.Open:
			ans.SeeOther = doors[visit.State] + "?return=/"
			return nil
		case !g.allow(visit):
			return notForYou()
		}
		live, err := open(ctx, req)
		if err != nil {
			return err
		}
		lines, err := live.Picture(ctx, tx)
		if err == nil {
			l.set(live, visit.By.ID, intern(lines))
		}
		return err
	})
	return ans, err
}

// poll answers who can't keep a stream open.
func poll(w http.ResponseWriter, now picture, since string) {
	if since == mark(now) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(whole(now))) // a reader who left is no fault of ours
}

// follow sends what changes until the reader goes, may not look any more, or
// the program ends.
func (s *Server) follow(w http.ResponseWriter, req *Request, l *listener, since string, end <-chan struct{}) {
	stream, err := httpd.Begin(w)
	if err != nil {
		s.Log.Error("stream", "pattern", req.Pattern, "err", err)
		return
	}
	shown := l.picture()
	first := "retry: " + strconv.Itoa(1000+rand.IntN(4000)) + "\n\n" // those of a process that ends don't come back all at once
	if mark(shown) != since {
		first += event(shown, whole(shown))
	}
	if err := stream.Send(first); err != nil {
		return
	}
	beat, renew := time.NewTicker(beating), time.NewTicker(renewing)
	defer beat.Stop()
	defer renew.Stop()
	for {
		text := ""
		select {
		case <-req.Context().Done():
			return
		case <-end:
			return
		case <-beat.C:
			text = ":\n\n" // a comment
		case <-l.news:
		case <-l.again:
			text = s.renew(req, l)
		case <-renew.C:
			text = s.renew(req, l)
		}
		if now := l.picture(); now != shown && text != over {
			text, shown = s.hub.change(shown, now), now
		}
		if text == "" {
			continue
		}
		if err := stream.Send(text); err != nil || text == over {
			return
		}
	}
}

// over tells a reader that there is nothing more to come.
const over = "event: over\ndata:\n\n"

// renew asks everything again. Trouble of our own is no reason to end: the
// next turn asks again.
func (s *Server) renew(req *Request, l *listener) (text string) {
	ans, err := l.open(req.Context(), req)
	switch {
	case ans.SeeOther != "", err != nil && fault.Of(err).Kind != fault.Internal:
		return over
	case err != nil && !errors.Is(err, context.Canceled):
		s.Log.Error("live", "pattern", req.Pattern, "err", err)
	}
	return ""
}

// event is a message that leaves its reader with p.
func event(p picture, data string) string { return "id: " + mark(p) + "\ndata: " + data + "\n\n" }

// whole is a picture for who has none, or another one.
func whole(p picture) string {
	all := []string{}
	for line := range strings.SplitSeq(p.Value(), "\n") {
		if key, _, _ := strings.Cut(line, " "); key != "" {
			all = append(all, key)
		}
	}
	return asJSON(map[string]any{"mark": mark(p), "all": all})
}

// changes are what is gone, new and other from one picture to the next.
func changes(from, to picture) string {
	was, is := entries(from), entries(to)
	gone, added, other := []string{}, []string{}, []string{}
	for key := range was {
		if _, still := is[key]; !still {
			gone = append(gone, key)
		}
	}
	for key, value := range is {
		if before, known := was[key]; !known {
			added = append(added, key)
		} else if before != value {
			other = append(other, key)
		}
	}
	for _, keys := range [][]string{gone, added, other} {
		slices.Sort(keys)
	}
	return asJSON(map[string]any{"mark": mark(to), "gone": gone, "new": added, "changed": other})
}

func entries(p picture) map[string]string {
	all := map[string]string{}
	for line := range strings.SplitSeq(p.Value(), "\n") {
		if key, value, _ := strings.Cut(line, " "); key != "" {
			all[key] = value
		}
	}
	return all
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings can be written
	}
	return string(text)
}
