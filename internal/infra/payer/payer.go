// Package payer asks a health plan's own system whether it covers somebody, by
// FHIR R4: a CoverageEligibilityRequest of the purpose "validation", sent to
// the operation $submit, brings a CoverageEligibilityResponse
// (https://hl7.org/fhir/R4/coverageeligibilityrequest-operation-submit.html).
package payer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A Question is about one person, one card and one day.
type Question struct {
	Number      string // on the card
	First, Last string
	Born        string // 1986-04-28; "" if not known
	Day         string // of the service
	Payer       string // what the plan calls itself on the wire; "" if it has one service for itself
	Asked       time.Time
}

// An Answer is the plan's word.
type Answer struct {
	Covered  bool
	From, To string // of the coverage, as 2026-01-01; "" if the plan doesn't say
}

// A Service is a plan's own system. Its zero Client takes http.DefaultClient.
type Service struct {
	URL    string // base address, such as https://fhir.harbor.example/r4
	Token  string // bearer token; "" for none
	Client *http.Client
}

// most is how much of an answer is read; one takes a few kilobytes.
const most = 1 << 20

// Ask sends q and waits for the answer as long as ctx does. An error says that
// there is no answer, and nothing about the coverage: the system is down or
// slow, or it doesn't know.
func (s Service) Ask(ctx context.Context, q Question) (Answer, error) {
	body, err := json.Marshal(q.resource())
	if err != nil {
		return Answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(s.URL, "/")+"/CoverageEligibilityRequest/$submit", bytes.NewReader(body))
	if err != nil {
		return Answer{}, errors.New("the plan's address can't be used")
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	res, err := s.send(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return Answer{}, err
	}
	if res.StatusCode/100 != 2 { // the body may name the member: it goes nowhere
		return Answer{}, fmt.Errorf("the plan's system answered %d", res.StatusCode)
	}
	return read(text)
}

type object = map[string]any

// resource is q as a CoverageEligibilityRequest with what it speaks of inside.
func (q Question) resource() object {
	patient := object{"resourceType": "Patient", "id": "patient", "name": []object{{"family": q.Last, "given": []string{q.First}}}}
	if q.Born != "" {
		patient["birthDate"] = q.Born
	}
	insurer := object{"resourceType": "Organization", "id": "insurer"}
	if q.Payer != "" {
		insurer["identifier"] = []object{{"value": q.Payer}}
	} else {
		insurer["name"] = "insurer" // an Organization has an identifier or a name (org-1)
	}
	return object{
		"resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": []string{"validation"},
		"contained": []object{patient, insurer, {
			"resourceType": "Coverage", "id": "coverage", "status": "active", "subscriberId": q.Number,
			"beneficiary": ref("patient"), "payor": []object{ref("insurer")},
		}},
		"patient": ref("patient"), "insurer": ref("insurer"), "created": q.Asked.UTC().Format(time.RFC3339), "servicedDate": q.Day,
		"insurance": []object{{"focal": true, "coverage": ref("coverage")}},
	}
}

func ref(id string) object { return object{"reference": "#" + id} }

// response is what we read of a CoverageEligibilityResponse.
type response struct {
	ResourceType string `json:"resourceType"`
	Outcome      string `json:"outcome"`
	Insurance    []struct {
		InForce *bool `json:"inforce"`
		Period  struct {
			Start string `json:"start"`
			End   string `json:"end"`
		} `json:"benefitPeriod"`
	} `json:"insurance"`
	Entry []struct { // of a Bundle, in which some systems send the answer
		Resource json.RawMessage `json:"resource"`
	} `json:"entry"`
}

// errUnsaid is an answer that says neither yes nor no.
var errUnsaid = errors.New("the plan's system didn't say whether the coverage holds")

func read(text []byte) (Answer, error) {
	var r response
	if err := json.Unmarshal(text, &r); err != nil {
		return Answer{}, errors.New("the plan's system sent no FHIR")
	}
	if r.ResourceType == "Bundle" {
		for _, e := range r.Entry {
			if a, err := read(e.Resource); err == nil {
				return a, nil
			}
		}
		return Answer{}, errUnsaid
	}
	if r.ResourceType != "CoverageEligibilityResponse" || r.Outcome == "queued" || r.Outcome == "error" {
		return Answer{}, errUnsaid
	}
	var answer *Answer
	for _, i := range r.Insurance {
		if i.InForce != nil && (answer == nil || *i.InForce) {
			answer = &Answer{Covered: *i.InForce, From: date(i.Period.Start), To: date(i.Period.End)}
		}
	}
	if answer == nil {
		return Answer{}, errUnsaid
	}
	return *answer, nil
}

// date is the day of a FHIR dateTime, which may be less than a whole date: ""
// then.
func date(s string) string {
	if len(s) < len("2026-01-01") {
		return ""
	}
	return s[:len("2026-01-01")]
}
