package request

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Clinical says how far the clinical questions are. The answers themselves are
// kept by package guideline.
type Clinical struct {
	Guidelines int  // whose questions are asked; 0 where there are none for what is ordered
	Answered   int  // questions that somebody answered
	Complete   bool // every question that must have an answer has one
}

// Questions are what one guideline asks about a request.
type Questions struct {
	Guideline guideline.Published // the version in effect
	Codes     []string            // of the services it is for, in their order
	Facts     guideline.Facts     // of the first of them

	Response *guideline.Response // nil until somebody began to answer
	AskedBy  guideline.Published // the version that Response was asked by
	moved    bool                // Response was begun for another plan or program
}

// Current reports whether the answers belong to the version in effect.
func (q Questions) Current() bool {
	return q.Response != nil && q.Response.PublishedID == q.Guideline.PublishedID && !q.moved
}

// Form draws the questions with the answers so far. The caller knows that q is
// current.
func (q Questions) Form() guideline.Form {
	return q.Guideline.Form(q.Facts, q.Response.Answers)
}

// Meter says which criteria the answers so far meet.
func (q Questions) Meter() guideline.Meter {
	return q.Guideline.Evaluate(q.Facts, q.Response.Answers).Meter(q.Guideline.Version)
}

// Changed tells what the change of a guideline does to the answers; "" where
// it changed nothing.
func (q Questions) Changed(zone *time.Location) words.Text {
	if q.Response == nil || q.Current() {
		return ""
	}
	_, c := guideline.Carry(q.AskedBy.Version, q.Guideline.Version, q.Facts, q.Response.Answers)
	if q.AskedBy.ID != q.Guideline.ID {
		return c.Restart(len(q.Response.Answers))
	}
	return c.Changed(civil.DateIn(q.Guideline.At, zone))
}

// Ask returns what the guidelines in effect ask about r, in the order of its
// services, with what was answered so far. Reading answers is audited. Who
// may: who may open r and answers clinical questions.
func Ask(ctx context.Context, tx *db.Tx, by account.Actor, r Request) ([]Questions, error) {
	all, err := asked(ctx, tx, r.Content)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	begun, err := responses(ctx, tx, by, r)
	if err != nil {
		return nil, err
	}
	assign(all, begun)
	for i := range all {
		if had := all[i].Response; had != nil {
			all[i].moved = had.PlanID != r.Patient.PlanID || had.ProgramID != r.Order.ProgramID
		}
	}
	return all, nil
}

// asked are the guidelines in effect on the day of service for what is
// ordered.
func asked(ctx context.Context, tx *db.Tx, c Content) (all []Questions, err error) {
	if !c.Done(OrderPart) || !c.Patient.Chosen() {
		return nil, nil
	}
	p, err := plan.Get(ctx, tx, c.Patient.PlanID)
	if err != nil {
		return nil, err
	}
	for _, s := range c.Order.Services {
		g, err := guideline.For(ctx, tx, c.Patient.PlanID, c.Order.ProgramID, s.Code, c.Patient.Typed.Service)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(q Questions) bool { return q.Guideline.ID == g.ID })
		if i < 0 {
			all = append(all, Questions{Guideline: g, Codes: []string{s.Code}, Facts: c.facts(p, s.Code)})
			continue
		}
		all[i].Codes = append(all[i].Codes, s.Code)
	}
	return all, nil
}

// facts are what is known about a service of the request beside its answers.
func (c Content) facts(p plan.Plan, service string) guideline.Facts {
	f := guideline.Facts{Age: guideline.AgeOn(c.Patient.Born, c.Patient.Typed.Service), Sex: c.Patient.Sex, Service: c.Patient.Typed.Service,
		Code: service, Urgency: string(c.Order.Urgency), Plan: p.Code, Line: c.Patient.Line, Zone: p.Zone()}
	for _, d := range c.Order.Diagnoses {
		f.Diagnoses = append(f.Diagnoses, d.Code)
	}
	return f
}

// begun is a response with the version it was asked by.
type begun struct {
	guideline.Response
	by guideline.Published
}

func responses(ctx context.Context, tx *db.Tx, by account.Actor, r Request) ([]begun, error) {
	ids, err := guideline.OfRequest(ctx, tx, string(r.ID))
	if err != nil {
		return nil, err
	}
	all := make([]begun, len(ids))
	for i, id := range ids {
		if all[i].Response, all[i].by, err = guideline.Open(ctx, tx, by, id); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// assign gives each guideline the answers that were given to it; one without
// takes over those of a guideline that is no longer asked.
func assign(all []Questions, had []begun) {
	take := func(q *Questions, i int) {
		q.Response, q.AskedBy = &had[i].Response, had[i].by
	}
	used := map[int]bool{}
	for n := range all {
		if i := slices.IndexFunc(had, func(b begun) bool { return b.by.ID == all[n].Guideline.ID }); i >= 0 {
			take(&all[n], i)
			used[i] = true
		}
	}
	for n := range all {
		for i := range had {
			if all[n].Response == nil && !used[i] {
				take(&all[n], i)
				used[i] = true
			}
		}
	}
}

// Prepare has the questions in effect be the ones that r is asked: it begins
// those that nobody has begun, and carries answers over where the questions
// changed. Nothing is asked twice for it.
func Prepare(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (Request, error) {
	all, err := Ask(ctx, tx, by, r)
	if err != nil {
		return r, err
	}
	for i, q := range all {
		if q.Current() {
			continue
		}
		next, err := begin(ctx, tx, by, r, q)
		if err != nil {
			return r, err
		}
		all[i].Response, all[i].AskedBy, all[i].moved = &next, q.Guideline, false
	}
	if r.Clinical == progress(all) {
		return r, nil
	}
	return advance(ctx, tx, by, r, all)
}

func begin(ctx context.Context, tx *db.Tx, by account.Actor, r Request, q Questions) (guideline.Response, error) {
	if q.Response != nil {
		q.Response.PlanID, q.Response.ProgramID = r.Patient.PlanID, r.Order.ProgramID
		next, _, err := guideline.Change(ctx, tx, by, *q.Response, q.Guideline, q.Facts)
		return next, err
	}
	return guideline.Start(ctx, tx, by, guideline.Response{RequestID: string(r.ID), OrganizationID: r.OrganizationID,
		MemberID: member.ID(r.Patient.MemberID), PlanID: r.Patient.PlanID, ProgramID: r.Order.ProgramID}, q.Guideline, q.Facts)
}

// advance keeps in r how far its questions are.
func advance(ctx context.Context, tx *db.Tx, by account.Actor, r Request, all []Questions) (Request, error) {
	now := progress(all)
	return Save(ctx, tx, by, r, ClinicalPart, r.Version, func(c *Content) { c.Clinical = now })
}

func progress(all []Questions) Clinical {
	open := slices.ContainsFunc(all, func(q Questions) bool { return !q.Current() || q.Form().Open() != "" })
	now := Clinical{Guidelines: len(all), Complete: !open}
	for _, q := range all {
		if q.Response != nil {
			now.Answered += q.Response.Answers.ByPeople()
		}
	}
	return now
}
