package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A nurse finds what nothing shows and asks the office for it; nobody answers;
// a physician denies with letters that say why; the office reads how each
// criterion stood and sends what shows one.
func TestGapsAreAskedForAndDenied(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			number := gaps(h)
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				l := w.Line
				l.ReconsiderationDays, l.Unanswered = 30, plan.DecideThen
				if err := plan.SaveLine(ctx, tx, account.Program(), l); err != nil {
					return err
				}
				return plan.Delegate(ctx, tx, account.Program(), plan.Delegation{PlanID: w.Plan.ID, Line: l.Code, Function: plan.Reconsideration, By: plan.Us, From: civil.Date{Year: 2020, Month: 1, Day: 1}})
			})
			nurse, doctor := h.person(t, "Aisha", account.Nurse), w.Reviewers[0]
			h.givePassword(t, doctor)
			tab := browser.New(t, options...)
			n := h.desk(t, tab, nurse)
			n.visit("/review")
			n.tab.Click("Next case")
			n.says("You are working on this case", "Criteria")
			n.tab.Click("Mark criterion 1")
			n.tab.Click("#criterion-1 label[for$='-3']")
			n.tab.Click("#criterion-1 button")
			n.says("1 not shown")
			n.visit("/review/cases/" + number)
			n.tab.Click("Ask for information")
			n.says("What is needed", "Item 1")
			if got := n.tab.Value("#ask_1"); got == "" {
				t.Error("nothing is proposed to be asked for")
			}
			n.look("gaps-ask-" + name)
			n.tab.Click("button[value=send]")
			n.says("needed:")
			h.at(message.UndoFor)
			h.drain(t)
			thread := h.asked(number)
			h.at(thread.ReplyBy.Sub(dbtest.Clock) + time.Minute)
			h.drain(t)

			p := h.desk(t, tab.Person(options...), doctor)
			p.visit("/review/cases/" + number)
			p.says("No reply in time")
			p.tab.Click("Decide")
			if got := p.tab.Value("#rationale"); !strings.HasPrefix(got, "Not shown: ") {
				t.Errorf("the reason suggested is %q", got)
			}
			p.tab.Click("Deny")
			p.tab.Click("label[for=kind]")
			p.tab.Click("label[for=attested]")
			p.tab.Type("#plain", "Your records do not show 6 weeks of care.")
			p.tab.Type("#password", walkPassword)
			p.tab.Click("Send determination")
			p.says("Denied", "Not shown: ")
			h.at(thread.ReplyBy.Sub(dbtest.Clock) + time.Minute + review.UndoFor)
			h.drain(t)

			maria := h.desk(t, tab.Person(options...), w.Maria)
			maria.visit("/orders/" + number)
			maria.says("Denied", "What wasn't met or shown", "Not shown", "Decision notice: denied", "More information is needed")
			maria.look("gaps-denied-" + name)
			maria.tab.Click(`a[href*="criterion=1"]`)
			maria.says("It is about:", "You add files on the next page.")
			maria.look("gaps-upload-" + name)
			maria.tab.Type("#reason", "The therapist's notes came today.")
			maria.tab.Click("Send")
			maria.says("The therapist's notes came today.", "About “")
			maria.look("gaps-filed-" + name)
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// asked is the message about an order.
func (h *house) asked(number string) (thread message.Thread) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		o, err := order.Get(ctx, tx, h.world.Maria, number)
		if err != nil {
			return err
		}
		all, err := message.AboutOrder(ctx, tx, h.world.Maria, o.ID)
		thread = all[0]
		return err
	})
	return thread
}
