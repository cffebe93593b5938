package order_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

// A world is what an order needs to live in.
type world struct {
	office, other account.Organization
	north, south  provider.Location
	doctor        provider.Practitioner
	plan          plan.Plan
	program       plan.Program
	member        member.Member
}

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newWorld(t testing.TB, d *db.DB) (w world) {
	t.Helper()
	ctx, by := context.Background(), account.Program()
	err := d.Update(ctx, func(tx *db.Tx) error {
		w.office = must[account.Organization](t)(account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: "Cedar Orthopedics"}))
		w.other = must[account.Organization](t)(account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: "Birch Cardiology"}))
		w.north = must[provider.Location](t)(provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: w.office.ID, Name: "North"}))
		w.south = must[provider.Location](t)(provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: w.office.ID, Name: "South"}))
		w.doctor = must[provider.Practitioner](t)(provider.SavePractitioner(ctx, tx, by, provider.Practitioner{First: "Ada", Last: "Okafor", Credential: "MD"}, w.north.ID))
		w.plan = must[plan.Plan](t)(plan.Save(ctx, tx, by, plan.Plan{Code: "harbor", Name: "Harbor Health Plan", TimeZone: "America/Chicago"}))
		w.program = must[plan.Program](t)(plan.SaveProgram(ctx, tx, by, plan.Program{Code: "msk", Name: "Musculoskeletal", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5}))
		w.member = must[member.Member](t)(member.Save(ctx, tx, by, member.Member{First: "Rosa", Last: "Alvarez", Born: day(t, "1986-04-28")}))
		return plan.SaveLine(ctx, tx, by, plan.Line{PlanID: w.plan.ID, Code: "commercial", Name: "Commercial", DecisionDays: 7, UrgentHours: 72, CallEffect: "change", CallWindowDays: 5, CallBusiness: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// order is one the office would send.
func (w world) order() order.Order {
	return order.Order{
		OrganizationID: w.office.ID, LocationID: w.north.ID, PractitionerID: w.doctor.ID, MemberID: string(w.member.ID), MemberNumber: "XQH 123-4417",
		Patient: order.Patient{First: w.member.First, Last: w.member.Last, Born: w.member.Born}, PlanID: w.plan.ID, Line: "commercial", ProgramID: w.program.ID,
		Urgency: order.Standard, Channel: "portal", Title: "MRI, lumbar spine",
		Services:   []order.Service{{Line: 1, System: "CPT", Code: "72148", Wording: "MRI, lumbar spine", Units: 1}},
		Diagnoses:  []order.Diagnosis{{Rank: 1, Code: "M54.50"}},
		References: []order.Reference{{Kind: order.ACMP, Value: "ACMP-000123"}},
	}
}

func staff(w world, sees, location string) account.Actor {
	return account.Actor{ID: "per_maria", Name: "Maria Chen", Verified: true, Seats: []account.Seat{
		{OrganizationID: w.office.ID, Role: account.OfficeStaff, Sees: sees, LocationID: location}}}
}

func create(t testing.TB, d *db.DB, by account.Actor, o order.Order) (made order.Order, err error) {
	t.Helper()
	err = d.Update(context.Background(), func(tx *db.Tx) error {
		made, err = order.Create(context.Background(), tx, by, o)
		return err
	})
	return made, err
}

func get(d *db.DB, by account.Actor, number string) (o order.Order, err error) {
	err = d.View(context.Background(), func(tx *db.Tx) error {
		o, err = order.Get(context.Background(), tx, by, number)
		return err
	})
	return o, err
}
