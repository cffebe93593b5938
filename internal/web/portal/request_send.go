package portal

import (
	"context"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// sendPage is the last check before a request is sent.
type sendPage struct {
	*requestPage
	sending request.Sending
	due     string
	wanted  []request.Wanted
	files   []attachment.Upload
}

func openSend(ctx context.Context, r *web.Request) (*sendPage, *web.Answer, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	p := &sendPage{requestPage: q}
	if q.SentAt != nil {
		return p, &web.Answer{SeeOther: "/orders/" + q.Number + "/submitted"}, nil
	}
	if away, yes := q.gone(); yes {
		return p, &away, nil
	}
	if part := q.Next(); part != "" {
		return p, &web.Answer{SeeOther: q.path(placeOf(part))}, nil
	}
	if asks, err := request.AsksForFiles(ctx, r.Tx, r.By, q.Request); err != nil || asks {
		return p, &web.Answer{SeeOther: q.path("/files")}, err
	}
	if p.wanted, p.files, err = request.Enclosed(ctx, r.Tx, r.By, q.Request); err != nil {
		return nil, nil, err
	}
	standard, urgent, err := request.Dues(ctx, r.Tx, q.Request)
	p.due = civil.When(standard, p.loc, p.now)
	if q.Order.Urgency == order.Urgent {
		p.due = civil.When(urgent, p.loc, p.now)
	}
	return p, nil, err
}

func askSend(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openSend(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	return p.show(), nil
}

func (p *sendPage) show() web.Answer {
	return p.ask("Check your answers and send", web.Answer{Body: sendView(p)})
}

func sendRequest(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openSend(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	p.sending = request.Sending{Attested: r.Value("attested") == "yes", Note: r.Value("note")}
	o, err := request.Send(ctx, r.Tx, r.By, p.Request, p.sending)
	if err == nil {
		return web.Answer{SeeOther: "/orders/" + o.Number + "/submitted"}, nil
	}
	if fault.Is(err, fault.Conflict) || !p.refused(err, "files", "attested", "note") {
		return web.Answer{}, err
	}
	return p.show(), err
}

// A chapter is one part of a request in its summary.
type chapter struct {
	heading string
	rows    []ui.SummaryRow
	id      string // of its heading, where an error can be about it
}

func (p *sendPage) chapters() []chapter {
	patient, ordered, who := p.Patient, p.Order, p.Providers
	change := func(row ui.SummaryRow, page, what string) ui.SummaryRow {
		row.ChangeHref, row.ChangeWhat = p.path(page), what
		return row
	}
	all := []chapter{{heading: "Patient and plan", rows: []ui.SummaryRow{
		change(ui.SummaryRow{Key: "Patient", Value: patient.Name() + ", born " + ui.BirthDate(patient.Born)}, "/patient", "patient"),
		{Key: "Plan", Value: patient.PlanName + ", member ID " + patient.Number},
		change(ui.SummaryRow{Key: "Date of service", Value: civil.MediumDate(patient.Typed.Service)}, "/patient", "date of service"),
	}}, {heading: "Order"}}
	for _, s := range ordered.Services {
		value := s.Wording + " (" + s.Code + ")"
		if size := sizeWords(s); size != "" {
			value += ", " + size
		}
		all[1].rows = append(all[1].rows, change(ui.SummaryRow{Key: "Service", Value: value}, "/order", "services"))
	}
	for i, d := range ordered.Diagnoses {
		all[1].rows = append(all[1].rows, change(ui.SummaryRow{Key: diagnosisLabel(i), Value: d.Wording + " (" + d.Code + ")"}, "/order", "diagnoses"))
	}
	all[1].rows = append(all[1].rows, change(ui.SummaryRow{Key: "How soon", Value: urgencyWords(ordered)}, "/order", "how soon it is needed"))
	all = append(all, chapter{heading: "Providers", rows: []ui.SummaryRow{
		change(ui.SummaryRow{Key: "Ordering provider", Value: who.Practitioner}, "/providers", "ordering provider"),
		{Key: "Location", Value: who.Location},
		change(ui.SummaryRow{Key: "Contact", Value: who.Contact.Name + ", " + withExtension(who.Contact.Phone, who.Contact.Extension)}, "/providers", "contact"),
		{Key: "Updates", Value: "On this site, and by email to " + who.Contact.Email},
		change(ui.SummaryRow{Key: "Where it will be done", Value: siteWords(who)}, "/providers", "place of service"),
	}})
	return append(all, p.filesChapter())
}

func siteWords(p request.Providers) string {
	if p.SiteOpen {
		return "Not decided yet"
	}
	return p.Site
}

func urgencyWords(o request.Ordered) string {
	switch o.Urgency {
	case order.Urgent:
		return "Urgent. " + o.Why
	case order.Retrospective:
		return "Already done"
	}
	return "Standard"
}

func (p *sendPage) attestation() ui.Group {
	return ui.Group{Name: "attested", Error: p.faults["attested"], Options: []ui.Option{{Value: "yes", Label: request.Attestation, Checked: p.sending.Attested}}}
}

// submitted says what came of a request, in the words of the order it is.
func submitted(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return web.Answer{}, err
	}
	p := &submittedPage{o: o, loc: r.Zone(defaultZone), now: r.Tx.Now(), by: r.By.Email}
	return web.Answer{Title: "Your request – Order " + order.Spaced(o.Number), Body: submittedView(p)}, nil
}
