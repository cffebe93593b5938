package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/domain/code"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Finding is one thing `parley check` looked at. Do is empty when it is in
// order, else one sentence that says what to do.
//
// Note is something to know that is in order all the same.
type Finding struct{ What, Do, Note string }

// Check looks at everything the program needs.
func (a *App) Check(ctx context.Context) []Finding {
	all := []Finding{a.checkSchema(ctx), a.checkData()}
	if all[0].Do != "" {
		return all
	}
	return append(all, a.checkQueue(ctx), a.checkPlans(ctx), a.checkCodes(ctx), a.checkScanner(ctx))
}

// CheckAudit verifies the chain of the audit. kept, if not zero, is an end of
// it that was noted before.
func (a *App) CheckAudit(ctx context.Context, kept audit.Head) Finding {
	f := Finding{What: "audit"}
	v, err := a.Chain.Verify(ctx, a.DB, kept)
	switch {
	case err != nil:
		f.Do = "The audit can't be read: " + err.Error()
	case v.Trouble != "":
		f.Do = v.Trouble + " Keep the database as it is, and compare it with a backup."
	default:
		f.Note = fmt.Sprintf("%d entries verified, %d not linked yet. Note the chain's end outside of the database: %s", v.Head.N, v.Waiting, v.Head)
	}
	return f
}

func (a *App) checkSchema(ctx context.Context) Finding {
	f := Finding{What: "database (" + a.DB.Name() + ")"}
	if err := a.DB.Ping(ctx); err != nil {
		f.Do = "The database does not answer. Check its address and that it runs: " + err.Error()
		return f
	}
	has, needs, err := a.DB.Schema(ctx)
	switch {
	case err != nil:
		f.Do = "The schema can't be read. Run `parley migrate`: " + err.Error()
	case has < needs:
		f.Do = fmt.Sprintf("The schema is at version %d and this program needs %d. Run `parley migrate`.", has, needs)
	case has > needs:
		f.Do = fmt.Sprintf("The schema is at version %d, newer than this program's %d. Install the program it belongs to.", has, needs)
	}
	return f
}

// checkCodes tells that diagnoses can't be checked before their list is there.
func (a *App) checkCodes(ctx context.Context) Finding {
	f := Finding{What: "codes"}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		listed, err := code.Listed(ctx, tx, code.ICD10CM)
		if err == nil && !listed {
			f.Note = "No ICD-10-CM codes are imported: diagnoses are taken by their form, without their meaning. Import them with `parley import icd10cm`."
		}
		return err
	})
	if err != nil {
		f.Do = "The list of codes can't be read: " + err.Error()
	}
	return f
}

func (a *App) checkData() Finding {
	f := Finding{What: "data folder"}
	probe := filepath.Join(a.Data, ".check")
	if err := os.WriteFile(probe, []byte("ok"), 0o600); err != nil {
		f.Do = "The data folder can't be written. Give the program's user the right to write it: " + err.Error()
		return f
	}
	if err := os.Remove(probe); err != nil {
		f.Do = "A file in the data folder can't be removed: " + err.Error()
	}
	return f
}

func (a *App) checkQueue(ctx context.Context) Finding {
	f := Finding{What: "queue"}
	var q job.Queue
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) { q, err = job.Look(ctx, tx); return err })
	switch {
	case err != nil:
		f.Do = "The queue can't be read: " + err.Error()
	case q.Dead > 0:
		f.Do = fmt.Sprintf("%d jobs failed for good. An administrator finds them under Health and can run them again.", q.Dead)
	case !q.Oldest.IsZero() && a.Clock.Now().Sub(q.Oldest) > stuck:
		f.Do = fmt.Sprintf("A job has waited %s. Is `parley serve` running?", a.Clock.Now().Sub(q.Oldest).Round(time.Second))
	}
	return f
}

func (a *App) checkScanner(ctx context.Context) Finding {
	f := Finding{What: "virus scanner"}
	if a.Scanner == nil {
		f.Note = "None is set (PARLEY_SCAN): files are not scanned for viruses, and staff read so on every file."
		return f
	}
	if err := a.Scanner.Ping(ctx); err != nil {
		f.Do = "The scanner does not answer, so no file is accepted. Start it, or correct PARLEY_SCAN: " + err.Error()
	}
	return f
}

func (a *App) checkPlans(ctx context.Context) Finding {
	f := Finding{What: "plans"}
	var plans []plan.Plan
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) { plans, err = plan.All(ctx, tx); return err })
	switch {
	case err != nil:
		f.Do = "The plans can't be read: " + err.Error()
	case len(plans) == 0:
		f.Do = "There is no plan yet. Import members or orders (`parley import --help`)."
	}
	return f
}
