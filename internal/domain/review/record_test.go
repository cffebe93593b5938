package review_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var leavesGaps = url.Values{"q.red_flags": {"none"}, "q.symptom_start.unknown": {"yes"}, "q.care_kinds": {"nothing"}, "q.care_weeks": {"0"}, "q.response.unknown": {"yes"}, "q.next_step": {"undecided"}, "q.earlier_mri": {"no"}}

func replay(w *scene.World, by account.Actor, o order.Order) (all []review.Record, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, all, err = review.Replay(ctx, tx, by, o.Number)
		return err
	})
	return all, err
}

// judged is a case that was marked, noted and denied with a file at hand.
func judged(t *testing.T, w *scene.World, nurse account.Actor) order.Order {
	t.Helper()
	w.Lists()
	w.Publish("lumbar-mri", noFiles...)
	o, err := received(w, w.Filled(), leavesGaps)
	if err != nil {
		t.Fatal(err)
	}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		f, err := attachment.Add(ctx, tx, account.Program(), attachment.File{OrderID: string(o.ID), Name: "note.pdf", Kind: "Office note", MediaType: "application/pdf", SHA256: "abc", BlobKey: "none", Pages: 3})
		if err != nil {
			return err
		}
		if err := review.Jot(ctx, tx, nurse, o, "Looks thin."); err != nil {
			return err
		}
		return review.SaveMark(ctx, tx, nurse, o, review.Mark{Guideline: "Lumbar spine MRI 2026.1", Criterion: "treated", Says: review.MarkNotShown, FileID: f.ID, Page: 2, Note: "No dates."})
	})
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		if o, err = order.ByID(ctx, tx, account.Program(), o.ID); err != nil {
			return err
		}
		_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
		return err
	})
	return o
}

// Whatever changes after a determination, its record stays: it shows answers,
// criteria, marks, files, notes and clock as they were, and a second
// determination has a record of its own.
func TestACaseIsReplayedAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		nurse, boss := staff(w, "Noor", account.Nurse), staff(w, "Bell", account.Supervisor)
		o := judged(t, w, nurse)
		first, err := replay(w, boss, o)
		if err != nil || len(first) != 1 {
			t.Fatalf("%d records, %v", len(first), err)
		}
		text, err := json.Marshal(first[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Canarywell", "Lumbar spine MRI 2026.1", `"not_shown"`, "No dates.", `"file":"note.pdf","page":2`, `"sha256":"abc"`, "Looks thin.", `"internal":true`, `"due"`, `"status":"received"`, "MRI"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the record doesn't hold %s", want)
			}
		}
		later(w, time.Hour)
		change(w, o, nurse)
		after, err := replay(w, boss, o)
		if err != nil || len(after) != 2 {
			t.Fatalf("%d records, %v", len(after), err)
		}
		if diff := cmp.Diff(first[0], after[0], cmpopts.IgnoreUnexported(review.Determination{})); diff != "" {
			t.Error("the record changed:\n" + diff)
		}
		if cmp.Equal(after[0].Files, after[1].Files) || after[1].Made.Outcome != order.Approved || after[1].Plan == after[0].Plan {
			t.Errorf("the second record is not of its time: %+v", after[1])
		}
	})
}

// change changes all there is about a decided case, and has it decided again.
func change(w *scene.World, o order.Order, nurse account.Actor) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		again, err := order.ByID(ctx, tx, account.Program(), o.ID)
		if err != nil {
			return err
		}
		if _, err := attachment.Add(ctx, tx, account.Program(), attachment.File{OrderID: string(o.ID), Name: "therapy.pdf", MediaType: "application/pdf", BlobKey: "none"}); err != nil {
			return err
		}
		if err := review.SaveMark(ctx, tx, nurse, again, review.Mark{Guideline: "Lumbar spine MRI 2026.1", Criterion: "treated", Says: review.MarkMet}); err != nil {
			return err
		}
		if err := review.Jot(ctx, tx, nurse, again, "Better now."); err != nil {
			return err
		}
		p := w.Plan
		p.Name = "Harbor Renamed"
		if _, err := plan.Save(ctx, tx, account.Program(), p); err != nil {
			return err
		}
		for _, statement := range []string{`update orders set patient_first = 'Other', title = 'Other', note = 'Other' where id = $1`, `update order_service set wording = 'Other', units = 9 where order_id = $1`,
			`update guideline_response set answers = replace(answers, '"none"', '"cauda"') where request_id in (select id from request where order_id = $1)`} {
			if _, err := tx.Exec(ctx, statement, string(o.ID)); err != nil {
				return err
			}
		}
		again, err = order.ByID(ctx, tx, account.Program(), o.ID)
		if err != nil {
			return err
		}
		_, err = review.Decide(ctx, tx, w.Reviewers[1], review.Decision{Order: o.ID, Version: again.Version, Attested: true, After: "reconsideration", Lines: []review.Line{{Line: 1, Outcome: review.Approve, Units: 1}}})
		return err
	})
}

// Only supervisors and auditors look back, and that they did is on record.
func TestWhoReplays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		auditor := staff(w, "Lee", account.Auditor)
		for _, by := range []account.Actor{staff(w, "Noor", account.Nurse), w.Reviewers[0], w.Maria, w.Stranger, staff(w, "Kai", account.Admin)} {
			if all, err := replay(w, by, o); err == nil || len(all) > 0 || fault.Of(err).Kind == fault.Internal {
				t.Errorf("%s (%s) looks back: %v", by.Name, by.Seat().Role, err)
			}
		}
		if all, err := replay(w, auditor, o); err != nil || len(all) != 1 {
			t.Fatalf("the auditor: %d, %v", len(all), err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			entries, err := audit.Of(ctx, tx, "order", string(o.ID))
			if err != nil {
				return err
			}
			n := 0
			for _, e := range entries {
				if e.Action == "case.replayed" && e.ActorID == string(auditor.ID) && e.MemberID == o.MemberID {
					n++
				}
			}
			if n != 1 {
				t.Errorf("looked at once, on record %d times", n)
			}
			return nil
		})
	})
}
