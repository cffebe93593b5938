package peer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Day is what is noted about a call on its day.
type Day struct {
	Notes                          string // the reviewer's own; never shown to the office
	NameChecked, CredentialChecked bool   // the speaker said who they are
	CheckedBy                      string
	CheckedAt                      *time.Time
	Late                           int // minutes the office says it is late; 0 for none
	LateAt                         *time.Time
}

// DayOf returns what is noted about a call. Notes are for those who may read
// clinical files; the caller keeps them from everybody else.
func DayOf(ctx context.Context, tx *db.Tx, c Call) (Day, error) {
	all, err := db.All(ctx, tx, func(r db.Row) (d Day, err error) {
		return d, r.Scan(&d.Notes, &d.NameChecked, &d.CredentialChecked, &d.CheckedAt, &d.CheckedBy, &d.Late, &d.LateAt)
	}, `select notes, name_checked, credential_checked, checked_at, checked_by, late_minutes, late_at from call_day where call_id = $1`, string(c.ID))
	if err != nil || len(all) == 0 {
		return Day{}, err
	}
	return all[0], nil
}

// needDay makes the row of a call's day, if it has none.
func needDay(ctx context.Context, tx *db.Tx, id ID) error {
	_, err := tx.Exec(ctx, `insert into call_day (call_id) values ($1) on conflict do nothing`, string(id))
	return err
}

// newDay forgets what was said for the time that a call no longer has; the
// notes stay.
func newDay(ctx context.Context, tx *db.Tx, id ID) error {
	_, err := tx.Exec(ctx, `
		update call_day set late_minutes = 0, late_at = null, name_checked = $1, credential_checked = $1, checked_at = null, checked_by = '' where call_id = $2`,
		false, string(id))
	return err
}

const mostNotes = 10_000 // characters

// SaveDay keeps a reviewer's notes, the identity check, and what is chosen
// and typed of the outcomes so far, by order. It changes nothing that others
// see. Who may: the reviewer who has the call, until its outcome is recorded.
func SaveDay(ctx context.Context, tx *db.Tx, by account.Actor, c Call, d Day, said map[order.ID]Said) error {
	if err := mustHave(by, c); err != nil {
		return err
	}
	if !c.Status.Live() || c.Status == Requested {
		return fault.New(fault.Conflict, "This call is %s. Its notes stay as they are.", c.Status.Words())
	}
	f := fault.Fields{}
	f.Check(len([]rune(d.Notes)) <= mostNotes, "notes", "Notes must be 10,000 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	if err := needDay(ctx, tx, c.ID); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update call_day set notes = $1 where call_id = $2 and notes <> $1`, d.Notes, string(c.ID))
	if err != nil {
		return err
	}
	checked, err := tx.Exec(ctx, `
		update call_day set name_checked = $1, credential_checked = $2, checked_at = $3, checked_by = $4
		where call_id = $5 and (name_checked <> $1 or credential_checked <> $2)`, d.NameChecked, d.CredentialChecked, tx.Now(), by.Name, string(c.ID))
	if err != nil {
		return err
	}
	if err := saveDrafts(ctx, tx, c, said); err != nil || n+checked == 0 {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("call.noted", "call", string(c.ID)))
}

// Lates are by how many minutes an office can say it is late. Beyond them a
// call is better moved.
var Lates = []int{5, 10, 15}

// LateFrom is when an office can first say that it is late for a call.
func LateFrom(c Call) time.Time { return c.StartsAt.Add(-2 * time.Hour) }

// MayBeLate reports whether an office can say now that it is late for c.
func MayBeLate(c Call, now time.Time) bool {
	return (c.Status == Scheduled || c.Status == Confirmed) && !now.Before(LateFrom(c)) && now.Before(c.EndsAt)
}

// RunLate tells the reviewer that the office is some minutes late. Who may:
// who books calls, and who speaks in this one, from two hours before the call
// until its end.
func RunLate(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, late int) (Call, error) {
	if err := maySpeak(by, c); err != nil {
		return c, err
	}
	if !MayBeLate(c, tx.Now()) {
		return c, fault.New(fault.Conflict, "You can say that you're running late from 2 hours before a call until its end.")
	}
	if !slices.Contains(Lates, late) {
		return c, fault.Fields{"late": "Select 5, 10 or 15 minutes. If you need longer, reschedule the call"}.Err()
	}
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := needDay(ctx, tx, c.ID); err != nil {
		return c, err
	}
	if _, err := tx.Exec(ctx, `update call_day set late_minutes = $1, late_at = $2 where call_id = $3`, late, tx.Now(), string(c.ID)); err != nil {
		return c, err
	}
	return c, tell(ctx, tx, by, c, o, "late", words.Say("The office is running %s minutes late.", strconv.Itoa(late)), RunningLate{c.notice(), late})
}

// ChangePhone sets how the speaker of a call is reached: its two numbers with
// their extensions, and what to say or press. The checks are those of booking.
// The reviewer is told if the call is less than a day away. Who may: who books
// calls, and who speaks in this one, before the call begins.
func ChangePhone(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, p People) (Call, error) {
	if err := maySpeak(by, c); err != nil {
		return c, err
	}
	if !MayChangePhone(c, tx.Now()) {
		return c, fault.New(fault.Conflict, "The number can be changed until the call begins.")
	}
	people := c.People
	people.Phone, people.Extension, people.BackupPhone, people.BackupExtension, people.Instructions = p.Phone, p.Extension, p.BackupPhone, p.BackupExtension, p.Instructions
	if err := checkPeople(people, ""); err != nil {
		return c, err
	}
	people.Phone, people.BackupPhone = provider.TidyPhone(people.Phone), provider.TidyPhone(people.BackupPhone)
	if people == c.People {
		return c, nil
	}
	c.People = people
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	var args job.Args
	if c.ReviewerID != "" && !c.StartsAt.IsZero() && c.StartsAt.Sub(tx.Now()) < 24*time.Hour {
		args = PhoneChanged{c.notice()}
	}
	return c, tell(ctx, tx, by, c, o, "phone", "The office changed the number to call.", args)
}

// MayChangePhone reports whether the number of c can still be changed.
func MayChangePhone(c Call, now time.Time) bool {
	return c.Status.Live() && c.Status != InCall && (c.StartsAt.IsZero() || now.Before(c.StartsAt))
}

// tell leaves what a change leaves that is not a step in a call's life: its
// event, a line in each order's timeline, an audit row for each member, and the
// job that tells people, if somebody is to be told.
func tell(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, kind string, text words.Text, args job.Args) error {
	if err := addEvent(ctx, tx, by, c, kind, c.Status, text); err != nil {
		return err
	}
	orders, err := ordersOf(ctx, tx, c, o)
	if err != nil {
		return err
	}
	if err := noteEach(ctx, tx, by, orders, words.Say("Peer-to-peer: %s", text)); err != nil {
		return err
	}
	if err := auditEach(ctx, tx, by, "call."+kind, c, orders); err != nil || args == nil {
		return err
	}
	return job.Add(ctx, tx, args)
}

// MissedDone takes a missed call off the board, when it needs no other: the
// office was called, or wants none. Who may: schedulers.
func MissedDone(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return err
	}
	if c.Status != Missed {
		return fault.New(fault.Conflict, "This call is %s.", c.Status.Words())
	}
	if err := needDay(ctx, tx, c.ID); err != nil {
		return err
	}
	err := db.Changed(tx.Exec(ctx, `update call_day set closed_at = $1, closed_by = $2 where call_id = $3 and closed_at is null`, tx.Now(), by.Name, string(c.ID)))
	if err != nil {
		return err
	}
	return tell(ctx, tx, by, c, o, "closed", "The missed call was followed up.", nil)
}
