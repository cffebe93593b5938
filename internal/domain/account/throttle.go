package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A limit bounds how often something may be tried that should hardly ever
// fail. After each round of tries there is a pause, twice as long each time;
// what was counted is forgotten after the window.
type limit struct {
	key    string
	tries  int
	window time.Duration
	advice string // what to do besides waiting
	of     string // what there were too many of; "" for tries
}

const (
	pause        = 15 * time.Minute
	longestPause = 24 * time.Hour

	// SP 800-63B-4 3.2.2 allows no more than 100 failures in a row. We stop
	// there for the rest of the window rather than for ever, so that nobody
	// can take someone's account away by failing on purpose.
	mostFailures = 100

	week = 7 * 24 * time.Hour
)

// A password typed at a device its owner has trusted counts on its own, so
// that a stranger's failures elsewhere never keep the owner out. An office
// has many people behind one address, and may fail more often.
func accountLimit(email string) limit {
	return limit{"account|" + secret.HashToken(email), 10, week, reset, ""}
}
func deviceLimit(id string) limit       { return limit{"device|" + id, 10, week, reset, ""} }
func sessionLimit(id string) limit      { return limit{"session|" + id, 10, week, reset, ""} }
func addressLimit(address string) limit { return limit{"address|" + address, 100, pause, reset, ""} }
func codeLimit(id PersonID) limit {
	return limit{"code|" + string(id), 10, week, " and enter the newest code", ""}
}
func mailLimit(id PersonID) limit {
	return limit{"mail|" + string(id), 10, time.Hour, " for another code", ""}
}

// Who looks an order up by its number and the patient's birth date should
// hardly ever be wrong. Finding one doesn't have the tries forgotten: else an
// order one knows would buy ten more.
func lookupLimit(id PersonID) limit {
	return limit{"lookup|" + string(id), 10, time.Hour, ", or choose from the orders on the page", ""}
}

// CountLookup notes that by looks for an order by its number and birth date,
// before it is known whether they fit. The transaction must commit, whatever
// comes of it. In a pause the error is a TooMany fault.
func CountLookup(ctx context.Context, tx *db.Tx, by Actor) error {
	_, err := lookupLimit(by.ID).count(ctx, tx)
	return err
}

// Who takes down requests finds patients all day, but not one a minute for an
// hour; and who types from cards is seldom wrong twenty times. More than that is
// somebody who goes through names and numbers. An office has many people.
func searchLimits(by Actor) []limit {
	const advice = ", or call us"
	return []limit{
		{"search|" + string(by.ID), 60, time.Hour, advice, "patient searches"},
		{"search org|" + by.Seat().OrganizationID, 600, time.Hour, advice, "patient searches in your office"},
	}
}

func missLimits(by Actor) []limit {
	const advice = ", or call us with the card at hand"
	return []limit{
		{"search miss|" + string(by.ID), 20, time.Hour, advice, "searches that found nobody"},
		{"search miss org|" + by.Seat().OrganizationID, 200, time.Hour, advice, "searches in your office that found nobody"},
	}
}

// CountPatientSearch notes that by looks for a patient, before it is known
// whether there is one. The transaction must commit, whatever comes of it. In a
// pause the error is a TooMany fault, and the audit says that somebody was
// stopped.
func CountPatientSearch(ctx context.Context, tx *db.Tx, by Actor) error {
	for _, l := range missLimits(by) {
		if err := l.heed(ctx, tx); err != nil {
			return stopped(ctx, tx, by, err)
		}
	}
	for _, l := range searchLimits(by) {
		if _, err := l.count(ctx, tx); err != nil {
			return stopped(ctx, tx, by, err)
		}
	}
	return nil
}

// CountPatientMiss notes that a search found nobody.
func CountPatientMiss(ctx context.Context, tx *db.Tx, by Actor) error {
	for _, l := range missLimits(by) {
		if _, err := l.count(ctx, tx); err != nil && !fault.Is(err, fault.TooMany) {
			return err
		}
	}
	return nil
}

func stopped(ctx context.Context, tx *db.Tx, by Actor, err error) error {
	if fault.Is(err, fault.TooMany) {
		return errors.Join(record(ctx, tx, by, "person.search_stopped", by.ID, by.Seat().OrganizationID), err)
	}
	return err
}

// A speaker's tries count for the call, whichever link they come by, and go on
// counting when a new code is asked for.
func speakerLimit(call string) limit {
	return limit{"speaker|" + call, 5, week, " or ask the office to arrange the call", ""}
}
func speakerMailLimit(call string) limit {
	return limit{"speaker mail|" + call, 10, time.Hour, " for another code", ""}
}

// CountSpeakerCode notes one more try at a speaker's code before it is known
// whether it is right. left is how many more there are; in a pause the error
// is a TooMany fault. The transaction must commit, whatever comes of it.
func CountSpeakerCode(ctx context.Context, tx *db.Tx, call string) (left int, err error) {
	return speakerLimit(call).count(ctx, tx)
}

// HeedSpeakerCode returns a TooMany fault while there is a pause.
func HeedSpeakerCode(ctx context.Context, tx *db.Tx, call string) error {
	return speakerLimit(call).heed(ctx, tx)
}

// ForgetSpeakerCode forgets the tries before the one that was right.
func ForgetSpeakerCode(ctx context.Context, tx *db.Tx, call string) error {
	return speakerLimit(call).forget(ctx, tx)
}

// CountSpeakerMail notes that a code is mailed to a call's speaker, so that
// nobody who has a link fills the mailbox.
func CountSpeakerMail(ctx context.Context, tx *db.Tx, call string) error {
	_, err := speakerMailLimit(call).count(ctx, tx)
	return err
}

const reset = " or reset your password"

// count notes one more try before it is known to have failed, so that of many
// made at once only as many are heard as are left. A try that succeeds has it
// forgotten. left is how many more there are before a pause; in a pause the
// error is a TooMany fault.
func (l limit) count(ctx context.Context, tx *db.Tx) (left int, err error) {
	n, err := db.One(ctx, tx, db.Value[int], `
		insert into throttle (key, failures, since) values ($1, 1, $2)
		on conflict (key) do update set
			failures = case when throttle.since < $3 then 1 else throttle.failures + 1 end,
			since = case when throttle.since < $3 then excluded.since else throttle.since end,
			blocked_until = null
		where throttle.blocked_until is null or throttle.blocked_until <= $2
		returning failures`, l.key, tx.Now(), tx.Now().Add(-l.window))
	if fault.Is(err, fault.NotFound) {
		return 0, l.heed(ctx, tx)
	}
	if err != nil || n%l.tries != 0 {
		return l.tries - n%l.tries, err
	}
	_, err = tx.Exec(ctx, `update throttle set blocked_until = $1 where key = $2`, tx.Now().Add(l.pauseAfter(n)), l.key)
	return 0, err
}

func (l limit) pauseAfter(failures int) time.Duration {
	if failures >= mostFailures {
		return l.window
	}
	return min(pause<<(failures/l.tries-1), longestPause)
}

// heed returns a TooMany fault while there is a pause.
func (l limit) heed(ctx context.Context, tx *db.Tx) error {
	until, err := db.All(ctx, tx, db.Value[time.Time],
		`select blocked_until from throttle where key = $1 and blocked_until > $2`, l.key, tx.Now())
	if err != nil || len(until) == 0 {
		return err
	}
	return l.paused(until[0].Sub(tx.Now()))
}

func (l limit) paused(left time.Duration) error {
	return fault.New(fault.TooMany, "Too many %s. Wait %s%s", cmp.Or(l.of, "tries"), wait(left), l.advice)
}

// wait rounds up, so that whoever waits as told is let in.
func wait(left time.Duration) string {
	if left > time.Hour {
		return civil.Left(left.Truncate(time.Hour) + time.Hour).String()
	}
	minutes := int((left + time.Minute - 1) / time.Minute)
	if minutes == 1 {
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", minutes)
}

func (l limit) forget(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `delete from throttle where key = $1`, l.key)
	return err
}
