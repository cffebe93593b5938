package notice

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Function is something that maintenance can stop.
type Function string

// Functions, in the order people read them.
const (
	Requests  Function = "requests"
	Calls     Function = "calls"
	Messages  Function = "messages"
	Uploads   Function = "uploads"
	Decisions Function = "decisions"
)

// Functions are all of them.
var Functions = []Function{Requests, Calls, Messages, Uploads, Decisions}

// Words is what is stopped, as the beginning of a sentence.
func (f Function) Words() string {
	return map[Function]string{Requests: "Sending requests", Calls: "Booking peer-to-peer calls", Messages: "Sending messages", Uploads: "Uploading files", Decisions: "Sending determinations"}[f]
}

// Once is the Weekday of a window that comes only once.
const Once = -1

// A Window is a time of maintenance: once, or each week. Clocks run on in it.
type Window struct {
	ID               string
	StartsAt, EndsAt *time.Time // of one that comes once
	Weekday          int        // 0 is Sunday; Once
	Opens, Closes    int        // minutes of the local day; up to 1440
	Zone             string
	From, To         civil.Date // weekly: first and last day, zero for no end
	Stops            []Function
	Stays            string // what can be done all the same, one sentence
	Urgent           string // how urgent requests are made meanwhile, one sentence
	Phone            string
	Version          int
}

// A Span is one time of a window.
type Span struct{ Start, End time.Time }

// Next is the time that is on or comes next after now; ok is false if there is
// none.
func (w Window) Next(now time.Time) (s Span, ok bool) {
	if w.Weekday == Once {
		return Span{*w.StartsAt, *w.EndsAt}, now.Before(*w.EndsAt)
	}
	loc := w.Location()
	day := civil.DateIn(now, loc)
	if day.Before(w.From) {
		day = w.From
	}
	for range 8 { // today's may be over: then the same day next week
		if int(day.Weekday()) == w.Weekday {
			s = Span{civil.Start(day, w.Opens, loc), civil.End(day, w.Closes, loc)}
			if now.Before(s.End) {
				return s, w.To.IsZero() || !w.To.Before(day)
			}
		}
		day = day.AddDays(1)
	}
	return s, false
}

// Location is the window's zone. A window is not saved without a real one.
func (w Window) Location() *time.Location {
	loc, err := civil.Zone(w.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// stopped says what is stopped: "Sending requests and uploading files are".
func (w Window) stopped() words.Text {
	var all []words.Text
	for _, f := range Functions {
		if slices.Contains(w.Stops, f) {
			said := f.Words()
			if len(all) > 0 {
				said = strings.ToLower(said[:1]) + said[1:]
			}
			all = append(all, words.Text(said))
		}
	}
	switch n := len(all); n {
	case 0:
		return ""
	case 1:
		return words.Say("%s is", all[0])
	default:
		return words.Say("%s and %s are", words.Join(all[:n-1], ", "), all[n-1])
	}
}

// Sentences say what a time of maintenance means to a reader: what is stopped
// and when it is back, what stays open, the way for what is urgent, and that
// clocks run on.
func (w Window) Sentences(s Span, now time.Time) words.Text {
	loc := w.Location()
	text := words.Say("%s paused %s.", w.stopped(), civil.SpanOn(s.Start, s.End, loc, now))
	if !now.Before(s.Start) {
		text = words.Say("%s paused until %s.", w.stopped(), civil.When(s.End, loc, now))
	}
	for _, more := range []string{w.Stays, w.Urgent} {
		if more != "" {
			text += words.AsIs(" " + more)
		}
	}
	if w.Phone != "" {
		text += " " + words.Say("For urgent requests, call %s.", w.Phone)
	}
	return words.Say("%s Due times don't change.", text)
}

func (w Window) check(now time.Time) error {
	f := fault.Fields{}
	_, err := civil.Zone(w.Zone)
	f.Check(w.Zone != "" && err == nil, "zone", "Choose a time zone")
	f.Check(len(w.Stops) > 0, "stops", "Choose what stops")
	for _, s := range w.Stops {
		f.Check(s.Words() != "", "stops", "Choose what stops from the list")
	}
	f.Check(!slices.Contains(w.Stops, Requests) || w.Phone != "", "phone", "Enter a phone number for urgent requests: they can't be sent meanwhile")
	if w.Weekday == Once {
		f.Check(w.StartsAt != nil && w.EndsAt != nil && w.EndsAt.After(*w.StartsAt), "ends", "It must end after it starts")
		f.Check(w.EndsAt == nil || w.EndsAt.After(now), "ends", "It must end in the future")
		return f.Err()
	}
	f.Check(w.Weekday >= 0 && w.Weekday <= 6, "weekday", "Choose a day of the week")
	f.Check(w.Opens >= 0 && w.Closes > w.Opens && w.Closes <= civil.DayMinutes, "closes", "It must end after it starts, on the same day")
	f.Check(!w.From.IsZero(), "from", "Enter the first day, like 2026-11-29")
	f.Check(w.To.IsZero() || !w.To.Before(w.From), "to", "The last day must not be before the first")
	return f.Err()
}

// Plan stores a window, new if it has no ID.
func Plan(ctx context.Context, tx *db.Tx, by account.Actor, w Window) (Window, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return w, err
	}
	w.Stays, w.Urgent, w.Phone = strings.TrimSpace(w.Stays), strings.TrimSpace(w.Urgent), strings.TrimSpace(w.Phone)
	if err := w.check(tx.Now()); err != nil {
		return w, err
	}
	action := "maintenance.changed"
	if w.ID == "" {
		w.ID, action = db.NewID("mnt"), "maintenance.planned"
	}
	if err := saveWindow(ctx, tx, by, w); err != nil {
		return w, err
	}
	tx.Tell(Topic)
	e := by.Audit(action, "maintenance", w.ID)
	e.Detail = w.stopped().String() + " stopped"
	return w, audit.Record(ctx, tx, e)
}

// CallOff ends a window, also while it is on.
func CallOff(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update maintenance set ended_at = $1 where id = $2 and ended_at is null`, tx.Now(), id)); err != nil {
		return err
	}
	tx.Tell(Topic)
	return audit.Record(ctx, tx, by.Audit("maintenance.called_off", "maintenance", id))
}

// GetWindow returns a window that was not called off, or a NotFound fault.
func GetWindow(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Window, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return Window{}, err
	}
	all, err := windows(ctx, tx, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "We can't find that maintenance.")
	}
	if err != nil {
		return Window{}, err
	}
	return all[0], nil
}

// Windows are all that were not called off and are not over.
func Windows(ctx context.Context, tx *db.Tx) ([]Window, error) {
	all, err := windows(ctx, tx, `(ends_at is null or ends_at > $1) and (to_day is null or to_day >= $2)`, tx.Now(), civil.DateIn(tx.Now(), time.UTC).AddDays(-1))
	return all, err
}

// Must returns a Paused fault while maintenance stops a function. The program
// itself goes on: what it does is not lost by waiting, but by stopping.
func Must(ctx context.Context, tx *db.Tx, by account.Actor, f Function) error {
	if by.IsProgram() {
		return nil
	}
	all, err := Windows(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range all {
		s, ok := w.Next(tx.Now())
		if ok && !tx.Now().Before(s.Start) && slices.Contains(w.Stops, f) {
			return &fault.Error{Kind: fault.Paused, Text: w.Sentences(s, tx.Now()), Until: s.End}
		}
	}
	return nil
}
