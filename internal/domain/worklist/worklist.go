// Package worklist is the one list people work from: it finds orders across
// every program and plan by whatever a person has at hand. It may join any
// table and writes none.
package worklist

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Query is a search with its filters, order and place. The zero Query lists
// everything by what is due next.
type Query struct {
	Term  Term
	Exact Exact // the form beside the search box

	Status   []string // as people read them: "In review"
	Plan     []string // ids
	Program  []string
	Location []string

	// A queue of cases asks for finer statuses than people read, for what is due
	// by a time, or for some cases alone. Only none asks for all.
	Exactly []order.Status
	DueBy   time.Time
	Only    []order.ID
	Awake   time.Time // leaves out what is snoozed at this time; zero for nothing

	// Holder asks for what one person of an office looks after or ordered; the
	// zero Actor for whoever does.
	Holder account.Actor

	Sort   Sort
	After  string // cursor: the page that follows it
	Before string // cursor: the page that comes before it
	Size   int    // 0 means 25; at most 1,000
}

// Exact is the form for people who have the member's card in hand.
type Exact struct {
	OrderID, MemberID, First, Last string
	Born                           civil.Date
}

// Empty reports whether nothing was entered.
func (e Exact) Empty() bool { return e == Exact{} }

// A Sort is the order of a list.
type Sort string

// Orders of a list.
const (
	ByDue     Sort = "due"     // what is due first, then the latest decided
	ByEntered Sort = "entered" // the newest first
	ByPatient Sort = "patient"
	ByStatus  Sort = "status"
)

// A Line is one order in a list.
type Line struct {
	ID                        order.ID
	Number, Title             string
	Status                    order.Status
	Patient                   order.Patient
	MemberNumber              string
	Urgency                   order.Urgency
	Plan, Program, Line, Site string
	Practitioner, Location    string
	ServiceFrom               civil.Date
	Received                  time.Time
	Due, Decided              *time.Time
	AuthNumber                string
	HasCall                   bool // a call about it is to come
	Letters                   int
	sortDue                   int64
	lastKey, firstKey         string
}

// A Choice is one value to filter by, with how many orders have it.
type Choice struct {
	Value, Text string
	Count       int
}

// Choices are the filters that the current search offers.
type Choices struct{ Status, Plan, Program, Location []Choice }

// A Page is one page of a list.
type Page struct {
	Lines         []Line
	Choices       Choices
	Total         int    // of the search with its filters; at least this many if More
	Capped        bool   // counts stop at CountLimit
	Next, Earlier string // cursors; "" at the ends
	Sort          Sort   // what the list is in the order of
	all           int
	counts        map[order.Status]int // of all that the search finds
}

// Count is how many orders of a search are in some statuses, whatever the
// filters.
func (p Page) Count(statuses ...order.Status) (n int) {
	for _, s := range statuses {
		n += p.counts[s]
	}
	return n
}

// CountLimit is how far counts go: beyond it people narrow the search anyway,
// and counting a million orders takes longer than finding one.
const CountLimit = 5000

const defaultSize, mostSize = 25, 1000

// List returns one page of the orders by may see. It leaves one audit row for
// the list as a whole, since it shows members' names.
func List(ctx context.Context, tx *db.Tx, by account.Actor, q Query) (Page, error) {
	if err := by.Must(account.ReadOrders); err != nil {
		return Page{}, err
	}
	if q.Term.Kind == Unclear {
		return Page{}, nil
	}
	p := Page{}
	if err := count(ctx, tx, by, q, &p); err != nil {
		return p, err
	}
	if p.Capped && q.Term.Kind == Name {
		q.Sort = ByPatient // the order names are found in; another would sort them all
	}
	p.Sort = q.SortedBy()
	var err error
	if p.Lines, p.Next, p.Earlier, err = lines(ctx, tx, by, q, p.way(q)); err != nil {
		return p, err
	}
	return p, seen(ctx, tx, by, "orders.listed", q, len(p.Lines))
}

// First returns the first orders of a search, without counts: for a page that
// shows a few of several kinds, and leaves the audit row for them all.
func First(ctx context.Context, tx *db.Tx, by account.Actor, q Query) ([]Line, error) {
	if err := by.Must(account.ReadOrders); err != nil {
		return nil, err
	}
	all, _, _, err := lines(ctx, tx, by, q, planned)
	return all, err
}

// Export returns up to CountLimit orders of a search, for a file.
func Export(ctx context.Context, tx *db.Tx, by account.Actor, q Query) ([]Line, error) {
	if err := by.Must(account.ReadOrders); err != nil {
		return nil, err
	}
	if q.Term.Kind == Unclear {
		return nil, fault.New(fault.Invalid, "Nothing matches this search, so there is nothing to export.")
	}
	var all []Line
	q.Size, q.After, q.Before = mostSize, "", ""
	for len(all) < CountLimit {
		some, next, _, err := lines(ctx, tx, by, q, planned)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if next == "" {
			break
		}
		q.After = next
	}
	return all, seen(ctx, tx, by, "orders.exported", q, len(all))
}

func seen(ctx context.Context, tx *db.Tx, by account.Actor, action string, q Query, n int) error {
	e := by.Audit(action, "list", string(q.Term.Kind))
	e.Detail = countWords(n)
	return audit.Record(ctx, tx, e)
}

// DecidedSince returns the orders by sees that were approved, denied or
// approved in part after a time, the latest first, at most n. The caller leaves
// the audit row.
func DecidedSince(ctx context.Context, tx *db.Tx, by account.Actor, since time.Time, n int) ([]Line, error) {
	w := &where{}
	w.and(w.visible(by))
	w.and("orders.decided_at > " + w.arg(since))
	w.in("orders.status", []string{string(order.Approved), string(order.Partial), string(order.Denied)})
	latest := "select orders.* from orders where " + w.String() + " order by orders.decided_at desc, orders.id limit " + strconv.Itoa(n)
	return db.All(ctx, tx, scanLine, lineColumns+latest+lineNames+"o.decided_at desc, o.id", w.args...)
}
