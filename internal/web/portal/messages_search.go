package portal

import (
	"context"
	"net/url"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// messageFilters are what narrows the list, by the names in its address. What
// is searched for in words is often a patient's name, and stands there sealed.
var messageFilters = []string{"show", "plan", "program", "location", "type", "mine"}

const messageSearch = "message search"

// findMessages turns what was typed into the address of a list.
func findMessages(ctx context.Context, r *web.Request) (web.Answer, error) {
	text := strings.TrimSpace(r.Value("words"))
	to := url.Values{}
	for _, name := range messageFilters {
		if v := r.Value(name); v != "" {
			to.Set(name, v)
		}
	}
	if len([]rune(text)) > longestSearch {
		return refuseSearch(ctx, r, to, text)
	}
	if text != "" {
		sealed, err := web.Seal(r.Settings.Box, messageSearch, text)
		if err != nil {
			return web.Answer{}, err
		}
		to.Set("s", sealed)
	}
	return web.Answer{SeeOther: "/messages?" + to.Encode()}, nil
}

// refuseSearch shows the list with what is wrong with the words.
func refuseSearch(ctx context.Context, r *web.Request, filters url.Values, text string) (web.Answer, error) {
	r.URL.RawQuery = filters.Encode()
	p, err := openMessages(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	err = fault.Fields{"words": "Use 200 characters or less"}.Err()
	p.q.Text, p.faults, p.errors = cutTo(text, longestSearch), fault.Of(err).Fields, web.Errors(err)
	return p.answer(), err
}

func messageQuery(r *web.Request) message.Query {
	v, loc := r.URL.Query().Get, r.Zone(civil.DefaultZone)
	q := message.Query{View: v("show"), Plan: v("plan"), Program: v("program"), Place: v("location"), Type: v("type"), Mine: v("mine") != "", Before: v("from"), Text: web.Unseal(r.Settings.Box, messageSearch, v("s"))}
	if viewWords[q.View] == "" {
		q.View = message.NeedsReply
	}
	q.Today = civil.EndOfDay(civil.DateIn(r.Tx.Now(), loc), loc)
	return q
}

// href is the list with one thing of its query changed.
func (p *messagesPage) href(name, value string) string {
	v := url.Values{}
	for _, one := range append([]string{"s"}, messageFilters...) {
		if said := p.said.Get(one); said != "" {
			v.Set(one, said)
		}
	}
	v.Set("show", p.q.View)
	v.Del(name)
	if value != "" {
		v.Set(name, value)
	}
	return "/messages?" + v.Encode()
}

// filtered reports whether the list is narrowed by more than its view.
func (p *messagesPage) filtered() bool {
	return p.q.Text+p.q.Plan+p.q.Program+p.q.Place+p.q.Type != "" || p.q.Mine
}

// loadChoices reads what the list can be narrowed by. Places are the reader's
// own office's.
func (p *messagesPage) loadChoices(ctx context.Context, r *web.Request) (err error) {
	if p.plans, err = plan.All(ctx, r.Tx); err != nil {
		return err
	}
	if p.programs, err = plan.Programs(ctx, r.Tx); err != nil {
		return err
	}
	if p.side == message.Office {
		p.places, err = provider.Locations(ctx, r.Tx, r.By.Seat().OrganizationID)
	}
	return err
}

func (p *messagesPage) planChoice() []ui.Option {
	all := []ui.Option{{Label: "Every plan"}}
	for _, one := range p.plans {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name)})
	}
	return all
}

func (p *messagesPage) programChoice() []ui.Option {
	all := []ui.Option{{Label: "Every program"}}
	for _, one := range p.programs {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name)})
	}
	return all
}

func (p *messagesPage) placeChoice() []ui.Option {
	all := []ui.Option{{Label: "Every location"}}
	for _, one := range p.places {
		all = append(all, ui.Option{Value: one.ID, Label: words.AsIs(one.Name)})
	}
	return all
}

func (p *messagesPage) typeChoice() []ui.Option {
	all := []ui.Option{{Label: "Every type"}}
	for _, t := range message.Types {
		all = append(all, ui.Option{Value: t.ID, Label: words.Text(t.Words)})
	}
	for _, t := range message.Topics {
		all = append(all, ui.Option{Value: t.ID, Label: words.Text(t.Words)})
	}
	return all
}

// emptyWords says why a list has nothing.
func (p *messagesPage) emptyWords() words.Text {
	switch {
	case p.filtered():
		return "No messages match what you look for."
	case p.q.View == message.NeedsReply:
		return "No messages need a reply."
	}
	return "No messages here."
}
