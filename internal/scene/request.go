package scene

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
)

// Card is the number on the card of the world's member.
const Card = "HBR400100200"

// Publish publishes a guideline, changed from one that comes with the program
// by replacing texts in its document, old and new in turn.
func (w *World) Publish(id string, replace ...string) {
	w.t.Helper()
	all, err := guideline.Library()
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(v *guideline.Version) bool { return v.ID == id })
	if i < 0 {
		w.t.Fatalf("there is no guideline %s", id)
	}
	text := string(all[i].Text())
	for n := 0; n+1 < len(replace); n += 2 {
		if !strings.Contains(text, replace[n]) {
			w.t.Fatalf("the guideline has no %s", replace[n])
		}
		text = strings.ReplaceAll(text, replace[n], replace[n+1])
	}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := guideline.Publish(ctx, tx, account.Program(), []byte(text))
		return err
	})
}

// Filled is a request by Maria for an MRI of the lower back of the member, with
// everything said but the answers to clinical questions. It needs Lists.
func (w *World) Filled() (r request.Request) {
	w.t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = w.fill(ctx, tx)
		return err
	})
	return r
}

func (w *World) fill(ctx context.Context, tx *db.Tx) (r request.Request, err error) {
	if r, err = request.Begin(ctx, tx, w.Maria); err != nil {
		return r, err
	}
	typed := request.Typed{Number: Card, Born: w.Member.Born, Service: civil.Date{Year: 2026, Month: time.December, Day: 1}}
	if r, err = request.Save(ctx, tx, w.Maria, r, request.PatientPart, r.Version, func(c *request.Content) { c.Patient.Typed = typed }); err != nil {
		return r, err
	}
	if r, err = request.ChoosePatient(ctx, tx, w.Maria, r, r.Version, w.Member.ID, ""); err != nil {
		return r, err
	}
	if r, err = request.SaveOrder(ctx, tx, w.Maria, r, r.Version, request.Asked{Services: []request.AskedService{{Code: "72148"}}, Diagnoses: []string{"M54.50"}, Urgency: "standard"}); err != nil {
		return r, err
	}
	return request.SaveProviders(ctx, tx, w.Maria, r, r.Version, request.Named{Practitioner: w.Doctor.ID, Location: w.North.ID, Site: "open",
		Contact: order.Contact{Name: "Maria Chen", Phone: "555-555-0147", Email: w.Maria.Email}})
}

// Lists gives the world what a request is made from: the member's coverage and
// a twin's under the same card, what needs authorization, some diagnoses, and
// a site.
func (w *World) Lists() {
	w.t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		by, long := account.Program(), civil.Date{Year: 2020, Month: time.January, Day: 1}
		twin, err := member.Save(ctx, tx, by, member.Member{First: "Ruth", Last: w.Member.Last, Born: w.Member.Born, Sex: "female", Line: "1 Sample Street", City: "Exampleville"})
		if err != nil {
			return err
		}
		for _, m := range []member.Member{w.Member, twin} {
			if _, err := member.Cover(ctx, tx, by, member.Coverage{MemberID: m.ID, PlanID: w.Plan.ID, Line: w.Line.Code, Number: Card, From: long}); err != nil {
				return err
			}
		}
		for _, p := range []plan.Procedure{
			{Code: "72148", Wording: "MRI, lower back", Also: "lumbar spine", Needed: true}, {Code: "29881", Wording: "Knee arthroscopy", Sides: true, Needed: true},
			{Code: "97110", Wording: "Therapy exercises", MostUnits: 30, Unit: "visits", Needed: true}, {Code: "99213", Wording: "Office visit"},
		} {
			p.ProgramID, p.System, p.From = w.Program.ID, code.CPT, long
			if err := plan.SaveProcedure(ctx, tx, by, p); err != nil {
				return err
			}
		}
		if _, err := code.Save(ctx, tx, by, []code.Code{
			{System: code.ICD10CM, Code: "M5450", Billable: true, Short: "Low back pain", Long: "Low back pain, unspecified", Edition: "2026"},
			{System: code.ICD10CM, Code: "M5459", Billable: true, Short: "Other low back pain", Long: "Other low back pain", Edition: "2026"},
			{System: code.ICD10CM, Code: "M5416", Billable: true, Short: "Radiculopathy", Long: "Radiculopathy, lumbar region", Edition: "2026"},
		}); err != nil {
			return err
		}
		site, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "site", Name: "Cedar Valley Imaging"})
		if err != nil {
			return err
		}
		_, err = provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: site.ID, Name: "Valley", Line: "9 Scanner Way", City: "Exampleville", State: "TX", ZIP: "00001"})
		return err
	})
}
