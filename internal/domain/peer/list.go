package peer

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Listed call is one in a list, with the number of its order: the one it was
// booked for, or the first of those that the reader may see.
type Listed struct {
	Call
	OrderNumber string
	More        int // orders besides that one
	Program     string
	Late        int // minutes the office says it is late
	Attempts    int // made for the time it has
}

// NeedsOutcome reports whether the call was made, is over, and its reviewer
// has yet to say what came of it.
func (l Listed) NeedsOutcome(now time.Time) bool { return NeedsOutcome(l.Call, l.Attempts, now) }

// NeedsOutcome is that of a call for whose time so many attempts were made.
func NeedsOutcome(c Call, attempts int, now time.Time) bool {
	return c.Status.Live() && attempts > 0 && !now.Before(c.EndsAt)
}

func scanListed(r db.Row) (l Listed, err error) {
	c, err := scan(tail{r, []any{&l.OrderNumber, &l.More, &l.Program, &l.Late, &l.Attempts}})
	l.Call = c
	return l, err
}

// tail scans some columns more than the scan function knows.
type tail struct {
	db.Row
	more []any
}

func (t tail) Scan(dest ...any) error { return t.Row.Scan(append(dest, t.more...)...) }

// Two tables of a list have columns of one name, so the call's are qualified.
var qualified = "call." + strings.ReplaceAll(strings.Join(strings.Fields(columns), " "), ", ", ", call.")

// List returns the calls about orders that by may see: "upcoming",
// "requested" or "past", at most 200.
func List(ctx context.Context, tx *db.Tx, by account.Actor, which string) ([]Listed, error) {
	if err := by.Must(account.ReadOrders); err != nil {
		return nil, err
	}
	where := map[string]string{
		"upcoming":  "call.status in ('scheduled', 'confirmed', 'in_call')",
		"requested": "call.status = 'requested'",
		"past":      "call.status in ('completed', 'cancelled', 'no_show', 'missed', 'expired')",
	}[which]
	if where == "" {
		return nil, fault.New(fault.NotFound, "We can't find that list.")
	}
	direction := ""
	if which == "past" {
		direction = " desc"
	}
	visible, args := order.Visible(by, 1)
	return listed(ctx, tx, visible, where, "call.starts_at"+direction+", call.id"+direction, args...)
}

// ForReviewer returns a reviewer's calls that begin before until and are not
// over, or of which nobody has said what came of them, the earliest first. Who
// may: the reviewer.
func ForReviewer(ctx context.Context, tx *db.Tx, by account.Actor, until time.Time) ([]Listed, error) {
	if err := by.Must(account.HoldCalls); err != nil {
		return nil, err
	}
	return listed(ctx, tx, "", `call.reviewer_id = $1 and call.starts_at < $2 and call.status in ('requested', 'scheduled', 'confirmed', 'in_call')`,
		"call.starts_at, call.id", string(by.ID), until)
}

// MissedByUs returns the calls we missed about orders by may see, the oldest
// first, until they are booked again, followed up, or the decision no longer
// stands. Who may: schedulers.
func MissedByUs(ctx context.Context, tx *db.Tx, by account.Actor, only Only) ([]Listed, error) {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return nil, err
	}
	visible, args := only.visible(by, 3)
	return listed(ctx, tx, visible, `call.status = 'missed' and noted.closed_at is null and exists (
		select 1 from call_order mine join orders about on about.id = mine.order_id
		where mine.call_id = call.id and about.status in ($1, $2) and not exists (
			select 1 from call_order other join call later on later.id = other.call_id
			where other.order_id = mine.order_id and later.created_at > call.created_at))`,
		"call.starts_at, call.id", append([]any{string(order.Denied), string(order.Partial)}, args...)...)
}

// listed are the calls for which where holds and of whose orders one is
// visible, a condition on orders; "" for whoever has the call.
func listed(ctx context.Context, tx *db.Tx, visible, where, by string, args ...any) ([]Listed, error) {
	seen := "1 = 1"
	if visible != "" {
		seen = visible
		where += ` and call.id in (select mine.call_id from call_order mine join orders on orders.id = mine.order_id where ` + visible + `)`
	}
	return db.All(ctx, tx, scanListed, `select `+qualified+`,
			(select orders.number from call_order mine join orders on orders.id = mine.order_id where mine.call_id = call.id and `+seen+`
				order by case when mine.order_id = call.order_id then 0 else 1 end, mine.order_id limit 1),
			(select count(*) - 1 from call_order mine where mine.call_id = call.id), program.name, coalesce(noted.late_minutes, 0),
			(select count(*) from call_attempt where call_attempt.call_id = call.id and call_attempt.starts_at = call.starts_at)
		from call join program on program.id = call.program_id left join call_day noted on noted.call_id = call.id
		where `+where+` order by `+by+` limit 200`, args...)
}

// ReviewerName is who has a call, for staff; "" while nobody has.
func ReviewerName(ctx context.Context, tx *db.Tx, c Call) (string, error) {
	if c.ReviewerID == "" {
		return "", nil
	}
	return db.One(ctx, tx, func(r db.Row) (string, error) {
		var first, last string
		err := r.Scan(&first, &last)
		return first + " " + last, err
	}, `select first_name, last_name from person where id = $1`, string(c.ReviewerID))
}

// UsualPeople is who spoke the last time this office arranged a call for the
// same practitioner; failing that, what is known of the practitioner. known
// says that nothing more need be asked.
func UsualPeople(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (p People, known bool, err error) {
	if o.PractitionerID == "" {
		return p, false, nil
	}
	last, err := db.All(ctx, tx, scan, `select `+qualified+` from call join orders on orders.id = call.order_id
		where orders.organization_id = $1 and orders.practitioner_id = $2 order by call.created_at desc, call.id desc limit 1`, o.OrganizationID, o.PractitionerID)
	if err != nil {
		return p, false, err
	}
	if len(last) == 1 {
		return last[0].People, true, nil
	}
	who, err := provider.GetPractitioner(ctx, tx, o.PractitionerID)
	if err != nil {
		return p, false, err
	}
	p = People{Speaker: "ordering", First: who.First, Last: who.Last, Credential: who.Credential, Phone: who.Phone}
	return p, provider.TidyPhone(who.Phone) != "" && checkPeople(p, "") == nil, nil
}

// A Note is a word from an office to the schedulers, when no time fits.
type Note struct {
	ID, OrderNumber, Text, Phone, PersonName string
	At                                       time.Time
}

// NoteLeft announces a note. See app/reactions.go.
type NoteLeft struct{ NoteID string }

// Kind names the event.
func (NoteLeft) Kind() string { return "peer.note" }

// TellSchedulers leaves a note about when an office can talk.
func TellSchedulers(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, text, phone string) error {
	if err := by.Must(account.BookCalls); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	f := fault.Fields{}
	f.Check(text != "", "note", "Say when you can talk")
	f.Check(len([]rune(text)) <= 500, "note", "The note must be 500 characters or less")
	f.Check(strings.TrimSpace(phone) != "", "note_phone", "Enter a phone number")
	f.Check(provider.TidyPhone(phone) != "", "note_phone", "Phone number must be 10 digits")
	if err := f.Err(); err != nil {
		return err
	}
	tx.Tell(boardTopic)
	id := db.NewID("not")
	_, err := tx.Exec(ctx, `insert into scheduler_note (id, order_id, organization_id, text, phone, person_id, person_name, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, string(o.ID), o.OrganizationID, text, provider.TidyPhone(phone), string(by.ID), by.Name, tx.Now())
	if err != nil {
		return err
	}
	if err := order.Note(ctx, tx, by, o, "call", "Asked the schedulers for a peer-to-peer time.", false); err != nil {
		return err
	}
	e := by.Audit("note.left", "order", string(o.ID))
	e.MemberID = o.MemberID
	if err := auditRecord(ctx, tx, e); err != nil {
		return err
	}
	return job.Add(ctx, tx, NoteLeft{id})
}

// Notes returns the notes that wait, the oldest first. Who may: schedulers.
func Notes(ctx context.Context, tx *db.Tx, by account.Actor, only Only) ([]Note, error) {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return nil, err
	}
	visible, args := only.visible(by, 1)
	return db.All(ctx, tx, func(r db.Row) (n Note, err error) {
		return n, r.Scan(&n.ID, &n.OrderNumber, &n.Text, &n.Phone, &n.PersonName, &n.At)
	}, `select n.id, orders.number, n.text, n.phone, n.person_name, n.at from scheduler_note n join orders on orders.id = n.order_id
		where n.done_at is null and `+visible+` order by n.at, n.id limit 200`, args...)
}

// NoteDone takes a note off the list.
func NoteDone(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return err
	}
	tx.Tell(boardTopic)
	visible, args := order.Visible(by, 4)
	err := db.Changed(tx.Exec(ctx, `update scheduler_note set done_at = $1, done_by = $2 where id = $3 and done_at is null
		and order_id in (select id from orders where `+visible+`)`, append([]any{tx.Now(), by.Name, id}, args...)...))
	if err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("note.done", "note", id))
}

// NoteProgram is the program of the order a note is about, to know which
// internal list to tell, with the order's number.
func NoteProgram(ctx context.Context, tx *db.Tx, id string) (plan.ProgramID, string, error) {
	type about struct {
		program plan.ProgramID
		number  string
	}
	a, err := db.One(ctx, tx, func(r db.Row) (a about, err error) { return a, r.Scan((*string)(&a.program), &a.number) },
		`select orders.program_id, orders.number from scheduler_note n join orders on orders.id = n.order_id where n.id = $1`, id)
	return a.program, a.number, err
}
