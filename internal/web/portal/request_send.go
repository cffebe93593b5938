package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// sendPage is the last check before a request is sent.
type sendPage struct {
	*requestPage
	questions []request.Questions
	sign      bool // the program wants the ordering practitioner's signature
	asked     bool // the practitioner was just asked to sign
	sending   request.Sending
	due       words.Text
	wanted    []request.Wanted
	files     []attachment.Upload
}

func openSend(ctx context.Context, r *web.Request) (*sendPage, *web.Answer, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	p := &sendPage{requestPage: q}
	q.page = "review"
	if q.SentAt != nil {
		return p, &web.Answer{SeeOther: "/orders/" + q.Number + "/submitted"}, nil
	}
	if away, yes := q.gone(); yes {
		return p, &away, nil
	}
	if part := q.Next(); part != "" {
		return p, &web.Answer{SeeOther: q.path(placeOf(part))}, nil
	}
	if p.questions, err = request.Ask(ctx, r.Tx, r.By, q.Request); err != nil {
		return p, nil, err
	}
	if slices.ContainsFunc(p.questions, func(q request.Questions) bool { return !q.Current() }) {
		return p, &web.Answer{SeeOther: q.path("/clinical")}, nil
	}
	if p.sign, err = request.WantsSignature(ctx, r.Tx, q.Request); err != nil {
		return p, nil, err
	}
	p.asked = r.Query("asked") == "yes"
	if asks, err := request.AsksForFiles(ctx, r.Tx, r.By, q.Request); err != nil || asks {
		return p, &web.Answer{SeeOther: q.path("/files")}, err
	}
	if p.wanted, p.files, err = request.Enclosed(ctx, r.Tx, r.By, q.Request); err != nil {
		return p, nil, err
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
	kept, err := request.KeptFor(ctx, r.Tx, r.By, p.Request, p.page, time.Time{})
	if kept != nil {
		p.sending = request.Sending{Note: kept.Form.Get("note")}
	}
	return p.show(), err
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
	if err := p.signed(ctx, r); err != nil {
		if !p.refused(err, "password") {
			return web.Answer{}, err
		}
		ans := p.show()
		ans.Keep = true // a wrong password counts
		return ans, err
	}
	if r.Value("save") == "exit" {
		return web.Answer{SeeOther: p.path("")}, nil
	}
	o, err := review.Receive(ctx, r.Tx, r.By, p.Request, p.sending)
	if err == nil {
		return web.Answer{SeeOther: "/orders/" + o.Number + "/submitted"}, nil
	}
	if fault.Is(err, fault.Conflict) || !p.refused(err, "files", "attested", "note") {
		return web.Answer{}, err
	}
	return p.show(), err
}

// signed puts the reader's signature on the request, if they are the one who
// signs and have not yet.
func (p *sendPage) signed(ctx context.Context, r *web.Request) (err error) {
	if !p.sign || !p.maySign || p.Signature != nil {
		return nil
	}
	if err := account.Confirm(ctx, r.Tx, r.Visit, "password", r.Value("password")); err != nil {
		return err
	}
	p.Request, err = request.Sign(ctx, r.Tx, r.By, p.Request, p.since)
	return err
}

// askSignature sends word to the ordering practitioner.
func askSignature(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openSend(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	if err := request.AskToSign(ctx, r.Tx, r.By, p.Request); err != nil {
		if !fault.Is(err, fault.NotFound) {
			return web.Answer{}, err
		}
		p.errors = []ui.FieldError{{Text: fault.Of(err).Text}}
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/review?asked=yes")}, request.KeepTyped(ctx, r.Tx, r.By, p.Request, p.page, r.Form)
}

// signatureWords say who signed, and when.
func (p *sendPage) signatureWords() words.Text {
	return words.Say("Signed by %s, %s. Changing the request takes the signature off.", p.Signature.Name, civil.When(p.Signature.At, p.loc, p.now))
}

// back is the page before this one.
func (p *sendPage) back() string {
	if len(p.questions) > 0 {
		return p.path("/clinical")
	}
	return p.path("/providers")
}

// A chapter is one part of a request in its summary.
type chapter struct {
	heading words.Text
	rows    []ui.SummaryRow
	id      string // of its heading, where an error can be about it
}

func (p *sendPage) chapters() []chapter {
	patient, ordered, who := p.Patient, p.Order, p.Providers
	change := func(row ui.SummaryRow, page string, what words.Text) ui.SummaryRow {
		row.ChangeHref, row.ChangeWhat = p.path(page), what
		return row
	}
	all := []chapter{{heading: "Patient and plan", rows: []ui.SummaryRow{
		change(ui.SummaryRow{Key: "Patient", Value: words.Say("%s, born %s", patient.Name(), ui.BirthDate(patient.Born))}, "/patient", "patient"),
		{Key: "Plan", Value: words.Say("%s, member ID %s", patient.PlanName, patient.Number)},
		change(ui.SummaryRow{Key: "Date of service", Value: civil.MediumDate(patient.Typed.Service)}, "/patient", "date of service"),
		{Key: "Eligibility", Value: p.coverageWords()},
	}}, {heading: "Order"}}
	for _, s := range ordered.Services {
		value := words.AsIs(s.Wording + " (" + s.Code + ")")
		if size := sizeWords(s); size != "" {
			value += words.Say(", %s", size)
		}
		all[1].rows = append(all[1].rows, change(ui.SummaryRow{Key: "Service", Value: value}, "/order", "services"))
	}
	for i, d := range ordered.Diagnoses {
		all[1].rows = append(all[1].rows, change(ui.SummaryRow{Key: diagnosisLabel(i), Value: words.Say("%s (%s)", d.Wording, d.Code)}, "/order", "diagnoses"))
	}
	all[1].rows = append(all[1].rows, change(ui.SummaryRow{Key: "How soon", Value: urgencyWords(ordered)}, "/order", "how soon it is needed"))
	all = append(all, chapter{heading: "Providers", rows: []ui.SummaryRow{
		change(ui.SummaryRow{Key: "Ordering provider", Value: words.AsIs(strings.TrimSuffix(who.Practitioner+", "+who.Address, ", "))}, "/providers", "ordering provider"),
		{Key: "Location", Value: words.AsIs(who.Location)},
		change(ui.SummaryRow{Key: "Contact", Value: words.Say("%s, %s", who.Contact.Name, withExtension(who.Contact.Phone, who.Contact.Extension))}, "/providers", "contact"),
		{Key: "Updates", Value: noticeWords(who.Contact)},
		change(ui.SummaryRow{Key: "Where it will be done", Value: siteWords(who)}, "/providers", "place of service"),
	}})
	return append(append(all, p.clinical()...), p.filesChapter())
}

// coverageWords say whether the patient is covered, and who says so.
func (p *sendPage) coverageWords() words.Text {
	if p.Patient.Unmatched {
		return "To be confirmed. You entered the patient by hand, and nothing is approved before we have found the member."
	}
	if p.coverage == nil {
		return ""
	}
	return words.Say("%s. %s", p.coverage.heading(), p.coverage.sourceWords())
}

// clinical are the answers to each guideline's questions.
func (p *sendPage) clinical() (all []chapter) {
	for _, q := range p.questions {
		c := chapter{heading: words.Say("Clinical questions: %s", q.Guideline.Title)}
		for _, page := range q.Form().Pages {
			c.rows = append(c.rows, answerRows(page, p.path("/clinical/"+q.Guideline.ID+"/"+page.Key)+"?return=review")...)
		}
		all = append(all, c)
	}
	return all
}

// noticeWords say how a contact hears of the order.
func noticeWords(c order.Contact) words.Text {
	if c.Notices == request.ByFax {
		return words.Say("On this site, and by fax to %s", c.Fax)
	}
	return words.Say("On this site, and by email to %s", c.Email)
}

func siteWords(p request.Providers) words.Text {
	if p.SiteOpen {
		return "Not decided yet"
	}
	if p.Network != plan.NotKnown {
		return words.Say("%s, %s", p.Site, string(p.Network))
	}
	return words.AsIs(p.Site)
}

func urgencyWords(o request.Ordered) words.Text {
	switch o.Urgency {
	case order.Urgent:
		return words.Say("Urgent. %s", o.Why)
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
	p := &submittedPage{o: o, key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), by: r.By.Email}
	return web.Answer{Title: words.Say("Your request – Order %s", order.Spaced(o.Number)), Body: submittedView(p)}, nil
}

// approval is what an approval says.
func (p *submittedPage) approval() []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: "Authorization number", Value: words.AsIs(p.o.AuthNumber)}}
	for _, s := range p.o.Services {
		rows = append(rows, ui.SummaryRow{Key: "Service", Value: words.Say("%s (%s), %s of %s approved", s.Wording, s.Code, strconv.Itoa(s.Approved), strconv.Itoa(s.Units))})
	}
	if !p.o.ValidTo.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: "Valid", Value: civil.DateRange(p.o.ValidFrom, p.o.ValidTo)})
	}
	if p.o.SiteName != "" {
		rows = append(rows, ui.SummaryRow{Key: "Where", Value: words.AsIs(p.o.SiteName)})
	}
	return rows
}

// copyOrder begins another request like an order: for the same patient, or for
// the same services.
func copyOrder(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return web.Answer{}, err
	}
	begin := request.CopyOrder
	if r.Value("keep") == "patient" {
		begin = request.SamePatient
	}
	q, err := begin(ctx, r.Tx, r.By, o)
	return web.Answer{SeeOther: "/requests/" + q.Number + "/patient"}, err
}
