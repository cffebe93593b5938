package account_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Everybody who has access is judged before a review ends; who is to go loses
// their roles with its end, and what was said stays.
func TestAccessIsReviewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		var dana, jess account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if dana, err = w.Person(ctx, tx, "Dana", "Cole", w.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			jess, err = w.Person(ctx, tx, "Jess", "Ortiz", w.Office.ID, account.OfficeStaff)
			return err
		})
		var a account.AccessReview
		read := func() (all []account.Access) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				a, all, err = account.FindReview(ctx, tx, dana, w.Office.ID, a.ID)
				return err
			})
			return all
		}
		judge := func(by account.Actor, finish bool, said map[account.PersonID]account.Judgment) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return account.Judge(ctx, tx, by, w.Office.ID, a.ID, said, finish)
			})
		}
		for range 2 { // the second finds the first
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				a, err = account.BeginReview(ctx, tx, dana, w.Office.ID)
				return err
			})
		}
		of := func(who account.Actor) account.Access {
			all := read()
			if i := slices.IndexFunc(all, func(one account.Access) bool { return one.PersonID == who.ID }); i >= 0 && len(all) == 3 {
				return all[i]
			}
			t.Errorf("%s isn't among the three: %+v", who.Name, all)
			return account.Access{}
		}
		if !of(dana).Self || of(dana).Verdict != account.Undecided || of(w.Maria).Name != "Maria Chen" || !of(w.Maria).Stale() {
			t.Fatalf("%+v", read())
		}
		staff := string(account.OfficeStaff)
		for what, bad := range map[string]error{
			"not all judged":     judge(dana, true, map[account.PersonID]account.Judgment{jess.ID: {Verdict: account.Keep, Was: staff}}),
			"no verdict":         judge(dana, false, map[account.PersonID]account.Judgment{jess.ID: {Verdict: "gone", Was: staff}}),
			"with other roles":   judge(dana, false, map[account.PersonID]account.Judgment{jess.ID: {Verdict: account.Keep, Was: "administrator"}}),
			"staff of an office": judge(w.Maria, false, nil),
			"a stranger":         judge(w.Stranger, false, nil),
		} {
			if !fault.Is(bad, fault.Invalid) && !fault.Is(bad, fault.NotFound) {
				t.Errorf("%s: %v", what, bad)
			}
		}
		if err := judge(dana, false, map[account.PersonID]account.Judgment{w.Maria.ID: {Verdict: account.Keep, Was: staff}}); err != nil {
			t.Fatal(err)
		}
		if of(w.Maria).Verdict != account.Keep || of(w.Maria).ByName != dana.Name || of(jess).Verdict != account.Undecided {
			t.Errorf("after one: %+v", read())
		}
		if err := judge(dana, true, map[account.PersonID]account.Judgment{jess.ID: {Verdict: account.Remove, Was: staff}, dana.ID: {Verdict: account.Remove, Was: of(dana).Was()}}); err != nil {
			t.Fatal(err)
		}
		if of(dana).Verdict != account.Oneself {
			t.Errorf("who judged themselves: %+v", of(dana))
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := account.Act(ctx, tx, jess.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("who was removed: %v", err)
			}
			_, err := account.Act(ctx, tx, w.Maria.ID)
			return err
		})
		if gone := of(jess); a.DoneAt == nil || gone.Verdict != account.Remove || gone.Name != "Jess Ortiz" {
			t.Errorf("what stays: %+v", gone)
		}
		if err := judge(dana, true, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("again: %v", err)
		}
	})
}

// Operators review the access of staff, not of offices; who is to go from their
// last role has no account any more.
func TestAccessOfStaffIsReviewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		um := w.Scheduler.Seat().OrganizationID
		var omar account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			omar, err = w.Person(ctx, tx, "Omar", "Diaz", um, account.Admin)
			return err
		})
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := account.BeginReview(ctx, tx, omar, w.Office.ID)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an office's: %v", err)
		}
		due := func() (due bool) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				due, err = account.StaffReviewDue(ctx, tx, time.UTC)
				return err
			})
			return due
		}
		if !due() {
			t.Error("nothing is due before the first")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			a, err := account.BeginReview(ctx, tx, omar, um)
			if err != nil {
				return err
			}
			_, all, err := account.FindReview(ctx, tx, omar, um, a.ID)
			if err != nil {
				return err
			}
			said := map[account.PersonID]account.Judgment{}
			for _, one := range all {
				said[one.PersonID] = account.Judgment{Verdict: account.Keep, Was: one.Was()}
			}
			said[w.Scheduler.ID] = account.Judgment{Verdict: account.Remove, Was: string(account.Scheduler)}
			return account.Judge(ctx, tx, omar, um, a.ID, said, true)
		})
		if due() {
			t.Error("it is due after it was done")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := account.Act(ctx, tx, w.Scheduler.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("who was removed: %v", err)
			}
			all, err := account.AccessReviews(ctx, tx, omar, um)
			if err != nil || account.ReviewDue(all, tx.Now(), time.UTC) || !account.ReviewDue(all, tx.Now().Add(100*24*time.Hour), time.UTC) {
				t.Errorf("when it is due: %+v, %v", all, err)
			}
			return nil
		})
		if got := (civil.Date{Year: 2026, Month: 12, Day: 31}).Quarter(); got.String() != "2026-10-01" {
			t.Errorf("the quarter begins %s", got)
		}
	})
}

// Who is to go by what another administrator said can't finish the review and
// stay.
func TestNobodyKeepsTheirOwnAccess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		var dana, pat account.Actor
		var a account.AccessReview
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if dana, err = w.Person(ctx, tx, "Dana", "Cole", w.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			if pat, err = w.Person(ctx, tx, "Pat", "Lee", w.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			a, err = account.BeginReview(ctx, tx, dana, w.Office.ID)
			return err
		})
		judge := func(by account.Actor, finish bool, said map[account.PersonID]account.Judgment) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return account.Judge(ctx, tx, by, w.Office.ID, a.ID, said, finish)
			})
		}
		admin, staff := string(account.OrgAdmin), string(account.OfficeStaff)
		if err := judge(pat, false, map[account.PersonID]account.Judgment{dana.ID: {Verdict: account.Remove, Was: admin}, w.Maria.ID: {Verdict: account.Keep, Was: staff}}); err != nil {
			t.Fatal(err)
		}
		if err := judge(dana, true, map[account.PersonID]account.Judgment{pat.ID: {Verdict: account.Keep, Was: admin}, dana.ID: {Verdict: account.Keep, Was: admin}}); !fault.Is(err, fault.Conflict) {
			t.Errorf("who is to go: %v", err)
		}
		if err := judge(pat, true, nil); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := account.Act(ctx, tx, dana.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("who was removed: %v", err)
			}
			return nil
		})
	})
}
