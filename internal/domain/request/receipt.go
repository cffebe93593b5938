package request

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Receipt is our answer to whether a service needs authorization, kept so
// that an office can hold us to it.
type Receipt struct {
	ID, Number           string
	OrganizationID       string
	PersonID, PersonName string
	At                   time.Time
	PlanID               plan.ID
	Line                 string
	MemberID             string // "" where no patient was named
	Code                 string
	Service              civil.Date
	Need                 plan.Need
	Sentence             words.Text // the answer in words, as it was given; kept with its marks
}

const receiptColumns = `id, number, organization_id, person_id, person_name, at, plan_id, line, member_id, code, service_on, answer, sentence`

func scanReceipt(r db.Row) (c Receipt, err error) {
	return c, r.Scan(&c.ID, &c.Number, &c.OrganizationID, &c.PersonID, &c.PersonName, &c.At, (*string)(&c.PlanID), &c.Line, &c.MemberID, &c.Code, &c.Service, (*string)(&c.Need), (*string)(&c.Sentence))
}

// A Question is whether a service needs authorization on a day.
type Question struct {
	Plan     plan.Plan
	Line     plan.Line
	MemberID string // "" where no patient is named
	Code     string
	Service  civil.Date
}

// Answer works out whether a service needs authorization, and keeps the answer
// for by's office. Who may: those who send requests. Where the office has to
// ask another way for the program, that is a Closed fault.
func Answer(ctx context.Context, tx *db.Tx, by account.Actor, q Question) (Receipt, error) {
	p, l := q.Plan, q.Line
	a, err := plan.Needs(ctx, tx, p.ID, l.Code, q.Code, q.Service)
	if err != nil {
		return Receipt{}, err
	}
	if err := checks(ctx, tx, by, p.ID, l.Code, a.Listings); err != nil {
		return Receipt{}, err
	}
	name := q.Code
	if len(a.Listings) > 0 {
		name = a.Listings[0].Wording + " (" + q.Code + ")"
	}
	whose, day := p.Name+", "+l.Name, civil.MediumDate(q.Service)
	sentence := map[plan.Need]words.Text{
		plan.Needed:    words.Say("%s needs authorization for %s on %s.", whose, name, day),
		plan.NotNeeded: words.Say("%s needs no authorization for %s on %s.", whose, name, day),
		plan.Elsewhere: words.Say("%s reviews %s itself.", whose, name),
		plan.Unknown:   words.Say("None of our lists for %s names %s. Start a request, and we tell you before you send it.", whose, name),
	}[a.Need]
	return Keep(ctx, tx, by, Receipt{PlanID: p.ID, Line: l.Code, MemberID: q.MemberID, Code: q.Code, Service: q.Service, Need: a.Need, Sentence: sentence})
}

// Keep keeps an answer for by's office and gives it a number. Who may: those
// who send requests.
func Keep(ctx context.Context, tx *db.Tx, by account.Actor, c Receipt) (Receipt, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return c, err
	}
	var err error
	if c.Number, err = order.FreeNumber(ctx, tx, `select count(*) from need_receipt where number = $1`); err != nil {
		return c, err
	}
	c.ID, c.OrganizationID, c.PersonID, c.PersonName, c.At = db.NewID("rcp"), by.Seat().OrganizationID, string(by.ID), by.Name, tx.Now()
	_, err = tx.Exec(ctx, `insert into need_receipt (`+receiptColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.ID, c.Number, c.OrganizationID, c.PersonID, c.PersonName, c.At, string(c.PlanID), c.Line, c.MemberID, c.Code, c.Service, string(c.Need), string(c.Sentence))
	if err != nil {
		return c, err
	}
	e := by.Audit("need.answered", "receipt", c.ID)
	e.MemberID, e.Detail = c.MemberID, string(c.Need)
	return c, audit.Record(ctx, tx, e)
}

// GetReceipt returns an answer that by's office was given, or a NotFound
// fault.
func GetReceipt(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Receipt, error) {
	c, err := db.One(ctx, tx, scanReceipt, `select `+receiptColumns+` from need_receipt where number = $1`, order.Digits(number))
	if fault.Is(err, fault.NotFound) || err == nil && !by.ReadsOf(c.OrganizationID, account.PersonID(c.PersonID)) {
		return Receipt{}, fault.New(fault.NotFound, "We can't find that answer.")
	}
	return c, err
}
