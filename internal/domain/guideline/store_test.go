package guideline_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var ctx = context.Background()

// A world is two plans, two programs and the guideline on the lower back.
type world struct {
	*testing.T
	d       *db.DB
	now     time.Time
	harbor  plan.Plan
	prairie plan.Plan
	msk     plan.Program
	sleep   plan.Program
	lumbar  []byte
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{T: t, d: d, now: dbtest.Clock}
		d.Now = func() time.Time { return w.now }
		w.do(func(tx *db.Tx) (err error) {
			for code, p := range map[string]*plan.Plan{"harbor": &w.harbor, "prairie": &w.prairie} {
				if *p, err = plan.Save(ctx, tx, account.Program(), plan.Plan{Code: code, Name: code, TimeZone: "America/Chicago"}); err != nil {
					return err
				}
			}
			for code, p := range map[string]*plan.Program{"msk": &w.msk, "sleep": &w.sleep} {
				if *p, err = plan.SaveProgram(ctx, tx, account.Program(), plan.Program{Code: code, Name: code, SlotMinutes: 30, Confirm: "instant"}); err != nil {
					return err
				}
			}
			return nil
		})
		text, err := os.ReadFile("library/lumbar-mri.json")
		if err != nil {
			t.Fatal(err)
		}
		w.lumbar = text
		f(w)
	})
}

func (w *world) do(f func(tx *db.Tx) error) {
	w.Helper()
	if err := w.try(f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) try(f func(tx *db.Tx) error) error {
	w.Helper()
	return w.d.Update(ctx, f)
}

func (w *world) publish(text []byte) (p guideline.Published, fresh bool, err error) {
	w.Helper()
	err = w.try(func(tx *db.Tx) (err error) {
		p, fresh, err = guideline.Publish(ctx, tx, admin, text)
		return err
	})
	return p, fresh, err
}

// with is the guideline with one text in place of another.
func (w *world) with(pairs ...string) []byte {
	w.Helper()
	text := string(w.lumbar)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			w.Fatalf("%s is not in the guideline", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return []byte(text)
}

var (
	admin  = seat("per_admin", "Kai Admin", account.Admin, "org_um")
	maria  = seat("per_maria", "Maria Chen", account.OfficeStaff, "org_cedar")
	jess   = seat("per_jess", "Jess Ng", account.Clinician, "org_cedar")
	other  = seat("per_other", "Otto Other", account.OfficeStaff, "org_birch")
	site   = seat("per_site", "Tess Site", account.Site, "org_cedar")
	nurse  = seat("per_nurse", "Aisha Nurse", account.Nurse, "org_um")
	audits = seat("per_audit", "Ann Auditor", account.Auditor, "org_um")
)

func seat(id account.PersonID, name string, role account.Role, organization string) account.Actor {
	return account.Actor{ID: id, Name: name, Verified: true, Seats: []account.Seat{{OrganizationID: organization, Role: role}}}
}

func day(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// start publishes and begins a response at Cedar.
func (w *world) start() (guideline.Response, guideline.Published) {
	w.Helper()
	p, _, err := w.publish(w.lumbar)
	if err != nil {
		w.Fatal(err)
	}
	var r guideline.Response
	w.do(func(tx *db.Tx) (err error) {
		r, err = guideline.Start(ctx, tx, maria, guideline.Response{RequestID: "drf_1", OrganizationID: "org_cedar", MemberID: "mbr_1", PlanID: w.harbor.ID, ProgramID: w.msk.ID}, p, facts)
		return err
	})
	return r, p
}

var facts = guideline.Facts{Service: civil.Date{Year: 2026, Month: time.December, Day: 1}, Code: "72148"}

func (w *world) open(by account.Actor, id guideline.ResponseID) (r guideline.Response, err error) {
	w.Helper()
	err = w.d.View(ctx, func(tx *db.Tx) (err error) {
		r, _, err = guideline.Open(ctx, tx, by, id)
		return err
	})
	return r, err
}

// answer posts fields as a page would.
func (w *world) answer(by account.Actor, r guideline.Response, p guideline.Published, fields ...string) (guideline.Response, error) {
	w.Helper()
	posted := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		posted.Add("q."+fields[i], fields[i+1])
	}
	key := fields[0]
	for _, page := range p.Form(facts, r.Answers).Pages {
		for _, f := range page.Items {
			if f.LinkID == fields[0] {
				key = page.Key
			}
		}
	}
	taken := p.Take(facts, r.Answers, key, posted, guideline.Stamp{By: by.ID, At: w.now})
	if len(taken.Faults) > 0 {
		w.Fatalf("%v", taken.Faults)
	}
	var saved guideline.Response
	err := w.try(func(tx *db.Tx) (err error) {
		saved, err = guideline.SaveAnswers(ctx, tx, by, r, facts, taken.Answers)
		return err
	})
	return saved, err
}

func TestAnswersAreKeptWithWhoGaveThem(t *testing.T) {
	each(t, func(w *world) {
		r, p := w.start()
		w.now = w.now.Add(time.Minute)
		r, err := w.answer(maria, r, p, "red_flags", "none")
		if err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Minute)
		if r, err = w.answer(jess, r, p, "care_kinds", "exercise", "care_weeks", "6 wks"); err != nil {
			t.Fatal(err)
		}
		got, err := w.open(maria, r.ID)
		if err != nil || got.Version != 3 || got.Changer != "Jess Ng" {
			t.Fatalf("%v version %d by %s", err, got.Version, got.Changer)
		}
		flags, weeks := got.Answers["red_flags"], got.Answers["care_weeks"]
		if flags.By != "per_maria" || weeks.By != "per_jess" || weeks.Values[0].Number != 6 || weeks.Origin != guideline.Manual || !weeks.At.Equal(w.now) {
			t.Errorf("%+v %+v", flags, weeks)
		}
		same, err := w.answer(maria, got, p, "red_flags", "none")
		if err != nil || same.Version != 3 {
			t.Errorf("saving the same: %v, version %d", err, same.Version)
		}
		w.do(func(tx *db.Tx) error {
			ids, err := guideline.OfRequest(ctx, tx, "drf_1")
			if len(ids) != 1 || ids[0] != r.ID {
				t.Errorf("%v", ids)
			}
			entries, _ := audit.Of(ctx, tx, "guideline_response", string(r.ID))
			var actions []string
			for _, e := range entries {
				actions = append(actions, e.Action)
				if e.MemberID != "mbr_1" || strings.Contains(e.Detail, "exercise") {
					t.Errorf("%+v", e)
				}
			}
			if strings.Join(actions, " ") != "answers.read answers.saved answers.saved answers.started" {
				t.Errorf("%v", actions)
			}
			return err
		})
	})
}

func TestALostRaceSaysWhoChangedWhat(t *testing.T) {
	each(t, func(w *world) {
		seen, p := w.start()
		if _, err := w.answer(jess, seen, p, "red_flags", "none"); err != nil {
			t.Fatal(err)
		}
		_, err := w.answer(maria, seen, p, "red_flags", "cancer")
		if !fault.Is(err, fault.Conflict) || fault.Of(err).Text.String() != "Jess Ng changed “Does the patient have any of these?” while you were looking." {
			t.Errorf("%v", err)
		}
		got, _ := w.open(maria, seen.ID)
		if a := got.Answers["red_flags"]; len(a.Values) != 1 || a.Values[0].Text != "none" {
			t.Errorf("overwritten: %+v", a)
		}
	})
}

func TestWhoMayAnswerAndRead(t *testing.T) {
	each(t, func(w *world) {
		r, p := w.start()
		elsewhere := nurse
		elsewhere.Scopes = []account.Scope{{PlanID: string(w.prairie.ID)}}
		for _, c := range []struct {
			by          account.Actor
			read, write fault.Kind // Internal: allowed
		}{
			{maria, fault.Internal, fault.Internal}, {jess, fault.Internal, fault.Internal}, {nurse, fault.Internal, fault.Internal}, {account.Program(), fault.Internal, fault.Internal},
			{other, fault.NotFound, fault.NotFound}, {elsewhere, fault.NotFound, fault.NotFound}, {account.Actor{}, fault.NotFound, fault.NotFound},
			{site, fault.Denied, fault.Denied}, {audits, fault.Denied, fault.Denied}, {seat("per_md", "Dr. Lind", account.Physician, "org_um"), fault.Internal, fault.Denied},
		} {
			want := func(what string, err error, kind fault.Kind) {
				if kind == fault.Internal && err != nil || kind != fault.Internal && !fault.Is(err, kind) {
					t.Errorf("%s %s: %v", c.by.Name, what, err)
				}
			}
			got, err := w.open(c.by, r.ID)
			want("reads", err, c.read)
			if err != nil && got.ID != "" {
				t.Errorf("%s is told nothing and gets %v", c.by.Name, got.ID)
			}
			want("weighs", w.try(func(tx *db.Tx) error { _, err := guideline.Weigh(ctx, tx, c.by, r.ID, facts); return err }), c.read)
			posing := r // who says that it is their own is not believed
			posing.OrganizationID = "org_birch"
			_, err = w.answer(c.by, posing, p, "earlier_mri", "no")
			if c.by.ActsFor("org_cedar") {
				want("poses", err, fault.NotFound)
				_, err = w.answer(c.by, r, p, "earlier_mri", "no")
			}
			want("answers", err, c.write)
			if err == nil {
				r, _ = w.open(account.Program(), r.ID)
			}
			want("starts", w.try(func(tx *db.Tx) error {
				_, err := guideline.Start(ctx, tx, c.by, guideline.Response{RequestID: "drf_" + string(c.by.ID), OrganizationID: "org_cedar", PlanID: w.harbor.ID, ProgramID: w.msk.ID}, p, facts)
				return err
			}), c.write)
		}
	})
}

func TestFinishAndChange(t *testing.T) {
	each(t, func(w *world) {
		r, p := w.start()
		finish := func() error {
			return w.try(func(tx *db.Tx) (err error) {
				r, err = guideline.Finish(ctx, tx, maria, r, facts)
				return err
			})
		}
		stored := r
		if err := finish(); !fault.Is(err, fault.Invalid) || fault.Of(err).Fields["q.earlier_mri"].String() != "Select whether there was an MRI in the last 12 months" {
			t.Errorf("finished without answers: %v", err)
		}
		var err error
		if r, err = w.answer(maria, stored, p, "red_flags", "cancer"); err != nil {
			t.Fatal(err)
		}
		if r, err = w.answer(maria, r, p, "earlier_mri", "no"); err != nil {
			t.Fatal(err)
		}
		next, _, err := w.publish(w.with("2026.1", "2027.1", "Was there an MRI of the lower back in the 12 months before the date of service?", "Was there an MRI of the spine in the year before the date of service?"))
		if err != nil {
			t.Fatal(err)
		}
		var c guideline.Carried
		w.do(func(tx *db.Tx) (err error) {
			r, c, err = guideline.Change(ctx, tx, maria, r, next, facts)
			return err
		})
		if got := c.Changed(day("2026-11-18")).String(); got != "The questions changed on Nov 18, 2026. We kept 1 answer; 1 needs a new answer." {
			t.Errorf("%s %+v", got, c)
		}
		if r, err = w.answer(maria, r, next, "earlier_mri", "no"); err != nil {
			t.Fatal(err)
		}
		w.do(func(tx *db.Tx) error {
			result, err := guideline.Weigh(ctx, tx, maria, r.ID, facts)
			a, ok := result.Outcome.CanBeApproved()
			if !ok || a.Guideline != "Lumbar spine MRI 2027.1" || a.Code != "72148" || a.Units != 1 || a.Days != 90 || len(a.Files) != 1 || a.Files[0].ID != "note" {
				t.Errorf("%+v %v", a, ok)
			}
			return err
		})
		if err := finish(); err != nil || !r.Done {
			t.Fatalf("%v %v", err, r.Done)
		}
		if _, err := w.answer(maria, r, next, "earlier_mri", "yes"); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed after it was sent: %v", err)
		}
	})
}

// An answer that does not fit the questions is refused, wherever it is from.
func TestAnswersThatDoNotFit(t *testing.T) {
	each(t, func(w *world) {
		r, _ := w.start()
		for name, a := range map[string]guideline.Answers{
			"an unknown question": {"nonsense": {Values: []guideline.Value{{Yes: true}}}},
			"an unknown option":   {"red_flags": {Values: []guideline.Value{{Text: "nonsense"}}}},
			"none and another":    {"red_flags": {Values: []guideline.Value{{Text: "none"}, {Text: "cancer"}}}},
			"too many weeks":      {"care_weeks": {Values: []guideline.Value{{Number: 9999}}}},
			"not documented":      {"red_flags": {NotDocumented: true}},
		} {
			err := w.try(func(tx *db.Tx) error {
				_, err := guideline.SaveAnswers(ctx, tx, maria, r, facts, a)
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What is brought along at the start is kept with its origin, and refused if
// it doesn't fit.
func TestAStartWithAnswersFromTheRecord(t *testing.T) {
	each(t, func(w *world) {
		_, p := w.start()
		begin := func(request string, a guideline.Answers) (r guideline.Response, err error) {
			err = w.try(func(tx *db.Tx) (err error) {
				r, err = guideline.Start(ctx, tx, maria, guideline.Response{RequestID: request, OrganizationID: "org_cedar", PlanID: w.harbor.ID, ProgramID: w.msk.ID, Answers: a}, p, facts)
				return err
			})
			return r, err
		}
		r, err := begin("drf_2", guideline.Answers{"earlier_mri": {Values: []guideline.Value{{Yes: true}}, Origin: guideline.AutoClient}, "red_flags": {Values: []guideline.Value{{Text: "none"}}}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.open(maria, r.ID)
		if a := got.Answers["earlier_mri"]; err != nil || a.Origin != guideline.AutoClient || a.By != maria.ID || !a.Values[0].Yes || got.Answers["red_flags"].Origin != guideline.Manual {
			t.Errorf("%v %+v", err, got.Answers)
		}
		if _, err := begin("drf_3", guideline.Answers{"red_flags": {Values: []guideline.Value{{Text: "nonsense"}}}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	})
}

func TestOneResponseForARequest(t *testing.T) {
	each(t, func(w *world) {
		_, p := w.start()
		err := w.try(func(tx *db.Tx) error {
			_, err := guideline.Start(ctx, tx, maria, guideline.Response{RequestID: "drf_1", OrganizationID: "org_cedar", PlanID: w.harbor.ID, ProgramID: w.msk.ID}, p, facts)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
	})
}
