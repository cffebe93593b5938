package peer

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// Windows are when an office could talk when no free time fits. The call they
// ask for is requested, and booked as soon as a time inside one of them is
// free.
const (
	LeastWindows = 2 // a single one is too seldom kept to promise an answer
	MostWindows  = 6
)

// SaveWindows keeps, in place of a time, when by could talk. Everything typed
// is the page's to keep; the error says what is wrong with which window, by
// field names such as "from_1", the first window being 0.
func SaveWindows(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, windows []Span) (Draft, error) {
	if err := may(ctx, tx, by, o, st, nil); err != nil {
		return Draft{}, err
	}
	d, err := draft(ctx, tx, by, o.ID, "")
	if err != nil {
		return d, err
	}
	if err := allMay(d); err != nil {
		return d, err
	}
	offer, err := offerFor(ctx, tx, o, st, nil, d, nil)
	if err != nil {
		return d, err
	}
	if err := checkWindows(windows, offer); err != nil {
		return d, err
	}
	if err := letGo(ctx, tx, d.ID); err != nil {
		return d, err
	}
	d.Windows, d.Slot, d.Reviewer, d.HeldUntil = windows, Slot{}, "", time.Time{}
	return d, saveDraft(ctx, tx, d)
}

func checkWindows(windows []Span, offer Offer) error {
	f := fault.Fields{}
	f.Check(len(windows) >= LeastWindows, "day_"+strconv.Itoa(max(0, len(windows))), words.Say("Add at least %s times", strconv.Itoa(LeastWindows)))
	f.Check(len(windows) <= MostWindows, "day_"+strconv.Itoa(MostWindows), words.Say("Add %s times at most", strconv.Itoa(MostWindows)))
	least := time.Duration(offer.query.Minutes) * time.Minute
	for i, w := range windows {
		n := strconv.Itoa(i)
		switch {
		case !w.End.After(w.Start):
			f["to_"+n] = "End time must be after start time"
		case w.End.Sub(w.Start) < least:
			f["to_"+n] = words.Say("Give at least %s minutes", strconv.Itoa(offer.query.Minutes))
		case w.Start.Before(offer.query.From):
			f["from_"+n] = "This time is too soon. Choose a later one"
		case w.End.After(offer.query.Until):
			f["day_"+n] = "This time is after your deadline"
		case slices.ContainsFunc(windows[:i], func(x Span) bool { return w.Start.Before(x.End) && x.Start.Before(w.End) }):
			f["from_"+n] = "This time overlaps another one"
		}
	}
	return f.Err()
}

// ask makes by's draft with windows a requested call, which is booked at once
// if a time inside one of them is free.
func ask(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, d Draft, c Call) (Call, error) {
	until, err := answerBy(ctx, tx, st, d.Windows)
	if err != nil {
		return c, err
	}
	c.AnswerBy = &until
	if err := insert(ctx, tx, &c); err != nil {
		return c, err
	}
	about := append([]Matter{matterFor(o, st)}, d.Others...)
	if err := attachAll(ctx, tx, about, c); err != nil {
		return c, err
	}
	for _, w := range d.Windows {
		if _, err := tx.Exec(ctx, `insert into call_window (call_id, starts_at, ends_at) values ($1, $2, $3)`, string(c.ID), w.Start, w.End); err != nil {
			return c, err
		}
	}
	if err := lawful(ctx, tx, about, nil, d, &c); err != nil { // keeps what the office stated
		return c, err
	}
	if err := dropDraft(ctx, tx, d); err != nil {
		return c, err
	}
	if filled, err := fill(ctx, tx, o, st, &c, d.Windows); err != nil || filled {
		return c, join(err, func() error { return announce(ctx, tx, by, o, c, "booked", "", bookedEvent(c)) })
	}
	if err := announce(ctx, tx, by, o, c, "requested", "", WasAsked{c.notice()}); err != nil {
		return c, err
	}
	return c, again(ctx, tx, c)
}

func join(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// answerBy is by when the office hears: noon of the next business day on the
// plan's calendar, or when the first window opens, if that is sooner.
func answerBy(ctx context.Context, tx *db.Tx, st Standing, windows []Span) (time.Time, error) {
	calendar, err := plan.CallCalendarOf(ctx, tx, st.Plan)
	if err != nil {
		return time.Time{}, err
	}
	by := civil.Start(calendar.AddBusinessDays(civil.DateIn(tx.Now(), calendar.Zone), 1), 12*60, calendar.Zone)
	for _, w := range windows {
		if w.Start.Before(by) {
			by = w.Start
		}
	}
	return by, nil
}

// fill books c at the first free time inside one of the windows, if there is
// one.
func fill(ctx context.Context, tx *db.Tx, o order.Order, st Standing, c *Call, windows []Span) (bool, error) {
	offer, err := offerFor(ctx, tx, o, st, c, Draft{}, nil)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(offer.Slots, func(s Slot) bool {
		return slices.ContainsFunc(windows, func(w Span) bool { return !s.Start.Before(w.Start) && !s.End().After(w.End) })
	})
	if i < 0 {
		return false, nil
	}
	was := *c
	err = tx.Try(ctx, func() error { return settle(ctx, tx, o, st, &was, Draft{Slot: offer.Slots[i]}, c) })
	if fault.Is(err, fault.Conflict) { // somebody was first; it is tried again
		*c = was
		return false, nil
	}
	return err == nil, err
}

// Fill looks whether a requested call can have a time by now. See
// app/reactions.go.
type Fill struct{ CallID ID }

// Kind names the event.
func (Fill) Kind() string { return "peer.fill" }

const fillEvery = time.Minute

func again(ctx context.Context, tx *db.Tx, c Call) error {
	return job.Add(ctx, tx, Fill{c.ID}, job.At(tx.Now().Add(fillEvery)))
}

// TryFill books a requested call if a time inside its windows became free, and
// else comes back in a minute. Once the last window is past the request has
// expired. Those who asked first are looked at first, since each comes back
// the same minute after it was.
func TryFill(ctx context.Context, tx *db.Tx, e Fill) error {
	c, err := byID(ctx, tx, e.CallID)
	if err != nil || c.Status != Requested || !c.StartsAt.IsZero() {
		return err
	}
	windows, err := WindowsOf(ctx, tx, c)
	if err != nil {
		return err
	}
	program := account.Program()
	o, err := order.ByID(ctx, tx, program, c.OrderID)
	if err != nil {
		return err
	}
	if len(windows) == 0 || !tx.Now().Before(windows[len(windows)-1].End) {
		_, err := end(ctx, tx, program, c, Expired, "None of the office's times could be confirmed.", func(n Notice) job.Args { return Lapsed{n} })
		return err
	}
	st, err := Stand(ctx, tx, program, o)
	if err != nil {
		return err
	}
	filled, err := fill(ctx, tx, o, st, &c, windows)
	if err != nil {
		return err
	}
	if !filled {
		return again(ctx, tx, c)
	}
	return announce(ctx, tx, program, o, c, "booked", Requested, bookedEvent(c))
}

// Lapsed announces that no time could be found for a request.
type Lapsed struct{ Notice }

// Kind names the event.
func (Lapsed) Kind() string { return "peer.lapsed" }

// WindowsOf are the times in which an office could talk, the first first;
// none for a call that was booked for a time.
func WindowsOf(ctx context.Context, tx *db.Tx, c Call) ([]Span, error) {
	return db.All(ctx, tx, func(r db.Row) (s Span, err error) { return s, r.Scan(&s.Start, &s.End) },
		`select starts_at, ends_at from call_window where call_id = $1 order by starts_at`, string(c.ID))
}

// A Wish is a requested call that has no time yet, with when its office could
// talk.
type Wish struct {
	Listed
	Windows []Span
}

// Wishes returns the requested calls that wait for a time, the one whose
// office must hear first at the head. Who may: schedulers.
func Wishes(ctx context.Context, tx *db.Tx, by account.Actor, only Only) ([]Wish, error) {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return nil, err
	}
	visible, args := only.visible(by, 1)
	calls, err := listed(ctx, tx, visible, `call.status = 'requested' and call.starts_at is null`, "call.answer_by, call.id", args...)
	if err != nil || len(calls) == 0 {
		return nil, err
	}
	all := make([]Wish, len(calls))
	place := map[string]int{}
	var ids []string
	for i, c := range calls {
		all[i].Listed = c
		place[string(c.ID)] = i
		ids = append(ids, string(c.ID))
	}
	list, in := db.In(1, ids)
	type window struct {
		call string
		Span
	}
	windows, err := db.All(ctx, tx, func(r db.Row) (w window, err error) { return w, r.Scan(&w.call, &w.Start, &w.End) },
		`select call_id, starts_at, ends_at from call_window where call_id in `+list, in...)
	for _, w := range windows {
		at := &all[place[w.call]]
		at.Windows = append(at.Windows, w.Span)
	}
	for _, w := range all {
		sort.Slice(w.Windows, func(i, j int) bool { return w.Windows[i].Start.Before(w.Windows[j].Start) })
	}
	return all, err
}

// spansText is how a draft keeps its windows, "" for none.
func spansText(spans []Span) (string, error) {
	if len(spans) == 0 {
		return "", nil
	}
	text, err := json.Marshal(spans)
	return string(text), err
}
