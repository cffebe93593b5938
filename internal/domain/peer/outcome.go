package peer

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// What can come of a call for an order. A decision that changes is changed by
// review.Decide, not here.
const (
	Upheld      = "upheld"
	Overturned  = "overturned"
	Modified    = "modified"
	Discussed   = "discussion"
	MoreToCome  = "more_information"
	Withdrawn   = "withdrawn"
	Unreachable = "not_reached"
)

// Outcomes of a call for one order, by the value of the form's radio.
var Outcomes = []struct{ Value, Words string }{
	{Upheld, "Decision stays"},
	{Overturned, "Decision changed"},
	{Modified, "Decision changed in part"},
	{Discussed, "Discussion only"},
	{MoreToCome, "More information promised"},
	{Withdrawn, "The office withdrew"},
	{Unreachable, "Not reached"},
}

// OutcomeWords is a stored outcome as people read it, "" for none.
func OutcomeWords(value string) string {
	i := slices.IndexFunc(Outcomes, func(o struct{ Value, Words string }) bool { return o.Value == value })
	if i < 0 {
		return ""
	}
	return Outcomes[i].Words
}

// Changes reports whether an outcome means that the decision is made again.
func Changes(outcome string) bool { return outcome == Overturned || outcome == Modified }

// Said is what the reviewer says came of a call for one order.
type Said struct {
	Outcome string
	Note    string // why, in words that the office reads
}

// A Subject is one order that a call is about, with what came of the call for
// it. Until At is set that is a draft, and nobody's but the reviewer's.
type Subject struct {
	Order      order.Order // with its services, without other parts
	Effect     Effect      // of the call for this order
	ValidUntil *time.Time  // end of the window in which it can change the decision
	Said
	At *time.Time
}

// Subjects are the orders a call is about that by may see, the one it was
// booked for first. The reviewer who has the call sees all of them.
func Subjects(ctx context.Context, tx *db.Tx, by account.Actor, c Call) ([]Subject, error) {
	all, _, err := SubjectsSeen(ctx, tx, by, c)
	return all, err
}

// SubjectsSeen is Subjects, with how many more orders there are that by may
// not see.
func SubjectsSeen(ctx context.Context, tx *db.Tx, by account.Actor, c Call) (all []Subject, hidden int, err error) {
	if by.ID == c.ReviewerID {
		by = account.Program()
	}
	rows, err := subjectRows(ctx, tx, c)
	if err != nil {
		return nil, 0, err
	}
	orders, err := order.Among(ctx, tx, by, idsOf(rows))
	for _, o := range orders {
		s := rows[slices.IndexFunc(rows, func(s Subject) bool { return s.Order.ID == o.ID })]
		s.Order = o
		all = append(all, s)
	}
	return all, len(rows) - len(all), err
}

func idsOf(rows []Subject) []order.ID {
	ids := make([]order.ID, len(rows))
	for i, s := range rows {
		ids[i] = s.Order.ID
	}
	return ids
}

func subjectRows(ctx context.Context, tx *db.Tx, c Call) ([]Subject, error) {
	return db.All(ctx, tx, func(r db.Row) (s Subject, err error) {
		return s, r.Scan((*string)(&s.Order.ID), (*string)(&s.Effect), &s.ValidUntil, &s.Outcome, &s.Note, &s.At)
	}, `select order_id, effect, valid_until, outcome, outcome_note, outcome_at from call_order where call_id = $1
		order by case when order_id = $2 then 0 else 1 end, order_id`, string(c.ID), string(c.OrderID))
}

// saveDrafts keeps what is chosen so far of outcomes not yet recorded.
func saveDrafts(ctx context.Context, tx *db.Tx, c Call, said map[order.ID]Said) error {
	for id, s := range said {
		_, err := tx.Exec(ctx, `
			update call_order set outcome = $1, outcome_note = $2 where call_id = $3 and order_id = $4 and outcome_at is null`,
			s.Outcome, s.Note, string(c.ID), string(id))
		if err != nil {
			return err
		}
	}
	return nil
}

// early is how long before its time a call can be made.
const early = 5 * time.Minute

// Record notes what came of a call for each of its orders: that it took
// place, with an outcome, or that nobody was reached. The attempts made must
// bear it out. Faults name the fields outcome_ and note_ with the order's
// number. Who may: the reviewer who has the call, from five minutes before its
// time on.
func Record(ctx context.Context, tx *db.Tx, by account.Actor, c Call, said map[order.ID]Said) (Call, error) {
	if err := mustHave(by, c); err != nil {
		return c, err
	}
	if tx.Now().Before(CallFrom(c)) {
		return c, fault.New(fault.Conflict, "This call has not begun yet.")
	}
	if c.Status != Scheduled && c.Status != Confirmed && c.Status != InCall {
		return c, fault.New(fault.Conflict, "This call is %s already.", c.Status.Words())
	}
	subjects, err := Subjects(ctx, tx, by, c)
	if err != nil {
		return c, err
	}
	unmet, err := unreachable(ctx, tx, c)
	if err != nil {
		return c, err
	}
	for i, s := range subjects {
		subjects[i].Said = Said{said[s.Order.ID].Outcome, strings.TrimSpace(said[s.Order.ID].Note)}
	}
	if err := checkSaid(c, subjects, unmet); err != nil {
		return c, err
	}
	if err := insertSaid(ctx, tx, c, subjects); err != nil {
		return c, err
	}
	if subjects[0].Outcome == Unreachable {
		return end(ctx, tx, by, c, NoShow, "The office wasn't reached.", func(n Notice) job.Args { return NotReached{n} })
	}
	return end(ctx, tx, by, c, Completed, "The call took place.", func(n Notice) job.Args { return OutcomeSaid{n} })
}

// unreachable says why a call can't be given up as not reached, "" if it can.
func unreachable(ctx context.Context, tx *db.Tx, c Call) (string, error) {
	program, err := plan.GetProgram(ctx, tx, c.ProgramID)
	if err != nil {
		return "", err
	}
	dials, err := Dials(ctx, tx, c)
	if err != nil {
		return "", err
	}
	day, err := DayOf(ctx, tx, c)
	if err != nil {
		return "", err
	}
	who, err := review.Get(ctx, tx, c.ReviewerID)
	if err != nil {
		return "", err
	}
	zone, err := civil.Zone(who.TimeZone)
	if err != nil {
		return "", err
	}
	return needWords(c, program, dials, day.Late, zone), nil
}

// checkSaid says what is wrong with the outcomes of a call. unmet is why it
// can't be given up as not reached.
func checkSaid(c Call, subjects []Subject, unmet string) error {
	f := fault.Fields{}
	reached := slices.ContainsFunc(subjects, func(s Subject) bool { return s.Outcome != Unreachable })
	for _, s := range subjects {
		outcome, note := "outcome_"+s.Order.Number, "note_"+s.Order.Number
		f.Check(OutcomeWords(s.Outcome) != "", outcome, "Select an outcome for each order")
		f.Check(s.Effect != Discussion || !Changes(s.Outcome), outcome, "This call is for discussion only, so it can't change the decision")
		if s.Outcome == Unreachable {
			f.Check(c.Status != InCall, outcome, "The office answered this call. Choose what came of it")
			f.Check(unmet == "", outcome, words.AsIs(unmet))
			f.Check(!reached, outcome, "Choose Not reached for every order of the call, or for none")
		} else {
			f.Check(c.Status == InCall, outcome, "Record that you reached the office before you choose this outcome")
		}
		f.Check(s.Outcome != Upheld || s.Note != "", note, "Add a reason")
		f.Check(s.Outcome != MoreToCome || s.Note != "", note, "Say what the office will send, and by when")
		f.Check(len([]rune(s.Note)) <= 1000, note, "The reason must be 1,000 characters or less")
	}
	return f.Err()
}

func insertSaid(ctx context.Context, tx *db.Tx, c Call, subjects []Subject) error {
	for _, s := range subjects {
		_, err := tx.Exec(ctx, `update call_order set outcome = $1, outcome_note = $2, outcome_at = $3 where call_id = $4 and order_id = $5`,
			s.Outcome, s.Note, tx.Now(), string(c.ID), string(s.Order.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

// end puts a call into a status in which it is over, lets its time go, says so
// in the timeline of each of its orders, and announces it, unless follow is
// nil.
func end(ctx context.Context, tx *db.Tx, by account.Actor, c Call, to Status, text words.Text, follow func(Notice) job.Args) (Call, error) {
	from := c.Status
	c.Status = to
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := letGo(ctx, tx, string(c.ID)); err != nil {
		return c, err
	}
	if err := addEvent(ctx, tx, by, c, string(to), from, text); err != nil {
		return c, err
	}
	subjects, err := Subjects(ctx, tx, account.Program(), c)
	if err != nil {
		return c, err
	}
	var orders []order.Order
	for _, s := range subjects {
		said := words.Say("Peer-to-peer: %s", text)
		if s.At != nil && to == Completed && s.Outcome != "" {
			said = words.Say("Peer-to-peer: %s %s.", text, words.Text(OutcomeWords(s.Outcome)))
		}
		if err := order.Note(ctx, tx, by, s.Order, "call", said, false); err != nil {
			return c, err
		}
		orders = append(orders, s.Order)
		if to == Completed { // a denial that waited for the call can follow
			if err := review.Heard(ctx, tx, s.Order.ID); err != nil {
				return c, err
			}
		}
	}
	if err := auditEach(ctx, tx, by, "call."+string(to), c, orders); err != nil || follow == nil {
		return c, err
	}
	return c, job.Add(ctx, tx, follow(c.notice()))
}

// Overdue asks, an hour after a call should have ended, whether anybody said
// what came of it. See app/reactions.go.
type Overdue struct{ Notice }

// Kind names the event.
func (Overdue) Kind() string { return "peer.overdue" }

const grace = time.Hour

// watching is that look.
func watching(c Call) job.Work {
	key := "overdue:" + string(c.ID) + ":" + c.StartsAt.UTC().Format(time.RFC3339) + ":" + string(c.Status)
	return job.Work{Args: Overdue{c.notice()}, Options: []job.Option{job.At(c.EndsAt.Add(grace)), job.Key(key)}}
}

// Close ends a call whose time went by with nothing said: a confirmed one was
// missed by us, never by the office; one that nobody confirmed expired. The
// order can have another. A call that was tried is not missed: it waits for
// its reviewer to say what came of it.
func Close(ctx context.Context, tx *db.Tx, e Overdue) error {
	c, err := byID(ctx, tx, e.CallID)
	if err != nil || !c.StartsAt.Equal(e.Starts) || tx.Now().Before(c.EndsAt.Add(grace)) {
		return err
	}
	dials, err := Dials(ctx, tx, c)
	if err != nil || len(dials) > 0 {
		return err
	}
	by := account.Program()
	switch c.Status {
	case Scheduled, Confirmed:
		_, err = end(ctx, tx, by, c, Missed, "The time of the call went by and we recorded no attempt. The office can book again.", func(n Notice) job.Args { return WasMissed{n} })
	case Requested:
		_, err = end(ctx, tx, by, c, Expired, "The time that was asked for went by before it was confirmed. The office can ask again.", nil)
	}
	return err
}
