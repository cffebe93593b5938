package payer

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A system says what it can before anybody is asked about.
func TestProbe(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		wrong  string // begins so; "" for nothing
	}{
		{"it takes them", 200, `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"resource":[{"type":"Patient"},{"type":"CoverageEligibilityRequest"}]}]}`, ""},
		{"it takes others", 200, `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"resource":[{"type":"Patient"}]}]}`, "It takes no questions about coverage"},
		{"an older FHIR", 200, `{"resourceType":"CapabilityStatement","fhirVersion":"3.0.2"}`, `It speaks FHIR "3.0.2"`},
		{"a web page", 200, `<html>`, "It answered, but not as a FHIR system does"},
		{"it refuses", 401, ``, "It refuses us (401)"},
		{"it is down", 503, ``, "It answered 503: it doesn't work just now"},
		{"nothing there", 404, ``, "It answered 404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet || r.URL.Path != "/r4/metadata" || r.Header.Get("Authorization") != "Bearer key" {
					t.Errorf("%s %s by %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			got := Service{URL: server.URL + "/r4/", Token: "key"}.Probe(context.Background())
			if c.wrong == "" && got != "" || !strings.HasPrefix(got, c.wrong) {
				t.Errorf("it says %q", got)
			}
		})
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if got := (Service{URL: server.URL + "/?key=secret"}).Probe(context.Background()); !strings.HasPrefix(got, "It can't be reached") || strings.Contains(got, "secret") {
		t.Errorf("down: %q", got)
	}
}
