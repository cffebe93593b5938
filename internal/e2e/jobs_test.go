package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// failing is work that always fails.
type failing struct{ Name string }

func (failing) Kind() string { return "notify.test" }

// What failed for good is looked at without naming anyone, run again or given
// up with a reason.
func TestFailedJobsAreLookedAfter(t *testing.T) {
	h := still(t, 1)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, n := range []string{"a", "b"} {
			if err := job.Add(ctx, tx, failing{n}); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `update job set state = 'dead', attempt = 80, ended_at = $1, error = $2 where kind = 'notify.test'`, tx.Now(), `550 no user "Rosa Canarywell" <rosa@mail.example>`)
		return err
	})
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/jobs")
	omar.says("Failed for good (2)", "notify.test", "Mail", "550 no user …")
	omar.silent("Canarywell", "rosa@")
	omar.look("jobs")
	omar.tab.Click("main tbody a")
	omar.says("Give it up", "Run it again")
	omar.look("job")
	omar.tab.Click("Give it up")
	omar.says("Say why it is given up")
	omar.look("job-wrong")
	omar.tab.Type("#why", "We called them instead.")
	omar.tab.Click("Give it up")
	omar.says("Failed for good (1)", "Given up (1)")
	omar.tab.Click("Run all of them again")
	omar.says("Failed for good (0)", "None.")
	omar.visit("/admin/jobs?state=discarded")
	omar.says("notify.test")
	omar.visit("/admin/audit?action=job.")
	omar.says("job.discarded", "We called them instead.", "job.all_revived")
}
