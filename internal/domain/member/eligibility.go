package member

import (
	"context"
	"crypto/rand"
	"math/big"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// An Eligibility is one time that somebody asked whether a plan covers a member
// on a day, with the last word about it. The plan's list of members is always
// asked, and answers at once; a plan that has a system of its own is asked too,
// by a job, and its word goes first.
type Eligibility struct {
	ID, Number     string // people hold us to the number
	OrganizationID string
	PersonID       account.PersonID
	PersonName     string
	AskedAt        time.Time
	MemberID       ID
	CoverageID     string
	Service        civil.Date
	State          EligibilityState
	Word
	tries int
}

// An EligibilityState is how far the asking has come.
type EligibilityState string

// States of an Eligibility. All but Answered say that coverage is to be
// confirmed, and that the list's word holds until then.
const (
	Asking   EligibilityState = "asking"    // the plan's own system has not answered yet
	NoAnswer EligibilityState = "no answer" // it is down or too slow; it is asked again
	GaveUp   EligibilityState = "gave up"   // it didn't answer for three days
	Answered EligibilityState = "answered"  // by whoever has the last word
)

// A Word is what somebody says who knows whom a plan covers.
type Word struct {
	Source   string // ByRoster or ByPlan
	Covered  bool
	From, To civil.Date // of the coverage; zero: not said, or no end
	AsOf     time.Time  // when it was true: of the list, when it last changed what it says of the member
}

// Who can say whom a plan covers.
const (
	ByRoster = "roster" // the list of members that the plan gave us
	ByPlan   = "plan"   // the plan's own system, asked at the time
)

// A Source knows whether a plan covers a member on a day. An error says that it
// didn't answer, and nothing about the coverage. The list of members is one, a
// plan's own system another.
type Source interface {
	Covers(ctx context.Context, m Member, c Coverage, day civil.Date) (Word, error)
}

// AskPlan asks that the plan's own system be asked.
type AskPlan struct{ EligibilityID string }

// Kind names the work.
func (AskPlan) Kind() string { return "eligibility.ask" }

// EligibilityAnswered announces that a plan's own system answered what it was
// asked. See app/reactions.go.
type EligibilityAnswered struct{ EligibilityID string }

// Kind names the event.
func (EligibilityAnswered) Kind() string { return "eligibility.answered" }

// AskEligibility asks whether a plan covers a member on a day by c, one of the
// member's spans, and keeps the answer for by's office. It never waits: see
// Eligibility.State. Who may: those who send requests, and have found the
// member by what the office has of them.
func AskEligibility(ctx context.Context, tx *db.Tx, by account.Actor, c Coverage, day civil.Date) (Eligibility, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return Eligibility{}, err
	}
	return AskFor(ctx, tx, by, by.Seat().OrganizationID, c, day)
}

// AskFor asks as AskEligibility does, for the office of an order about the
// member, whose answer it is. The caller has asked whether by may.
func AskFor(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string, c Coverage, day civil.Date) (Eligibility, error) {
	p, err := plan.Get(ctx, tx, c.PlanID)
	if err != nil {
		return Eligibility{}, err
	}
	e := Eligibility{ID: db.NewID("elg"), Number: receiptNumber(), OrganizationID: organizationID, PersonID: by.ID, PersonName: by.Name,
		AskedAt: tx.Now(), MemberID: c.MemberID, CoverageID: c.ID, Service: day, State: Answered}
	if e.Word, err = rosterWord(ctx, tx, c, day); err != nil {
		return e, err
	}
	if p.Eligibility != "" {
		e.State = Asking
		if err := job.Add(ctx, tx, AskPlan{e.ID}); err != nil {
			return e, err
		}
	}
	if err := insertEligibility(ctx, tx, e); err != nil {
		return e, err
	}
	return e, e.record(ctx, tx, by, "eligibility.asked")
}

// receiptNumber is ten digits, of which few are taken.
func receiptNumber() string {
	n, err := rand.Int(rand.Reader, big.NewInt(9_000_000_000))
	if err != nil {
		panic(err) // the system has no randomness: nothing works then
	}
	return n.Add(n, big.NewInt(1_000_000_000)).String()
}

// AskAgain has a plan's own system asked once more that didn't answer. Who
// may: who may read e.
func AskAgain(ctx context.Context, tx *db.Tx, by account.Actor, e Eligibility) (Eligibility, error) {
	if e.State != NoAnswer && e.State != GaveUp {
		return e, nil
	}
	e.State = Asking
	if err := job.Add(ctx, tx, AskPlan{e.ID}); err != nil {
		return e, err
	}
	if err := updateEligibility(ctx, tx, e); err != nil {
		return e, err
	}
	return e, e.record(ctx, tx, by, "eligibility.asked_again")
}

// GetEligibility returns what by's office asked, by its number, or a NotFound
// fault. The read is audited.
func GetEligibility(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Eligibility, error) {
	e, err := eligibility(ctx, tx, "number = $1", number)
	if err == nil && by.ReadsOf(e.OrganizationID, e.PersonID) {
		return e, e.record(ctx, tx, by, "eligibility.read")
	}
	if err == nil || fault.Is(err, fault.NotFound) {
		return Eligibility{}, fault.New(fault.NotFound, "We can’t find that answer.")
	}
	return Eligibility{}, err
}

// EligibilityByID returns what was asked. The caller has read the request or
// order that it is about.
func EligibilityByID(ctx context.Context, tx *db.Tx, id string) (Eligibility, error) {
	return eligibility(ctx, tx, "id = $1", id)
}

// ToConfirm reports whether the plan's own system has yet to say whether it
// covers the member.
func (e Eligibility) ToConfirm() bool { return e.State != Answered }

func (e Eligibility) record(ctx context.Context, tx *db.Tx, by account.Actor, action string) error {
	a := by.Audit(action, "eligibility", e.ID)
	a.MemberID, a.Detail = string(e.MemberID), string(e.State)
	return audit.Record(ctx, tx, a)
}

// rosterWord is what the list says of a span.
func rosterWord(ctx context.Context, tx *db.Tx, c Coverage, day civil.Date) (Word, error) {
	asOf, err := db.One(ctx, tx, db.Value[time.Time], `select updated_at from member where id = $1`, string(c.MemberID))
	return Word{Source: ByRoster, Covered: c.Holds(day), From: c.From, To: c.To, AsOf: asOf}, err
}

const eligibilityColumns = `id, number, organization_id, person_id, person_name, asked_at, member_id, coverage_id, service_on, state, source, covered, starts_on, ends_on, as_of, tries`

func eligibility(ctx context.Context, tx *db.Tx, where, value string) (Eligibility, error) {
	return db.One(ctx, tx, func(r db.Row) (e Eligibility, err error) {
		return e, r.Scan(&e.ID, &e.Number, &e.OrganizationID, (*string)(&e.PersonID), &e.PersonName, &e.AskedAt, (*string)(&e.MemberID), &e.CoverageID, &e.Service,
			(*string)(&e.State), &e.Source, &e.Covered, &e.From, &e.To, &e.AsOf, &e.tries)
	}, `select `+eligibilityColumns+` from eligibility where `+where, value)
}

func insertEligibility(ctx context.Context, tx *db.Tx, e Eligibility) error {
	_, err := tx.Exec(ctx, `insert into eligibility (`+eligibilityColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		e.ID, e.Number, e.OrganizationID, string(e.PersonID), e.PersonName, e.AskedAt, string(e.MemberID), e.CoverageID, e.Service,
		string(e.State), e.Source, e.Covered, e.From, e.To, e.AsOf, e.tries)
	return err
}

func updateEligibility(ctx context.Context, tx *db.Tx, e Eligibility) error {
	return db.Changed(tx.Exec(ctx, `
		update eligibility set state = $1, source = $2, covered = $3, starts_on = $4, ends_on = $5, as_of = $6, tries = $7 where id = $8`,
		string(e.State), e.Source, e.Covered, e.From, e.To, e.AsOf, e.tries, e.ID))
}
