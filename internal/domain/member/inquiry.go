package member

import (
	"context"
	"strconv"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/payer"
)

// An Inquiry asks plans' own systems whether they cover somebody.
type Inquiry struct {
	DB    *db.DB
	Keys  map[string]string // bearer tokens of plans' systems, by plan code
	Limit time.Duration     // for one answer; 0 is five seconds

	mu    sync.Mutex
	quiet map[plan.ID]time.Time // systems that didn't answer, and until when they are left alone
}

const (
	usualLimit = 5 * time.Second
	rest       = 30 * time.Second // for a system that didn't answer, so that it doesn't hold up all other work
	mostTries  = 80               // a minute apart at first, then an hour: three days
)

// Listed is the list of members that plans gave us, as a Source.
type Listed struct{ DB *db.DB }

// Covers implements Source. It answers by the span as it stands in the list
// now.
func (l Listed) Covers(ctx context.Context, _ Member, c Coverage, day civil.Date) (w Word, err error) {
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		now, err := coverageByID(ctx, tx, c.ID)
		if err == nil {
			w, err = rosterWord(ctx, tx, now, day)
		}
		return err
	})
	return w, err
}

// A PlanSystem is a plan's own system, as a Source.
type PlanSystem struct {
	payer.Service
	Payer string // what the plan calls itself on the wire
	Now   func() time.Time
}

// Covers implements Source.
func (s PlanSystem) Covers(ctx context.Context, m Member, c Coverage, day civil.Date) (Word, error) {
	q := payer.Question{Number: c.Number, First: m.First, Last: m.Last, Day: day.String(), Payer: s.Payer, Asked: s.Now()}
	if !m.Born.IsZero() {
		q.Born = m.Born.String()
	}
	a, err := s.Ask(ctx, q)
	if err != nil {
		return Word{}, err
	}
	return Word{Source: ByPlan, Covered: a.Covered, From: dayOf(a.From), To: dayOf(a.To), AsOf: s.Now()}, nil
}

// dayOf is a day that others wrote; one that is none is not said.
func dayOf(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		return civil.Date{}
	}
	return d
}

var (
	_ Source = Listed{}
	_ Source = PlanSystem{}
)

// Ask does the work of AskPlan. A system that doesn't answer is no failure of
// the work: the list's word as it is now holds, and the system is asked again
// later.
func (i *Inquiry) Ask(ctx context.Context, ask AskPlan) error {
	var e Eligibility
	var m Member
	var c Coverage
	var p plan.Plan
	err := i.DB.View(ctx, func(tx *db.Tx) (err error) {
		if e, err = EligibilityByID(ctx, tx, ask.EligibilityID); err != nil {
			return err
		}
		if m, err = Get(ctx, tx, e.MemberID); err != nil {
			return err
		}
		if c, err = coverageByID(ctx, tx, e.CoverageID); err != nil {
			return err
		}
		p, err = plan.Get(ctx, tx, c.PlanID)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && !e.ToConfirm() {
		return nil
	}
	if err != nil {
		return err
	}
	word, answered := i.ask(ctx, p, m, c, e.Service)
	if !answered {
		if word, err = (Listed{i.DB}).Covers(ctx, m, c, e.Service); err != nil {
			return err
		}
		answered = p.Eligibility == "" // the list is all there is by now
	}
	return i.DB.Update(ctx, func(tx *db.Tx) error { return settle(ctx, tx, e, word, answered) })
}

// ask is the word of a plan's own system, if it gives one in time.
func (i *Inquiry) ask(ctx context.Context, p plan.Plan, m Member, c Coverage, day civil.Date) (w Word, answered bool) {
	if p.Eligibility == "" || i.rests(p.ID) {
		return w, false
	}
	limit := i.Limit
	if limit == 0 {
		limit = usualLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	w, err := i.system(p).Covers(ctx, m, c, day)
	i.note(p.ID, err != nil)
	return w, err == nil
}

// rests reports whether a system that didn't answer is being left alone.
func (i *Inquiry) rests(id plan.ID) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.DB.Now().Before(i.quiet[id])
}

func (i *Inquiry) note(id plan.ID, failed bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.quiet == nil {
		i.quiet = map[plan.ID]time.Time{}
	}
	delete(i.quiet, id)
	if failed {
		i.quiet[id] = i.DB.Now().Add(rest)
	}
}

func (i *Inquiry) system(p plan.Plan) Source {
	return PlanSystem{Service: i.service(p), Payer: p.PayerID, Now: i.DB.Now}
}

func (i *Inquiry) service(p plan.Plan) payer.Service {
	return payer.Service{URL: p.Eligibility, Token: i.Keys[p.Code]}
}

// Probe asks a plan's system whether it takes questions about coverage, and
// about nobody's. It says, for an operator, why it doesn't; "" if it does.
func (i *Inquiry) Probe(ctx context.Context, p plan.Plan) (wrong string) {
	return i.service(p).Probe(ctx)
}

// settle keeps what was said, and has the plan's system asked again if it said
// nothing.
func settle(ctx context.Context, tx *db.Tx, e Eligibility, w Word, answered bool) error {
	e.Word, e.tries = w, e.tries+1
	switch {
	case answered:
		e.State = Answered
	case e.tries >= mostTries:
		e.State = GaveUp
	default:
		e.State = NoAnswer
	}
	if err := updateEligibility(ctx, tx, e); err != nil {
		return err
	}
	if e.State == NoAnswer {
		if err := job.Add(ctx, tx, AskPlan{e.ID}, job.At(tx.Now().Add(pause(e.tries))), job.Key(e.ID+":"+strconv.Itoa(e.tries))); err != nil {
			return err
		}
	}
	if answered {
		if err := job.Add(ctx, tx, EligibilityAnswered{e.ID}); err != nil {
			return err
		}
	}
	return e.record(ctx, tx, account.Program(), "eligibility.noted")
}

// pause is how long to wait before a system is asked again: a minute, twice as
// long each time, an hour at most.
func pause(tries int) time.Duration {
	return min(time.Hour, time.Minute<<min(tries-1, 10))
}

func coverageByID(ctx context.Context, tx *db.Tx, id string) (Coverage, error) {
	return db.One(ctx, tx, scanCoverage, `select `+coverageColumns+` from coverage where id = $1`, id)
}
