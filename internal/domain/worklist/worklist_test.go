package worklist_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/worklist"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func TestUnderstand(t *testing.T) {
	born := civil.Date{Year: 1986, Month: time.April, Day: 28}
	for text, want := range map[string]worklist.Term{
		"":                       {},
		"136 930 6954":           {Kind: worklist.OrderNumber, Number: "1369306954"},
		"order 136-930-6954":     {Kind: worklist.OrderNumber, Number: "1369306954"},
		"1369306951":             {Kind: worklist.Number, Number: "1369306951"},
		"P 136 930 6954":         {Kind: worklist.CallNumber, Number: "1369306954"},
		"ACMP-000123":            {Kind: worklist.Number, Number: "ACMP000123"},
		"hbr 400 100 200":        {Kind: worklist.Number, Number: "HBR400100200"},
		"A100200300":             {Kind: worklist.Number, Number: "A100200300"},
		"Alvarez, Rosa":          {Kind: worklist.Name, Words: []string{"alvarez", "rosa"}, LastFirst: true},
		"Rosa Alvarez":           {Kind: worklist.Name, Words: []string{"rosa", "alvarez"}},
		"O'Keefe":                {Kind: worklist.Name, Words: []string{"okeefe"}},
		"Alvarez 04/28/1986":     {Kind: worklist.Name, Words: []string{"alvarez"}, Born: born},
		"Alvarez April 28, 1986": {Kind: worklist.Name, Words: []string{"alvarez"}, Born: born},
		"1986-04-28":             {Kind: worklist.ServiceDate, Day: born},
		"4/28/1986":              {Kind: worklist.ServiceDate, Day: born},
		"a":                      {Kind: worklist.Unclear},
		"12":                     {Kind: worklist.Unclear},
		"2/30/1986":              {Kind: worklist.Number, Number: "2301986"},
		"!!":                     {Kind: worklist.Unclear},
	} {
		got := worklist.Understand(text)
		if got.Kind != want.Kind || got.Number != want.Number || !slices.Equal(got.Words, want.Words) || got.LastFirst != want.LastFirst || got.Born != want.Born || got.Day != want.Day {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"Alvarez 04/28/1986", "136 930 6950", "\x00", "é́", "1/1/1 1/1/1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		term := worklist.Understand(s)
		if term.Kind == worklist.Name && len(term.Words) == 0 {
			t.Errorf("%q is a name without words", s)
		}
	})
}

// crowd stores orders of many kinds and returns their numbers.
func crowd(t testing.TB, w *scene.World, n int) []order.Order {
	t.Helper()
	statuses := []order.Status{order.New, order.NurseReview, order.Approved, order.Denied, order.Partial, order.InfoRequested, order.Withdrawn}
	model := w.Order()
	all := make([]order.Order, n)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		for i := range all {
			o := model
			o.Number, o.Status, o.Source = order.NewNumber(), statuses[i%len(statuses)], fmt.Sprint("crowd:", i)
			o.Patient = order.Patient{First: string(rune('A' + i%26)), Last: fmt.Sprintf("Name%c%d", 'a'+i%7, i%40), Born: civil.Date{Year: 1950 + i%50, Month: 1, Day: 1 + i%28}}
			o.ReceivedAt = tx.Now().Add(-time.Duration(i%200) * time.Hour)
			if due := o.ReceivedAt.Add(96 * time.Hour); o.Status.Pending() {
				o.DueAt = &due
			} else {
				o.DueAt = nil
			}
			all[i] = o
		}
		_, err := order.CreateMany(ctx, tx, account.Program(), all)
		return err
	})
	return all
}

func list(t testing.TB, d *db.DB, by account.Actor, q worklist.Query) (p worklist.Page) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		p, err = worklist.List(context.Background(), tx, by, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every sort and filter, page by page, shows each order once, forwards and
// back again, and as many as it says.
func TestPagesShowEachOrderOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		crowd(t, w, 137)
		for _, s := range []worklist.Sort{"", worklist.ByDue, worklist.ByEntered, worklist.ByPatient, worklist.ByStatus} {
			for _, statuses := range [][]string{nil, {"Denied"}, {"In review", "Approved", "Sent"}} {
				q := worklist.Query{Sort: s, Status: statuses, Size: 10}
				seen := map[string]bool{}
				var pages [][]string
				total := 0
				for {
					p := list(t, d, w.Maria, q)
					total = p.Total
					var numbers []string
					for _, l := range p.Lines {
						if seen[l.Number] {
							t.Fatalf("%s %v: %s stands twice", s, statuses, l.Number)
						}
						seen[l.Number] = true
						numbers = append(numbers, l.Number)
					}
					pages = append(pages, numbers)
					if p.Next == "" {
						back := list(t, d, w.Maria, worklist.Query{Sort: s, Status: statuses, Size: 10, Before: p.Earlier})
						checkPage(t, back, pages[len(pages)-2])
						break
					}
					q.After = p.Next
				}
				if len(seen) != total || total == 0 {
					t.Errorf("%s %v: %d shown of %d", s, statuses, len(seen), total)
				}
			}
		}
	})
}

func checkPage(t *testing.T, p worklist.Page, want []string) {
	t.Helper()
	var got []string
	for _, l := range p.Lines {
		got = append(got, l.Number)
	}
	if !slices.Equal(got, want) {
		t.Errorf("back: %v, want %v", got, want)
	}
}

func TestSearchFindsByWhateverIsAtHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		crowd(t, w, 20)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into order_reference (order_id, kind, value, value_key) values ($1, 'ACMP', 'ACMP-000123', 'ACMP000123')`, string(o.ID))
			return err
		})
		for _, text := range []string{o.Number, order.Spaced(o.Number), "ACMP-000123", "acmp000123", "Canarywell", "canary", "Rosa Canarywell", "Canarywell, Ro", "canarywell 04/28/1986"} {
			p := list(t, d, w.Maria, worklist.Query{Term: worklist.Understand(text)})
			if !slices.ContainsFunc(p.Lines, func(l worklist.Line) bool { return l.Number == o.Number }) {
				t.Errorf("%q does not find the order", text)
			}
		}
		for _, text := range []string{"Canarywell 04/29/1986", "Canarywell, Zed", "Nobody", "0000000000", "a", "x' or '1'='1"} {
			if p := list(t, d, w.Maria, worklist.Query{Term: worklist.Understand(text)}); len(p.Lines) != 0 {
				t.Errorf("%q finds %d orders", text, len(p.Lines))
			}
		}
		if p := list(t, d, w.Stranger, worklist.Query{Term: worklist.Understand(o.Number)}); len(p.Lines) != 0 {
			t.Error("another office finds it")
		}
	})
}

// The counts are those of the orders, for those counted in advance and for
// those found one by one.
func TestCountsAreRight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		crowd(t, w, 70)
		w.Denied() // counted as received, then moved
		all := list(t, d, w.Maria, worklist.Query{})
		named := list(t, d, w.Maria, worklist.Query{Term: worklist.Understand("name")})
		for who, p := range map[string]worklist.Page{"all": all, "named": named} {
			sum := 0
			for _, c := range p.Choices.Status {
				sum += c.Count
			}
			if sum != p.Total || sum == 0 {
				t.Errorf("%s: the statuses add up to %d, total %d", who, sum, p.Total)
			}
		}
		if all.Total != 72 { // the crowd, the model it was made from, and this one
			t.Errorf("%d orders, want 72", all.Total)
		}
		denied := list(t, d, w.Maria, worklist.Query{Status: []string{"Denied"}})
		i := slices.IndexFunc(all.Choices.Status, func(c worklist.Choice) bool { return c.Value == "Denied" })
		if i < 0 || all.Choices.Status[i].Count != denied.Total || denied.Total != 11 {
			t.Errorf("denied: %d listed, choices %+v", denied.Total, all.Choices.Status)
		}
	})
}

func TestBrokenCursorsBeginAtTheStart(t *testing.T) {
	d := dbtest.SQLite(t)
	w := scene.New(t, d, 1)
	crowd(t, w, 30)
	want := list(t, d, w.Maria, worklist.Query{Size: 5})
	for _, cursor := range []string{"x", "bm90IGpzb24", "WzFd", "W251bGwsIngiXQ", "WyJ4IiwieSJd"} {
		if got := list(t, d, w.Maria, worklist.Query{Size: 5, After: cursor}); len(got.Lines) != 5 || got.Lines[0].Number != want.Lines[0].Number {
			t.Errorf("cursor %q: %d lines", cursor, len(got.Lines))
		}
	}
}

// A page costs the same few statements whatever it finds.
func TestAPageOfASearchTakesFewStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		crowd(t, w, 120)
		for _, size := range []int{1, 100} {
			err := d.View(context.Background(), func(tx *db.Tx) error {
				_, err := worklist.List(context.Background(), tx, w.Maria, worklist.Query{Size: size})
				if n := tx.Statements(); n > 3 { // with the session, the saved views and the audit row: 6
					t.Errorf("%d lines took %d statements", size, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
