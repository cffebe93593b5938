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

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Doc is a text for each field of what is set, by the field's key.
type Doc map[string]string

// A Subject is what is set: a program, a plan, a plan's line of business, its
// holidays or its delegation, a wave of the roll-out, an entry of the help
// center, a template of letters, a text of the program's, what the service is
// called, a rule of a state about calls, a pack of rules about clocks, or a guideline.
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
	if s.Kind == packKindName || s.Kind == guidelineKindName {
		return "It came with Parley, or by a file."
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
