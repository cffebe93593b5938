package office

// A Task is a request for information: what an office is to send until when.
// It follows the profile PASTask of Da Vinci Prior Authorization Support, but
// that what is needed stands in words, not in codes of LOINC.
type Task struct {
	ResourceType    string       `json:"resourceType"`
	ID              string       `json:"id"`
	Meta            *Meta        `json:"meta,omitempty"`
	Identifier      []Identifier `json:"identifier"`
	BasedOn         []Reference  `json:"basedOn"`
	Status          string       `json:"status"`
	StatusReason    *Concept     `json:"statusReason,omitempty"`
	Intent          string       `json:"intent"`
	Code            Concept      `json:"code"`
	Focus           *Reference   `json:"focus,omitempty"`
	For             *Reference   `json:"for,omitempty"`
	AuthoredOn      string       `json:"authoredOn,omitempty"`
	LastModified    string       `json:"lastModified,omitempty"`
	Requester       *Reference   `json:"requester,omitempty"`
	Owner           *Reference   `json:"owner,omitempty"`
	ReasonCode      *Concept     `json:"reasonCode,omitempty"`
	ReasonReference *Reference   `json:"reasonReference,omitempty"`
	Restriction     *Restriction `json:"restriction,omitempty"`
	Input           []Input      `json:"input,omitempty"`
	Output          []Output     `json:"output,omitempty"`
}

// Meta marks a resource of which only some is sent.
type Meta struct {
	Tag []Coding `json:"tag"`
}

// A Restriction is until when a Task is to be done.
type Restriction struct {
	Period Period `json:"period"`
}

// An Input is one thing that a Task needs.
type Input struct {
	Extension    []Extension `json:"extension,omitempty"`
	Type         Concept     `json:"type"`
	ValueURL     string      `json:"valueUrl,omitempty"`
	ValueConcept *Concept    `json:"valueCodeableConcept,omitempty"`
}

// An Output is what came of a Task.
type Output struct {
	Type           Concept   `json:"type"`
	ValueReference Reference `json:"valueReference"`
}

// A CommunicationRequest is what is asked for, item by item.
type CommunicationRequest struct {
	ResourceType     string       `json:"resourceType"`
	ID               string       `json:"id"`
	Identifier       []Identifier `json:"identifier"`
	BasedOn          []Reference  `json:"basedOn"`
	Status           string       `json:"status"`
	Category         []Concept    `json:"category,omitempty"`
	Subject          *Reference   `json:"subject,omitempty"`
	Payload          []Payload    `json:"payload,omitempty"`
	OccurrencePeriod *Period      `json:"occurrencePeriod,omitempty"`
	AuthoredOn       string       `json:"authoredOn,omitempty"`
	Recipient        []Reference  `json:"recipient,omitempty"`
	Sender           *Reference   `json:"sender,omitempty"`
}

// A Communication is one thing that was said.
type Communication struct {
	ResourceType string      `json:"resourceType"`
	ID           string      `json:"id"`
	BasedOn      []Reference `json:"basedOn,omitempty"`
	Status       string      `json:"status"`
	Sent         string      `json:"sent"`
	Sender       *Reference  `json:"sender,omitempty"`
	Payload      []Payload   `json:"payload,omitempty"`
}

// A Payload is a part of what is asked for or said.
type Payload struct {
	ContentString string `json:"contentString"`
}
