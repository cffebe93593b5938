package request_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// meets are answers to the questions about an MRI of the lower back that meet
// its criteria.
var meets = url.Values{"q.red_flags": {"none"}, "q.symptom_start": {"9/1/2026"}, "q.care_kinds": {"exercise"}, "q.care_weeks": {"8 wks"},
	"q.response": {"same"}, "q.next_step": {"surgery"}, "q.earlier_mri": {"no"}}

func office(t *testing.T, d *db.DB) *scene.World {
	w := scene.New(t, d, 1)
	w.Lists()
	w.Publish("lumbar-mri")
	return w
}

// answer posts answers to all questions of a guideline, as often as they open
// others.
func answer(w *scene.World, by account.Actor, r request.Request, posted url.Values, seen int) (out request.Answering, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		for again := true; again; again = out.Again {
			if out, err = request.SaveAnswers(ctx, tx, by, r, "lumbar-mri", "", posted, seen); err != nil {
				return err
			}
			r, seen = out.Request, out.Questions.Response.Version
		}
		return nil
	})
	return out, err
}

func ask(w *scene.World, r request.Request) (all []request.Questions) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = request.Ask(ctx, tx, w.Maria, r)
		return err
	})
	return all
}

func TestAnswersComplete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		if r.Next() != request.ClinicalPart || r.Clinical.Guidelines != 1 {
			t.Fatalf("next is %q, %+v", r.Next(), r.Clinical)
		}
		half := url.Values{"q.red_flags": {"none"}, "q.symptom_start": {"9/1/2026"}, "q.care_weeks": {"many"}}
		out, err := answer(w, w.Maria, r, half, 1)
		if err != nil || out.Request.Done(request.ClinicalPart) {
			t.Fatalf("half an answer: %v, %+v", err, out.Request.Clinical)
		}
		out, err = answer(w, w.Maria, out.Request, half, out.Questions.Response.Version)
		if err != nil || out.Faults["q.care_weeks"] == "" || out.Questions.Response.Answers["symptom_start"].Values == nil {
			t.Fatalf("%v: %v; what could be read isn't kept", err, out.Faults)
		}
		out, err = answer(w, w.Maria, out.Request, meets, out.Questions.Response.Version)
		if err != nil || len(out.Faults) > 0 || out.Request.Next() != "" {
			t.Fatalf("%v, %v, next %q", err, out.Faults, out.Request.Next())
		}
		if !out.Questions.Meter().Approve {
			t.Error("the criteria are not met")
		}
	})
}

// Two people of an office answer at once: on different pages nothing is in
// anybody's way, and on the same page nobody is overwritten unseen.
func TestTwoAnswerAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		r := w.Filled()
		var jess account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			jess, err = w.Person(ctx, tx, "Jess", "Ng", w.Office.ID, account.OfficeStaff)
			return err
		})
		one := func(by account.Actor, r request.Request, page string, posted url.Values, seen int) request.Answering {
			t.Helper()
			var out request.Answering
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				out, err = request.SaveAnswers(ctx, tx, by, r, "lumbar-mri", page, posted, seen)
				return err
			})
			return out
		}
		first := one(w.Maria, r, "red_flags", url.Values{"q.red_flags": {"none"}}, 1)
		seen := first.Questions.Response.Version
		theirs := one(jess, first.Request, "earlier", url.Values{"q.earlier_mri": {"no"}}, seen)
		mine := one(w.Maria, theirs.Request, "response", url.Values{"q.response": {"same"}}, seen)
		if len(mine.Theirs) > 0 || len(mine.Questions.Response.Answers) < 3 {
			t.Fatalf("another page is in the way: %+v", mine.Theirs)
		}
		lost := one(w.Maria, mine.Request, "earlier", url.Values{"q.earlier_mri": {"yes"}}, seen)
		if len(lost.Theirs) != 1 || lost.Theirs[0].Name != "Jess Ng" || lost.Theirs[0].LinkID != "earlier_mri" {
			t.Fatalf("overwritten unseen: %+v", lost.Theirs)
		}
		if got := ask(w, mine.Request)[0].Response.Answers["earlier_mri"].Values[0]; got.Yes {
			t.Error("Jess's answer is gone")
		}
		kept := one(w.Maria, mine.Request, "earlier", url.Values{"q.earlier_mri": {"yes"}}, mine.Questions.Response.Version)
		if len(kept.Theirs) > 0 || !ask(w, mine.Request)[0].Response.Answers["earlier_mri"].Values[0].Yes {
			t.Error("Maria can't keep hers after she saw Jess's")
		}
	})
}

func TestQuestionsChangeUnderADraft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		out, err := answer(w, w.Maria, w.Filled(), meets, 1)
		if err != nil {
			t.Fatal(err)
		}
		w.Publish("lumbar-mri", `"version": "2026.1"`, `"version": "2026.2"`, `"How are the symptoms after this treatment?"`, `"How is the pain after this treatment?"`)
		all := ask(w, out.Request)
		if all[0].Current() || !strings.Contains(all[0].Changed(w.Plan.Zone()).String(), "1 needs a new answer") {
			t.Fatalf("current %v: %q", all[0].Current(), all[0].Changed(w.Plan.Zone()))
		}
		if _, err := answer(w, w.Maria, out.Request, meets, all[0].Response.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("answered by the old questions: %v", err)
		}
		var r request.Request
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = request.Prepare(ctx, tx, w.Maria, out.Request)
			return err
		})
		if r.Next() != request.ClinicalPart {
			t.Errorf("next is %q", r.Next())
		}
		answers := ask(w, r)[0].Response.Answers
		if _, there := answers["response"]; there || answers["care_weeks"].Values == nil {
			t.Errorf("carried over: %v", answers)
		}
	})
}

// Another procedure starts questions again only once that is agreed; another
// patient always does.
func TestWhatRestartsTheQuestions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := office(t, d)
		w.Publish("knee")
		out, err := answer(w, w.Maria, w.Filled(), meets, 1)
		if err != nil {
			t.Fatal(err)
		}
		knee := request.Asked{Services: []request.AskedService{{Code: "29881", Side: "left"}}, Diagnoses: []string{"M54.50"}, Urgency: "standard"}
		save := func(r request.Request, a request.Asked) (saved request.Request, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				saved, err = request.SaveOrder(ctx, tx, w.Maria, r, r.Version, a)
				return err
			})
			return saved, err
		}
		if _, err := save(out.Request, knee); fault.Of(err).Fields["restart"] == "" {
			t.Fatalf("nobody was asked: %v", err)
		}
		if got := ask(w, out.Request); got[0].Guideline.ID != "lumbar-mri" || len(got[0].Response.Answers) < 7 {
			t.Fatal("asking lost answers")
		}
		knee.Restart = true
		r, err := save(out.Request, knee)
		if err != nil || ask(w, r)[0].Guideline.ID != "knee" || !ask(w, r)[0].Current() || r.Next() != request.ClinicalPart {
			t.Fatalf("%v, next %q", err, r.Next())
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			people, err := request.FindPatient(ctx, tx, w.Maria, r)
			if err != nil {
				return err
			}
			for _, p := range people {
				if p.ID != w.Member.ID {
					if r, err = request.ChoosePatient(ctx, tx, w.Maria, r, r.Version, p.ID, ""); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if q := ask(w, r)[0]; string(q.Response.MemberID) != r.Patient.MemberID || q.Response.Answers.ByPeople() > 0 {
			t.Errorf("answers about somebody else remain: %v", q.Response.Answers)
		}
	})
}
