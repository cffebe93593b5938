package portal

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/fax"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// assistPage is where staff begin to act for an office that calls or writes.
type assistPage struct {
	said     account.Assisting
	day      typedDate
	clock    string
	search   string
	searched bool
	faxes    int // that wait; -1 for who doesn't put faxes on orders
	offices  []provider.Site
	loc      *time.Location
	now      time.Time
	faults   map[string]words.Text
	errors   []ui.FieldError
	key      string
}

var channelWords = map[string]words.Text{"phone": "Phone", "fax": "Fax", "mail": "Mail"}

func askAssist(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.By.Assists != nil {
		return web.Answer{SeeOther: "/"}, nil
	}
	p, err := newAssist(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.said.Channel = account.Channels[0]
	p.day, p.clock = typedOf(civil.DateIn(p.now, p.loc)), strings.TrimSuffix(civil.Clock(p.now, p.loc).String(), " "+civil.ShortZone(p.loc, p.now))
	return p.show(), nil
}

func newAssist(ctx context.Context, r *web.Request) (p *assistPage, err error) {
	p = &assistPage{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), key: r.Key(), faxes: -1, faults: map[string]words.Text{}}
	if r.By.Can(account.HandleFaxes) {
		p.faxes, err = fax.Count(ctx, r.Tx, r.By)
	}
	return p, err
}

// faxesWait leads to the faxes that wait.
func faxesWait(n int) words.Text {
	switch n {
	case 0:
		return "Faxes: none waits"
	case 1:
		return "Faxes: 1 waits"
	}
	return words.Say("Faxes: %s wait", thousands(n))
}

func (p *assistPage) show() web.Answer {
	return web.Answer{Title: "Take a request for an office", Body: assistView(p), Errors: p.errors}
}

// startAssist finds the office, or begins to act for the one that was chosen.
func startAssist(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.By.Assists != nil {
		return web.Answer{SeeOther: "/"}, nil
	}
	p, err := newAssist(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.day, p.clock, p.search = readTyped(r, "received"), r.Value("received_time"), r.Value("office_search")
	p.said = account.Assisting{OrganizationID: r.Value("organization"), Channel: r.Value("channel"), Caller: r.Value("caller"), CallerRole: r.Value("caller_role"), Phone: r.Value("phone")}
	if p.search != "" {
		p.searched = true
		if p.offices, err = provider.FindOffices(ctx, r.Tx, r.By, p.search, mostFound); err != nil {
			return web.Answer{}, err
		}
	}
	if r.Value("change") == "find-office" || p.said.OrganizationID == "" && len(p.offices) > 0 {
		return p.show(), nil
	}
	f := fault.Fields{}
	p.said.ReceivedAt = p.received(f)
	if err = f.Err(); err == nil {
		if _, err = account.Assist(ctx, r.Tx, r.Visit, p.said); err == nil {
			return web.Answer{SeeOther: "/requests/new"}, nil
		}
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.wrong(err)
	return p.show(), err
}

// wrong puts what is wrong at the fields of this page.
func (p *assistPage) wrong(err error) {
	p.faults = fault.Of(err).Fields
	if text := p.faults["organization"]; text != "" && len(p.offices) == 0 {
		delete(p.faults, "organization")
		p.faults["office_search"] = "Find the office, then select it"
	}
	p.errors = web.Errors(fault.Fields(p.faults).Err(), "channel", "caller", "caller_role", "phone", "received", "received_time", "office_search", "organization")
	for i, e := range p.errors {
		if e.Field == "received" {
			p.errors[i].Field = "received_month"
		}
	}
}

// received is when the request reached us, as staff read the clock.
func (p *assistPage) received(f fault.Fields) time.Time {
	day := readDate(f, "received", "The date it came in", p.day.Month, p.day.Day, p.day.Year)
	minute, ok := civil.ParseMinute(p.clock)
	f.Check(ok, "received_time", "Enter the time, like 2:15 PM")
	if day.IsZero() || !ok {
		return time.Time{}
	}
	_, _, kind := civil.Resolve(day, minute, p.loc)
	f.Check(kind != civil.Gap, "received_time", "Clocks skip this time on that day. Choose another")
	return civil.Start(day, minute, p.loc)
}

func endAssist(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/assist"}, account.EndAssist(ctx, r.Tx, r.Visit)
}

func (p *assistPage) channels() ui.Group {
	g := ui.Group{Name: "channel", Legend: "How did it come in?", Error: p.faults["channel"]}
	for _, c := range account.Channels {
		g.Options = append(g.Options, ui.Option{Value: c, Label: channelWords[c], Checked: c == p.said.Channel})
	}
	return g
}

func (p *assistPage) officeChoice() ui.Group {
	g := ui.Group{Name: "organization", Legend: "Which office?", Error: p.faults["organization"]}
	for _, o := range p.offices {
		g.Options = append(g.Options, ui.Option{Value: o.ID, Label: words.AsIs(o.Name), Hint: words.AsIs(o.Place()), Checked: o.ID == p.said.OrganizationID})
	}
	return g
}

// takenWords say on a draft who made the request and who took it down; "" for
// a draft of the office's own.
func (p *requestPage) takenWords() words.Text {
	t := p.Taken
	if t == nil {
		return ""
	}
	who := t.Caller
	if t.CallerRole != "" {
		who += " (" + t.CallerRole + ")"
	}
	if t.Phone != "" {
		who += ", " + t.Phone
	}
	return words.Say("Came by %s from %s %s. Taken down by %s.", t.Channel, who, civil.When(t.ReceivedAt, p.loc, p.now), t.By)
}

// scripts are what staff ask a caller on each step of a request.
var scripts = []string{
	"Ask: “What is the member ID, the date of birth, and the date of the service?” Then read the name and the address back.",
	"Ask: “Which procedure, for which diagnosis, and how soon is it needed?”",
	"Ask: “Who orders it, whom can we ask, and where will it be done?”",
	"Read each question as it stands, and enter what the caller says. If they don’t know, say so.",
	"Read the answers back. Then ask: “Is this accurate, and supported by the patient’s record?”",
}

// script is what to ask a caller now; "" for who acts for nobody.
func (p *requestPage) script(step int) string {
	if !p.assists || step < 1 || step > len(scripts) {
		return ""
	}
	return scripts[step-1]
}
