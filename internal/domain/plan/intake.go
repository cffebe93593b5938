package plan

// Intake is how a program takes in requests. The zero value is what most want:
// what meets the criteria is approved when it is sent, and everyone sees how
// the answers stand.
type Intake struct {
	// ByHand has a person decide everything, also what meets the criteria.
	ByHand   bool    `json:"by_hand,omitempty"`
	Criteria Showing `json:"criteria,omitempty"`
	// Signature wants the ordering practitioner to sign before a request is sent.
	Signature bool `json:"signature,omitempty"`
	// OneAtATime lets one person at a time work on a page of a request; else
	// others are told, and can work on it too.
	OneAtATime bool `json:"one_at_a_time,omitempty"`
}

// Showing is when an office sees which criteria its answers meet.
type Showing string

// Ways to show criteria. A program that fears that answers follow the criteria
// shows them after sending.
const (
	Always       Showing = "always"
	AfterSending Showing = "after_sending"
	Never        Showing = "never"
)
