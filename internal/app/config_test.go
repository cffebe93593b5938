package app

import (
	"context"
	"os"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestASetupGivesAnOfficeTheNPIThatImportsKnowItBy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "office", Name: "Elm Orthopedics"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		a := &App{DB: d}
		set := func(text string) error {
			s, err := ReadSetup([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return a.Configure(ctx, s)
		}
		if err := set(`{"organizations": [{"name": "Elm Orthopedics", "npi": "1234567890"}]}`); err == nil {
			t.Error("a number whose check digit is wrong was taken for an NPI")
		}
		for _, text := range []string{
			`{"organizations": [{"name": "Elm Orthopedics", "npi": "1234567893", "sees": "all"}]}`,
			`{"organizations": [{"name": "Elm Orthopedics", "sees": "own"}]}`,
		} {
			if err := set(text); err != nil {
				t.Fatal(err)
			}
		}
		err := d.View(ctx, func(tx *db.Tx) error {
			o, err := account.OrganizationByNPI(ctx, tx, "1234567893")
			if err == nil && (o.Name != "Elm Orthopedics" || o.Sees != "own") {
				t.Errorf("found %+v", o)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestASetupSaysHowOftenToCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for text, want := range map[string][3]int{`, "attempts_needed": 3, "attempts_apart": 10, "most_orders": 2`: {3, 10, 2}, ``: {2, 5, 3}} {
			s, err := ReadSetup([]byte(`{"programs": [{"code": "imaging", "name": "Imaging", "slot_minutes": 30, "confirm": "instant"` + text + `}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if err := (&App{DB: d}).Configure(ctx, s); err != nil {
				t.Fatal(err)
			}
			err = d.View(ctx, func(tx *db.Tx) error {
				all, err := plan.Programs(ctx, tx)
				if len(all) != 1 || all[0].AttemptsNeeded != want[0] || all[0].AttemptsApart != want[1] || all[0].MostOrders != want[2] {
					t.Errorf("%s: %+v", text, all)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// The file in the manual is one that the program reads.
func TestTheManualsSetupCanBeRead(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(manual), "```json\n")
	text, _, _ := strings.Cut(rest, "```")
	s, err := ReadSetup([]byte(text))
	if err != nil || len(s.Rules) != 2 || len(s.Reviewers) != 1 || s.Reviewers[0].Weekly != 30 {
		t.Errorf("%+v, %v", s.Rules, err)
	}
}

// A file by which a test fails, its own or one that is kept, changes nothing;
// nor does one that opens calls before anybody has hours for them.
func TestASetupIsHeldToTestCasesAndHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		apply := func(text string) error {
			t.Helper()
			s, err := ReadSetup([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return (&App{DB: d}).Configure(context.Background(), s)
		}
		setup := func(closed, test, rollout string) string {
			return `{"plans": [{"code": "bay", "name": "Bay", "time_zone": "America/Chicago", "phone": "(800) 555-0100", "holidays": {` + closed + `}}],
				"programs": [{"code": "imaging", "name": "Imaging", "slot_minutes": 30, "confirm": "instant", "look_ahead_days": 10, "hold_minutes": 10, "notice_minutes": 120}], "tests": [` + test + `], "rollouts": [` + rollout + `]}`
		}
		open := func(expected string) string {
			return `{"about": "calendar", "plan": "bay", "given": {"day": "2026-12-24", "counts": "calls"}, "expected": "` + expected + `", "why": "Agreed."}`
		}
		if err := apply(setup("", open("open"), "")); err != nil {
			t.Fatal(err)
		}
		before := exported(t, d)
		const eve = `"2026-12-24": {"name": "Christmas Eve", "name_es": "Nochebuena"}`
		for want, text := range map[string]string{
			"calendar: A test case fails. Day: Thu, Dec 24, 2026; For: Calls. Expected: Open. What comes of it: Closed": setup(eve, "", ""),
			"calendar: A test case fails. Day: Thu, Dec 24, 2026; For: Calls. Expected: Closed. What comes of it: Open": setup("", open("closed"), ""),
			"test of calendar bay: Choose or enter what must come of it, for “The plan is”":                             setup("", open("shut"), ""),
			"test of wave bay: nothing of this kind and code is set":                                                    setup("", strings.Replace(open("open"), "calendar", "wave", 1), ""),
			"roll-out for bay: Peer-to-peer can't be On for Imaging before a call session exists. Add sessions or choose Announced.": setup("", "",
				`{"feature": "p2p_booking", "plan": "bay", "program": "imaging", "stage": "on", "from": "2026-01-01"}`),
		} {
			if err := apply(text); err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		if after := exported(t, d); after != before {
			t.Errorf("it changed:\n%s", after)
		}
		if err := apply(setup(eve, open("closed"), "")); err != nil {
			t.Errorf("both at once: %v", err)
		}
	})
}
