package office

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// What follows are the parts of FHIR R4 (4.0.1) resources that the API sends,
// in the order of the standard.

// A Concept is a CodeableConcept.
type Concept struct {
	Coding []Coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// A Coding is a code with its system.
type Coding struct {
	System string `json:"system,omitempty"`
	Code   string `json:"code"`
}

// An Identifier is a number with its system.
type Identifier struct {
	System string `json:"system,omitempty"`
	Value  string `json:"value"`
}

// A Reference names another resource, or says in words what is meant.
type Reference struct {
	Reference  string      `json:"reference,omitempty"`
	Type       string      `json:"type,omitempty"`
	Identifier *Identifier `json:"identifier,omitempty"`
	Display    string      `json:"display,omitempty"`
}

// An Extension is what the standard has no element for.
type Extension struct {
	URL          string `json:"url"`
	ValueInstant string `json:"valueInstant,omitempty"`
	ValueInteger int    `json:"valueInteger,omitempty"`
}

// An Outcome is an OperationOutcome.
type Outcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []Issue `json:"issue"`
}

// An Issue is one thing that an Outcome tells.
type Issue struct {
	Severity    string   `json:"severity"`
	Code        string   `json:"code"`
	Details     *Concept `json:"details,omitempty"`
	Diagnostics string   `json:"diagnostics,omitempty"`
	Expression  []string `json:"expression,omitempty"`
}

func outcome(code, text string) Outcome {
	return Outcome{ResourceType: "OperationOutcome", Issue: []Issue{{Severity: "error", Code: code, Details: &Concept{Text: text}}}}
}

// A Period is from one time until another.
type Period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// A Schedule is when a call about one order can be booked.
type Schedule struct {
	ResourceType    string       `json:"resourceType"`
	ID              string       `json:"id"`
	Identifier      []Identifier `json:"identifier"`
	Active          bool         `json:"active"`
	ServiceType     []Concept    `json:"serviceType"`
	Actor           []Reference  `json:"actor"`
	PlanningHorizon *Period      `json:"planningHorizon,omitempty"`
	Comment         string       `json:"comment,omitempty"`
}

// A Slot is one time for a call about one order.
type Slot struct {
	ResourceType string      `json:"resourceType"`
	ID           string      `json:"id"`
	Extension    []Extension `json:"extension,omitempty"`
	Schedule     Reference   `json:"schedule"`
	Status       string      `json:"status"`
	Start        string      `json:"start"`
	End          string      `json:"end"`
}

// An Appointment is a call, or a hold on a time for one.
type Appointment struct {
	ResourceType      string        `json:"resourceType"`
	ID                string        `json:"id,omitempty"`
	Extension         []Extension   `json:"extension,omitempty"`
	Identifier        []Identifier  `json:"identifier,omitempty"`
	Status            string        `json:"status"`
	CancelationReason *Concept      `json:"cancelationReason,omitempty"`
	ServiceType       []Concept     `json:"serviceType,omitempty"`
	Description       string        `json:"description,omitempty"`
	Start             string        `json:"start,omitempty"`
	End               string        `json:"end,omitempty"`
	MinutesDuration   int           `json:"minutesDuration,omitempty"`
	Slot              []Reference   `json:"slot,omitempty"`
	Created           string        `json:"created,omitempty"`
	BasedOn           []Reference   `json:"basedOn,omitempty"`
	Participant       []Participant `json:"participant"`
}

// A Participant is a side of an Appointment.
type Participant struct {
	Actor  Reference `json:"actor"`
	Status string    `json:"status"`
}

// A Bundle is the answer to a search.
type Bundle struct {
	ResourceType string  `json:"resourceType"`
	Type         string  `json:"type"`
	Total        *int    `json:"total,omitempty"` // nil where it isn't known
	Link         []Link  `json:"link"`
	Entry        []Entry `json:"entry,omitempty"`
}

// A Link is an address in a Bundle.
type Link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// An Entry is one resource in a Bundle.
type Entry struct {
	FullURL  string            `json:"fullUrl"`
	Resource any               `json:"resource"`
	Search   map[string]string `json:"search"`
}

// instant writes a time with its offset in loc.
func instant(t time.Time, loc *time.Location) string { return t.In(loc).Format(time.RFC3339) }

// searchset is a bundle of what was found, all in one page.
func (r *request) searchset(entries []Entry) answer {
	// The address of the search is not repeated: its terms name an order.
	total := len(entries)
	return answer{200, Bundle{ResourceType: "Bundle", Type: "searchset", Total: &total, Link: []Link{{"self", r.base + r.URL.Path[len("/fhir"):]}}, Entry: entries}}
}

func (r *request) entry(path string, resource any) Entry {
	return Entry{FullURL: r.base + "/" + path, Resource: resource, Search: map[string]string{"mode": "match"}}
}

// hashOf tells one request from another sent under the same key.
func hashOf(path string, in parameters) string {
	text, _ := json.Marshal(in) // a map of text never fails, and is written in the order of its keys
	sum := sha256.Sum256(append([]byte(path+"\n"), text...))
	return hex.EncodeToString(sum[:])
}
