package help_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/help"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A report gets a reference, is its maker's own, goes to administrators, and is
// closed once; nobody sends many.
func TestProblemsAreReportedAndClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := dbtest.Clock
		d.Now = func() time.Time { return now }
		w := scene.New(t, d, 0)
		omar := account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
		report := func(by account.Actor, p help.Problem) (made help.Problem, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error { made, err = help.Report(ctx, tx, by, p); return err })
			return made, err
		}
		if _, err := report(account.Actor{}, help.Problem{Happened: "x"}); !fault.Is(err, fault.Denied) {
			t.Errorf("a stranger: %v", err)
		}
		if _, err := report(w.Maria, help.Problem{Happened: " ", Expected: strings.Repeat("x", 2001)}); fault.Of(err).Fields["happened"] == "" || fault.Of(err).Fields["expected"] == "" {
			t.Errorf("nothing said: %v", err)
		}
		made, err := report(w.Maria, help.Problem{Happened: "It broke.", Page: "/orders/1369306954?q=Rosa", RequestID: "<b>"})
		if err != nil || len(made.Reference) != 8 || made.Page != "/orders/1369306954" || made.RequestID != "" || made.Office != "Cedar Orthopedics" {
			t.Fatalf("%+v, %v", made, err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := help.OwnProblem(ctx, tx, omar, made.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("another's: %v", err)
			}
			if _, _, err := help.Problems(ctx, tx, w.Maria); !fault.Is(err, fault.Denied) {
				t.Errorf("an office reads all: %v", err)
			}
			all, more, err := help.Problems(ctx, tx, omar)
			if len(all) != 1 || more || all[0].Happened != "It broke." || all[0].ClosedAt != nil {
				t.Errorf("listed %+v", all)
			}
			return err
		})
		end := func(by account.Actor, id, outcome string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return help.CloseProblem(ctx, tx, by, id, outcome) })
		}
		if err := end(w.Maria, made.ID, "x"); !fault.Is(err, fault.Denied) {
			t.Errorf("an office closes: %v", err)
		}
		if err := end(omar, "prb_none", "x"); !fault.Is(err, fault.NotFound) {
			t.Errorf("none: %v", err)
		}
		if err := end(omar, made.ID, " "); fault.Of(err).Fields["outcome"] == "" {
			t.Errorf("no outcome: %v", err)
		}
		if err := end(omar, made.ID, "Mended."); err != nil {
			t.Error(err)
		}
		if err := end(omar, made.ID, "Again."); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		for range 4 {
			if _, err := report(w.Maria, help.Problem{Happened: "Again."}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := report(w.Maria, help.Problem{Happened: "Again."}); !fault.Is(err, fault.TooMany) {
			t.Errorf("a sixth: %v", err)
		}
		now = now.Add(61 * time.Minute)
		if _, err := report(w.Maria, help.Problem{Happened: "Later."}); err != nil {
			t.Error(err)
		}
	})
}

func TestOnlyThePathOfAPageIsKept(t *testing.T) {
	for from, want := range map[string]string{
		"/orders?q=Rosa": "/orders", "/help#top": "/help", " /orders/1369306954 ": "/orders/1369306954",
		"/requests/req_01a20856ccc17de5a15fb3dfd192ab79/check": "/requests/req_01a20856ccc17de5a15fb3dfd192ab79/check",
		"/invitation/dGhpcyBpcyBhIHNlY3JldCB0b2tlbg":           "/invitation/…",
		"https://elsewhere.example/":                           "", "//elsewhere.example": "", "javascript:alert(1)": "", "": "",
		"/" + strings.Repeat("x/", 200): "",
	} {
		if got := help.PagePath(from); got != want {
			t.Errorf("%s: %q", from, got)
		}
	}
}

// Reports that were closed long ago go; open ones stay.
func TestClosedReportsGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 0)
		omar := account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, text := range []string{"Open.", "Closed."} {
				p, err := help.Report(ctx, tx, w.Maria, help.Problem{Happened: text})
				if err != nil {
					return err
				}
				if text == "Closed." {
					if err := help.CloseProblem(ctx, tx, omar, p.ID, "Done."); err != nil {
						return err
					}
				}
			}
			for before, want := range map[time.Time]int{dbtest.Clock: 0, dbtest.Clock.Add(time.Hour): 1} {
				if n, err := help.CountOld(ctx, tx, before); err != nil || n != want {
					t.Errorf("%d old ones, %v", n, err)
				}
			}
			if n, err := help.RemoveOld(ctx, tx, dbtest.Clock.Add(time.Hour), 10); err != nil || n != 1 {
				t.Errorf("%d removed, %v", n, err)
			}
			all, _, err := help.Problems(ctx, tx, omar)
			if len(all) != 1 || all[0].Happened != "Open." {
				t.Errorf("left %+v", all)
			}
			return err
		})
	})
}
