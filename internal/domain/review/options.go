package review

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// An Option is a way to go on after an adverse determination. It is computed
// from policy data, so that the screen, the letter and the interface say the
// same.
type Option struct {
	Kind     OptionKind
	By       plan.Doer          // who handles it
	After    deadline.RightKind // must have been used before; "" for none
	Until    *time.Time         // end of the last day on which it can be asked for; nil for no end, or if After is set
	Days     deadline.Amount    // that Until or After give
	Takes    deadline.Amount    // by when it is answered; zero if nothing says
	Changes  bool               // whether it can change the decision
	Sentence string             // of a law, to the member; "" for what is a plan's own offer
	Spanish  string
	Citation string
}

// An OptionKind is a sort of option. Those of a law are its kinds of right.
type OptionKind string

// Options that a plan offers beside those that a law gives.
const (
	PeerToPeer     OptionKind = "peer_to_peer"
	Reconsider     OptionKind = "reconsideration"
	AppealOption              = OptionKind(deadline.Appeal)
	FastAppeal                = OptionKind(deadline.ExpeditedAppeal)
	ExternalReview            = OptionKind(deadline.ExternalReview)
)

// Over reports whether the time for o has gone by.
func (o Option) Over(now time.Time) bool { return o.Until != nil && !now.Before(*o.Until) }

// DueFrom is by when what is filed at a time must be answered; ok is false where
// nothing says.
func (o Option) DueFrom(filed time.Time, c civil.Calendar, h civil.Hours) (due time.Time, ok bool) {
	return deadline.Right{Takes: o.Takes}.DueFrom(filed, c, h)
}

// Options are the ways to go on after the decision on o, the quickest first;
// none if nothing was denied. Who may read o may read them.
func Options(ctx context.Context, tx *db.Tx, o order.Order) ([]Option, error) {
	if !o.Status.Adverse() || o.DecidedAt == nil {
		return nil, nil
	}
	return OptionsAfter(ctx, tx, o, *o.DecidedAt)
}

// OptionsAfter are the options that an adverse determination on o at a time
// would leave: what a letter says before the decision is sent.
func OptionsAfter(ctx context.Context, tx *db.Tx, o order.Order, decided time.Time) ([]Option, error) {
	p, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return nil, err
	}
	line, err := plan.GetLine(ctx, tx, o.PlanID, o.Line)
	if err != nil {
		return nil, err
	}
	calendar, err := plan.CalendarOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	m, err := member.Get(ctx, tx, member.ID(o.MemberID))
	if err != nil {
		return nil, err
	}
	day := civil.DateIn(decided, calendar.Zone)
	rights, err := deadline.Rights(ctx, tx, o.PlanID, o.Line, m.State, day)
	if err != nil {
		return nil, err
	}
	all := offered(line, calendar, decided, o.DenialKind == "administrative")
	all = append(all, given(rights, calendar, decided)...)
	for i := range all {
		if all[i].By, err = plan.DoneBy(ctx, tx, o.PlanID, o.Line, o.ProgramID, function(all[i].Kind), day); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(o Option) bool { return o.By == plan.Nobody && o.Sentence == "" }), nil
}

// function is who does what under an option, in the delegation matrix.
func function(k OptionKind) plan.Function {
	switch k {
	case PeerToPeer:
		return plan.PeerToPeer
	case Reconsider:
		return plan.Reconsideration
	}
	return plan.Appeal
}

// offered are the plan's own ways: a call, and a new look at new information.
func offered(line plan.Line, c civil.Calendar, decided time.Time, administrative bool) (all []Option) {
	if !administrative && line.CallsPerCase > 0 {
		o := Option{Kind: PeerToPeer, Changes: line.CallEffect != "discussion"}
		if until, ok := line.CallUntil(decided, c); ok {
			o.Until = &until
		}
		all = append(all, o)
	}
	if line.ReconsiderationDays > 0 {
		o := Option{Kind: Reconsider, Changes: true, Days: deadline.Amount{N: line.ReconsiderationDays, Unit: deadline.CalendarDays}}
		until, _ := deadline.Right{Within: o.Days}.Until(decided, c)
		o.Until = &until
		all = append(all, o)
	}
	return all
}

// given are the ways that a law gives.
func given(rights []deadline.Right, c civil.Calendar, decided time.Time) (all []Option) {
	for _, r := range rights {
		o := Option{Kind: OptionKind(r.Kind), After: r.After, Days: r.Within, Takes: r.Takes, Changes: true, Sentence: r.Sentence, Spanish: r.Spanish, Citation: r.Citation}
		if until, ok := r.Until(decided, c); ok && r.After == "" {
			o.Until = &until
		}
		all = append(all, o)
	}
	return all
}
