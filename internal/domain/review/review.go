// Package review is what the utilization-management organization does about
// an order: who may decide, and the determination itself. A program can
// approve; only a physician can make an adverse determination, and the record
// says that a person did (42 CFR 422.566(d), 438.210(b)(3)).
package review

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Reviewer is a person who reviews, with what qualifies them.
type Reviewer struct {
	PersonID   account.PersonID
	Name       string // filled when read
	Email      string // filled when read
	Credential string // filled when read
	NPI        string
	Specialty  string
	TimeZone   string // IANA name of where they work
	Physician  bool
	DailyCalls int // most calls in one of their days
	// WeeklyCalls is the most calls in one of their weeks, 0 for no limit;
	// GapMinutes are kept free around each call.
	WeeklyCalls int
	GapMinutes  int
	Weight      int // share of calls against others
	Active      bool
	Since       *time.Time // filled when read: since when they take calls, nil for longer than we know
	Licenses    []License
	Programs    []plan.ProgramID
	Plans       []plan.ID // on whose panel they are; none means every plan
	Lines       []string  // of business; none means all
	Languages   []string  // they speak besides English
}

// A License to practice in a state.
type License struct {
	State, Number string
	Expires       civil.Date // the last day it holds
}

// Licensed reports whether r holds a license on a day: in the state, or in
// any state if state is "".
func (r Reviewer) Licensed(state string, day civil.Date) bool {
	for _, l := range r.Licenses {
		if (state == "" || l.State == state) && !l.Expires.Before(day) {
			return true
		}
	}
	return false
}

// An Outcome is what is decided about one service.
type Outcome string

// Outcomes of a service line.
const (
	Approve Outcome = "approved"
	Modify  Outcome = "modified" // fewer units, or other dates, than asked
	Deny    Outcome = "denied"
)

// A Line is what is decided about one service, and why.
type Line struct {
	Line       int
	Outcome    Outcome
	Units      int // approved; ignored for a denial
	From, To   civil.Date
	ReasonCode string
	Reason     string // specific; required when adverse
	Criterion  string // guideline, version and criterion not met; required when adverse
}

// A Decision is what a reviewer sends.
type Decision struct {
	Order       order.ID
	Version     int // of the order when the reviewer read it
	Lines       []Line
	Kind        string // "clinical" or "administrative"; for an adverse decision
	Rationale   string // why, for the office
	Reviewed    string // what was looked at
	WouldChange string // what would change it
	Plain       string // why, in a plain sentence for the member; required when adverse
	PlainES     string // the same in Spanish, for a member whose letters are; may be added later
	After       string // what led to deciding again, such as AfterCall; "" for the first
	Attested    bool   // "I have reviewed this case"
}

// A Determination is a decision as made. It never changes.
type Determination struct {
	ID                                   string
	OrderID                              order.ID
	N                                    int
	At                                   time.Time
	PersonID                             account.PersonID
	Name, Credential, Specialty, License string
	Outcome                              order.Status
	Rationale, WouldChange, Reviewed     string
	Plain, PlainES                       string           // why, for the member
	SecondID                             account.PersonID // who signed it too; "" where nobody had to
	SecondName, SecondLicense            string
	UndoUntil                            *time.Time // until when it can be taken back; nil for never
	version                              int        // of the order, once it was made
	before                               string     // what the order was, as JSON
	Lines                                []Line
}

// Decided announces a determination. See app/reactions.go.
type Decided struct{ OrderID, DeterminationID string }

// Kind names the event.
func (Decided) Kind() string { return "review.decided" }

// License is the one that counts on a day for a state, such as "TX M1234",
// else any that holds; "" if none does.
func (r Reviewer) License(state string, day civil.Date) string {
	for _, want := range []string{state, ""} {
		for _, l := range r.Licenses {
			if (want == "" || l.State == want) && !l.Expires.Before(day) {
				return l.State + " " + strings.TrimPrefix(l.Number, l.State+"-")
			}
		}
	}
	return ""
}

// OfficeState is the state of the order's location, "" if it isn't known.
func OfficeState(ctx context.Context, tx *db.Tx, o order.Order) (string, error) {
	if o.LocationID == "" {
		return "", nil
	}
	known := *db.KeepInTx(tx, func() *states { return &states{} })
	if s, ok := known[o.LocationID]; ok {
		return s, nil
	}
	l, err := provider.GetLocation(ctx, tx, o.LocationID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	known[o.LocationID] = l.State
	return l.State, nil
}

// states are those of the locations that a transaction has read.
type states map[string]string

func (r Reviewer) zone() *time.Location {
	loc, err := civil.Zone(r.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

func sentence(made Determination, after string) words.Text {
	s := map[order.Status]words.Text{
		order.Approved: "Approved.", order.Partial: "Approved in part.", order.Denied: "Denied.",
	}[made.Outcome]
	if after != "" {
		s = words.Say("Decided again after %s: %s", afterWords(after), s)
	}
	if made.ByProgram() {
		return words.Say("%s %s", s, made.Rationale)
	}
	return words.Say("%s Reviewed by a person: %s.", s, describe(made))
}

// afterWords is what led to deciding again.
func afterWords(after string) words.Text {
	said := map[string]words.Text{AfterCall: "peer-to-peer", AfterReconsideration: "a reconsideration", AfterAppeal: "an appeal", AfterError: "an error"}
	return cmp.Or(said[after], words.AsIs(after))
}

func describe(d Determination) words.Text {
	what := words.Text("reviewer")
	if d.Credential != "" {
		what = words.AsIs(d.Credential)
	}
	return words.Join([]words.Text{what, words.AsIs(d.Specialty)}, ", ")
}

// Latest returns the determination that stands for an order, or a NotFound fault.
func Latest(ctx context.Context, tx *db.Tx, id order.ID) (Determination, error) {
	return latest(ctx, tx, id)
}

// OnPanel reports whether r may take calls for a line of business of a plan.
func (r Reviewer) OnPanel(id plan.ID, line string) (onPlan, onLine bool) {
	return len(r.Plans) == 0 || slices.Contains(r.Plans, id), len(r.Lines) == 0 || slices.Contains(r.Lines, line)
}

// Speaks reports whether r holds calls in a language. "" and English are
// everybody's.
func (r Reviewer) Speaks(language string) bool {
	return language == "" || language == English || slices.ContainsFunc(r.Languages, func(l string) bool { return strings.EqualFold(l, language) })
}

// English needs no row: every reviewer speaks it.
const English = "English"

// Decider is who made the determination that stands for an order, "" if none
// does.
func Decider(ctx context.Context, tx *db.Tx, id order.ID) (account.PersonID, error) {
	d, err := latest(ctx, tx, id)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return d.PersonID, err
}

// Get returns a reviewer with all that qualifies them, or a NotFound fault.
// What it holds is shared: nobody may change it.
func Get(ctx context.Context, tx *db.Tx, id account.PersonID) (Reviewer, error) {
	all, err := everybody(ctx, tx)
	if err != nil {
		return Reviewer{}, err
	}
	if i, ok := all.place[id]; ok {
		return all.byName[i], nil
	}
	return Reviewer{}, fault.New(fault.NotFound, "We can't find that reviewer.")
}

// Callable returns the active physicians trained for a program, by name, with
// all that qualifies them. What each holds is shared: nobody may change it.
func Callable(ctx context.Context, tx *db.Tx, program plan.ProgramID) (some []Reviewer, err error) {
	all, err := everybody(ctx, tx)
	for _, r := range all.byName {
		if r.Active && r.Physician && slices.Contains(r.Programs, program) {
			some = append(some, r)
		}
	}
	return some, err
}

// All returns every reviewer, by name. What each holds is shared: nobody may
// change it.
func All(ctx context.Context, tx *db.Tx) ([]Reviewer, error) {
	all, err := everybody(ctx, tx)
	return slices.Clone(all.byName), err
}

// Save stores a reviewer with licenses and programs. Who may: administrators.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, r Reviewer) error {
	if err := by.Must(account.ManageProgram); err != nil && !by.IsProgram() {
		return err
	}
	f := fault.Fields{}
	_, zoneErr := civil.Zone(r.TimeZone)
	f.Check(r.TimeZone != "" && zoneErr == nil, "time_zone", "Choose a time zone")
	f.Check(r.Specialty != "", "specialty", "Enter a specialty")
	f.Check(r.GapMinutes >= 0 && r.GapMinutes <= 120, "gap_minutes", "Minutes between calls must be between 0 and 120")
	f.Check(r.WeeklyCalls >= 0, "weekly_calls", "Calls in a week must be 0, for no limit, or more")
	if err := f.Err(); err != nil {
		return err
	}
	old, err := one(ctx, tx, r.PersonID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	r.Since = old.Since
	if r.Active && !old.Active { // new, or back: others must not have to wait until they caught up
		now := tx.Now()
		r.Since = &now
	}
	if err := save(ctx, tx, r); err != nil {
		return err
	}
	if now, err := one(ctx, tx, r.PersonID); err != nil || reflect.DeepEqual(old, now) {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("reviewer.saved", "reviewer", string(r.PersonID)))
}
