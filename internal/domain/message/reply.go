package message

import (
	"cmp"
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// MostText is how many characters a message can have.
const MostText = 4000

// Said announces that somebody wrote in a thread. See app/reactions.go.
type Said struct {
	ThreadID string
	N        int // the entry
}

// Kind names the event.
func (Said) Kind() string { return "message.said" }

func checkText(text string) error {
	f := fault.Fields{}
	f.Check(text != "", "text", "Write your message")
	f.Check(len([]rune(text)) <= MostText, "text", "Your message must be 4,000 characters or less")
	return f.Err()
}

// Reply says something in a thread to the other side: a question back, or the
// answer to one. It neither stops a clock nor starts one. Who may: both sides.
// The error is Invalid at "text", a Conflict if it is closed.
func Reply(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, o order.Order, text string) (Thread, error) {
	if err := by.Must(account.Correspond); err != nil {
		return t, err
	}
	if err := notice.Must(ctx, tx, by, notice.Messages); err != nil {
		return t, err
	}
	if t.Status != Open {
		return t, fault.New(fault.Conflict, "This message is closed. Start a new one.")
	}
	if err := checkText(text); err != nil {
		return t, err
	}
	if t.Kind == Question {
		t.Turn = Office
		if SideOf(by) == Office {
			t.Turn = Review
		}
	}
	if err := t.say(ctx, tx, by, "text", text, false); err != nil {
		return t, err
	}
	if err := t.save(ctx, tx); err != nil {
		return t, err
	}
	if err := t.record(ctx, tx, by, o, "message.said"); err != nil {
		return t, err
	}
	return t, job.Add(ctx, tx, Said{t.ID, t.LastN})
}

// Jot leaves a note in a thread that never leaves those who review. Who may:
// those who review. The error is Invalid at "text".
func Jot(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, o order.Order, text string) (Thread, error) {
	if SideOf(by) != Review || !by.Can(account.Correspond) {
		return t, fault.New(fault.Denied, "Only those who review leave notes.")
	}
	if err := checkText(text); err != nil {
		return t, err
	}
	if err := t.say(ctx, tx, by, "note", text, true); err != nil {
		return t, err
	}
	if err := t.save(ctx, tx); err != nil {
		return t, err
	}
	return t, t.record(ctx, tx, by, o, "message.noted")
}

// Close ends a thread. It stays readable for good, and is never deleted. A
// request that is closed before it was answered has the review go on. Who may:
// of a request, reviewers; of a question, both sides. The error is a Conflict
// if it is closed already.
func Close(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, o order.Order) (Thread, error) {
	if err := by.Must(account.Correspond); err != nil {
		return t, err
	}
	if t.Kind == Request {
		if err := by.Must(account.ReviewOrders); err != nil {
			return t, err
		}
	}
	if t.Status != Open {
		return t, fault.New(fault.Conflict, "This message is closed already.")
	}
	if t.Kind == Request && t.AnsweredAt == nil {
		if _, _, err := order.InformationCame(ctx, tx, by, o, "In review again: the reviewer no longer needs what was asked for."); err != nil {
			return t, err
		}
	}
	now := tx.Now()
	t.Status, t.Turn, t.ClosedAt = Closed, "", &now
	if err := t.say(ctx, tx, by, "closed", "Closed.", false); err != nil {
		return t, err
	}
	if err := t.save(ctx, tx); err != nil {
		return t, err
	}
	return t, t.record(ctx, tx, by, o, "message.closed")
}

// A Start is a question of an office.
type Start struct {
	Topic, Text string
	Location    string // whose team asks; "" for none in particular
}

// Begin begins a question of an office, about an order or, where o is zero, about
// none. It goes to those who answer for its topic and, with an order, for its
// plan and program. Who may: people of an office. The error is Invalid at
// "topic" or "text", and at "order" where the office doesn't write here about
// orders of its program.
func Begin(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, s Start) (Thread, error) {
	if err := by.Must(account.Correspond); err != nil {
		return Thread{}, err
	}
	if err := notice.Must(ctx, tx, by, notice.Messages); err != nil {
		return Thread{}, err
	}
	organization := cmp.Or(o.OrganizationID, by.Seat().OrganizationID)
	if SideOf(by) != Office || !by.ActsFor(organization) {
		return Thread{}, fault.New(fault.Denied, "Only people of an office begin a question. On a case, ask for information.")
	}
	f := fault.Fields{}
	at := slices.IndexFunc(Topics, func(t struct{ ID, Words string }) bool { return t.ID == s.Topic })
	instead, err := plan.Instead(ctx, tx, by, plan.MessagesFeature, o.Place())
	if err != nil {
		return Thread{}, err
	}
	f.Check(instead == "", "order", instead)
	f.Check(at >= 0, "topic", "Select what it is about")
	f.Check(s.Text != "", "text", "Write your message")
	f.Check(len([]rune(s.Text)) <= MostText, "text", "Your message must be 4,000 characters or less")
	if err := f.Err(); err != nil {
		return Thread{}, err
	}
	now := tx.Now()
	t := Thread{ID: db.NewID("msg"), OrderID: o.ID, OrganizationID: organization, LocationID: cmp.Or(o.LocationID, by.Seat().LocationID), PlanID: o.PlanID, ProgramID: o.ProgramID,
		Kind: Question, Topic: s.Topic, Subject: Topics[at].Words, Status: Open, Turn: Review, SentAt: &now, CreatedAt: now, CreatedBy: by.ID, CreatedName: by.Name, LastAt: now, Version: 1}
	if o.Title != "" {
		t.Subject += ": " + o.Title
	}
	if err := t.insert(ctx, tx); err != nil {
		return t, err
	}
	if err := t.say(ctx, tx, by, "text", s.Text, false); err != nil {
		return t, err
	}
	if err := t.save(ctx, tx); err != nil {
		return t, err
	}
	if err := t.record(ctx, tx, by, o, "message.begun"); err != nil {
		return t, err
	}
	return t, job.Add(ctx, tx, Said{t.ID, t.LastN})
}

// Assign gives a thread, or its item n if that isn't 0, to somebody of the
// office; to "" gives it back to the whole team. Who may: people of the office
// who send requests.
func Assign(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, n int, to account.PersonID) (Thread, error) {
	if !by.ActsFor(t.OrganizationID) || !by.Can(account.SendRequests) {
		return t, fault.New(fault.Denied, "Only the office assigns its messages.")
	}
	name := ""
	if to != "" {
		who, err := account.Act(ctx, tx, to)
		if err != nil || !who.ActsFor(t.OrganizationID) || !who.Can(account.Correspond) {
			return t, fault.Fields{"to": "Select somebody of your organization"}.Err()
		}
		name = who.Name
	}
	if n == 0 {
		t.AssignedTo, t.AssignedName = string(to), name
		return t, t.save(ctx, tx)
	}
	at := slices.IndexFunc(t.Items, func(i Item) bool { return i.N == n })
	if at < 0 {
		return t, fault.New(fault.NotFound, "We can't find that item.")
	}
	t.Items[at].AssignedTo, t.Items[at].AssignedName = string(to), name
	return t, t.Items[at].save(ctx, tx, t.ID)
}

// Snooze takes a thread out of the office's list of what needs a reply until a
// time. Reminders and the clock go on. Who may: people of the office. The error
// is Invalid at "until".
func Snooze(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, until time.Time) error {
	if !by.ActsFor(t.OrganizationID) || !by.Can(account.Correspond) {
		return fault.New(fault.Denied, "Only the office snoozes its messages.")
	}
	f := fault.Fields{}
	f.Check(until.After(tx.Now()), "until", "Choose a time to come")
	f.Check(t.ReplyBy == nil || t.Turn != Office || until.Before(*t.ReplyBy), "until", "The reply is due before that")
	if err := f.Err(); err != nil {
		return err
	}
	tell(tx, t)
	return tx.Send(ctx, `insert into message_snooze (thread_id, organization_id, until, name) values ($1, $2, $3, $4)
		on conflict (thread_id, organization_id) do update set until = excluded.until, name = excluded.name`, t.ID, t.OrganizationID, until, by.Name)
}
