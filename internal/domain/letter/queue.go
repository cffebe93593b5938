package letter

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/pdf"
)

// A View is a part of the letters that need a hand.
type View string

// Views.
const (
	NeedsFix View = "fix"
	ToPrint  View = "print"
	ToFax    View = "fax"
	Printed  View = "printed" // and not yet said to be mailed
	Returned View = "failed"
)

// Views in the order people meet them.
var Views = []View{NeedsFix, ToPrint, Printed, ToFax, Returned}

// Words is the name of a view.
func (v View) Words() string {
	return map[View]string{NeedsFix: "Needs a fix", ToPrint: "To print", ToFax: "To fax", Printed: "Printed", Returned: "Didn’t arrive"}[v]
}

// where is which deliveries a view holds.
var where = map[View]string{
	ToPrint:  `d.status = 'waiting' and d.channel = 'print'`,
	Printed:  `d.status = 'batched' and d.channel = 'print'`,
	ToFax:    `d.status = 'waiting' and d.channel = 'fax'`,
	Returned: `d.status = 'failed'`,
}

// A Task is one letter that waits for a hand.
type Task struct {
	Letter
	Delivery Delivery // zero for what needs a fix
	Number   string   // of the order
	Plan     string
}

// Counts are how many tasks each view holds. Who may: who handles letters.
func Counts(ctx context.Context, tx *db.Tx, by account.Actor) (map[View]int, error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return nil, err
	}
	n := map[View]int{}
	var err error
	if n[NeedsFix], err = db.Count(ctx, tx, `select count(*) from letter where status = 'held'`); err != nil {
		return nil, err
	}
	type counted struct {
		status, channel string
		n               int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (c counted, err error) { return c, r.Scan(&c.status, &c.channel, &c.n) },
		`select status, channel, count(*) from letter_delivery where status in ('waiting', 'batched', 'failed') group by status, channel`)
	for _, c := range rows {
		switch {
		case c.status == string(Failed):
			n[Returned] += c.n
		case c.status == string(Batched):
			n[Printed] += c.n
		case c.channel == string(ByFax):
			n[ToFax] += c.n
		default:
			n[ToPrint] += c.n
		}
	}
	return n, err
}

// most is how many tasks a page shows, and a batch holds.
const most = 100

// Tasks are the letters of a view, what is due first, at most 100. Who may: who
// handles letters. Nothing of the patient is in them.
func Tasks(ctx context.Context, tx *db.Tx, by account.Actor, v View) (all []Task, err error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return nil, err
	}
	var letters []Letter
	ways := map[string]Delivery{}
	if v == NeedsFix {
		letters, err = db.All(ctx, tx, scan, `select `+columns+` from letter where status = 'held' order by due_at, id limit $1`, most)
	} else {
		var rows []Delivery
		rows, err = db.All(ctx, tx, scanDelivery, `select `+deliveryColumns+` from letter_delivery d where `+where[v]+` order by created_at, id limit $1`, most)
		ids := []string{}
		for _, d := range rows {
			ways[d.LetterID] = d
			ids = append(ids, d.LetterID)
		}
		if err == nil && len(ids) > 0 {
			list, args := db.In(1, ids)
			letters, err = db.All(ctx, tx, scan, `select `+columns+` from letter where id in `+list+` order by due_at, id`, args...)
		}
	}
	if err != nil || len(letters) == 0 {
		return nil, err
	}
	return named(ctx, tx, letters, ways)
}

// named adds the numbers of the orders and the names of the plans.
func named(ctx context.Context, tx *db.Tx, letters []Letter, ways map[string]Delivery) (all []Task, err error) {
	ids := make([]string, len(letters))
	for i, l := range letters {
		ids[i] = l.OrderID
	}
	list, args := db.In(1, ids)
	type label struct{ id, number, plan string }
	rows, err := db.All(ctx, tx, func(r db.Row) (l label, err error) { return l, r.Scan(&l.id, &l.number, &l.plan) },
		`select o.id, o.number, p.name from orders o join plan p on p.id = o.plan_id where o.id in `+list, args...)
	for _, l := range letters {
		i := slices.IndexFunc(rows, func(r label) bool { return r.id == l.OrderID })
		if i >= 0 {
			all = append(all, Task{l, ways[l.ID], rows[i].number, rows[i].plan})
		}
	}
	return all, err
}

// Find is a letter, sent or not, with its order, for who handles letters. The
// read is audited.
func Find(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Letter, order.Order, error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return Letter{}, order.Order{}, err
	}
	l, err := one(ctx, tx, `id = $1`, id)
	if err != nil {
		return l, order.Order{}, err
	}
	o, err := order.ByID(ctx, tx, by, order.ID(l.OrderID))
	if fault.Is(err, fault.NotFound) {
		return Letter{}, o, fault.New(fault.NotFound, "We can't find that letter.")
	}
	if err != nil {
		return l, o, err
	}
	return l, o, order.Read(ctx, tx, by, o, "letter.read")
}

// Mend writes a held letter anew, with what it says of its own in the words
// given (see Wording), and lets it go if nothing blocks it any more. The
// determination stays as it was made; who mended is in the audit. The error is
// Invalid at "plain", a Conflict if the letter isn't held any more. Who may:
// who handles letters.
func Mend(ctx context.Context, tx *db.Tx, by account.Actor, l Letter, o order.Order, plain string) (Letter, error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return l, err
	}
	m, err := again(ctx, tx, l, o)
	if err != nil {
		return l, err
	}
	if at := m.words(l.Kind, l.Language); at != nil {
		f := fault.Fields{}
		f.Check(plain != "", "plain", "Write what the member is told")
		f.Check(len([]rune(plain)) <= 1000, "plain", "What the member is told must be 1,000 characters or less")
		if err := f.Err(); err != nil {
			return l, err
		}
		*at = plain
	}
	all, err := templates(ctx, tx)
	if err != nil {
		return l, err
	}
	fresh, err := m.compose(all, l.Kind, l.Audience)
	if err != nil {
		return l, err
	}
	fresh.ID = l.ID
	return fresh, rewrite(ctx, tx, by, fresh, o, m.particulars)
}

func rewrite(ctx context.Context, tx *db.Tx, by account.Actor, l Letter, o order.Order, p particulars) error {
	k, err := l.pack(p)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update letter set title = $1, template = $2, content = $3, content_hash = $4, problems = $5, status = $6, particulars = $7 where id = $8 and status = 'held'`,
		l.Title, l.Template, k.content, k.hash, k.problems, string(l.Status), k.particulars, l.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This letter went out meanwhile, or somebody else mended it.")
	}
	a := by.Audit("letter.mended", "letter", l.ID)
	a.MemberID = o.MemberID
	if err := audit.Record(ctx, tx, a); err != nil || l.Status != Ready {
		return err
	}
	return job.Add(ctx, tx, Go{l.ID})
}

// Print takes the letters that wait for paper into a batch, at most 100. The
// error is a Conflict if none waits. Who may: who handles letters.
func Print(ctx context.Context, tx *db.Tx, by account.Actor) (batch string, n int, err error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return "", 0, err
	}
	batch = db.NewID("bat")
	some, err := tx.Exec(ctx, `
		update letter_delivery set status = 'batched', batch = $1, by_name = $2
		where id in (select d.id from letter_delivery d where `+where[ToPrint]+` order by d.created_at, d.id limit $3)`, batch, by.Name, most)
	if err != nil {
		return "", 0, err
	}
	if some == 0 {
		return "", 0, fault.New(fault.Conflict, "No letter waits to be printed.")
	}
	e := by.Audit("letter.batch_printed", "letter_batch", batch)
	return batch, int(some), audit.Record(ctx, tx, e)
}

// Batch are the letters of a batch, in the order of their sheets. Who may: who
// handles letters; the reads are audited.
func Batch(ctx context.Context, tx *db.Tx, by account.Actor, batch string) (all []Letter, heads []pdf.Letterhead, err error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return nil, nil, err
	}
	ids, err := db.All(ctx, tx, db.Value[string], `select letter_id from letter_delivery where batch = $1 order by created_at, id`, batch)
	if err != nil {
		return nil, nil, err
	}
	if len(ids) == 0 {
		return nil, nil, fault.New(fault.NotFound, "We can't find that batch.")
	}
	for _, id := range ids { // one by one: each order is read by its own rights, and audited
		l, _, err := Find(ctx, tx, by, id)
		if err != nil {
			return nil, nil, err
		}
		head, err := letterhead(ctx, tx, l.OrderID)
		if err != nil {
			return nil, nil, err
		}
		all, heads = append(all, l), append(heads, head)
	}
	return all, heads, nil
}

// Sheets are the PDFs of some letters, one behind the other.
func Sheets(ctx context.Context, files blob.Store, all []Letter, heads []pdf.Letterhead) ([]byte, error) {
	var each [][]byte
	for i, l := range all {
		one, err := PDF(ctx, files, l, heads[i])
		if err != nil {
			return nil, err
		}
		each = append(each, one)
	}
	return pdf.Join(each)
}

// Mailed says that a batch was given to the mail. Who may: who handles letters.
func Mailed(ctx context.Context, tx *db.Tx, by account.Actor, batch string) error {
	return settle(ctx, tx, by, "batch", batch, Batched, Done, "Given to the mail", "")
}

// Faxed says that a letter went by fax, with the number of the report. The
// error is Invalid at "proof".
func Faxed(ctx context.Context, tx *db.Tx, by account.Actor, delivery, proof string) error {
	f := fault.Fields{}
	f.Check(proof != "", "proof", "Enter the number of the fax report")
	f.Check(len([]rune(proof)) <= 100, "proof", "The number of the fax report must be 100 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	return settle(ctx, tx, by, "id", delivery, Waiting, Done, "Fax report "+proof, "")
}

// Return says that a letter didn't arrive, and why. The error is Invalid at
// "why".
func Return(ctx context.Context, tx *db.Tx, by account.Actor, delivery, why string) error {
	f := fault.Fields{}
	f.Check(why != "", "why", "Say why it didn’t arrive")
	f.Check(len([]rune(why)) <= 300, "why", "Why must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	return settle(ctx, tx, by, "id", delivery, "", Failed, "", why)
}

// Again puts a letter that didn't arrive on its way again. One that would go by
// fax to a number which its office has not confirmed is a Conflict.
func Again(ctx context.Context, tx *db.Tx, by account.Actor, delivery string) error {
	if err := by.Must(account.HandleLetters); err != nil {
		return err
	}
	type way struct{ channel, number, organization string }
	found, err := db.All(ctx, tx, func(r db.Row) (w way, err error) { return w, r.Scan(&w.channel, &w.number, &w.organization) }, `
		select d.channel, d.address, o.organization_id from letter_delivery d join letter l on l.id = d.letter_id join orders o on o.id = l.order_id where d.id = $1`, delivery)
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0].channel == string(ByFax) {
		sure, err := provider.FaxConfirmed(ctx, tx, found[0].organization, found[0].number)
		if err != nil {
			return err
		}
		if !sure {
			return fault.New(fault.Conflict, "The office has not confirmed this fax number. Its administrator confirms it under Organization; until then the letter stands on the order's page.")
		}
	}
	return settle(ctx, tx, by, "id", delivery, Failed, Waiting, "", "")
}

// settle moves deliveries from one status to another; from "" means any.
func settle(ctx context.Context, tx *db.Tx, by account.Actor, column, value string, from, to DeliveryStatus, proof, why string) error {
	if err := by.Must(account.HandleLetters); err != nil {
		return err
	}
	var done *time.Time
	if now := tx.Now(); to == Done {
		done = &now
	}
	n, err := tx.Exec(ctx, `update letter_delivery set status = $1, proof = $2, error = $3, done_at = $4, by_name = $5 where `+column+` = $6 and channel <> 'portal' and (status = $7 or $7 = '')`,
		string(to), proof, why, done, by.Name, value, string(from))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "Somebody else saw to this letter meanwhile.")
	}
	return audit.Record(ctx, tx, by.Audit("letter.delivery_"+string(to), "letter_delivery", value))
}
