// Package privacy is about what happened to members' data that should not have:
// the incidents, what they are judged to be, the notices that follow from a
// breach, and the accounting of what was disclosed to whom.
package privacy

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An Incident is one thing that happened. It is kept for good.
type Incident struct {
	ID         string
	Number     int // as people call it
	What       string
	NoticedAt  time.Time
	Discovered civil.Date // the day on which the time of the notices begins
	Source     string     // one of Sources
	Reference  string     // the fax, or the number of the order; "" if entered by hand
	ReportedBy account.PersonID
	Reporter   string
	ReportedAt time.Time
	Judged
	ClosedAt  *time.Time
	Closer    string
	ChangedAt time.Time
	Version   int
}

// Judged is what was found out about an incident, and what it was judged to be.
type Judged struct {
	People     int    // whose data it was
	Done       string // about it
	Nature     string // and extent of the data: 45 CFR 164.402(2)(i)
	Recipient  string // who used it or to whom it was disclosed: (ii)
	Acquired   string // whether it was actually acquired or viewed: (iii)
	Mitigated  string // how far the risk was mitigated: (iv)
	Outcome    string // one of Outcomes; "" while nobody has said
	OutcomeWhy string
}

// Sources say where an incident was noticed.
const (
	FromFax  = "fax"  // on a page of a fax
	FromFile = "file" // on a file of an order
	ByHand   = "hand"
)

// Outcomes of an assessment. An impermissible use or disclosure is presumed to
// be a breach unless a low probability that the data was compromised is shown
// by the four factors (45 CFR 164.402(2)).
const (
	NoBreach = "none"
	Breach   = "breach"
)

// A New is an incident that somebody reports.
type New struct {
	What              string
	Noticed           time.Time  // zero for now
	Discovered        civil.Date // if only the day is known; zero for that of Noticed
	Source, Reference string
	Members           []string // whose data it was, as far as that is known
}

// MostText is how many characters each text of an incident can have.
const MostText = 4000

// Open reports an incident. Who may: all staff. The error is Invalid at "what"
// or "noticed".
func Open(ctx context.Context, tx *db.Tx, by account.Actor, n New) (Incident, error) {
	if !by.IsStaff() || by.Assists != nil {
		return Incident{}, fault.New(fault.Denied, "Only staff report incidents here. Ask for help, and say what happened without naming a patient.")
	}
	if n.Noticed.IsZero() {
		n.Noticed = tx.Now()
	}
	n.What = strings.TrimSpace(n.What)
	f := fault.Fields{}
	f.Check(n.What != "", "what", "Say what happened")
	f.Check(len([]rune(n.What)) <= MostText, "what", "What happened must be 4,000 characters or less")
	f.Check(!n.Noticed.After(tx.Now()), "noticed", "It must have been noticed before now")
	if err := f.Err(); err != nil {
		return Incident{}, err
	}
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return Incident{}, err
	}
	if n.Discovered.IsZero() {
		n.Discovered = civil.DateIn(n.Noticed, zone)
	}
	i := Incident{ID: db.NewID("inc"), What: n.What, NoticedAt: n.Noticed, Discovered: n.Discovered, Source: n.Source, Reference: n.Reference,
		ReportedBy: by.ID, Reporter: by.Name, ReportedAt: tx.Now(), ChangedAt: tx.Now(), Version: 1}
	if i.Number, err = i.insert(ctx, tx); err != nil {
		return i, err
	}
	for _, m := range n.Members {
		if err := Concern(ctx, tx, by, i.ID, m); err != nil {
			return i, err
		}
	}
	return i, record(ctx, tx, by, "privacy.reported", i.ID, "")
}

// Concern keeps that an incident is about a member's data. Who may: staff. Once
// is enough.
func Concern(ctx context.Context, tx *db.Tx, by account.Actor, incidentID, memberID string) error {
	if !by.IsStaff() {
		return fault.New(fault.Denied, "Only staff say whose data it was.")
	}
	if _, err := member.Get(ctx, tx, member.ID(memberID)); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `insert into privacy_member (incident_id, member_id, added_at, added_name) values ($1, $2, $3, $4) on conflict do nothing`, incidentID, memberID, tx.Now(), by.Name)
	if err != nil || n == 0 {
		return err
	}
	return record(ctx, tx, by, "privacy.concerns", incidentID, memberID)
}

// record never says what happened: it may name a patient.
func record(ctx context.Context, tx *db.Tx, by account.Actor, action, incidentID, memberID string) error {
	e := by.Audit(action, "incident", incidentID)
	e.MemberID = memberID
	return audit.Record(ctx, tx, e)
}
