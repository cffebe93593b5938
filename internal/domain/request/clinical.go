package request

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
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
func (q Questions) Changed(zone *time.Location) string {
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

// forget discards what was answered, and what was enclosed, about somebody
// else than r's patient.
func forget(ctx context.Context, tx *db.Tx, by account.Actor, r Request) error {
	had, err := responses(ctx, tx, by, r)
	if err != nil {
		return err
	}
	for _, b := range had {
		if string(b.MemberID) != r.Patient.MemberID {
			if err := guideline.Discard(ctx, tx, by, b.Response); err != nil {
				return err
			}
		}
	}
	return dropFiles(ctx, tx, by, r, func(u attachment.Upload) bool { return u.MemberID != r.Patient.MemberID })
}

// dropFiles deletes some of r's files.
func dropFiles(ctx context.Context, tx *db.Tx, by account.Actor, r Request, which func(attachment.Upload) bool) error {
	all, err := attachment.Uploads(ctx, tx, string(r.ID))
	if err != nil {
		return err
	}
	for _, u := range all {
		if which(u) {
			if err := attachment.Delete(ctx, tx, by, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// restarts tells what it would do to the clinical answers if the order of r
// were what is asked: "" if nothing, else a sentence for the office.
func restarts(ctx context.Context, tx *db.Tx, by account.Actor, r Request, o Ordered) (string, error) {
	c := r.Content
	c.Order = o
	next, err := asked(ctx, tx, c)
	if err != nil {
		return "", err
	}
	had, err := responses(ctx, tx, by, r)
	if err != nil || len(had) == 0 {
		return "", err
	}
	p, err := plan.Get(ctx, tx, r.Patient.PlanID)
	if err != nil {
		return "", err
	}
	assign(next, had)
	var said []string
	for _, b := range had {
		i := slices.IndexFunc(next, func(q Questions) bool { return q.Response != nil && q.Response.ID == b.ID })
		switch {
		case len(b.Answers) == 0:
		case i < 0:
			said = append(said, "The answers about “"+b.by.Title+"” won’t be used.")
		case next[i].loses():
			said = append(said, next[i].Changed(p.Zone()))
		}
	}
	return strings.Join(said, " "), nil
}

// loses reports whether another guideline asks now, and not all answers are
// answers to it.
func (q Questions) loses() bool {
	if q.AskedBy.ID == q.Guideline.ID {
		return false
	}
	_, c := guideline.Carry(q.AskedBy.Version, q.Guideline.Version, q.Facts, q.Response.Answers)
	return len(c.Kept) < len(q.Response.Answers)
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

// An Answering is what came of a posted page of questions.
type Answering struct {
	Request   Request
	Questions Questions    // with the answers as they are kept now
	Faults    fault.Fields // by form field; empty if the page is in order
	Again     bool         // further questions opened on the same page
	Theirs    []guideline.Edit
}

// SaveAnswers keeps what was posted for one page of the questions of a guideline,
// or for all of them if page is "". What can't be read is a fault at its
// field, and everything else on the page is kept all the same. seen is the
// version of the answers that the reader had before them: where somebody else
// has since changed an answer on the page, nothing is kept and Theirs says
// which; answers on other pages don't matter.
func SaveAnswers(ctx context.Context, tx *db.Tx, by account.Actor, r Request, id, page string, posted url.Values, seen int) (Answering, error) {
	out := Answering{Request: r}
	if err := r.open(tx); err != nil {
		return out, err
	}
	all, err := Ask(ctx, tx, by, r)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(all, func(q Questions) bool { return q.Guideline.ID == id })
	if i < 0 || !all[i].Current() {
		return out, fault.New(fault.Conflict, "The questions changed while you had them open. Look at them again.")
	}
	q := &all[i]
	out.Questions = *q
	if out.Theirs, err = others(ctx, tx, by, *q, page, seen); err != nil || len(out.Theirs) > 0 {
		return out, err
	}
	if err := r.free(ctx, tx, by, ClinicalPart); err != nil {
		return out, err
	}
	t := q.Guideline.Take(q.Facts, q.Response.Answers, page, posted, guideline.Stamp{By: by.ID, At: tx.Now()})
	saved, err := guideline.SaveAnswers(ctx, tx, by, *q.Response, q.Facts, t.Answers)
	if err != nil {
		return out, err
	}
	address := "clinical/" + id
	if page != "" {
		address += "/" + page
	}
	if err := Forget(ctx, tx, r, address); err != nil {
		return out, err
	}
	q.Response, out.Faults, out.Again = &saved, t.Faults, t.Again
	out.Questions = *q
	out.Request, err = advance(ctx, tx, by, r, all)
	return out, err
}

// others are the answers on a page that somebody else changed.
func others(ctx context.Context, tx *db.Tx, by account.Actor, q Questions, page string, seen int) ([]guideline.Edit, error) {
	all, err := guideline.Edits(ctx, tx, q.Response.ID, seen)
	if err != nil {
		return nil, err
	}
	on := map[string]bool{}
	for _, p := range q.Form().Pages {
		for _, f := range p.Items {
			on[f.LinkID] = page == "" || p.Key == page
		}
	}
	latest := map[string]guideline.Edit{}
	for _, e := range all {
		if e.By != by.ID && on[e.LinkID] {
			latest[e.LinkID] = e
		}
	}
	return slices.SortedFunc(maps.Values(latest), func(a, b guideline.Edit) int { return strings.Compare(a.LinkID, b.LinkID) }), nil
}

// finish says that the office has answered all it will.
func finish(ctx context.Context, tx *db.Tx, by account.Actor, all []Questions) error {
	if p := progress(all); !p.Complete {
		return fault.New(fault.Conflict, "Before this can be sent, complete “%s”.", ClinicalPart.Words())
	}
	for _, q := range all {
		if _, err := guideline.Finish(ctx, tx, by, *q.Response, q.Facts); err != nil {
			return err
		}
	}
	return nil
}

// weigh evaluates what was answered about each service of r, in their order.
// A service that no guideline covers has the zero Outcome: it needs a person.
func weigh(ctx context.Context, tx *db.Tx, by account.Actor, r Request, all []Questions) ([]guideline.Outcome, error) {
	outcomes := make([]guideline.Outcome, len(r.Order.Services))
	for i, s := range r.Order.Services {
		n := slices.IndexFunc(all, func(q Questions) bool { return slices.Contains(q.Codes, s.Code) })
		if n < 0 {
			continue
		}
		facts := all[n].Facts
		facts.Code = s.Code
		result, err := guideline.Weigh(ctx, tx, by, all[n].Response.ID, facts)
		if err != nil {
			return nil, err
		}
		outcomes[i] = result.Outcome
	}
	return outcomes, nil
}

// WasAsked reports whether there are clinical answers about an order. The
// caller has read the order.
func WasAsked(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	if o.Channel != channel {
		return false, nil
	}
	r, err := ofOrder(ctx, tx, o.ID)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return r.Clinical.Guidelines > 0, err
}

// Answers returns what was answered about an order that began as a request
// here, by the versions it was asked by; none if it came another way. The
// read is audited. Who may: who has read the order, and reads or answers
// clinical questions.
func Answers(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) ([]Questions, error) {
	r, err := ofOrder(ctx, tx, o.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := plan.Get(ctx, tx, r.Patient.PlanID)
	if err != nil {
		return nil, err
	}
	had, err := responses(ctx, tx, by, r)
	var all []Questions
	for i := range had {
		q := Questions{Guideline: had[i].by, AskedBy: had[i].by, Response: &had[i].Response}
		for _, s := range r.Order.Services {
			if slices.Contains(q.Guideline.Codes, s.Code) {
				q.Codes = append(q.Codes, s.Code)
			}
		}
		if had[i].Done && len(q.Codes) > 0 {
			q.Facts = r.facts(p, q.Codes[0])
			all = append(all, q)
		}
	}
	return all, err
}
