package request

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/guideline"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// MostNote is how many letters the additional information can have.
const MostNote = 2000

// channel is how an order came that its office sent here.
const channel = "portal"

// A Sending is what is said at the last step.
type Sending struct {
	Attested bool   // that what was entered is accurate
	Note     string // additional information, may be ""
}

// Attestation is what whoever sends a request confirms.
const Attestation = "The information is accurate, is about this patient, and is supported by the patient’s medical record"

// A Sent is what became of a request.
type Sent struct {
	Order    order.Order
	Outcomes []guideline.Outcome // of each service, in their order; none if it was sent before
	Enclosed []string            // items of the checklist for which a file is enclosed and accepted
}

// Send makes r an order under r's number, received now or when it reached the
// staff who took it down, and weighs what was
// answered about it. It happens once: a request that was sent returns its
// order. Who may: those who send requests. What is still missing is a Conflict
// that names the page.
func Send(ctx context.Context, tx *db.Tx, by account.Actor, r Request, s Sending) (Sent, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return Sent{}, err
	}
	if r.SentAt != nil {
		o, err := order.ByID(ctx, tx, by, r.OrderID)
		return Sent{Order: o}, err
	}
	if err := notice.Must(ctx, tx, by, notice.Requests); err != nil {
		return Sent{}, err
	}
	if err := madeHere(ctx, tx, r.Patient.PlanID, r.Patient.Line, ""); err != nil {
		return Sent{}, err
	}
	if err := plan.Must(ctx, tx, by, plan.RequestsFeature, r.Place()); err != nil {
		return Sent{}, err
	}
	if err := r.ready(tx, s); err != nil {
		return Sent{}, err
	}
	if err := r.signed(ctx, tx); err != nil {
		return Sent{}, err
	}
	questions, err := Ask(ctx, tx, by, r)
	if err != nil {
		return Sent{}, err
	}
	if err := finish(ctx, tx, by, questions); err != nil {
		return Sent{}, err
	}
	enclosed, err := r.filesReady(ctx, tx, by)
	if err != nil {
		return Sent{}, err
	}
	o, err := order.Create(ctx, tx, by, r.order(by, s))
	if err != nil {
		return Sent{}, err
	}
	if _, _, err := attachment.Enclose(ctx, tx, by, string(r.ID), string(o.ID)); err != nil {
		return Sent{}, err
	}
	if err := r.close(ctx, tx, by, o); err != nil {
		return Sent{}, err
	}
	if err := order.NoteCoverage(ctx, tx, by, o); err != nil {
		return Sent{}, err
	}
	found, err := weigh(ctx, tx, by, r, questions)
	return Sent{o, found, enclosed}, err
}

// Reweigh weighs what was answered about an order once more, with the files
// that are enclosed by now. Only the program does so. The error is a NotFound
// fault for an order that didn't begin here.
func Reweigh(ctx context.Context, tx *db.Tx, o order.Order) (Request, Sent, error) {
	by := account.Program()
	r, err := ofOrder(ctx, tx, o.ID)
	if err != nil {
		return r, Sent{}, err
	}
	answered, err := Answers(ctx, tx, by, o)
	if err != nil {
		return r, Sent{}, err
	}
	found, err := weigh(ctx, tx, by, r, answered)
	if err != nil {
		return r, Sent{}, err
	}
	files, err := attachment.Uploads(ctx, tx, string(r.ID))
	return r, Sent{o, found, items(files)}, err
}

// ready says what is missing before r can be sent.
func (r Request) ready(tx *db.Tx, s Sending) error {
	if err := r.open(tx); err != nil {
		return err
	}
	if part := r.Next(); part != "" {
		return fault.New(fault.Conflict, "Before this can be sent, complete “%s”.", part.Words())
	}
	f := fault.Fields{}
	f.Check(s.Attested, "attested", "Check the box to confirm the information is accurate")
	f.Check(len([]rune(s.Note)) <= MostNote, "note", "Answer must be 2,000 characters or less")
	return f.Err()
}

// close notes that r is an order now.
func (r Request) close(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) error {
	now := tx.Now()
	r.Version, r.SentAt, r.OrderID = r.Version+1, &now, o.ID
	r.ChangedBy, r.ChangedName, r.ChangedAt = string(by.ID), by.Name, now
	if err := update(ctx, tx, r); err != nil {
		return err
	}
	if err := r.clear(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, by, r, "request.sent")
}

// Words are a part as people read it.
func (p Part) Words() string {
	return map[Part]string{PatientPart: "Patient and plan", OrderPart: "Order", ProvidersPart: "Providers", ClinicalPart: "Clinical questions"}[p]
}

// order is what r becomes. What staff took down was received when it reached
// them, however long they took; what its office sends itself is received when
// it is sent.
func (r Request) order(by account.Actor, s Sending) order.Order {
	c := r.Content
	o := order.Order{
		Number: r.Number, OrganizationID: r.OrganizationID, LocationID: c.Providers.LocationID, PractitionerID: c.Providers.PractitionerID, PractitionerAddress: c.Providers.Address,
		SiteID: c.Providers.SiteID, SiteName: c.Providers.Site, MemberID: c.Patient.MemberID, CoverageID: c.Patient.CoverageID, EligibilityID: c.Patient.EligibilityID, MemberNumber: c.Patient.Number, Unmatched: c.Patient.Unmatched,
		Patient: order.Patient{First: c.Patient.First, Last: c.Patient.Last, Born: c.Patient.Born}, PlanID: c.Patient.PlanID, Line: c.Patient.Line,
		ProgramID: c.Order.ProgramID, Urgency: c.Order.Urgency, Channel: channel, Title: c.Order.Title(),
		ServiceFrom: c.Patient.Typed.Service, Contact: c.Providers.Contact, Note: note(c, s),
	}
	if t := r.Taken; t != nil && by.Assists != nil {
		o.Channel, o.Caller, o.ReceivedAt = t.Channel, t.Caller, t.ReceivedAt
	}
	for i, svc := range c.Order.Services {
		o.Services = append(o.Services, order.Service{Line: i + 1, System: svc.System, Code: svc.Code, Wording: svc.Wording, Laterality: svc.Side, Units: svc.Units, Unit: svc.Unit, From: c.Patient.Typed.Service})
	}
	for i, d := range c.Order.Diagnoses {
		o.Diagnoses = append(o.Diagnoses, order.Diagnosis{Rank: i + 1, Code: d.Code, Wording: d.Wording})
	}
	return o
}

// note is what the office wrote, with why it is urgent and why it is asked for
// again before it: reviewers read them first.
func note(c Content, s Sending) string {
	var all []string
	if c.Order.Urgency == order.Urgent {
		for _, t := range Tests {
			if t.Value == c.Order.Urgent {
				all = append(all, "Urgent: "+t.Words+". "+c.Order.Why)
			}
		}
	}
	if c.Patient.Anyway != "" {
		all = append(all, "Sent although an order for the same is open: "+c.Patient.Anyway)
	}
	if c.Providers.Network == plan.OutOfNetwork {
		all = append(all, c.Providers.Site+" is out of network for the plan. The office chose it all the same.")
	}
	if text := strings.TrimSpace(s.Note); text != "" {
		all = append(all, text)
	}
	return strings.Join(all, "\n\n")
}
