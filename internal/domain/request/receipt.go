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
	Sentence             string // the answer in words, as it was given
}

const receiptColumns = `id, number, organization_id, person_id, person_name, at, plan_id, line, member_id, code, service_on, answer, sentence`

func scanReceipt(r db.Row) (c Receipt, err error) {
	return c, r.Scan(&c.ID, &c.Number, &c.OrganizationID, &c.PersonID, &c.PersonName, &c.At, (*string)(&c.PlanID), &c.Line, &c.MemberID, &c.Code, &c.Service, (*string)(&c.Need), &c.Sentence)
}

// Answer works out whether a service needs authorization on a day, and keeps
// the answer for by's office. Who may: those who send requests. Where the
// office has to ask another way for the program, that is a Closed fault.
func Answer(ctx context.Context, tx *db.Tx, by account.Actor, p plan.Plan, l plan.Line, procedure string, day civil.Date) (Receipt, error) {
	a, err := plan.Needs(ctx, tx, p.ID, l.Code, procedure, day)
	if err != nil {
		return Receipt{}, err
	}
	if err := checks(ctx, tx, by, p.ID, l.Code, a.Listings); err != nil {
		return Receipt{}, err
	}
	name := procedure
	if len(a.Listings) > 0 {
		name = a.Listings[0].Wording + " (" + procedure + ")"
	}
	whose, on := p.Name+", "+l.Name, " on "+civil.MediumDate(day).String()
	sentence := map[plan.Need]string{
		plan.Needed:    whose + " needs authorization for " + name + on + ".",
		plan.NotNeeded: whose + " needs no authorization for " + name + on + ".",
		plan.Elsewhere: whose + " reviews " + name + " itself.",
		plan.Unknown:   "None of our lists for " + whose + " names " + name + ". Start a request, and we tell you before you send it.",
	}[a.Need]
	return Keep(ctx, tx, by, Receipt{PlanID: p.ID, Line: l.Code, Code: procedure, Service: day, Need: a.Need, Sentence: sentence})
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
		c.ID, c.Number, c.OrganizationID, c.PersonID, c.PersonName, c.At, string(c.PlanID), c.Line, c.MemberID, c.Code, c.Service, string(c.Need), c.Sentence)
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
