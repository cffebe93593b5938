package notify

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// An Event is what somebody can choose how to hear of.
type Event string

// Events that people choose for.
const (
	AskedEvent    Event = "asked"
	ReminderEvent Event = "reminder"
	SaidEvent     Event = "said"
	AnsweredEvent Event = "answered"
)

// Events in the order in which people choose, with their words.
var Events = []struct {
	ID    Event
	Words string
	Side  message.Side
}{
	{AskedEvent, "A reviewer needs something", message.Office}, {ReminderEvent, "A reply is due soon, or overdue", message.Office},
	{SaidEvent, "A new message", message.Office}, {AnsweredEvent, "An office answered what I asked, or didn’t in time", message.Review},
}

// Ways of hearing of an event.
const (
	ByMail   = "mail"
	InDigest = "digest"
	OnPage   = "page" // in the list of messages alone
)

// A Wish is how somebody wants to hear.
type Wish struct {
	Ways   map[Event]string // ByMail, InDigest or OnPage; none is ByMail
	Digest bool             // a mail at 8 in the morning, if there is anything to say
	// Quiet are the hours in which no mail is sent, in minutes of the person's
	// day; the same twice for none. What comes up meanwhile is sent at their end.
	QuietFrom, QuietTo int
}

// Way is how an event is heard of.
func (w Wish) Way(e Event) string {
	if way := w.Ways[e]; way != "" {
		return way
	}
	return ByMail
}

const (
	wishPrefix = "notices."
	wishDigest = wishPrefix + "digest"
	wishQuiet  = wishPrefix + "quiet"
)

// WishOf is how by wants to hear.
func WishOf(ctx context.Context, tx *db.Tx, by account.Actor) (Wish, error) {
	all, err := account.PreferencesLike(ctx, tx, by.ID, wishPrefix)
	w := Wish{Ways: map[Event]string{}, Digest: all[wishDigest] == "yes"}
	for _, e := range Events {
		if way := all[wishPrefix+string(e.ID)]; way != "" {
			w.Ways[e.ID] = way
		}
	}
	if from, to, ok := strings.Cut(all[wishQuiet], "-"); ok {
		w.QuietFrom, _ = strconv.Atoi(from)
		w.QuietTo, _ = strconv.Atoi(to)
	}
	return w, err
}

// SetWish keeps how by wants to hear; who hears of something in the digest gets
// one. The error is Invalid at "quiet_from" or
// "quiet_to".
func SetWish(ctx context.Context, tx *db.Tx, by account.Actor, w Wish) error {
	f := fault.Fields{}
	f.Check(w.QuietFrom >= 0 && w.QuietFrom < civil.DayMinutes, "quiet_from", "Enter a time like 20:00")
	f.Check(w.QuietTo >= 0 && w.QuietTo < civil.DayMinutes, "quiet_to", "Enter a time like 07:00")
	if err := f.Err(); err != nil {
		return err
	}
	for _, e := range Events {
		if err := account.SetPreference(ctx, tx, by, wishPrefix+string(e.ID), w.Way(e.ID)); err != nil {
			return err
		}
	}
	digest := "no"
	if w.Digest || slices.Contains(slices.Collect(maps.Values(w.Ways)), InDigest) {
		digest = "yes"
	}
	if err := account.SetPreference(ctx, tx, by, wishDigest, digest); err != nil {
		return err
	}
	return account.SetPreference(ctx, tx, by, wishQuiet, strconv.Itoa(w.QuietFrom)+"-"+strconv.Itoa(w.QuietTo))
}

// notice queues a letter as who gets it wishes. An address without an account,
// such as a desk's or a fax, gets every one at once.
func (d *Desk) notice(ctx context.Context, tx *db.Tx, e Event, l Letter) error {
	p, err := account.ByEmail(ctx, tx, l.To.Email)
	if fault.Is(err, fault.NotFound) {
		return d.Queue(ctx, tx, l)
	}
	if err != nil {
		return err
	}
	w, err := WishOf(ctx, tx, account.Actor{ID: p.ID})
	if err != nil || w.Way(e) != ByMail {
		return err
	}
	l.NotBefore = w.awake(tx.Now(), p.Zone)
	return d.Queue(ctx, tx, l)
}

// awake is the first time from t on that is in nobody's quiet hours.
func (w Wish) awake(t time.Time, zone string) time.Time {
	loc, err := civil.Zone(zone)
	if err != nil || zone == "" {
		loc, _ = civil.Zone(civil.DefaultZone)
	}
	local := t.In(loc)
	now, day := local.Hour()*60+local.Minute(), civil.DateIn(t, loc)
	switch {
	case w.QuietFrom == w.QuietTo:
		return t
	case w.QuietFrom < w.QuietTo && now >= w.QuietFrom && now < w.QuietTo:
		return civil.Start(day, w.QuietTo, loc)
	case w.QuietFrom > w.QuietTo && now < w.QuietTo:
		return civil.Start(day, w.QuietTo, loc)
	case w.QuietFrom > w.QuietTo && now >= w.QuietFrom:
		return civil.Start(day.AddDays(1), w.QuietTo, loc)
	}
	return t
}

// digestAt is the hour of the day at which digests go out.
const digestAt = 8

// Digest sends those who want one a mail of what waits for them, once a
// morning, each at 8 of their own day.
func (d *Desk) Digest(ctx context.Context, tx *db.Tx) error {
	all, err := account.WhoPrefers(ctx, tx, wishDigest, "yes")
	if err != nil {
		return err
	}
	for _, id := range all {
		by, err := account.Act(ctx, tx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := d.digest(ctx, tx, by); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) digest(ctx context.Context, tx *db.Tx, by account.Actor) error {
	zone := by.Zone
	if zone == "" {
		zone = civil.DefaultZone
	}
	loc, err := civil.Zone(zone)
	if err != nil || tx.Now().In(loc).Hour() != digestAt {
		return err
	}
	day := civil.DateIn(tx.Now(), loc)
	n, err := message.Counts(ctx, tx, by, civil.EndOfDay(day, loc))
	if err != nil || n[message.NeedsReply]+n[message.Unread] == 0 {
		return err
	}
	waiting, unread, today := n[message.NeedsReply], n[message.Unread], n[message.DueToday]
	l := Letter{
		Key: "digest:" + string(by.ID) + ":" + day.String(), To: mail.Address{Name: by.Name, Email: by.Email}, ObjectID: string(by.ID),
		Subject: words.Say("Today: %s messages need a reply, %s unread", waiting, unread),
		Lines:   []words.Text{words.Say("%s messages need a reply, %s of them today. %s unread.", waiting, today, unread)},
		Link:    "/messages", LinkText: "Open your messages",
	}
	if waiting == 1 {
		l.Subject = words.Say("Today: 1 message needs a reply, %s unread", unread)
		l.Lines[0] = words.Say("1 message needs a reply, %s of them today. %s unread.", today, unread)
	}
	return d.Queue(ctx, tx, l)
}
