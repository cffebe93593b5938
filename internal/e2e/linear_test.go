package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"parley/internal/infra/db/dbtest"
)

const (
	linearOrders = 6
	linearSlots  = 4
	linearOps    = 14 // by each of the orders' people
)

// What people are told of bookings, moves, cancellations and undoing could all
// have happened one after the other, whichever process answered: one of the
// program on SQLite, three beside each other on one PostgreSQL.
func TestBookingIsLinearizable(t *testing.T) {
	program := build(t)
	for name, c := range map[string]struct {
		address   func() string
		processes int
	}{
		"sqlite":   {func() string { return "sqlite:" + filepath.Join(t.TempDir(), "parley.db") }, 1},
		"postgres": {func() string { return dbtest.PostgresURL(t) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, program, c.address(), 1, deniedOrders)
			var bases []string
			for range c.processes {
				cmd, address := s.start()
				t.Cleanup(func() { stop(cmd) })
				bases = append(bases, "http://"+address)
			}
			history := s.compete(bases)
			won := 0
			for _, op := range history {
				if op.Output.(bool) {
					won++
				}
			}
			if won < len(history)/10 || won == len(history) {
				t.Errorf("%d of %d steps succeeded: nobody met", won, len(history))
			}
			if got := porcupine.CheckOperationsTimeout(bookings, history, time.Minute); got != porcupine.Ok {
				for _, op := range history {
					t.Logf("%d-%d %+v %v", op.Call, op.Return, op.Input, op.Output)
				}
				t.Errorf("the history is %s", got)
			}
		})
	}
}

func stop(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // killed: that is no failure
}

// A step is what somebody asked for about one order.
type step struct {
	kind        string // "book", "move", "cancel" or "undo"
	order, slot int
}

// A place is which slot an order's call has, and which one it can be put back to;
// -1 for none.
type place struct{ now, old int }

// bookings say what may follow what. A slot belongs to whoever has it, or may
// still put their call back to it.
var bookings = porcupine.Model{
	Init: func() any {
		var s [linearOrders]place
		for i := range s {
			s[i] = place{-1, -1}
		}
		return s
	},
	Step: func(state, input, output any) (bool, any) {
		s, in, ok := state.([linearOrders]place), input.(step), output.(bool)
		next, can := in.apply(s)
		if !ok {
			return !can, s
		}
		return can, next
	},
}

func (in step) apply(s [linearOrders]place) ([linearOrders]place, bool) {
	mine := &s[in.order]
	taken := false
	for i, other := range s {
		taken = taken || i != in.order && (other.now == in.slot || other.old == in.slot)
	}
	can := false
	switch in.kind {
	case "book":
		can = mine.now < 0 && !taken
		*mine = place{in.slot, -1}
	case "move":
		can = mine.now >= 0 && mine.now != in.slot && !taken
		*mine = place{in.slot, mine.now}
	case "cancel":
		can = mine.now >= 0
		*mine = place{-1, mine.now}
	case "undo":
		can = mine.old >= 0
		*mine = place{mine.old, -1}
	}
	return s, can
}

// compete has as many people as orders go for the same few slots, each about
// an order of their own and each through whichever process they meet. All is
// over before anything can no longer be undone.
func (s *stage) compete(bases []string) []porcupine.Operation {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	slots := s.apart(ctx, bases[0])
	var mu sync.Mutex
	var history []porcupine.Operation
	begin := time.Now()
	var people sync.WaitGroup
	for i := range linearOrders {
		people.Go(func() {
			p := &person{client: client{s: s, ctx: ctx, order: s.orders[i].Number}, at: place{-1, -1}, slots: slots}
			for range linearOps {
				if ctx.Err() != nil {
					return
				}
				p.base = bases[rand.IntN(len(bases))]
				in := p.next()
				in.order = i
				called := time.Since(begin)
				ok, err := p.take(in)
				if err != nil {
					s.Errorf("%+v: %v", in, err)
					return
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: i, Input: in, Output: ok, Call: int64(called), Return: int64(time.Since(begin))})
				mu.Unlock()
			}
		})
	}
	people.Wait()
	return history
}

// apart are slots that don't overlap.
func (s *stage) apart(ctx context.Context, base string) (keys []string) {
	c := &client{s: s, ctx: ctx, base: base, order: s.orders[0].Number}
	_, _, page, err := c.do("GET", "/orders/"+c.order+"/p2p/time", nil)
	if err != nil {
		s.Fatal(err)
	}
	all := regexp.MustCompile(`id="(s_[^"]+)"`).FindAllStringSubmatch(page, -1)
	for i := range linearSlots { // they start on quarter hours and last two
		keys = append(keys, all[8+2*i][1])
	}
	return keys
}

// A person acts about one order and remembers what they were told.
type person struct {
	client
	at    place
	call  string // its number
	slots []string
}

func (p *person) next() step {
	slot := rand.IntN(linearSlots)
	kinds := []string{"book", "book", "undo"}
	if p.at.now >= 0 {
		kinds = []string{"move", "move", "cancel", "undo"}
		if slot == p.at.now {
			slot = (slot + 1) % linearSlots
		}
	}
	kind := kinds[rand.IntN(len(kinds))]
	if kind == "undo" && p.call == "" {
		kind = "book"
	}
	return step{kind: kind, slot: slot}
}

// take takes a step, and says whether it succeeded.
func (p *person) take(in step) (bool, error) {
	ok, err := p.ask(in)
	if ok {
		var s [linearOrders]place
		for i := range s {
			s[i] = place{-1, -1}
		}
		s[in.order] = p.at
		s, _ = in.apply(s)
		p.at = s[in.order]
	}
	return ok, err
}

func (p *person) ask(in step) (bool, error) {
	switch in.kind {
	case "book":
		return p.bookSlot(p.slots[in.slot])
	case "move":
		return p.done("/p2p/"+p.call+"/reschedule", url.Values{"slot": {p.slots[in.slot]}})
	case "cancel":
		return p.done("/p2p/"+p.call+"/cancel", url.Values{"reason": {"other"}})
	}
	return p.done("/p2p/"+p.call+"/undo", url.Values{})
}

func (p *person) bookSlot(slot string) (bool, error) {
	ok, err := p.done("/orders/"+p.order+"/p2p/time", url.Values{"slot": {slot}, "tz": {"America/Chicago"}})
	if err != nil || !ok {
		return false, err
	}
	if ok, err = p.done("/orders/"+p.order+"/p2p/people", url.Values{"speaker": {"ordering"}, "phone": {"555-555-0131"}}); err != nil || !ok {
		return false, fmt.Errorf("the people: %v", err)
	}
	status, to, body, err := p.do("POST", "/orders/"+p.order+"/p2p/review", url.Values{})
	if err != nil || status != 303 || !strings.HasSuffix(to, "/confirmed") {
		return false, fmt.Errorf("a held slot was not booked: %d %s %v\n%s", status, to, err, plain(text(body)))
	}
	p.call = strings.Split(to, "/")[2]
	return true, nil
}

func (p *person) done(path string, form url.Values) (bool, error) {
	status, _, body, err := p.do("POST", path, form)
	switch {
	case err != nil:
		return false, err
	case status == 303:
		return true, nil
	case status == 409:
		return false, nil
	}
	return false, fmt.Errorf("%s: %d\n%s", path, status, plain(text(body)))
}
