package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	golang "github.com/arran4/golang-ical"
	emersion "github.com/emersion/go-ical"

	"parley/internal/api/fhir"
	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed/feedtest"
)

// setup makes one person a physician reviewer of what imports bring, by the
// file an operator would write.
const setup = `{
	"programs": [{"code": "general", "name": "General services", "slot_minutes": 30, "confirm": "instant", "look_ahead_days": 10, "hold_minutes": 5, "notice_minutes": 60, "distribution": "p2p@um.example"}],
	"reviewers": [{"email": "erik@um.example", "specialty": "Internal medicine", "time_zone": "America/Denver", "physician": true, "daily_calls": 10, "programs": ["general"],
		"licenses": [{"state": "CA", "number": "CA-1", "expires": "2030-01-01"}],
		"hours": [{"day": "Monday", "from": "09:00", "to": "17:00"}, {"day": "Tuesday", "from": "09:00", "to": "17:00"}, {"day": "Wednesday", "from": "09:00", "to": "17:00"}, {"day": "Friday", "from": "09:00", "to": "17:00"}]}]
}`

// From a real file to a booked call: request bundles become orders, a
// physician reviewer denies one, and the office books a call about it, moves
// it and cancels it, each time with a calendar file that two parsers take.
func TestFromARequestBundleToACanceledCall(t *testing.T) {
	for name, address := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, address(), false)
			h.DB.Now = func() time.Time { return dbtest.Clock }
			numbers := importBundles(t, h, filepath.Join("..", "api", "fhir", "testdata", "request.json"))
			throughACall(t, h, numbers[0])
		})
	}
}

// The five published examples, where they are at hand.
func TestPublishedExamplesBecomeOrders(t *testing.T) {
	dir := filepath.Dir(feedtest.Real(t, "pas/Bundle-ReferralAuthorizationBundleExample.json"))
	h := open(t, "", false)
	h.DB.Now = func() time.Time { return dbtest.Clock }
	var paths []string
	for _, name := range []string{"Referral", "Homecare", "HomecareAuthorizationUpdate", "MedicalServices", "Surgical"} {
		found, err := filepath.Glob(filepath.Join(dir, "Bundle-"+name+"*BundleExample.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if !strings.Contains(path, "Response") && (name != "Homecare" || !strings.Contains(path, "Update")) {
				paths = append(paths, path)
			}
		}
	}
	if len(paths) != 5 {
		t.Fatalf("%d examples: %v", len(paths), paths)
	}
	numbers := importBundles(t, h, paths...)
	distinct := map[string]bool{}
	for _, n := range numbers {
		distinct[n] = true
	}
	if len(distinct) != 4 { // the update changes the home care order
		t.Errorf("%d orders of 5 bundles, want 4", len(distinct))
	}
	throughACall(t, h, numbers[0])
}

func importBundles(t *testing.T, h *house, paths ...string) (numbers []string) {
	t.Helper()
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for round := range 2 {
			r, err := fhir.ImportPAS(context.Background(), h.DB, h.Files, account.Program(), filepath.Base(path), body)
			if err != nil {
				t.Fatalf("%s: %v", filepath.Base(path), err)
			}
			if round == 0 {
				numbers = append(numbers, r.Number)
			} else if !r.Unchanged {
				t.Errorf("%s: a second time it makes order %s", filepath.Base(path), r.Number)
			}
		}
	}
	return numbers
}

func throughACall(t *testing.T, h *house, number string) {
	office, doctor := h.seat(t, number)
	deny(t, h, doctor, number)
	h.drain(t)
	page := office.get("/orders/" + number)
	if page.status != 200 || !strings.Contains(page.body, "Request peer-to-peer") || !strings.Contains(page.body, "missing or could not be read") {
		t.Fatalf("the denied order: %d\n%s", page.status, page.body)
	}
	if a := office.get("/orders/" + number + "/p2p"); a.to != "/orders/"+number+"/p2p/time" {
		t.Fatalf("no call: %d %s\n%s", a.status, a.to, text(a.body))
	}
	slots := slotsOn(t, office.get("/orders/"+number+"/p2p/time"))
	expect(t, office.post("/orders/"+number+"/p2p/time", url.Values{"slot": {slots[8]}, "tz": {"America/Los_Angeles"}}), "/people")
	expect(t, office.post("/orders/"+number+"/p2p/people", url.Values{"speaker": {"other"}, "first_name": {"Susan"}, "last_name": {"Watson"}, "credential": {"MD"}, "phone": {"402-999-3456"}, "email": {"susan@office.example"}}), "/review")
	booked := office.post("/orders/"+number+"/p2p/review", url.Values{})
	expect(t, booked, "/confirmed")
	call := strings.Split(booked.to, "/")[2]
	slots = slotsOn(t, office.get("/p2p/"+call+"/reschedule"))
	expect(t, office.post("/p2p/"+call+"/reschedule", url.Values{"slot": {slots[15]}}), "/confirmed")
	expect(t, office.post("/p2p/"+call+"/cancel", url.Values{"reason": {"appeal"}}), "/p2p/"+call)
	h.at(peer.UndoFor)
	h.drain(t)
	for _, to := range []string{"maria@office.example", "susan@office.example", "erik@um.example"} {
		calendarOf(t, h, to)
	}
}

// seat gives the order's organization somebody who books, and the
// utilization-management organization a physician.
func (h *house) seat(t *testing.T, number string) (office, doctor reader) {
	t.Helper()
	ctx, by := context.Background(), account.Program()
	var maria, erik account.Actor
	err := h.DB.Update(ctx, func(tx *db.Tx) error {
		o, err := order.Get(ctx, tx, by, number)
		if err != nil {
			return err
		}
		um, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "um", Name: "Utilization Management"})
		if err != nil {
			return err
		}
		add := func(email, first, org string, role account.Role) (a account.Actor, err error) {
			p, err := account.AddPerson(ctx, tx, by, account.Person{Email: email, FirstName: first, LastName: "Person", Credential: "MD"})
			if err == nil {
				err = account.AddSeat(ctx, tx, by, p.ID, account.Seat{OrganizationID: org, Role: role})
			}
			if err != nil {
				return a, err
			}
			return account.Act(ctx, tx, p.ID)
		}
		if maria, err = add("maria@office.example", "Maria", o.OrganizationID, account.OfficeStaff); err != nil {
			return err
		}
		if erik, err = add("erik@um.example", "Erik", um.ID, account.Physician); err != nil {
			return err
		}
		return account.SetPassword(ctx, tx, by, erik.ID, walkPassword)
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := app.ReadSetup([]byte(setup))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time changes nothing
		if err := h.Configure(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	return h.as(t, maria, "authenticator"), h.as(t, erik, "authenticator")
}

// deny fills in the determination's form as its page gives it.
func deny(t *testing.T, h *house, doctor reader, number string) {
	t.Helper()
	path := "/review/cases/" + number + "/decide"
	page := doctor.get(path)
	if page.status != 200 {
		t.Fatalf("the determination's page: %d\n%s", page.status, h.faults())
	}
	form := url.Values{"version": {first(page.body, `name="version" value="([^"]+)"`)}, "kind": {"clinical"}, "rationale": {"Not shown."}, "reviewed": {"The request."}, "would_change": {"Notes."}, "plain": {"Your records do not show it."}, "attested": {"yes"}, "password": {walkPassword}}
	for _, m := range regexp.MustCompile(`name="outcome_(\d+)"`).FindAllStringSubmatch(page.body, -1) {
		form.Set("outcome_"+m[1], "denied")
		form.Set("reason_"+m[1], "The record does not show it.")
		form.Set("criterion_"+m[1], "Guideline 1, section 1")
	}
	expect(t, doctor.post(path, form), "/review/cases/"+number)
}

func expect(t *testing.T, a answer, suffix string) {
	t.Helper()
	if a.status != 303 || !strings.HasSuffix(a.to, suffix) {
		t.Fatalf("%d to %q, want 303 to …%s\n%s", a.status, a.to, suffix, text(a.body))
	}
}

func slotsOn(t *testing.T, a answer) (all []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`type="radio" id="(s_[^"]+)"`).FindAllStringSubmatch(a.body, -1) {
		all = append(all, m[1])
	}
	if len(all) < 20 {
		t.Fatalf("%d times: %d\n%s", len(all), a.status, text(a.body))
	}
	return all
}

func first(s, pattern string) string {
	m := regexp.MustCompile(pattern).FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	return m[1]
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

func text(body string) string { return tags.ReplaceAllString(body, " ") }

// calendarOf replays the calendar files that one address got, in two parsers,
// as a calendar would: one entry, rising sequence, canceled in the end.
func calendarOf(t *testing.T, h *house, address string) {
	t.Helper()
	var uid, method string
	last := -1
	for _, m := range h.mail.All() {
		if m.To.Email != address || m.Calendar == nil {
			continue
		}
		u, seq, meth := both(t, m.Calendar.Body)
		if uid != "" && u != uid {
			t.Errorf("%s: two entries, %s and %s", address, uid, u)
		}
		if seq <= last {
			t.Errorf("%s: sequence %d after %d", address, seq, last)
		}
		uid, last, method = u, seq, meth
		if strings.Contains(string(m.Calendar.Body), "SMITH") {
			t.Errorf("%s: the calendar file names the member", address)
		}
	}
	if last < 2 || method != "CANCEL" {
		t.Errorf("%s: ended with %s, sequence %d", address, method, last)
	}
}

// both reads one event in two independent parsers, which must agree.
func both(t *testing.T, body []byte) (uid string, sequence int, method string) {
	t.Helper()
	one, err := golang.ParseCalendar(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	e := one.Events()[0]
	two, err := emersion.NewDecoder(bytes.NewReader(body)).Decode()
	if err != nil {
		t.Fatal(err)
	}
	v := two.Events()[0].Props
	seq := e.GetProperty(golang.ComponentPropertySequence).Value
	if e.Id() != v.Get("UID").Value || seq != v.Get("SEQUENCE").Value || e.GetProperty(golang.ComponentPropertyDtStart).Value != v.Get("DTSTART").Value {
		t.Errorf("the parsers differ:\n%s", body)
	}
	if sequence, err = strconv.Atoi(seq); err != nil {
		t.Fatal(fmt.Errorf("sequence %q: %w", seq, err))
	}
	return e.Id(), sequence, two.Props.Get("METHOD").Value
}
