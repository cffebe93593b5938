// Package config is about how what administrators set comes to hold: as a
// draft, seen by others before it counts, live at once or at a time, and rolled
// back. Every version that was live is kept, with who and why. What is set is a
// Doc, a text for each of its fields, whatever it is about; so there is one life
// of a version, one comparison and one form for all of it.
package config

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Doc is a text for each field of what is set, by the field's key.
type Doc map[string]string

// A Subject is what is set: a program, a plan, a plan's line of business, its
// holidays or its delegation, a wave of the roll-out, an entry of the help
// center, a template of letters, a text of the program's, or what the service is
// called.
type Subject struct{ Kind, ID string }

// A State is where a version is in its life.
type State string

// States of a version.
const (
	Draft     State = "draft"
	Scheduled State = "scheduled"
	Live      State = "live"
	Past      State = "past"
	Dropped   State = "dropped" // a draft that never was live
)

// A Version is one way a subject was, is or will be set.
type Version struct {
	ID string
	Subject
	Number      int // in the order in which versions were live; 0 for a draft
	State       State
	Doc         Doc
	Base        int // the number that was live when its draft began; 0 for none
	Revision    int // of a draft: each saving raises it
	EffectiveAt *time.Time
	Zone        string // in which EffectiveAt was said
	Why         string
	Held        string // why it didn't go live when it should
	ByID        account.PersonID
	ByName      string
	ChangedAt   time.Time
	LiveAt      *time.Time
	EndedAt     *time.Time // when another took its place
}

// Open reports whether v waits to go live.
func (v Version) Open() bool { return v.State == Draft || v.State == Scheduled }

// A Due has a scheduled version go live. It names the revision, so that one
// that was changed or put off meanwhile doesn't go live by an old job.
type Due struct {
	ID       string
	Revision int
}

// Kind names the job.
func (Due) Kind() string { return "config.due" }

// Current is how a subject is set now; an empty Doc where it isn't there yet.
// An unknown kind is a NotFound fault.
func Current(ctx context.Context, tx *db.Tx, s Subject) (Doc, error) {
	k, err := kindOf(s)
	if err != nil {
		return nil, err
	}
	d, err := k.read(ctx, tx, s.ID)
	if fault.Is(err, fault.NotFound) {
		return Doc{}, nil
	}
	return d, err
}

// Witness keeps how a subject is set now as its live version, if that isn't
// what was live last: a file set it, or it was there before versions were.
func Witness(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, why string) error {
	now, err := Current(ctx, tx, s)
	if err != nil || len(now) == 0 {
		return err
	}
	live, err := liveOf(ctx, tx, s)
	if err != nil || live.Number > 0 && maps.Equal(live.Doc, now) {
		return err
	}
	return enthrone(ctx, tx, Version{ID: db.NewID("cfv"), Subject: s, Doc: now, Base: live.Number, Why: why, ByID: by.ID, ByName: by.Name})
}

// found says where what is live and no version came from.
func found(s Subject) string {
	if s.Kind == textKindName || s == ServiceSubject {
		return "As the program has it, or set by a file."
	}
	return "Set by a file, or before versions were kept."
}

// Save keeps a draft. seen is the revision of the draft that the person had
// before them, 0 for none; a Conflict fault means that somebody else saved or
// scheduled it meanwhile. Invalid faults are at the keys of the fields.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, d Doc, seen int) (Version, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return Version{}, err
	}
	k, err := kindOf(s)
	if err != nil {
		return Version{}, err
	}
	if d, err = k.check(ctx, tx, s.ID, d); err != nil {
		return Version{}, err
	}
	if err := Witness(ctx, tx, account.Program(), s, found(s)); err != nil {
		return Version{}, err
	}
	live, err := liveOf(ctx, tx, s)
	if err != nil {
		return Version{}, err
	}
	open, err := openOf(ctx, tx, s)
	if err != nil {
		return Version{}, err
	}
	if open.Revision != seen || open.State == Scheduled {
		return Version{}, fault.New(fault.Conflict, "Someone else changed this while you were looking at it.")
	}
	v := open
	v.Subject, v.State, v.Doc, v.ByID, v.ByName, v.ChangedAt, v.Held = s, Draft, d, by.ID, by.Name, tx.Now(), ""
	if seen == 0 {
		v.ID, v.Base, v.Revision = db.NewID("cfv"), live.Number, 1
		err = insert(ctx, tx, v)
	} else {
		v.Revision++
		err = update(ctx, tx, v, seen)
	}
	if err != nil {
		return v, err
	}
	return v, v.audit(ctx, tx, by, "config.draft_saved", differing(s, live.Doc, d))
}

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
	return prove(ctx, tx, s, d)
}

func checkWhy(why string) error {
	f := fault.Fields{}
	f.Check(strings.TrimSpace(why) != "", "why", "Say why, for those who look at it later")
	f.Check(utf8.RuneCountInString(why) <= 300, "why", "The reason must be 300 characters or less")
	return f.Err()
}

// Unschedule makes a scheduled version a draft again.
func Unschedule(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int) error {
	return reopen(ctx, tx, by, s, seen, Scheduled, Draft, "config.unscheduled")
}

// Drop ends a draft that never was live.
func Drop(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int) error {
	return reopen(ctx, tx, by, s, seen, Draft, Dropped, "config.dropped")
}

func reopen(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int, from, to State, action string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	v, err := openOf(ctx, tx, s)
	if err != nil {
		return err
	}
	if v.State != from {
		return db.Changed(0, nil)
	}
	v.State, v.EffectiveAt, v.ChangedAt, v.ByID, v.ByName = to, nil, tx.Now(), by.ID, by.Name
	v.Revision++
	if err := update(ctx, tx, v, seen); err != nil {
		return err
	}
	return v.audit(ctx, tx, by, action, "")
}

// Refresh puts a draft's own changes onto what is live now, since that changed
// after the draft began. Where both changed a field the draft's text stays.
func Refresh(ctx context.Context, tx *db.Tx, by account.Actor, s Subject, seen int) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := Witness(ctx, tx, account.Program(), s, found(s)); err != nil {
		return err
	}
	v, err := openOf(ctx, tx, s)
	if err != nil {
		return err
	}
	live, base, err := around(ctx, tx, v)
	if err != nil {
		return err
	}
	if v.State != Draft || live.Number == 0 {
		return db.Changed(0, nil)
	}
	v.Doc, _ = Merge(v.Subject, base.Doc, v.Doc, live.Doc)
	v.Base, v.ChangedAt, v.ByID, v.ByName, v.Held = live.Number, tx.Now(), by.ID, by.Name, ""
	v.Revision++
	if err := update(ctx, tx, v, seen); err != nil {
		return err
	}
	return v.audit(ctx, tx, by, "config.refreshed", "")
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

// around are what is live now and what was live when v's draft began.
func around(ctx context.Context, tx *db.Tx, v Version) (live, base Version, err error) {
	if live, err = liveOf(ctx, tx, v.Subject); err != nil || v.Base == live.Number || v.Base == 0 {
		return live, live, err
	}
	base, err = Numbered(ctx, tx, v.Subject, v.Base)
	return live, base, err
}

func (v Version) audit(ctx context.Context, tx *db.Tx, by account.Actor, action, detail string) error {
	e := by.Audit(action, v.Subject.Kind, v.Subject.ID)
	e.Detail = strings.TrimSpace(detail)
	return audit.Record(ctx, tx, e)
}

// differing are which fields differ, for the audit.
func differing(s Subject, was, is Doc) string {
	var all []string
	for _, c := range Diff(s, was, is) {
		all = append(all, c.Key)
	}
	return strings.Join(slices.Compact(all), ", ")
}

func first(fields fault.Fields) string {
	return fields[slices.Sorted(maps.Keys(fields))[0]].String()
}

func (d Doc) text() (string, error) {
	b, err := json.Marshal(d)
	return string(b), err
}
