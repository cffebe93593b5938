package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/worklist"
	"parley/internal/infra/db"
)

const perTransaction = 5000

// Search measures order search over Rows orders: the p99 of a page
// (search.p99_ms), over every kind of search and filter, by offices and by
// staff who see everything, and the most statements a page took
// (search.statements).
func (r *Run) Search(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 100_000
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.fill(ctx, func(*order.Order) {}); err != nil {
		return err
	}
	var all account.Actor
	err := r.do(ctx, func(tx *db.Tx) (err error) {
		all, err = r.person(ctx, tx, "nurse", account.Seat{OrganizationID: r.world.offices[0].ID, Role: account.Nurse})
		return err
	})
	if err != nil {
		return err
	}
	random := fixed()
	var took []time.Duration
	most := 0
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		by := all
		if random.IntN(3) > 0 {
			by = r.world.staff[random.IntN(offices)]
		}
		q := r.query(random)
		start := time.Now()
		n, err := r.page(ctx, by, q)
		if err != nil {
			return err
		}
		took = append(took, time.Since(start))
		most = max(most, n)
	}
	if err := r.print("search.p99_ms", percentile(took, .99), "ms", len(took)); err != nil {
		return err
	}
	return r.print("search.statements", float64(most), "statements", len(took))
}

// page is what the page of a search asks the database.
func (r *Run) page(ctx context.Context, by account.Actor, q worklist.Query) (statements int, err error) {
	err = r.DB.View(ctx, func(tx *db.Tx) error {
		if _, err := account.Look(ctx, tx, "no such token", account.Limits{Idle: time.Hour, Absolute: time.Hour}); err != nil {
			return err
		}
		if _, err := account.Views(ctx, tx, by); err != nil {
			return err
		}
		_, err := worklist.List(ctx, tx, by, q)
		statements = tx.Statements() + 1 // the audit row that follows
		return err
	})
	return statements, err
}

func (r *Run) query(random *rand.Rand) worklist.Query {
	texts := []string{"", "", "", lastNames[random.IntN(len(lastNames))][:3], lastNames[random.IntN(len(lastNames))], firstNames[random.IntN(len(firstNames))] + " " + lastNames[random.IntN(len(lastNames))],
		lastNames[random.IntN(len(lastNames))] + fmt.Sprintf(" %02d/%02d/%d", 1+random.IntN(12), 1+random.IntN(28), 1930+random.IntN(80)),
		fmt.Sprintf("BEN%09d", random.IntN(r.Rows)), "1234567890", fmt.Sprintf("2026-%02d-%02d", 1+random.IntN(12), 1+random.IntN(28))}
	q := worklist.Query{Term: worklist.Understand(texts[random.IntN(len(texts))])}
	switch random.IntN(4) {
	case 0:
		q.Status = []string{"Denied"}
	case 1:
		q.Sort = worklist.ByEntered
	case 2:
		q.Status = []string{"In review", "Approved"}
		q.Sort = worklist.ByPatient
	}
	return q
}

// Made-up names, as many as a real population has: 1,600 last names and 80
// first names.
var (
	lastNames  = combine([]string{"Sam", "Tes", "Moc", "Pla", "Fix", "Dum", "Exe", "Pro", "Spe", "Fau", "Syn", "Pre", "Sta", "Mad", "Ima", "Nor", "Vel", "Quo", "Zem", "Hul"}, []string{"ple", "two", "kin", "ceh", "tur", "mon", "mpl", "tos"}, []string{"ton", "ell", "ham", "er", "ez", "t", "ar", "y", "ova", "sen"})
	firstNames = combine([]string{"Ro", "Cal", "Imo", "Dex", "Yo", "Quin", "Bea", "Ot", "Mari", "Ferd"}, []string{"sa", "vin", "gen", "ter", "landa", "cy", "trix", "is"}, []string{""})
)

func combine(a, b, c []string) (all []string) {
	for _, x := range a {
		for _, y := range b {
			for _, z := range c {
				all = append(all, x+y+z)
			}
		}
	}
	return all
}

// spreadStatuses are those of the orders, as often as they stand here.
var spreadStatuses = []order.Status{order.New, order.NurseReview, order.Approved, order.Approved, order.Approved, order.Approved, order.Denied, order.Partial, order.Withdrawn, order.InfoRequested}

// fill stores the orders, spread over offices, names, statuses and two years,
// each as change leaves it.
func (r *Run) fill(ctx context.Context, change func(*order.Order)) error {
	random := fixed()
	for done := 0; done < r.Rows; done += perTransaction {
		err := r.do(ctx, func(tx *db.Tx) error {
			all := make([]order.Order, min(perTransaction, r.Rows-done))
			for i := range all {
				all[i] = r.spread(random, spreadStatuses, done+i, tx.Now())
				change(&all[i])
			}
			_, err := order.CreateMany(ctx, tx, account.Program(), all)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) spread(random *rand.Rand, statuses []order.Status, i int, now time.Time) order.Order {
	o := r.order(random.IntN(offices), statuses[random.IntN(len(statuses))], now.Add(-time.Duration(random.IntN(730*24))*time.Hour))
	o.Number = fmt.Sprintf("%010d", i) // not ones that check: the bench's own range
	o.MemberNumber = fmt.Sprintf("BEN%09d", random.IntN(r.Rows/3+1))
	o.Patient = order.Patient{First: firstNames[random.IntN(len(firstNames))], Last: lastNames[random.IntN(len(lastNames))],
		Born: civil.Date{Year: 1930 + random.IntN(80), Month: time.Month(1 + random.IntN(12)), Day: 1 + random.IntN(28)}}
	o.ServiceFrom = civil.Date{Year: 2026, Month: time.Month(1 + random.IntN(12)), Day: 1 + random.IntN(28)}
	if o.Status.Pending() {
		due := o.ReceivedAt.Add(7 * 24 * time.Hour)
		o.DueAt = &due
	} else {
		decided := o.ReceivedAt.Add(48 * time.Hour)
		o.DecidedAt = &decided
	}
	return o
}
