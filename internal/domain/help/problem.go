package help

import (
	"context"
	"crypto/rand"
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Problem is what somebody reported that went wrong.
type Problem struct {
	ID                  string
	Reference           string // by which people speak of it
	MadeAt              time.Time
	PersonID            account.PersonID
	Name, Email, Office string // who reported it, as they were called then
	Happened, Expected  string
	Page                string // path of the page it is about; "" for none
	RequestID           string // of the page that failed; "" for none
	ClosedAt            *time.Time
	ClosedBy            account.PersonID
	ClosedName          string
	Outcome             string
}

// Spaced is the reference as people read it.
func (p Problem) Spaced() string {
	if len(p.Reference) != 8 {
		return p.Reference
	}
	return p.Reference[:4] + " " + p.Reference[4:]
}

// ProblemReported announces a report. See app/reactions.go.
type ProblemReported struct{ ID string }

// Kind names the event.
func (ProblemReported) Kind() string { return "help.problem_reported" }

const (
	// mostProblems is how many one person can report within an hour.
	mostProblems  = 5
	longestReport = 2000
)

// Report keeps a problem that by met, and answers it with its reference. Of the
// page only the path is kept, without what in it lets somebody in. Who may:
// everybody who is signed in. An Invalid fault is at "happened" or "expected".
func Report(ctx context.Context, tx *db.Tx, by account.Actor, p Problem) (Problem, error) {
	if !by.Known() {
		return p, fault.New(fault.Denied, "Sign in to report a problem.")
	}
	p.Happened, p.Expected = strings.TrimSpace(p.Happened), strings.TrimSpace(p.Expected)
	f := fault.Fields{}
	f.Check(p.Happened != "", "happened", "Say what happened")
	f.Check(utf8.RuneCountInString(p.Happened) <= longestReport, "happened", "This must be 2,000 characters or less")
	f.Check(utf8.RuneCountInString(p.Expected) <= longestReport, "expected", "This must be 2,000 characters or less")
	if err := f.Err(); err != nil {
		return p, err
	}
	n, err := db.Count(ctx, tx, `select count(*) from problem_report where person_id = $1 and made_at > $2`, string(by.ID), tx.Now().Add(-time.Hour))
	if err != nil {
		return p, err
	}
	if n >= mostProblems {
		return p, fault.New(fault.TooMany, "You have reported %s problems within an hour. Call the support line, or try again later.", n)
	}
	p.ID, p.MadeAt, p.PersonID, p.Name, p.Email, p.Office = db.NewID("prb"), tx.Now(), by.ID, by.Name, by.Email, by.Seat().Organization
	p.Page, p.RequestID = PagePath(p.Page), requestID(p.RequestID)
	if p.Reference, err = freeReference(ctx, tx); err != nil {
		return p, err
	}
	if err := insertProblem(ctx, tx, p); err != nil {
		return p, err
	}
	e := by.Audit("problem.reported", "problem", p.ID)
	e.Detail = p.Reference
	if err := audit.Record(ctx, tx, e); err != nil {
		return p, err
	}
	return p, job.Add(ctx, tx, ProblemReported{p.ID})
}

var (
	ourID   = regexp.MustCompile(`^[a-z]{3}_[0-9a-f]{32}$`)
	plainID = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)
)

// PagePath is the path of an address of this service: without its query, and
// without parts that can be a secret, such as the link of an invitation. What is
// no such address is "".
func PagePath(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "?")
	s, _, _ = strings.Cut(s, "#")
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || len(s) > 300 || !utf8.ValidString(s) {
		return ""
	}
	parts := strings.Split(s, "/")
	for i, part := range parts {
		if len(part) >= 24 && !ourID.MatchString(part) {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// requestID is s if it can be the id of a request.
func requestID(s string) string {
	if plainID.MatchString(s) {
		return s
	}
	return ""
}

// freeReference is a number of eight digits that no report has.
func freeReference(ctx context.Context, tx *db.Tx) (string, error) {
	for range 5 {
		n, err := rand.Int(rand.Reader, big.NewInt(90_000_000))
		if err != nil {
			return "", err
		}
		reference := n.Add(n, big.NewInt(10_000_000)).String()
		if taken, err := db.Count(ctx, tx, `select count(*) from problem_report where reference = $1`, reference); err != nil || taken == 0 {
			return reference, err
		}
	}
	return "", fault.New(fault.Conflict, "No number was free. Try again.")
}

// OwnProblem is a report that by made; that of another is a NotFound fault.
func OwnProblem(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Problem, error) {
	return db.One(ctx, tx, scanProblem, `select `+problemColumns+` from problem_report where id = $1 and person_id = $2`, id, string(by.ID))
}

// ReportedProblem is a report for the mail about it.
func ReportedProblem(ctx context.Context, tx *db.Tx, id string) (Problem, error) {
	return db.One(ctx, tx, scanProblem, `select `+problemColumns+` from problem_report where id = $1`, id)
}

// mostListed is how many reports a list shows.
const mostListed = 200

// Problems are what was reported, what is open first, then the latest; more says
// that there are others. Who may: administrators. That they were read is audited:
// people write what they shouldn't.
func Problems(ctx context.Context, tx *db.Tx, by account.Actor) (all []Problem, more bool, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, false, err
	}
	all, err = db.All(ctx, tx, scanProblem, `select `+problemColumns+` from problem_report
		order by case when closed_at is null then 0 else 1 end, made_at desc, id limit 201`)
	if err != nil {
		return nil, false, err
	}
	if more = len(all) > mostListed; more {
		all = all[:mostListed]
	}
	return all, more, audit.Record(ctx, tx, by.Audit("problem.listed", "problem", "all"))
}

// CloseProblem says what became of a report. Who may: administrators. An Invalid
// fault is at "outcome"; a Conflict means that somebody else closed it.
func CloseProblem(ctx context.Context, tx *db.Tx, by account.Actor, id, outcome string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if _, err := ReportedProblem(ctx, tx, id); err != nil {
		return err
	}
	outcome = strings.TrimSpace(outcome)
	f := fault.Fields{}
	f.Check(outcome != "", "outcome", "Say what became of it")
	f.Check(utf8.RuneCountInString(outcome) <= 300, "outcome", "This must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update problem_report set closed_at = $1, closed_by = $2, closed_name = $3, outcome = $4 where id = $5 and closed_at is null`,
		tx.Now(), string(by.ID), by.Name, outcome, id)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("problem.closed", "problem", id))
}

const problemColumns = `id, reference, made_at, person_id, name, email, office, happened, expected, page, error_id, closed_at, closed_by, closed_name, outcome`

func scanProblem(r db.Row) (p Problem, err error) {
	return p, r.Scan(&p.ID, &p.Reference, &p.MadeAt, (*string)(&p.PersonID), &p.Name, &p.Email, &p.Office, &p.Happened, &p.Expected, &p.Page, &p.RequestID, &p.ClosedAt, (*string)(&p.ClosedBy), &p.ClosedName, &p.Outcome)
}

func insertProblem(ctx context.Context, tx *db.Tx, p Problem) error {
	_, err := tx.Exec(ctx, `insert into problem_report (id, reference, made_at, person_id, name, email, office, happened, expected, page, error_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Reference, p.MadeAt, string(p.PersonID), p.Name, p.Email, p.Office, p.Happened, p.Expected, p.Page, p.RequestID)
	return err
}
