package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

const (
	readers = 1000 // who have the page of free times open
	changes = 40   // that each of them is to see
)

// Live measures how long it takes from the commit of a booking until each of
// a thousand readers of the page of free times has been told that the time is
// gone (live.p95_ms), and how much memory the program takes for them, the
// measuring side of each connection included (live.memory_mb). handler is the
// whole program.
func (r *Run) Live(ctx context.Context, handler http.Handler) error {
	if r.Rows == 0 {
		r.Rows = readers
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.reviewers(ctx, 1); err != nil { // so that each booking takes a time off everybody's screen
		return err
	}
	orders, err := r.denied(ctx, r.Rows+changes)
	if err != nil {
		return err
	}
	b := &booker{Run: r}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 60 * time.Second}
	defer server.Close() //nolint:errcheck // the process ends
	go server.Serve(l)   //nolint:errcheck // it ends by Close
	before := memory()
	w, err := r.watch(ctx, l.Addr().String(), orders[:r.Rows])
	if err != nil {
		return err
	}
	defer w.close()
	took, err := b.seen(ctx, w, orders[r.Rows:])
	if err != nil {
		return err
	}
	if err := r.print("live.p95_ms", percentile(took, .95), "ms", len(took)); err != nil {
		return err
	}
	return r.print("live.memory_mb", float64(memory()-before)/1e6, "MB", r.Rows)
}

// memory is what the program has of the system now.
func memory() int64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys - m.HeapReleased)
}

// A crowd is many open pages.
type crowd struct {
	all  []net.Conn
	seen chan sighting
	done sync.WaitGroup
}

// A sighting is that a reader was told that a time is gone.
type sighting struct {
	slot string
	at   time.Time
}

func (w *crowd) close() {
	for _, c := range w.all {
		_ = c.Close()
	}
	w.done.Wait()
}

// watch has a person of each order's office open the page of free times.
func (r *Run) watch(ctx context.Context, address string, orders []order.Order) (*crowd, error) {
	tokens := make([]string, offices)
	limits := account.Limits{Idle: time.Hour, Absolute: time.Hour}
	err := r.do(ctx, func(tx *db.Tx) (err error) {
		for i := range tokens {
			if tokens[i], err = account.Begin(ctx, tx, r.by(i).ID, "authenticator", "bench", "127.0.0.1", limits); err != nil {
				return err
			}
		}
		return nil
	})
	w := &crowd{seen: make(chan sighting, len(orders)*2)}
	for i, o := range orders {
		if err != nil {
			return w, err
		}
		err = w.open(address, o.Number, tokens[i%offices])
	}
	return w, err
}

// open follows the free times of an order, once the first picture is there.
func (w *crowd) open(address, number, token string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	w.all = append(w.all, c)
	_, err = fmt.Fprintf(c, "GET /orders/%s/p2p/time/live HTTP/1.1\r\nHost: parley\r\nAccept: text/event-stream\r\nCookie: parley_session=%s\r\n\r\n", number, token)
	if err != nil {
		return err
	}
	lines := bufio.NewReaderSize(c, 512)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("the stream of order %s: %w", number, err)
		}
		if bytes.HasPrefix(line, []byte("HTTP/1.1 ")) && !bytes.Contains(line, []byte(" 200 ")) {
			return fmt.Errorf("the stream of order %s: %s", number, line)
		}
		if bytes.HasPrefix(line, []byte("data: ")) {
			break
		}
	}
	w.done.Go(func() { w.read(lines) })
	return nil
}

// read notes every time that goes.
func (w *crowd) read(lines *bufio.Reader) {
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		if _, gone, ok := strings.Cut(string(line), `"gone":["`); ok {
			first, _, _ := strings.Cut(gone, `"`)
			w.seen <- sighting{first, time.Now()}
		}
	}
}

// seen books one call after another, and says how long each reader took to see
// it.
func (b *booker) seen(ctx context.Context, w *crowd, orders []order.Order) (took []time.Duration, err error) {
	for i, o := range orders {
		slots, err := b.offers(ctx, b.by(i), o)
		if err != nil {
			return nil, err
		}
		if len(slots) == 0 {
			return nil, errors.New("no time is left to book")
		}
		if err := b.book(ctx, b.by(i), o, slots[len(slots)/2]); err != nil {
			return nil, err
		}
		committed := time.Now()
		for range len(w.all) {
			select {
			case s := <-w.seen:
				took = append(took, s.at.Sub(committed))
			case <-time.After(30 * time.Second):
				return nil, fmt.Errorf("after %d calls somebody wasn't told", i)
			}
		}
	}
	return took, nil
}
