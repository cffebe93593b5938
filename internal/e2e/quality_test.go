package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A decision that was drawn is read again by somebody else, whose note reaches
// who made it.
func TestADecisionIsReadAgain(t *testing.T) {
	h := still(t, 2)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		p, err := plan.GetProgram(ctx, tx, h.world.Program.ID)
		if err != nil {
			return err
		}
		p.Reviewing.QualityPercent = 100
		_, err = plan.SaveProgram(ctx, tx, account.Program(), p)
		return err
	})
	h.world.Denied()
	h.at(review.UndoFor)
	h.drain(t)
	tab := browser.New(t)
	d := h.desk(t, tab, h.world.Reviewers[1])
	d.visit("/review/quality")
	d.says("To read: 1", h.world.Reviewers[0].Name)
	d.look("quality")
	d.tab.Click("th a")
	d.says("Read a decision again", "From the record made with the determination", "6 weeks of treatment are not shown.")
	d.tab.Click("Save")
	d.says("Each criterion was marked: select yes, no or does not apply", "Select whether you agree")
	d.look("quality-wrong")
	plain := h.desk(t, tab.Person(browser.NoScript()), h.world.Reviewers[1])
	plain.visit("/review/quality")
	plain.tab.Click("th a")
	for _, item := range []string{"guideline", "marks", "evidence", "reasons", "time"} {
		plain.tab.Click("label[for=" + item + "]")
	}
	plain.tab.Click("I agree")
	plain.tab.Type("#coaching", "Clear reasons.")
	plain.look("quality-filled")
	plain.tab.Click("Save")
	plain.says("No decision waits to be read again.")
	own := h.desk(t, tab, h.world.Reviewers[0])
	own.visit("/review/quality")
	own.says("Your decisions that were read", "Clear reasons.", h.world.Reviewers[1].Name+" agrees")
	own.look("quality-own")
	boss := h.desk(t, tab, h.person(t, "Priya", account.Supervisor))
	boss.visit("/review/quality")
	boss.says("How decisions were found", "Nothing")
	boss.look("quality-summary")
}
