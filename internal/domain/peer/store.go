package peer

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

const columns = `id, number, status, organization_id, order_id, plan_id, program_id, reviewer_id, starts_at, ends_at, time_zone, zone_offset,
	effect, valid_until, version, uid_office, uid_reviewer, sequence, tier, trace, cancel_reason, cancel_note,
	speaker, first_name, last_name, credential, phone, extension, backup_phone, backup_extension, email,
	contact_first_name, contact_last_name, contact_location, instructions, arranger_id, arranger_name, arranger_email, created_at, changed_at, answer_by, matching, language`

func scan(r db.Row) (c Call, err error) {
	var starts, ends *time.Time
	err = r.Scan((*string)(&c.ID), &c.Number, (*string)(&c.Status), &c.OrganizationID, (*string)(&c.OrderID), (*string)(&c.PlanID), (*string)(&c.ProgramID),
		(*string)(&c.ReviewerID), &starts, &ends, &c.Zone, &c.Offset, (*string)(&c.Effect), &c.ValidUntil, &c.Version, &c.UIDOffice, &c.UIDReviewer, &c.Sequence,
		&c.Tier, &c.Trace, &c.CancelReason, &c.CancelNote,
		&c.People.Speaker, &c.People.First, &c.People.Last, &c.People.Credential, &c.People.Phone, &c.People.Extension, &c.People.BackupPhone, &c.People.BackupExtension, &c.People.Email,
		&c.People.ContactFirst, &c.People.ContactLast, &c.People.ContactLocation, &c.People.Instructions,
		(*string)(&c.ArrangerID), &c.ArrangerName, &c.ArrangerEmail, &c.CreatedAt, &c.ChangedAt, &c.AnswerBy, &c.Matching, &c.Language)
	if starts != nil && ends != nil {
		c.StartsAt, c.EndsAt = *starts, *ends
	}
	c.stored, c.storedLive = c.ReviewerID, c.Status.Live()
	return c, err
}

func insert(ctx context.Context, tx *db.Tx, c *Call) error {
	touch(tx, c.ReviewerID)
	var err error
	if c.Number, err = order.FreeNumber(ctx, tx, `select count(*) from call where number = $1`); err != nil {
		return err
	}
	c.stored, c.storedLive = c.ReviewerID, c.Status.Live()
	tellCall(tx, *c)
	_, err = tx.Exec(ctx, `
		insert into call (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
			$23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43)`,
		string(c.ID), c.Number, string(c.Status), c.OrganizationID, string(c.OrderID), string(c.PlanID), string(c.ProgramID), orNull(string(c.ReviewerID)),
		orNever(c.StartsAt), orNever(c.EndsAt), c.Zone, c.Offset, string(c.Effect), c.ValidUntil, c.Version, c.UIDOffice, c.UIDReviewer, c.Sequence,
		c.Tier, c.Trace, c.CancelReason, c.CancelNote,
		c.People.Speaker, c.People.First, c.People.Last, c.People.Credential, c.People.Phone, c.People.Extension, c.People.BackupPhone, c.People.BackupExtension, c.People.Email,
		c.People.ContactFirst, c.People.ContactLast, c.People.ContactLocation, c.People.Instructions,
		string(c.ArrangerID), c.ArrangerName, c.ArrangerEmail, c.CreatedAt, c.ChangedAt, c.AnswerBy, c.Matching, c.Language)
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orNever(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// attach makes c the live call of each of its orders. A second one is refused
// by the unique index, not by a question asked before. The orders are taken in
// the order of their ids, so that two calls about the same ones never wait for
// each other in a circle.
func attach(ctx context.Context, tx *db.Tx, c Call, all []Matter) error {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b Matter) int { return cmp.Compare(a.Order.ID, b.Order.ID) })
	var args []any
	for _, m := range sorted {
		args = append(args, string(c.ID), string(m.Order.ID), true, string(m.Effect), m.Until)
	}
	there, err := db.All(ctx, tx, db.Value[string], `insert into call_order (call_id, order_id, active, effect, valid_until) values `+db.Tuples(len(sorted), 5)+`
		on conflict do nothing returning order_id`, args...)
	for _, m := range sorted {
		if err == nil && !slices.Contains(there, string(m.Order.ID)) {
			return bookedAlready(m.Order, len(all))
		}
	}
	return err
}

// bookedAlready names the order, where the call is about others too.
func bookedAlready(o order.Order, orders int) error {
	if orders == 1 {
		return fault.New(fault.Conflict, "A call about this order is booked already.")
	}
	return fault.New(fault.Conflict, "A call about order %s is booked already.", order.Spaced(o.Number))
}

// update saves what a step in a call's life can change, if the version is
// still the one that was read, and settles whether the call is live.
func update(ctx context.Context, tx *db.Tx, c *Call) error {
	c.ChangedAt = tx.Now()
	touch(tx, c.stored, c.ReviewerID)
	tellCall(tx, *c)
	err := db.Changed(tx.Exec(ctx, `
		update call set status = $1, reviewer_id = $2, starts_at = $3, ends_at = $4, time_zone = $5, zone_offset = $6, uid_reviewer = $7, sequence = $8,
			tier = $9, trace = $10, cancel_reason = $11, cancel_note = $12, phone = $13, extension = $14, backup_phone = $15, backup_extension = $16, instructions = $17,
			changed_at = $18, effect = $19, valid_until = $20, matching = $21, language = $22, order_id = $23, plan_id = $24, program_id = $25, version = version + 1
		where id = $26 and version = $27`,
		string(c.Status), orNull(string(c.ReviewerID)), orNever(c.StartsAt), orNever(c.EndsAt), c.Zone, c.Offset, c.UIDReviewer, c.Sequence,
		c.Tier, c.Trace, c.CancelReason, c.CancelNote, c.People.Phone, c.People.Extension, c.People.BackupPhone, c.People.BackupExtension, c.People.Instructions,
		c.ChangedAt, string(c.Effect), c.ValidUntil, c.Matching, c.Language, string(c.OrderID), string(c.PlanID), string(c.ProgramID), string(c.ID), c.Version))
	if err != nil {
		return err
	}
	c.Version++
	c.stored = c.ReviewerID
	if live := c.Status.Live(); live != c.storedLive {
		c.storedLive = live
		_, err = tx.Exec(ctx, `update call_order set active = $1 where call_id = $2 and active <> $1`, live, string(c.ID))
	}
	return err
}

func addEvent(ctx context.Context, tx *db.Tx, by account.Actor, c Call, kind string, from Status, text words.Text) error {
	tellCall(tx, c)
	return tx.Send(ctx, `
		insert into call_event (call_id, n, at, actor_id, actor_name, kind, from_status, to_status, version, text)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from call_event where call_id = $1`,
		string(c.ID), tx.Now(), string(by.ID), by.Name, kind, string(from), string(c.Status), c.Version, string(text))
}

func eventsOf(ctx context.Context, tx *db.Tx, id ID) ([]Event, error) {
	return db.All(ctx, tx, func(r db.Row) (e Event, err error) {
		return e, r.Scan(&e.N, &e.At, (*string)(&e.ActorID), &e.ActorName, &e.Kind, (*string)(&e.From), (*string)(&e.To), &e.Version, (*string)(&e.Text))
	}, `select n, at, actor_id, actor_name, kind, from_status, to_status, version, text from call_event where call_id = $1 order by n desc`, string(id))
}

// callsOf returns the calls that an order is part of, the newest first.
func callsOf(ctx context.Context, tx *db.Tx, id order.ID) ([]Call, error) {
	all, err := callsOfEach(ctx, tx, []order.ID{id})
	return all[id], err
}

// callsOfEach are those of each of some orders.
func callsOfEach(ctx context.Context, tx *db.Tx, ids []order.ID) (map[order.ID][]Call, error) {
	type of struct {
		order order.ID
		Call
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, func(r db.Row) (c of, err error) {
		c.Call, err = scan(tail{r, []any{(*string)(&c.order)}})
		return c, err
	}, `select `+qualified+`, link.order_id from call_order link join call on call.id = link.call_id
		where link.order_id in `+list+` order by call.created_at desc, call.id desc`, args...)
	calls := map[order.ID][]Call{}
	for _, c := range all {
		calls[c.order] = append(calls[c.order], c.Call)
	}
	return calls, err
}

func byNumber(ctx context.Context, tx *db.Tx, number string) (Call, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from call where number = $1`, number)
}

func byID(ctx context.Context, tx *db.Tx, id ID) (Call, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from call where id = $1`, string(id))
}

// A Draft is what a person has chosen and typed on the way to a call: the
// hold on a time, and who will speak.
type Draft struct {
	ID        string
	OrderID   order.ID
	CallID    ID // the call being moved, "" for a new one
	Reviewer  account.PersonID
	Slot      Slot
	HeldUntil time.Time // zero: nothing is held
	Windows   []Span    // when the office could talk, in place of a time
	People    People
	HasPeople bool
	// Language that was asked for, "" for English, or for that of the call
	// being moved; Matching how the reviewer who is held was found.
	Language   string
	Matching   string
	Statements []Statement
	// Others are the orders that a new call is to be about besides OrderID, in
	// the order they were added: those of them that the person may see.
	Others []Matter
	more   []order.ID
	stored held
}

// held is what a draft keeps from others.
type held struct {
	reviewer account.PersonID
	start    time.Time
	minutes  int
	until    time.Time
}

func (d Draft) held() held { return held{d.Reviewer, d.Slot.Start, d.Slot.Minutes, d.HeldUntil} }

func scanDraft(r db.Row) (d Draft, err error) {
	var starts, held *time.Time
	var people, windows, statements, more string
	err = r.Scan(&d.ID, (*string)(&d.OrderID), (*string)(&d.CallID), (*string)(&d.Reviewer), &starts, &d.Slot.Minutes, &d.Slot.Tier, &held, &people,
		&windows, &d.Language, &d.Matching, &statements, &more)
	if starts != nil {
		d.Slot.Start = *starts
	}
	if held != nil {
		d.HeldUntil = *held
	}
	d.stored = d.held()
	if err == nil && people != "" {
		d.HasPeople = true
		err = json.Unmarshal([]byte(people), &d.People)
	}
	if err == nil && windows != "" {
		err = json.Unmarshal([]byte(windows), &d.Windows)
	}
	if err == nil && statements != "" {
		err = json.Unmarshal([]byte(statements), &d.Statements)
	}
	if err == nil && more != "" {
		err = json.Unmarshal([]byte(more), &d.more)
	}
	return d, err
}

// draft returns by's draft, made if there is none.
func draft(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID, call ID) (Draft, error) {
	d, err := db.One(ctx, tx, scanDraft, `
		insert into call_draft (id, person_id, order_id, call_id, changed_at) values ($1, $2, $3, $4, $5)
		on conflict (person_id, order_id, call_id) do update set changed_at = excluded.changed_at returning `+draftColumns,
		db.NewID("drf"), string(by.ID), string(id), string(call), tx.Now())
	if err != nil {
		return d, err
	}
	return withOthers(ctx, tx, by, d)
}

const draftColumns = `id, order_id, call_id, reviewer_id, starts_at, minutes, tier, held_until, people, windows, language, matching, statements, more`

func findDraft(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID, call ID) (Draft, error) {
	d, err := db.One(ctx, tx, scanDraft, `select `+draftColumns+` from call_draft where person_id = $1 and order_id = $2 and call_id = $3`,
		string(by.ID), string(id), string(call))
	if err != nil {
		return d, err
	}
	return withOthers(ctx, tx, by, d)
}

// withOthers adds the orders that d is about besides the first, as by may see
// them.
func withOthers(ctx context.Context, tx *db.Tx, by account.Actor, d Draft) (Draft, error) {
	if len(d.more) == 0 {
		return d, nil
	}
	others, err := order.Among(ctx, tx, by, d.more)
	if err != nil || len(others) == 0 {
		return d, err
	}
	d.Others, err = mattersFor(ctx, tx, others)
	return d, err
}

func saveDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	people := ""
	if d.HasPeople {
		text, err := json.Marshal(d.People)
		if err != nil {
			return err
		}
		people = string(text)
	}
	windows, err := spansText(d.Windows)
	if err != nil {
		return err
	}
	statements, err := json.Marshal(d.Statements)
	if err != nil {
		return err
	}
	more, err := json.Marshal(idsOfMatters(d.Others))
	if err != nil {
		return err
	}
	if now := d.held(); now != d.stored {
		touch(tx, d.stored.reviewer, now.reviewer)
	}
	_, err = tx.Exec(ctx, `
		update call_draft set reviewer_id = $1, starts_at = $2, minutes = $3, tier = $4, held_until = $5, people = $6, changed_at = $7,
			windows = $8, language = $9, matching = $10, statements = $11, more = $12 where id = $13`,
		string(d.Reviewer), orNever(d.Slot.Start), d.Slot.Minutes, d.Slot.Tier, orNever(d.HeldUntil), people, tx.Now(),
		windows, d.Language, d.Matching, string(statements), string(more), d.ID)
	return err
}

func dropDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	if d.stored.reviewer != "" || d.Reviewer != "" { // else it holds no time
		if err := letGo(ctx, tx, d.ID); err != nil {
			return err
		}
	}
	touch(tx, d.stored.reviewer, d.Reviewer)
	return tx.Send(ctx, `delete from call_draft where id = $1`, d.ID)
}

// Sweep lets go of what can't be undone any more, of holds that ended, of
// speakers' links to calls long over, and of drafts nobody came back to for a
// month. Holds are dead without it; this is only tidiness.
func Sweep(ctx context.Context, tx *db.Tx) error {
	if err := sealAll(ctx, tx, ""); err != nil {
		return err
	}
	if err := sweepSpeakers(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from claim where expires_at is not null and expires_at <= $1`, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from call_draft where changed_at < $1 and (held_until is null or held_until < $1)`, tx.Now().Add(-30*24*time.Hour))
	return err
}
