// Package appeal is about what can be done against an adverse determination
// beside talking about it: a reconsideration looks at new information, an appeal
// has somebody else decide anew, and where the plan keeps that to itself, the
// office is told where to turn. Who may, until when and to what effect is
// computed from policy data, so that screen, letter and interface agree.
package appeal

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Status is how far a filing is.
type Status string

// Statuses.
const (
	Open       Status = "filed"
	Upheld     Status = "upheld"     // the decision stays
	Overturned Status = "overturned" // the decision was made anew
	Withdrawn  Status = "withdrawn"
)

// Words is a status as people read it.
func (s Status) Words() string {
	return map[Status]string{Open: "In review", Upheld: "Decision stays", Overturned: "Decision changed", Withdrawn: "Withdrawn"}[s]
}

// On whose behalf something is filed.
const (
	ForProvider = "provider"
	ForMember   = "member"
)

// A Filing is one request for a reconsideration or an appeal.
type Filing struct {
	ID, Number      string
	OrderID         order.ID
	DeterminationID string
	Kind            review.OptionKind // Reconsider, AppealOption or FastAppeal
	Behalf          string            // ForProvider or ForMember
	Consent         string            // where the member's written consent is; required for ForMember
	Reason          string            // why the decision should change
	UrgentWhy       string            // of an expedited appeal: why waiting could seriously harm
	FiledAt         time.Time
	FiledBy         account.PersonID
	FiledName       string
	OrganizationID  string // whose order it is about
	DueAt           *time.Time
	Status          Status
	ClosedAt        *time.Time
	ClosedBy        account.PersonID
	ClosedName      string
	Rationale       string // why the decision stays
	version         int
}

// Filed announces a filing. See app/reactions.go.
type Filed struct{ FilingID string }

// Kind names the event.
func (Filed) Kind() string { return "appeal.filed" }

// Closed announces that a filing was answered.
type Closed struct{ FilingID string }

// Kind names the event.
func (Closed) Kind() string { return "appeal.closed" }

// A Choice is one way to go on after a decision, with whether it is open now.
type Choice struct {
	review.Option
	Filing *Filing    // the latest of its kind about this decision, nil for none
	Why    words.Text // why it can't be chosen now, a sentence; "" if it can
}

// Choices are the ways to go on after the decision on an order. The caller has
// read the order, and so may. Whether a call can be booked says package peer.
func Choices(ctx context.Context, tx *db.Tx, o order.Order) ([]Choice, error) {
	if !o.Status.Adverse() {
		return nil, nil
	}
	d, err := review.Latest(ctx, tx, o.ID)
	if err != nil {
		return nil, err
	}
	return ChoicesOn(ctx, tx, o, d)
}

// ChoicesOn is Choices for who has read the decision that stands.
func ChoicesOn(ctx context.Context, tx *db.Tx, o order.Order, d review.Determination) ([]Choice, error) {
	options, err := review.Options(ctx, tx, o)
	if err != nil || len(options) == 0 {
		return nil, err
	}
	filings, err := Of(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	var all []Choice
	for _, option := range options {
		c := Choice{Option: option}
		for _, f := range filings {
			if f.Kind == option.Kind && f.DeterminationID == d.ID && c.Filing == nil {
				c.Filing = &f
			}
		}
		c.Why = closed(c, o, tx.Now())
		all = append(all, c)
	}
	return all, nil
}

// closed says why a choice can't be made now, "" if it can.
func closed(c Choice, o order.Order, now time.Time) words.Text {
	switch {
	case c.Filing != nil && c.Filing.Status == Open:
		return "It is asked for already."
	case c.Filing != nil && c.Filing.Status != Withdrawn:
		return words.Say("It was answered: %s.", words.Text(c.Filing.Status.Words()))
	case c.Over(now):
		return "The time for it is over."
	case c.After != "":
		return "It follows an appeal."
	case c.Kind == review.Reconsider && o.AppealAt != nil:
		return "An appeal was filed, so the appeal decides."
	case c.By == plan.ThePlan:
		return "The plan handles it. Send it there."
	case c.By == plan.Nobody:
		return "Nobody offers it for this plan."
	}
	return ""
}

// Files reports whether something of the kind is filed here rather than booked
// or sent elsewhere.
func Files(k review.OptionKind) bool {
	return k == review.Reconsider || k == review.AppealOption || k == review.FastAppeal
}

// File asks for a reconsideration or an appeal of the decision on an order.
// version is the order's when it was read. Who may: the order's office, and
// staff who take it down. The error is Invalid at "reason", "behalf", "consent"
// or "urgent_why", a Conflict if it isn't open (any more).
func File(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, f Filing) (Filing, error) {
	if err := by.Must(account.FileAppeals); err != nil {
		return f, err
	}
	choice, err := open(ctx, tx, o, f.Kind)
	if err != nil {
		return f, err
	}
	if err := f.check(); err != nil {
		return f, err
	}
	d, err := review.Latest(ctx, tx, o.ID)
	if err != nil {
		return f, err
	}
	f.ID, f.OrderID, f.DeterminationID, f.OrganizationID = db.NewID("apl"), o.ID, d.ID, o.OrganizationID
	f.FiledAt, f.FiledBy, f.FiledName, f.Status, f.version = tx.Now(), by.ID, by.Name, Open, 1
	if f.DueAt, err = due(ctx, tx, o, choice); err != nil {
		return f, err
	}
	if err := f.insert(ctx, tx); err != nil {
		return f, err
	}
	if err := f.note(ctx, tx, by, o); err != nil {
		return f, err
	}
	return f, job.Add(ctx, tx, Filed{f.ID})
}

// open is the choice of a kind, if it can be made now.
func open(ctx context.Context, tx *db.Tx, o order.Order, k review.OptionKind) (Choice, error) {
	all, err := Choices(ctx, tx, o)
	if err != nil {
		return Choice{}, err
	}
	for _, c := range all {
		switch {
		case c.Kind != k || !Files(k):
		case c.Why != "":
			return c, fault.New(fault.Conflict, "%s", c.Why)
		default:
			return c, nil
		}
	}
	return Choice{}, fault.New(fault.Conflict, "This isn't offered for the decision on this order.")
}

func (f Filing) check() error {
	m := fault.Fields{}
	m.Check(f.Behalf == ForProvider || f.Behalf == ForMember, "behalf", "Select who is asking")
	m.Check(f.Behalf != ForMember || f.Consent != "", "consent", "Say where the member’s written consent is")
	m.Check(f.Reason != "", "reason", "Explain why the decision should change")
	m.Check(len([]rune(f.Reason)) <= 10000, "reason", "Why the decision should change must be 10,000 characters or less")
	m.Check(len([]rune(f.Consent)) <= 300, "consent", "Where the consent is must be 300 characters or less")
	m.Check(f.Kind != review.FastAppeal || f.UrgentWhy != "", "urgent_why", "Say how waiting could seriously harm the patient")
	m.Check(len([]rune(f.UrgentWhy)) <= 1000, "urgent_why", "How waiting could harm must be 1,000 characters or less")
	return m.Err()
}

// due is by when a filing is answered: as the law says, or in the time that the
// plan has for a decision.
func due(ctx context.Context, tx *db.Tx, o order.Order, c Choice) (*time.Time, error) {
	p, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return nil, err
	}
	calendar, err := plan.CalendarOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	if at, ok := c.DueFrom(tx.Now(), calendar, p.ServiceHours()); ok {
		return &at, nil
	}
	line, err := plan.GetLine(ctx, tx, o.PlanID, o.Line)
	if err != nil || line.DecisionDays == 0 {
		return nil, err
	}
	at := civil.EndOfDay(civil.DateIn(tx.Now(), calendar.Zone).AddDays(line.DecisionDays), calendar.Zone)
	return &at, nil
}

// note says in the order's timeline that something was filed; an appeal also
// ends what a call could change.
func (f Filing) note(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	if f.Kind != review.Reconsider && o.AppealAt == nil {
		_, err := order.Appealed(ctx, tx, by, o, tx.Now())
		if err != nil {
			return err
		}
	} else if err := order.Note(ctx, tx, by, o, "appeal", words.Say("%s was asked for.", words.Text(f.Words())), false); err != nil {
		return err
	}
	e := by.Audit("appeal.filed", "appeal", f.ID)
	e.MemberID, e.Detail = o.MemberID, string(f.Kind)
	return audit.Record(ctx, tx, e)
}

// Words is what was filed, as people read it.
func (f Filing) Words() string { return KindWords(f.Kind) }

// KindWords is an option's name.
func KindWords(k review.OptionKind) string {
	return map[review.OptionKind]string{review.PeerToPeer: "Peer-to-peer call", review.Reconsider: "Reconsideration", review.AppealOption: "Appeal",
		review.FastAppeal: "Expedited appeal", review.ExternalReview: "External review", "state_hearing": "State fair hearing",
		"continue_benefits": "Continuing the care meanwhile", "free_copies": "Free copies"}[k]
}
