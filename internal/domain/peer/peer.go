// Package peer is about the peer-to-peer call: the conversation in which an
// ordering physician and a physician reviewer discuss an order that was
// denied. Here it is booked for a time that is really kept free, moved,
// cancelled, and said so to both sides.
package peer

import (
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/words"
)

// An ID identifies a call inside the program; people use its Number.
type ID string

// A Status is where a call is in its life.
type Status string

// Statuses. Requested, with a time, means that staff have yet to confirm it.
const (
	Requested Status = "requested"
	Scheduled Status = "scheduled"
	Confirmed Status = "confirmed"
	InCall    Status = "in_call"
	Completed Status = "completed"
	Cancelled Status = "cancelled"
	NoShow    Status = "no_show"
	Missed    Status = "missed"
	Expired   Status = "expired"
)

// Words is a status as people read it.
func (s Status) Words() string {
	return map[Status]string{
		Requested: "Requested", Scheduled: "Confirmed", Confirmed: "Confirmed", InCall: "In progress", Completed: "Completed",
		Cancelled: "Canceled", NoShow: "Not reached", Missed: "Missed by us", Expired: "Expired",
	}[s]
}

// Live reports whether a call is still to come or going on.
func (s Status) Live() bool {
	return s == Requested || s == Scheduled || s == Confirmed || s == InCall
}

// An Effect is what a call can do.
type Effect string

// Effects. A call that is discussion only can't change the decision.
const (
	CanChange  Effect = "change"
	Discussion Effect = "discussion"
)

// A Call is one conversation agreed, or asked for.
type Call struct {
	ID             ID
	Number         string // ten digits
	Status         Status
	OrganizationID string
	OrderID        order.ID
	PlanID         plan.ID
	ProgramID      plan.ProgramID
	ReviewerID     account.PersonID // "" while no time is agreed
	StartsAt       time.Time        // zero while no time is agreed
	EndsAt         time.Time
	Zone           string // IANA name in which the office reads the time
	Offset         int    // seconds east of UTC that Zone had for StartsAt when booked
	Effect         Effect
	ValidUntil     *time.Time // end of the window in which a call can change the decision
	Version        int
	UIDOffice      string // of the calendar objects, constant for life
	UIDReviewer    string
	Sequence       int // rises with every change that calendars must see
	Tier           int
	Trace          string // why this reviewer, in a sentence
	Matching       string // how the reviewer was found, see Match
	Language       string // of the call; "" is English
	CancelReason   string
	CancelNote     string
	People         People
	ArrangerID     account.PersonID
	ArrangerName   string
	ArrangerEmail  string
	AnswerBy       *time.Time // requested without a time: by when the office hears
	CreatedAt      time.Time
	ChangedAt      time.Time

	stored     account.PersonID // who has it in the database
	storedLive bool             // and whether it is live there
}

// Reference is a call's number as people read it: P 551 900 2348.
func (c Call) Reference() string { return "P " + order.Spaced(c.Number) }

// Minutes is how long the call is planned for.
func (c Call) Minutes() int { return int(c.EndsAt.Sub(c.StartsAt).Minutes()) }

// People are who speaks for the office and how to reach them.
type People struct {
	Speaker                                                  string // "ordering", "colleague" or "other"
	First, Last, Credential                                  string
	Phone, Extension, BackupPhone, BackupExtension           string
	Email                                                    string
	ContactFirst, ContactLast, ContactLocation, Instructions string
}

// SpeakerName is who will speak, as people read it: "Dr. Ada Okafor, MD".
func (p People) SpeakerName() string {
	name := strings.TrimSpace(p.First + " " + p.Last)
	if p.Credential != "" {
		name += ", " + p.Credential
	}
	return name
}

// A Slot is a time that can be booked. Its value on a page is Key.
type Slot struct {
	Start   time.Time
	Minutes int
	Tier    int // 1 is the best match
}

// End is when a call in the slot ends.
func (s Slot) End() time.Time { return s.Start.Add(time.Duration(s.Minutes) * time.Minute) }

// SameSpecialty reports whether who takes the call has the specialty that the
// order needs.
func (s Slot) SameSpecialty() bool { return s.Tier > 0 && s.Tier <= TierSame }

// An Event is one thing that happened to a call.
type Event struct {
	N         int
	At        time.Time
	ActorID   account.PersonID
	ActorName string
	Kind      string
	Text      words.Text // kept with its marks
	From, To  Status
	Version   int
}

// What a call announces. See app/reactions.go.
type (
	Booked      struct{ Notice }
	WasAsked    struct{ Notice } // requested where staff confirm
	Moved       struct{ Notice }
	WasCanceled struct{ Notice }
	WasMissed   struct{ Notice } // its time went by and nobody called
	NotReached  struct{ Notice } // the reviewer called in vain
	OutcomeSaid struct{ Notice }
	RunningLate struct {
		Notice
		Minutes int
	}
	PhoneChanged struct{ Notice }
	// Remind asks, at a time before the call, whether a reminder is still wanted.
	Remind struct {
		Notice
		Before string // "24h", "1h" or "15m"
	}
)

// A Notice is a call as it was when something happened to it. It holds what
// mails need, so that each change is told as it was, even when the next one
// came before the mail was written; and no member's data.
type Notice struct {
	CallID      ID
	Version     int
	Sequence    int
	Starts      time.Time
	Ends        time.Time
	Reviewer    account.PersonID
	UIDReviewer string           // of the reviewer's calendar entry
	Was         account.PersonID // who had the call before, if another
	UIDWas      string           // of that reviewer's calendar entry
}

// notice takes down c as it is now.
func (c Call) notice() Notice {
	return Notice{CallID: c.ID, Version: c.Version, Sequence: c.Sequence, Starts: c.StartsAt, Ends: c.EndsAt, Reviewer: c.ReviewerID, UIDReviewer: c.UIDReviewer}
}

// At is c as it was when n was taken down.
func (n Notice) At(c Call) Call {
	c.Version, c.Sequence, c.StartsAt, c.EndsAt, c.ReviewerID, c.UIDReviewer = n.Version, n.Sequence, n.Starts, n.Ends, n.Reviewer, n.UIDReviewer
	return c
}

// Kind names the event.
func (Booked) Kind() string      { return "peer.booked" }
func (WasAsked) Kind() string    { return "peer.requested" }
func (Moved) Kind() string       { return "peer.moved" }
func (WasCanceled) Kind() string { return "peer.canceled" }
func (Remind) Kind() string      { return "peer.remind" }

// Kind names the event.
func (WasMissed) Kind() string    { return "peer.missed" }
func (NotReached) Kind() string   { return "peer.not_reached" }
func (OutcomeSaid) Kind() string  { return "peer.outcome" }
func (RunningLate) Kind() string  { return "peer.late" }
func (PhoneChanged) Kind() string { return "peer.phone_changed" }

// Reasons for which a call is canceled, by the value of the form's radio.
var Reasons = []struct{ Value, Words string }{
	{"not_needed", "No longer needed"},
	{"appeal", "We'll appeal instead"},
	{"new_information", "We'll send new information"},
	{"no_time", "Couldn't find a time"},
	{"other", "Other"},
}

// approved is why the program itself cancels a call.
const approved = "approved"

// ReasonWords is a stored reason as people read it.
func ReasonWords(value string) string {
	if value == approved {
		return "The order was approved"
	}
	for _, r := range Reasons {
		if r.Value == value {
			return r.Words
		}
	}
	return value
}

// Credentials a speaker can have.
var Credentials = []string{"MD", "DO", "NP", "PA", "DDS", "PharmD", "PhD", "Other"}
