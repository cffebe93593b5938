package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/training"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var trainingCrumb = ui.Link{Text: "Training", Href: "/admin/training"}

func registerTraining(s *web.Server) {
	s.Handle("GET /admin/training", web.Manage, listTraining)
	s.Handle("GET /admin/training/new", web.Manage, newTraining)
	s.Handle("POST /admin/training/new", web.Manage, saveTraining)
	s.Handle("GET /admin/training/{training}", web.Manage, showTraining)
	s.Handle("GET /admin/training/{training}/edit", web.Manage, editTraining)
	s.Handle("POST /admin/training/{training}/edit", web.Manage, saveTraining)
	s.Handle("POST /admin/training/{training}/cancel", web.Manage, cancelTraining)
	s.Handle("POST /admin/training/{training}/attended", web.Manage, sayAttended)
}

// trainingsPage lists the sessions.
type trainingsPage struct {
	coming, past []training.Session
	now          time.Time
}

func listTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, err := training.All(ctx, r.Tx, r.By)
	p := &trainingsPage{now: r.Tx.Now()}
	for _, s := range all {
		if p.now.Before(s.Ends()) {
			p.coming = append(p.coming, s)
		} else {
			p.past = append(p.past, s)
		}
	}
	slices.Reverse(p.coming)
	return web.Answer{Title: "Training", Body: trainingsView(p), Crumbs: crumbs("Training")}, err
}

func sessionWhen(s training.Session, now time.Time) string {
	return civil.SpanOn(s.StartsAt, s.Ends(), s.Location(), now).String()
}

// trainingPage is one session with who comes.
type trainingPage struct {
	s      training.Session
	places []training.Place
	key    string
	now    time.Time
}

func showTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &trainingPage{key: r.Key(), now: r.Tx.Now()}
	var err error
	if p.s, err = training.Get(ctx, r.Tx, r.By, r.PathValue("training")); err != nil {
		return web.Answer{}, err
	}
	p.places, err = training.Places(ctx, r.Tx, r.By, p.s.ID)
	return web.Answer{Title: words.AsIs(p.s.Title), Body: trainingView(p), Crumbs: crumbs(p.s.Title, trainingCrumb)}, err
}

func (p *trainingPage) path() string { return "/admin/training/" + p.s.ID }

// begun reports whether who came can be said.
func (p *trainingPage) begun() bool { return !p.now.Before(p.s.StartsAt) && p.s.CanceledAt == nil }

func (p *trainingPage) rows() []ui.SummaryRow {
	return []ui.SummaryRow{
		{Key: "When", Value: words.AsIs(sessionWhen(p.s, p.now))}, {Key: "Places", Value: words.Say("%s of %s taken", strconv.Itoa(p.s.Taken), strconv.Itoa(p.s.Seats))},
		{Key: "Link", Value: words.AsIs(p.s.Link)}, {Key: "Phone", Value: words.AsIs(p.s.Phone)}, {Key: "Meeting number", Value: words.AsIs(p.s.Meeting)}, {Key: "Password", Value: words.AsIs(p.s.Password)},
	}
}

func (p *trainingPage) in(state training.State) (all []training.Place) {
	for _, one := range p.places {
		if one.State == state {
			all = append(all, one)
		}
	}
	return all
}

// came is who came, to be ticked.
func (p *trainingPage) came() ui.Group {
	g := ui.Group{Name: "came", Legend: "Who came", Small: true}
	for _, one := range p.in(training.Registered) {
		g.Options = append(g.Options, ui.Option{Value: one.ID, Label: words.Say("%s, %s", one.Name, one.Organization), Checked: one.Attended != nil && *one.Attended})
	}
	return g
}

func cancelTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("training")
	return web.Answer{SeeOther: "/admin/training/" + id}, training.Cancel(ctx, r.Tx, r.By, id)
}

func sayAttended(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("training")
	return web.Answer{SeeOther: "/admin/training/" + id}, training.SayAttended(ctx, r.Tx, r.By, id, r.Form["came"])
}

// trainingForm is a session as it is typed.
type trainingForm struct {
	s                      training.Session
	starts, minutes, seats string
	faults                 map[string]words.Text
	errors                 []ui.FieldError
	key                    string
}

func openTraining(ctx context.Context, r *web.Request) (p *trainingForm, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &trainingForm{key: r.Key(), faults: map[string]words.Text{}}
	if id := r.PathValue("training"); id != "" {
		p.s, err = training.Get(ctx, r.Tx, r.By, id)
	}
	return p, err
}

func (p *trainingForm) title() string {
	if p.s.ID == "" {
		return "New session"
	}
	return "Change a session"
}

func (p *trainingForm) path() string {
	if p.s.ID == "" {
		return "/admin/training/new"
	}
	return "/admin/training/" + p.s.ID + "/edit"
}

func (p *trainingForm) back() ui.Link {
	if p.s.ID == "" {
		return trainingCrumb
	}
	return ui.Link{Text: "The session", Href: "/admin/training/" + p.s.ID}
}

func (p *trainingForm) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.title()), Body: trainingFormView(p), Errors: p.errors, Crumbs: crumbs(p.title(), trainingCrumb)}
}

func newTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTraining(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	loc := r.Zone(civil.DefaultZone)
	p.s.Zone, p.minutes, p.seats = loc.String(), "60", "50"
	p.starts = wall(civil.Start(civil.DateIn(r.Tx.Now(), loc).AddDays(14), 11*60, loc), loc)
	return p.answer(), nil
}

func editTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTraining(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.starts, p.minutes, p.seats = wall(p.s.StartsAt, p.s.Location()), strconv.Itoa(p.s.Minutes), strconv.Itoa(p.s.Seats)
	return p.answer(), nil
}

func saveTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTraining(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	s := &p.s
	s.Title, s.About, s.Zone = r.Value("title"), r.Value("about"), r.Value("zone")
	s.Joining = training.Joining{Link: r.Value("link"), Phone: r.Value("phone"), Meeting: r.Value("meeting"), Password: r.Value("password")}
	p.starts, p.minutes, p.seats = r.Value("starts"), r.Value("minutes"), r.Value("seats")
	if s.ID != "" {
		s.Version, _ = strconv.Atoi(r.Value("version"))
	}
	f := fault.Fields{}
	s.StartsAt = instant(f, "starts", p.starts, s.Location())
	s.Minutes, _ = strconv.Atoi(strings.TrimSpace(p.minutes)) // 0 is refused
	s.Seats, _ = strconv.Atoi(strings.TrimSpace(p.seats))
	if err = f.Err(); err == nil {
		var saved training.Session
		if saved, err = training.Save(ctx, r.Tx, r.By, *s); err == nil {
			return web.Answer{SeeOther: "/admin/training/" + saved.ID}, nil
		}
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "title", "about", "zone", "starts", "minutes", "seats", "link")
	return p.answer(), err
}

func (p *trainingForm) zones() (all []ui.Option) {
	for _, z := range civil.Zones {
		all = append(all, ui.Option{Value: z.Name, Label: z.Label, Checked: z.Name == p.s.Zone})
	}
	return all
}
