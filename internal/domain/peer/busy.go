package peer

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// What keeps reviewers busy is remembered by each process: reading a month of
// calls for every page and every booking is what made both slow. Each
// reviewer has a number in reviewer_busy, which every transaction that changes
// something of theirs raises, as the last thing it does. Whoever asks reads
// the numbers, and then the rows of those reviewers alone whose number is
// another than when they were read. So what is remembered is never stale,
// whichever process made the change; and claims still say who gets a time.

// A diary is what is remembered of each reviewer.
type diary struct {
	mu sync.Mutex
	of map[account.PersonID]*busy // replaced, never changed
}

// busy is what one reviewer has. It never changes once it is there.
type busy struct {
	n     int64
	since time.Time // calls that start from here on are in it
	calls []entry   // not canceled, by start
	first time.Time // that one of them was booked
	old   []entry   // times that calls could still be put back to
	holds []entry   // whose end had not come
}

// An entry is a call, the old time of one, or a hold.
type entry struct {
	kept
	id      string // of the call, or of the draft that holds
	created time.Time
	orders  []order.ID // of a call that can be put back
}

// upTo returns how many of the calls start before t.
func (b *busy) upTo(t time.Time) int {
	return sort.Search(len(b.calls), func(i int) bool { return !b.calls[i].Start.Before(t) })
}

// between are the calls that start from one time on and before another.
func (b *busy) between(from, to time.Time) []entry {
	if b == nil || !from.Before(to) {
		return nil
	}
	return b.calls[b.upTo(from):b.upTo(to)]
}

// touched are the reviewers of whom a transaction has changed something.
type touched map[account.PersonID]bool

// touch notes that something that keeps these reviewers busy changes: a call,
// a hold, or a change that can be taken back.
func touch(tx *db.Tx, who ...account.PersonID) {
	own := db.KeepInTx(tx, func() *touched { return &touched{} })
	for _, id := range who {
		if id == "" {
			continue
		}
		if len(*own) == 0 {
			tx.BeforeCommit(func(ctx context.Context) error { return own.count(ctx, tx) })
		}
		(*own)[id] = true
		tx.Tell(busyTopic + string(id))
	}
}

// count raises the numbers, each transaction in the same order.
func (t touched) count(ctx context.Context, tx *db.Tx) error {
	var args []any
	for _, id := range slices.Sorted(maps.Keys(t)) {
		args = append(args, string(id), 1)
	}
	return tx.Send(ctx, `insert into reviewer_busy (reviewer_id, n) values `+db.Tuples(len(t), 2)+`
		on conflict (reviewer_id) do update set n = reviewer_busy.n + 1`, args...)
}

// diaries returns what keeps reviewers busy, as tx sees it: calls of the last
// 30 days and all to come.
func diaries(ctx context.Context, tx *db.Tx) (map[account.PersonID]*busy, error) {
	type number struct {
		of account.PersonID
		n  int64
	}
	numbers, err := db.All(ctx, tx, func(r db.Row) (n number, err error) { return n, r.Scan((*string)(&n.of), &n.n) }, `select reviewer_id, n from reviewer_busy`)
	if err != nil {
		return nil, err
	}
	d := db.Keep(tx, func() *diary { return &diary{of: map[account.PersonID]*busy{}} })
	own := db.KeepInTx(tx, func() *touched { return &touched{} })
	since := tx.Now().Add(-fairDays)
	known, changed := d.snapshot(), map[account.PersonID]int64{}
	for _, n := range numbers {
		if b := known[n.of]; b == nil || b.n != n.n || b.since.After(since) {
			changed[n.of] = n.n
		}
	}
	if len(changed) > 0 {
		if known, err = d.refresh(ctx, tx, changed, *own); err != nil {
			return nil, err
		}
	}
	if len(*own) == 0 {
		return known, nil
	}
	mine := map[account.PersonID]int64{}
	for id := range *own {
		mine[id] = -1
	}
	fresh, err := read(ctx, tx, mine)
	known = maps.Clone(known)
	maps.Copy(known, fresh)
	return known, err
}

func (d *diary) snapshot() map[account.PersonID]*busy {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.of
}

// refresh reads what changed and remembers it, but for what tx itself changes,
// which nobody else may see yet.
func (d *diary) refresh(ctx context.Context, tx *db.Tx, changed map[account.PersonID]int64, own touched) (map[account.PersonID]*busy, error) {
	maps.DeleteFunc(changed, func(id account.PersonID, _ int64) bool { return own[id] })
	fresh, err := read(ctx, tx, changed)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	all := maps.Clone(d.of)
	maps.Copy(all, fresh)
	d.of = all
	return all, nil
}

// mostNamed is how many reviewers are named in a statement: of more, all rows
// are read and those of others passed over.
const mostNamed = 300

// read reads what keeps some reviewers busy, by the numbers that were seen
// before. Holds and changes whose end has come keep nobody busy, and are many
// where nothing clears them away.
func read(ctx context.Context, tx *db.Tx, numbers map[account.PersonID]int64) (map[account.PersonID]*busy, error) {
	since := tx.Now().Add(-fairDays - 24*time.Hour) // so that it serves for a day
	all := make(map[account.PersonID]*busy, len(numbers))
	for id, n := range numbers {
		all[id] = &busy{n: n, since: since}
	}
	if len(all) == 0 {
		return all, nil
	}
	who, args := `<> ''`, []any{since, tx.Now()}
	if len(all) <= mostNamed {
		list, ids := db.In(3, slices.Sorted(maps.Keys(all)))
		who, args = "in "+list, append(args, textOf(ids)...)
	}
	type row struct {
		of   account.PersonID
		kind string
		entry
		order order.ID
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (e row, err error) {
		var end, till *time.Time
		var minutes int
		var day, week bool
		err = r.Scan(&e.kind, (*string)(&e.of), &e.id, &e.Start, &end, &minutes, &e.live, &e.created, &till, &day, &week, (*string)(&e.order))
		e.End = e.Start.Add(time.Duration(minutes) * time.Minute)
		if end != nil {
			e.End = *end
		}
		if till != nil {
			e.till = *till
		}
		e.offDay, e.offWeek = !day, !week
		return e, err
	}, `
		select 'call', reviewer_id, id, starts_at, ends_at, 0, status in (`+liveStatuses+`), created_at, null, true, true, ''
			from call where reviewer_id `+who+` and starts_at >= $1 and status <> 'cancelled'
		union all select 'old', u.reviewer_id, u.call_id, u.starts_at, u.ends_at, 0, true, u.until, u.until, u.on_day, u.on_week, link.order_id
			from call_undo u join call_order link on link.call_id = u.call_id where u.state = 'open' and u.until > $2 and u.reviewer_id `+who+` and u.starts_at >= $1
		union all select 'hold', reviewer_id, id, starts_at, null, minutes, true, changed_at, held_until, true, true, ''
			from call_draft where held_until > $2 and reviewer_id `+who+` and starts_at is not null
		order by 4, 3, 12`, args...)
	for _, r := range rows {
		b := all[r.of]
		switch {
		case b == nil:
		case r.kind == "call":
			b.calls = append(b.calls, r.entry)
			if b.first.IsZero() || r.created.Before(b.first) {
				b.first = r.created
			}
		case r.kind == "hold":
			b.holds = append(b.holds, r.entry)
		case len(b.old) > 0 && b.old[len(b.old)-1].id == r.id:
			last := &b.old[len(b.old)-1]
			last.orders = append(last.orders, r.order)
		default:
			r.orders = []order.ID{r.order}
			b.old = append(b.old, r.entry)
		}
	}
	return all, err
}

var liveStatuses = func() string {
	var all []string
	for _, s := range []Status{Requested, Scheduled, Confirmed, InCall} {
		all = append(all, "'"+string(s)+"'")
	}
	return strings.Join(all, ", ")
}()

func textOf(ids []any) []any {
	for i, id := range ids {
		ids[i] = string(id.(account.PersonID))
	}
	return ids
}
