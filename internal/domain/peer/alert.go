package peer

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// An Alert is an office's wish for an earlier time than the one its call has.
type Alert struct {
	CallID  ID
	Person  account.PersonID // who asked, and is asked
	Move    bool             // the call is moved by itself; else the office is asked
	Part    string           // of the day in the call's zone: "morning", "afternoon" or "" for any
	Notice  int              // hours there must be left before the earlier time
	Offered *Slot            // the time kept for the office now, nil for none
	Until   time.Time        // while Offered is kept
	refused []time.Time      // times that the office let pass
}

// OfferFor is how long an earlier time is kept for the office alone.
const OfferFor = 15 * time.Minute

// farApart is how far from a time that the office let pass the next one offered
// lies: who can't at 10:00 isn't asked about 10:15.
const farApart = 2 * time.Hour

// Notices are the hours that an office can want beforehand.
var Notices = []int{2, 24, 48}

// WantEarlier has the program look for an earlier time for c, and says so to
// nobody. A wish that stands is replaced. Who may: who may move c.
func WantEarlier(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, a Alert) error {
	if err := mayChange(ctx, tx, by, c); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(a.Part == "" || a.Part == "morning" || a.Part == "afternoon", "part", "Select a part of the day")
	f.Check(slices.Contains(Notices, a.Notice), "notice", "Select how long before you need to know")
	if err := f.Err(); err != nil {
		return err
	}
	if !MayWantEarlier(c, tx.Now()) {
		return fault.New(fault.Conflict, "This call is %s. There is no earlier time to look for.", c.Status.Words())
	}
	if err := dropAlert(ctx, tx, c); err != nil {
		return err
	}
	mode := map[bool]string{true: "move", false: "offer"}[a.Move]
	_, err := tx.Exec(ctx, `insert into call_alert (call_id, person_id, mode, part, notice_hours, added_at) values ($1, $2, $3, $4, $5, $6)`,
		string(c.ID), string(by.ID), mode, a.Part, a.Notice, tx.Now())
	if err != nil {
		return err
	}
	if err := alertEvent(ctx, tx, by, c, o, "alert", "The office wants an earlier time if one opens."); err != nil {
		return err
	}
	return job.Add(ctx, tx, Seek{c.ID})
}

// MayWantEarlier reports whether an earlier time could be had for c.
func MayWantEarlier(c Call, now time.Time) bool {
	return (c.Status == Scheduled || c.Status == Confirmed) && now.Before(c.StartsAt.Add(-time.Hour))
}

// StopAlert ends the wish, and lets go of what is kept for it.
func StopAlert(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	if err := mayChange(ctx, tx, by, c); err != nil {
		return err
	}
	a, err := AlertOf(ctx, tx, c)
	if err != nil || a == nil {
		return err
	}
	if err := dropAlert(ctx, tx, c); err != nil {
		return err
	}
	return alertEvent(ctx, tx, by, c, o, "alert_off", "The office no longer looks for an earlier time.")
}

func alertEvent(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, kind string, text words.Text) error {
	if err := addEvent(ctx, tx, by, c, kind, c.Status, text); err != nil {
		return err
	}
	e := by.Audit("call."+kind, "call", string(c.ID))
	e.MemberID = o.MemberID
	return auditRecord(ctx, tx, e)
}

// dropAlert forgets a wish with the draft that keeps a time for it.
func dropAlert(ctx context.Context, tx *db.Tx, c Call) error {
	a, err := AlertOf(ctx, tx, c)
	if err != nil || a == nil {
		return err
	}
	if err := a.letPass(ctx, tx, c); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `delete from call_alert where call_id = $1`, string(c.ID))
	return err
}

// letPass lets go of the time that is kept for the wish.
func (a Alert) letPass(ctx context.Context, tx *db.Tx, c Call) error {
	if a.Offered == nil {
		return nil
	}
	d, err := findDraft(ctx, tx, account.Actor{ID: a.Person}, c.OrderID, c.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return dropDraft(ctx, tx, d)
}

// AlertOf is the wish that stands for a call, nil for none. The caller has
// read the call.
func AlertOf(ctx context.Context, tx *db.Tx, c Call) (*Alert, error) {
	all, err := db.All(ctx, tx, func(r db.Row) (a Alert, err error) {
		var mode, refused string
		var at, until *time.Time
		var minutes int
		err = r.Scan((*string)(&a.CallID), (*string)(&a.Person), &mode, &a.Part, &a.Notice, &at, &minutes, &until, &refused)
		a.Move = mode == "move"
		if at != nil && until != nil {
			a.Offered, a.Until = &Slot{Start: *at, Minutes: minutes}, *until
		}
		if err == nil && refused != "" {
			err = json.Unmarshal([]byte(refused), &a.refused)
		}
		return a, err
	}, `select call_id, person_id, mode, part, notice_hours, offered_at, offered_minutes, offered_until, refused from call_alert where call_id = $1`, string(c.ID))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Seek looks for an earlier time for a call. See app/reactions.go.
type Seek struct{ CallID ID }

// Kind names the event.
func (Seek) Kind() string { return "peer.seek" }

// Found announces an earlier time that is kept for the office.
type Found struct {
	Notice
	Earlier time.Time
	Until   time.Time // while it is kept
}

// Kind names the event.
func (Found) Kind() string { return "peer.found" }

// SeekEarlier looks once, and comes back in a minute while the wish stands.
func SeekEarlier(ctx context.Context, tx *db.Tx, e Seek) error {
	c, err := byID(ctx, tx, e.CallID)
	if err != nil {
		return err
	}
	a, err := AlertOf(ctx, tx, c)
	if err != nil || a == nil {
		return err
	}
	by, err := account.Act(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	by.Verified = true // who asked was, and asks no more than was granted then
	err = mayChange(ctx, tx, by, c)
	if !MayWantEarlier(c, tx.Now()) || fault.Is(err, fault.Denied) {
		return dropAlert(ctx, tx, c)
	}
	if err != nil {
		return err
	}
	stays, err := a.seek(ctx, tx, by, c)
	if err != nil || !stays {
		return err
	}
	return job.Add(ctx, tx, Seek{c.ID}, job.At(tx.Now().Add(fillEvery)))
}

// seek takes the first earlier time for the office, or keeps it and asks.
// stays says that the wish goes on.
func (a *Alert) seek(ctx context.Context, tx *db.Tx, by account.Actor, c Call) (stays bool, err error) {
	if a.Offered != nil && tx.Now().Before(a.Until) {
		return true, nil
	}
	if a.Offered != nil {
		if err := a.pass(ctx, tx, c); err != nil {
			return false, err
		}
	}
	o, err := order.ByID(ctx, tx, by, c.OrderID)
	if err != nil {
		return false, err
	}
	st, err := Stand(ctx, tx, by, o)
	if err != nil {
		return false, err
	}
	offer, err := offerFor(ctx, tx, o, st, &c, Draft{}, nil)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(offer.Slots, func(s Slot) bool { return a.fits(c, s, tx.Now()) })
	if i < 0 {
		return true, nil
	}
	if a.Move {
		return a.take(ctx, tx, by, c, o, st, offer.Slots[i])
	}
	return true, a.offer(ctx, tx, by, c, o, st, offer.Slots[i])
}

// fits reports whether a time is what the office wants.
func (a *Alert) fits(c Call, s Slot, now time.Time) bool {
	near := func(refused time.Time) bool { return s.Start.Sub(refused).Abs() < farApart }
	if !s.Start.Before(c.StartsAt) || s.Start.Before(now.Add(time.Duration(a.Notice)*time.Hour)) || slices.ContainsFunc(a.refused, near) {
		return false
	}
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		return false
	}
	morning := s.Start.In(loc).Hour() < 12
	return a.Part == "" || morning == (a.Part == "morning")
}

// take moves the call. The office can still put it back for a minute, as
// after any move.
func (a *Alert) take(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, st Standing, s Slot) (stays bool, err error) {
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		return false, err
	}
	err = tx.Try(ctx, func() error {
		_, err := Reschedule(ctx, tx, by, c, o, st, s, loc)
		return err
	})
	if fault.Is(err, fault.Conflict) { // somebody was first
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, dropAlert(ctx, tx, c)
}

// offer keeps the time for the office and asks.
func (a *Alert) offer(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, st Standing, s Slot) error {
	err := tx.Try(ctx, func() error {
		_, err := holdFor(ctx, tx, by, o, st, &c, s, OfferFor)
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	until := tx.Now().Add(OfferFor)
	_, err = tx.Exec(ctx, `update call_alert set offered_at = $1, offered_minutes = $2, offered_until = $3 where call_id = $4`, s.Start, s.Minutes, until, string(c.ID))
	if err != nil {
		return err
	}
	return job.Add(ctx, tx, Found{Notice: c.notice(), Earlier: s.Start, Until: until})
}

// pass notes that the office let an offer pass, so that it isn't made again.
func (a *Alert) pass(ctx context.Context, tx *db.Tx, c Call) error {
	if err := a.letPass(ctx, tx, c); err != nil {
		return err
	}
	a.refused = append(a.refused, a.Offered.Start)
	a.Offered = nil
	text, err := json.Marshal(a.refused)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update call_alert set offered_at = null, offered_until = null, refused = $1 where call_id = $2`, string(text), string(c.ID))
	return err
}

// TakeEarlier moves c to the time that is kept for its office. If that is
// over, the error is a Conflict and the call stays where it is.
func TakeEarlier(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, st Standing, zone *time.Location) (Call, error) {
	a, err := AlertOf(ctx, tx, c)
	if err != nil {
		return c, err
	}
	if a == nil || a.Offered == nil || !tx.Now().Before(a.Until) {
		return c, fault.New(fault.Conflict, "The earlier time is no longer kept for you. Your call stays where it is.")
	}
	if err := dropAlert(ctx, tx, c); err != nil { // in one step with the move: nobody comes between
		return c, err
	}
	return Reschedule(ctx, tx, by, c, o, st, *a.Offered, zone)
}

// KeepTime lets an offer pass; the wish stands.
func KeepTime(ctx context.Context, tx *db.Tx, by account.Actor, c Call) error {
	if err := mayChange(ctx, tx, by, c); err != nil {
		return err
	}
	a, err := AlertOf(ctx, tx, c)
	if err != nil || a == nil || a.Offered == nil {
		return err
	}
	return a.pass(ctx, tx, c)
}
