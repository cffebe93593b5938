package portal

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// windowsPage asks when an office could talk, if no free time fits.
type windowsPage struct {
	*timePage
	rows   []windowRow
	faults map[string]words.Text
}

// A windowRow is one window as it was typed: a date, and minutes of the day.
type windowRow struct{ day, from, to string }

func openWindowsPage(ctx context.Context, r *web.Request) (*windowsPage, error) {
	t, err := openTimePage(ctx, r)
	if err != nil {
		return nil, err
	}
	return &windowsPage{timePage: t, faults: map[string]words.Text{}}, nil
}

func askWindows(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWindowsPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	for _, w := range p.draft.Windows {
		p.rows = append(p.rows, p.row(w))
	}
	if len(p.rows) == 0 {
		p.rows = p.usualRows()
	}
	return p.show(), nil
}

// usualRows are the physician's usual times on the next days that they and the
// plan have, to start from: as many as must be given.
func (p *windowsPage) usualRows() (all []windowRow) {
	if p.usual == nil {
		return nil
	}
	loc, err := civil.Zone(p.usual.TimeZone)
	if err != nil {
		return nil
	}
	for d := civil.DateIn(p.now, loc).AddDays(1); !d.After(p.offer.LastDay) && !p.late(d) && len(all) < peer.LeastWindows; d = d.AddDays(1) {
		if slices.Contains(p.usual.Days, d.Weekday()) && p.offer.Calendar.IsBusinessDay(d) {
			all = append(all, p.row(peer.Span{Start: civil.Start(d, p.usual.From, loc), End: civil.End(d, p.usual.To, loc)}))
		}
	}
	return all
}

func (p *windowsPage) row(w peer.Span) windowRow {
	minute := func(t time.Time) string {
		local := t.In(p.loc)
		return strconv.Itoa(local.Hour()*60 + local.Minute())
	}
	return windowRow{civil.DateIn(w.Start, p.loc).String(), minute(w.Start), minute(w.End)}
}

func (p *windowsPage) show() web.Answer {
	for len(p.rows) < peer.LeastWindows {
		p.rows = append(p.rows, windowRow{})
	}
	return p.ask("When you can talk", web.Answer{Body: windowsView(p)})
}

// saveWindows keeps the windows and goes on, or shows one row more to who
// asked for it.
func saveWindows(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWindowsPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	p.typed(r)
	if r.Value("add") != "" {
		p.rows = append(p.rows, windowRow{})
		return p.show(), nil
	}
	windows, err := p.read()
	if err == nil {
		err = rememberZone(ctx, r, p.timePage)
	}
	if err == nil {
		_, err = peer.SaveWindows(ctx, r.Tx, r.By, p.o, p.standing, windows)
	}
	if err == nil && p.draft.HasPeople {
		return web.Answer{SeeOther: p.path("/review")}, nil
	}
	if err == nil {
		return web.Answer{SeeOther: p.path("/people")}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, p.fields()...)
	return p.show(), err
}

// typed takes the rows as they were sent; empty ones at the end are dropped.
func (p *windowsPage) typed(r *web.Request) {
	for i := range peer.MostWindows {
		n := strconv.Itoa(i)
		p.rows = append(p.rows, windowRow{r.Value("day_" + n), r.Value("from_" + n), r.Value("to_" + n)})
	}
	for len(p.rows) > peer.LeastWindows && p.rows[len(p.rows)-1] == (windowRow{}) {
		p.rows = p.rows[:len(p.rows)-1]
	}
}

func (p *windowsPage) fields() []string {
	var all []string
	for i := range p.rows {
		n := strconv.Itoa(i)
		all = append(all, "day_"+n, "from_"+n, "to_"+n)
	}
	return all
}

// read turns rows into instants. A row that nobody touched is no window.
func (p *windowsPage) read() ([]peer.Span, error) {
	f := fault.Fields{}
	var all []peer.Span
	for i, row := range p.rows {
		if row == (windowRow{}) && i >= peer.LeastWindows {
			continue
		}
		n := strconv.Itoa(i)
		d, err := civil.ParseDate(row.day)
		f.Check(err == nil, "day_"+n, words.Say("Choose a day for time %s", following(n)))
		from, fromOK := p.minute(f, "from_"+n, words.Say("Choose when time %s starts", following(n)), row.from, d)
		to, toOK := p.minute(f, "to_"+n, words.Say("Choose when time %s ends", following(n)), row.to, d)
		if err == nil && fromOK && toOK {
			all = append(all, peer.Span{Start: civil.Start(d, from, p.loc), End: civil.End(d, to, p.loc)})
		}
	}
	return all, f.Err()
}

func (p *windowsPage) minute(f fault.Fields, name string, missing words.Text, text string, d civil.Date) (int, bool) {
	m, err := strconv.Atoi(text)
	if err != nil || m < 0 || m > civil.DayMinutes {
		f[name] = missing
		return 0, false
	}
	if _, _, kind := civil.Resolve(d, m, p.loc); kind == civil.Gap && !d.IsZero() {
		f[name] = "Clocks skip this time on that day. Choose another"
		return 0, false
	}
	return m, true
}

// days are the plan's business days in the horizon.
func (p *windowsPage) days(chosen string) []ui.Option {
	all := []ui.Option{{Label: "Choose a day"}}
	today := civil.DateIn(p.now, p.loc)
	for d := today; !d.After(p.offer.LastDay) && !p.late(d); d = d.AddDays(1) {
		if p.offer.Calendar.IsBusinessDay(d) {
			all = append(all, ui.Option{Value: d.String(), Label: civil.ShortDate(d, today), Checked: d.String() == chosen})
		}
	}
	return all
}

// clock are the quarter hours in which offices work.
func clock(chosen string) []ui.Option {
	all := []ui.Option{{Label: "Choose a time"}}
	for m := 6 * 60; m <= 20*60; m += 15 {
		value := strconv.Itoa(m)
		all = append(all, ui.Option{Value: value, Label: civil.MinuteOfDay(m), Checked: value == chosen})
	}
	return all
}

// windowWords are a window as people read it, with its zone.
func windowWords(w peer.Span, loc *time.Location, now time.Time) words.Text {
	return civil.SpanOn(w.Start, w.End, loc, now)
}

func windowsWords(all []peer.Span, loc *time.Location, now time.Time) words.Text {
	var text []words.Text
	for _, w := range all {
		text = append(text, windowWords(w, loc, now))
	}
	return words.Join(text, "; ")
}
