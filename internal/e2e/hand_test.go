package e2e

import (
	"context"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// practices gives somebody of the office the seat of the world's doctor.
func (h *house) practices(who account.Actor) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update membership set practitioner_id = $1 where person_id = $2`, h.world.Doctor.ID, string(who.ID))
		return err
	})
}

// An office hands the clinical questions to the physician, who hears of it by a
// mail that names nobody, finds them on the first page, answers and hands them
// back to who asked.
func TestThePhysicianAnswers(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			h.world.Publish("lumbar-mri")
			path := asked(t, h.as(t, h.world.Maria, "authenticator"))
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit(path + "/clinical/lumbar-mri/red_flags")
			d.tab.Click("Ask Ada Okafor, MD to answer these")
			d.says("There is a problem", "Ada Okafor, MD has no account here. Your administrator can invite them.")
			d.look("hand-nobody-" + name)
			doctor := h.colleague("Ada", "Okafor", account.Clinician)
			h.practices(doctor)
			d.visit(path + "/clinical/lumbar-mri/red_flags")
			d.tab.Click("Ask Ada Okafor, MD to answer these")
			d.says("With Ada Okafor, MD", "Maria Chen asked Ada Okafor, MD to answer the clinical questions")
			d.look("hand-asked-" + name)
			h.drain(t)
			mails := h.mail.All()
			if len(mails) != 1 || mails[0].To.Email != doctor.Email || strings.Contains(mails[0].Text+mails[0].Subject, "Canarywell") {
				t.Fatalf("%d mails: %+v", len(mails), mails)
			}
			if got := h.as(t, h.world.Maria, "authenticator").post(path+"/hand-back", nil); got.status != 403 {
				t.Errorf("Maria hands back what is not hers: %d", got.status)
			}

			s := h.desk(t, browser.New(t, options...), doctor)
			s.visit("/")
			s.says("Needs your attention", "Answer the clinical questions of request ending")
			s.silent("Canarywell")
			s.look("hand-home-" + name)
			s.tab.Click("Answer the clinical questions of request ending " + path[len(path)-4:])
			s.says("These questions wait for you")
			s.look("hand-question-" + name)
			s.tab.Click("None of these")
			s.tab.Click("Continue")
			s.tab.Click("Hand back to Maria Chen")
			s.says("Ada Okafor handed it back")
			s.visit("/")
			s.silent("Clinical questions that wait for you")
			h.drain(t)
			if mails = h.mail.All(); len(mails) != 2 || mails[1].To.Email != h.world.Maria.Email {
				t.Errorf("%d mails", len(mails))
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
