package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/privacy"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var (
	privacyCrumb   = ui.Link{Text: "Privacy", Href: "/admin/privacy"}
	incidentsCrumb = ui.Link{Text: "Incidents", Href: "/admin/privacy/incidents"}
)

func registerPrivacy(s *web.Server) {
	s.Handle("GET /admin/privacy", web.Privacy, showPrivacy)
	s.Handle("GET /admin/privacy/incidents", web.Privacy, listIncidents)
	s.Handle("GET /admin/privacy/incidents.csv", web.Privacy, exportIncidents)
	s.Handle("GET /admin/privacy/incidents/{incident}", web.Privacy, showIncident)
	s.Handle("POST /admin/privacy/incidents/{incident}", web.Privacy, judgeIncident)
	s.Handle("POST /admin/privacy/incidents/{incident}/members", web.Privacy, concernMember)
	s.Handle("POST /admin/privacy/incidents/{incident}/notices/{notice}", web.Privacy, noticeDone)
	s.Handle("POST /admin/privacy/incidents/{incident}/close", web.Privacy, closeIncident)
	s.Handle("POST /admin/privacy/incidents/{incident}/reopen", web.Privacy, reopenIncident)
	s.Handle("GET /privacy/report", web.Staff, askIncident)
	s.Handle("POST /privacy/report", web.Staff, reportIncident)
	registerDisclosures(s)
}

func showPrivacy(_ context.Context, _ *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Privacy", Body: privacyView(), Crumbs: crumbs("Privacy")}, nil
}

// incidentsPage lists what happened.
type incidentsPage struct {
	all    []privacy.Incident
	closed bool
	loc    *time.Location
	now    time.Time
}

func listIncidents(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &incidentsPage{closed: r.Query("closed") == "yes", loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.all, err = privacy.List(ctx, r.Tx, r.By, p.closed)
	return web.Answer{Title: "Incidents", Body: incidentsView(p), Crumbs: crumbs("Incidents", privacyCrumb)}, err
}

// exportIncidents sends all incidents: no names, which stand on their pages.
func exportIncidents(ctx context.Context, r *web.Request) (web.Answer, error) {
	rows := [][]string{{"number", "noticed", "discovered", "reported_by", "what", "people", "done", "nature", "recipient", "acquired", "mitigated", "outcome", "why", "closed", "closed_by"}}
	for _, closed := range []bool{false, true} {
		all, err := privacy.List(ctx, r.Tx, r.By, closed)
		if err != nil {
			return web.Answer{}, err
		}
		for _, i := range all {
			ended := ""
			if i.ClosedAt != nil {
				ended = i.ClosedAt.UTC().Format(time.RFC3339)
			}
			rows = append(rows, []string{strconv.Itoa(i.Number), i.NoticedAt.UTC().Format(time.RFC3339), i.Discovered.String(), i.Reporter, i.What, strconv.Itoa(i.People), i.Done, i.Nature, i.Recipient, i.Acquired, i.Mitigated,
				outcomeWords(i), i.OutcomeWhy, ended, i.Closer})
		}
	}
	file, err := web.CSV("incidents.csv", rows)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{File: file}, privacy.Exported(ctx, r.Tx, r.By)
}

func outcomeWords(i privacy.Incident) string {
	return map[string]string{privacy.Breach: "A breach", privacy.NoBreach: "Not a breach"}[i.Outcome]
}

func noticedWords(i privacy.Incident) string {
	switch i.Source {
	case privacy.FromFax:
		return "On a fax"
	case privacy.FromFile:
		return "On a file of order " + order.Spaced(i.Reference)
	}
	return "Reported by hand"
}

// noticedAt is when an incident was noticed: of what was reported by hand the
// day is known.
func noticedAt(i privacy.Incident, loc *time.Location, now time.Time) string {
	if i.Source == privacy.ByHand {
		return civil.MediumDate(i.Discovered).String()
	}
	return civil.When(i.NoticedAt, loc, now).String()
}

// incidentPage is one incident.
type incidentPage struct {
	privacy.Incident
	notices             []privacy.Notice
	members             []member.Member
	people              string // as typed
	number, first, born string
	days                map[string]string // of the notices, as typed
	faults              map[string]words.Text
	errors              []ui.FieldError
	key                 string
	loc                 *time.Location
	now                 time.Time
}

func openIncident(ctx context.Context, r *web.Request) (p *incidentPage, err error) {
	p = &incidentPage{key: r.Key(), days: map[string]string{}, faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if p.Incident, p.notices, err = privacy.Get(ctx, r.Tx, r.By, r.PathValue("incident")); err != nil {
		return nil, err
	}
	p.people = strconv.Itoa(p.People)
	p.members, err = privacy.Concerned(ctx, r.Tx, r.By, p.ID)
	return p, err
}

func (p *incidentPage) path(more string) string { return incidentsCrumb.Href + "/" + p.ID + more }

func (p *incidentPage) answer() web.Answer {
	name := "Incident " + strconv.Itoa(p.Number)
	return web.Answer{Title: words.AsIs(name), Body: incidentView(p), Errors: p.errors, Crumbs: crumbs(name, privacyCrumb, incidentsCrumb)}
}

func showIncident(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openIncident(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// did goes back to the incident, or shows it again with what is wrong.
func did(ctx context.Context, r *web.Request, err error, typed func(*incidentPage)) (web.Answer, error) {
	if err == nil {
		return web.Answer{SeeOther: incidentsCrumb.Href + "/" + r.PathValue("incident")}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p, openErr := openIncident(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	typed(p)
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "number", "born", "first", "people", "done", "nature", "recipient", "acquired", "mitigated", "outcome", "outcome_why", "notices")
	for i, e := range p.errors {
		if e.Field == "notices" {
			p.errors[i].Field = "notices-title"
		}
	}
	return p.answer(), err
}

func judgeIncident(ctx context.Context, r *web.Request) (web.Answer, error) {
	j := privacy.Judged{Done: typed(r, "done"), Nature: typed(r, "nature"), Recipient: typed(r, "recipient"), Acquired: typed(r, "acquired"), Mitigated: typed(r, "mitigated"), Outcome: r.Value("outcome"), OutcomeWhy: typed(r, "outcome_why")}
	var err error
	if j.People, err = strconv.Atoi(strings.ReplaceAll(typed(r, "people"), ",", "")); err != nil {
		j.People = -1 // refused
	}
	version, err := strconv.Atoi(r.Value("version"))
	if err != nil {
		version = -1 // a Conflict
	}
	err = privacy.Judge(ctx, r.Tx, r.By, r.PathValue("incident"), version, j)
	return did(ctx, r, err, func(p *incidentPage) {
		p.Judged, p.people, p.Version = j, r.Value("people"), version
	})
}

func typed(r *web.Request, name string) string { return strings.TrimSpace(r.Value(name)) }

func concernMember(ctx context.Context, r *web.Request) (web.Answer, error) {
	f := fault.Fields{}
	born := dayTyped(f, "born", typed(r, "born"))
	err := f.Err()
	if err == nil {
		err = privacy.ConcernFound(ctx, r.Tx, r.By, r.PathValue("incident"), privacy.Who{Number: typed(r, "number"), First: typed(r, "first"), Born: born})
	}
	return did(ctx, r, err, func(p *incidentPage) {
		p.number, p.first, p.born = r.Value("number"), r.Value("first"), r.Value("born")
	})
}

func noticeDone(ctx context.Context, r *web.Request) (web.Answer, error) {
	kind := r.PathValue("notice")
	f := fault.Fields{}
	day := dayTyped(f, "day_"+kind, typed(r, "day_"+kind))
	err := f.Err()
	if err == nil {
		err = privacy.NoticeDone(ctx, r.Tx, r.By, r.PathValue("incident"), kind, day)
	}
	return did(ctx, r, err, func(p *incidentPage) { p.days[kind] = r.Value("day_" + kind) })
}

func closeIncident(ctx context.Context, r *web.Request) (web.Answer, error) {
	return did(ctx, r, privacy.CloseIncident(ctx, r.Tx, r.By, r.PathValue("incident")), func(*incidentPage) {})
}

func reopenIncident(ctx context.Context, r *web.Request) (web.Answer, error) {
	return did(ctx, r, privacy.Reopen(ctx, r.Tx, r.By, r.PathValue("incident")), func(*incidentPage) {})
}

// dayTyped reads a date as people here write it, 11/24/2026, or as calendars
// do. Nothing typed is the zero Date.
func dayTyped(f fault.Fields, name, text string) civil.Date {
	if text == "" {
		return civil.Date{}
	}
	if t, err := time.Parse("1/2/2006", text); err == nil {
		text = t.Format(time.DateOnly)
	}
	d, err := civil.ParseDate(text)
	f.Check(err == nil, name, "Enter a real date, like 11/24/2026")
	return d
}

func (p *incidentPage) outcomes() ui.Group {
	return ui.Group{Name: "outcome", Legend: "What is it?", Hint: "It counts as a breach unless the four answers show that the data was hardly compromised", Error: p.faults["outcome"], Options: []ui.Option{
		{Value: "", Label: "Not decided yet", Checked: p.Outcome == ""},
		{Value: privacy.NoBreach, Label: "Not a breach", Checked: p.Outcome == privacy.NoBreach},
		{Value: privacy.Breach, Label: "A breach", Checked: p.Outcome == privacy.Breach},
	}}
}

func ruleOf(kind string) (what, rule string) {
	for _, n := range privacy.Notices {
		if n.Kind == kind {
			return n.Words, n.Rule
		}
	}
	return kind, ""
}

// reportPage is where all staff say that something happened.
type reportPage struct {
	what, day string
	sent      bool
	faults    map[string]words.Text
	errors    []ui.FieldError
	key       string
}

func (p *reportPage) answer() web.Answer {
	return web.Answer{Title: "Report an incident", Body: reportIncidentView(p), Errors: p.errors}
}

func newReport(r *web.Request) *reportPage {
	return &reportPage{sent: r.Query("sent") == "yes", key: r.Key(), faults: map[string]words.Text{}, day: ui.ShortDay(civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone)))}
}

func askIncident(_ context.Context, r *web.Request) (web.Answer, error) {
	return newReport(r).answer(), nil
}

func reportIncident(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := newReport(r)
	p.what, p.day = r.Value("what"), r.Value("noticed")
	f := fault.Fields{}
	d := dayTyped(f, "noticed", typed(r, "noticed"))
	f.Check(typed(r, "noticed") != "", "noticed", "Enter the day on which it was noticed")
	err := f.Err()
	if err == nil {
		at := civil.Start(d, 0, r.Zone(civil.DefaultZone))
		_, err = privacy.Open(ctx, r.Tx, r.By, privacy.New{What: p.what, Noticed: at, Discovered: d, Source: privacy.ByHand})
	}
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "what", "noticed")
		return p.answer(), err
	}
	return web.Answer{SeeOther: "/privacy/report?sent=yes"}, err
}
