// Package message is about what an office and those who review its orders say
// to each other in writing. A reviewer asks for exactly what is missing, thing
// by thing, with why and until when; the office answers when it suits, in
// pieces and by several people; and an office can ask something itself. Both
// sides see what was delivered, read and answered. Nothing in a thread is ever
// deleted: it is part of the record of its order.
package message

import (
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/words"
)

// A Kind is who began a thread, and what for.
type Kind string

// Kinds of thread.
const (
	Request  Kind = "request"  // a reviewer needs something for an order
	Question Kind = "question" // an office wants to know something
)

// A Status is how far a thread is.
type Status string

// Statuses. Only those who review see a Draft, and one that is Leaving: for a
// few seconds it can be taken back.
const (
	Draft   Status = "draft"
	Leaving Status = "leaving"
	Open    Status = "open"
	Closed  Status = "closed"
)

// A Side is where somebody stands in a thread.
type Side string

// Sides. What the program itself notes is on neither.
const (
	Office  Side = "office"
	Review  Side = "review"
	Program Side = "program"
)

// SideOf is where by writes from: at the portal, also as staff who act for an
// office, or in review.
func SideOf(by account.Actor) Side {
	switch {
	case by.IsProgram():
		return Program
	case by.On(account.Portal):
		return Office
	}
	return Review
}

// UndoFor is how long a request for information can be taken back.
const UndoFor = 10 * time.Second

// A Thread is one conversation.
type Thread struct {
	ID, Number               string
	OrderID                  order.ID // "" for a question about none
	OrganizationID           string   // the office's
	LocationID               string   // whose team it is for; "" for any
	PlanID                   plan.ID  // "" without an order
	ProgramID                plan.ProgramID
	Kind                     Kind
	Type                     string // of a Request: one of Types
	Topic                    string // of a Question: one of Topics
	Subject                  string // in plain words: "2 files needed: MRI, lower back"
	Status                   Status
	Turn                     Side   // who is to answer; "" for nobody
	Intro                    string // of a Request: words before the list, may be ""
	ReplyBy                  *time.Time
	Effect                   deadline.Effect // of asking on the order's clock
	Unanswered               string          // what follows when nobody answers: plan.DecideThen or plan.CloseThen
	DueThen                  *time.Time      // when the decision is due if nobody answers; nil if nothing says so
	MoreTime                 bool            // the office had more time already
	LeavesAt                 *time.Time      // of one that is Leaving
	SentAt                   *time.Time
	AnsweredAt               *time.Time // when the first answer came
	ExpiredAt                *time.Time // when the wait for an answer ended
	ClosedAt                 *time.Time
	CreatedAt                time.Time
	CreatedBy                account.PersonID
	CreatedName              string
	AssignedTo, AssignedName string // at the office; "" for its whole team
	LastN                    int
	LastAt                   time.Time
	OfficeN, ReviewN         int // the last entry that each side is to read
	Version                  int

	Items []Item
}

// A Need is what kind of answer an item wants.
type Need string

// Needs.
const (
	Text  Need = "text"
	File  Need = "file"
	YesNo Need = "yes_no"
)

// Words is a need as people read it.
func (n Need) Words() string {
	return map[Need]string{Text: "A written answer", File: "A file", YesNo: "Yes or no"}[n]
}

// Needs in the order people choose from them.
var Needs = []Need{File, Text, YesNo}

// An Item is one thing that is asked for, and what the office says to it.
type Item struct {
	N                    int // from 1
	Kind                 Need
	Ask                  string // a sentence in plain words
	Why                  string // which criterion it is for
	Satisfies            string // what would be enough
	Guideline, Criterion string // where it comes from; "" for none
	FileKind             string // of a File: one of attachment.Kinds, or ""
	Answer
	SavedAt                  *time.Time
	SavedBy, SavedName       string
	AssignedTo, AssignedName string
	SentAt                   *time.Time // nil: the answer is a draft, which the other side doesn't see
	SentBy, SentName         string
	Version                  int
}

// An Answer is what an office says to an item. Its files are uploads of the
// thread's folder.
type Answer struct {
	Text       string
	Yes        string // "yes" or "no"; "" for neither
	Without    string // why there is nothing to send: one of WithoutReasons; "" if there is
	WithoutWhy string // the same in words
}

// Words are an answer as one text.
func (a Answer) Words() string {
	var all []string
	if a.Without != "" {
		all = append(all, "Not available: "+WithoutWords(a.Without)+". "+a.WithoutWhy)
	}
	if a.Yes != "" {
		all = append(all, map[string]string{"yes": "Yes", "no": "No"}[a.Yes])
	}
	if a.Text != "" {
		all = append(all, a.Text)
	}
	return strings.TrimSpace(strings.Join(all, "\n"))
}

// WithoutReasons are why an office may not have what is asked for.
var WithoutReasons = []struct{ ID, Words string }{{"not_done", "It wasn’t done"}, {"elsewhere", "It was done elsewhere"}, {"not_applicable", "It doesn’t apply"}}

// WithoutWords is a reason as people read it.
func WithoutWords(id string) string {
	i := slices.IndexFunc(WithoutReasons, func(r struct{ ID, Words string }) bool { return r.ID == id })
	if i < 0 {
		return ""
	}
	return WithoutReasons[i].Words
}

// Empty reports whether nothing was said.
func (a Answer) Empty() bool { return a == Answer{} }

// An Entry is one thing said or done in a thread.
type Entry struct {
	N          int // from 1
	At         time.Time
	Side       Side
	Kind       string // "asked", "answered", "text", "time", "expired", "decided", "closed", "reopened", "withdrawn"
	PersonID   account.PersonID
	Name, Role string
	Text       string
	Internal   bool // it never leaves those who review
}

// A Seen is how far somebody has read a thread.
type Seen struct {
	Name string
	Side Side
	N    int
	At   time.Time
}

// Types of request, by their ids, in the order people choose from them. Which
// of them a program uses is its own; see plan.Reviewing.
var Types = []struct{ ID, Words string }{
	{"documentation", "Required documentation"},
	{"not_received", "Required documentation has not been received"},
	{"clinical_clarification", "Clarification is needed for clinical details"},
	{"clarification", "Clarification is needed"},
	{"more_information", "More information required"},
}

// TypesOf are those that a program uses.
func TypesOf(p plan.Program) []struct{ ID, Words string } {
	all := slices.Clone(Types)
	if used := p.Reviewing.MessageTypes; len(used) > 0 {
		all = slices.DeleteFunc(all, func(t struct{ ID, Words string }) bool { return !slices.Contains(used, t.ID) })
	}
	return all
}

// Topics of a question, in the order people choose from them, and what each is
// about.
var Topics = []struct{ ID, Words string }{
	{"decision", "Question about a decision"}, {"change", "Change something"}, {"technical", "Technical problem"}, {"other", "Other"},
}

// TypeWords is what a thread is, as people read it.
func (t Thread) TypeWords() string {
	all, id := Types, t.Type
	if t.Kind == Question {
		all, id = Topics, t.Topic
	}
	for _, one := range all {
		if one.ID == id {
			return one.Words
		}
	}
	return "Message"
}

// Words is where a thread stands, as side reads it.
func (t Thread) Words(side Side) string {
	switch {
	case t.Status == Draft:
		return "Draft"
	case t.Status == Leaving:
		return "Being sent"
	case t.Status == Closed:
		return "Closed"
	case t.Turn == "" && t.Kind == Request && t.AnsweredAt == nil:
		return "Not answered"
	case t.Turn == "":
		return "Answered"
	case t.Turn == side && t.Kind == Request && t.ExpiredAt != nil:
		return "Reply is late"
	case t.Turn == side:
		return "Needs a reply"
	case t.Turn == Office && t.Kind == Request && t.ExpiredAt != nil:
		return "No reply in time"
	case t.Turn == Office:
		return "Waiting for the office"
	}
	return "Waiting for a reviewer"
}

// Remaining are the items that are not answered yet.
func (t Thread) Remaining() []Item {
	return slices.DeleteFunc(slices.Clone(t.Items), func(i Item) bool { return i.SentAt != nil })
}

// Unread reports whether side has something to read beyond n.
func (t Thread) Unread(side Side, n int) bool {
	last := t.OfficeN
	if side == Review {
		last = t.ReviewN
	}
	return last > n
}

// folder is where the files of a thread's answers are until they are sent.
func (t Thread) folder() string { return t.ID }

// late reports whether what is answered now comes after what it was for.
func late(o order.Order) bool { return !o.Status.Pending() }

// roleWords is as whom by writes: their organization, or a key of ours.
func roleWords(by account.Actor) string {
	switch SideOf(by) {
	case Office:
		return by.Seat().Organization
	case Review:
		return string(clinicalReview)
	}
	return ""
}

const clinicalReview words.Text = "clinical review"
