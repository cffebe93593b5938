package fhir

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/words"
)

// ErrNotJSON is under the fault for a file that can't be read at all.
var ErrNotJSON = errors.New("fhir: not JSON")

// Kinds of gap.
const (
	missing  = "missing"
	unmapped = "unmapped"
)

// A request is what a Prior Authorization Support request bundle says, in the
// program's terms, before anything here is known about whom it names.
type request struct {
	hash, claimHash string
	priorHash       string    // of the claim this one updates; "" for a new request
	priorWhole      order.Gap // that claim, for when it is not known here
	cancelled       bool      // the whole request is taken back

	patient   person
	number    string // on the card
	from, to  civil.Date
	insurer   party
	requestor party
	doctor    *person
	phone     string // of the practitioner in this role
	site      *place

	services   []order.Service // a cancelled one is withdrawn
	diagnoses  []order.Diagnosis
	references []order.Reference
	urgent     bool
	note       string
	serviceFrom,
	serviceTo civil.Date
	files []enclosure
	sent  words.Text // one sentence for the timeline
	gaps  []order.Gap
}

// An enclosure is a document that came inside a request.
type enclosure struct {
	name, mediaType, kind, note string
	data                        []byte
}

type reader struct {
	*bundle
	claim, prior *element
	request
}

// read makes a request of the bundle in body. A bundle that is none is an
// Invalid fault that says why. Of what it can't use, nothing is dropped: it
// becomes a gap.
func read(body []byte) (request, error) {
	b, err := newBundle(body)
	if err != nil {
		return request{}, err
	}
	r := &reader{bundle: b}
	r.hash = b.root.hash()
	if err := r.isRequest(); err != nil {
		return request{}, err
	}
	r.claimHash = r.claim.hash()
	r.readPrior()
	r.readClaim()
	if err := r.readParties(); err != nil {
		return request{}, err
	}
	r.readCareTeam()
	r.readInfo()
	r.readDiagnoses()
	if err := r.readItems(); err != nil {
		return request{}, err
	}
	r.readDates()
	r.gaps = append(r.gaps, r.open(r.prior)...)
	r.leftovers()
	return r.request, nil
}

// isRequest checks that the bundle asks for an authorization: the first entry
// of a submission is the claim (PAS 2.2.1, "PAS Request Bundle").
func (r *reader) isRequest() error {
	if len(r.list) == 0 || kind(r.list[0]) != "Claim" {
		return fault.New(fault.Invalid, "The bundle is no request: its first entry is not a Claim.")
	}
	r.claim = r.list[0]
	for _, profile := range append(r.root.at("meta", "profile").all(), r.claim.at("meta", "profile").all()...) {
		if strings.Contains(profile.peek(), "inquir") {
			return fault.New(fault.Invalid, "The bundle asks about a request; it is none itself.")
		}
	}
	if !r.claim.at("use").is("preauthorization") {
		return fault.New(fault.Invalid, "The claim is not for a preauthorization.")
	}
	return nil
}

// readPrior finds the claim that this one updates. It is here in full, so all
// of it is known already, or will be found in the items sent again.
func (r *reader) readPrior() {
	for _, related := range r.claim.at("related").all() {
		if related.at("relationship", "coding").first().at("code").peek() != "prior" {
			continue
		}
		if prior := r.follow(related.at("claim"), "Claim"); prior != nil && prior != r.claim {
			related.at("relationship").concept()
			r.prior, r.priorHash = prior, prior.hash()
			r.priorWhole = order.Gap{Kind: unmapped, Path: prior.path, Value: string(prior.json()),
				Text: "The request changes an earlier one that did not come here. The earlier one was kept as sent."}
			prior.take()
		}
	}
}

func (r *reader) readClaim() {
	root := r.root
	root.at("meta", "profile").take()
	root.at("id").text()
	root.at("type").is("collection")
	root.at("language").is("en", "en-US")
	r.reference("submitter transaction", root.at("identifier"))
	c := r.claim
	c.at("status").is("active")
	for _, id := range c.at("identifier").all() {
		r.reference(order.Trace, id)
		r.reference("trace assigner", id.at("assigner", "identifier"))
	}
	r.sent = "Sent as an electronic request"
	if kind := c.at("type").concept().code; kind != "" {
		r.sent += words.AsIs(" (" + kind + ")")
	}
	if at := root.at("timestamp").text(); at != "" {
		r.sent += words.Say(", dated %s", at)
	}
	if made := c.at("created"); made.peek() == root.at("timestamp").peek() {
		made.text()
	} else if at := made.text(); at != "" {
		r.sent += words.Say(", made %s", at)
	}
	r.sent += "."
	r.readUrgency()
}

// readUrgency takes a request as urgent if its level of service says so (X12
// data element 1338: U and 03) or its priority is the highest.
func (r *reader) readUrgency() {
	level := r.claim.ext("levelOfServiceCode").at("valueCodeableConcept")
	r.urgent = level.hasCode("U", "03")
	level.hasCode("E")
	priority := r.claim.at("priority")
	r.urgent = priority.hasCode("stat") || r.urgent
	priority.hasCode("normal", "deferred")
	r.cancelled = r.claim.ext("certificationType").at("valueCodeableConcept").hasCode("3")
}

// reference reads an identifier.
func (r *reader) reference(kind string, id *element) {
	if v := id.at("value").text(); v != "" {
		id.at("system").text()
		r.references = append(r.references, order.Reference{Kind: kind, Value: v})
	}
}

func (r *reader) gap(path, text string) {
	r.gaps = append(r.gaps, order.Gap{Kind: missing, Path: path, Text: text})
}

// readInfo reads what supports the request: dates, documents, free text.
func (r *reader) readInfo() {
	for _, info := range r.claim.at("supportingInfo").all() {
		category := info.at("category")
		switch category.at("coding").first().at("code").peek() {
		case "admissionDates", "dischargeDates", "patientEvent":
			from, to := r.days(info, "timing")
			if from.IsZero() && to.IsZero() {
				continue
			}
			r.widen(from, to)
		case "additionalInformation":
			if !r.readDocument(info) {
				continue
			}
		case "freeFormMessage":
			text := info.at("valueString").text()
			if text == "" {
				continue
			}
			r.note = strings.TrimSpace(r.note + "\n" + text)
		default:
			continue
		}
		category.concept()
		info.at("sequence").text()
	}
}

// days reads a day or a period, called "timing" or "serviced".
func (r *reader) days(e *element, name string) (from, to civil.Date) {
	if day := e.at(name + "Date"); day != nil {
		from = r.day(day)
		return from, from
	}
	return r.period(e.at(name + "Period"))
}

func (r *reader) period(p *element) (from, to civil.Date) {
	return r.day(p.at("start")), r.day(p.at("end"))
}

// day reads a date, or the date of a time as its sender's clock shows it.
// What is no whole date stays unread.
func (r *reader) day(e *element) civil.Date {
	text := e.peek()
	if len(text) > 10 && text[10] == 'T' {
		text = text[:10]
	}
	d, err := civil.ParseDate(text)
	if err != nil {
		return civil.Date{}
	}
	e.text()
	return d
}

// widen lets the dates of service cover a span.
func (r *reader) widen(from, to civil.Date) {
	if !from.IsZero() && (r.serviceFrom.IsZero() || from.Before(r.serviceFrom)) {
		r.serviceFrom = from
	}
	if !to.IsZero() && to.After(r.serviceTo) {
		r.serviceTo = to
	}
}

// readDocument takes the documents that stand in the bundle.
func (r *reader) readDocument(info *element) bool {
	doc := r.follow(info.at("valueReference"), "DocumentReference")
	if doc == nil {
		return false
	}
	about := info.ext("documentInformation")
	f := enclosure{kind: about.ext("reportTypeCode").at("valueCodeableConcept").concept().display, note: about.ext("description").at("valueString").text()}
	about.ext("transmissionMethod").at("valueCodeableConcept").hasCode("EL")
	if control := about.ext("controlNumber").at("valueString").text(); control != "" {
		r.references = append(r.references, order.Reference{Kind: "attachment control number", Value: control})
	}
	doc.at("status").is("current")
	r.follow(doc.at("subject"), "Patient")
	if f.kind == "" {
		f.kind = doc.at("type").concept().display
	}
	for _, content := range doc.at("content").all() {
		r.enclose(f, doc.at("id").peek(), content)
	}
	return true
}

func (r *reader) enclose(f enclosure, id string, content *element) {
	a := content.at("attachment")
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(a.at("data").peek()), ""))
	if err != nil || len(data) == 0 {
		r.gap(content.path, "A document that was announced is not enclosed, or its content is damaged.")
		return
	}
	f.data, f.mediaType, f.name = data, a.at("contentType").text(), a.at("title").text()
	a.at("data").text()
	if f.name == "" {
		f.name = id + extensions[f.mediaType]
	}
	r.files = append(r.files, f)
}

var extensions = map[string]string{"text/plain": ".txt", "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/xml": ".xml", "application/json": ".json"}

// leftovers names what nothing has read: whole resources that nothing refers
// to, and pieces of the others.
func (r *reader) leftovers() {
	r.reached[r.claim] = true
	for _, e := range r.list {
		if !r.reached[e] {
			r.gaps = append(r.gaps, order.Gap{Kind: unmapped, Path: e.path, Value: string(e.json()),
				Text: "Nothing in the request refers to this " + spelled(kind(e)) + ". It was kept as sent."})
			e.take()
		}
	}
	for _, e := range r.root.unread() {
		r.gaps = append(r.gaps, order.Gap{Kind: unmapped, Path: e.path, Text: leftover(e), Value: string(e.json())})
	}
}

func leftover(e *element) string {
	name := e.name
	if url := e.at("url").peek(); url != "" {
		name = url[strings.LastIndexByte(url, '/')+1:]
		for _, prefix := range []string{"extension-", "modifierextension-", "StructureDefinition-"} {
			name = strings.TrimPrefix(name, prefix)
		}
	}
	return plain(name) + ": kept as sent, the order has no place for it."
}

// plain makes words of a name such as militaryStatus.
func plain(name string) string {
	var b strings.Builder
	for i, c := range name {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(c))
		case unicode.IsUpper(c):
			b.WriteRune(' ')
			b.WriteRune(unicode.ToLower(c))
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
