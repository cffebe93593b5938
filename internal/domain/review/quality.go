package review

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Sample is a decision that was drawn to be read again by somebody else.
type Sample struct {
	ID       string
	OrderID  order.ID
	Number   string // of the order
	Title    string
	Decider  account.PersonID
	Name     string // of who decided
	Outcome  order.Status
	DrawnAt  time.Time
	Reader   string     // who read it, "" if nobody yet
	ReadAt   *time.Time // nil if nobody yet
	Agrees   bool
	Comment  string // for supervisors
	Coaching string // for who decided
	made     string // the determination
}

// A Reading is what a second reader found.
type Reading struct {
	Items    map[string]string // by Rubric item: "yes", "no" or "na"
	Agrees   string            // "yes" or "no"
	Comment  string            // for supervisors; wanted from who disagrees
	Coaching string            // for who decided; may be ""
}

// Rubric is what a second reader looks at.
var Rubric = []struct{ ID, Words string }{
	{"guideline", "The right guideline and version was used"},
	{"marks", "Each criterion was marked"},
	{"evidence", "The evidence shows what the marks say"},
	{"reasons", "The reasons are specific and in plain words"},
	{"time", "It was decided in time"},
}

// Draw draws a share of the decisions that people make, by chance, to be read
// again, as their program says.
func Draw(ctx context.Context, tx *db.Tx, e Decided) error {
	undone, err := Undone(ctx, tx, e)
	if err != nil || undone {
		return err
	}
	d, err := determination(ctx, tx, e.DeterminationID)
	if err != nil || d.ByProgram() {
		return err
	}
	o, err := order.ByID(ctx, tx, account.Program(), d.OrderID)
	if err != nil {
		return err
	}
	program, err := plan.GetProgram(ctx, tx, o.ProgramID)
	if err != nil || rand.IntN(100) >= program.Reviewing.QualityPercent {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into quality_sample (id, determination_id, order_id, program_id, decider_id, decider, outcome, drawn_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (determination_id) do nothing`,
		db.NewID("qty"), d.ID, string(o.ID), string(o.ProgramID), string(d.PersonID), d.Name, string(d.Outcome), tx.Now())
	return err
}

// mayRead refuses a sample to who decided it, and what was denied or reduced
// to who may not do that themselves; supervisors read all.
func (s Sample) mayRead(by account.Actor) error {
	switch {
	case s.Decider == by.ID:
		return fault.New(fault.Denied, "You made this decision. Somebody else reads it again.")
	case s.Outcome.Adverse() && !by.Can(account.Deny) && !by.Can(account.Supervise):
		return fault.New(fault.Denied, "A physician or a supervisor reads this decision again.")
	}
	return nil
}

// ToRead are the samples that by may read and nobody has, the oldest first, at
// most a hundred. Who may: reviewers.
func ToRead(ctx context.Context, tx *db.Tx, by account.Actor) ([]Sample, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return nil, err
	}
	all, err := samples(ctx, tx, by, `s.read_at is null`, `s.drawn_at, s.id limit 100`)
	return slices.DeleteFunc(all, func(s Sample) bool { return s.mayRead(by) != nil }), err
}

// Coached are the readings of by's own decisions, the latest first, at most
// fifty; what was said to supervisors is left out.
func Coached(ctx context.Context, tx *db.Tx, by account.Actor) ([]Sample, error) {
	all, err := samples(ctx, tx, by, `s.read_at is not null and s.decider_id = $1`, `s.read_at desc, s.id limit 50`, string(by.ID))
	for i := range all {
		all[i].Comment = ""
	}
	return all, err
}

// OpenSample is a sample with the record of its decision, which is nil if none
// was made; the read is audited. Who may: reviewers other than who decided.
func OpenSample(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Sample, *Record, error) {
	s, err := sampleOf(ctx, tx, by, id)
	if err != nil {
		return s, nil, err
	}
	all, err := records(ctx, tx, `r.determination_id = $1`, s.made)
	if err != nil {
		return s, nil, err
	}
	o, err := order.ByID(ctx, tx, by, s.OrderID)
	if err != nil {
		return s, nil, err
	}
	if err := recordCase(ctx, tx, by, o, "quality.opened", s.ID); err != nil || len(all) == 0 {
		return s, nil, err
	}
	return s, &all[0], nil
}

func sampleOf(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Sample, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return Sample{}, err
	}
	all, err := samples(ctx, tx, by, `s.id = $1`, `s.id`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "We can't find that decision.")
	}
	if err != nil {
		return Sample{}, err
	}
	return all[0], all[0].mayRead(by)
}

// Read keeps what a second reader found. Who may: reviewers other than who
// decided. The error is Invalid at an item's ID, "agrees", "comment" or
// "coaching", a Conflict if somebody read it already.
func Read(ctx context.Context, tx *db.Tx, by account.Actor, id string, r Reading) error {
	s, err := sampleOf(ctx, tx, by, id)
	if err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update quality_sample set reader_id = $1, reader = $2, read_at = $3, agrees = $4, comment = $5, coaching = $6 where id = $7 and read_at is null`,
		string(by.ID), by.Name, tx.Now(), r.Agrees == "yes", r.Comment, r.Coaching, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "%s has read this decision already.", s.Reader)
	}
	for _, item := range Rubric {
		if _, err := tx.Exec(ctx, `insert into quality_item (sample_id, item, says) values ($1, $2, $3)`, id, item.ID, r.Items[item.ID]); err != nil {
			return err
		}
	}
	o, err := order.ByID(ctx, tx, by, s.OrderID)
	if err != nil {
		return err
	}
	return recordCase(ctx, tx, by, o, "quality.read", s.ID)
}

func (r Reading) check() error {
	f := fault.Fields{}
	for _, item := range Rubric {
		f.Check(slices.Contains([]string{"yes", "no", "na"}, r.Items[item.ID]), item.ID, words.Say("%s: select yes, no or does not apply", item.Words))
	}
	f.Check(r.Agrees == "yes" || r.Agrees == "no", "agrees", "Select whether you agree with the decision")
	f.Check(r.Agrees != "no" || r.Comment != "", "comment", "Say why you disagree")
	f.Check(len([]rune(r.Comment)) <= 2000, "comment", "The comment must be 2,000 characters or less")
	f.Check(len([]rune(r.Coaching)) <= 2000, "coaching", "The note must be 2,000 characters or less")
	return f.Err()
}

// A Quality is how the decisions of one person were found by second readers.
type Quality struct {
	Name         string
	Read, Agreed int
	Open         int            // drawn and not read yet
	Lacking      map[string]int // how often the answer to a Rubric item was no
}

// Summary is how decisions drawn since a time were found, by who made them, of
// the orders that by sees. Who may: supervisors.
func Summary(ctx context.Context, tx *db.Tx, by account.Actor, since time.Time) ([]Quality, error) {
	if err := by.Must(account.Supervise); err != nil {
		return nil, err
	}
	seen, args := order.Visible(by, 2)
	args = append([]any{since}, args...)
	type row struct {
		decider string
		q       Quality
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (x row, err error) {
		x.q.Lacking = map[string]int{}
		return x, r.Scan(&x.decider, &x.q.Name, &x.q.Read, &x.q.Agreed, &x.q.Open)
	}, `select s.decider_id, max(s.decider), sum(case when s.read_at is null then 0 else 1 end), sum(case when s.agrees then 1 else 0 end), sum(case when s.read_at is null then 1 else 0 end)
		from quality_sample s join orders on orders.id = s.order_id where s.drawn_at >= $1 and `+seen+` group by s.decider_id order by max(s.decider), s.decider_id`, args...)
	if err != nil {
		return nil, err
	}
	type lack struct {
		decider, item string
		n             int
	}
	lacks, err := db.All(ctx, tx, func(r db.Row) (l lack, err error) { return l, r.Scan(&l.decider, &l.item, &l.n) },
		`select s.decider_id, i.item, count(*) from quality_item i join quality_sample s on s.id = i.sample_id join orders on orders.id = s.order_id
		where s.drawn_at >= $1 and i.says = 'no' and `+seen+` group by s.decider_id, i.item order by s.decider_id, i.item`, args...)
	all := make([]Quality, len(rows))
	for i, x := range rows {
		all[i] = x.q
		for _, l := range lacks {
			if l.decider == x.decider {
				all[i].Lacking[l.item] = l.n
			}
		}
	}
	return all, err
}

// samples reads those that by sees; where has the first arguments.
func samples(ctx context.Context, tx *db.Tx, by account.Actor, where, sorted string, args ...any) ([]Sample, error) {
	seen, more := order.Visible(by, len(args)+1)
	return db.All(ctx, tx, func(r db.Row) (s Sample, err error) {
		return s, r.Scan(&s.ID, &s.made, (*string)(&s.OrderID), &s.Number, &s.Title, (*string)(&s.Decider), &s.Name, (*string)(&s.Outcome), &s.DrawnAt, &s.Reader, &s.ReadAt, &s.Agrees, &s.Comment, &s.Coaching)
	}, `select s.id, s.determination_id, s.order_id, orders.number, orders.title, s.decider_id, s.decider, s.outcome, s.drawn_at, s.reader, s.read_at, s.agrees, s.comment, s.coaching
		from quality_sample s join orders on orders.id = s.order_id where `+where+` and `+seen+` order by `+sorted, append(args, more...)...)
}
