package scene

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

// Card is the number on the card of the world's member.
const Card = "HBR400100200"

// Guideline publishes one of those that come with the program, for the world's
// program.
func (w *World) Guideline(id string) {
	w.t.Helper()
	all, err := guideline.Library()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, v := range all {
		if v.ID == id {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, _, err := guideline.Publish(ctx, tx, account.Program(), v.Text())
				return err
			})
			return
		}
	}
	w.t.Fatalf("there is no guideline %s", id)
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
