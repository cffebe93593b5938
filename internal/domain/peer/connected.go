package peer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/fetch"
	"parley/internal/infra/ical"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A Connected calendar is one elsewhere that says when a reviewer is busy. Of
// what is in it only the times are kept.
type Connected struct {
	ID       string
	PersonID account.PersonID
	Host     string // its server's name; the address itself is secret
	AddedAt  time.Time
	AskedAt  *time.Time // when it was last asked for; nil: not yet
	ReadAt   *time.Time // when it last answered; nil: never
	Failed   string     // why it didn't the last time, as a sentence for its owner; "" if it did
	Unread   int        // events that could not be read in full
	Blocks   int        // stretches of busy time that it came to

	tag, since, sealed string
	wholeAt            *time.Time // when all of it was last read, and not only that nothing changed
}

// Limits of connected calendars.
const (
	mostConnected  = 3
	askEvery       = 15 * time.Minute
	readWholeEvery = 12 * time.Hour // though nothing changed: the days that matter move on
	busyAhead      = 100 * 24 * time.Hour
	busyBack       = 24 * time.Hour
)

// FetchCalendar asks for a calendar elsewhere to be read. See app/reactions.go.
type FetchCalendar struct{ CalendarID string }

// Kind names the work.
func (FetchCalendar) Kind() string { return "calendar.fetch" }

// Connect has a calendar elsewhere say when by is busy. The address is kept
// sealed. Who may: reviewers who take calls, for themselves. What can't be an
// address is Invalid at "address".
func Connect(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, address string) (Connected, error) {
	if err := by.Must(account.HoldCalls); err != nil {
		return Connected{}, err
	}
	c := Connected{ID: db.NewID("ccl"), PersonID: by.ID, AddedAt: tx.Now()}
	f := fault.Fields{}
	f.Check(address != "", "address", "Enter the address of the calendar")
	f.Check(len(address) <= 2000, "address", "The address must be 2,000 characters or less")
	read, err := fetch.Address(address)
	f.Check(err == nil, "address", "Enter an address on the internet that begins with https:// or webcal://")
	all, listErr := ConnectedOf(ctx, tx, by.ID)
	if listErr != nil {
		return c, listErr
	}
	f.Check(len(all) < mostConnected, "address", words.Say("You can connect up to %s calendars. Disconnect one first", strconv.Itoa(mostConnected)))
	if err := f.Err(); err != nil {
		return c, err
	}
	u, err := url.Parse(read)
	if err != nil {
		return c, err
	}
	sealed, err := box.Seal([]byte(read), []byte(c.ID))
	if err != nil {
		return c, err
	}
	c.Host, c.sealed = u.Hostname(), base64.StdEncoding.EncodeToString(sealed)
	if _, err := tx.Exec(ctx, `insert into connected_calendar (id, person_id, host, address_sealed, added_at, asked_at) values ($1, $2, $3, $4, $5, $5)`,
		c.ID, string(c.PersonID), c.Host, c.sealed, c.AddedAt); err != nil {
		return c, err
	}
	if err := auditRecord(ctx, tx, by.Audit("calendar.connected", "reviewer", string(by.ID))); err != nil {
		return c, err
	}
	return c, job.Add(ctx, tx, FetchCalendar{c.ID})
}

// Disconnect forgets a calendar of by's with all that it said, at once. Another
// person's is NotFound.
func Disconnect(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	n, err := tx.Exec(ctx, `delete from connected_calendar where id = $1 and person_id = $2`, id, string(by.ID))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "We can't find that calendar.")
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from connected_busy where calendar_id = $1`, id); err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("calendar.disconnected", "reviewer", string(by.ID)))
}

// FetchNow has a calendar of by's asked for at once. Another person's is
// NotFound.
func FetchNow(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	err := db.Changed(tx.Exec(ctx, `update connected_calendar set asked_at = $1, whole_at = null where id = $2 and person_id = $3`, tx.Now(), id, string(by.ID)))
	if err != nil {
		return fault.New(fault.NotFound, "We can't find that calendar.")
	}
	return job.Add(ctx, tx, FetchCalendar{id})
}

const connectedColumns = `id, person_id, host, address_sealed, etag, last_modified, added_at, asked_at, read_at, whole_at, failed, unread`

func scanConnected(r db.Row) (c Connected, err error) {
	return c, r.Scan(&c.ID, (*string)(&c.PersonID), &c.Host, &c.sealed, &c.tag, &c.since, &c.AddedAt, &c.AskedAt, &c.ReadAt, &c.wholeAt, &c.Failed, &c.Unread)
}

// ConnectedOf returns the calendars of a reviewer, the first connected first.
func ConnectedOf(ctx context.Context, tx *db.Tx, of account.PersonID) ([]Connected, error) {
	all, err := db.All(ctx, tx, scanConnected, `select `+connectedColumns+` from connected_calendar where person_id = $1 order by added_at, id`, string(of))
	if err != nil || len(all) == 0 {
		return all, err
	}
	busy, err := connectedBusy(ctx, tx, `person_id = $1`, string(of))
	for i, c := range all {
		for _, b := range busy {
			if b.calendar == c.ID {
				all[i].Blocks = len(b.spans)
			}
		}
	}
	return all, err
}

// busySpans are what one calendar said.
type busySpans struct {
	calendar string
	of       account.PersonID
	spans    []Span
}

func connectedBusy(ctx context.Context, tx *db.Tx, where string, args ...any) ([]busySpans, error) {
	return db.All(ctx, tx, func(r db.Row) (b busySpans, err error) {
		var text string
		if err := r.Scan(&b.calendar, (*string)(&b.of), &text); err != nil {
			return b, err
		}
		var pairs [][2]int64
		if err := json.Unmarshal([]byte(text), &pairs); err != nil {
			return b, err
		}
		for _, p := range pairs {
			b.spans = append(b.spans, Span{time.Unix(p[0], 0).UTC(), time.Unix(p[1], 0).UTC()})
		}
		return b, nil
	}, `select calendar_id, person_id, spans from connected_busy where `+where+` order by calendar_id`, args...)
}

// loadBusy reads what everybody's own calendars say.
func (t *times) loadBusy(ctx context.Context, tx *db.Tx) error {
	all, err := connectedBusy(ctx, tx, `1 = 1`)
	for _, b := range all {
		t.busy[b.of] = joined(append(t.busy[b.of], b.spans...))
	}
	return err
}

// A CalendarReader reads calendars elsewhere.
type CalendarReader struct {
	DB     *db.DB
	Box    *secret.Box
	Client fetch.Client
}

// Fetch does the work of FetchCalendar. A server that doesn't answer is no
// failure of the work: what the calendar said last holds, its owner reads why,
// and it is asked again.
func (r *CalendarReader) Fetch(ctx context.Context, f FetchCalendar) error {
	var c Connected
	var zone *time.Location
	err := r.DB.View(ctx, func(tx *db.Tx) (err error) {
		if c, err = db.One(ctx, tx, scanConnected, `select `+connectedColumns+` from connected_calendar where id = $1`, f.CalendarID); err != nil {
			return err
		}
		who, err := review.Get(ctx, tx, c.PersonID)
		if err == nil {
			zone, err = civil.Zone(who.TimeZone)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil // disconnected
	}
	if err != nil {
		return err
	}
	now := r.DB.Now()
	if c.wholeAt == nil || now.Sub(*c.wholeAt) >= readWholeEvery {
		c.tag, c.since = "", ""
	}
	spans, whole, err := r.read(ctx, &c, Span{now.Add(-busyBack), now.Add(busyAhead)}, zone)
	if err != nil && !sayable(err) {
		return err
	}
	return r.DB.Update(ctx, func(tx *db.Tx) error { return c.keep(ctx, tx, spans, whole, err) })
}

// read gets the calendar; whole is false if it is what it was.
func (r *CalendarReader) read(ctx context.Context, c *Connected, in Span, zone *time.Location) (spans []Span, whole bool, err error) {
	sealed, err := base64.StdEncoding.DecodeString(c.sealed)
	if err != nil {
		return nil, false, err
	}
	address, err := r.Box.Open(sealed, []byte(c.ID))
	if err != nil {
		return nil, false, err
	}
	d, err := r.Client.Get(ctx, string(address), c.tag, c.since)
	if err != nil {
		return nil, false, unanswered{err}
	}
	if d.Same {
		return nil, false, nil
	}
	c.tag, c.since = d.Tag, d.Since
	blocks, unread, err := ical.ReadBlocks(d.Body)
	if err != nil {
		return nil, false, unanswered{err}
	}
	spans, more, err := busyIn(blocks, in, zone)
	c.Unread = unread + more
	if err != nil {
		return nil, false, unanswered{err}
	}
	return spans, true, nil
}

// unanswered is an error whose text its owner may read: it names no address.
type unanswered struct{ error }

// Unwrap implements the interface of package errors.
func (u unanswered) Unwrap() error { return u.error }

func sayable(err error) bool { return errors.As(err, &unanswered{}) }

// keep stores what a calendar said, or why it didn't, unless it was
// disconnected meanwhile.
func (c Connected) keep(ctx context.Context, tx *db.Tx, spans []Span, whole bool, failed error) error {
	if failed != nil {
		_, err := tx.Exec(ctx, `update connected_calendar set failed = $1 where id = $2`, failedWords(failed), c.ID)
		return err
	}
	now := tx.Now()
	if whole {
		c.wholeAt = &now
	}
	n, err := tx.Exec(ctx, `update connected_calendar set etag = $1, last_modified = $2, read_at = $3, whole_at = $4, failed = '', unread = $5 where id = $6`,
		c.tag, c.since, now, c.wholeAt, c.Unread, c.ID)
	if err != nil || n == 0 || !whole {
		return err
	}
	pairs := [][2]int64{}
	for _, s := range spans {
		pairs = append(pairs, [2]int64{s.Start.Unix(), ceilUnix(s.End)})
	}
	text, err := json.Marshal(pairs)
	if err != nil {
		return err
	}
	n, err = tx.Exec(ctx, `
		insert into connected_busy (calendar_id, person_id, spans) values ($1, $2, $3)
		on conflict (calendar_id) do update set spans = excluded.spans where connected_busy.spans <> excluded.spans`, c.ID, string(c.PersonID), string(text))
	if err != nil || n == 0 {
		return err
	}
	e := account.Program().Audit("calendar.read", "reviewer", string(c.PersonID))
	e.Detail = strconv.Itoa(len(spans)) + " busy times"
	return auditRecord(ctx, tx, e)
}

// failedWords tell the owner of a calendar why it could not be read, and what
// to do.
func failedWords(err error) string {
	var answer fetch.AnswerError
	switch {
	case errors.Is(err, fetch.ErrPrivate):
		return "The address leads to a private network. We only read calendars on the internet."
	case errors.Is(err, fetch.ErrLarge), errors.Is(err, ical.ErrTooMany):
		return "The calendar is too large. Connect one with fewer events."
	case errors.Is(err, fetch.ErrMoved), errors.Is(err, fetch.ErrScheme):
		return "The address leads on to one that we don’t read. Copy the calendar’s own address."
	case errors.Is(err, ical.ErrNoCalendar):
		return "What came isn’t a calendar. Copy the address that ends in .ics, or is called “iCal”."
	case errors.As(err, &answer) && slices.Contains([]int{401, 403, 404, 410}, int(answer)):
		return "The server says that there is no such calendar, or that it isn’t shared. Copy its address again."
	}
	return "The server didn’t answer. We try again every 15 minutes."
}

// SweepCalendars has the calendars read again that were last asked for a
// quarter of an hour ago.
func SweepCalendars(ctx context.Context, tx *db.Tx) error {
	ids, err := db.All(ctx, tx, db.Value[string], `select id from connected_calendar where asked_at <= $1 order by asked_at, id limit 500`, tx.Now().Add(-askEvery))
	if err != nil || len(ids) == 0 {
		return err
	}
	list, args := db.In(2, ids)
	if _, err := tx.Exec(ctx, `update connected_calendar set asked_at = $1 where id in `+list, append([]any{tx.Now()}, args...)...); err != nil {
		return err
	}
	var work []job.Work
	for _, id := range ids {
		work = append(work, job.Work{Args: FetchCalendar{id}})
	}
	return job.AddAll(ctx, tx, work)
}
