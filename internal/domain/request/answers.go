package request

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

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
	if err := forgetTyped(ctx, tx, by, r, address); err != nil {
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
// So has every service while the plan has yet to say that it covers the
// patient, and while nobody has said which member the patient is.
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
	e, err := Eligible(ctx, tx, r)
	if err != nil || r.Patient.Unmatched || e != nil && (e.ToConfirm() || !e.Covered) {
		return make([]guideline.Outcome, len(outcomes)), err
	}
	return outcomes, nil
}

// WasAsked reports whether there are clinical answers about an order. The
// caller has read the order.
func WasAsked(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	if o.Channel != channel && o.Caller == "" {
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
