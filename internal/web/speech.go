package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"parley/internal/domain/wording"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// speech is how the installation speaks, kept like a bulletin: every page needs
// it, and it rarely changes.
type speech struct {
	mu      sync.Mutex
	spoiled int // how often somebody changed it
	read    int // spoiled, when it was last read
	at      time.Time
	is      *wording.Speech // shared: nobody may change it
}

func (s *speech) hear(topics []string) {
	if len(topics) == 0 || slices.Contains(topics, wording.Topic) {
		s.mu.Lock()
		s.spoiled++
		s.mu.Unlock()
	}
}

// get is how the installation speaks as tx sees it, or as somebody saw it since.
func (s *speech) get(ctx context.Context, tx *db.Tx, name string) (*wording.Speech, error) {
	s.mu.Lock()
	is, spoiled := s.is, s.spoiled
	good := is != nil && s.read == spoiled && tx.Now().Sub(s.at).Abs() < freshFor
	s.mu.Unlock()
	if good {
		return is, nil
	}
	is, err := wording.Now(ctx, tx, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is, s.read, s.at = is, spoiled, tx.Now()
	return is, nil
}

// last is what was read last, for an answer that has no transaction.
func (s *speech) last() *wording.Speech {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.is == nil {
		return &wording.Speech{}
	}
	return s.is
}

// voice is in which r is answered: in English if nobody knows yet who asks.
func (s *Server) voice(r *Request) words.Voice {
	switch {
	case r == nil:
		return s.speech.last().Own.In(words.English)
	case r.speech == nil:
		return s.speech.last().Own.In(r.speaks())
	}
	return r.speech.Own.In(r.speaks())
}

// Service is what the installation calls itself, for what isn't a text of a
// page, such as an entry in an authenticator app.
func (r *Request) Service() string { return r.speech.Name }

// Formerly says which names the service had, the latest first.
func (r *Request) Formerly() []words.Text { return formerly(r.speech.Former) }

// JustRenamed is Formerly without the names of which people aren't told any more
// when they come in.
func (r *Request) JustRenamed() []words.Text {
	return formerly(r.speech.Noticed(r.Tx.Now()))
}

func formerly(names []wording.Former) (all []words.Text) {
	for _, f := range names {
		all = append(all, f.Words())
	}
	return all
}
