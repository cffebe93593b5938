package app

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

const wholeSetup = `{
	"plans": [{"code": "bay", "name": "Bay Health", "time_zone": "America/Chicago", "holidays": {"2026-11-27": "Day after Thanksgiving"},
		"lines": [{"code": "commercial", "name": "Commercial", "decision_days": 7, "urgent_hours": 72, "call_effect": "change", "call_window_days": 14, "call_window_in": "business", "calls_per_decision": 1, "peers": "specialty", "call_reviewer": "not_decider"}]}],
	"programs": [{"code": "imaging", "name": "Imaging", "slot_minutes": 30, "confirm": "instant", "look_ahead_days": 10, "hold_minutes": 10, "notice_minutes": 120}],
	"delegations": [{"plan": "bay", "line": "commercial", "program": "imaging", "function": "p2p", "by": "us", "from": "2026-01-01"}],
	"rollouts": [{"feature": "p2p_booking", "plan": "bay", "program": "imaging", "stage": "on", "from": "2026-01-01"}],
	"match_rules": [{"state": "TX", "line": "commercial", "code": "tx_match", "from": "2026-01-01", "needs_tier": 1, "citation": "28 TAC §19.1710", "sentence": "Texas asks for a match.", "statement": "The physician knows."}],
	"organizations": [{"name": "Elm Orthopedics", "sees": "all"}],
	"reviewers": [{"email": "kim.sato@um.example", "specialty": "Radiology", "time_zone": "America/Chicago", "physician": true, "daily_calls": 6, "weekly_calls": 20, "gap_minutes": 10, "weight": 2, "programs": ["imaging"],
		"plans": ["bay"], "lines": ["commercial"], "languages": ["Spanish"],
		"licenses": [{"state": "TX", "number": "M1234", "expires": "2030-01-01"}], "hours": [{"day": "Monday", "from": "09:00", "to": "12:00"}]}]
}`

// Whoever changes a policy leaves a row for the auditor; a setup that changes
// nothing leaves none.
func TestASetupLeavesARowForEachThingItChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Update(ctx, func(tx *db.Tx) error {
			if _, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "office", Name: "Elm Orthopedics"}); err != nil {
				return err
			}
			_, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: "kim.sato@um.example", FirstName: "Kim", LastName: "Sato"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		before := len(auditRows(t, d))
		s, err := ReadSetup([]byte(wholeSetup))
		if err != nil {
			t.Fatal(err)
		}
		if err := (&App{DB: d}).Configure(ctx, s); err != nil {
			t.Fatal(err)
		}
		first := auditRows(t, d)
		for _, action := range []string{"plan.saved", "plan.line_saved", "plan.closed", "program.saved", "plan.delegated", "plan.rolled_out", "match_rule.saved", "organization.saved", "reviewer.saved"} {
			n := 0
			for _, e := range first[:len(first)-before] {
				if e.Action == action {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d rows of %s, want 1", n, action)
			}
		}
		if err := (&App{DB: d}).Configure(ctx, s); err != nil {
			t.Fatal(err)
		}
		if again := auditRows(t, d); len(again) != len(first) {
			t.Errorf("the same setup again left %d rows", len(again)-len(first))
		}
	})
}

func auditRows(t *testing.T, d *db.DB) (all []audit.Entry) {
	t.Helper()
	if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		all, err = audit.Recent(context.Background(), tx, 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}
