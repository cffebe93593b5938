package message

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// An Ask is what a reviewer wants from an office.
type Ask struct {
	Type    string // one of TypesOf the program
	Intro   string // may be ""
	ReplyBy time.Time
	Items   []Item // what is asked; answers in them are ignored
}

// MostItems is how much can be asked for at once.
const MostItems = 20

// Go lets a request leave that nobody took back. See app/reactions.go.
type Go struct {
	ThreadID string
	Version  int // of the thread when it was sent; another means that it was taken back
}

// Kind names the event.
func (Go) Kind() string { return "message.go" }

// Asked announces that an office was asked for something.
type Asked struct{ ThreadID string }

// Kind names the event.
func (Asked) Kind() string { return "message.asked" }

// Terms are what asking for information now does to an order's clock.
type Terms struct {
	Effect   deadline.Effect
	Earliest time.Time      // of a reply-by time, by the rule
	Latest   *time.Time     // exclusive; nil where nothing limits it
	Usual    time.Time      // what is proposed
	Close    bool           // nobody answering closes the order
	clock    *deadline.Kept // nil where the order came with its due time
	now      time.Time
}

// TermsOf are those for an order now. The caller has read the order.
func TermsOf(ctx context.Context, tx *db.Tx, o order.Order) (Terms, error) {
	now := tx.Now()
	t := Terms{Effect: deadline.Runs, Earliest: now.Add(time.Hour), Usual: now.Add(48 * time.Hour).Truncate(time.Minute), Latest: o.DueAt, now: now}
	k, err := deadline.Of(ctx, tx, string(o.ID))
	if fault.Is(err, fault.NotFound) || err == nil && k.Rule == nil {
		if o.DueAt != nil {
			t.Usual = now.Add(max(time.Hour, o.DueAt.Sub(now)/2)).Truncate(time.Minute)
		}
		return t, nil
	}
	if err != nil {
		return t, err
	}
	line, err := plan.GetLine(ctx, tx, o.PlanID, o.Line)
	if err != nil {
		return t, err
	}
	t.clock, t.Close = &k, line.Unanswered == plan.CloseThen && k.MayClose()
	if k.Rule.Missing.Effect != "" {
		t.Effect = k.Rule.Missing.Effect
	}
	t.Usual = k.Wait(now)
	if t.Effect != deadline.Runs {
		t.Latest = nil // the clock stands still meanwhile
		t.Earliest = latest(t.Earliest, k.WaitAtLeast(now).Add(-time.Minute))
	}
	t.Usual = latest(t.Usual, t.Earliest)
	return t, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// DueIf is when the decision is due if nobody answers by a time, nil where
// nothing says so.
func (t Terms) DueIf(replyBy time.Time) (*time.Time, error) {
	if t.clock == nil {
		return t.Latest, nil
	}
	k, err := t.clock.With(deadline.Event{At: t.now, Kind: deadline.Asked, Until: replyBy}, t.now)
	return &k.Due, err
}

// Check says what is wrong with an Ask, Invalid by fields: "type", "intro",
// "reply_by", "items", and of the item n "ask_n", "kind_n" and so on.
func (a Ask) Check(p plan.Program, terms Terms, loc *time.Location) error {
	f := fault.Fields{}
	f.Check(slices.ContainsFunc(TypesOf(p), func(t struct{ ID, Words string }) bool { return t.ID == a.Type }), "type", "Select what kind of message it is")
	f.Check(len([]rune(a.Intro)) <= 2000, "intro", "The words before the list must be 2,000 characters or less")
	f.Check(len(a.Items) > 0, "items", "Add at least one item")
	f.Check(len(a.Items) <= MostItems, "items", words.Say("Ask for %s things or fewer", MostItems))
	when := func(t time.Time) string { return civil.Deadline(t, loc, terms.now).String() }
	f.Check(!a.ReplyBy.Before(terms.Earliest), "reply_by", words.Say("The reply-by time must be %s or later", when(terms.Earliest)))
	if terms.Latest != nil {
		f.Check(a.ReplyBy.Before(*terms.Latest), "reply_by", words.Say("Set a reply-by time before the decision is due: %s", when(*terms.Latest)))
	}
	for n, i := range a.Items {
		i.check(f, strconv.Itoa(n+1))
	}
	return f.Err()
}

func (i Item) check(f fault.Fields, n string) {
	f.Check(slices.Contains(Needs, i.Kind), "kind_"+n, "Select what kind of answer is needed")
	f.Check(i.Ask != "", "ask_"+n, "Write what is needed")
	f.Check(len([]rune(i.Ask)) <= 500, "ask_"+n, "What is needed must be 500 characters or less")
	f.Check(len([]rune(i.Why)) <= 500, "why_"+n, "Why must be 500 characters or less")
	f.Check(len([]rune(i.Satisfies)) <= 500, "satisfies_"+n, "What would be enough must be 500 characters or less")
	f.Check(i.FileKind == "" || slices.Contains(attachment.Kinds, words.Text(i.FileKind)), "file_kind_"+n, "Select what kind of file it is")
}

// DraftOf is the request that somebody began to write for an order, or that is
// leaving, nil for none. Who may: reviewers, who have read the order.
func DraftOf(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (*Thread, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return nil, err
	}
	t, err := of(ctx, tx, `order_id = $1 and kind = 'request' and status in ('draft', 'leaving')`, string(o.ID))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &t, err
}

// Save keeps what a reviewer wrote, to go on later. Nothing in it is checked
// but its size. Who may: reviewers.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, a Ask) (Thread, error) {
	t, err := draft(ctx, tx, by, o)
	if err != nil {
		return t, err
	}
	if len(a.Items) > MostItems {
		return t, fault.Fields{"items": words.Say("Ask for %s things or fewer", MostItems)}.Err()
	}
	return t, t.write(ctx, tx, o, a)
}

// draft is the one of an order, new if there is none.
func draft(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (Thread, error) {
	found, err := DraftOf(ctx, tx, by, o)
	if err != nil {
		return Thread{}, err
	}
	if found != nil && found.Status == Leaving {
		return *found, fault.New(fault.Conflict, "A request for this order is being sent. Undo it to change it.")
	}
	if found != nil {
		return *found, nil
	}
	t := Thread{ID: db.NewID("msg"), OrderID: o.ID, OrganizationID: o.OrganizationID, LocationID: o.LocationID, PlanID: o.PlanID, ProgramID: o.ProgramID,
		Kind: Request, Status: Draft, CreatedAt: tx.Now(), CreatedBy: by.ID, CreatedName: by.Name, LastAt: tx.Now(), Version: 1}
	err = t.insert(ctx, tx)
	return t, err
}

// write puts an Ask into a draft.
func (t *Thread) write(ctx context.Context, tx *db.Tx, o order.Order, a Ask) error {
	t.Type, t.Intro, t.Subject = a.Type, a.Intro, subject(a.Items, o.Title)
	t.ReplyBy = nil
	if !a.ReplyBy.IsZero() {
		t.ReplyBy = &a.ReplyBy
	}
	if err := t.setItems(ctx, tx, a.Items); err != nil {
		return err
	}
	return t.save(ctx, tx)
}

// subject says in plain words what is asked for: "2 files needed: MRI, lower
// back".
func subject(items []Item, title string) string {
	files := len(slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Kind != File }))
	count := func(n int, one, many string) string {
		switch n {
		case 0:
			return ""
		case 1:
			return "1 " + one
		}
		return strconv.Itoa(n) + " " + many
	}
	words := strings.Trim(count(files, "file", "files")+" and "+count(len(items)-files, "answer", "answers"), " and")
	return words + " needed: " + title
}

// Send lets a request leave in a few seconds, in which TakeBack still can stop
// it; nobody is told before, and the clock runs on. Who may: reviewers. The
// error is Invalid by fields, a Conflict if the order waits already or is
// decided.
func Send(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, a Ask) (Thread, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return Thread{}, err
	}
	if err := notice.Must(ctx, tx, by, notice.Messages); err != nil {
		return Thread{}, err
	}
	if !o.Status.MayBecome(order.InfoRequested) {
		return Thread{}, fault.New(fault.Conflict, "The order is %s: nothing can be asked for now.", o.Status.Words())
	}
	p, err := programOf(ctx, tx, o)
	if err != nil {
		return Thread{}, err
	}
	health, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return Thread{}, err
	}
	terms, err := TermsOf(ctx, tx, o)
	if err != nil {
		return Thread{}, err
	}
	if err := a.Check(p, terms, health.Zone()); err != nil {
		return Thread{}, err
	}
	t, err := draft(ctx, tx, by, o)
	if err != nil {
		return t, err
	}
	at := tx.Now().Add(UndoFor)
	t.Status, t.LeavesAt, t.CreatedBy, t.CreatedName = Leaving, &at, by.ID, by.Name
	if err := t.write(ctx, tx, o, a); err != nil {
		return t, err
	}
	if err := t.record(ctx, tx, by, o, "message.sent"); err != nil {
		return t, err
	}
	return t, job.Add(ctx, tx, Go{t.ID, t.Version}, job.At(at))
}

// TakeBack stops a request that is leaving: it is a draft again. Who may:
// reviewers. The error is a Conflict once it has left.
func TakeBack(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (Thread, error) {
	t, err := DraftOf(ctx, tx, by, o)
	if err != nil {
		return Thread{}, err
	}
	if t == nil || t.Status != Leaving {
		return Thread{}, fault.New(fault.Conflict, "The request has left. The office can see it.")
	}
	t.Status, t.LeavesAt = Draft, nil
	if err := t.save(ctx, tx); err != nil {
		return *t, err
	}
	return *t, t.record(ctx, tx, by, o, "message.taken_back")
}

// Leave lets a request go: the office can read it, its order waits, and the
// clock knows. An order that was decided meanwhile leaves it a draft.
func Leave(ctx context.Context, tx *db.Tx, e Go) error {
	t, err := OfEvent(ctx, tx, e.ThreadID)
	if err != nil || t.Status != Leaving || t.Version != e.Version {
		return err
	}
	by, err := account.Act(ctx, tx, t.CreatedBy)
	if err != nil {
		return err
	}
	o, err := order.OfEvent(ctx, tx, t.OrderID)
	if err != nil {
		return err
	}
	if !o.Status.MayBecome(order.InfoRequested) || t.ReplyBy == nil || !t.ReplyBy.After(tx.Now()) || !by.Can(account.ReviewOrders) {
		t.Status, t.LeavesAt = Draft, nil
		return t.save(ctx, tx)
	}
	return t.leave(ctx, tx, by, o)
}

func (t Thread) leave(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	terms, err := TermsOf(ctx, tx, o)
	if err != nil {
		return err
	}
	if t.DueThen, err = terms.DueIf(*t.ReplyBy); err != nil {
		return err
	}
	t.Effect, t.Unanswered = terms.Effect, plan.DecideThen
	if terms.Close {
		t.Unanswered = plan.CloseThen
	}
	if _, err := order.AskInformation(ctx, tx, by, o, *t.ReplyBy, "More information was asked for."); err != nil {
		return err
	}
	now := tx.Now()
	t.Status, t.Turn, t.SentAt, t.LeavesAt = Open, Office, &now, nil
	if err := t.say(ctx, tx, by, "asked", t.Intro, false); err != nil {
		return err
	}
	if err := t.save(ctx, tx); err != nil {
		return err
	}
	return job.AddAll(ctx, tx, append(t.reminders(now), job.Work{Args: Asked{t.ID}}))
}

// record leaves what by did to t in the audit.
func (t Thread) record(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, action string) error {
	e := by.Audit(action, "message", t.ID)
	e.MemberID = o.MemberID
	return audit.Record(ctx, tx, e)
}
