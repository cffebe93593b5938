package plan

import "parley/internal/fault"

// Reviewing is how a program's cases are reviewed. The zero value is what most
// want: who reviews opens every case of their plans and programs, and no
// decision is read again.
type Reviewing struct {
	// AskReason wants a reason from who opens a case that isn't theirs.
	AskReason bool `json:"ask_reason,omitempty"`
	// QualityPercent of the decisions that a person made are read again by
	// somebody else.
	QualityPercent int `json:"quality_percent,omitempty"`
	// MessageTypes are the types of message its reviewers choose from, by their
	// ids in package message; none means all.
	MessageTypes []string `json:"message_types,omitempty"`
	// MoreTime lets an office have more time to answer, once, without asking.
	MoreTime bool `json:"more_time,omitempty"`
}

func (r Reviewing) check(f fault.Fields) {
	f.Check(r.QualityPercent >= 0 && r.QualityPercent <= 100, "quality_percent", "The share of decisions that are read again must be 0 to 100 percent")
}
