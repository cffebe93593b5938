package e2e

import (
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/scene"
)

// A request from the patient's card to an order, with a script and without:
// twins told apart, words in place of codes, each page's faults at its fields,
// and nothing sent twice.
func TestARequestBecomesAnOrder(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit("/")
			d.tab.Click("Start a request")
			d.pickPatient(name)
			d.pickOrder(name)
			d.pickProviders(name)
			d.send(name)
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

func (d *desk) date(name, month, day, year string) {
	d.Helper()
	d.tab.Type("#"+name+"_month", month)
	d.tab.Type("#"+name+"_day", day)
	d.tab.Type("#"+name+"_year", year)
}

func (d *desk) pickPatient(name string) {
	d.look("request-new-" + name)
	d.tab.Click("Continue")
	d.says("There is a problem", "Enter the date of service", "Enter the date of birth", "Enter the member ID")
	d.look("request-new-wrong-" + name)
	d.date("service", "12", "1", "2026")
	d.tab.Type("#number", "hbr-400 100 299")
	d.date("born", "4", "28", "1986")
	d.tab.Click("Continue")
	d.says("We couldn't find this member")
	d.look("request-nobody-" + name)
	d.tab.Click("Check the member ID and the date of birth")
	if got := d.tab.Value("#number"); got != "hbr-400 100 299" {
		d.Errorf("what was typed became %q", got)
	}
	d.tab.Type("#number", "hbr-400 100 20001")
	d.tab.Click("Continue")
	d.says("Is this the patient?", "Ruth", "What differs is in bold.")
	d.look("request-twins-" + name)
	d.tab.Click("Continue")
	d.says("Select the patient")
	d.tab.Click("Rosa Canarywell, Harbor Health Plan")
	d.tab.Click("Continue")
}

func (d *desk) pickOrder(name string) {
	d.says("What is being ordered", "Rosa Canarywell", "Decision by")
	d.look("request-order-" + name)
	d.tab.Type("#service", "lumbar mri")
	d.tab.Type("#diagnosis", "low back")
	d.tab.Click("label[for=urgency]")
	d.tab.Click("Continue")
	d.says("There is a problem", "Choose a procedure, or enter something else", "Choose a diagnosis, or enter something else", "72148, MRI, lower back", "M54.50, Low back pain, unspecified")
	d.look("request-order-words-" + name)
	d.tab.Click("72148, MRI, lower back")
	d.tab.Click("M54.50, Low back pain, unspecified")
	d.tab.Click("Add another service")
	d.tab.Type("#service_2", "29881")
	d.tab.Click("Continue")
	d.says("Select which side")
	d.look("request-order-side-" + name)
	d.tab.Click("Right")
	d.tab.Click("Continue")
}

func (d *desk) pickProviders(name string) {
	d.says("Who is ordering?", "Ada Okafor, MD")
	d.look("request-providers-" + name)
	d.tab.Click("Continue")
	d.says("There is a problem", "Enter a phone number", "Select where it will be done")
	d.look("request-providers-wrong-" + name)
	d.tab.Type("#contact_phone", "555-555-0147")
	d.tab.Click("Search for a site")
	d.tab.Type("#site_search", "valley")
	d.tab.Click("Find sites")
	d.says("Cedar Valley Imaging", "9 Scanner Way")
	d.look("request-providers-site-" + name)
	d.tab.Click("Cedar Valley Imaging")
	d.tab.Click("Continue")
}

func (d *desk) send(name string) {
	d.says("Check your answers and send", "Knee arthroscopy (29881), right", "Low back pain, unspecified (M54.50)", "Cedar Valley Imaging", "the decision is due by")
	d.look("request-check-" + name)
	d.tab.Click("Save and exit")
	d.says("Completed", "It expires")
	d.look("request-overview-" + name)
	d.visit("/drafts")
	d.says("Rosa Canarywell", "3 of 3")
	d.look("drafts-" + name)
	d.tab.Click("Rosa Canarywell")
	d.tab.Click("main .usa-button")
	d.tab.Click("Send request")
	d.says("Check the box to confirm the information is accurate")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("Request sent", "Decision by Mon, Nov 30")
	d.look("request-sent-" + name)
	d.tab.Click("Open the order")
	d.says("MRI, lower back", "Knee arthroscopy", "Cedar Valley Imaging")
}

// What a stranger, a second tab and a double click find.
func TestARequestIsItsOfficesAndIsSentOnce(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	maria, stranger := h.as(t, h.world.Maria, "authenticator"), h.as(t, h.world.Stranger, "authenticator")
	begin := url.Values{"service_month": {"12"}, "service_day": {"1"}, "service_year": {"2026"}, "number": {scene.Card}, "born_month": {"4"}, "born_day": {"28"}, "born_year": {"1986"}, "_key": {"k1"}}
	first, again := maria.post("/requests/new", begin), maria.post("/requests/new", begin)
	if first.status != 303 || first.to != again.to {
		t.Fatalf("begun twice: %d %q, %q", first.status, first.to, again.to)
	}
	path := strings.TrimSuffix(first.to, "/patient/confirm")
	for _, page := range []string{"", "/patient", "/patient/confirm", "/order", "/providers", "/review", "/procedures?q=mri"} {
		if got := stranger.get(path + page); got.status != 404 || strings.Contains(got.body, "Canarywell") {
			t.Errorf("a stranger at %s: %d", page, got.status)
		}
	}
	if got := maria.get(path + "/review"); got.status != 303 {
		t.Errorf("review before all is said: %d", got.status)
	}
	if got := maria.post(path+"/order", url.Values{"service": {"72148"}}); got.status != 303 || !strings.HasSuffix(got.to, "/patient") {
		t.Errorf("an order before its patient: %d %s", got.status, got.to)
	}
}
