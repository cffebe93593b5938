package peer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/words"
)

// A Result says whether a call about an order is available.
type Result string

// Results of the question whether a call is available.
const (
	Available      Result = "available"      // and can change the decision
	BeforeDecision Result = "before"         // a denial is meant: a call can help before the decision
	DiscussOnly    Result = "discussion"     // available, but can't change it
	AlreadyBooked  Result = "booked"         // one is to come
	Used           Result = "used"           // as many took place as the plan allows
	NotOpenYet     Result = "not_open"       // not rolled out for this program and plan
	PlanHandles    Result = "plan"           // the plan runs its own calls
	NotOffered     Result = "none"           // nobody offers calls
	Administrative Result = "administrative" // denied, but not for clinical reasons
	NothingDenied  Result = "nothing_denied" // no adverse determination to discuss
)

// Why a call is discussion only.
const (
	BecauseAppeal = "appeal"
	BecauseWindow = "window"
	BecausePlan   = "plan"
	BecauseLine   = "line"
)

// Standing is the answer for one order at one moment, with what the page says
// about it. It is computed from policy data, never typed.
type Standing struct {
	Result  Result
	Why     string     // DiscussOnly: one of Because…
	Until   *time.Time // end of the window, where one is set
	Points  string     // BeforeDecision: what is missing
	Appeal  *time.Time // when an appeal was filed
	Opens   civil.Date // NotOpenYet: the day booking opens, zero if none is set
	Call    *Call      // AlreadyBooked: the one to come; Used: the last one
	Plan    plan.Plan
	Line    plan.Line
	Program plan.Program
	Notice  words.Text // the roll-out's own words, if it has any

	uncalled bool // there never was a call about the order
}

// Bookable reports whether a time can be chosen.
func (s Standing) Bookable() bool {
	return s.Result == Available || s.Result == BeforeDecision || s.Result == DiscussOnly
}

// Effect is what a call booked now could do.
func (s Standing) Effect() Effect {
	if s.Result == Available || s.Result == BeforeDecision {
		return CanChange
	}
	return Discussion
}

// Phone and hours to call where booking is not to be had.
func (s Standing) Phone() string { return first(s.Line.Phone, s.Plan.Phone) }

// Hours in which Phone is answered.
func (s Standing) Hours() string { return first(s.Line.Hours, s.Plan.Hours) }

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// facts are all that the answer depends on.
type facts struct {
	rules
	order  order.Order
	now    time.Time
	live   *Call
	past   []Call // that took place
	intent *review.Intent
}

// rules are what holds for all orders of a plan, line of business and program.
type rules struct {
	plan     plan.Plan
	line     plan.Line
	program  plan.Program
	calendar civil.Calendar
	doesCall plan.Doer
	doesUM   plan.Doer
	rollout  plan.Rollout
	next     civil.Date
}

// stand answers whether a call is available. The order of the questions is
// that of their weight: what is already agreed, then who may offer it at all,
// then what it can do.
func stand(f facts) Standing {
	s := Standing{Line: f.line, Appeal: f.order.AppealAt, Notice: words.Both(f.rollout.Notice, f.rollout.NoticeES)}
	if f.order.DecidedAt != nil {
		if until, ok := f.line.CallUntil(*f.order.DecidedAt, f.calendar); ok {
			s.Until = &until
		}
	}
	switch {
	case f.live != nil:
		s.Result, s.Call = AlreadyBooked, f.live
	case !f.order.Status.Adverse() && !f.intended():
		s.Result = NothingDenied
	case f.doesCall == plan.ThePlan:
		s.Result = PlanHandles
	case f.doesCall == plan.Nobody:
		s.Result = NotOffered
	case !f.rollout.Stage.Open():
		s.Result, s.Opens = NotOpenYet, f.next
	case f.intended():
		s.Result, s.Until, s.Points = BeforeDecision, &f.intent.Until, f.intent.Points
	case f.order.DenialKind == "administrative":
		s.Result = Administrative
	case f.line.CallsPerCase > 0 && len(f.past) >= f.line.CallsPerCase:
		s.Result, s.Call = Used, &f.past[0]
	default:
		s.Result, s.Why = effect(f, s.Until)
	}
	return s
}

// intended reports whether a denial is meant and a call can still prevent it.
func (f facts) intended() bool {
	return f.intent != nil && f.order.Status.Pending() && f.intent.Open(f.now)
}

// effect says what a call can do: nothing once an appeal is open or the
// window has ended, or where the plan decides itself or its line of business
// allows no change after the decision (Medicare Advantage, 42 CFR 422.566 ff.).
func effect(f facts, until *time.Time) (Result, string) {
	switch {
	case f.order.AppealAt != nil:
		return DiscussOnly, BecauseAppeal
	case f.doesUM != plan.Us:
		return DiscussOnly, BecausePlan
	case f.line.CallEffect == string(Discussion):
		return DiscussOnly, BecauseLine
	case until != nil && !f.now.Before(*until):
		return DiscussOnly, BecauseWindow
	}
	return Available, ""
}

// Key is a slot as a form carries it. It names a time, not a reviewer.
func (s Slot) Key() string {
	return "s_" + strconv.FormatInt(s.Start.Unix()/quantumSec, 36) + "_" + strconv.Itoa(s.Minutes)
}

// ParseSlot reads a slot's key. ok is false for anything else.
func ParseSlot(key string) (s Slot, ok bool) {
	rest, isSlot := strings.CutPrefix(key, "s_")
	q, minutes, both := strings.Cut(rest, "_")
	if !isSlot || !both || len(q) > 8 {
		return s, false
	}
	n, err := strconv.ParseInt(q, 36, 64)
	m, err2 := strconv.Atoi(minutes)
	if err != nil || err2 != nil || n <= 0 || m != 15 && m != 30 && m != 60 {
		return s, false
	}
	return Slot{Start: time.Unix(n*quantumSec, 0).UTC(), Minutes: m}, true
}

// checkPeople says what the office's side of a call lacks. peers are the
// credentials a plan accepts, comma separated; "" accepts any.
func checkPeople(p People, peers string) error {
	f := fault.Fields{}
	f.Check(p.Speaker == "ordering" || p.Speaker == "colleague" || p.Speaker == "other", "speaker", "Select who will speak")
	f.Check(p.First != "", "first_name", "Enter the first name")
	f.Check(p.Last != "", "last_name", "Enter the last name")
	f.Check(p.Credential != "", "credential", "Select a credential")
	f.Check(p.Credential == "" || slices.Contains(Credentials, p.Credential), "credential", "Select a credential from the list")
	f.Check(p.Credential == "" || peers == "" || slices.Contains(strings.Split(peers, ","), p.Credential), "credential",
		words.Say("Choose someone with one of these credentials: %s", strings.ReplaceAll(peers, ",", ", ")))
	checkPhone(f, "phone", p.Phone, "Enter the number we should call", true)
	checkPhone(f, "backup_phone", p.BackupPhone, "", false)
	checkExtension(f, "extension", p.Extension)
	checkExtension(f, "backup_extension", p.BackupExtension)
	f.Check(p.Email == "" || looksLikeEmail(p.Email), "email", "Enter an email address in the correct format, like name@example.com")
	for field, text := range map[string]string{"first_name": p.First, "last_name": p.Last, "contact_first_name": p.ContactFirst, "contact_last_name": p.ContactLast, "contact_location": p.ContactLocation} {
		f.Check(len([]rune(text)) <= 60, field, "Use 60 characters or less")
	}
	f.Check(len([]rune(p.Instructions)) <= 200, "instructions", "Instructions must be 200 characters or less")
	return f.Err()
}

func checkPhone(f fault.Fields, field, phone string, missing words.Text, needed bool) {
	if phone == "" {
		f.Check(!needed, field, missing)
		return
	}
	f.Check(provider.TidyPhone(phone) != "", field, "Phone number must be 10 digits")
}

func checkExtension(f fault.Fields, field, extension string) {
	f.Check(extension == order.Digits(extension), field, "Extension must be numbers only")
	f.Check(len(extension) <= 8, field, "Extension must be 8 digits or less")
}

func looksLikeEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " <>,;\"\n") && len(s) <= 254 &&
		!strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") && !strings.Contains(host, "@")
}

// transitions a call's life allows.
var transitions = map[Status][]Status{
	Requested: {Scheduled, Requested, Cancelled, Expired},
	Scheduled: {Scheduled, Confirmed, InCall, Cancelled, NoShow, Missed},
	Confirmed: {Scheduled, InCall, Cancelled, NoShow, Missed},
	InCall:    {Completed, Scheduled},
	Missed:    {Scheduled, Cancelled},
	NoShow:    {Scheduled, Cancelled},
}

func (s Status) mayBecome(next Status) bool { return slices.Contains(transitions[s], next) }
