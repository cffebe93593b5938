package order

import "slices"

// A Status is where an order, or one of its services, is in its life.
type Status string

// Statuses. The office reads their Words; reviewers work with the finer ones.
const (
	New           Status = "received"
	NurseReview   Status = "nurse_review"
	DoctorReview  Status = "physician_review"
	InfoRequested Status = "info_requested"
	Approved      Status = "approved"
	Partial       Status = "partial"
	Denied        Status = "denied"
	NotRequired   Status = "not_required"
	NotDelegated  Status = "not_delegated"
	Withdrawn     Status = "withdrawn"
	Closed        Status = "closed"
	Voided        Status = "voided"
)

// Statuses in the order people meet them.
var Statuses = []Status{New, NurseReview, DoctorReview, InfoRequested, Approved, Partial, Denied, NotRequired, NotDelegated, Withdrawn, Closed, Voided}

var statusWords = map[Status]string{
	New: "Sent", NurseReview: "In review", DoctorReview: "In review", InfoRequested: "More information needed",
	Approved: "Approved", Partial: "Approved in part", Denied: "Denied", NotRequired: "No authorization needed",
	NotDelegated: "Not handled here", Withdrawn: "Withdrawn", Closed: "Closed, no decision", Voided: "Voided",
}

// Words is a status as everyone reads it: never a verb, at most three words.
func (s Status) Words() string { return statusWords[s] }

var meaning = map[Status]string{
	New:           "We have it and are checking it.",
	NurseReview:   "A nurse or physician is reviewing it.",
	DoctorReview:  "A nurse or physician is reviewing it.",
	InfoRequested: "We can't decide without what's listed.",
	Approved:      "Approved for these services and dates.",
	Partial:       "Some services or units are approved.",
	Denied:        "Not approved. Reasons and options below.",
	NotRequired:   "This plan doesn't need one for this.",
	NotDelegated:  "The health plan decides this.",
	Withdrawn:     "The office withdrew it.",
	Closed:        "Closed without a decision.",
	Voided:        "Entered in error; has no effect.",
}

// Meaning is one sentence that stands under the status.
func (s Status) Meaning() string { return meaning[s] }

// Pending reports whether a decision is still due.
func (s Status) Pending() bool {
	return s == New || s == NurseReview || s == DoctorReview || s == InfoRequested
}

// Decided reports whether there is a determination.
func (s Status) Decided() bool { return s == Approved || s == Partial || s == Denied }

// Adverse reports whether a determination denies or reduces anything.
func (s Status) Adverse() bool { return s == Partial || s == Denied }

// life says what may follow a status. A decision can change after it, by a
// peer-to-peer, a reconsideration, an appeal or a reopening for error; what
// may do so is decided by package review.
var life = map[Status][]Status{
	New:           {NurseReview, DoctorReview, InfoRequested, Approved, Partial, Denied, NotRequired, NotDelegated, Withdrawn, Closed, Voided},
	NurseReview:   {DoctorReview, InfoRequested, Approved, Partial, Denied, Withdrawn, Closed, Voided},
	DoctorReview:  {NurseReview, InfoRequested, Approved, Partial, Denied, Withdrawn, Closed, Voided},
	InfoRequested: {NurseReview, DoctorReview, Approved, Partial, Denied, Withdrawn, Closed, Voided},
	Denied:        {Approved, Partial, Voided},
	Partial:       {Approved, Voided},
	Approved:      {Voided},
	NotRequired:   {Voided},
	NotDelegated:  {Voided},
	Withdrawn:     {Voided},
	Closed:        {NurseReview, Voided},
}

// MayBecome reports whether an order's life allows the step.
func (s Status) MayBecome(next Status) bool { return slices.Contains(life[s], next) }

// Family is a status as the office filters by it: the two kinds of review are
// one to them.
func Family(said string) []Status {
	var all []Status
	for _, s := range Statuses {
		if s.Words() == said {
			all = append(all, s)
		}
	}
	return all
}
