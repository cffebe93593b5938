package fhir

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/words"
)

// What is assumed where a request does not say.
const (
	assumedLine = "commercial"
	assumedZone = "America/New_York"
	generalCode = "general"
)

func (s *saver) assume(path, text string) {
	s.gaps = append(s.gaps, order.Gap{Kind: missing, Path: path, Text: text})
}

// prepare finds or makes all that the order will refer to.
func (s *saver) prepare(ctx context.Context) (o order.Order, err error) {
	program, err := s.program(ctx)
	if err != nil {
		return o, err
	}
	p, err := s.plan(ctx, program.ID)
	if err != nil {
		return o, err
	}
	office, home, err := s.office(ctx)
	if err != nil {
		return o, err
	}
	m, c, err := s.member(ctx, p)
	if err != nil {
		return o, err
	}
	doctor, err := s.practitioner(ctx, office, home)
	if err != nil {
		return o, err
	}
	o = order.Order{
		OrganizationID: office.ID, LocationID: home.ID, PractitionerID: doctor.ID, MemberID: string(m.ID), CoverageID: c.ID, MemberNumber: s.number,
		Patient: order.Patient{First: m.First, Last: m.Last, Born: m.Born}, PlanID: p.ID, Line: assumedLine, ProgramID: program.ID,
		Urgency: order.Standard, Channel: "fhir", ServiceFrom: s.serviceFrom, ServiceTo: s.serviceTo, Note: s.note,
		Contact: order.Contact{Name: doctor.Name(), Phone: first(s.phone, doctor.Phone, office.Phone)}, ReceivedAt: s.tx.Now(),
		Diagnoses: s.diagnoses, References: s.references, Source: "fhir/" + s.hash,
	}
	if s.urgent {
		o.Urgency = order.Urgent
	}
	if s.site != nil {
		o.SiteName = s.site.name
	}
	return o, s.describe(ctx, &o)
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// describe words the services and diagnoses: the sender's words if there are
// any, else the publisher's of a code set we hold.
func (s *saver) describe(ctx context.Context, o *order.Order) error {
	for _, line := range s.services {
		if err := s.word(ctx, &line); err != nil {
			return err
		}
		o.Services = append(o.Services, line)
		if o.Title == "" && line.Status != order.Withdrawn {
			o.Title = line.Wording
		}
	}
	o.Title = first(o.Title, o.Services[0].Wording)
	for i, d := range o.Diagnoses {
		if d.Wording != "" {
			continue
		}
		c, err := code.Lookup(ctx, s.tx, code.ICD10CM, d.Code)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		o.Diagnoses[i].Wording = c.Long
	}
	return nil
}

func (s *saver) word(ctx context.Context, line *order.Service) error {
	if line.Wording != "" {
		return nil
	}
	c, err := code.Lookup(ctx, s.tx, line.System, line.Code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	line.Wording = first(c.Long, "Service "+line.Code)
	return nil
}

// program is the one for services that no program claims.
func (s *saver) program(ctx context.Context) (plan.Program, error) {
	s.assume("Claim.item", "No program is set for these services. General services is assumed.")
	all, err := plan.Programs(ctx, s.tx)
	if err != nil {
		return plan.Program{}, err
	}
	for _, p := range all {
		if p.Code == generalCode {
			return p, nil
		}
	}
	return plan.SaveProgram(ctx, s.tx, s.by, plan.Program{
		Code: generalCode, Name: "General services", Description: "Services that no other program reviews.",
		SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5, NoticeMinutes: 60,
	})
}

// plan finds the insurer's plan: one that an import made of it, or one whose
// payer ID is the insurer's. A plan nobody knew is made, with usual rules.
func (s *saver) plan(ctx context.Context, program plan.ProgramID) (plan.Plan, error) {
	source := "fhir/" + first(s.insurer.id, s.insurer.name)
	p, err := plan.BySource(ctx, s.tx, source)
	if !fault.Is(err, fault.NotFound) {
		return p, firstError(err, s.line(ctx, p.ID))
	}
	all, err := plan.All(ctx, s.tx)
	if err != nil {
		return p, err
	}
	_, number, _ := strings.Cut(s.insurer.id, "|")
	codes := map[string]bool{}
	for _, known := range all {
		if codes[known.Code] = true; number != "" && known.PayerID == number {
			return known, s.line(ctx, known.ID)
		}
	}
	p = plan.Plan{Code: freeCode(codes, s.insurer.name), Name: s.insurer.name, PayerID: number, TimeZone: assumedZone, Phone: s.insurer.phone, Source: source}
	if p, err = plan.Save(ctx, s.tx, s.by, p); err != nil {
		return p, err
	}
	s.assume("Claim.insurer", "The insurer was not known here. It was made a plan with Eastern Time and usual rules.")
	return p, firstError(s.line(ctx, p.ID), s.open(ctx, p, program))
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func freeCode(taken map[string]bool, name string) string {
	code := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
	code = strings.Trim(code[:min(len(code), 40)], "-")
	for n := 2; taken[code] || code == ""; n++ {
		code = fmt.Sprintf("plan-%d", n)
	}
	return code
}

// line makes sure that the plan has the line of business that is assumed.
func (s *saver) line(ctx context.Context, id plan.ID) error {
	_, err := plan.GetLine(ctx, s.tx, id, assumedLine)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return plan.SaveLine(ctx, s.tx, s.by, plan.Line{
		PlanID: id, Code: assumedLine, Name: "Commercial", DecisionDays: 7, UrgentHours: 72,
		CallEffect: "change", CallWindowDays: 5, CallBusiness: true, CallsPerCase: 1, Peers: "MD,DO,NP,PA",
	})
}

// open takes it that a plan which has its requests sent to us has delegated
// their review and the calls about it to us.
func (s *saver) open(ctx context.Context, p plan.Plan, program plan.ProgramID) error {
	s.assume("Claim.insurer", "Review and peer-to-peer calls are taken to be delegated to us by this plan.")
	today := civil.DateIn(s.tx.Now(), p.Zone())
	for _, f := range []plan.Function{plan.Utilization, plan.PeerToPeer} {
		if err := plan.Delegate(ctx, s.tx, s.by, plan.Delegation{PlanID: p.ID, Line: assumedLine, Function: f, By: plan.Us, From: today}); err != nil {
			return err
		}
	}
	return plan.RollOut(ctx, s.tx, s.by, plan.Rollout{Feature: plan.CallsFeature, ProgramID: program, PlanID: p.ID, Stage: plan.On, From: today})
}

// office finds the organization that sends the request, and its own location.
func (s *saver) office(ctx context.Context) (o account.Organization, home provider.Location, err error) {
	source := "fhir/" + first(s.requestor.id, s.requestor.name)
	o, err = account.OrganizationBySource(ctx, s.tx, source)
	if fault.Is(err, fault.NotFound) && provider.ValidNPI(s.requestor.npi) {
		o, err = account.OrganizationByNPI(ctx, s.tx, s.requestor.npi)
	}
	if fault.Is(err, fault.NotFound) {
		o, err = account.SaveOrganization(ctx, s.tx, s.by, account.Organization{Kind: "office", Name: s.requestor.name, NPI: s.requestor.npi, Phone: s.requestor.phone, Source: source})
	}
	if err != nil {
		return o, home, err
	}
	home, err = s.location(ctx, o.ID, source+"/home", place{name: s.requestor.name, phone: s.requestor.phone, address: s.requestor.address})
	return o, home, err
}

func (s *saver) location(ctx context.Context, organization, source string, p place) (provider.Location, error) {
	l, err := provider.LocationBySource(ctx, s.tx, source)
	if !fault.Is(err, fault.NotFound) {
		return l, err
	}
	return provider.SaveLocation(ctx, s.tx, s.by, provider.Location{
		OrganizationID: organization, Name: p.name, Line: p.line, City: p.city, State: p.state, ZIP: p.zip, Phone: p.phone, Source: source,
	})
}

// practitioner finds who asks, and where they work.
func (s *saver) practitioner(ctx context.Context, office account.Organization, home provider.Location) (p provider.Practitioner, err error) {
	at := home
	if s.site != nil {
		source := "fhir/" + office.ID + "/" + s.site.name + "/" + s.site.line + "/" + s.site.zip
		if at, err = s.location(ctx, office.ID, source, *s.site); err != nil {
			return p, err
		}
	}
	if s.doctor == nil {
		return p, nil
	}
	source := "fhir/" + s.doctor.id + "/" + strings.ToLower(s.doctor.last)
	p, err = provider.PractitionerBySource(ctx, s.tx, source)
	if fault.Is(err, fault.NotFound) && provider.ValidNPI(s.doctor.npi) {
		if p, err = provider.PractitionerByNPI(ctx, s.tx, s.doctor.npi); err == nil && !strings.EqualFold(p.Last, s.doctor.last) {
			p, err = provider.Practitioner{}, fault.New(fault.NotFound, "The NPI belongs to someone with another name.")
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return p, err
	}
	if p.ID == "" {
		p = provider.Practitioner{NPI: s.doctor.npi, First: s.doctor.first, Last: s.doctor.last, Phone: first(s.phone, s.doctor.phone), Source: source}
	}
	return provider.SavePractitioner(ctx, s.tx, s.by, p, at.ID)
}

// member finds the patient: the member of the plan with the same number, name
// and date of birth, or one that an earlier request made. A patient is never
// taken for a member about whom anything of that differs.
func (s *saver) member(ctx context.Context, p plan.Plan) (m member.Member, c member.Coverage, err error) {
	who := strings.ToLower(strings.Join([]string{string(p.ID), s.number, s.patient.last, s.patient.first, s.patient.born.String()}, "/"))
	m, err = member.BySource(ctx, s.tx, "fhir/"+who)
	if fault.Is(err, fault.NotFound) && !s.patient.born.IsZero() && s.number != "" {
		m, err = member.Match(ctx, s.tx, string(p.ID), s.number, s.patient.first, s.patient.last, s.patient.born)
	}
	if fault.Is(err, fault.NotFound) {
		m, err = member.Save(ctx, s.tx, s.by, member.Member{
			First: s.patient.first, Middle: s.patient.middle, Last: s.patient.last, Suffix: s.patient.suffix, Born: s.patient.born, Sex: s.patient.sex,
			Line: s.patient.line, City: s.patient.city, State: s.patient.state, ZIP: s.patient.zip, Phone: s.patient.phone, Source: "fhir/" + who,
		})
	}
	if err != nil {
		return m, c, err
	}
	c, err = member.CoverageBySource(ctx, s.tx, "fhir/"+who)
	if fault.Is(err, fault.NotFound) {
		c, err = member.Cover(ctx, s.tx, s.by, member.Coverage{MemberID: m.ID, PlanID: p.ID, Line: assumedLine, Number: s.number, From: s.from, To: s.to, Source: "fhir/" + who})
	}
	return m, c, err
}

// sameLine reports whether the order has the line just as the request sends it.
func sameLine(o order.Order, line order.Service) bool {
	for _, held := range o.Services {
		if held.Line != line.Line {
			continue
		}
		if line.Status == "" {
			line.Status = held.Status
		}
		return held == line
	}
	return false
}

// amendText says which lines a request adds, changes and takes back.
func amendText(o order.Order, lines []order.Service) words.Text {
	var added, withdrawn int
	for _, line := range lines {
		known := false
		for _, held := range o.Services {
			known = known || held.Line == line.Line
		}
		switch {
		case line.Status == order.Withdrawn:
			withdrawn++
		case !known:
			added++
		}
	}
	return words.Say("The sender changed the request: lines added %s, lines taken back %s.", strconv.Itoa(added), strconv.Itoa(withdrawn))
}
