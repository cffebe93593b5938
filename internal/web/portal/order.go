package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/legacy"
	"parley/internal/domain/letter"
	"parley/internal/domain/member"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// orderPage is all that the page of one order shows.
type orderPage struct {
	o            order.Order
	standing     peer.Standing
	decision     *review.Determination // nil until there is one
	office       string                // whose order it is
	practitioner *provider.Practitioner
	files        []attachment.File
	answered     bool                // there are clinical answers
	late         []attachment.Upload // on their way, or not taken after the request was sent
	letters      []letter.Letter
	ways         map[string][]letter.Delivery // of each letter
	events       []order.Event
	gaps         []order.Gap
	choices      []appeal.Choice // after an adverse decision
	stood        []review.Stood  // the criteria, at that decision
	mayFile      bool
	mayAdd       bool                  // files
	mayWrite     bool                  // messages
	instead      map[string]words.Text // by feature: what is read in its place
	ending       []words.Text          // what is read of features that end
	mayGive      bool                  // to somebody else of the office to look after
	holder       order.Holder          // who looks after it; read for those who may give it
	threads      []message.Thread
	earliest     *peer.Slot // nil if a call can't be booked, or no time is free
	mayCall      bool
	clinical     bool          // may see files
	coverage     *coverageLine // what was known of the patient's; nil if it wasn't asked
	staff        bool
	site         bool // a rendering site: when and where, not why
	key          string
	loc          *time.Location
	now          time.Time
	by           string // who prints it
}

func showOrder(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if fault.Is(err, fault.NotFound) {
		return fromOld(ctx, r, err)
	}
	if err != nil {
		return web.Answer{}, err
	}
	if err := review.MayOpen(ctx, r.Tx, r.By, o); err != nil {
		return web.Answer{}, err
	}
	p := &orderPage{o: o, key: r.Key(), now: r.Tx.Now(), by: r.By.Name, mayCall: r.By.Can(account.BookCalls),
		clinical: r.By.Can(account.ReadClinical), staff: r.By.IsStaff()}
	p.site = !p.clinical && !p.staff
	p.mayGive = order.MayGive(r.By, o)
	p.mayAdd = p.clinical && r.By.ActsFor(o.OrganizationID) && r.By.Can(account.SendRequests) && (o.Status.Pending() || o.Status.Adverse())
	if err := p.load(ctx, r); err != nil {
		return web.Answer{}, err
	}
	p.loc = readerZone(ctx, r, o, p.standing.Plan)
	return web.Answer{
		Title: words.Say("Order %s", order.Spaced(o.Number)), Body: orderView(p), Help: help(p.standing.Plan, p.standing.Line),
		Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(o.Number))}},
	}, nil
}

// fromOld leads on who comes with the number of an older platform's order.
func fromOld(ctx context.Context, r *web.Request, notFound error) (web.Answer, error) {
	old, err := legacy.ByNumber(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return web.Answer{}, err
	}
	if len(old) == 0 {
		return web.Answer{}, notFound
	}
	return web.Answer{SeeOther: oldPath(old[0])}, nil
}

func (p *orderPage) load(ctx context.Context, r *web.Request) (err error) {
	if p.standing, err = peer.Stand(ctx, r.Tx, r.By, p.o); err != nil {
		return err
	}
	if err := p.nameOffice(ctx, r); err != nil {
		return err
	}
	if p.mayGive {
		held, err := order.Holders(ctx, r.Tx, []string{p.o.Number})
		if err != nil {
			return err
		}
		p.holder = held[p.o.Number]
	}
	if p.o.PractitionerID != "" {
		who, err := provider.GetPractitioner(ctx, r.Tx, p.o.PractitionerID)
		if err != nil {
			return err
		}
		p.practitioner = &who
	}
	if d, err := review.Latest(ctx, r.Tx, p.o.ID); err == nil {
		p.decision = &d
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := p.history(ctx, r); err != nil {
		return err
	}
	if p.o.Status.Adverse() && p.decision != nil && !p.site {
		p.mayFile = r.By.Can(account.FileAppeals)
		if p.choices, err = appeal.ChoicesOn(ctx, r.Tx, p.o, *p.decision); err != nil {
			return err
		}
	}
	if p.clinical && !p.site {
		if p.answered, err = request.WasAsked(ctx, r.Tx, p.o); err != nil {
			return err
		}
	}
	if p.answered && len(p.choices) > 0 && p.standing.Program.Intake.Criteria != plan.Never {
		if p.stood, err = review.StoodAt(ctx, r.Tx, p.decision.ID); err != nil {
			return err
		}
	}
	if p.mayCall && p.standing.Bookable() {
		offer, err := peer.Offers(ctx, r.Tx, r.By, p.o, p.standing, nil)
		if err != nil {
			return err
		}
		p.earliest = offer.Earliest()
	}
	return nil
}

// nameOffice is whose order it is. A reader's own seat says it.
func (p *orderPage) nameOffice(ctx context.Context, r *web.Request) error {
	for _, s := range r.By.Seats {
		if s.OrganizationID == p.o.OrganizationID {
			p.office = s.Organization
			return nil
		}
	}
	office, err := account.GetOrganization(ctx, r.Tx, p.o.OrganizationID)
	p.office = office.Name
	return err
}

func (p *orderPage) history(ctx context.Context, r *web.Request) (err error) {
	if p.events, err = order.Events(ctx, r.Tx, r.By, p.o.ID); err != nil || p.site {
		return err
	}
	if p.letters, err = letter.Of(ctx, r.Tx, p.o.ID); err != nil {
		return err
	}
	if p.ways, err = letter.Deliveries(ctx, r.Tx, p.letters); err != nil {
		return err
	}
	if p.o.EligibilityID != "" {
		e, err := member.EligibilityByID(ctx, r.Tx, p.o.EligibilityID)
		if err != nil {
			return err
		}
		p.coverage = &coverageLine{e, p.standing.Plan.Name, p.standing.Plan.Zone(), p.now}
	}
	if p.instead, err = insteadOn(ctx, r, p.o); err != nil {
		return err
	}
	if p.ending, err = endingAt(ctx, r, p.o.Place(), plan.CallsFeature, plan.MessagesFeature, plan.FilesFeature); err != nil {
		return err
	}
	if p.mayWrite = p.clinical && r.By.Can(account.Correspond); p.mayWrite {
		if p.threads, err = message.AboutOrder(ctx, r.Tx, r.By, p.o.ID); err != nil {
			return err
		}
		p.threads = slices.DeleteFunc(p.threads, func(t message.Thread) bool { return t.SentAt == nil })
	}
	if !p.o.Written() {
		if p.gaps, err = order.Gaps(ctx, r.Tx, p.o.ID); err != nil {
			return err
		}
	}
	if !p.clinical {
		return nil
	}
	if p.files, err = attachment.Of(ctx, r.Tx, string(p.o.ID)); err != nil {
		return err
	}
	p.late, err = attachment.Late(ctx, r.Tx, string(p.o.ID))
	return err
}

func (p *orderPage) patient() ui.Patient {
	b := ui.BirthDate(p.o.Patient.Born)
	if !p.o.Patient.Born.IsZero() {
		b += " " + words.Say("(%s)", strconv.Itoa(p.o.Patient.Born.Age(civil.DateIn(p.now, p.loc))))
	}
	return ui.Patient{Name: p.o.Patient.Name(), Born: b, MemberID: words.AsIs(p.o.MemberNumber), Plan: words.Say("%s, %s", p.standing.Plan.Name, lineWords(p.o.Line)), Unmatched: p.o.Unmatched}
}

// title is the service in plain words with its code: "MRI, lumbar spine (72148)".
func (p *orderPage) title() words.Text {
	if len(p.o.Services) == 0 {
		return words.Written(p.o.Title)
	}
	t := words.Say("%s (%s)", words.Written(p.o.Title), p.o.Services[0].Code)
	if n := len(p.o.Services) - 1; n > 0 {
		t += " " + words.Say("and %s more", strconv.Itoa(n))
	}
	return t
}

func (p *orderPage) when(t time.Time) words.Text { return civil.When(t, p.loc, p.now) }

func (p *orderPage) path(parts ...string) string {
	return "/orders/" + p.o.Number + strings.Join(parts, "")
}

// callUntil is the end of the window in which a call can change the decision.
func (p *orderPage) callUntil() words.Text {
	if p.standing.Until == nil {
		return ""
	}
	return civil.Deadline(*p.standing.Until, p.loc, p.now)
}

func (p *orderPage) left() words.Text { return civil.Left(p.standing.Until.Sub(p.now)) }

func (p *orderPage) validity() words.Text {
	if p.o.ValidFrom.IsZero() && p.o.ValidTo.IsZero() {
		return "Not set"
	}
	return civil.DateRange(p.o.ValidFrom, p.o.ValidTo)
}

func (p *orderPage) slotWords(s peer.Slot) words.Text {
	return civil.SpanOn(s.Start, s.End(), p.loc, p.now)
}

func (p *orderPage) moments() []ui.Moment {
	var all []ui.Moment
	for _, e := range p.events {
		m := ui.Moment{Title: e.Text, Who: words.AsIs(e.ActorName), At: e.At, When: p.when(e.At)}
		if e.Internal {
			m.Text = "Internal: not shown to the office"
		}
		all = append(all, m)
	}
	return all
}

func (p *orderPage) practitionerName() string {
	if p.practitioner == nil {
		return ""
	}
	return p.practitioner.Name()
}

func (p *orderPage) facts() []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: "Ordering provider", Value: words.AsIs(strings.Trim(p.practitionerName()+", "+p.o.PractitionerAddress, ", "))},
		{Key: "Organization", Value: words.AsIs(p.office)},
		{Key: "Site", Value: words.AsIs(p.o.SiteName)},
		{Key: "Program", Value: words.AsIs(p.standing.Program.Name)},
		{Key: "Urgency", Value: map[order.Urgency]words.Text{order.Standard: "Standard", order.Urgent: "Urgent", order.Retrospective: "Retrospective"}[p.o.Urgency]},
		{Key: "Service date", Value: dates(p.o.ServiceFrom, p.o.ServiceTo)},
		{Key: "Received", Value: words.Say("%s, %s", p.when(p.o.ReceivedAt), p.o.How())},
		{Key: "Contact", Value: words.AsIs(contact(p.o.Contact))},
	}
	if p.mayGive {
		row := ui.SummaryRow{Key: "Looked after by", Value: words.AsIs(p.holder.Name), ChangeHref: p.path("/holder"), ChangeWhat: "who looks after the order"}
		if p.holder.Name == "" {
			row.Value = "Nobody"
		}
		rows = append(rows, row)
	}
	if p.o.Unmatched {
		rows = append(rows, ui.SummaryRow{Key: "Eligibility", Value: "To be confirmed: your office entered the patient by hand, and we haven’t found the member yet. Nothing can be approved before."})
	}
	if p.coverage != nil {
		rows = append(rows, ui.SummaryRow{Key: "Eligibility", Value: words.Say("%s. %s", p.coverage.heading(), p.coverage.sourceWords())})
	}
	for _, ref := range p.o.References {
		rows = append(rows, ui.SummaryRow{Key: words.Text(strings.ToUpper(ref.Kind[:1]) + ref.Kind[1:]), Value: words.AsIs(ref.Value)})
	}
	return rows
}

func dates(from, to civil.Date) words.Text {
	switch {
	case from.IsZero():
		return ""
	case to.IsZero() || to == from:
		return civil.MediumDate(from)
	}
	return civil.DateRange(from, to)
}

func contact(c order.Contact) string {
	s := c.Name
	if c.Phone != "" {
		s += ", " + c.Phone
	}
	if c.Extension != "" {
		s += " ext. " + c.Extension
	}
	if c.Fax != "" {
		s += ", fax " + c.Fax
	}
	return strings.TrimPrefix(s, ", ")
}

// line is what was decided about a service, if anything was.
func (p *orderPage) line(n int) *review.Line {
	if p.decision == nil {
		return nil
	}
	for i := range p.decision.Lines {
		if p.decision.Lines[i].Line == n {
			return &p.decision.Lines[i]
		}
	}
	return nil
}

func (p *orderPage) reviewedBy() words.Text {
	d := p.decision
	if d.Credential == "" {
		return "a reviewer"
	}
	s := map[string]words.Text{"MD": "physician", "DO": "physician"}[d.Credential]
	if s == "" {
		s = words.AsIs(d.Credential)
	}
	if d.Specialty != "" {
		s += words.AsIs(", " + d.Specialty)
	}
	if d.License != "" {
		s = words.Say("%s, licensed in %s", s, strings.SplitN(d.License, " ", 2)[0])
	}
	return s
}

// fileOf is the file of the order that the address names, for who may open it;
// the audit has that it is opened.
func fileOf(ctx context.Context, r *web.Request) (attachment.File, error) {
	if err := r.By.Must(account.ReadClinical); err != nil {
		return attachment.File{}, fault.New(fault.NotFound, "We can't find that file.")
	}
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return attachment.File{}, err
	}
	if err := review.MayOpen(ctx, r.Tx, r.By, o); err != nil {
		return attachment.File{}, err
	}
	return attachment.Get(ctx, r.Tx, r.By, string(o.ID), o.MemberID, r.PathValue("file"))
}

// openFile sends a file of the order.
func (p *Pages) openFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	f, err := fileOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{File: web.Stored(ctx, p.Files, f.Name, f.MediaType, f.BlobKey)}, nil
}

// A placed criterion knows its place among those that stood at the decision,
// by which a form can be opened for it.
type placed struct {
	review.Stood
	n int // from 1
}

// criteria are those that stood in one of some ways at the decision.
func (p *orderPage) criteria(standings ...string) (all []placed) {
	for i, s := range p.stood {
		if slices.Contains(standings, s.Standing) {
			all = append(all, placed{s, i + 1})
		}
	}
	return all
}
