package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/code"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/web/admin"
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
	return append(all, a.checkFiles(ctx), a.checkQueue(ctx), a.checkClocks(ctx), a.checkPlans(ctx), a.checkCodes(ctx), a.checkScanner(ctx), a.checkAccess(ctx))
}

// CheckLive looks at everything, and at what only a running service can tell:
// whether mail leaves, and how the audit was when it was last verified.
func (a *App) CheckLive(ctx context.Context) []Finding {
	return append(a.Check(ctx), a.checkMail(ctx), a.checkLastAudit(ctx))
}

func (a *App) checkMail(ctx context.Context) Finding {
	f := Finding{What: "mail server"}
	server, ok := a.Sender.(interface{ Ping(context.Context) error })
	if !ok {
		f.Note = "Mail stays on this machine: it is a demonstration."
		return f
	}
	if err := server.Ping(ctx); err != nil {
		f.Do = "The mail server does not take mail: notices wait and are tried again. Check PARLEY_MAIL_HOST and the settings beside it: " + err.Error()
	}
	return f
}

// checkFiles keeps a file, reads it again and drops it, as with each upload.
func (a *App) checkFiles(ctx context.Context) Finding {
	f := Finding{What: "files"}
	const probe = "check"
	ref, err := a.Files.Put(ctx, strings.NewReader(probe))
	if err == nil {
		err = a.readBack(ctx, ref.Key, probe)
	}
	if err != nil {
		f.Do = "A file can't be kept and read again, so uploads and letters fail. Check the disk and the file keys in the data folder: " + err.Error()
	}
	return f
}

func (a *App) readBack(ctx context.Context, key, want string) error {
	in, err := a.Files.Open(ctx, key)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(in)
	if err == nil && string(got) != want {
		err = errors.New("what is read is not what was kept")
	}
	return errors.Join(err, in.Close(), a.Files.Delete(ctx, key))
}

// checkClocks tells of decisions that came too late, or have not come: somebody
// must look, but nothing here is broken.
func (a *App) checkClocks(ctx context.Context) Finding {
	f := Finding{What: "clocks"}
	var late int
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		late, err = deadline.MissedSince(ctx, tx, tx.Now().Add(-24*time.Hour))
		return err
	})
	switch {
	case err != nil:
		f.Do = "The clocks can't be read: " + err.Error()
	case late > 0:
		f.Note = fmt.Sprintf("Decisions that became late in the last 24 hours: %d. Supervisors see them under Operations.", late)
	}
	return f
}

func (a *App) checkLastAudit(ctx context.Context) Finding {
	f := Finding{What: "audit"}
	var last audit.Verdict
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) { last, err = audit.LastCheck(ctx, tx); return err })
	switch {
	case err != nil:
		f.Do = "The audit can't be read: " + err.Error()
	case last.At.IsZero():
		f.Note = "Not verified yet: that is done once a day."
	case last.Trouble != "":
		f.Do = last.Trouble + " Keep the database as it is, and compare it with a backup."
	}
	return f
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

// checkAccess tells that nobody went through the access of staff this quarter.
func (a *App) checkAccess(ctx context.Context) Finding {
	f := Finding{What: "access of staff"}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		due, err := account.StaffReviewDue(ctx, tx, time.UTC)
		if due {
			f.Note = "Not reviewed this quarter: Administration, Users, Access reviews."
		}
		return err
	})
	if err != nil {
		f.Do = "The access reviews can't be read: " + err.Error()
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
		f.Do = fmt.Sprintf("Jobs that failed for good: %d. An administrator finds them under Health and can run them again.", q.Dead)
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

// findings are those of CheckLive as the console shows them.
func (a *App) findings(ctx context.Context) (all []admin.Finding) {
	for _, f := range a.CheckLive(ctx) {
		all = append(all, admin.Finding(f))
	}
	return all
}
