package guideline

import (
	"context"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestANumberThatChangedIsSaidInShort(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"Four weeks of care without surgery", "Six weeks of care without surgery", "Six weeks, was Four"},
		{"Pain for 4 weeks.", "Pain for 6 weeks.", "6 weeks, was 4"},
		{"It lasts 4.", "It lasts 6.", "6, was 4"},
		{"Pain for weeks", "Pain for days", ""},
		{"4 weeks or 3 days", "6 weeks or 2 days", ""},
		{"", "Six weeks", ""},
		{"Six weeks", "Six weeks", ""},
	} {
		if got := (Difference{Was: c.was, Is: c.is}).Short().String(); got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.was, c.is, got, c.want)
		}
	}
}

// What takes effect later is told with what it changes; criteria that a
// program hides from offices are not.
func TestWhatComesIsToldBefore(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		lib, err := Library()
		if err != nil {
			t.Fatal(err)
		}
		var text string
		for _, v := range lib {
			if v.ID == "lumbar-mri" {
				text = string(v.Text())
			}
		}
		next := strings.NewReplacer(`"version": "2026.1"`, `"version": "2027.1"`, `"from": "2026-01-01"`, `"from": "2027-01-01"`,
			"The pain has lasted six weeks or more", "The pain has lasted eight weeks or more", "For how many weeks in all?", "For how many weeks was it tried?").Replace(text)
		day, _ := civil.NewDate(2026, 11, 23)
		err = d.Update(ctx, func(tx *db.Tx) error {
			p, err := plan.SaveProgram(ctx, tx, account.Program(), plan.Program{Code: "msk", Name: "Musculoskeletal", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5})
			if err != nil {
				return err
			}
			for _, one := range []string{text, next} {
				if _, _, err := Publish(ctx, tx, account.Program(), []byte(one)); err != nil {
					return err
				}
			}
			all, err := ComingUp(ctx, tx, day)
			if err != nil || len(all) != 1 || all[0].Was == nil || all[0].Was.Version != "2026.1" {
				t.Fatalf("%+v %v", all, err)
			}
			if got := all[0].Changes; len(got) != 2 || got[0].Short().String() != "eight weeks, was six" || got[1].What != "Question" {
				t.Errorf("%+v", got)
			}
			lists, err := Checklists(ctx, tx, "harbor", day)
			if err != nil || len(lists) != 1 || lists[0].Version.Version != "2026.1" || len(lists[0].Questions) == 0 {
				t.Errorf("%+v %v", lists, err)
			}
			p.Intake.Criteria = plan.Never
			if _, err := plan.SaveProgram(ctx, tx, account.Program(), p); err != nil {
				return err
			}
			all, err = ComingUp(ctx, tx, day)
			if len(all) != 1 || len(all[0].Changes) != 1 || all[0].Changes[0].What != "Question" {
				t.Errorf("with hidden criteria: %+v", all)
			}
			after, _ := civil.NewDate(2027, 1, 1)
			if all, err := ComingUp(ctx, tx, after); err != nil || len(all) != 0 {
				t.Errorf("in effect: %v %v", all, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
