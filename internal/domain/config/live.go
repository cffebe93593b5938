package config

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// GoLive has a draft hold from now on. A Conflict fault means that the draft or
// what is live changed meanwhile; an Invalid one is at "why", at the keys of
// fields that can't be so any more, or at AtCases.
func GoLive(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int, why string) error {
	v, err := ready(ctx, tx, by, s, seen, why)
	if err != nil {
		return err
	}
	v.Why, v.ByID, v.ByName = strings.TrimSpace(why), by.ID, by.Name
	return apply(ctx, tx, by, v)
}

// Schedule has a draft go live at a time. Invalid faults are at "at", and as of
// GoLive.
func Schedule(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int, at time.Time, zone, why string) error {
	v, err := ready(ctx, tx, by, s, seen, why)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(at.After(tx.Now()), "at", "Enter a time that is to come")
	if err := f.Err(); err != nil {
		return err
	}
	v.State, v.EffectiveAt, v.Zone, v.Why, v.ByID, v.ByName, v.ChangedAt = Scheduled, &at, zone, strings.TrimSpace(why), by.ID, by.Name, tx.Now()
	v.Revision++
	if err := update(ctx, tx, v, seen); err != nil {
		return err
	}
	if err := v.audit(ctx, tx, by, "config.scheduled", at.UTC().Format(time.RFC3339)+": "+v.Why); err != nil {
		return err
	}
	return job.Add(ctx, tx, Due{v.ID, v.Revision}, job.At(at))
}

// ready is the draft that somebody saw, if it can go live.
func ready(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int, why string) (v Version, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return v, err
	}
	if err := checkWhy(why); err != nil {
		return v, err
	}
	if err := Witness(ctx, tx, account.Program(), s, found(s)); err != nil {
		return v, err
	}
	if v, err = openOf(ctx, tx, s); err != nil {
		return v, err
	}
	live, err := liveOf(ctx, tx, s)
	if err != nil {
		return v, err
	}
	if v.Revision != seen || v.State != Draft || v.Base != live.Number {
		return v, fault.New(fault.Conflict, "Someone else changed this while you were looking at it.")
	}
	return v, fit(ctx, tx, s, v.Doc)
}

// fit refuses a document that isn't valid now, or by which a test case fails:
// what others did since it was saved can make it so.
func fit(ctx context.Context, tx *db.Tx, s Subject, d Doc) error {
	k, err := kindOf(s)
	if err != nil {
		return err
	}
	if _, err := k.check(ctx, tx, s.ID, d); err != nil {
		return err
	}
	if k.ready != nil {
		if err := k.ready(d); err != nil {
			return err
		}
	}
	return prove(ctx, tx, s, d)
}

func checkWhy(why string) error {
	f := fault.Fields{}
	f.Check(strings.TrimSpace(why) != "", "why", "Say why, for those who look at it later")
	f.Check(utf8.RuneCountInString(why) <= 300, "why", "The reason must be 300 characters or less")
	return f.Err()
}

// RollBack sets a subject as it was in an old version, at once, as a new one.
// live is the number that the person had before them; if it isn't live any more
// that is a Conflict. Invalid faults are as of GoLive.
func RollBack(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, number, live int, why string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := checkWhy(why); err != nil {
		return err
	}
	if err := Witness(ctx, tx, account.Program(), s, found(s)); err != nil {
		return err
	}
	now, err := liveOf(ctx, tx, s)
	if err != nil {
		return err
	}
	if now.Number != live || number == live {
		return db.Changed(0, nil)
	}
	old, err := Numbered(ctx, tx, s, number)
	if err != nil {
		return err
	}
	return apply(ctx, tx, by, Version{ID: db.NewID("cfv"), Subject: s, Doc: old.Doc, Base: live, Why: strings.TrimSpace(why), ByID: by.ID, ByName: by.Name})
}

// apply sets the subject as v says and keeps v as its live version.
func apply(ctx context.Context, tx *db.Tx, by account.Actor, v Version) error {
	k, err := kindOf(v.Subject)
	if err != nil {
		return err
	}
	was, err := Current(ctx, tx, v.Subject)
	if err != nil {
		return err
	}
	if err := fit(ctx, tx, v.Subject, v.Doc); err != nil {
		return err
	}
	if err := k.write(ctx, tx, by, v.Subject.ID, v.Doc); err != nil {
		return err
	}
	if v.Doc, err = k.read(ctx, tx, v.Subject.ID); err != nil { // saving may tidy
		return err
	}
	if err := enthrone(ctx, tx, v); err != nil {
		return err
	}
	return v.audit(ctx, tx, by, "config.live", differing(v.Subject, was, v.Doc)+": "+v.Why)
}

// GoLiveDue has a scheduled version go live, once, whichever node comes first.
// If what it changes was changed by others since its draft began, or it would
// not be valid any more, it becomes a draft again that says so.
func GoLiveDue(ctx context.Context, tx *db.Tx, d Due) error {
	v, err := byID(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if v.State != Scheduled || v.Revision != d.Revision || v.EffectiveAt.After(tx.Now()) {
		return nil
	}
	if err := Witness(ctx, tx, account.Program(), v.Subject, found(v.Subject)); err != nil {
		return err
	}
	live, base, err := around(ctx, tx, v)
	if err != nil {
		return err
	}
	doc, both := Merge(v.Subject, base.Doc, v.Doc, live.Doc)
	if len(both) > 0 {
		return hold(ctx, tx, v, "Somebody changed the same meanwhile: "+strings.Join(both.labels(v.Subject), ", ")+".")
	}
	if err := fit(ctx, tx, v.Subject, doc); fault.Is(err, fault.Invalid) {
		return hold(ctx, tx, v, first(fault.Of(err).Fields)+".")
	} else if fault.Is(err, fault.NotFound) { // a newer version of the program says other texts
		return hold(ctx, tx, v, "What it is about isn’t there any more.")
	} else if err != nil {
		return err
	}
	v.Doc = doc
	return apply(ctx, tx, account.Program(), v)
}

func hold(ctx context.Context, tx *db.Tx, v Version, why string) error {
	seen := v.Revision
	v.State, v.Held, v.EffectiveAt, v.ChangedAt = Draft, why, nil, tx.Now()
	v.Revision++
	if err := update(ctx, tx, v, seen); err != nil {
		return err
	}
	return v.audit(ctx, tx, account.Program(), "config.held", why)
}
