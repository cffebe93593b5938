package mail

import (
	"context"
	"slices"
	"sync"
)

// A Box keeps the messages it is asked to send, so that in the demo people can
// read what they would have got. The zero Box is empty and ready.
type Box struct {
	mu   sync.Mutex
	kept []Message
	seen map[string]bool
}

// Send keeps m. Like a good mail program it keeps one of each ID.
func (b *Box) Send(_ context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen[m.ID] {
		return nil
	}
	if b.seen == nil {
		b.seen = map[string]bool{}
	}
	b.seen[m.ID] = true
	b.kept = append(b.kept, m)
	return nil
}

// All returns the messages so far, the oldest first.
func (b *Box) All() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.kept)
}
