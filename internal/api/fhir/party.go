package fhir

import (
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/fault"
)

// A party is an organization as a request describes it.
type party struct {
	name, npi, id string // id is any identifier, with its system
	phone         string
	address
}

type address struct{ line, city, state, zip string }

// A person is a patient or a practitioner as a request describes them.
type person struct {
	first, middle, last, suffix string
	npi, id                     string
	born                        civil.Date
	sex, phone                  string
	address
}

// A place is a location as a request describes it.
type place struct {
	name, phone, id string
	address
}

const npiSystem = "http://hl7.org/fhir/sid/us-npi"

func (r *reader) readParties() error {
	patient := r.follow(r.claim.at("patient"), "Patient")
	insurer := r.follow(r.claim.at("insurer"), "Organization")
	requestor := r.follow(r.claim.at("provider"), "Organization", "PractitionerRole")
	if requestor != nil && kind(requestor) == "PractitionerRole" {
		requestor = r.follow(requestor.at("organization"), "Organization")
	}
	switch {
	case patient == nil:
		return fault.New(fault.Invalid, "The request's patient is not in the bundle.")
	case insurer == nil:
		return fault.New(fault.Invalid, "The request's insurer is not in the bundle.")
	case requestor == nil:
		return fault.New(fault.Invalid, "The organization that sends the request is not in the bundle.")
	}
	r.readPatient(patient)
	r.insurer, r.requestor = r.party(insurer), r.party(requestor)
	switch {
	case r.patient.last == "":
		return fault.New(fault.Invalid, "The patient has no last name.")
	case r.insurer.name == "":
		return fault.New(fault.Invalid, "The insurer has no name.")
	case r.requestor.name == "":
		return fault.New(fault.Invalid, "The organization that sends the request has no name.")
	}
	r.checkNPI(requestor, r.requestor.npi, "organization that sends the request")
	r.readInsurance()
	return nil
}

// checkNPI names a number that was never issued. It is kept all the same.
func (r *reader) checkNPI(e *element, npi, whose string) {
	if npi != "" && !provider.ValidNPI(npi) {
		r.gaps = append(r.gaps, order.Gap{Kind: missing, Path: e.path + ".identifier", Value: npi,
			Text: "The NPI of the " + whose + " can't be right: it doesn't begin with 1 or 2, or its check digit is wrong."})
	}
}

func (r *reader) readPatient(e *element) {
	r.patient = r.person(e)
	r.patient.sex = e.at("gender").text()
	if r.patient.born = r.day(e.at("birthDate")); r.patient.born.IsZero() {
		r.gap(e.path+".birthDate", "The request doesn't say when the patient was born.")
	}
	for _, id := range e.at("identifier").all() {
		r.reference("patient number", id)
	}
}

// person reads what patients and practitioners have in common. Of several
// names or addresses the first is read.
func (r *reader) person(e *element) person {
	name := e.at("name").first()
	p := person{last: name.at("family").text(), suffix: list(name.at("suffix")), address: r.address(e.at("address").first()), phone: phone(e)}
	for i, given := range name.at("given").all() {
		switch i {
		case 0:
			p.first = given.text()
		default:
			p.middle = strings.TrimSpace(p.middle + " " + given.text())
		}
	}
	e.at("active").is("true")
	return p
}

func list(e *element) string {
	var all []string
	for _, item := range e.all() {
		all = append(all, item.text())
	}
	return strings.Join(all, " ")
}

func (r *reader) address(e *element) address {
	a := address{strings.Join(strings.Fields(list(e.at("line"))), " "), e.at("city").text(), e.at("state").text(), e.at("postalCode").text()}
	e.at("country").is("US", "USA")
	return a
}

func phone(e *element) string {
	for _, t := range e.at("telecom").all() {
		if t.at("system").is("phone") {
			return t.at("value").text()
		}
	}
	return ""
}

// identify reads the first identifier, and says which is an NPI.
func identify(e *element) (npi, id string) {
	first := e.at("identifier").first()
	value := first.at("value").text()
	if value == "" {
		return "", ""
	}
	system := first.at("system").text()
	if system == npiSystem {
		npi = value
	}
	return npi, system + "|" + value
}

func (r *reader) party(e *element) party {
	p := party{name: e.at("name").text(), phone: phone(e), address: r.address(e.at("address").first())}
	p.npi, p.id = identify(e)
	e.at("active").is("true")
	return p
}

// readInsurance reads the coverage that the request is made under.
func (r *reader) readInsurance() {
	var cover *element
	for _, insurance := range r.claim.at("insurance").all() {
		if insurance.at("focal").peek() == "true" && cover == nil {
			if cover = r.follow(insurance.at("coverage"), "Coverage"); cover != nil {
				insurance.at("focal").text()
				insurance.at("sequence").text()
			}
		}
	}
	if cover == nil {
		r.gap(r.claim.path+".insurance", "The request doesn't say under which coverage it is made.")
		return
	}
	cover.at("status").is("active")
	r.number = cover.at("subscriberId").text()
	r.from, r.to = r.period(cover.at("period"))
	r.follow(cover.at("beneficiary"), "Patient")
	for _, payor := range cover.at("payor").all() {
		r.follow(payor, "Organization")
	}
	if relation := cover.at("relationship", "coding").all(); len(relation) > 0 && relation[0].at("code").peek() == "self" {
		for _, c := range relation { // the further ones say the same in other systems
			c.at("system").text()
			c.at("code").text()
			c.at("display").text()
		}
	}
	if r.number == "" {
		r.gap(cover.path+".subscriberId", "The request doesn't give the member ID.")
	}
	if cover.at("type") == nil {
		r.gap(cover.path+".type", "The request doesn't say the type of plan. Commercial is assumed.")
	}
}

// readCareTeam reads the first practitioner of the care team, and where they
// work. The profile has no place for who ordered; theirs is the name we have.
func (r *reader) readCareTeam() {
	for _, seat := range r.claim.at("careTeam").all() {
		if r.doctor != nil || r.site != nil {
			break // the others stay unread, and are named as such
		}
		role := r.follow(seat.at("provider"), "PractitionerRole", "Practitioner")
		if role == nil {
			continue
		}
		seat.at("sequence").text()
		seat.ext("careTeamClaimScope").at("valueBoolean").is("true")
		if kind(role) == "Practitioner" {
			r.readDoctor(role)
			continue
		}
		r.phone = phone(role)
		r.readDoctor(r.follow(role.at("practitioner"), "Practitioner"))
		r.readSite(r.follow(role.at("location").first(), "Location"))
	}
	if r.doctor == nil {
		r.gap(r.claim.path+".careTeam", "The request doesn't say which practitioner asks, or that practitioner is not in it.")
	}
}

func (r *reader) readDoctor(e *element) {
	if e == nil {
		return
	}
	p := r.person(e)
	p.npi, p.id = identify(e)
	r.checkNPI(e, p.npi, "practitioner")
	if p.last != "" {
		r.doctor = &p
	}
}

func (r *reader) readSite(e *element) {
	if e == nil {
		return
	}
	r.site = &place{name: e.at("name").text(), phone: phone(e), address: r.address(e.at("address")), id: e.at("id").peek()}
	e.at("status").is("active")
}
