package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// A system is a program of an office that speaks FHIR.
type system struct {
	t   *testing.T
	h   *house
	key string
}

// system comes in as by.
func (h *house) system(t *testing.T, by account.Actor) system {
	t.Helper()
	s := system{t: t, h: h}
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		s.key, err = account.MakeKey(ctx, tx, account.Program(), by.ID, "Record system", 30)
		return err
	})
	return s
}

// A resource is what came back, with its status.
type resource struct {
	t      *testing.T
	status int
	body   string
	all    map[string]any
}

func (s system) get(path string) resource { return s.do("GET", path, "", "") }

// call posts Parameters of names and values.
func (s system) call(path, once string, pairs ...string) resource {
	type parameter struct {
		Name        string `json:"name"`
		ValueString string `json:"valueString"`
	}
	body := struct {
		ResourceType string      `json:"resourceType"`
		Parameter    []parameter `json:"parameter"`
	}{ResourceType: "Parameters"}
	for i := 0; i < len(pairs); i += 2 {
		body.Parameter = append(body.Parameter, parameter{pairs[i], pairs[i+1]})
	}
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do("POST", path, string(text), once)
}

func (s system) do(method, path, body, once string) resource {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, s.h.url+"/fhir/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.key != "" {
		req.Header.Set("Authorization", "Bearer "+s.key)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/fhir+json")
	}
	if once != "" {
		req.Header.Set("Idempotency-Key", once)
	}
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	r := resource{t: s.t, status: res.StatusCode, body: string(text)}
	if err := json.Unmarshal(text, &r.all); err != nil {
		s.t.Fatalf("%s %s: %d %s", method, path, r.status, text)
	}
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/fhir+json") {
		s.t.Errorf("%s %s comes as %q", method, path, got)
	}
	r.conforms()
	return r
}

// wants fails the test unless the status is this one.
func (r resource) wants(status int) resource {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%d, want %d: %s", r.status, status, r.body)
	}
	return r
}

func (r resource) text(name string) string {
	s, _ := r.all[name].(string)
	return s
}

// entries are the resources of a searchset.
func (r resource) entries() (all []map[string]any) {
	r.t.Helper()
	list, _ := r.all["entry"].([]any)
	for _, e := range list {
		all = append(all, e.(map[string]any)["resource"].(map[string]any))
	}
	return all
}

// What FHIR R4 asks of each kind of resource that is sent: the elements that
// must be there, and the codes that may stand in some.
var (
	required = map[string][]string{
		"Schedule": {"actor"}, "Slot": {"schedule", "status", "start", "end"}, "Appointment": {"status", "participant"},
		"Task": {"status", "intent"}, "CommunicationRequest": {"status"}, "Communication": {"status"},
		"Bundle": {"type"}, "OperationOutcome": {"issue"}, "CapabilityStatement": {"status", "date", "kind", "fhirVersion", "format"},
	}
	codes = map[string][]string{
		"Task":                 {"requested", "received", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed", "completed"}, // HRex Task Status
		"CommunicationRequest": {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
		"Communication":        {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"},
		"Slot":                 {"busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"},
		"Appointment":          {"proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in", "waitlist"},
	}
	idForm      = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)
	instantForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$`)
)

// conforms checks a resource, and those in a bundle, against that, and that it
// tells nothing of a member. What is asked of an office names its patient by
// the plan's number alone.
func (r resource) conforms() {
	r.t.Helper()
	r.shaped()
	for _, c := range canaries {
		kind, _ := r.all["resourceType"].(string)
		if strings.Contains(r.body, c) && (c != scene.Card || kind != "Task" && kind != "CommunicationRequest") {
			r.t.Errorf("an answer holds %q", c)
		}
	}
}

// shaped checks a resource, and those in a bundle.
func (r resource) shaped() {
	r.t.Helper()
	for _, one := range append(r.entries(), r.all) {
		kind, _ := one["resourceType"].(string)
		for _, name := range required[kind] {
			if one[name] == nil {
				r.t.Errorf("%s has no %s: %s", kind, name, r.body)
			}
		}
		if required[kind] == nil {
			r.t.Errorf("nobody said what a %q needs", kind)
		}
		status, _ := one["status"].(string)
		if allowed := codes[kind]; allowed != nil && !slices.Contains(allowed, status) {
			r.t.Errorf("%s has status %q", kind, status)
		}
		if id, ok := one["id"].(string); ok && !idForm.MatchString(id) {
			r.t.Errorf("%s has the id %q", kind, id)
		}
		for _, name := range []string{"start", "end", "created", "authoredOn", "lastModified", "sent"} {
			if at, ok := one[name].(string); ok && !instantForm.MatchString(at) {
				r.t.Errorf("%s.%s is %q", kind, name, at)
			}
		}
		if kind == "Appointment" { // invariants app-3 and app-4
			if one["start"] == nil && status != "proposed" && status != "cancelled" {
				r.t.Errorf("an Appointment %s has no start", status)
			}
			if one["cancelationReason"] != nil && status != "cancelled" && status != "noshow" {
				r.t.Errorf("an Appointment %s has a reason why it was canceled", status)
			}
		}
	}
}

// A system finds the times of an order, holds one, books it once, reads it and
// cancels it.
func TestASystemBooksACall(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		s := h.system(t, w.Maria)
		schedule := s.get("Schedule/" + o.Number).wants(200)
		if schedule.all["active"] != true || schedule.all["planningHorizon"] == nil {
			t.Errorf("the schedule: %s", schedule.body)
		}
		if n := len(s.get("Schedule?identifier=" + o.Number).wants(200).entries()); n != 1 {
			t.Errorf("%d schedules", n)
		}
		slots := s.get("Slot?schedule=Schedule/" + o.Number).wants(200).entries()
		if want := len(w.Slots(w.Maria, o, nil)); len(slots) != want {
			t.Errorf("%d slots, and the pages have %d", len(slots), want)
		}
		id := slots[3]["id"].(string)
		few := s.get("Slot?schedule=" + o.Number + "&start=ge2026-11-24T09:00:00-06:00&start=lt2026-11-24T11:00:00-06:00&_count=5").wants(200).entries()
		if len(few) != 5 || few[0]["start"] != "2026-11-24T09:00:00-06:00" {
			t.Errorf("Tuesday morning: %v", few)
		}
		if got := s.get("Slot/" + id).wants(200).text("status"); got != "free" {
			t.Errorf("the slot is %s", got)
		}
		held := s.call("Appointment/$hold", "", "slot", "Slot/"+id).wants(200)
		if held.text("status") != "proposed" || !strings.Contains(held.body, "held-until") {
			t.Errorf("the hold: %s", held.body)
		}
		s.call("Appointment/$book", "", "slot", "Slot/"+id).wants(422) // no key
		book := []string{"slot", "Slot/" + id, "phone", "555-555-0131", "email", "ada@test.example"}
		call := s.call("Appointment/$book", "first", book...).wants(201)
		if call.text("status") != "booked" || call.text("start") != slots[3]["start"] {
			t.Errorf("booked: %s", call.body)
		}
		again := s.call("Appointment/$book", "first", book...).wants(200)
		if again.text("id") != call.text("id") || h.calls(t, o) != 1 {
			t.Errorf("sent again: %s", again.body)
		}
		book[3] = "555-555-0199"
		s.call("Appointment/$book", "first", book...).wants(422)
		s.call("Appointment/$book", "second", book...).wants(409) // a call is booked
		if got := s.get("Slot/" + id).wants(200).text("status"); got != "busy" {
			t.Errorf("the slot is %s afterwards", got)
		}
		if got := s.get("Schedule/" + o.Number).wants(200); got.all["active"] != false {
			t.Errorf("the schedule afterwards: %s", got.body)
		}
		number := call.text("id")
		if got := s.get("Appointment/" + number).wants(200); got.text("start") != call.text("start") || !strings.Contains(got.body, o.Number) {
			t.Errorf("read: %s", got.body)
		}
		if n := len(s.get("Appointment?status=booked").wants(200).entries()); n != 1 {
			t.Errorf("%d booked", n)
		}
		s.call("Appointment/"+number+"/$cancel", "", "reason", "bored").wants(422)
		for range 2 {
			if got := s.call("Appointment/"+number+"/$cancel", "", "reason", "appeal").wants(200); got.text("status") != "cancelled" {
				t.Errorf("canceled: %s", got.body)
			}
		}
		if n := len(s.get("Appointment?status=cancelled").wants(200).entries()); n != 1 {
			t.Errorf("%d canceled", n)
		}
		if all := h.faults(); all != "" {
			t.Error(all)
		}
	})
}

// A time that somebody else took is a conflict that names the closest ones;
// of many systems that want one time, one gets it.
func TestSystemsNeverShareATime(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		s := h.system(t, w.Maria)
		const systems = 6
		var ids [systems]string
		for i := range ids {
			ids[i] = w.Denied().Number
		}
		free := s.get("Slot?schedule=" + ids[0] + "&_count=1").wants(200).entries()[0]["id"].(string)
		var statuses [systems]int
		var bodies [systems]string
		var all sync.WaitGroup
		for i, number := range ids {
			all.Go(func() {
				r := s.call("Appointment/$book", "key-"+number, "slot", "Slot/"+number+free[10:], "phone", "555-555-0131")
				statuses[i], bodies[i] = r.status, r.body
			})
		}
		all.Wait()
		slices.Sort(statuses[:])
		if statuses[0] != 201 || statuses[1] != 409 || statuses[systems-1] != 409 {
			t.Fatalf("%v\n%s", statuses, strings.Join(bodies[:], "\n"))
		}
		for _, body := range bodies {
			if strings.Contains(body, "OperationOutcome") && strings.Count(body, `"diagnostics":"Slot/`) != 3 {
				t.Errorf("a conflict without the closest times: %s", body)
			}
		}
	})
}

// What a system may not see is not there, whatever it tries, and without a key
// nothing is. (ASVS 8.2.2, 8.3.1)
func TestASVS_8_2_2_SystemsSeeTheirOfficesOrdersOnly(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o, other := w.Denied(), w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[5])
		if err != nil {
			t.Fatal(err)
		}
		slot := h.system(t, w.Maria).get("Slot?schedule=" + other.Number + "&_count=1").wants(200).entries()[0]["id"].(string)
		before := h.fingerprint(t)
		stranger := h.system(t, w.Stranger)
		for _, path := range []string{"Schedule/" + other.Number, "Slot/" + slot, "Appointment/" + c.Number, "Appointment/nonsense", "Slot/nonsense", "Schedule/1"} {
			stranger.get(path).wants(404)
		}
		for _, path := range []string{"Schedule?identifier=" + other.Number, "Slot?schedule=" + other.Number, "Appointment"} {
			if n := len(stranger.get(path).wants(200).entries()); n != 0 {
				t.Errorf("a stranger finds %d at %s", n, path)
			}
		}
		stranger.call("Appointment/$hold", "", "slot", "Slot/"+slot).wants(404)
		stranger.call("Appointment/$book", "k", "slot", "Slot/"+slot, "phone", "555-555-0131").wants(404)
		stranger.call("Appointment/"+c.Number+"/$cancel", "", "reason", "other").wants(404)
		for _, key := range []string{"", "parley_nonsense"} {
			nobody := system{t, h, key}
			for _, path := range []string{"Schedule/" + other.Number, "Slot?schedule=" + other.Number, "Appointment", "Appointment/" + c.Number} {
				nobody.get(path).wants(401)
			}
			nobody.call("Appointment/$book", "k", "slot", "Slot/"+slot).wants(401)
			nobody.get("metadata").wants(200)
		}
		// The cookie of somebody who signed in is no key.
		if a := h.as(t, w.Maria, "authenticator").get("/fhir/Appointment/" + c.Number); a.status != 401 {
			t.Errorf("by a cookie: %d", a.status)
		}
		if after := h.fingerprint(t); after != before {
			t.Errorf("strangers changed something:\n%s\n%s", before, after)
		}
		if strings.Contains(h.logs.String(), o.Number) || strings.Contains(h.logs.String(), "parley_") {
			t.Error("the log holds an order's number or a key")
		}
	})
}

// What is wrong with a request is said in words, at the parameter.
func TestASystemIsToldWhatIsWrong(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		s := h.system(t, w.Maria)
		slot := s.get("Slot?schedule=" + o.Number + "&_count=1").wants(200).entries()[0]["id"].(string)
		for _, k := range []struct {
			why    string
			r      resource
			status int
			words  string
		}{
			{"a phone that is none", s.call("Appointment/$book", "a", "slot", "Slot/"+slot, "phone", "12"), 422, "Parameters.parameter.where(name='phone')"},
			{"a speaker without a credential", s.call("Appointment/$book", "b", "slot", "Slot/"+slot, "given", "Uma", "family", "Reyes", "phone", "555-555-0131"), 422, "name='credential'"},
			{"no slot", s.call("Appointment/$hold", ""), 422, "Name a slot"},
			{"a parameter that isn't known", s.call("Appointment/$hold", "", "slott", "x"), 400, "no parameter slott"},
			{"a parameter twice", s.call("Appointment/$hold", "", "slot", "x", "slot", "y"), 400, "twice"},
			{"another resource", s.do("POST", "Appointment/$hold", `{"resourceType":"Patient"}`, ""), 400, "Parameters"},
			{"no JSON", s.do("POST", "Appointment/$hold", `<Parameters/>`, ""), 400, "Parameters"},
			{"too much", s.do("POST", "Appointment/$hold", `{"resourceType":"`+strings.Repeat("x", 70_000)+`"}`, ""), 413, "64 KB"},
			{"a search by name", s.get("Slot?schedule=" + o.Number + "&patient=Smith"), 422, "no search parameter patient"},
			{"a time without an offset", s.get("Slot?schedule=" + o.Number + "&start=ge2026-11-24"), 422, "start must read"},
			{"no order", s.get("Slot"), 422, "Name the schedule"},
			{"nothing there", s.get("Patient"), 404, "See metadata"},
		} {
			if k.r.status != k.status || k.r.text("resourceType") != "OperationOutcome" || !strings.Contains(k.r.body, k.words) {
				t.Errorf("%s: %d %s", k.why, k.r.status, k.r.body)
			}
		}
		if h.calls(t, o) != 0 {
			t.Error("something was booked")
		}
		// A key that failed can be sent again.
		s.call("Appointment/$book", "a", "slot", "Slot/"+slot, "phone", "555-555-0131").wants(201)
	})
}

// A call that staff confirm by hand, and one without a time, have the statuses
// that FHIR has for them.
func TestStatusesOfCallsAsSystemsReadThem(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[5])
		if err != nil {
			t.Fatal(err)
		}
		s := h.system(t, w.Maria)
		for status, want := range map[peer.Status]string{
			peer.Requested: "pending", peer.Scheduled: "booked", peer.Confirmed: "booked", peer.InCall: "arrived", peer.Completed: "fulfilled",
			peer.Cancelled: "cancelled", peer.Expired: "cancelled", peer.NoShow: "noshow", peer.Missed: "noshow",
		} {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update call set status = $1, cancel_reason = 'other' where id = $2`, string(status), string(c.ID))
				return err
			})
			if got := s.get("Appointment/" + c.Number).wants(200).text("status"); got != want {
				t.Errorf("%s is %s, want %s", status, got, want)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update call set status = 'requested', starts_at = null, ends_at = null, reviewer_id = null where id = $1`, string(c.ID))
			return err
		})
		if got := s.get("Appointment/" + c.Number).wants(200).text("status"); got != "proposed" {
			t.Errorf("a call without a time is %s", got)
		}
	})
}
