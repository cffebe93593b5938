package letter

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// Facts are what a template can name, in the words of its language.
type Facts struct {
	Plan       planFacts
	Member     memberFacts
	Provider   providerFacts
	Order      string // its number
	Date       string // of the letter
	Received   string // the day
	Services   []serviceFacts
	AuthNumber string
	ValidFrom, ValidTo,
	Due, Ground, // of an extension
	Until, Points string // of a call before a denial
	Asks   []string // what is missing, a line each
	Closes bool     // the request is closed if nothing comes
	Plain, // why, for the member
	Rationale, Reviewed, WouldChange, // for the office
	Reviewer string // "Physician, orthopedic surgery"
	ByPerson bool
	Criteria []string // each once
	Rights   []rightFacts
	Options  []string // for the office
}

type planFacts struct{ Name, Phone, Hours, AppealAddress, AppealFax string }

type memberFacts struct {
	Name, ID string
	Address  []string // with the name
}

type providerFacts struct{ Name string }

type serviceFacts struct{ Name, Code, Decision, Reason string }

type rightFacts struct{ Sentence, Until, Takes string }

// A matter is what a letter is about, as it is read once for all its readers.
type matter struct {
	order    order.Order
	plan     plan.Plan
	member   member.Member
	provider string
	decision *review.Determination // nil where nothing was decided
	options  []review.Option
	particulars
	now          time.Time
	zone         *time.Location
	deliverByFax bool
}

func matterOf(ctx context.Context, tx *db.Tx, id order.ID) (*matter, error) {
	o, err := order.OfEvent(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return about(ctx, tx, o)
}

func about(ctx context.Context, tx *db.Tx, o order.Order) (m *matter, err error) {
	m = &matter{order: o, now: tx.Now(), deliverByFax: o.Contact.Notices == "fax"}
	if m.plan, err = plan.Get(ctx, tx, o.PlanID); err != nil {
		return nil, err
	}
	m.zone = m.plan.Zone()
	if m.member, err = member.Get(ctx, tx, member.ID(o.MemberID)); err != nil {
		return nil, err
	}
	if o.PractitionerID != "" {
		p, err := provider.GetPractitioner(ctx, tx, o.PractitionerID)
		m.provider = strings.TrimSpace(p.First + " " + p.Last) // a credential is a short form
		return m, err
	}
	organization, err := account.GetOrganization(ctx, tx, o.OrganizationID)
	m.provider = organization.Name
	return m, err
}

// decided adds a determination and what it leaves to do. What the particulars
// say for it already stays.
func (m *matter) decided(ctx context.Context, tx *db.Tx, d review.Determination) (err error) {
	m.decision = &d
	m.Rationale, m.Plain, m.PlainES = cmp.Or(m.Rationale, d.Rationale), cmp.Or(m.Plain, d.Plain), cmp.Or(m.PlainES, d.PlainES)
	if d.Outcome.Adverse() {
		m.options, err = review.OptionsAfter(ctx, tx, m.order, d.At)
	}
	return err
}

// language is that of letters to the member: one that there are templates in.
func (m *matter) language() string {
	if Spanish(m.member) {
		return "es"
	}
	return "en"
}

// Spanish reports whether letters to a member are in Spanish.
func Spanish(m member.Member) bool { return strings.HasPrefix(strings.ToLower(m.Language), "es") }

// facts are m in a language, for an audience.
func (m *matter) facts(lang string, a Audience) Facts {
	f := Facts{
		Plan:   planFacts{m.plan.Name, m.plan.Phone, m.plan.Hours, oneLine(m.plan.AppealAddress), m.plan.AppealFax},
		Member: m.person(), Provider: providerFacts{safe(m.provider)}, Order: order.Spaced(m.order.Number),
		Date: dayOf(lang, m.now, m.zone), Received: dayOf(lang, m.order.ReceivedAt, m.zone),
		AuthNumber: m.order.AuthNumber, ValidFrom: dayIn(lang, m.order.ValidFrom), ValidTo: dayIn(lang, m.order.ValidTo),
		Ground: safe(m.Ground), Points: safe(m.Points), Closes: m.Closes,
	}
	if lang == "es" {
		f.Ground, f.Plan.Hours = safe(m.GroundES), "" // hours are kept in English only
	}
	if !m.Due.IsZero() {
		f.Due = timeFor(a, lang, m.Due, m.zone, m.now)
	}
	if !m.Until.IsZero() {
		f.Until = timeFor(a, lang, m.Until, m.zone, m.now)
	}
	e := &explainer{lang, map[string]bool{}}
	if a == Provider {
		e.lang = "" // offices know their own short forms
	}
	for _, ask := range m.asks(lang, a) {
		f.Asks = append(f.Asks, safe(e.plain(ask)))
	}
	m.services(&f, lang, e)
	m.reasons(&f, lang, e)
	m.ways(&f, lang)
	return f
}

// timeFor is until when, as a reader is told it: a member the day, an office to
// the minute.
func timeFor(a Audience, lang string, t time.Time, zone *time.Location, now time.Time) string {
	if a == Provider {
		return civil.Deadline(t, zone, now).String()
	}
	return dayOf(lang, t, zone)
}

func oneLine(s string) string { return strings.Join(strings.Split(s, "\n"), ", ") }

func (m *matter) person() memberFacts {
	f := memberFacts{Name: safe(m.order.Patient.Name()), ID: safe(m.order.MemberNumber)}
	for _, line := range []string{m.order.Patient.Name(), m.member.Line, strings.TrimSpace(strings.Trim(m.member.City+", "+m.member.State, ", ") + " " + m.member.ZIP)} {
		if line = safe(line); line != "" {
			f.Address = append(f.Address, line)
		}
	}
	return f
}

func (m *matter) services(f *Facts, lang string, e *explainer) {
	for _, s := range m.order.Services {
		one := serviceFacts{Name: safe(e.plain(s.Wording)), Code: s.Code, Decision: statusIn[lang][s.Status]}
		if s.Status == order.Partial {
			one.Decision += ": " + strconv.Itoa(s.Approved) + "/" + strconv.Itoa(s.Units)
		}
		if m.decision != nil {
			for _, l := range m.decision.Lines {
				if l.Line == s.Line {
					one.Reason = safe(l.Reason)
				}
			}
		}
		f.Services = append(f.Services, one)
	}
}

func (m *matter) reasons(f *Facts, lang string, e *explainer) {
	d := m.decision
	if d == nil {
		return
	}
	f.Plain = safe(e.plain(m.Plain))
	if lang == "es" {
		f.Plain = safe(e.plain(m.PlainES))
	}
	f.Rationale, f.Reviewed, f.WouldChange = safe(m.Rationale), safe(d.Reviewed), safe(d.WouldChange)
	for _, l := range d.Lines {
		if c := safe(e.plain(l.Criterion)); c != "" && !slices.Contains(f.Criteria, c) {
			f.Criteria = append(f.Criteria, c)
		}
	}
	f.ByPerson = !d.ByProgram()
	who := e.plain(d.Credential)
	if who == "" {
		who = map[string]string{"en": "a reviewer of the plan", "es": "un revisor del plan"}[lang]
	}
	f.Reviewer = strings.Trim(who+", "+e.plain(d.Specialty), ", ")
}

// ways are what can be done about a decision: the rights of the member, and
// all options for the office.
func (m *matter) ways(f *Facts, lang string) {
	for _, o := range m.options {
		until := ""
		if o.Until != nil {
			until = dayOf(lang, o.Until.Add(-time.Nanosecond), m.zone) // its end is the next day's beginning
		}
		if o.Sentence != "" {
			r := rightFacts{o.Sentence, until, amountIn(lang, o.Takes)}
			if lang == "es" {
				r.Sentence = o.Spanish
			}
			f.Rights = append(f.Rights, r)
		}
		if words := OptionWords(o); words != "" {
			if o.Until != nil {
				words += " Until " + until + "."
			}
			f.Options = append(f.Options, words)
		}
	}
}

// OptionWords is what an option is, to an office: one or two sentences; "" for
// one that is the member's alone.
func OptionWords(o review.Option) string {
	who := map[plan.Doer]string{plan.ThePlan: " The plan handles it."}[o.By]
	takes := ""
	if o.Takes.N > 0 {
		takes = " It is answered within " + amountIn("en", o.Takes) + "."
	}
	switch o.Kind {
	case review.PeerToPeer:
		if o.Changes {
			return "Peer-to-peer call: the ordering physician talks to a physician reviewer. It can change the decision." + who
		}
		return "Peer-to-peer call: the ordering physician talks to a physician reviewer. It is for discussion only and can't change the decision." + who
	case review.Reconsider:
		return "Reconsideration: send new information, and the decision is looked at again." + who
	case review.AppealOption:
		return "Appeal: the member, or someone for the member, asks for another decision by somebody else." + takes + who
	case review.FastAppeal:
		return "Expedited appeal: where waiting could seriously harm the patient." + takes + who
	case review.ExternalReview:
		if o.After == "" {
			return "External review: an independent organization looks at the denial."
		}
		return "External review: an independent organization looks at the denial, after an appeal."
	}
	return ""
}

// sample is a made-up case that has something in each gap, to try templates.
func sample(lang string) Facts {
	return Facts{
		Plan:   planFacts{"Harbor Health Plan", "(800) 555-0142", "8 AM to 5 PM CT", "PO Box 12, Austin, TX 78701", "(800) 555-0143"},
		Member: memberFacts{"Jane Roe", "HBR100200300", []string{"Jane Roe", "12 Main Street", "Austin, TX 78701"}}, Provider: providerFacts{"Ada Okafor"},
		Order: "136 930 6954", Date: dayIn(lang, must(2026, 11, 23)), Received: dayIn(lang, must(2026, 11, 20)),
		Services:   []serviceFacts{{"Picture of the lower back", "72148", statusIn[lang][order.Denied], "No therapy is shown"}},
		AuthNumber: "A123456789", ValidFrom: dayIn(lang, must(2026, 12, 1)), ValidTo: dayIn(lang, must(2027, 1, 30)), Due: dayIn(lang, must(2026, 12, 7)),
		Ground: "The member asked for it", Until: dayIn(lang, must(2026, 11, 30)), Points: "Notes of therapy", Asks: []string{"Notes of therapy", "The picture from October"}, Plain: "Your records do not show therapy.",
		Rationale: "No therapy is shown.", Reviewed: "Office note.", WouldChange: "Notes of therapy.", Reviewer: "Physician", ByPerson: true,
		Criteria: []string{"Therapy for 6 weeks"}, Rights: []rightFacts{{"You can appeal.", dayIn(lang, must(2027, 1, 27)), "30 days"}}, Options: []string{"Appeal."},
	}
}

func must(year, month, day int) civil.Date {
	d, _ := civil.NewDate(year, time.Month(month), day)
	return d
}
