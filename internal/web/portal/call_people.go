package portal

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// peoplePage asks who will speak and how to reach them.
type peoplePage struct {
	*callPage
	people     peer.People
	ordering   *provider.Practitioner
	colleagues []provider.Practitioner
	faults     map[string]words.Text
	questions  []peer.Question
	notes      map[string]note // by the question's code
}

// A note is a question's box and day, as they were typed.
type note struct {
	checked          bool
	month, day, year string
}

func openPeoplePage(ctx context.Context, r *web.Request) (*peoplePage, error) {
	c, err := openCallPage(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &peoplePage{callPage: c, faults: map[string]words.Text{}, notes: map[string]note{}}
	if c.o.PractitionerID != "" {
		who, err := provider.GetPractitioner(ctx, r.Tx, c.o.PractitionerID)
		if err != nil {
			return nil, err
		}
		p.ordering = &who
	}
	if p.questions, err = peer.Questions(ctx, r.Tx, c.o, c.standing, c.draft); err != nil {
		return nil, err
	}
	for _, s := range c.draft.Statements {
		n := note{checked: true}
		if d := s.Day; !d.IsZero() {
			n.month, n.day, n.year = strconv.Itoa(int(d.Month)), strconv.Itoa(d.Day), strconv.Itoa(d.Year)
		}
		p.notes[s.Code] = n
	}
	p.colleagues, err = provider.Colleagues(ctx, r.Tx, c.o.OrganizationID)
	return p, err
}

func askPeople(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPeoplePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	if p.draft.Slot.Start.IsZero() && len(p.draft.Windows) == 0 {
		return web.Answer{SeeOther: p.path("/time")}, nil
	}
	p.people = p.draft.People
	if !p.draft.HasPeople {
		if p.people, _, err = peer.UsualPeople(ctx, r.Tx, r.By, p.o); err != nil {
			return web.Answer{}, err
		}
	}
	return p.show(), nil
}

func (p *peoplePage) show() web.Answer {
	return p.ask("Who will be on the call", web.Answer{Body: peopleView(p)})
}

var peopleFields = []string{"speaker", "colleague", "first_name", "last_name", "credential", "phone", "extension", "backup_phone", "backup_extension", "email", "instructions", "contact_first_name", "contact_last_name", "contact_location"}

func savePeople(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPeoplePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	p.people = p.read(r)
	answers := p.readNotes(r)
	_, err = peer.SavePeople(ctx, r.Tx, r.By, p.o, p.standing, p.people)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	noted := peer.SaveAnswers(ctx, r.Tx, r.By, p.o, p.standing, answers)
	if noted != nil && !fault.Is(noted, fault.Invalid) {
		return web.Answer{}, noted
	}
	if err == nil && noted == nil {
		return web.Answer{SeeOther: p.path("/review")}, nil
	}
	f := fault.Fields{}
	if err != nil {
		f = p.visible(fault.Of(err).Fields)
	}
	fields := peopleFields
	for _, q := range p.questions {
		fields = append(fields, q.Code, q.Code+"_day")
	}
	if noted != nil {
		maps.Copy(f, fault.Of(noted).Fields)
	}
	err = f.Err()
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, fields...)
	return p.show(), err
}

// readNotes takes the boxes that were checked, with what was typed as a day. A
// day that is none is left zero, and so refused.
func (p *peoplePage) readNotes(r *web.Request) (answers []peer.Answer) {
	for _, q := range p.questions {
		n := note{r.Value(q.Code) == "yes", strings.TrimSpace(r.Value(q.Code + "_day_month")), strings.TrimSpace(r.Value(q.Code + "_day_day")), strings.TrimSpace(r.Value(q.Code + "_day_year"))}
		p.notes[q.Code] = n
		if n.checked {
			answers = append(answers, peer.Answer{Code: q.Code, Day: n.date()})
		}
	}
	return answers
}

// date is the day typed; zero if it is none.
func (n note) date() civil.Date {
	return readDate(fault.Fields{}, "day", "Day", n.month, n.day, n.year)
}

// question is a box to check, which opens its day.
func (p *peoplePage) question(q peer.Question) ui.Group {
	n := p.notes[q.Code]
	o := ui.Option{Value: "yes", Label: words.Text(q.Words), Checked: n.checked}
	if q.DayAsked != "" {
		o.Reveal = dayField(ui.DateInput{Name: q.Code + "_day", Legend: words.AsIs(q.DayAsked), Hint: "For example: 11 24 2026", Error: p.faults[q.Code+"_day"], Month: n.month, Day: n.day, Year: n.year})
	}
	return ui.Group{Name: q.Code, Legend: words.AsIs(q.Sentence), Error: p.faults[q.Code], Options: []ui.Option{o}}
}

// visible says what is wrong with the name and credential of somebody on file
// where it can be mended: their own fields are not asked for.
func (p *peoplePage) visible(f fault.Fields) fault.Fields {
	if p.people.Speaker == "other" || f["speaker"] != "" {
		return f
	}
	if f["first_name"] != "" || f["last_name"] != "" {
		f["colleague"] = "Choose a clinician"
		delete(f, "credential")
	}
	if text := f["credential"]; text != "" && !p.asksCredential() {
		f["speaker"] = text
		delete(f, "credential")
	}
	delete(f, "first_name")
	delete(f, "last_name")
	return f
}

// asksCredential reports whether of somebody who is on file the credential is
// not, so that it is asked for whoever speaks.
func (p *peoplePage) asksCredential() bool {
	unknown := func(c provider.Practitioner) bool { return !slices.Contains(peer.Credentials, c.Credential) }
	return p.ordering != nil && unknown(*p.ordering) || slices.ContainsFunc(p.colleagues, unknown)
}

// read takes what was typed. Who is known by name need not be typed again:
// the ordering provider, or a colleague chosen from the list.
func (p *peoplePage) read(r *web.Request) peer.People {
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	people := peer.People{
		Speaker: v("speaker"), First: v("first_name"), Last: v("last_name"), Credential: v("credential"),
		Phone: v("phone"), Extension: v("extension"), BackupPhone: v("backup_phone"), BackupExtension: v("backup_extension"), Email: v("email"),
		ContactFirst: v("contact_first_name"), ContactLast: v("contact_last_name"), ContactLocation: v("contact_location"), Instructions: v("instructions"),
	}
	if who := p.known(people.Speaker, v("colleague")); who != nil && people.Speaker != "other" {
		people.First, people.Last = who.First, who.Last
		people.Credential = credential(*who, people.Credential)
	}
	return people
}

func (p *peoplePage) known(speaker, colleague string) *provider.Practitioner {
	if speaker == "ordering" {
		return p.ordering
	}
	i := slices.IndexFunc(p.colleagues, func(c provider.Practitioner) bool { return c.ID == colleague })
	if i < 0 {
		return nil
	}
	return &p.colleagues[i]
}

// credential is the one on file if it is one a speaker can have, else what
// was chosen.
func credential(who provider.Practitioner, chosen string) string {
	if slices.Contains(peer.Credentials, who.Credential) {
		return who.Credential
	}
	return chosen
}

// speakers are the ways to say who will speak. Each opens only the fields it
// needs; without a script they all stand there.
func (p *peoplePage) speakers() ui.Group {
	g := ui.Group{Name: "speaker", Legend: "Who will speak with the reviewer?", Error: p.faults["speaker"]}
	if p.ordering != nil {
		g.Options = append(g.Options, ui.Option{Value: "ordering", Label: words.Say("%s (ordering)", p.ordering.Name()), Checked: p.people.Speaker == "ordering"})
	}
	if len(p.colleagues) > 0 {
		g.Options = append(g.Options, ui.Option{Value: "colleague", Label: "Another clinician at this organization", Checked: p.people.Speaker == "colleague", Reveal: colleagueField(p)})
	}
	g.Options = append(g.Options, ui.Option{Value: "other", Label: "Someone else", Checked: p.people.Speaker == "other", Reveal: otherFields(p)})
	return g
}

func (p *peoplePage) colleagueOptions() []ui.Option {
	all := []ui.Option{{Value: "", Label: "Choose a clinician"}}
	for _, c := range p.colleagues {
		if p.ordering == nil || c.ID != p.ordering.ID {
			all = append(all, ui.Option{Value: c.ID, Label: words.AsIs(c.Name()), Checked: p.people.Speaker == "colleague" && c.First == p.people.First && c.Last == p.people.Last})
		}
	}
	return all
}

func (p *peoplePage) credentials() []ui.Option {
	all := []ui.Option{{Value: "", Label: "Choose a credential"}}
	for _, c := range peer.Credentials {
		all = append(all, ui.Option{Value: c, Label: words.AsIs(c), Checked: p.people.Credential == c && (p.asksCredential() || p.typed(c) != "")})
	}
	return all
}

// typed is a name as typed for someone else; what is known of the ordering
// provider does not stand in the boxes for another person.
func (p *peoplePage) typed(s string) string {
	if p.people.Speaker == "other" || p.people.Speaker == "" || (p.people.Speaker == "ordering" && p.ordering == nil) {
		return s
	}
	return ""
}
