package order_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestCreateAndGet(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		by := staff(w, "all", "")
		made, err := create(t, d, by, w.order())
		if err != nil {
			t.Fatal(err)
		}
		if !order.ValidNumber(made.Number) {
			t.Errorf("number %q does not check", made.Number)
		}
		got, err := get(d, by, order.Spaced(made.Number))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Services) != 1 || got.Services[0].Status != order.New || len(got.Diagnoses) != 1 || len(got.References) != 1 {
			t.Errorf("got %+v", got)
		}
		// Seven calendar days later at the same time in Chicago.
		if want := time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC); got.DueAt == nil || !got.DueAt.Equal(want) {
			t.Errorf("due %v, want %v", got.DueAt, want)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			read, err := audit.Of(ctx, tx, "order", string(made.ID))
			if err == nil && (len(read) != 2 || read[0].Action != "order.read" && read[1].Action != "order.read" || read[0].MemberID != string(w.member.ID)) {
				t.Errorf("audit %+v", read)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWhoSeesAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made, err := create(t, d, staff(w, "all", ""), w.order())
		if err != nil {
			t.Fatal(err)
		}
		seat := func(role account.Role, org string) account.Actor {
			return account.Actor{ID: "per_x", Seats: []account.Seat{{OrganizationID: org, Role: role, Sees: "all"}}}
		}
		scoped := func(planID, programID string) account.Actor {
			a := seat(account.Nurse, "org_um")
			a.Scopes = []account.Scope{{PlanID: planID, ProgramID: programID}}
			return a
		}
		own := staff(w, "own", "")
		own.ID = "per_other"
		doctor := own
		doctor.Seats = []account.Seat{{OrganizationID: w.office.ID, Role: account.Clinician, Sees: "own", PractitionerID: w.doctor.ID}}
		for _, c := range []struct {
			who  string
			by   account.Actor
			sees bool
		}{
			{"nobody", account.Actor{}, false},
			{"own office, sees all", staff(w, "all", ""), true},
			{"own location", staff(w, "location", w.north.ID), true},
			{"other location", staff(w, "location", w.south.ID), false},
			{"no location, so all of them", staff(w, "location", ""), true},
			{"who sent it, sees own", staff(w, "own", ""), true},
			{"a colleague, sees own", own, false},
			{"who ordered it, sees own", doctor, true},
			{"another office", seat(account.OfficeStaff, w.other.ID), false},
			{"a rendering site not named on it", seat(account.Site, w.other.ID), false},
			{"a nurse of every plan", seat(account.Nurse, "org_um"), true},
			{"a nurse of this plan", scoped(string(w.plan.ID), ""), true},
			{"a nurse of this plan and program", scoped(string(w.plan.ID), string(w.program.ID)), true},
			{"a nurse of another plan", scoped("pln_other", ""), false},
			{"an auditor", seat(account.Auditor, "org_um"), true},
			{"an administrator, who has no business with it", seat(account.Admin, "org_um"), false},
		} {
			_, err := get(d, c.by, made.Number)
			if (err == nil) != c.sees || err != nil && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want to see it: %v", c.who, err, c.sees)
			}
		}
	})
}

func TestASVS_8_2_2_AnotherOrganizationCantCreateForUs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		by := account.Actor{ID: "per_x", Seats: []account.Seat{{OrganizationID: w.other.ID, Role: account.OfficeStaff}}}
		if _, err := create(t, d, by, w.order()); !fault.Is(err, fault.Denied) {
			t.Errorf("got %v, want Denied", err)
		}
	})
}

func TestCreateSaysWhatIsMissing(t *testing.T) {
	d := dbtest.SQLite(t)
	w := newWorld(t, d)
	_, err := create(t, d, account.Program(), order.Order{OrganizationID: w.office.ID})
	f := fault.Of(err)
	for _, field := range []string{"member", "plan", "program", "service"} {
		if f.Fields[field] == "" {
			t.Errorf("nothing said about %s: %v", field, f.Fields)
		}
	}
}

func TestTheSameSourceTwiceIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.order()
		o.Source = "pas:1"
		if _, err := create(t, d, account.Program(), o); err != nil {
			t.Fatal(err)
		}
		if _, err := create(t, d, account.Program(), o); !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v, want Conflict", err)
		}
	})
}

func TestMoveIsCompareAndSwap(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, err := create(t, d, account.Program(), w.order())
		if err != nil {
			t.Fatal(err)
		}
		move := func(to order.Status) error {
			return d.Update(ctx, func(tx *db.Tx) error {
				_, err := order.Move(ctx, tx, account.Program(), o, to, "Taken up.")
				return err
			})
		}
		if err := move(order.NurseReview); err != nil {
			t.Fatal(err)
		}
		if err := move(order.DoctorReview); !fault.Is(err, fault.Conflict) {
			t.Errorf("a stale version moved it: %v", err)
		}
		o.Status = order.Voided
		if err := move(order.Approved); !fault.Is(err, fault.Conflict) {
			t.Errorf("a voided order was approved: %v", err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			events, err := order.Events(ctx, tx, account.Program(), o.ID)
			if err == nil && (len(events) != 2 || events[0].N != 2 || events[0].ToStatus != order.NurseReview) {
				t.Errorf("events %+v", events)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestInternalEventsStayInside(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, err := create(t, d, account.Program(), w.order())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error {
			return order.Note(ctx, tx, account.Program(), o, "note", "For reviewers only.", true)
		}); err != nil {
			t.Fatal(err)
		}
		count := func(by account.Actor) (n int) {
			_ = d.View(ctx, func(tx *db.Tx) error {
				events, err := order.Events(ctx, tx, by, o.ID)
				n = len(events)
				return err
			})
			return n
		}
		if inside, outside := count(account.Program()), count(staff(w, "all", "")); inside != 2 || outside != 1 {
			t.Errorf("staff see %d, the office %d", inside, outside)
		}
	})
}

func TestGapsAndSourcesAreKept(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, err := create(t, d, account.Program(), w.order())
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			gap := order.Gap{Kind: "missing", Path: "PractitionerRole.practitioner", Text: "The practitioner is not in the request."}
			for range 2 {
				if err := order.AddGaps(ctx, tx, o.ID, []order.Gap{gap}); err != nil {
					return err
				}
			}
			if err := order.AddSource(ctx, tx, o.ID, order.Source{Format: "pas", Name: "x.json", Hash: "abc", BlobKey: "k", ReceivedAt: tx.Now()}); err != nil {
				return err
			}
			gaps, err := order.Gaps(ctx, tx, o.ID)
			if len(gaps) != 2 || gaps[0] != gap {
				t.Errorf("gaps %+v", gaps)
			}
			if id, err := order.BySourceHash(ctx, tx, "abc"); err != nil || id != o.ID {
				t.Errorf("by hash: %v %v", id, err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestNumbersCatchEveryWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := []byte(order.NewNumber())
		if !order.ValidNumber(string(n)) || n[0] == '0' {
			t.Fatalf("%s is not a number", n)
		}
		i := rapid.IntRange(0, 9).Draw(t, "place")
		n[i] = '0' + (n[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if order.ValidNumber(string(n)) {
			t.Fatalf("%s passes with a wrong digit", n)
		}
	})
}

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	if got := order.Spaced("1369306954"); got != "136 930 6954" {
		t.Error(got)
	}
	if got := order.Digits(" 136-930 6954"); got != "1369306954" {
		t.Error(got)
	}
	if got := order.Ending("1369306954"); got != "6954" {
		t.Error(got)
	}
}

func TestEveryStatusHasWordsOfAtMostThree(t *testing.T) {
	for _, s := range order.Statuses {
		if s.Words() == "" || s.Meaning() == "" {
			t.Errorf("%s has no words", s)
		}
	}
	if got := order.Family("In review"); len(got) != 2 {
		t.Errorf("in review is %v", got)
	}
}
