package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/mail"
	"parley/internal/scene"
)

// News is a message of a stream.
type news struct {
	Mark                    string
	All, Gone, New, Changed []string
}

// A stream is a page that stands open.
type stream struct {
	t     *testing.T
	lines chan string // of the stream; closed at its end
	stop  func()
}

// follow opens a stream; since is the mark of what the reader has.
func (r reader) follow(path, since, mark string) stream {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", r.h.url+path+since, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	if mark != "" {
		req.Header.Set("Last-Event-ID", mark)
	}
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: r.cookie})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		cancel()
		r.t.Fatal(err)
	}
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Content-Encoding") != "" {
		cancel()
		r.t.Fatalf("%s: %d %v", path, res.StatusCode, res.Header)
	}
	s := stream{r.t.(*testing.T), make(chan string, 100), cancel}
	go func() {
		defer close(s.lines)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			s.lines <- lines.Text()
		}
	}()
	r.t.Cleanup(cancel)
	s.line("retry: ")
	return s
}

// line waits for one that begins with words, and returns the rest of it.
func (s stream) line(words string) string {
	s.t.Helper()
	soon := time.After(15 * time.Second)
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				s.t.Fatalf("the stream ended, and %q never came", words)
			}
			if rest, ok := strings.CutPrefix(line, words); ok {
				return rest
			}
		case <-soon:
			s.t.Fatalf("%q never came", words)
		}
	}
}

func (s stream) next() (n news) {
	s.t.Helper()
	mark := s.line("id: ")
	if err := json.Unmarshal([]byte(s.line("data: ")), &n); err != nil {
		s.t.Fatal(err)
	}
	if n.Mark != mark {
		s.t.Errorf("mark %s and id %s", n.Mark, mark)
	}
	return n
}

// quiet fails the test if anything but signs of life comes for a while.
func (s stream) quiet() {
	s.t.Helper()
	for soon := time.After(500 * time.Millisecond); ; {
		select {
		case line, open := <-s.lines:
			if !open || strings.HasPrefix(line, "data: ") {
				s.t.Fatalf("something came: %q", line)
			}
		case <-soon:
			return
		}
	}
}

// ends waits for the end of the stream.
func (s stream) ends() {
	s.t.Helper()
	for soon := time.After(15 * time.Second); ; {
		select {
		case _, open := <-s.lines:
			if !open {
				return
			}
		case <-soon:
			s.t.Fatal("the stream goes on")
		}
	}
}

// Who has the free times on the screen sees what others take and give back,
// and nothing else; who missed something catches up.
func TestFreeTimesComeAndGoOnAPageThatStandsOpen(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		mine, theirs := w.Denied(), w.Denied()
		maria := h.as(t, w.Maria, "authenticator")
		path := "/orders/" + mine.Number + "/p2p/time/live"
		first := maria.follow(path, "", "").next() // who has nothing gets all
		slots := w.Slots(w.Maria, mine, nil)
		if len(first.All) != len(slots) || !slices.Contains(first.All, slots[7].Key()) {
			t.Fatalf("%d times, want %d", len(first.All), len(slots))
		}
		s := maria.follow(path, "?since="+first.Mark, "")
		s.quiet()
		c, err := w.Book(w.Maria, theirs, slots[7])
		if err != nil {
			t.Fatal(err)
		}
		got := s.next()
		if !slices.Contains(got.Gone, slots[7].Key()) || len(got.New) > 0 || len(got.Changed) > 0 {
			t.Errorf("after the booking: %+v", got)
		}
		// Mornings are all that this one wants to see, and the call is at 10:45 AM.
		afternoon := maria.follow("/orders/"+mine.Number+"/p2p/time/live?part=afternoon", "", "")
		afternoon.next()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cancel(ctx, tx, w.Maria, c, theirs, "other", "")
			if err == nil {
				err = peer.Sweep(ctx, tx)
			}
			return err
		})
		s.quiet() // the old time is kept for a minute
		afternoon.quiet()
		// Another who comes with the first mark gets all; the same without a stream.
		if n := maria.follow(path, "?since=nonsense", first.Mark).next(); len(n.All) != len(first.All)-len(got.Gone) {
			t.Errorf("%d times after coming back, want %d", len(n.All), len(first.All)-len(got.Gone))
		}
		if a := maria.get(path + "?since=" + first.Mark); a.status != 200 || !strings.Contains(a.body, got.Mark) {
			t.Errorf("polled: %d %s", a.status, a.body)
		}
		if a := maria.get(path + "?since=" + got.Mark); a.status != 204 {
			t.Errorf("polled for nothing: %d %s", a.status, a.body)
		}
		// A reviewer goes home: all of the day is gone.
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			off := peer.Span{Start: dbtest.Clock, End: dbtest.Clock.Add(8 * time.Hour)}
			_, err := peer.AddTimeOff(ctx, tx, w.Reviewers[0], peer.TimeOff{PersonID: w.Reviewers[0].ID, Span: off})
			return err
		})
		if n := s.next(); len(n.Gone) < 5 {
			t.Errorf("after time off: %+v", n)
		}
		if all := h.faults(); all != "" {
			t.Error(all)
		}
	})
}

// Lists and the board hear of calls that their reader may see, and of no
// others.
func TestListsHearOfTheirOwnCalls(t *testing.T) {
	each(t, 2, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		follow := func(who account.Actor, path string) stream {
			r := h.as(t, who, "authenticator")
			n := r.follow(path, "", "").next()
			return r.follow(path, map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"since="+n.Mark, "")
		}
		// Nobody has calls yet, so that the first picture has nothing in it.
		office, board := follow(w.Maria, "/p2p/live"), follow(w.Scheduler, "/board/live")
		stranger, past := follow(w.Stranger, "/p2p/live"), follow(w.Maria, "/p2p/live?show=past")
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0])
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]stream{"the office": office, "the board": board} {
			if n := s.next(); !slices.Equal(n.New, []string{c.Number}) || len(n.Gone)+len(n.Changed) > 0 {
				t.Errorf("%s hears %+v", name, n)
			}
		}
		has := slices.IndexFunc(w.Reviewers, func(a account.Actor) bool { return a.ID == c.ReviewerID })
		own, others := follow(w.Reviewers[has], "/review/calls/live"), follow(w.Reviewers[1-has], "/review/calls/live")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.RunLate(ctx, tx, w.Maria, c, o, 10)
			return err
		})
		for name, s := range map[string]stream{"the office": office, "the board": board, "the reviewer": own} {
			if n := s.next(); !slices.Equal(n.Changed, []string{c.Number}) {
				t.Errorf("%s hears %+v", name, n)
			}
		}
		noted := w.Denied()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return peer.TellSchedulers(ctx, tx, w.Maria, noted, "Mondays", "555-555-0147")
		})
		if n := board.next(); len(n.New) != 1 {
			t.Errorf("the board hears %+v of a note", n)
		}
		for _, s := range []stream{stranger, past, others} {
			s.quiet()
		}
	})
}

// A session that ends takes its streams with it, as does what its bearer may
// not see any more; and the program's end ends them all.
func TestStreamsEnd(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		path := "/orders/" + o.Number + "/p2p/time/live"
		maria, other := h.as(t, w.Maria, "authenticator"), h.as(t, w.Maria, "authenticator")
		ending, staying := maria.follow(path, "", ""), other.follow(path, "", "")
		staying.next()
		if a := maria.post("/sign-out", nil); a.status != 303 {
			t.Fatalf("signing out: %d", a.status)
		}
		ending.line("event: over")
		ending.ends()
		staying.quiet()
		if a := maria.get(path); a.status != 303 {
			t.Errorf("a poll afterwards: %d", a.status)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return account.Disable(ctx, tx, account.Program(), w.Maria.ID)
		})
		staying.line("event: over")
		staying.ends()

		last := h.as(t, w.Scheduler, "authenticator").follow("/board/live", "", "")
		h.Web.EndStreams()
		last.ends()
		req, _ := http.NewRequest("GET", h.url+"/board/live", nil)
		req.Header.Set("Accept", "text/event-stream")
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != 503 {
			t.Errorf("after the end: %v, %v", res, err)
		}
	})
}

// Two processes on one PostgreSQL: who looks at one sees what is booked at the
// other.
func TestStreamsHearOtherProcesses(t *testing.T) {
	h := open(t, dbtest.PostgresURL(t), false)
	h.DB.Now = func() time.Time { return dbtest.Clock }
	ctx, cancel := context.WithCancel(context.Background())
	listening := make(chan struct{})
	go func() { defer close(listening); h.DB.Listen(ctx, slog.New(slog.DiscardHandler)) }()
	defer func() { cancel(); <-listening }()
	h.world = scene.New(t, h.DB, 1)
	w := h.world
	mine, theirs := w.Denied(), w.Denied()
	s := h.as(t, w.Maria, "authenticator").follow("/orders/"+mine.Number+"/p2p/time/live", "", "")
	s.next()

	far, err := app.Open(ctx, app.Config{Database: h.Config.Database, Data: t.TempDir(), Sender: &mail.Box{}, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	far.DB.Now = h.DB.Now
	telling := make(chan struct{})
	go func() { defer close(telling); far.DB.Listen(ctx, slog.New(slog.DiscardHandler)) }()
	defer func() { cancel(); <-telling }()
	there := *w
	there.DB = far.DB
	slot := w.Slots(w.Maria, mine, nil)[7]
	if _, err := there.Book(w.Maria, theirs, slot); err != nil {
		t.Fatal(err)
	}
	if n := s.next(); !slices.Contains(n.Gone, slot.Key()) {
		t.Errorf("from another process: %+v", n)
	}
}
