// Package deadline is about by when something must be decided, and by which
// rule. A law or an agreement is a pack of rules: data with a source, a version
// and the days on which it holds. A clock runs from the receipt of a request
// to the moment its decision is due; asking for information can pause it or
// begin it again, an extension moves its end, and a request that turns out to
// be urgent has less of it. Where several packs hold the earliest due time
// counts. Every due time can say how it came about.
package deadline

import (
	"time"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// A Kind is what sort of decision a rule is about.
type Kind string

// Kinds. The first three and Retrospective are what a request says of itself.
const (
	Standard      Kind = "standard"
	Urgent        Kind = "urgent"
	Concurrent    Kind = "concurrent" // care that goes on
	Retrospective Kind = "retrospective"
	Stabilized    Kind = "post_stabilization"
)

// Kinds in the order people choose from them.
var Kinds = []Kind{Standard, Urgent, Concurrent, Retrospective, Stabilized}

// Words is a kind as people read it.
func (k Kind) Words() string {
	return map[Kind]string{Standard: "standard", Urgent: "urgent", Concurrent: "care that goes on", Retrospective: "care already given", Stabilized: "care after stabilization"}[k]
}

// A Pack is a set of rules as it holds from one day to another.
type Pack struct {
	ID      string     `json:"id"`
	Version string     `json:"version"`
	Name    words.Text `json:"name"`
	Basis   string     `json:"basis"` // "law" or "contract"
	Source  string     `json:"source"`
	From    civil.Date `json:"from"`
	To      civil.Date `json:"to,omitzero"` // the last day; zero for no end
	// States are those whose members it protects; none means all.
	States []string `json:"states,omitempty"`
	Rules  []Rule   `json:"rules"`
	Rights []Right  `json:"rights,omitempty"` // of members whose request was denied or reduced

	own  bool // the installation's, not of those that come with the program
	back bool // it was taken back
}

// Ref names a version of a pack for good: "erisa@2026.1".
func (p *Pack) Ref() string { return p.ID + "@" + p.Version }

// Own reports whether the installation brought the version itself.
func (p *Pack) Own() bool { return p.own }

// Back reports whether the version was taken back: it stays with the orders that
// began under it, and counts for no other.
func (p *Pack) Back() bool { return p.back }

// A Rule says within what time a kind of request is decided.
type Rule struct {
	ID       string     `json:"id"`
	Kinds    []Kind     `json:"kinds"`
	Channel  string     `json:"channel,omitempty"` // "electronic" or "other"; "" for both
	Within   Amount     `json:"within"`
	Sentence words.Text `json:"sentence"`
	Citation string     `json:"citation"`
	Late     words.Text `json:"late,omitempty"` // what not deciding in time amounts to

	Missing   Missing    `json:"missing,omitzero"`
	Extension *Extension `json:"extension,omitempty"`
}

// Missing says what asking for information does to the clock.
type Missing struct {
	Effect       Effect     `json:"effect,omitempty"` // "" is Runs
	AskWithin    Amount     `json:"ask_within,omitzero"`
	AnswerWithin Amount     `json:"answer_within,omitzero"` // at least so long must the office have
	Then         Amount     `json:"then,omitzero"`          // for Restarts: what is left after the answer; zero is the whole of Within
	MayClose     bool       `json:"may_close,omitempty"`    // a request that nobody completes may be closed without a decision
	Sentence     words.Text `json:"sentence,omitempty"`
	Citation     string     `json:"citation,omitempty"`
}

// An Effect is what asking for information does to a clock.
type Effect string

// Effects. A clock that Runs takes no notice.
const (
	Runs     Effect = "runs"
	Pauses   Effect = "pauses"
	Restarts Effect = "restarts"
)

// An Extension moves the end of a clock, once.
type Extension struct {
	By       Amount   `json:"by"`
	Grounds  []string `json:"grounds"`
	Spanish  []string `json:"grounds_es,omitempty"` // the grounds again, for letters
	Sentence string   `json:"sentence"`
	Citation string   `json:"citation"`
}

// Facts are what a due time follows from.
type Facts struct {
	Received   time.Time
	Kind       Kind
	Electronic bool
	State      string // of the member; "" if it isn't known
	Calendar   civil.Calendar
	Hours      civil.Hours
	Events     []Event // in the order in which they happened
}

// An Event is what happened to a clock after it began.
type Event struct {
	At    time.Time
	Kind  EventKind
	Until time.Time // of Asked: when the wait ends, answered or not
	To    Kind      // of Reclassified
	Mark  int       // of Warned and Missed, in percent
	Why   string
	Actor string // who did it, by name
}

// An EventKind is what can happen to a clock.
type EventKind string

// Events. Warned and Missed are noted for the record; they move nothing.
const (
	Asked        EventKind = "asked"
	Answered     EventKind = "answered"
	Extended     EventKind = "extended"
	Reclassified EventKind = "reclassified"
	Warned       EventKind = "warned"
	Missed       EventKind = "missed"
	Ended        EventKind = "ended"
)

// A Clock is where the time for a decision stands.
type Clock struct {
	Limit           // the one that counts
	Limits  []Limit // of every pack that holds, the earliest due first
	Kind    Kind    // what it is decided as now
	Started time.Time
}

// A Limit is what one rule makes of the facts.
type Limit struct {
	Pack   *Pack
	Rule   *Rule
	Due    time.Time
	Paused bool      // now
	Until  time.Time // of a pause: when the clock runs on, answered or not
	Steps  []Step
}

// A Step is one thing that led to a due time.
type Step struct {
	At   time.Time
	Day  civil.Date // what happened on the whole day, such as a holiday; zero for others
	Text words.Text
}

// When says when a step was, in a zone: "Mon, Nov 23, 10:00 AM CT".
func (s Step) When(zone *time.Location, now time.Time) words.Text {
	if !s.Day.IsZero() {
		return civil.ShortDate(s.Day, civil.DateIn(now, zone))
	}
	return civil.Deadline(s.At, zone, now)
}
