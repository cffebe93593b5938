package peer

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// UndoFor is how long a call that was moved or canceled can be put back. Until
// then its old time stays claimed and nobody is told, so that putting it back
// can't fail and no one gets two mails.
const UndoFor = time.Minute

// An Undo is a change that can be taken back.
type Undo struct {
	Version int       // of the call after the change
	Until   time.Time // not included
	Before  Call      // what putting it back restores
}

// reserve is a change's own: what was, and whether the old time still counts
// on its day and week beside the call's new one.
type reserve struct {
	Undo
	callID        ID
	reviewer      account.PersonID
	day           civil.Date
	onDay, onWeek bool
}

// undoHolder holds the old time's claims.
func undoHolder(id ID) string { return "undo_" + string(id) }

// keep makes the change from was to now one that by can take back, and keeps
// the old time. It follows the change in the same transaction.
func keep(ctx context.Context, tx *db.Tx, by account.Actor, was, now Call) (time.Time, error) {
	until := tx.Now().Add(UndoFor)
	before, err := json.Marshal(was)
	if err != nil {
		return until, err
	}
	oldDay, newDay, err := days(ctx, tx, was, now)
	if err != nil {
		return until, err
	}
	other := was.ReviewerID != "" && (was.ReviewerID != now.ReviewerID || newDay.IsZero())
	u := reserve{reviewer: was.ReviewerID, day: oldDay, onDay: other || oldDay != newDay, onWeek: other || weekOf(oldDay) != weekOf(newDay)}
	touch(tx, was.ReviewerID)
	_, err = tx.Exec(ctx, `
		insert into call_undo (call_id, version, state, until, person_id, before, reviewer_id, day, on_day, on_week, starts_at, ends_at)
		values ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(now.ID), now.Version, until, string(by.ID), string(before), string(was.ReviewerID), oldDay, u.onDay, u.onWeek, orNever(was.StartsAt), orNever(was.EndsAt))
	if err != nil || was.ReviewerID == "" {
		return until, err
	}
	if now.Status.Live() { // moving took it off
		if err := u.count(ctx, tx, 1); err != nil {
			return until, err
		}
	}
	return until, keepClaims(ctx, tx, was, now, until)
}

// keepClaims hands the old time's claims, but for those that the call still
// has, to the undo.
func keepClaims(ctx context.Context, tx *db.Tx, was, now Call, until time.Time) error {
	first, last := int64(0), int64(0) // what a call that is over keeps: nothing
	if now.Status.Live() {
		first, last = now.StartsAt.Unix()/quantumSec, now.EndsAt.Unix()/quantumSec
	}
	_, err := tx.Exec(ctx, `
		update claim set kind = 'hold', holder = $1, expires_at = $2
		where holder = $3 and (reviewer_id <> $4 or q < $5 or q >= $6)`,
		undoHolder(was.ID), until, string(was.ID), string(now.ReviewerID), first, last)
	return err
}

// days are the reviewers' own days of a call's old and new times. A call that
// is over has none.
func days(ctx context.Context, tx *db.Tx, was, now Call) (oldDay, newDay civil.Date, err error) {
	if oldDay, err = dayOf(ctx, tx, was); err != nil || !now.Status.Live() {
		return oldDay, civil.Date{}, err
	}
	newDay, err = dayOf(ctx, tx, now)
	return oldDay, newDay, err
}

func dayOf(ctx context.Context, tx *db.Tx, c Call) (civil.Date, error) {
	if c.ReviewerID == "" || c.StartsAt.IsZero() {
		return civil.Date{}, nil
	}
	r, err := review.Get(ctx, tx, c.ReviewerID)
	if err != nil {
		return civil.Date{}, err
	}
	loc, err := civil.Zone(r.TimeZone)
	return civil.DateIn(c.StartsAt, loc), err
}

// count puts the old time back on its week and day (by 1), which moving has
// just taken it off, so that no cap can be in the way; or takes it off (by -1).
func (u reserve) count(ctx context.Context, tx *db.Tx, by int) error {
	if u.onWeek {
		_, err := tx.Exec(ctx, `update reviewer_week set booked = booked + $1 where reviewer_id = $2 and week = $3 and booked + $1 >= 0`, by, string(u.reviewer), weekOf(u.day))
		if err != nil {
			return err
		}
	}
	if u.onDay {
		_, err := tx.Exec(ctx, `update reviewer_day set booked = booked + $1 where reviewer_id = $2 and day = $3 and booked + $1 >= 0`, by, string(u.reviewer), u.day)
		return err
	}
	return nil
}

const undoColumns = `call_id, version, until, before, reviewer_id, day, on_day, on_week`

func scanReserve(r db.Row) (u reserve, err error) {
	var before string
	var day *civil.Date
	if err = r.Scan((*string)(&u.callID), &u.Version, &u.Until, &before, (*string)(&u.reviewer), &day, &u.onDay, &u.onWeek); err != nil {
		return u, err
	}
	if day != nil {
		u.day = *day
	}
	return u, json.Unmarshal([]byte(before), &u.Before)
}

// Undoable returns the change of c that by could take back now if they see all
// its orders, nil if there is none.
func Undoable(ctx context.Context, tx *db.Tx, by account.Actor, c Call) (*Undo, error) {
	if mayTouch(by, c) != nil {
		return nil, nil //nolint:nilerr // who may not change a call is offered nothing
	}
	u, err := openUndo(ctx, tx, c.ID)
	if err != nil || u == nil || u.Version != c.Version || !u.Until.After(tx.Now()) {
		return nil, err
	}
	return &u.Undo, nil
}

func openUndo(ctx context.Context, tx *db.Tx, id ID) (*reserve, error) {
	all, err := db.All(ctx, tx, scanReserve, `select `+undoColumns+` from call_undo where call_id = $1 and state = 'open'`, string(id))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// PutBack takes back the last change of c: its old time, reviewer and status
// return, and nobody hears of the change. If the minute is over, or something
// was done since, the error is a Conflict.
func PutBack(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) (Call, error) {
	if err := mayChange(ctx, tx, by, c); err != nil {
		return c, err
	}
	u, err := openUndo(ctx, tx, c.ID)
	if err != nil {
		return c, err
	}
	if u == nil || u.Version != c.Version || !u.Until.After(tx.Now()) {
		return c, fault.New(fault.Conflict, "It's too late to undo this. Nothing was changed.")
	}
	from := c.Status
	if err := u.restore(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := addEvent(ctx, tx, by, c, "undone", from, describe(c, "undone")); err != nil {
		return c, err
	}
	orders, err := ordersOf(ctx, tx, c, o)
	if err != nil {
		return c, err
	}
	if err := noteEach(ctx, tx, by, orders, describe(c, "undone")); err != nil {
		return c, err
	}
	if c.Status == Requested && c.StartsAt.IsZero() { // nobody has looked for a time meanwhile
		if err := again(ctx, tx, c); err != nil {
			return c, err
		}
	}
	return c, auditEach(ctx, tx, by, "call.undone", c, orders)
}

// restore makes c what it was, and the live call of all its orders again:
// whoever booked another about one of them, or took one out, has made the
// change final. The row of the call comes first, then days,
// then claims, as everywhere.
func (u *reserve) restore(ctx context.Context, tx *db.Tx, c *Call) error {
	moved := *c
	b := u.Before
	c.Status, c.ReviewerID, c.StartsAt, c.EndsAt, c.Zone, c.Offset = b.Status, b.ReviewerID, b.StartsAt, b.EndsAt, b.Zone, b.Offset
	c.UIDReviewer, c.Tier, c.Trace, c.Matching, c.Language = b.UIDReviewer, b.Tier, b.Trace, b.Matching, b.Language
	c.CancelReason, c.CancelNote = b.CancelReason, b.CancelNote
	if err := update(ctx, tx, c); err != nil {
		return err
	}
	touch(tx, u.reviewer)
	err := db.Changed(tx.Exec(ctx, `update call_undo set state = 'undone' where call_id = $1 and version = $2 and state = 'open'`, string(u.callID), u.Version))
	if err != nil {
		return err
	}
	if moved.Status.Live() {
		if err := u.leaveNew(ctx, tx, moved); err != nil {
			return err
		}
	}
	if err := letGo(ctx, tx, string(c.ID)); err != nil {
		return err
	}
	if err := letGo(ctx, tx, undoHolder(c.ID)); err != nil || c.ReviewerID == "" {
		return err
	}
	n, err := insertClaims(ctx, tx, string(c.ID), nil, c.ReviewerID, quantaOf(Slot{Start: c.StartsAt, Minutes: c.Minutes()}))
	if err == nil && n < int64(c.Minutes())*60/quantumSec {
		return taken()
	}
	return err
}

// leaveNew takes the new time off its week and day, where they are others than
// the old time's.
func (u *reserve) leaveNew(ctx context.Context, tx *db.Tx, moved Call) error {
	day, err := dayOf(ctx, tx, moved)
	if err != nil {
		return err
	}
	at := reserve{reviewer: moved.ReviewerID, day: day, onDay: u.onDay, onWeek: u.onWeek}
	return at.count(ctx, tx, -1)
}

// WasUndone reports whether the change that n tells of was taken back, so
// that nobody need hear of it.
func WasUndone(ctx context.Context, tx *db.Tx, n Notice) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from call_undo where call_id = $1 and version = $2 and state = 'undone'`, string(n.CallID), n.Version)
}

// seal makes c's last change final, before the next. It begins by taking the
// call's row, if nobody was first, so that two changes of one call never wait
// for each other in a circle.
func seal(ctx context.Context, tx *db.Tx, c Call) error {
	err := db.Changed(tx.Exec(ctx, `update call set changed_at = $1 where id = $2 and version = $3`, tx.Now(), string(c.ID), c.Version))
	if err != nil {
		return err
	}
	u, err := openUndo(ctx, tx, c.ID)
	if err != nil || u == nil {
		return err
	}
	return u.seal(ctx, tx)
}

// sealOrders makes the last changes of some orders' calls final, since another
// call about them is booked. There are none where no call was ever made.
func sealOrders(ctx context.Context, tx *db.Tx, about []Matter) error {
	var ids []order.ID
	for _, m := range about {
		if !m.Standing.uncalled {
			ids = append(ids, m.Order.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, scanReserve, `select `+undoColumns+` from call_undo
		where state = 'open' and call_id in (select call_id from call_order where order_id in `+list+`) order by call_id`, args...)
	if err != nil {
		return err
	}
	return sealEach(ctx, tx, all)
}

func (u *reserve) seal(ctx context.Context, tx *db.Tx) error {
	touch(tx, u.reviewer)
	n, err := tx.Exec(ctx, `update call_undo set state = 'final' where call_id = $1 and version = $2 and state = 'open'`, string(u.callID), u.Version)
	if err != nil || n == 0 {
		return err
	}
	if err := u.count(ctx, tx, -1); err != nil {
		return err
	}
	return letGo(ctx, tx, undoHolder(u.callID))
}

// sealAll makes final every change whose minute is over; of one reviewer, or
// of all if reviewer is "".
func sealAll(ctx context.Context, tx *db.Tx, reviewer account.PersonID) error {
	over, err := db.All(ctx, tx, scanReserve, `
		select `+undoColumns+` from call_undo where state = 'open' and until <= $1 and (reviewer_id = $2 or $2 = '')
		order by reviewer_id, day, call_id limit 500`, tx.Now(), string(reviewer))
	if err != nil {
		return err
	}
	return sealEach(ctx, tx, over)
}

func sealEach(ctx context.Context, tx *db.Tx, all []reserve) error {
	for _, u := range all {
		if err := u.seal(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
