package review_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// staff adds someone who reviews, of the organization of w's reviewers.
func staff(w *scene.World, last string, role account.Role) (a account.Actor) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = w.Person(ctx, tx, "Aisha", last, w.Reviewers[0].Seat().OrganizationID, role)
		return err
	})
	return a
}

func next(w *scene.World, by account.Actor) (o order.Order, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		o, err = review.Next(ctx, tx, by)
		return err
	})
	return o, err
}

// later has w's clock show so much more than now.
func later(w *scene.World, by time.Duration) {
	now := w.DB.Now().Add(by)
	w.DB.Now = func() time.Time { return now }
}

// What is due first comes first, each case once; a physician's cases wait for
// physicians, and a claim that nothing is heard of ends.
func TestTheNextCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, other, doctor := staff(w, "Noor", account.Nurse), staff(w, "Bell", account.Nurse), w.Reviewers[0]
		first := w.Order()
		later(w, time.Minute)
		second := w.Order()
		got, err := next(w, nurse)
		if err != nil || got.ID != first.ID || again(t, w, first.ID).Status != order.NurseReview {
			t.Fatalf("first: %s %v", got.Number, err)
		}
		if got, err := next(w, other); err != nil || got.ID != second.ID {
			t.Errorf("the other nurse: %s %v", got.Number, err)
		}
		if _, err := next(w, doctor); !fault.Is(err, fault.NotFound) {
			t.Errorf("nothing is left: %v", err)
		}
		first = again(t, w, first.ID)
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.SendUp(ctx, tx, nurse, first, "")
			return err
		}); !fault.Is(err, fault.Invalid) {
			t.Errorf("sent up without a word: %v", err)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.SendUp(ctx, tx, other, first, "Look.")
			return err
		}); !fault.Is(err, fault.Conflict) {
			t.Errorf("sent up by someone else: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.SendUp(ctx, tx, nurse, first, "Six weeks are not shown.")
			return err
		})
		if _, err := next(w, nurse); !fault.Is(err, fault.NotFound) {
			t.Errorf("a nurse pulls a physician's case: %v", err)
		}
		if got, err := next(w, doctor); err != nil || got.ID != first.ID {
			t.Errorf("the physician: %s %v", got.Number, err)
		}
		later(w, review.Idle-time.Minute)
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.See(ctx, tx, other, second.ID) })
		later(w, 2*time.Minute)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := review.Claims(ctx, tx, []order.ID{first.ID, second.ID})
			if _, held := all[second.ID]; len(all) != 1 || !held {
				t.Errorf("after %v: %v", review.Idle, all)
			}
			who, _ := review.AlsoHere(ctx, tx, nurse, second.ID)
			if len(who) != 1 || who[0] != "Aisha Bell" {
				t.Errorf("in the case: %v", who)
			}
			if who, _ = review.AlsoHere(ctx, tx, other, second.ID); len(who) != 0 {
				t.Errorf("they see themselves: %v", who)
			}
			if err != nil {
				return err
			}
			mine, err := review.ClaimedBy(ctx, tx, other)
			if len(mine) != 1 {
				t.Errorf("mine: %v", mine)
			}
			return err
		})
		if got, err := next(w, doctor); err != nil || got.ID != first.ID {
			t.Errorf("an idle case comes back: %s %v", got.Number, err)
		}
	})
}

// Only cases that fit: program, plan, license of the office's state, and no
// conflict of interest, with which nobody decides either.
func TestOnlyCasesThatFit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o, doctor := w.Order(), w.Reviewers[0]
		qualify := func(change func(*review.Reviewer)) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				r, err := review.Get(ctx, tx, doctor.ID)
				if err != nil {
					return err
				}
				r.Programs, r.Plans, r.Lines = []plan.ProgramID{w.Program.ID}, nil, nil
				r.Licenses = []review.License{{State: "TX", Number: "TX-1", Expires: civil.Date{Year: 2030, Month: 1, Day: 1}}}
				change(&r)
				return review.Save(ctx, tx, account.Program(), r)
			})
		}
		var elsewhere plan.Program
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			elsewhere, err = plan.SaveProgram(ctx, tx, account.Program(), plan.Program{Code: "card", Name: "Cardiology", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5})
			return err
		})
		for name, change := range map[string]func(*review.Reviewer){
			"trained for another program": func(r *review.Reviewer) { r.Programs = []plan.ProgramID{elsewhere.ID} },
			"on another line's panel":     func(r *review.Reviewer) { r.Lines = []string{"medicaid"} },
			"licensed elsewhere":          func(r *review.Reviewer) { r.Licenses[0].State = "OH" },
			"a license that ended":        func(r *review.Reviewer) { r.Licenses[0].Expires = civil.Date{Year: 2026, Month: 11, Day: 22} },
		} {
			qualify(change)
			if _, err := next(w, doctor); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		qualify(func(*review.Reviewer) {})
		declare := func(why string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.Declare(ctx, tx, doctor, w.Office.ID, why) })
		}
		if err := declare(""); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if err := declare("My partner works there"); err != nil {
			t.Fatal(err)
		}
		if _, err := next(w, doctor); !fault.Is(err, fault.NotFound) {
			t.Errorf("a conflict of interest: %v", err)
		}
		take := func() error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.Take(ctx, tx, doctor, o, false) })
		}
		if err := take(); !fault.Is(err, fault.Denied) {
			t.Errorf("taken in spite of a conflict: %v", err)
		}
		if _, err := decide(w, doctor, approval(o)); !fault.Is(err, fault.Denied) || !strings.Contains(fault.Of(err).Text.String(), "conflict of interest") {
			t.Errorf("decided in spite of a conflict: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.Withdraw(ctx, tx, doctor, w.Office.ID) })
		if got, err := next(w, doctor); err != nil || got.ID != o.ID {
			t.Errorf("after that: %v", err)
		}
	})
}

// Two never work on a case by accident: taking over says so, and who doesn't
// have the case doesn't decide it.
func TestTakingACaseOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		o, one, two := w.Order(), w.Reviewers[0], w.Reviewers[1]
		take := func(by account.Actor, over bool) error {
			now := again(t, w, o.ID)
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.Take(ctx, tx, by, now, over) })
		}
		if err := take(w.Maria, false); !fault.Is(err, fault.Denied) {
			t.Errorf("an office takes a case: %v", err)
		}
		for range 2 {
			if err := take(one, false); err != nil {
				t.Fatal(err)
			}
		}
		if err := take(two, false); !fault.Is(err, fault.Conflict) || !strings.Contains(fault.Of(err).Text.String(), "Reviewer Number000 is working") {
			t.Errorf("taken twice: %v", err)
		}
		if _, err := decide(w, two, approval(again(t, w, o.ID))); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided by someone else: %v", err)
		}
		if err := take(two, true); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.Release(ctx, tx, one, o) })
		if _, err := decide(w, one, approval(again(t, w, o.ID))); !fault.Is(err, fault.Conflict) {
			t.Errorf("who lost the case gave it back: %v", err)
		}
		if _, err := decide(w, two, approval(again(t, w, o.ID))); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if c, err := review.ClaimOf(ctx, tx, o.ID); c != nil || err != nil {
				t.Errorf("a decided case is claimed: %v %v", c, err)
			}
			n, err := db.Count(ctx, tx, `select count(*) from audit where action = 'case.taken_over' and detail = 'from Reviewer Number000'`)
			if n != 1 {
				t.Errorf("%d rows say that it was taken over", n)
			}
			return err
		})
		if err := take(one, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("a decided case is taken: %v", err)
		}
	})
}

// However many press at once, nobody gets another's case and everyone gets
// one.
func TestFiftyAskForTheNextCaseAtOnce(t *testing.T) {
	const people = 50
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		var nurses []account.Actor
		for i := range people {
			nurses = append(nurses, staff(w, fmt.Sprintf("Nurse%02d", i), account.Nurse))
			w.Order()
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		got := map[order.ID]int{}
		for _, n := range nurses {
			wait.Go(func() {
				o, err := next(w, n)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("%s: %v", n.Name, err)
				}
				got[o.ID]++
			})
		}
		wait.Wait()
		if len(got) != people {
			t.Errorf("%d cases went to %d people", len(got), people)
		}
	})
}

// Who made a decision doesn't correct it for an error: a second person does.
func TestReopeningForAnErrorTakesASecondPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		o := w.Denied()
		again := approval(o)
		again.After = review.AfterError
		if _, err := decide(w, w.Reviewers[0], again); !fault.Is(err, fault.Denied) || !strings.Contains(fault.Of(err).Text.String(), "Someone else must reopen it") {
			t.Errorf("by the same: %v", err)
		}
		if made, err := decide(w, w.Reviewers[1], again); err != nil || made.Outcome != order.Approved {
			t.Errorf("by another: %s %v", made.Outcome, err)
		}
	})
}
