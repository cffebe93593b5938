package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/infra/db"
)

// A system of the office finds what is asked of it, reads it and what was
// answered; another office's finds nothing, and internal notes are nowhere.
func TestASystemReadsWhatIsAsked(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w, aisha := h.world, h.person(t, "Aisha", account.Nurse)
		thread := h.talk(t, aisha)
		ours, theirs := h.system(t, w.Maria), h.system(t, w.Stranger)
		if n := len(ours.get("Task").wants(200).entries()); n != 0 {
			t.Errorf("%d tasks while it can be taken back", n)
		}
		h.at(message.UndoFor)
		h.drain(t)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			now, o, err := message.Get(ctx, tx, aisha, thread.Number)
			if err != nil {
				return err
			}
			_, err = message.Jot(ctx, tx, aisha, now, o, "canary for colleagues alone")
			return err
		})
		list := ours.get("Task?status=requested").wants(200)
		if all := list.entries(); len(all) != 1 || all[0]["id"] != thread.Number || all[0]["input"] != nil || all[0]["meta"] == nil {
			t.Fatalf("the list: %s", list.body)
		}
		task := ours.get("Task/" + thread.Number).wants(200)
		for _, words := range []string{"attachment-request-code", "payer-url", "Which treatments were tried?", "priorAuthorization", `"status":"requested"`, `"restriction":{"period":{"end":"2027-01-07T`} {
			if !strings.Contains(task.body, words) {
				t.Errorf("the task doesn't say %s: %s", words, task.body)
			}
		}
		asked := ours.get("CommunicationRequest/" + thread.Number).wants(200)
		if !strings.Contains(asked.body, "1. Send the office notes. (A file)") || asked.text("status") != "active" {
			t.Errorf("what is asked: %s", asked.body)
		}

		maria := h.as(t, w.Maria, "authenticator")
		form := maria.answers(thread.Number)
		form.Set("answer_1", "They are with the hospital.")
		form.Set("answer_2", "Therapy, 8 weeks.")
		form["may"], form["action"] = []string{"yes"}, []string{"part"}
		if got := maria.post("/messages/"+thread.Number, form); got.status != 303 {
			t.Fatalf("%d %s", got.status, text(got.body))
		}
		task = ours.get("Task/" + thread.Number).wants(200)
		output, _ := task.all["output"].([]any)
		if task.text("status") != "in-progress" || len(output) != 1 {
			t.Fatalf("answered in part: %s", task.body)
		}
		at := output[0].(map[string]any)["valueReference"].(map[string]any)["reference"].(string)
		said := ours.get(at).wants(200)
		if !strings.Contains(said.body, "Therapy, 8 weeks.") || strings.Contains(said.body, "Since when?") {
			t.Errorf("the answer: %s", said.body)
		}
		all := ours.get("Communication?based-on=CommunicationRequest/" + thread.Number).wants(200)
		if n := len(all.entries()); n != 2 || strings.Contains(all.body, "canary for colleagues") {
			t.Errorf("%d entries: %s", n, all.body)
		}
		for _, path := range []string{"Task/", "CommunicationRequest/"} {
			theirs.get(path + thread.Number).wants(404)
		}
		theirs.get(at).wants(404)
		ours.get("Communication/" + thread.Number + "-2").wants(404) // the note
		if n := len(theirs.get("Task").wants(200).entries()) + len(theirs.get("Communication?based-on=CommunicationRequest/"+thread.Number).wants(200).entries()); n != 0 {
			t.Errorf("another office finds %d", n)
		}
		ours.get("Task?patient=1").wants(422)
		var number string
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, o, err := message.Get(ctx, tx, w.Maria, thread.Number)
			number = o.Number
			return err
		})
		if n := len(ours.get("Task?identifier=" + url.QueryEscape("http://x|"+number)).wants(200).entries()); n != 1 {
			t.Errorf("%d tasks about the order", n)
		}
		var reads int
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			reads, err = db.Count(ctx, tx, `select count(*) from audit where action = 'message.read' and actor_id = $1`, string(w.Maria.ID))
			return err
		})
		if reads < 5 {
			t.Errorf("%d reads are audited", reads)
		}
		if all := h.faults(); all != "" {
			t.Error(all)
		}
	})
}
