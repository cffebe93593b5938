package payer

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var question = Question{Number: "HBR400100200", First: "Rosa", Last: "Canarywell", Born: "1986-04-28", Day: "2026-12-01", Payer: "60054", Asked: time.Unix(0, 0)}

// What is asked is the resource that FHIR defines, and what is answered is
// read as it is meant: anything but a clear yes or no is no answer.
func TestAsk(t *testing.T) {
	yes, no := Answer{Covered: true, From: "2026-01-01", To: "2026-12-31"}, Answer{To: "2026-10-31"}
	for name, c := range map[string]struct {
		status int
		body   string
		want   Answer
		fails  bool
	}{
		"covered":      {200, `{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":true,"benefitPeriod":{"start":"2026-01-01","end":"2026-12-31T23:59:59Z"}}]}`, yes, false},
		"ended":        {200, `{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":false,"benefitPeriod":{"end":"2026-10-31"}}]}`, no, false},
		"one of two":   {200, `{"resourceType":"CoverageEligibilityResponse","outcome":"partial","insurance":[{"inforce":false},{"inforce":true,"benefitPeriod":{"start":"2026"}}]}`, Answer{Covered: true}, false},
		"in a bundle":  {200, `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":false,"benefitPeriod":{"end":"2026-10-31"}}]}}]}`, no, false},
		"queued":       {200, `{"resourceType":"CoverageEligibilityResponse","outcome":"queued","insurance":[{"inforce":true}]}`, Answer{}, true},
		"error":        {200, `{"resourceType":"CoverageEligibilityResponse","outcome":"error"}`, Answer{}, true},
		"unsaid":       {200, `{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{}]}`, Answer{}, true},
		"an outcome":   {422, `{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Canarywell is unknown"}]}`, Answer{}, true},
		"down":         {503, ``, Answer{}, true},
		"not JSON":     {200, `<html>`, Answer{}, true},
		"empty bundle": {200, `{"resourceType":"Bundle"}`, Answer{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var sent map[string]any
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/r4/CoverageEligibilityRequest/$submit" || r.Header.Get("Authorization") != "Bearer secret" {
					t.Errorf("asked at %s with %q", r.URL.Path, r.Header.Get("Authorization"))
				}
				if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
					t.Error(err)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			got, err := Service{URL: server.URL + "/r4/", Token: "secret"}.Ask(context.Background(), question)
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("%+v, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "Canarywell") {
				t.Errorf("the error names the member: %v", err)
			}
			if sent["resourceType"] != "CoverageEligibilityRequest" || sent["servicedDate"] != "2026-12-01" {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

// A system that hangs is left when time is up.
func TestASlowSystemIsLeft(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := (Service{URL: server.URL}).Ask(ctx, question); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// Whatever comes back, reading it ends, and says yes only where it stands.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"resourceType":"CoverageEligibilityResponse","outcome":"complete","insurance":[{"inforce":true,"benefitPeriod":{"start":"2026-01-01"}}]}`))
	f.Add([]byte(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle"}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := read(text)
		if err != nil && a != (Answer{}) {
			t.Errorf("an answer with an error: %+v", a)
		}
		if a.Covered && !strings.Contains(strings.ToLower(string(text)), "inforce") {
			t.Errorf("covered by %q", text)
		}
	})
}
