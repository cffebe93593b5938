package message

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, number, order_id, organization_id, location_id, plan_id, program_id, kind, type, topic, subject, status, turn, intro, reply_by, effect, unanswered, due_then, more_time,
	leaves_at, sent_at, answered_at, expired_at, closed_at, created_at, created_by, created_name, assigned_to, assigned_name, last_n, last_at, office_n, review_n, version`

// qualified are the columns where others stand beside them.
var qualified = "t." + strings.ReplaceAll(strings.ReplaceAll(columns, "\n\t", " "), ", ", ", t.")

func (t *Thread) places(orderID **string) []any {
	return []any{&t.ID, &t.Number, orderID, &t.OrganizationID, &t.LocationID, (*string)(&t.PlanID), (*string)(&t.ProgramID), (*string)(&t.Kind), &t.Type, &t.Topic, &t.Subject,
		(*string)(&t.Status), (*string)(&t.Turn), &t.Intro, &t.ReplyBy, (*string)(&t.Effect), &t.Unanswered, &t.DueThen, &t.MoreTime, &t.LeavesAt, &t.SentAt, &t.AnsweredAt, &t.ExpiredAt, &t.ClosedAt,
		&t.CreatedAt, (*string)(&t.CreatedBy), &t.CreatedName, &t.AssignedTo, &t.AssignedName, &t.LastN, &t.LastAt, &t.OfficeN, &t.ReviewN, &t.Version}
}

func scan(r db.Row) (t Thread, err error) {
	var orderID *string
	if err = r.Scan(t.places(&orderID)...); err == nil && orderID != nil {
		t.OrderID = order.ID(*orderID)
	}
	return t, err
}

const insertThread = `insert into message_thread (` + columns + `)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34) on conflict do nothing`

// values are t's columns, in their order.
func (t *Thread) values() []any {
	var orderID *string
	if t.OrderID != "" {
		orderID = (*string)(&t.OrderID)
	}
	return []any{t.ID, t.Number, orderID, t.OrganizationID, t.LocationID, string(t.PlanID), string(t.ProgramID), string(t.Kind), t.Type, t.Topic, t.Subject, string(t.Status), string(t.Turn), t.Intro,
		t.ReplyBy, string(t.Effect), t.Unanswered, t.DueThen, t.MoreTime, t.LeavesAt, t.SentAt, t.AnsweredAt, t.ExpiredAt, t.ClosedAt, t.CreatedAt, string(t.CreatedBy), t.CreatedName, t.AssignedTo, t.AssignedName,
		t.LastN, t.LastAt, t.OfficeN, t.ReviewN, t.Version}
}

// insert adds t under a number of its own.
func (t *Thread) insert(ctx context.Context, tx *db.Tx) (err error) {
	if t.Number, err = order.FreeNumber(ctx, tx, `select count(*) from message_thread where number = $1`); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, insertThread, t.values()...)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "Somebody else is writing a request for this order. Open it again to see theirs.")
	}
	return err
}

// save writes what can change of t, if nobody changed it since it was read.
func (t *Thread) save(ctx context.Context, tx *db.Tx) error {
	err := db.Changed(tx.Exec(ctx, `
		update message_thread set type = $1, subject = $2, status = $3, turn = $4, intro = $5, reply_by = $6, effect = $7, unanswered = $8, due_then = $9, more_time = $10, leaves_at = $11, sent_at = $12,
			answered_at = $13, expired_at = $14, closed_at = $15, assigned_to = $16, assigned_name = $17, last_n = $18, last_at = $19, office_n = $20, review_n = $21, version = version + 1
		where id = $22 and version = $23`,
		t.Type, t.Subject, string(t.Status), string(t.Turn), t.Intro, t.ReplyBy, string(t.Effect), t.Unanswered, t.DueThen, t.MoreTime, t.LeavesAt, t.SentAt,
		t.AnsweredAt, t.ExpiredAt, t.ClosedAt, t.AssignedTo, t.AssignedName, t.LastN, t.LastAt, t.OfficeN, t.ReviewN, t.ID, t.Version))
	if err == nil {
		t.Version++
		tell(tx, *t)
	}
	return err
}

// say adds an entry to t, which the caller saves. Whoever is on the other side
// is to read it; an internal one is for reviewers alone.
func (t *Thread) say(ctx context.Context, tx *db.Tx, by account.Actor, kind, text string, internal bool) error {
	t.LastN++
	t.LastAt = tx.Now()
	side := SideOf(by)
	if side != Office && !internal {
		t.OfficeN = t.LastN
	}
	if side != Review || internal {
		t.ReviewN = t.LastN
	}
	return t.put(ctx, tx, Entry{N: t.LastN, At: t.LastAt, Side: side, Kind: kind, PersonID: by.ID, Name: by.Name, Role: roleWords(by), Text: text, Internal: internal})
}

// put writes an entry.
func (t *Thread) put(ctx context.Context, tx *db.Tx, e Entry) error {
	return tx.Send(ctx, `insert into message_entry (thread_id, n, at, side, kind, person_id, name, role, text, internal) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.ID, e.N, e.At, string(e.Side), e.Kind, string(e.PersonID), e.Name, e.Role, e.Text, e.Internal)
}

// Entries are what was said in a thread, the first first, as by may read it.
// The caller has read the thread.
func Entries(ctx context.Context, tx *db.Tx, by account.Actor, t Thread) ([]Entry, error) {
	return db.All(ctx, tx, func(r db.Row) (e Entry, err error) {
		return e, r.Scan(&e.N, &e.At, (*string)(&e.Side), &e.Kind, (*string)(&e.PersonID), &e.Name, &e.Role, &e.Text, &e.Internal)
	}, `select n, at, side, kind, person_id, name, role, text, internal from message_entry where thread_id = $1 and (internal = $2 or internal = $3) order by n`,
		t.ID, false, SideOf(by) == Review)
}

const itemColumns = `n, kind, ask, why, satisfies, guideline, criterion, file_kind, answer, yes, without, without_why, saved_at, saved_by, saved_name, assigned_to, assigned_name, sent_at, sent_by, sent_name, version`

func scanItem(r db.Row) (i Item, err error) {
	return i, r.Scan(&i.N, (*string)(&i.Kind), &i.Ask, &i.Why, &i.Satisfies, &i.Guideline, &i.Criterion, &i.FileKind, &i.Answer.Text, &i.Yes, &i.Without, &i.WithoutWhy,
		&i.SavedAt, &i.SavedBy, &i.SavedName, &i.AssignedTo, &i.AssignedName, &i.SentAt, &i.SentBy, &i.SentName, &i.Version)
}

func (t *Thread) loadItems(ctx context.Context, tx *db.Tx) (err error) {
	t.Items, err = db.All(ctx, tx, scanItem, `select `+itemColumns+` from message_item where thread_id = $1 order by n`, t.ID)
	return err
}

// setItems replaces the items of a draft.
func (t *Thread) setItems(ctx context.Context, tx *db.Tx, all []Item) error {
	if err := tx.Send(ctx, `delete from message_item where thread_id = $1`, t.ID); err != nil {
		return err
	}
	t.Items = nil
	for n, i := range all {
		i.N = n + 1
		if err := tx.Send(ctx, `insert into message_item (thread_id, n, kind, ask, why, satisfies, guideline, criterion, file_kind) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.ID, i.N, string(i.Kind), i.Ask, i.Why, i.Satisfies, i.Guideline, i.Criterion, i.FileKind); err != nil {
			return err
		}
		t.Items = append(t.Items, i)
	}
	return nil
}

// saveItem writes an item's answer, if nobody changed it since it was read.
func (i *Item) save(ctx context.Context, tx *db.Tx, threadID string) error {
	err := db.Changed(tx.Exec(ctx, `
		update message_item set answer = $1, yes = $2, without = $3, without_why = $4, saved_at = $5, saved_by = $6, saved_name = $7, assigned_to = $8, assigned_name = $9,
			sent_at = $10, sent_by = $11, sent_name = $12, version = version + 1
		where thread_id = $13 and n = $14 and version = $15`,
		i.Answer.Text, i.Yes, i.Without, i.WithoutWhy, i.SavedAt, i.SavedBy, i.SavedName, i.AssignedTo, i.AssignedName, i.SentAt, i.SentBy, i.SentName, threadID, i.N, i.Version))
	if err == nil {
		i.Version++
	}
	return err
}

// of is the thread a condition holds of, with its items.
func of(ctx context.Context, tx *db.Tx, where string, args ...any) (Thread, error) {
	t, err := db.One(ctx, tx, scan, `select `+columns+` from message_thread where `+where, args...)
	if err != nil {
		return t, err
	}
	return t, t.loadItems(ctx, tx)
}

// OfEvent is the thread of an event, for what follows it. Nobody's rights are
// asked.
func OfEvent(ctx context.Context, tx *db.Tx, id string) (Thread, error) {
	return of(ctx, tx, `id = $1`, id)
}

// AboutOrder are the threads about an order that by may see, the newest first,
// without their items. The caller has read the order.
func AboutOrder(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) ([]Thread, error) {
	if !by.Can(account.Correspond) {
		return nil, nil
	}
	most := `status in ('open', 'closed')`
	if SideOf(by) == Review {
		most = `1 = 1`
	}
	return db.All(ctx, tx, scan, `select `+columns+` from message_thread where order_id = $1 and `+most+` order by created_at desc, id`, string(id))
}

// Get returns the thread with a number, its items and its order, if by may see
// it; else a NotFound fault. For a question about no order the order is zero.
// The read is audited.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Thread, order.Order, error) {
	none := fault.New(fault.NotFound, "We can't find that message.")
	where, args := visible(by, 2)
	t, err := db.One(ctx, tx, scan, `select `+qualified+` from message_thread t where t.number = $1 and `+where, append([]any{order.Digits(number)}, args...)...)
	if fault.Is(err, fault.NotFound) {
		return t, order.Order{}, none
	}
	if err != nil {
		return t, order.Order{}, err
	}
	if err := t.loadItems(ctx, tx); err != nil || t.OrderID == "" {
		return t, order.Order{}, err
	}
	o, err := order.ByID(ctx, tx, by, t.OrderID)
	if fault.Is(err, fault.NotFound) {
		return Thread{}, o, none
	}
	if err != nil {
		return t, o, err
	}
	return t, o, order.Read(ctx, tx, by, o, "message.read")
}

// tell has pages hear that t changed. They name ids alone.
func tell(tx *db.Tx, t Thread) {
	tx.Tell("message." + t.ID)
	tx.Tell("messages." + t.OrganizationID)
	if t.OrderID != "" {
		tx.Tell("case." + string(t.OrderID))
	}
}

// Hears reports whether a topic is about a thread.
func (t Thread) Hears(topic string) bool { return topic == "message."+t.ID }

// HearsCase reports whether a topic is about what is said about an order.
func HearsCase(id order.ID) func(string) bool {
	return func(topic string) bool { return topic == "case."+string(id) }
}

// HearsList reports whether a topic is about threads that by may see.
func HearsList(by account.Actor) func(string) bool {
	return func(topic string) bool {
		organization, ok := strings.CutPrefix(topic, "messages.")
		return ok && (SideOf(by) == Review || by.ActsFor(organization))
	}
}

// programOf is the program of a thread's order.
func programOf(ctx context.Context, tx *db.Tx, o order.Order) (plan.Program, error) {
	return plan.GetProgram(ctx, tx, o.ProgramID)
}
