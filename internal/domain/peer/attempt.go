package peer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Dial is one attempt of a reviewer to reach the office.
type Dial struct {
	N              int
	At             time.Time
	ByName, Result string
}

// Answered is the result of an attempt that reached the office.
const Answered = "answered"

// Results of an attempt: what the reviewer presses, and what both sides read.
var Results = []struct{ Value, Button, Words string }{
	{Answered, "Reached", "the office answered"},
	{"no_answer", "No answer", "no answer"},
	{"voicemail", "Voicemail", "we left a voicemail"},
	{"busy", "Busy", "the line was busy"},
	{"wrong_number", "Wrong number", "wrong number"},
	{"asked_to_call_back", "Asked to call back", "we were asked to call back"},
}

// Words is what came of the attempt, as both sides read it: "no answer".
func (d Dial) Words() string { return resultWords(d.Result) }

func resultWords(value string) string {
	for _, r := range Results {
		if r.Value == value {
			return r.Words
		}
	}
	return ""
}

// mustHave refuses everybody but the reviewer who has the call.
func mustHave(by account.Actor, c Call) error {
	if by.ID != c.ReviewerID || !by.Can(account.HoldCalls) {
		return fault.New(fault.Denied, "Only the reviewer who has the call can say what came of it.")
	}
	return nil
}

// Attempt logs that the reviewer called the office now, and what came of it.
// Once the office answers the call is going on; an attempt after that which
// nobody answers means that it was cut off. Who may: the reviewer who has the
// call, from five minutes before its time until an hour after its end.
func Attempt(ctx context.Context, tx *db.Tx, by account.Actor, c Call, result string) (Call, error) {
	if err := mustHave(by, c); err != nil {
		return c, err
	}
	if err := callable(c, tx.Now()); err != nil {
		return c, err
	}
	if resultWords(result) == "" {
		return c, fault.Fields{"result": "Select what came of the attempt"}.Err()
	}
	from := c.Status
	switch {
	case result == Answered:
		c.Status = InCall
	case from == InCall:
		c.Status = Scheduled
	}
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := insertDial(ctx, tx, by, c, result); err != nil {
		return c, err
	}
	if err := addEvent(ctx, tx, by, c, "attempt", from, words.Say("We called: %s.", words.Text(resultWords(result)))); err != nil {
		return c, err
	}
	e := by.Audit("call.attempt", "call", string(c.ID))
	e.Detail = result
	return c, auditRecord(ctx, tx, e)
}

// MayCall reports whether attempts for c can be logged now.
func MayCall(c Call, now time.Time) bool { return callable(c, now) == nil }

// CallFrom is from when attempts for c can be logged.
func CallFrom(c Call) time.Time { return c.StartsAt.Add(-early) }

// callable refuses calls that are not to be made, or not now.
func callable(c Call, now time.Time) error {
	switch {
	case c.Status != Scheduled && c.Status != Confirmed && c.Status != InCall:
		return fault.New(fault.Conflict, "This call is %s, so there is nobody to call.", c.Status.Words())
	case now.Before(CallFrom(c)):
		return fault.New(fault.Conflict, "This call has not begun yet. You can record attempts from 5 minutes before it.")
	case !now.Before(c.EndsAt.Add(grace)):
		return fault.New(fault.Conflict, "The time for this call has gone by.")
	}
	return nil
}

// Dials are the attempts made for the time a call has now, the first one
// first. Whoever has read the call may see them.
func Dials(ctx context.Context, tx *db.Tx, c Call) ([]Dial, error) {
	return db.All(ctx, tx, func(r db.Row) (d Dial, err error) { return d, r.Scan(&d.N, &d.At, &d.ByName, &d.Result) },
		`select n, at, by_name, result from call_attempt where call_id = $1 and starts_at = $2 order by n`, string(c.ID), orNever(c.StartsAt))
}

func insertDial(ctx context.Context, tx *db.Tx, by account.Actor, c Call, result string) error {
	_, err := tx.Exec(ctx, `
		insert into call_attempt (call_id, n, starts_at, at, by_id, by_name, result)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6 from call_attempt where call_id = $1`,
		string(c.ID), c.StartsAt, tx.Now(), string(by.ID), by.Name, result)
	return err
}

// inVain are the attempts since anybody answered.
func inVain(dials []Dial) []Dial {
	for i, d := range slices.Backward(dials) {
		if d.Result == Answered {
			return dials[i+1:]
		}
	}
	return dials
}

// counted is how many attempts count, and when the last of them was: each is
// at least so long after the one before. Three calls in one minute are one.
func counted(dials []Dial, apart time.Duration) (n int, last time.Time) {
	for _, d := range dials {
		if n == 0 || !d.At.Before(last.Add(apart)) {
			n, last = n+1, d.At
		}
	}
	return n, last
}

// NextAttempt is when another attempt counts, and how many are still needed
// before the office counts as not reached. late is by how many minutes it said
// it is late: it is not given up before that.
func NextAttempt(c Call, p plan.Program, dials []Dial, late int) (at time.Time, needed int) {
	apart, dials := time.Duration(p.AttemptsApart)*time.Minute, inVain(dials)
	n, last := counted(dials, apart)
	at, needed = c.StartsAt, max(0, p.AttemptsNeeded-n)
	if n > 0 {
		at = last.Add(apart)
	}
	from := c.StartsAt.Add(time.Duration(late) * time.Minute)
	if late > 0 && !slices.ContainsFunc(dials, func(d Dial) bool { return !d.At.Before(from) }) {
		needed = max(1, needed)
		if at.Before(from) {
			at = from
		}
	}
	return at, needed
}

// needWords say what is missing before "Not reached" can be chosen, "" if
// nothing is.
func needWords(c Call, p plan.Program, dials []Dial, late int, zone *time.Location) string {
	at, needed := NextAttempt(c, p, dials, late)
	n, _ := counted(inVain(dials), time.Duration(p.AttemptsApart)*time.Minute)
	switch {
	case needed == 0:
		return ""
	case n >= p.AttemptsNeeded:
		return "The office said it is " + minutes(late) + " late. Call once more at " + civil.Clock(at, zone).String() + " or later before you choose Not reached"
	case p.AttemptsNeeded == 1:
		return "Record 1 attempt before you choose Not reached"
	}
	return "Record " + strconv.Itoa(p.AttemptsNeeded) + " attempts, " + minutes(p.AttemptsApart) + " apart, before you choose Not reached"
}

func minutes(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return strconv.Itoa(n) + " minutes"
}
