package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A planSystem is a plan's own, that answers as a test wants it to.
type planSystem struct {
	answer atomic.Pointer[string] // nil: it is down
	hangs  atomic.Bool
	asked  atomic.Int32
}

const (
	inForce = `{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":true,"benefitPeriod":{"start":"2026-01-01","end":"2026-12-31"}}]}`
	ended   = `{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":false,"benefitPeriod":{"start":"2026-01-01","end":"2026-10-31"}}]}`
)

func (s *planSystem) says(text string) { s.answer.Store(&text) }

// planSystem has the world's plan be asked at a system of its own.
func (h *house) planSystem(t testing.TB) *planSystem {
	t.Helper()
	s := &planSystem{}
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if s.hangs.Load() {
			select {
			case <-release:
			case <-r.Context().Done():
			}
			return
		}
		text := s.answer.Load()
		if text == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(*text))
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		h.world.Plan.Eligibility = server.URL + "/r4"
		h.world.Plan, err = plan.Save(ctx, tx, account.Program(), h.world.Plan)
		return err
	})
	h.Plans.Limit = 200 * time.Millisecond
	return s
}

// While a plan's own system is slow or down a request goes on by the list of
// members, the pages and the order say that eligibility is to be confirmed, and
// what meets the criteria waits for the plan's word instead of for a person.
func TestEligibilitySlowAndDown(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			system := h.planSystem(t)
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			path := asked(t, h.as(t, h.world.Maria, "authenticator"))
			d.visit(path + "/order")
			d.says("Checking coverage with Harbor Health Plan…")
			h.at(20 * time.Second)
			d.visit(path + "/order")
			d.says("This is taking longer than usual. You can keep going", "By the list of members of Mon, Nov 23, 2026, Harbor Health Plan covers this patient")
			d.look("eligibility-slow-" + name)

			system.hangs.Store(true)
			h.drain(t)
			d.visit(path + "/order")
			d.says("We can't reach the eligibility service of Harbor Health Plan", "Everything else is working", "eligibility is to be confirmed")
			d.look("eligibility-down-" + name)
			system.hangs.Store(false)
			h.at(time.Minute)
			d.tab.Click("Try again")
			h.drain(t)
			d.visit(path + "/review")
			d.says("We can't reach the eligibility service", "Coverage is to be confirmed. List of members of Harbor Health Plan of Mon, Nov 23, 2026")
			d.look("eligibility-review-" + name)
			d.tab.Click("label[for=attested]")
			d.tab.Click("Send request")
			d.says("Request sent")
			d.tab.Click("Open the order")
			d.says("Eligibility to be confirmed: Harbor Health Plan has not answered yet.", "Coverage is to be confirmed.")
			d.look("eligibility-order-" + name)

			system.says(inForce)
			h.at(2 * time.Hour)
			h.drain(t)
			h.at(9 * time.Minute)
			d.visit("/orders/" + path[strings.LastIndexByte(path, '/')+1:])
			d.says("Harbor Health Plan confirmed the coverage.", "Covered on Tue, Dec 1, 2026. Harbor Health Plan, asked")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// A plan's own word goes before its list: what it doesn't cover is said on each
// page, and nothing is approved by software on the strength of the list.
func TestThePlansOwnWordGoesFirst(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.world.Lists()
		h.world.Publish("lumbar-mri")
		system := h.planSystem(t)
		system.says(ended)
		maria := h.as(t, h.world.Maria, "authenticator")
		path := asked(t, maria)
		h.drain(t)
		if got := maria.get(path + "/order").body; !strings.Contains(got, "says that coverage ended Sat, Oct 31, 2026") {
			t.Error("the page doesn't say that coverage ended")
		}
		n := system.asked.Load()
		confirm := path + "/patient/confirm"
		maria.to(confirm, map[string][]string{"patient": {choice(t, maria.get(confirm).body, "patient", "Rosa Canarywell")}})
		h.drain(t)
		if system.asked.Load() != n {
			t.Error("the plan was asked again about the same patient and day")
		}
		if h.faults() != "" {
			t.Error(h.faults())
		}
	})
}

// A stand-alone check leaves a receipt of its office, by the list or by the
// plan's own system.
func TestCheckEligibility(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit("/")
			d.tab.Click("Check eligibility")
			d.tab.Click("Check")
			d.says("There is a problem", "Enter the date of birth", "Enter the member ID")
			d.look("check-eligibility-wrong-" + name)
			d.tab.Type("#number", "HBR400100299")
			d.date("born", "4", "28", "1986")
			d.tab.Click("Check")
			d.says("We couldn't find this member")
			d.look("check-eligibility-nobody-" + name)
			d.tab.Type("#number", "HBR400100200")
			d.tab.Click("Check")
			d.says("Select the patient", "What differs is in bold.")
			d.tab.Click("Check")
			d.says("There is a problem")
			d.look("check-eligibility-twins-" + name)
			d.tab.Click("Rosa Canarywell, Harbor Health Plan")
			d.tab.Click("Check")
			d.says("Covered on Mon, Nov 23, 2026", "List of members of Harbor Health Plan of Mon, Nov 23, 2026", "This is no promise of payment")
			d.look("check-eligibility-" + name)
			receipt := strings.TrimPrefix(d.tab.URL(), h.url)
			if got := h.as(t, h.world.Stranger, "authenticator").get(receipt); got.status != 404 || strings.Contains(got.body, "Canarywell") {
				t.Errorf("another office at the receipt: %d", got.status)
			}

			system := h.planSystem(t)
			system.says(ended)
			d.visit("/eligibility")
			d.tab.Type("#number", "HBR400100200")
			d.date("born", "4", "28", "1986")
			d.tab.Click("Check")
			d.tab.Click("Rosa Canarywell, Harbor Health Plan")
			d.tab.Click("Check")
			d.says("Checking coverage with Harbor Health Plan", "One moment.")
			d.look("check-eligibility-asking-" + name)
			h.drain(t)
			if name == "noscript" {
				d.tab.Click("Look again")
			}
			d.soon("Not covered on Mon, Nov 23, 2026")
			d.says("Harbor Health Plan says that coverage ended Sat, Oct 31, 2026.")
			d.look("check-eligibility-ended-" + name)
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// soon waits until the page says words.
func (d *desk) soon(words string) {
	d.Helper()
	for try := 0; !strings.Contains(plain(d.tab.Text("body")), words); try++ {
		if try == 100 {
			d.Fatalf("%s doesn't come to say %q but\n%s", d.tab.URL(), words, plain(d.tab.Text("body")))
		}
		time.Sleep(100 * time.Millisecond)
	}
}
