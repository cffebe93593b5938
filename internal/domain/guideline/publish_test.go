package guideline_test

import (
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/guideline"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

func TestPublish(t *testing.T) {
	each(t, func(w *world) {
		p, fresh, err := w.publish(w.lumbar)
		if err != nil || !fresh || p.By != "Kai Admin" || !p.At.Equal(w.now) {
			t.Fatalf("%v %v %q %v", err, fresh, p.By, p.At)
		}
		w.now = w.now.Add(time.Hour)
		again, fresh, err := w.publish(w.lumbar)
		if err != nil || fresh || again.PublishedID != p.PublishedID || !again.At.Equal(p.At) {
			t.Errorf("the same again: %v %v %s", err, fresh, again.PublishedID)
		}
		if _, _, err := w.publish(w.with("When an MRI", "When exactly an MRI")); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "Lumbar spine MRI 2026.1 is published already") {
			t.Errorf("another text under the same version: %v", err)
		}
		if _, _, err := w.publish(w.with("care_weeks >= 6 and", "care_weeks >= 9 and", "2026.1", "2026.2")); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Of(err).Fields["file"].String(), "needs a person, and must be approved") {
			t.Errorf("one that fails its cases: %v", err)
		}
		if _, _, err := w.publish([]byte("{}")); !fault.Is(err, fault.Invalid) {
			t.Errorf("one that can't be read: %v", err)
		}
		w.do(func(tx *db.Tx) error {
			all, err := guideline.All(ctx, tx)
			if len(all) != 1 || string(all[0].Text()) != string(w.lumbar) {
				t.Errorf("%d guidelines are published", len(all))
			}
			entries, _ := audit.Of(ctx, tx, "guideline", string(p.PublishedID))
			if len(entries) != 1 || entries[0].Action != "guideline.published" || entries[0].Detail != "lumbar-mri 2026.1" || entries[0].ActorName != "Kai Admin" {
				t.Errorf("audit: %+v", entries)
			}
			return err
		})
	})
}

func TestOnlyOperatorsPublish(t *testing.T) {
	each(t, func(w *world) {
		for _, by := range []account.Actor{{}, maria, nurse, audits, seat("per_s", "S", account.Supervisor, "org_um")} {
			err := w.try(func(tx *db.Tx) error {
				_, _, err := guideline.Publish(ctx, tx, by, w.lumbar)
				return err
			})
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v", by.Name, err)
			}
		}
	})
}

func TestWhichVersionIsInEffect(t *testing.T) {
	each(t, func(w *world) {
		for _, text := range [][]byte{
			w.with(`"from": "2026-01-01"`, `"from": "2026-01-01", "to": "2026-10-31"`),
			w.with("2026.1", "2026.2", `"from": "2026-01-01"`, `"from": "2026-10-01"`),
			w.with("2026.1", "2026.2-prairie", `"from": "2026-01-01"`, `"from": "2026-02-01", "plans": ["prairie"]`),
		} {
			if _, _, err := w.publish(text); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			plan    plan.ID
			program plan.ProgramID
			code    string
			day     string
			want    string // "": none
		}{
			{w.harbor.ID, w.msk.ID, "72148", "2025-12-31", ""},
			{w.harbor.ID, w.msk.ID, "72148", "2026-01-01", "2026.1"},
			{w.harbor.ID, w.msk.ID, "72148", "2026-09-30", "2026.1"},
			{w.harbor.ID, w.msk.ID, "72148", "2026-10-01", "2026.2"}, // the later of two in effect
			{w.harbor.ID, w.msk.ID, "72158", "2026-11-24", "2026.2"},
			{w.harbor.ID, w.msk.ID, "70551", "2026-11-24", ""},
			{w.harbor.ID, w.sleep.ID, "72148", "2026-11-24", ""},
			{w.prairie.ID, w.msk.ID, "72148", "2026-01-31", "2026.1"},
			{w.prairie.ID, w.msk.ID, "72148", "2026-11-24", "2026.2-prairie"}, // the plan's own before the later one
		} {
			var got string
			err := w.try(func(tx *db.Tx) error {
				p, err := guideline.For(ctx, tx, c.plan, c.program, c.code, day(c.day))
				if err == nil {
					got = p.Version.Version
				}
				return err
			})
			if got != c.want || c.want == "" && (!fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "No guideline is set for "+c.code)) {
				t.Errorf("%s %s on %s: %q %v, want %q", c.plan, c.code, c.day, got, err, c.want)
			}
		}
	})
}
