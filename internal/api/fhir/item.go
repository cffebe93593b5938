package fhir

import (
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/words"
)

// Code systems, by the addresses FHIR gives them.
const (
	hcpcsSystem = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
	cptSystem   = "http://www.ama-assn.org/go/cpt"
	typeSystem  = "https://codesystem.x12.org/005010/1365"
	icd10System = "http://hl7.org/fhir/sid/icd-10-cm"
)

const maxItems = 999 // what an item's sequence may reach in X12

// readItems reads the lines of the request. Their sequence numbers stay with
// them for life (PAS 2.2.1, "Claim update").
func (r *reader) readItems() error {
	seen := map[int]bool{}
	for _, item := range r.claim.at("item").all() {
		s := r.service(item)
		if s.Line < 1 || s.Line > maxItems || seen[s.Line] {
			return fault.New(fault.Invalid, "The request's lines are not numbered from 1 to %s, each once.", maxItems)
		}
		if s.Code == "" {
			return fault.New(fault.Invalid, "Line %s of the request has no code.", s.Line)
		}
		seen[s.Line] = true
		r.services = append(r.services, s)
	}
	if len(r.services) == 0 {
		return fault.New(fault.Invalid, "The request asks for no service.")
	}
	return nil
}

func (r *reader) service(item *element) order.Service {
	line, _ := strconv.Atoi(item.at("sequence").text()) // 0 is refused above
	s := order.Service{Line: line, Units: 1}
	c := item.at("productOrService").concept()
	s.System, s.Code, s.Wording = system(c), c.code, c.display
	for _, m := range item.at("modifier").all() {
		s.Modifiers = strings.TrimSpace(s.Modifiers + " " + m.concept().code)
	}
	s.From, s.To = r.days(item, "serviced")
	r.widen(s.From, s.To)
	s.Place = item.at("locationCodeableConcept").concept().code
	r.readNumbers(item)
	if asked := r.follow(item.ext("requestedService").at("valueReference"), "ServiceRequest"); asked != nil {
		r.readAsked(asked, c, &s)
	}
	quantity(item.at("quantity"), &s)
	r.readStage(item, &s)
	if len(r.claim.at("careTeam").all()) == 1 {
		item.at("careTeamSequence").take()
	}
	if len(r.claim.at("diagnosis").all()) == 1 {
		item.at("diagnosisSequence").take()
	}
	return s
}

// system is how we call a code system. Five digits among the codes of HCPCS
// are of its first level, which is CPT.
func system(c coding) string {
	switch c.system {
	case cptSystem:
		return "CPT"
	case hcpcsSystem:
		if len(c.code) == 5 && c.code[0] >= '0' && c.code[0] <= '9' {
			return "CPT"
		}
		return code.HCPCS
	case typeSystem:
		return "service type"
	}
	return c.system
}

func (r *reader) readNumbers(item *element) {
	r.reference("line trace number", item.ext("itemTraceNumber").at("valueIdentifier"))
	for _, n := range [][2]string{{"authorizationNumber", "authorization number"}, {"administrationReferenceNumber", "administrative reference"}} {
		if v := item.ext(n[0]).at("valueString").text(); v != "" {
			r.references = append(r.references, order.Reference{Kind: n[1], Value: v})
		}
	}
}

// readAsked reads the order behind a line: how much of it.
func (r *reader) readAsked(asked *element, of coding, s *order.Service) {
	asked.at("status").is("active")
	asked.at("intent").is("order")
	r.follow(asked.at("subject"), "Patient")
	if asked.at("code").hasCode(of.code) {
		asked.at("code").take()
	}
	quantity(asked.at("quantityQuantity"), s)
}

// quantity reads a whole number of units; a part of one stays unread.
func quantity(q *element, s *order.Service) {
	n, err := strconv.Atoi(q.at("value").peek())
	if err != nil || n < 1 || n > 1_000_000 {
		return
	}
	s.Units, s.Unit = n, q.at("unit").text()
	q.at("value").text()
	q.at("system").text()
	q.at("code").text()
}

// readStage reads whether a line is new, changed or taken back.
func (r *reader) readStage(item *element, s *order.Service) {
	stage := item.ext("certificationType").at("valueCodeableConcept")
	stage.hasCode("I")
	cancelled := stage.hasCode("3")
	if item.ext("infoCancelled").at("valueBoolean").is("true") || cancelled {
		s.Status = order.Withdrawn
	}
	item.ext("infoChanged").at("valueCode").is("added", "changed")
}

func (r *reader) readDiagnoses() {
	for i, d := range r.claim.at("diagnosis").all() {
		concept := d.at("diagnosisCodeableConcept")
		if concept.at("coding").first().at("code").peek() == "" {
			continue
		}
		c := coding{code: concept.at("coding").first().at("code").text(), display: concept.at("coding").first().at("display").text()}
		dx := order.Diagnosis{Rank: i + 1, Code: c.code, Wording: c.display, Recorded: r.day(d.ext("diagnosisRecordedDate").at("valueDate"))}
		if concept.at("coding").first().at("system").is(icd10System) {
			dx.Code = code.Code{System: code.ICD10CM, Code: code.Plain(c.code)}.Dotted()
		}
		d.at("sequence").text()
		r.diagnoses = append(r.diagnoses, dx)
	}
	if len(r.diagnoses) == 0 {
		r.gap(r.claim.path+".diagnosis", "The request gives no diagnosis.")
	}
}

// readDates falls back on the visit for the dates of service.
func (r *reader) readDates() {
	visit := r.follow(r.claim.ext("Claim.encounter").at("valueReference"), "Encounter")
	if visit != nil {
		r.follow(visit.at("subject"), "Patient")
		from, to := r.period(visit.at("period"))
		if r.serviceFrom.IsZero() {
			r.widen(from, to)
		}
		if from != r.serviceFrom || to != r.serviceTo {
			r.sent += " " + words.Say("The visit is from %s to %s.", either(from), either(to))
		}
	}
	if r.serviceFrom.IsZero() && r.serviceTo.IsZero() {
		r.gap(r.claim.path+".item", "The request gives no date of service.")
	}
}

func either(d civil.Date) string {
	if d.IsZero() {
		return "an unknown day"
	}
	return d.String()
}
