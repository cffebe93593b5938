package portal

import (
	"context"
	"slices"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// goAhead keeps, or takes back, that the physician wants a call although no
// reviewer matches as the law asks.
func goAhead(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	err = peer.GoAhead(ctx, r.Tx, r.By, p.o, p.standing, p.moving, r.Value("go_ahead") == "yes")
	if err == nil {
		return web.Answer{SeeOther: p.action}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	for _, text := range fault.Of(err).Fields {
		p.match, p.errors = text, []ui.FieldError{{Field: "go_ahead", Text: text}}
	}
	return p.show(ctx, r, err)
}

// askLanguage sets the language of the call.
func askLanguage(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	language := r.Value("language")
	if language != "" && !slices.Contains(p.offer.Languages, language) {
		err := fault.Fields{"language": "Select a language from the list"}.Err()
		p.errors = web.Errors(err)
		return p.show(ctx, r, err)
	}
	return web.Answer{SeeOther: p.action}, peer.AskFor(ctx, r.Tx, r.By, p.o, p.standing, p.moving, language)
}

// beside is the path of one of the time page's smaller forms.
func (p *timePage) beside(form string) string {
	if p.moving != nil {
		return "/p2p/" + p.moving.Number + "/" + form
	}
	return p.path("/" + form)
}

func (p *timePage) languages() []ui.Option {
	all := []ui.Option{{Value: "", Label: review.English, Checked: p.language() == review.English}}
	for _, l := range p.offer.Languages {
		all = append(all, ui.Option{Value: l, Label: words.Text(l), Checked: l == p.offer.Language})
	}
	return all
}

// language is that of the call, as people read it.
func (p *timePage) language() string {
	if p.offer.Language == "" {
		return review.English
	}
	return p.offer.Language
}

func (p *timePage) languageError() words.Text {
	for _, e := range p.errors {
		if e.Field == "language" {
			return e.Text
		}
	}
	return ""
}

// matchChoice is the box that opens the times without a match.
func (p *timePage) matchChoice() ui.Group {
	return ui.Group{Name: "go_ahead", Error: p.match, Options: []ui.Option{{Value: "yes", Label: words.AsIs(p.offer.Rules[0].Statement), Checked: p.offer.Stated}}}
}

// varies reports whether some times have a reviewer of the specialty that the
// order needs, and some have not. Only then is it worth a word.
func (p *timePage) varies() bool {
	same := p.sameTimes()
	return same > 0 && same < len(p.offer.Slots)
}

func (p *timePage) sameTimes() (n int) {
	for _, s := range p.offer.Slots {
		if s.SameSpecialty() {
			n++
		}
	}
	return n
}

// specialty says how well a time matches, "" where all do alike.
func (p *timePage) specialty(s peer.Slot) words.Text {
	switch {
	case !p.varies():
		return ""
	case s.SameSpecialty():
		return "same specialty"
	}
	return "different specialty"
}

// sameWords is the link that narrows the times to those that match.
func (p *timePage) sameWords() words.Text {
	n := p.sameTimes()
	if n == 1 {
		return "Only same specialty (1 time)"
	}
	return words.Say("Only same specialty (%s times)", thousands(n))
}

// statementRows are what the office stated, for a summary list.
func statementRows(said []peer.Statement, key string) (rows []ui.SummaryRow) {
	for _, s := range said {
		text := words.Text(s.Words)
		if !s.Day.IsZero() {
			text += words.Say(", %s", civil.MediumDate(s.Day))
		}
		rows = append(rows, ui.SummaryRow{Key: words.AsIs(key), Value: text})
	}
	return rows
}
