package web

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A listener is one open page.
type listener struct {
	open  func(context.Context, *Request) (Answer, error) // sets all below
	again chan struct{}                                   // to open anew: who it is may have changed
	news  chan struct{}                                   // there is another picture

	mu     sync.Mutex
	opened int // how often
	live   Live
	who    account.PersonID
	last   picture
}

func (l *listener) set(live Live, who account.PersonID, p picture) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live, l.who, l.last = live, who, p
	l.opened++
}

func (l *listener) picture() picture {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// is what it shows and to whom, and of which opening that is, 0 before the
// first.
func (l *listener) is() (live Live, who account.PersonID, opened int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live, l.who, l.opened
}

// show gives the listener another picture, unless it was opened anew since.
func (l *listener) show(p picture, opened int) {
	l.mu.Lock()
	another := l.last != p && l.opened == opened
	if another {
		l.last = p
	}
	l.mu.Unlock()
	if another {
		poke(l.news)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// A hub looks for all listeners of a process at once: one transaction after
// some changes, in which whatever they share is read once.
type hub struct {
	mu    sync.Mutex
	all   map[*listener]struct{}
	heard map[string]struct{} // topics since the last look
	any   bool                // anything may have changed
	ready chan struct{}
	end   chan struct{} // closed when the program ends
	ended bool
	idle  func() // ends the looking; nil while nobody listens

	saying sync.Mutex
	said   map[[2]picture]string // what was told of changes lately
}

const mostSaid = 100 // of what was told lately

// change is what is told of the change from one picture to another. Most who
// hear of one had the same before.
func (h *hub) change(from, to picture) string {
	h.saying.Lock()
	defer h.saying.Unlock()
	if text, ok := h.said[[2]picture{from, to}]; ok {
		return text
	}
	if len(h.said) >= mostSaid || h.said == nil {
		h.said = map[[2]picture]string{}
	}
	text := event(to, changes(from, to))
	h.said[[2]picture{from, to}] = text
	return text
}

// EndStreams ends all streams, for good: their readers go to another process,
// or come again.
func (s *Server) EndStreams() {
	h := &s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	h.begin()
	if !h.ended {
		h.ended = true
		close(h.end)
	}
}

func (h *hub) begin() {
	if h.all == nil {
		h.all, h.heard = map[*listener]struct{}{}, map[string]struct{}{}
		h.ready, h.end = make(chan struct{}, 1), make(chan struct{})
	}
}

// join adds a listener until stop; end is closed when there is nothing more to
// come.
func (h *hub) join(s *Server, l *listener) (end <-chan struct{}, stop func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.begin()
	if h.ended || len(h.all) >= mostLive {
		return nil, nil, false
	}
	h.all[l] = struct{}{}
	if h.idle == nil {
		ctx, cancel := context.WithCancel(context.Background())
		deaf := s.DB.Hear(h.hear)
		h.idle = func() { deaf(); cancel() }
		go h.run(ctx, s)
	}
	return h.end, func() { h.leave(l) }, true
}

func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, l)
	if len(h.all) == 0 {
		h.idle()
		h.idle = nil
	}
}

// hear notes topics.
func (h *hub) hear(topics []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.any = h.any || len(topics) == 0
	for _, t := range topics {
		h.heard[t] = struct{}{}
	}
	poke(h.ready)
}

// take is what was heard since the last time, and who listens.
func (h *hub) take() (topics []string, any bool, all []*listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	topics, any = slices.Collect(maps.Keys(h.heard)), h.any
	clear(h.heard)
	h.any = false
	return topics, any, slices.Collect(maps.Keys(h.all))
}

// run looks after changes, and then rests for as long as looking took or
// longer: however much changes, at most half of a processor goes into it.
func (h *hub) run(ctx context.Context, s *Server) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.ready:
		}
		pause(ctx, settling)
		topics, any, all := h.take()
		if any {
			for _, l := range all {
				poke(l.again)
			}
			continue
		}
		looked, err := h.tell(ctx, s, topics, all)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("live", "err", err)
		}
		pause(ctx, time.Duration(looked)*resting)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// tell gives all who hear one of the topics their new picture, and returns how
// many they are.
func (h *hub) tell(ctx context.Context, s *Server, topics []string, all []*listener) (looked int, err error) {
	hearing := slices.DeleteFunc(all, func(l *listener) bool {
		live, who, opened := l.is()
		if opened == 0 || slices.Contains(topics, account.Topic(who)) {
			poke(l.again)
			return true
		}
		return !slices.ContainsFunc(topics, live.Hears)
	})
	if len(hearing) == 0 {
		return 0, nil
	}
	return len(hearing), s.DB.View(ctx, func(tx *db.Tx) error {
		for _, l := range hearing {
			live, _, opened := l.is()
			lines, err := live.Picture(ctx, tx)
			switch {
			case err == nil:
				l.show(intern(lines), opened)
			case fault.Of(err).Kind == fault.Internal:
				return err
			default:
				poke(l.again) // nothing is left to see for this one
			}
		}
		return nil
	})
}
