package peer

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A claim is one row for each five minutes of a reviewer that a call or a
// hold occupies; its primary key is what makes double booking impossible,
// whatever the program believes. Everyone who takes several kinds of rows
// takes them in one order: call, reviewer_week, reviewer_day, claim, each
// ascending. The week comes before its days, so that whoever has a reviewer's
// week can have its days without waiting for one who waits for the week. Who
// moves a call takes the weeks that it leaves and may come to before any day.

// errTaken is what a candidate who is no longer free answers.
var errTaken = errors.New("taken")

const mostCandidates = 8 // beyond these the time is as good as gone

func taken() error {
	return fault.New(fault.Conflict, "That time was just taken.")
}

// take claims slot for holder with the first candidate who is still free, and
// says who. until is the end of a hold, nil for a call. free are holders whose
// claims may be taken over: the person's own hold, or the call being moved.
func take(ctx context.Context, tx *db.Tx, holder string, until *time.Time, s Slot, candidates []candidate, free ...string) (candidate, error) {
	if len(candidates) == 1 { // then the caller's step fails with it
		err := takeFrom(ctx, tx, holder, until, s, candidates[0], free)
		if errors.Is(err, errTaken) {
			err = taken()
		}
		return candidates[0], err
	}
	for i, c := range candidates {
		if i == mostCandidates {
			break
		}
		err := tx.Try(ctx, func() error { return takeFrom(ctx, tx, holder, until, s, c, free) })
		if err == nil || !errors.Is(err, errTaken) {
			return c, err
		}
	}
	return candidate{}, taken()
}

func takeFrom(ctx context.Context, tx *db.Tx, holder string, until *time.Time, s Slot, c candidate, free []string) error {
	if until == nil {
		if err := countCall(ctx, tx, holder, c, s); err != nil {
			return err
		}
	}
	quanta, mine := quantaOf(s), append(free, holder)
	if err := keepsGap(ctx, tx, c, quanta, mine); err != nil {
		return err
	}
	if c.had == 0 && until == nil {
		if all, err := turn(ctx, tx, holder, c, quanta, free); err != nil || all {
			return err
		}
	}
	n, err := insertClaims(ctx, tx, holder, until, c.id, quanta)
	if err != nil || n == int64(len(quanta)) {
		return err
	}
	if err := release(ctx, tx, c.id, quanta, mine); err != nil {
		return err
	}
	if n, err = insertClaims(ctx, tx, holder, until, c.id, quanta); err == nil && n < int64(len(quanta)) {
		return errTaken
	}
	return err
}

// turn makes the claims of a hold that stands those of the call it is for, and
// reports whether they are all that the call needs.
func turn(ctx context.Context, tx *db.Tx, holder string, c candidate, quanta []int64, free []string) (bool, error) {
	list, args := db.In(6, free)
	n, err := tx.Exec(ctx, `
		update claim set kind = 'call', holder = $1, expires_at = null
		where reviewer_id = $2 and q >= $3 and q <= $4 and expires_at > $5 and holder in `+list,
		append([]any{holder, string(c.id), quanta[0], quanta[len(quanta)-1], tx.Now()}, args...)...)
	return n == int64(len(quanta)), err
}

// countCall counts one more call in the reviewer's week and on their day. Only
// if one of them is full does it matter that some of what is counted is over.
func countCall(ctx context.Context, tx *db.Tx, call string, c candidate, s Slot) error {
	for _, count := range []func() error{
		func() error { return countWeek(ctx, tx, call, c, s) },
		func() error { return countDay(ctx, tx, c, s) },
	} {
		err := count()
		if errors.Is(err, errTaken) {
			if err = sealAll(ctx, tx, c.id); err == nil {
				err = count()
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func quantaOf(s Slot) []int64 {
	first := s.Start.Unix() / quantumSec
	all := make([]int64, int64(s.Minutes)*60/quantumSec)
	for i := range all {
		all[i] = first + int64(i)
	}
	return all
}

// release lets go of what in these quanta belongs to the holders or has ended.
func release(ctx context.Context, tx *db.Tx, reviewer account.PersonID, quanta []int64, holders []string) error {
	list, args := db.In(5, holders)
	_, err := tx.Exec(ctx, `
		delete from claim where reviewer_id = $1 and q >= $2 and q <= $3 and (expires_at <= $4 or holder in `+list+`)`,
		append([]any{string(reviewer), quanta[0], quanta[len(quanta)-1], tx.Now()}, args...)...)
	return err
}

func insertClaims(ctx context.Context, tx *db.Tx, holder string, until *time.Time, reviewer account.PersonID, quanta []int64) (int64, error) {
	kind := "call"
	if until != nil {
		kind = "hold"
	}
	args := []any{string(reviewer), kind, holder, until}
	var rows []string
	for i, q := range quanta {
		args = append(args, q)
		rows = append(rows, "($1, $"+strconv.Itoa(5+i)+", $2, $3, $4)")
	}
	return tx.Exec(ctx, `insert into claim (reviewer_id, q, kind, holder, expires_at) values `+strings.Join(rows, ", ")+` on conflict do nothing`, args...)
}

// keepsGap refuses a time too close to another call of the reviewer. For calls
// the row of their day is held by now, so none can slip in beside this one.
func keepsGap(ctx context.Context, tx *db.Tx, c candidate, quanta []int64, mine []string) error {
	if c.gap <= 0 {
		return nil
	}
	gap := ceilDiv(int64(c.gap), int64(Quantum/time.Minute))
	list, args := db.In(5, mine)
	close, err := db.Exists(ctx, tx, `select 1 from claim where reviewer_id = $1 and q >= $2 and q <= $3 and (expires_at is null or expires_at > $4) and holder not in `+list,
		append([]any{string(c.id), quanta[0] - gap, quanta[len(quanta)-1] + gap, tx.Now()}, args...)...)
	if err == nil && close {
		return errTaken
	}
	return err
}

// countWeek counts one more call in the reviewer's week, from Monday in their
// zone, unless it is full. Weeks are counted whether or not there is a number
// for them, so that one can be set at any time; the row of a week begins with
// the calls that are there, but for the one that is being moved.
func countWeek(ctx context.Context, tx *db.Tx, call string, c candidate, s Slot) error {
	monday := weekOf(civil.DateIn(s.Start, c.zone))
	counted, err := addToWeek(ctx, tx, c, monday)
	if err != nil || counted {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into reviewer_week (reviewer_id, week, cap, booked)
		select $1, $2, 0, count(*) from call where reviewer_id = $1 and starts_at >= $3 and starts_at < $4 and status <> 'cancelled' and id <> $5
		on conflict do nothing`, string(c.id), monday, civil.Start(monday, 0, c.zone), civil.EndOfDay(monday.AddDays(6), c.zone), call)
	if err != nil {
		return err
	}
	if counted, err = addToWeek(ctx, tx, c, monday); err == nil && !counted {
		return errTaken
	}
	return err
}

func addToWeek(ctx context.Context, tx *db.Tx, c candidate, monday civil.Date) (bool, error) {
	n, err := tx.Exec(ctx, `update reviewer_week set booked = booked + 1, cap = $1 where reviewer_id = $2 and week = $3 and ($1 = 0 or booked < $1)`, c.weekly, string(c.id), monday)
	return n > 0, err
}

// countDay counts one more call on the reviewer's day, unless it is full.
func countDay(ctx context.Context, tx *db.Tx, c candidate, s Slot) error {
	if c.daily < 1 {
		return errTaken
	}
	day := civil.DateIn(s.Start, c.zone)
	n, err := tx.Exec(ctx, `
		insert into reviewer_day (reviewer_id, day, cap, booked) values ($1, $2, $3, 1)
		on conflict (reviewer_id, day) do update set booked = reviewer_day.booked + 1, cap = excluded.cap where reviewer_day.booked < excluded.cap`,
		string(c.id), day, c.daily)
	if err == nil && n == 0 {
		return errTaken
	}
	return err
}

// uncount takes a call that was moved or canceled off its reviewer's week and
// day.
func uncount(ctx context.Context, tx *db.Tx, reviewer account.PersonID, zone *time.Location, start time.Time) error {
	day := civil.DateIn(start, zone)
	_, err := tx.Exec(ctx, `update reviewer_week set booked = booked - 1 where reviewer_id = $1 and week = $2 and booked > 0`, string(reviewer), weekOf(day))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update reviewer_day set booked = booked - 1 where reviewer_id = $1 and day = $2 and booked > 0`, string(reviewer), day)
	return err
}

// letGo frees what a holder has claimed.
func letGo(ctx context.Context, tx *db.Tx, holder string) error {
	_, err := tx.Exec(ctx, `delete from claim where holder = $1`, holder)
	return err
}
