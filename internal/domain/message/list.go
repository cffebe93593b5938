package message

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Views of the list, in the order in which people read them.
const (
	NeedsReply = "reply"
	Unread     = "unread"
	DueToday   = "today"
	Snoozed    = "snoozed"
	Done       = "closed"
	All        = "all"
)

// ViewsOf are those that by has. Snoozing is an office's.
func ViewsOf(by account.Actor) []string {
	if SideOf(by) == Review {
		return []string{NeedsReply, Unread, DueToday, Done, All}
	}
	return []string{NeedsReply, Unread, DueToday, Snoozed, Done, All}
}

// A Query says which threads to list, and from where.
type Query struct {
	View    string // one of ViewsOf; DueToday is, for a reviewer, what an office is to answer them today
	Plan    string
	Program string
	Place   string    // location
	Type    string    // of a Request, or topic of a Question
	Mine    bool      // assigned to the reader
	Held    bool      // assigned to the reader, or to nobody and about what they look after
	Text    string    // in the subject, the patient's name, the order's number or what was said
	Today   time.Time // end of the reader's day
	Before  string    // what the last list gave as Older; "" for the first
}

// A Listed is a thread as a list shows it.
type Listed struct {
	Thread
	OrderNumber, Patient, Plan string
	SnoozedUntil               *time.Time
	Unread                     bool
	seen                       int
}

// Line is what of l changes on a page while it is open: no member's data.
func (l Listed) Line() string {
	return l.Number + " " + strconv.Itoa(l.Version) + strconv.FormatBool(l.Unread)
}

// PageSize is how many threads a list shows.
const PageSize = 25

// A Page is a part of the list. What needs a reply is sorted by when; all else
// by what happened last.
type Page struct {
	Threads []Listed
	Older   string // where the list goes on; "" at its end
}

// MostCounted is where a count of threads ends: the list says "99+".
const MostCounted = 99

// List returns the threads that by may see. Who may: who reads messages.
func List(ctx context.Context, tx *db.Tx, by account.Actor, q Query) (p Page, err error) {
	if err := by.Must(account.Correspond); err != nil {
		return Page{}, err
	}
	order := q.order(by)
	for _, w := range q.where(by, tx.Now()) {
		some, err := q.some(ctx, tx, by, w, order)
		if err != nil {
			return Page{}, err
		}
		p.Threads = append(p.Threads, some...)
	}
	slices.SortFunc(p.Threads, order.compare)
	if len(p.Threads) > PageSize {
		last := p.Threads[PageSize-1]
		p.Threads, p.Older = p.Threads[:PageSize], order.key(last).UTC().Format(time.RFC3339Nano)+"_"+last.ID
	}
	for i := range p.Threads {
		p.Threads[i].Unread = p.Threads[i].Thread.Unread(SideOf(by), p.Threads[i].seen)
	}
	return p, nil
}

// some are the first of those that w holds of.
func (q Query) some(ctx context.Context, tx *db.Tx, by account.Actor, w *where, order sorting) ([]Listed, error) {
	sign, direction := ">", ""
	if order.falls {
		sign, direction = "<", " desc"
	}
	if at, id, ok := strings.Cut(q.Before, "_"); ok {
		if when, err := time.Parse(time.RFC3339Nano, at); err == nil {
			w.and("(" + order.column + ", t.id) " + sign + " (" + w.arg(when) + ", " + w.arg(id) + ")")
		}
	}
	return db.All(ctx, tx, scanListed, `
		select `+qualified+`, coalesce(o.number, ''), coalesce(o.patient_first || ' ' || o.patient_last, ''), coalesce(p.name, ''), z.until, coalesce(s.n, 0)
		from message_thread t left join orders o on o.id = t.order_id left join plan p on p.id = t.plan_id
			left join message_snooze z on z.thread_id = t.id and z.organization_id = t.organization_id left join message_seen s on s.thread_id = t.id and s.person_id = `+w.arg(string(by.ID))+`
		where `+w.String()+` order by `+order.column+direction+`, t.id`+direction+` limit `+strconv.Itoa(PageSize+1), w.args...)
}

// A sorting is how a list is sorted.
type sorting struct {
	column string
	falls  bool
	due    bool // by when to reply; else by what happened last
}

// order is what is due first where something is due, what has waited longest
// for a reviewer, and else what happened last.
func (q Query) order(by account.Actor) sorting {
	switch {
	case q.View == NeedsReply && SideOf(by) == Review:
		return sorting{column: "t.last_at"}
	case q.View == NeedsReply || q.View == DueToday:
		return sorting{column: "coalesce(t.reply_by, t.last_at)", due: true}
	}
	return sorting{column: "t.last_at", falls: true}
}

func (s sorting) key(l Listed) time.Time {
	if s.due && l.ReplyBy != nil {
		return *l.ReplyBy
	}
	return l.LastAt
}

func (s sorting) compare(a, b Listed) int {
	n := cmp.Or(s.key(a).Compare(s.key(b)), strings.Compare(a.ID, b.ID))
	if s.falls {
		return -n
	}
	return n
}

// Counts are how many threads each view has, at most MostCounted + 1.
func Counts(ctx context.Context, tx *db.Tx, by account.Actor, today time.Time) (map[string]int, error) {
	all := map[string]int{}
	for _, view := range ViewsOf(by) {
		if view == Done || view == All {
			continue
		}
		n, err := count(ctx, tx, by, Query{View: view, Today: today})
		if err != nil {
			return nil, err
		}
		all[view] = n
	}
	return all, nil
}

// UnreadOf counts the threads that by hasn't read to their end, at most
// MostCounted + 1; 0 for who reads no messages.
func UnreadOf(ctx context.Context, tx *db.Tx, by account.Actor) (int, error) {
	if !by.Can(account.Correspond) {
		return 0, nil
	}
	return count(ctx, tx, by, Query{View: Unread})
}

func count(ctx context.Context, tx *db.Tx, by account.Actor, q Query) (all int, err error) {
	for _, w := range q.where(by, tx.Now()) {
		n, err := db.Count(ctx, tx, `select count(*) from (select t.id from message_thread t
			left join message_snooze z on z.thread_id = t.id and z.organization_id = t.organization_id left join message_seen s on s.thread_id = t.id and s.person_id = `+w.arg(string(by.ID))+`
			where `+w.String()+` limit `+strconv.Itoa(MostCounted+1)+`) few`, w.args...)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return min(all, MostCounted+1), nil
}

func scanListed(r db.Row) (l Listed, err error) {
	var orderID *string
	err = r.Scan(append(l.places(&orderID), &l.OrderNumber, &l.Patient, &l.Plan, &l.SnoozedUntil, &l.seen)...)
	if err == nil && orderID != nil {
		l.OrderID = order.ID(*orderID)
	}
	return l, err
}

type where struct {
	all  []string
	args []any
}

func (w *where) and(condition string) { w.all = append(w.all, condition) }

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) String() string { return strings.Join(w.all, " and ") }

func (w *where) equal(column, value string) {
	if value != "" {
		w.and(column + " = " + w.arg(value))
	}
}

// where are q's conditions on thread t, its snooze z and what by has seen s: of
// more than one, each finds threads of its own, by an index of its own.
func (q Query) where(by account.Actor, now time.Time) []*where {
	if q.View != Unread || SideOf(by) != Review {
		return []*where{q.filter(by, now)}
	}
	// What others asked is theirs to read.
	waits, mine := q.filter(by, now), q.filter(by, now)
	waits.and("t.turn = 'review'")
	mine.and("t.turn <> 'review' and t.created_by = " + mine.arg(string(by.ID)))
	return []*where{waits, mine}
}

func (q Query) filter(by account.Actor, now time.Time) *where {
	w := &where{}
	may, args := visible(by, 1)
	w.all, w.args = []string{may}, args
	side := SideOf(by)
	mark := map[Side]string{Office: "t.office_n", Review: "t.review_n"}[side]
	switch q.View {
	case NeedsReply:
		w.and("t.status = 'open' and t.turn = " + w.arg(string(side)))
		w.and("(z.until is null or z.until <= " + w.arg(now) + ")")
	case Unread:
		w.and("t.status = 'open' and " + mark + " > coalesce(s.n, 0)")
	case DueToday:
		w.and("t.status = 'open' and t.turn = 'office' and t.reply_by <= " + w.arg(q.Today))
		if side == Review {
			w.equal("t.created_by", string(by.ID))
		}
	case Snoozed:
		w.and("t.status = 'open' and z.until > " + w.arg(now) + " and t.id in (select thread_id from message_snooze where until > " + w.arg(now) + ")")
	case Done:
		w.and("t.status = 'closed'")
		if side == Review { // nobody's turn, which an index can be read by
			w.and("t.turn = ''")
		}
	default:
		w.and("t.status <> 'draft' and t.status <> 'leaving'")
	}
	w.equal("t.plan_id", q.Plan)
	w.equal("t.program_id", q.Program)
	w.equal("t.location_id", q.Place)
	if q.Type != "" {
		w.and("(t.type = " + w.arg(q.Type) + " or t.topic = " + w.arg(q.Type) + ")")
	}
	if q.Mine {
		w.equal("t.assigned_to", string(by.ID))
	}
	if q.Held {
		w.held(by)
	}
	q.words(w, by)
	return w
}

// held finds what is by's to answer.
func (w *where) held(by account.Actor) {
	me := w.arg(string(by.ID))
	orders, args := order.Held(by, len(w.args)+1)
	w.args = append(w.args, args...)
	w.and("(t.assigned_to = " + me + " or t.assigned_to = '' and (t.order_id is null and t.created_by = " + me +
		" or exists (select 1 from orders where orders.id = t.order_id and " + orders + ")))")
}

// words finds what holds all the words of q.
func (q Query) words(w *where, by account.Actor) {
	internal := ""
	if strings.TrimSpace(q.Text) != "" && SideOf(by) != Review {
		internal = " and e.internal = " + w.arg(false)
	}
	for word := range strings.FieldsSeq(strings.ToLower(q.Text)) {
		like := w.arg("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
		w.and(`(lower(t.subject) like ` + like + ` escape '\' or exists (select 1 from orders where orders.id = t.order_id and (lower(orders.patient_first || ' ' || orders.patient_last) like ` + like + ` escape '\' or orders.number like ` + like + ` escape '\'))
			or exists (select 1 from message_entry e where e.thread_id = t.id` + internal + ` and lower(e.text) like ` + like + ` escape '\')
			or exists (select 1 from message_item i where i.thread_id = t.id and lower(i.ask) like ` + like + ` escape '\'))`)
	}
}

// Some are those of the threads with these numbers that by may see, in the
// order of the numbers, without items. At most 100.
func Some(ctx context.Context, tx *db.Tx, by account.Actor, numbers []string) ([]Thread, error) {
	if len(numbers) == 0 {
		return nil, fault.Fields{"chosen": "Select at least one message"}.Err()
	}
	may, args := visible(by, 1)
	list, more := db.In(len(args)+1, numbers[:min(len(numbers), 100)])
	all, err := db.All(ctx, tx, scan, `select `+qualified+` from message_thread t where `+may+` and t.number in `+list, append(args, more...)...)
	slices.SortFunc(all, func(a, b Thread) int { return slices.Index(numbers, a.Number) - slices.Index(numbers, b.Number) })
	return all, err
}

// Beside are the numbers of the threads before and after t among those that by
// may see, by what happened last; "" at the ends.
func Beside(ctx context.Context, tx *db.Tx, by account.Actor, t Thread) (newer, older string, err error) {
	next := func(sign, direction string) (string, error) {
		may, args := visible(by, 3)
		args = append([]any{t.LastAt, t.ID}, args...)
		number, err := db.One(ctx, tx, db.Value[string], `select t.number from message_thread t where `+may+` and t.status <> 'draft' and t.status <> 'leaving' and (t.last_at, t.id) `+sign+` ($1, $2)
			order by t.last_at `+direction+`, t.id `+direction+` limit 1`, args...)
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return number, err
	}
	if newer, err = next(">", "asc"); err != nil {
		return "", "", err
	}
	older, err = next("<", "desc")
	return newer, older, err
}
