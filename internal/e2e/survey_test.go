package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// Offices are asked how it went once somebody turned it on: by mail and on
// Home, without naming anybody. They answer, also without a script; what they
// wrote a supervisor reads, and numbers as small are told to nobody.
func TestSurveyAfterADecision(t *testing.T) {
	h := still(t, 1)
	admin := h.person(t, "Omar", account.Admin)
	tab := browser.New(t)
	omar := h.desk(t, tab, admin)
	omar.visit("/admin/surveys")
	omar.says("Surveys", "Nobody was asked yet.")
	tab.Click("After a decision")
	tab.Click("Save")
	o := h.world.Denied()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error { // as if she had sent the request
		_, err := tx.Exec(ctx, `update orders set created_by = $1 where id = $2`, string(h.world.Maria.ID), string(o.ID))
		return err
	})
	h.at(review.UndoFor)
	h.drain(t)
	if m := h.lastMail(t, h.world.Maria.Email); m.Subject == "How did it go?" {
		t.Fatal("asked at once")
	}
	h.at(5 * time.Hour)
	m := h.lastMail(t, h.world.Maria.Email)
	link := regexp.MustCompile(`/help/survey/srv_[\w-]+`).FindString(m.Text)
	if m.Subject != "How did it go?" || link == "" || strings.Contains(m.Text, "Canarywell") {
		t.Fatalf("%+v", m)
	}
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/")
	maria.look("survey-home")
	tab.Click("How did it go? Six short questions")
	maria.says("We decided on a request of yours recently.", "Would you recommend working with us to a colleague?", "Please name no patient here.")
	maria.look("survey")
	tab.Click("Send")
	maria.says("Answer at least one question, or skip all")
	maria.look("survey-wrong")
	tab.Click("Definitely")
	tab.Click("Once")
	tab.Type("#words", "The letter for Mrs. Canarywell was late.")
	tab.Click("Send")
	maria.says("Thank you")
	maria.look("survey-done")
	maria.visit("/")
	maria.silent("How did it go?")
	if a := h.as(t, h.world.Stranger, "authenticator").get(link); a.status != 404 {
		t.Errorf("somebody else opens it: %d", a.status)
	}

	omar = h.desk(t, tab, admin)
	omar.visit("/admin/surveys")
	omar.says("Musculoskeletal, after decisions, 2026-11", "Asked 1. Fewer than 5 answered.")
	omar.silent("Canarywell")
	omar.look("survey-results")
	if a := h.as(t, admin, "authenticator").get("/admin/surveys.csv"); a.status != 200 || strings.Contains(a.body, "Canarywell") || !strings.Contains(a.body, "under 5") {
		t.Errorf("%d %s", a.status, a.body)
	}
	ida := h.desk(t, tab, h.person(t, "Ida", account.Supervisor))
	ida.visit("/ops/comments")
	ida.says("after a decision", "The letter for Mrs. Canarywell was late.")
	ida.look("survey-comments")
	for _, who := range []account.Actor{admin, h.world.Scheduler, h.world.Maria} {
		if a := h.as(t, who, "authenticator").get("/ops/comments"); a.status != 403 {
			t.Errorf("%s reads comments: %d", who.Name, a.status)
		}
	}
}
