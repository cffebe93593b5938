package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// windowPage is a time of maintenance, as it is typed.
type windowPage struct {
	w                                        notice.Window
	weekly                                   bool
	starts, ends, opens, closes, from, until string
	faults                                   map[string]words.Text
	errors                                   []ui.FieldError
	key                                      string
	now                                      time.Time
}

func (p *windowPage) path() string {
	if p.w.ID == "" {
		return "/admin/maintenance/new"
	}
	return "/admin/maintenance/" + p.w.ID
}

func (p *windowPage) answer() web.Answer {
	title := "Plan maintenance"
	if p.w.ID != "" {
		title = "Change maintenance"
	}
	return web.Answer{Title: words.AsIs(title), Body: windowView(p, title), Errors: p.errors, Crumbs: crumbs(title, noticesCrumb)}
}

func window(ctx context.Context, r *web.Request) (p *windowPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &windowPage{key: r.Key(), now: r.Tx.Now(), faults: map[string]words.Text{}}
	if id := r.PathValue("window"); id != "" {
		p.w, err = notice.GetWindow(ctx, r.Tx, r.By, id)
	}
	return p, err
}

func newWindow(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := window(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	loc := r.Zone(civil.DefaultZone)
	p.w = notice.Window{Zone: loc.String(), Weekday: notice.Once, Stops: []notice.Function{notice.Requests}, Stays: "Lookups and drafts stay open.", Phone: r.Settings.Support.Phone}
	p.starts, p.ends = wall(p.now.Add(3*24*time.Hour), loc), wall(p.now.Add(3*24*time.Hour+time.Hour), loc)
	p.from = civil.DateIn(p.now, loc).String()
	return p.answer(), nil
}

func showWindow(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := window(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.weekly = p.w.Weekday != notice.Once; p.weekly {
		p.opens, p.closes, p.from = clockField(p.w.Opens), clockField(p.w.Closes), p.w.From.String()
		if !p.w.To.IsZero() {
			p.until = p.w.To.String()
		}
	} else {
		p.starts, p.ends = wall(*p.w.StartsAt, p.w.Location()), wall(*p.w.EndsAt, p.w.Location())
	}
	return p.answer(), nil
}

// clockField is a minute of the day as a field for a time holds it.
func clockField(minute int) string {
	if minute == civil.DayMinutes {
		return "23:59"
	}
	h, m := strconv.Itoa(minute/60), strconv.Itoa(minute%60)
	return ("0" + h)[len(h)-1:] + ":" + ("0" + m)[len(m)-1:]
}

func saveWindow(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := window(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.starts, p.ends, p.opens, p.closes, p.from, p.until = r.Value("starts"), r.Value("ends"), r.Value("opens"), r.Value("closes"), r.Value("from"), r.Value("to")
	p.w.Zone, p.w.Stays, p.w.Urgent, p.w.Phone, p.w.Stops = r.Value("zone"), r.Value("stays"), r.Value("urgent"), r.Value("phone"), nil
	for _, s := range r.Form["stops"] {
		p.w.Stops = append(p.w.Stops, notice.Function(s))
	}
	if p.w.ID != "" {
		p.w.Version, _ = strconv.Atoi(r.Value("version"))
	}
	p.weekly = r.Value("repeats") == "weekly"
	if err = p.read(r); err == nil {
		_, err = notice.Plan(ctx, r.Tx, r.By, p.w)
	}
	if err == nil {
		return web.Answer{SeeOther: "/admin/notices"}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "stops", "zone", "starts", "ends", "weekday", "opens", "closes", "from", "to", "phone")
	return p.answer(), err
}

// read is when it is.
func (p *windowPage) read(r *web.Request) error {
	f := fault.Fields{}
	if p.weekly {
		var err error
		p.w.StartsAt, p.w.EndsAt = nil, nil
		if p.w.Weekday, err = strconv.Atoi(r.Value("weekday")); err != nil {
			p.w.Weekday = 7
		}
		p.w.Opens, p.w.Closes = minute(f, "opens", p.opens), minute(f, "closes", p.closes)
		p.w.From, p.w.To = day(f, "from", p.from), day(f, "to", p.until)
		return f.Err()
	}
	starts, ends := instant(f, "starts", p.starts, p.w.Location()), instant(f, "ends", p.ends, p.w.Location())
	p.w.Weekday, p.w.StartsAt, p.w.EndsAt, p.w.From, p.w.To = notice.Once, &starts, &ends, civil.Date{}, civil.Date{}
	return f.Err()
}

func minute(f fault.Fields, name, text string) int {
	m, ok := civil.ParseMinute(text)
	f.Check(ok, name, "Enter a time, like 14:30")
	return m
}

// day reads a date; "" is none.
func day(f fault.Fields, name, text string) civil.Date {
	if text == "" {
		return civil.Date{}
	}
	d, err := civil.ParseDate(text)
	f.Check(err == nil, name, "Enter a date, like 2026-11-24")
	return d
}

func callOff(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/notices"}, notice.CallOff(ctx, r.Tx, r.By, r.PathValue("window"))
}

func (p *windowPage) stops() ui.Group {
	g := ui.Group{Name: "stops", Legend: "What is paused", Hint: "All else goes on, and so do clocks", Error: p.faults["stops"]}
	for _, f := range notice.Functions {
		g.Options = append(g.Options, ui.Option{Value: string(f), Label: words.Text(f.Words()), Checked: slices.Contains(p.w.Stops, f)})
	}
	return g
}

func (p *windowPage) repeats() ui.Group {
	return ui.Group{Name: "repeats", Legend: "When", Options: []ui.Option{
		{Value: "once", Label: "Once", Checked: !p.weekly, Reveal: onceFields(p)},
		{Value: "weekly", Label: "Every week", Checked: p.weekly, Reveal: weeklyFields(p)},
	}}
}

func (p *windowPage) weekdays() (all []ui.Option) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		all = append(all, ui.Option{Value: strconv.Itoa(int(d)), Label: words.AsIs(d.String()), Checked: p.w.Weekday == int(d)})
	}
	return all
}

func (p *windowPage) zones() (all []ui.Option) {
	for _, z := range civil.Zones {
		all = append(all, ui.Option{Value: z.Name, Label: z.Label, Checked: z.Name == p.w.Zone})
	}
	return all
}
