package peer_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Whatever people do, in whatever order: what is offered can be booked and
// nothing else can, what was changed can be put back for a minute, and the
// rows are exactly those of the calls.
//
// PARLEY_MODEL_OPERATIONS says how many operations each database takes instead
// of a few thousand.
func TestBookingKeepsItsInvariants(t *testing.T) {
	if text := os.Getenv("PARLEY_MODEL_OPERATIONS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		set(t, "rapid.steps", "100")
		set(t, "rapid.checks", strconv.Itoa(max(1, n/100)))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &machine{w: scene.New(t, d, 2), d: d}
		for range 3 {
			m.orders = append(m.orders, m.w.Denied())
		}
		m.exec(`update reviewer set daily_calls = 2`) // so that days get full
		rapid.Check(t, func(r *rapid.T) {
			m.start()
			r.Repeat(map[string]func(*rapid.T){
				"book": m.book, "book what is not offered": m.bookOther, "hold": m.hold, "move": m.move,
				"time off": m.timeOff, "time off ends": m.backAtWork, "cancel": m.cancel, "undo": m.undo, "reassign": m.reassign, "wait": m.wait, "sweep": m.sweep, "": m.check,
			})
		})
	})
}

// set sets a flag of the tests for the time of one.
func set(t *testing.T, name, value string) {
	t.Helper()
	was := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, was) })
}

// A machine is the booking engine with what must be so of it.
type machine struct {
	w      *scene.World
	d      *db.DB
	orders []order.Order
	now    time.Time
	calls  map[order.ID]*modeled
}

// A modeled call is what an order's call should be.
type modeled struct {
	call   peer.Call
	before peer.Call // what undoing restores
	until  time.Time // when undoing ends
}

func (m *machine) exec(query string) {
	m.w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query)
		return err
	})
}

// start empties the calendar.
func (m *machine) start() {
	for _, table := range []string{"call_undo", "call_event", "call_order", "claim", "reviewer_day", "reviewer_week", "call_statement", "call_day", "call_attempt", "call_window", "call_draft", "call", "job", "time_off"} {
		m.exec(`delete from ` + table)
	}
	m.exec(`update reviewer_busy set n = n + 1`) // as every verb does that changes these rows
	m.now, m.calls = dbtest.Clock, map[order.ID]*modeled{}
	m.d.Now = func() time.Time { return m.now }
}

func (m *machine) one(r *rapid.T, live bool) (order.Order, *modeled) {
	var fit []order.Order
	for _, o := range m.orders {
		c := m.calls[o.ID]
		if (c != nil && c.call.Status.Live()) == live {
			fit = append(fit, o)
		}
	}
	if len(fit) == 0 {
		r.Skip("no such order")
	}
	o := fit[rapid.IntRange(0, len(fit)-1).Draw(r, "order")]
	return o, m.calls[o.ID]
}

// some picks among the first times, so that people meet.
func some(r *rapid.T, slots []peer.Slot) peer.Slot {
	if len(slots) == 0 {
		r.Skip("nothing is free")
	}
	return rapid.SampledFrom(slots[:min(len(slots), 25)]).Draw(r, "slot")
}

func (m *machine) book(r *rapid.T) {
	o, _ := m.one(r, false)
	slot := some(r, m.w.Slots(m.w.Maria, o, nil))
	c, err := m.w.Book(m.w.Maria, o, slot)
	if err != nil {
		r.Fatalf("%v was offered: %v", slot.Start, err)
	}
	m.calls[o.ID] = &modeled{call: c}
}

func (m *machine) bookOther(r *rapid.T) {
	o, _ := m.one(r, false)
	start := dbtest.Clock.Truncate(time.Hour).Add(time.Duration(rapid.IntRange(0, 4*24*4).Draw(r, "quarter")) * 15 * time.Minute)
	for _, s := range m.w.Slots(m.w.Maria, o, nil) {
		if s.Start.Equal(start) {
			r.Skip("it is offered")
		}
	}
	if _, err := m.w.Book(m.w.Maria, o, peer.Slot{Start: start, Minutes: 30}); !fault.Is(err, fault.Conflict) {
		r.Fatalf("%v was not offered: %v", start, err)
	}
}

// hold has somebody else choose a time and walk away.
func (m *machine) hold(r *rapid.T) {
	o, _ := m.one(r, false)
	slot := some(r, m.w.Slots(m.w.Scheduler, o, nil))
	err := m.w.Try(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, m.w.Scheduler, o)
		if err == nil {
			_, err = peer.Hold(ctx, tx, m.w.Scheduler, o, st, nil, slot)
		}
		return err
	})
	if err != nil {
		r.Fatalf("%v was offered to hold: %v", slot.Start, err)
	}
	if c := m.calls[o.ID]; c != nil {
		c.until = time.Time{} // who goes on undoes no more
	}
}

func (m *machine) move(r *rapid.T) {
	o, c := m.one(r, true)
	slot := some(r, m.w.Slots(m.w.Maria, o, &c.call))
	var moved peer.Call
	err := m.w.Try(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, m.w.Maria, o)
		if err == nil {
			moved, err = peer.Reschedule(ctx, tx, m.w.Maria, c.call, o, st, slot, m.w.Zone())
		}
		return err
	})
	if !m.now.Before(c.call.StartsAt.Add(-time.Hour)) {
		if !fault.Is(err, fault.Conflict) {
			r.Fatalf("moved less than an hour before: %v", err)
		}
		return
	}
	if err != nil {
		r.Fatalf("%v was offered to move to: %v", slot.Start, err)
	}
	c.before, c.call, c.until = c.call, moved, m.now.Add(peer.UndoFor)
}

func (m *machine) cancel(r *rapid.T) {
	o, c := m.one(r, true)
	if !m.now.Before(c.call.StartsAt) {
		r.Skip("it has begun")
	}
	c.before, c.until = c.call, m.now.Add(peer.UndoFor)
	m.w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		c.call, err = peer.Cancel(ctx, tx, m.w.Maria, c.call, o, "other", "")
		return err
	})
}

func (m *machine) undo(r *rapid.T) {
	if len(m.calls) == 0 {
		r.Skip("no call yet")
	}
	var o order.Order
	for _, o = range m.orders {
		if c := m.calls[o.ID]; c != nil && m.now.Before(c.until) {
			break
		}
	}
	c := m.calls[o.ID]
	if c == nil {
		r.Skip("no call")
	}
	back, err := putBack(m.w, c.call, o)
	if !m.now.Before(c.until) {
		if !fault.Is(err, fault.Conflict) {
			r.Fatalf("undone too late: %v", err)
		}
		return
	}
	if err != nil || !back.StartsAt.Equal(c.before.StartsAt) || back.ReviewerID != c.before.ReviewerID || back.Status != c.before.Status {
		r.Fatalf("within the minute: %v; %v %s, want %v %s", err, back.StartsAt, back.Status, c.before.StartsAt, c.before.Status)
	}
	c.call, c.until = back, time.Time{}
}

func (m *machine) wait(r *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(r, "seconds")) * time.Second)
}

func (m *machine) sweep(*rapid.T) { m.w.Do(peer.Sweep) }

// timeOff closes a stretch of somebody's next days. Calls in it stay.
func (m *machine) timeOff(r *rapid.T) {
	who := rapid.SampledFrom(m.w.Reviewers).Draw(r, "who")
	start := m.now.Add(time.Duration(rapid.IntRange(0, 4*24*4).Draw(r, "from")) * 15 * time.Minute)
	end := start.Add(time.Duration(rapid.IntRange(1, 32).Draw(r, "long")) * 15 * time.Minute)
	m.w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, who, peer.TimeOff{PersonID: who.ID, Span: peer.Span{Start: start, End: end}})
		return err
	})
}

// backAtWork takes back somebody's next time off.
func (m *machine) backAtWork(r *rapid.T) {
	who := rapid.SampledFrom(m.w.Reviewers).Draw(r, "who")
	m.w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := peer.TimeOffOf(ctx, tx, who.ID)
		if err != nil || len(all) == 0 {
			return err
		}
		return peer.DropTimeOff(ctx, tx, who, who.ID, all[0].ID)
	})
}

// reassign gives a call to somebody else who can take it at the same time.
func (m *machine) reassign(r *rapid.T) {
	o, c := m.one(r, true)
	var free []peer.Seat
	var now peer.Call
	err := m.w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		if free, _, err = peer.Seats(ctx, tx, m.w.Scheduler, c.call, o, m.w.Zone()); err != nil || len(free) == 0 {
			return err
		}
		now, err = peer.Reassign(ctx, tx, m.w.Scheduler, c.call, o, c.call.Version, free[0].Reviewer.PersonID)
		return err
	})
	if !m.now.Before(c.call.EndsAt) {
		if !fault.Is(err, fault.Conflict) {
			r.Fatalf("given away when it was over: %v", err)
		}
		return
	}
	if err != nil {
		r.Fatalf("somebody could take it: %v", err)
	}
	if len(free) == 0 {
		r.Skip("nobody can")
	}
	if !now.StartsAt.Equal(c.call.StartsAt) || now.Sequence <= c.call.Sequence || now.UIDReviewer == c.call.UIDReviewer {
		r.Fatalf("given away: %+v", now)
	}
	*c = modeled{call: now}
}

// check compares the rows with what they should be.
func (m *machine) check(r *rapid.T) {
	days := map[string]int{}
	quanta, kept := 0, 0
	for _, c := range m.calls {
		if c.call.Status.Live() {
			quanta += 6
			days[m.day(c.call)]++
		}
		if !m.now.Before(c.until) {
			continue
		}
		if !c.call.Status.Live() || m.day(c.call) != m.day(c.before) {
			days[m.day(c.before)]++
		}
		kept++
	}
	m.w.Do(func(ctx context.Context, tx *db.Tx) error {
		if wrong, err := peer.Remembered(ctx, tx); err != nil || wrong != "" {
			r.Fatalf("what is remembered is not what is there: %s %v", wrong, err)
		}
		m.count(ctx, r, tx, "claims of calls", quanta, `select count(*) from claim where kind = 'call'`)
		m.count(ctx, r, tx, "claims that are not of their call", 0, `select count(*) from claim where kind = 'call' and not exists (
			select 1 from call where call.id = claim.holder and call.reviewer_id = claim.reviewer_id and call.status = 'scheduled')`)
		m.count(ctx, r, tx, "calls that can be put back", kept, `select count(*) from call_undo where state = 'open' and until > $1`, tx.Now())
		m.count(ctx, r, tx, "claims held for nobody", 0, `select count(*) from claim where expires_at > $1
			and not exists (select 1 from call_draft where call_draft.id = claim.holder)
			and not exists (select 1 from call_undo where 'undo_' || call_undo.call_id = claim.holder and state = 'open')`, tx.Now())
		m.count(ctx, r, tx, "days over their cap", 0, `select count(*) from reviewer_day where booked > 2 or booked < 0`)
		m.count(ctx, r, tx, "events that don't follow from the one before", 0, `select count(*) from call_event e join call_event f on f.call_id = e.call_id and f.n = e.n + 1 where f.from_status <> e.to_status`)
		for day, want := range days {
			m.count(ctx, r, tx, "calls on "+day, want, `select coalesce(sum(booked), 0) - (select count(*) from call_undo where on_day and state = 'open' and until <= $2 and reviewer_id || ' ' || day = $1)
				from reviewer_day where reviewer_id || ' ' || day = $1`, day, tx.Now())
		}
		return nil
	})
}

// day is a reviewer's own day, Chicago's, as its row is named.
func (m *machine) day(c peer.Call) string {
	return fmt.Sprint(c.ReviewerID, " ", civil.DateIn(c.StartsAt, m.w.Zone()))
}

func (m *machine) count(ctx context.Context, r *rapid.T, tx *db.Tx, what string, want int, query string, args ...any) {
	n, err := db.Count(ctx, tx, query, args...)
	if err != nil {
		r.Fatal(err)
	}
	if n != want {
		r.Fatalf("%d %s, want %d", n, what, want)
	}
}
