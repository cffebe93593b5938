package member

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// Columns that the files of the patient generator Synthea must have: patients,
// who pays for them, and from when to when.
var (
	SyntheaPatientColumns    = []string{"Id", "BIRTHDATE", "DEATHDATE", "FIRST", "LAST", "GENDER", "ADDRESS", "CITY", "STATE", "ZIP"}
	SyntheaPayerColumns      = []string{"Id", "NAME", "OWNERSHIP"}
	SyntheaTransitionColumns = []string{"PATIENT", "MEMBERID", "START_DATE", "END_DATE", "PAYER", "SECONDARY_PAYER"}
)

const (
	uninsured   = "NO_INSURANCE" // what Synthea calls having no payer
	syntheaZone = "America/New_York"
)

// ReadSyntheaPatient makes an entry, without coverage, of a line of
// patients.csv. Names keep the digits that show they are invented.
func ReadSyntheaPatient(row feed.Row) (Entry, error) {
	e := Entry{Line: row.Line, Member: Member{
		Source: "synthea/" + row.Get("Id"), First: row.Get("FIRST"), Middle: row.Get("MIDDLE"), Last: row.Get("LAST"), Suffix: row.Get("SUFFIX"),
		Line: row.Get("ADDRESS"), City: row.Get("CITY"), State: row.Get("STATE"), ZIP: row.Get("ZIP"),
	}}
	var err error
	switch {
	case row.Get("Id") == "":
		return e, feed.Reject("Id", "is empty")
	case e.Member.Last == "":
		return e, feed.Reject("LAST", "is empty")
	}
	if e.Member.Born, err = date(row, "BIRTHDATE"); err != nil {
		return e, err
	}
	if e.Member.Died, err = date(row, "DEATHDATE"); err != nil {
		return e, err
	}
	e.Member.Sex, err = sex(row.Get("GENDER"))
	return e, err
}

// A SyntheaPayer is a line of payers.csv, and the plan it became.
type SyntheaPayer struct {
	ID, Name, Ownership string
	PlanID              plan.ID // "" for having no insurance
}

// ReadSyntheaPayer reads a line of payers.csv.
func ReadSyntheaPayer(row feed.Row) (SyntheaPayer, error) {
	p := SyntheaPayer{ID: row.Get("Id"), Name: row.Get("NAME"), Ownership: row.Get("OWNERSHIP")}
	if p.ID == "" || p.Name == "" {
		return p, feed.Reject("NAME", "is empty, or Id is")
	}
	return p, nil
}

// Line is the line of business the payer is taken to have: the file knows only
// the payer's name and whether the government owns it.
func (p SyntheaPayer) Line() (code, name string) {
	switch {
	case p.Ownership != "GOVERNMENT":
		return "commercial", "Commercial"
	case p.Name == "Medicaid":
		return "medicaid", "Medicaid"
	}
	return "medicare_advantage", "Medicare Advantage"
}

// MakePlan gives the payer its plan, which is made if there is none from it
// yet; made says so. Having no insurance is no plan.
func (p *SyntheaPayer) MakePlan(ctx context.Context, tx *db.Tx, by account.Actor) (made bool, err error) {
	if p.Name == uninsured {
		return false, nil
	}
	source := "synthea/" + p.ID
	held, err := plan.BySource(ctx, tx, source)
	if p.PlanID = held.ID; !fault.Is(err, fault.NotFound) {
		return false, err
	}
	saved, err := plan.Save(ctx, tx, by, plan.Plan{Code: "synthea-" + slug(p.Name), Name: p.Name, TimeZone: syntheaZone, Source: source})
	if err != nil {
		return false, err
	}
	p.PlanID = saved.ID
	code, name := p.Line()
	return true, plan.SaveLine(ctx, tx, by, plan.Line{
		PlanID: saved.ID, Code: code, Name: name, DecisionDays: 7, UrgentHours: 72,
		CallEffect: "change", CallWindowDays: 5, CallBusiness: true, CallsPerCase: 1, Peers: "MD,DO,NP,PA",
	})
}

func slug(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s)), "-")
}

// SyntheaPayers are the lines of payers.csv by the payer's id.
type SyntheaPayers map[string]SyntheaPayer

// Read makes spans of a line of payer_transitions.csv: none for a time without
// insurance, two where there is a second payer. The card's number is known of
// the first payer only. A span ends the day before the next begins.
func (all SyntheaPayers) Read(row feed.Row) (spans []Span, err error) {
	from, to, err := transition(row)
	if err != nil {
		return nil, err
	}
	who := "synthea/" + row.Get("PATIENT")
	for i, column := range []string{"PAYER", "SECONDARY_PAYER"} {
		id := row.Get(column)
		if id == "" && i == 1 {
			break
		}
		payer, ok := all[id]
		if !ok {
			return nil, feed.Reject(column, "is no payer in payers.csv")
		}
		if payer.PlanID == "" {
			continue
		}
		line, _ := payer.Line()
		c := Coverage{PlanID: payer.PlanID, Line: line, From: from, To: to, Rank: i + 1, Source: who + "/" + row.Get("START_DATE") + "/" + column}
		if i == 0 {
			c.Number = row.Get("MEMBERID")
		}
		spans = append(spans, Span{row.Line, who, c})
	}
	return spans, nil
}

func transition(row feed.Row) (from, to civil.Date, err error) {
	if from, err = instantDay(row, "START_DATE"); err != nil {
		return from, to, err
	}
	if to, err = instantDay(row, "END_DATE"); err != nil {
		return from, to, err
	}
	if to.After(from) {
		to = to.AddDays(-1)
	}
	if to.Before(from) && !to.IsZero() {
		err = feed.Reject("END_DATE", "is before START_DATE")
	}
	return from, to, err
}

// instantDay reads the day of an instant such as 2014-08-07T20:26:48Z.
func instantDay(row feed.Row, column string) (civil.Date, error) {
	text, _, _ := strings.Cut(row.Get(column), "T")
	if text == "" {
		return civil.Date{}, nil
	}
	d, err := civil.ParseDate(text)
	if err != nil {
		return d, feed.Reject(column, "is not a time like 2014-08-07T20:26:48Z")
	}
	return d, nil
}
