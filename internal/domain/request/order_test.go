package request_test

import (
	"context"
	"testing"

	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// What is ordered is checked field by field, and nothing is kept of it until
// all of it is right.
func TestWhatIsOrdered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		r := w.Filled()
		one := func(code string) []request.AskedService { return []request.AskedService{{Code: code}} }
		back := []string{"M54.50"}
		for name, c := range map[string]struct {
			asked request.Asked
			field string // that is wrong; "" if nothing is
		}{
			"as it should be":         {request.Asked{Services: one("72148"), Diagnoses: back, Urgency: "standard"}, ""},
			"lower case and a space":  {request.Asked{Services: one(" 72148 "), Diagnoses: []string{"m5450"}, Urgency: "standard"}, ""},
			"no service":              {request.Asked{Diagnoses: back, Urgency: "standard"}, "service"},
			"a service in words":      {request.Asked{Services: one("mri"), Diagnoses: back, Urgency: "standard"}, "service"},
			"the same service twice":  {request.Asked{Services: append(one("72148"), one("72148")...), Diagnoses: back, Urgency: "standard"}, "service_2"},
			"a side is missing":       {request.Asked{Services: one("29881"), Diagnoses: back, Urgency: "standard"}, "side"},
			"both sides as two lines": {request.Asked{Services: []request.AskedService{{Code: "29881", Side: "left"}, {Code: "29881", Side: "right"}}, Diagnoses: back, Urgency: "standard"}, ""},
			"units are missing":       {request.Asked{Services: one("97110"), Diagnoses: back, Urgency: "standard"}, "units"},
			"too many units":          {request.Asked{Services: []request.AskedService{{Code: "97110", Units: "31"}}, Diagnoses: back, Urgency: "standard"}, "units"},
			"no diagnosis":            {request.Asked{Services: one("72148"), Urgency: "standard"}, "diagnosis"},
			"a diagnosis twice":       {request.Asked{Services: one("72148"), Diagnoses: []string{"M54.50", "M5450"}, Urgency: "standard"}, "diagnosis_2"},
			"a category, not a code":  {request.Asked{Services: one("72148"), Diagnoses: []string{"M54"}, Urgency: "standard"}, "diagnosis"},
			"no urgency":              {request.Asked{Services: one("72148"), Diagnoses: back}, "urgency"},
			"urgent without a test":   {request.Asked{Services: one("72148"), Diagnoses: back, Urgency: "urgent", Why: "Saddle numbness"}, "urgent"},
			"urgent without a why":    {request.Asked{Services: one("72148"), Diagnoses: back, Urgency: "urgent", Urgent: "pain"}, "why"},
			"done, but still to come": {request.Asked{Services: one("72148"), Diagnoses: back, Urgency: "retrospective"}, "urgency"},
			"another urgency":         {request.Asked{Services: one("72148"), Diagnoses: back, Urgency: "stat"}, "urgency"},
			"no such side":            {request.Asked{Services: []request.AskedService{{Code: "29881", Side: "up"}}, Diagnoses: back, Urgency: "standard"}, "side"},
		} {
			_, err := ordered(w, r, c.asked)
			if c.field == "" && err != nil || c.field != "" && fault.Of(err).Fields[c.field] == "" {
				t.Errorf("%s: %v", name, err)
			}
			if c.field != "" && len(fault.Of(err).Fields) != 1 {
				t.Errorf("%s: other fields are wrong too: %v", name, fault.Of(err).Fields)
			}
		}
	})
}

// ordered saves what is ordered and takes it back, so that the next case
// begins where this one did.
func ordered(w *scene.World, r request.Request, a request.Asked) (saved request.Request, err error) {
	undo := fault.New(fault.Conflict, "undone")
	tried := w.Try(func(ctx context.Context, tx *db.Tx) error {
		if saved, err = request.SaveOrder(ctx, tx, w.Maria, r, r.Version, a); err != nil {
			return err
		}
		return undo
	})
	if err == nil && tried != error(undo) {
		err = tried
	}
	return saved, err
}

// Before any list of codes is imported, a diagnosis is taken by its form.
func TestDiagnosesWithoutAList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		r := w.Filled()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `delete from code`); err != nil {
				return err
			}
			return db.Revise(ctx, tx, "code")
		})
		for typed, want := range map[string]string{"g89.4": "G89.4", "M545": "M54.5", "S72001A": "S72.001A", "back pain": "", "72148": "", "M": "", "M54.50000": ""} {
			saved, err := ordered(w, r, request.Asked{Services: []request.AskedService{{Code: "72148"}}, Diagnoses: []string{typed}, Urgency: "standard"})
			if want == "" && fault.Of(err).Fields["diagnosis"] == "" {
				t.Errorf("%q is taken for a diagnosis: %v", typed, err)
			}
			if want != "" && (err != nil || saved.Order.Diagnoses[0].Code != want) {
				t.Errorf("%q: %v, %+v", typed, err, saved.Order.Diagnoses)
			}
		}
	})
}
