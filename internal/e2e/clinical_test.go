package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/scene"
)

// to posts a form that must lead on, and answers where.
func (r reader) to(path string, form url.Values) string {
	r.t.Helper()
	got := r.post(path, form)
	if got.status != 303 {
		r.t.Fatalf("%s: %d", path, got.status)
	}
	return got.to
}

// begun begins a request for Rosa, without a browser; it answers with the
// request's address.
func begun(t *testing.T, r reader) string {
	t.Helper()
	confirm := r.to("/requests/new", url.Values{"service_month": {"12"}, "service_day": {"1"}, "service_year": {"2026"}, "number": {scene.Card}, "born_month": {"4"}, "born_day": {"28"}, "born_year": {"1986"}})
	path := strings.TrimSuffix(confirm, "/patient/confirm")
	r.to(confirm, url.Values{"patient": {choice(t, r.get(confirm).body, "patient", "Rosa Canarywell")}})
	return path
}

// asked begins a request for an MRI of her lower back and says all but the
// clinical part.
func asked(t *testing.T, r reader) string {
	t.Helper()
	path := begun(t, r)
	r.to(path+"/order", url.Values{"service": {"72148"}, "diagnosis": {"M54.50"}, "urgency": {"standard"}})
	form := r.get(path + "/providers").body
	r.to(path+"/providers", url.Values{"practitioner": {choice(t, form, "practitioner", "Ada Okafor")}, "contact_name": {"Maria Chen"},
		"contact_phone": {"555-555-0147"}, "contact_email": {"maria@office.example"}, "site": {"open"}})
	return path
}

// choice is the value of the radio button of a page whose label begins so.
func choice(t *testing.T, page, name, label string) string {
	t.Helper()
	radio := regexp.MustCompile(`name="` + name + `" value="([^"]*)"[^>]*>\s*<label[^>]*>` + regexp.QuoteMeta(label))
	found := radio.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("there is no %s %q", name, label)
	}
	return found[1]
}

// The clinical questions of a request, with a script and without: one at a
// time, all on one page, what is wrong at its question, the criteria beside
// them, and a change that restarts some.
func TestClinicalQuestions(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			h.world.Publish("lumbar-mri")
			path := asked(t, h.as(t, h.world.Maria, "authenticator"))
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit(path)
			d.says("Clinical questions", "Not started")
			d.look("clinical-overview-" + name)
			d.visit(path + "/clinical")
			d.says("Does the patient have any of these?", "Question 1 of about", "Criteria for lumbar spine MRI", "Need more")
			d.look("clinical-first-" + name)
			d.tab.Click("Continue")
			d.says("There is a problem", "Select what applies to the patient")
			d.look("clinical-wrong-" + name)
			d.tab.Click("None of these")
			d.tab.Click("Continue")
			d.says("When did this episode")
			d.tab.Type("[name='q.symptom_start']", "last summer")
			d.tab.Click("Continue")
			d.says("must be a real date")
			d.look("clinical-date-" + name)
			d.tab.Type("[name='q.symptom_start']", "09/01/2026")
			d.tab.Click("Continue")
			d.says("Treatment for this episode", "For how many weeks in all?")
			d.tab.Click("Why we ask")
			d.look("clinical-group-" + name)
			d.tab.Click("Physical therapy or a home exercise program")
			d.tab.Type("[name='q.care_weeks']", "8 wks")
			d.tab.Click("Show all questions on one page")
			d.says("Clinical questions", "How are the symptoms after this treatment?", "Was there an MRI")
			if got := d.tab.Value("[name='q.care_weeks']"); got != "8" {
				t.Errorf("8 wks stands as %q", got)
			}
			d.look("clinical-whole-" + name)
			d.tab.Click("About the same")
			d.tab.Click("Whether to operate")
			d.tab.Click("Continue")
			d.says("Select whether there was an MRI")
			d.tab.Click("[name='q.earlier_mri'][value=no] + label")
			d.tab.Click("Continue")
			d.says("Files", "The latest office note with history and examination")
			d.look("clinical-files-" + name)
			d.tab.Click("I don’t have this: say why")
			d.tab.Type("[name^=without]", "The note is in the hospital's record")
			d.tab.Click("Continue")
			d.says("Check your answers and send", "Clinical questions: Lumbar spine MRI", "8 weeks", "About the same")
			d.look("clinical-check-" + name)
			d.tab.Click("label[for=attested]")
			d.tab.Click("Send request")
			d.says("Request sent")
			d.tab.Click("Open the order")
			d.tab.Click("Clinical answers")
			d.says("Physical therapy or a home exercise program", "Answered by Maria Chen", "Met")
			d.look("clinical-answers-" + name)
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
