package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A denied order: the office compares what it can do, asks for a
// reconsideration, and a physician changes the decision; then an appeal that
// only somebody else may answer.
func TestReconsiderationAndAppeal(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 2)
			w := h.world
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				l := w.Line
				l.ReconsiderationDays = 14
				if err := plan.SaveLine(ctx, tx, account.Program(), l); err != nil {
					return err
				}
				for _, f := range []plan.Function{plan.Reconsideration, plan.Appeal} {
					if err := plan.Delegate(ctx, tx, account.Program(), plan.Delegation{PlanID: w.Plan.ID, Line: l.Code, Function: f, By: plan.Us, From: civil.Date{Year: 2020, Month: 1, Day: 1}}); err != nil {
						return err
					}
				}
				return nil
			})
			for _, r := range w.Reviewers {
				h.givePassword(t, r)
			}
			overturned, upheld := w.Denied(), w.Denied()
			tab := browser.New(t, options...)
			maria := h.desk(t, tab, w.Maria)
			maria.visit("/orders/" + overturned.Number)
			maria.says("Your options", "Reconsideration", "Until Mon, Dec 7, 11:59 PM CT", "Compare your options", "Send what is missing")
			maria.look("order-options-" + name)
			maria.tab.Click("Compare your options")
			maria.says("What you can do about this decision", "Ask for an appeal")
			maria.look("dispute-" + name)
			maria.tab.Click("Ask for a reconsideration")
			maria.says("Ask for a reconsideration", "You can ask until Mon, Dec 7, 11:59 PM CT")
			maria.tab.Click("Send")
			maria.says("Explain why the decision should change")
			maria.look("dispute-errors-" + name)
			maria.tab.Type("#reason", "Therapy notes of May and June are enclosed.")
			maria.tab.Click("Send")
			maria.says("Reconsideration", "In review", "Answer due", "Therapy notes of May and June are enclosed.")
			maria.tab.Upload("#files_", onDisk(t, "therapy.pdf", note("Patient: Rosa Canarywell", 0)))
			maria.tab.Click("Upload for this")
			h.drain(t)
			maria.visit("/appeals")
			maria.tab.Click("Reconsideration")
			maria.says("New files", "therapy.pdf")
			maria.look("filing-" + name)

			lind := h.desk(t, tab.Person(options...), w.Reviewers[0])
			lind.visit("/review/appeals")
			lind.says("Reconsideration", "MRI, lower back")
			lind.look("appeals-" + name)
			lind.tab.Click("Reconsideration")
			lind.says("The decision changes", "The decision stays", "therapy.pdf")
			lind.look("appeal-" + name)
			lind.tab.Click("Decide again")
			lind.tab.Click("label[for=outcome_1]")
			lind.tab.Click("label[for=attested]")
			lind.tab.Click("Send determination")
			lind.says("Approved")
			h.at(review.UndoFor)
			h.drain(t)
			maria.visit("/appeals")
			maria.says("Decision changed")
			maria.look("filings-" + name)
			maria.visit("/orders/" + overturned.Number)
			maria.says("Approved", "Decision notice: approved")

			maria.visit("/orders/" + upheld.Number + "/dispute/new?kind=expedited_appeal")
			maria.says("Another physician decides than the one who made the decision.")
			maria.tab.Type("#urgent_why", "She can't walk.")
			maria.tab.Type("#reason", "The notes show therapy.")
			maria.tab.Click("Send")
			maria.says("Expedited appeal", "In review")
			lind.visit("/review/appeals")
			lind.tab.Click("Expedited appeal")
			lind.says("Somebody else answers this")
			lind.look("appeal-own-" + name)
			okafor := h.desk(t, tab.Person(options...), w.Reviewers[1])
			okafor.visit("/review/appeals")
			okafor.tab.Click("Expedited appeal")
			okafor.tab.Click("The decision stays")
			okafor.says("Write why the decision stays", "Write the reason for the member in plain words")
			okafor.look("appeal-errors-" + name)
			okafor.tab.Type("#rationale", "The notes are those we had.")
			okafor.tab.Type("#plain", "We saw no new records.")
			okafor.tab.Click("label[for=attested]")
			okafor.tab.Type("#password", walkPassword)
			okafor.tab.Click("The decision stays")
			okafor.says("Nothing waits for an answer.")
			h.drain(t)
			maria.visit("/orders/" + upheld.Number)
			maria.says("Decision stays", "The decision stays the same")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
