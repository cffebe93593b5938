package payer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// capability is what we read of a CapabilityStatement
// (https://hl7.org/fhir/R4/capabilitystatement.html).
type capability struct {
	ResourceType string `json:"resourceType"`
	FHIRVersion  string `json:"fhirVersion"`
	Rest         []struct {
		Resource []struct {
			Type string `json:"type"`
		} `json:"resource"`
	} `json:"rest"`
}

// Probe asks the system what it takes, which names nobody. What is wrong is a
// sentence for an operator: it can't be reached, refuses us, or takes no
// questions about coverage; "" for nothing.
func (s Service) Probe(ctx context.Context) (wrong string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.URL, "/")+"/metadata", nil)
	if err != nil {
		return "The address can't be used."
	}
	res, err := s.send(req)
	if err != nil {
		return fmt.Sprintf("It can't be reached: %v.", plain(err))
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(res.Body, most))
	switch {
	case err != nil:
		return fmt.Sprintf("It broke off: %v.", plain(err))
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		return fmt.Sprintf("It refuses us (%d). See that its key is in the file of PARLEY_ELIGIBILITY_KEYS.", res.StatusCode)
	case res.StatusCode/100 == 5:
		return fmt.Sprintf("It answered %d: it doesn't work just now.", res.StatusCode)
	case res.StatusCode/100 != 2:
		return fmt.Sprintf("It answered %d where a FHIR system says what it can. See that the address is its base address.", res.StatusCode)
	}
	return able(text)
}

// able says what keeps a system from answering questions about coverage.
func able(text []byte) (wrong string) {
	var c capability
	if err := json.Unmarshal(text, &c); err != nil || c.ResourceType != "CapabilityStatement" {
		return "It answered, but not as a FHIR system does. See that the address is its base address."
	}
	if !strings.HasPrefix(c.FHIRVersion, "4.") {
		return fmt.Sprintf("It speaks FHIR %q; we speak 4.0.1.", c.FHIRVersion)
	}
	for _, r := range c.Rest {
		for _, one := range r.Resource {
			if one.Type == "CoverageEligibilityRequest" {
				return ""
			}
		}
	}
	return "It takes no questions about coverage (CoverageEligibilityRequest)."
}

// plain is what went wrong without the address, which can hold a key.
func plain(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (s Service) send(req *http.Request) (*http.Response, error) {
	req.Header.Set("Accept", "application/fhir+json")
	if s.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.Token)
	}
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	return client.Do(req)
}
