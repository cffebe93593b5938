// Package home is what a person of an office sees first: what needs them, the
// soonest first, and what changed since they were last here. A thing that needs
// them is there until it is done; who can't do it now snoozes it, for
// themselves alone.
package home

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/message"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
)

// A Kind is what somebody is to do.
type Kind string

// Kinds of need.
const (
	Answer   Kind = "answer"   // a message asks for something
	Inform   Kind = "inform"   // an order waits for information that no message asks for
	Finish   Kind = "finish"   // a draft expires
	Replace  Kind = "replace"  // a file of a draft can't be used
	Clinical Kind = "clinical" // a draft's clinical questions wait for the reader
	Sign     Kind = "sign"     // a draft waits for the practitioner's signature
	Join     Kind = "join"     // a call is today
	Call     Kind = "call"     // a call that can change a decision can still be asked for
)

// A Need is one thing that waits for somebody. Titles and patients stand in it:
// it is for those who see the order.
type Need struct {
	Kind      Kind
	Number    string // of the message, the order, the draft or the call
	Order     string // number of the order it is about; "" for none
	Title     string // what is asked for, what was ordered, or the name of a file
	Patient   string
	Who       string     // the speaker of a call; who is to sign, if that isn't the reader
	Holder    string     // who else of the office looks after the order; "" for the reader or nobody
	By        *time.Time // until when; of a call when it begins; nil where nothing says so
	Ends      time.Time  // of a call
	Protected bool       // a file wants its password
}

// Key names a need for good: of one thing there is one of a kind.
func (n Need) Key() string { return string(n.Kind) + "." + n.Number }

// Most is how many of a kind Home shows.
const Most = 10

// window is how long before the end of something it needs somebody.
const (
	draftSoon = 7 * 24 * time.Hour
	fileFresh = 14 * 24 * time.Hour
)

// A Desk is what Home shows.
type Desk struct {
	Needs   []Need
	Mine    bool // the needs are the reader's alone
	Snoozed int  // needs that the reader put off
	Calls   []peer.Listed
	Changes Changes
}

// Of is what needs by now and what changed. Today is the end of the reader's
// day; show says whose needs, and is kept. It leaves one audit row, since it
// shows names. Who may: people of an office, who read orders.
func Of(ctx context.Context, tx *db.Tx, by account.Actor, today time.Time, show Show) (d Desk, err error) {
	if err := by.Must(account.ReadOrders); err != nil {
		return d, err
	}
	kept, err := account.PreferencesLike(ctx, tx, by.ID, prefix)
	if err != nil {
		return d, err
	}
	if d.Mine, err = mine(ctx, tx, by, kept[shown], show); err != nil {
		return d, err
	}
	if by.Can(account.BookCalls) {
		if d.Calls, err = peer.List(ctx, tx, by, "upcoming"); err != nil {
			return d, err
		}
	}
	all, err := needs(ctx, tx, by, d.Calls, today, d.Mine)
	if err != nil {
		return d, err
	}
	for _, n := range all {
		if asleep(kept, n, tx.Now()) {
			d.Snoozed++
			continue
		}
		d.Needs = append(d.Needs, n)
	}
	slices.SortStableFunc(d.Needs, sooner)
	if err = holders(ctx, tx, by, d.Needs); err != nil {
		return d, err
	}
	if d.Changes, err = changes(ctx, tx, by, kept); err != nil {
		return d, err
	}
	return d, audit.Record(ctx, tx, by.Audit("home.read", "list", ""))
}

// sooner puts what ends first before what ends later, and that before what has
// no end.
func sooner(a, b Need) int {
	switch {
	case a.By == nil && b.By == nil:
		return strings.Compare(a.Key(), b.Key())
	case a.By == nil:
		return 1
	case b.By == nil:
		return -1
	}
	return cmp.Or(a.By.Compare(*b.By), strings.Compare(a.Key(), b.Key()))
}

func needs(ctx context.Context, tx *db.Tx, by account.Actor, calls []peer.Listed, today time.Time, own bool) (all []Need, err error) {
	asked := map[string]bool{} // orders that a message is about
	for _, source := range []func() ([]Need, error){
		func() ([]Need, error) { return answers(ctx, tx, by, today, own, asked) },
		func() ([]Need, error) { return orders(ctx, tx, by, own, asked) },
		func() ([]Need, error) { return drafts(ctx, tx, by, own) },
	} {
		some, err := source()
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	for _, c := range calls {
		if c.StartsAt.Before(today) && c.Status.Live() && (!own || arranged(c, by)) {
			all = append(all, Need{Kind: Join, Number: c.Number, Order: c.OrderNumber, Who: c.People.SpeakerName(), By: &c.StartsAt, Ends: c.EndsAt})
		}
	}
	return all, nil
}

// answers are the messages that wait for the office.
func answers(ctx context.Context, tx *db.Tx, by account.Actor, today time.Time, own bool, asked map[string]bool) (all []Need, err error) {
	if !by.Can(account.Correspond) {
		return nil, nil
	}
	page, err := message.List(ctx, tx, by, message.Query{View: message.NeedsReply, Today: today, Held: own})
	for i, t := range page.Threads {
		asked[t.OrderNumber] = true
		if i < Most {
			n := Need{Kind: Answer, Number: t.Number, Order: t.OrderNumber, Title: t.Subject, Patient: t.Patient, By: t.ReplyBy}
			if t.AssignedTo != string(by.ID) {
				n.Holder = t.AssignedName
			}
			all = append(all, n)
		}
	}
	return all, err
}
