package portal

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// usualPart is the choice that shows only the physician's usual times.
const usualPart = "usual"

// usualPage asks when an ordering physician can usually talk.
type usualPage struct {
	*timePage
	who       provider.Practitioner
	days      []time.Weekday
	from, to  string // minutes of the day, as chosen
	faults    map[string]words.Text
	saved     bool // there are some to forget
	savedName string
	savedAt   time.Time
}

func openUsualPage(ctx context.Context, r *web.Request) (*usualPage, error) {
	t, err := openTimePage(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &usualPage{timePage: t, faults: map[string]words.Text{}}
	if t.o.PractitionerID == "" {
		return nil, fault.New(fault.NotFound, "It isn't known who ordered this.")
	}
	if t.usual != nil {
		p.saved, p.savedName, p.savedAt = true, t.usual.SavedName, t.usual.SavedAt
		p.days, p.from, p.to = t.usual.Days, strconv.Itoa(t.usual.From), strconv.Itoa(t.usual.To)
		if p.loc, err = civil.Zone(t.usual.TimeZone); err != nil {
			return nil, err
		}
	}
	p.who, err = provider.GetPractitioner(ctx, r.Tx, t.o.PractitionerID)
	return p, err
}

func askUsual(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openUsualPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *usualPage) show() web.Answer {
	return p.ask("Usual times", web.Answer{Body: usualView(p)})
}

// saveUsual keeps what was chosen and shows the times that fit it.
func saveUsual(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openUsualPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if r.Value("forget") != "" {
		return web.Answer{SeeOther: p.action}, peer.DropUsual(ctx, r.Tx, r.By, p.o)
	}
	p.days, p.from, p.to = nil, r.Value("from"), r.Value("to")
	for _, text := range r.Form["days"] {
		if n, err := strconv.Atoi(text); err == nil {
			p.days = append(p.days, time.Weekday(n))
		}
	}
	u := peer.Usual{Days: slices.Clone(p.days), From: chosenMinute(p.from), To: chosenMinute(p.to), TimeZone: p.loc.String()}
	if err = peer.SaveUsual(ctx, r.Tx, r.By, p.o, u); err == nil {
		return web.Answer{SeeOther: p.narrowed(usualPart, p.same, false)}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "days", "from", "to")
	return p.show(), err
}

// chosenMinute is a choice of clock, -1 for none.
func chosenMinute(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func (p *usualPage) weekdays() ui.Group {
	g := ui.Group{Name: "days", Legend: "On which days?", Error: p.faults["days"], Small: true}
	for i := range 7 {
		d := time.Weekday((i + 1) % 7) // Monday first
		g.Options = append(g.Options, ui.Option{Value: strconv.Itoa(int(d)), Label: words.Text(d.String()), Checked: slices.Contains(p.days, d)})
	}
	return g
}

func (p *usualPage) savedWords() words.Text {
	return words.Say("Saved by %s, %s.", p.savedName, civil.When(p.savedAt, p.loc, p.now))
}

// usualLine says whose usual times there are, or can be set.
func (p *timePage) usualLine() words.Text {
	if p.usual == nil {
		return "Set usual times of the ordering physician"
	}
	return "Change usual times"
}
