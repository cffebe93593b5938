package admin

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

type templComponent = templ.Component

// wavePage is one wave of a roll-out, as it is typed.
type wavePage struct {
	policyNames
	w                       plan.Rollout
	from, until, names      string
	touched                 *worklist.Touched
	reached                 []string // organizations, by name
	of                      int      // as many as there are
	percent                 string
	takes                   bool // it takes the feature from whom no wave reaches
	reason, fallback, phone string
	spanish                 string // fallback in Spanish
	faults                  map[string]words.Text
	errors                  []ui.FieldError
	key                     string
	today                   civil.Date
	loc                     *time.Location
	now                     time.Time
}

func (p *wavePage) path() string {
	if p.w.ID == "" {
		return "/admin/rollout/new"
	}
	return "/admin/rollout/" + p.w.ID
}

func (p *wavePage) answer() web.Answer {
	title := "New wave"
	if p.w.ID != "" {
		title = "A wave of the roll-out"
	}
	return web.Answer{Title: words.AsIs(title), Body: waveView(p, title), Errors: p.errors, Crumbs: crumbs(title, ui.Link{Text: "Roll-out", Href: "/admin/rollout"})}
}

func wave(ctx context.Context, r *web.Request) (p *wavePage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &wavePage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}, phone: r.Settings.Support.Phone}
	p.today = civil.DateIn(p.now, p.loc)
	if id := r.PathValue("wave"); id != "" {
		if p.w, err = plan.Wave(ctx, r.Tx, id); err != nil {
			return nil, err
		}
	}
	off := plan.FeatureOf(p.w.Feature)
	p.fallback, p.spanish, p.phone = cmp.Or(p.w.Fallback, off.Off), cmp.Or(p.w.FallbackES, off.OffES), cmp.Or(p.w.Phone, p.phone)
	p.policyNames, err = namesOf(ctx, r, []plan.Rollout{p.w})
	return p, err
}

func newWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := wave(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.w.Feature, p.w.Stage, p.from = plan.CallsFeature, plan.Announced, p.today.AddDays(7).String()
	return p.answer(), nil
}

func showWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := wave(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.fill()
	err = p.look(ctx, r)
	return p.answer(), err
}

// look works out what the wave touches.
func (p *wavePage) look(ctx context.Context, r *web.Request) (err error) {
	t, err := worklist.TouchedBy(ctx, r.Tx, r.By, p.w)
	if err != nil {
		return err
	}
	p.touched = &t
	if p.reached, p.of, err = worklist.Reached(ctx, r.Tx, r.By, p.w); err != nil {
		return err
	}
	p.takes, err = plan.BringsFirst(ctx, r.Tx, p.w)
	return err
}

// fill sets the fields from the wave.
func (p *wavePage) fill() {
	p.from = p.w.From.String()
	if !p.w.To.IsZero() {
		p.until = p.w.To.String()
	}
	if p.w.Percent > 0 {
		p.percent = strconv.Itoa(p.w.Percent)
	}
	for _, id := range organizations(p.w) {
		p.names += p.orgs[id] + "\n"
	}
}

// saveWave stores a wave, or says only what it would touch.
func saveWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := wave(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	w := &p.w
	w.Feature, w.PlanID, w.ProgramID, w.Line, w.Stage, w.Notice = r.Value("feature"), plan.ID(r.Value("plan")), plan.ProgramID(r.Value("program")), r.Value("line"), plan.Stage(r.Value("stage")), strings.TrimSpace(r.Value("notice"))
	w.State = strings.ToUpper(strings.TrimSpace(r.Value("state")))
	w.NoticeES, w.FallbackES = strings.TrimSpace(r.Value("notice_es")), strings.TrimSpace(r.Value("instead_es"))
	w.Fallback, w.Phone = strings.TrimSpace(r.Value("instead")), strings.TrimSpace(r.Value("call"))
	p.percent = strings.TrimSpace(r.Value("percent"))
	p.from, p.until, p.names = r.Value("from"), r.Value("to"), r.Value("organizations")
	if err = p.read(ctx, r); err == nil {
		err = w.Check()
	}
	if err == nil {
		err = peer.CheckServed(ctx, r.Tx, *w)
	}
	if err == nil && r.Value("look") != "" {
		err := p.look(ctx, r)
		return p.answer(), err
	}
	if err == nil {
		err = p.save(ctx, r)
	}
	if err == nil {
		return web.Answer{SeeOther: "/admin/rollout"}, nil
	}
	return p.again(err)
}

// save stores the wave at once, and keeps it as a version.
func (p *wavePage) save(ctx context.Context, r *web.Request) (err error) {
	if p.w.ID == "" {
		if p.w, err = plan.SaveWave(ctx, r.Tx, r.By, p.w); err != nil || p.w.ID == "" {
			return err
		}
		return config.Witness(ctx, r.Tx, r.By, config.WaveSubject(p.w.ID), "The wave began.")
	}
	return proven(ctx, r, config.WaveSubject(p.w.ID), "Changed at once.", func() error {
		p.w, err = plan.SaveWave(ctx, r.Tx, r.By, p.w)
		return err
	})
}

// again shows the page with its faults.
func (p *wavePage) again(err error) (web.Answer, error) {
	if fault.Of(err).Kind == fault.Internal || fault.Of(err).Kind == fault.NotFound {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, refusals(err, "feature", "plan", "program", "stage", "from", "to", "state", "organizations", "percent", "notice", "notice_es", "instead", "instead_es", "call", "reason", "fallback", "fallback_es", "phone")
	return p.answer(), err
}

func (p *wavePage) read(ctx context.Context, r *web.Request) error {
	f := fault.Fields{}
	p.w.From, p.w.To = day(f, "from", p.from), day(f, "to", p.until)
	if w := strings.TrimSuffix(p.percent, "%"); w != "" {
		n, err := strconv.Atoi(strings.TrimSpace(w))
		f.Check(err == nil && n > 0, "percent", "Enter a whole number from 1 to 100")
		p.w.Percent = n
	} else {
		p.w.Percent = 0
	}
	ids, err := organizationIDs(ctx, r, f, p.names)
	p.w.Organizations = strings.Join(ids, ",")
	if err != nil {
		return err
	}
	return f.Err()
}

// organizationIDs are those of the organizations named on the lines of a text.
func organizationIDs(ctx context.Context, r *web.Request, f fault.Fields, names string) (ids []string, err error) {
	for line := range strings.Lines(names) {
		name := strings.TrimSpace(line)
		if name == "" {
			continue
		}
		o, err := account.OrganizationByName(ctx, r.Tx, name)
		if fault.Is(err, fault.NotFound) {
			f.Check(false, "organizations", words.Say("There is no organization of the name %s", name))
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, o.ID)
	}
	return ids, nil
}

func stopWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := wave(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.fill()
	p.reason, p.fallback, p.spanish, p.phone = r.Value("reason"), r.Value("fallback"), r.Value("fallback_es"), r.Value("phone")
	err = witnessed(ctx, r, config.WaveSubject(p.w.ID), "Turned off: "+p.reason, func() error {
		return plan.Stop(ctx, r.Tx, r.By, p.w.ID, p.reason, plan.Said{Text: p.fallback, ES: p.spanish}, p.phone)
	})
	if err != nil {
		return p.again(err)
	}
	return web.Answer{SeeOther: p.path()}, nil
}

func restartWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/rollout/" + r.PathValue("wave")}, plan.Restart(ctx, r.Tx, r.By, r.PathValue("wave"))
}

func (p *wavePage) planOptions() []ui.Option {
	all := []ui.Option{{Label: "Choose a plan"}}
	for _, one := range sortedPlans(p.plans) {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Checked: one.ID == p.w.PlanID})
	}
	return all
}

func (p *wavePage) programOptions() []ui.Option {
	all := []ui.Option{{Label: "Choose a program"}}
	for _, one := range sortedPrograms(p.programs) {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Checked: one.ID == p.w.ProgramID})
	}
	return all
}

func (p *wavePage) lineOptions() []ui.Option {
	all := []ui.Option{{Label: "Every type of plan"}}
	for _, code := range sortedKeys(p.lines) {
		all = append(all, ui.Option{Value: code, Label: words.AsIs(p.lines[code]), Checked: code == p.w.Line})
	}
	return all
}

func (p *wavePage) featureOptions() (all []ui.Option) {
	for _, f := range plan.Features {
		all = append(all, ui.Option{Value: f.ID, Label: words.AsIs(upper(f.Words)), Checked: f.ID == p.w.Feature})
	}
	return all
}

func (p *wavePage) stageOptions() (all []ui.Option) {
	hints := map[plan.Stage]string{plan.Off: "Offices don't see it", plan.Announced: "Offices read that it comes", plan.Pilot: "Only the organizations chosen above have it",
		plan.On: "Offices have it", plan.Ending: "Offices have it and read until when"}
	for _, s := range plan.Stages {
		all = append(all, ui.Option{Value: string(s), Label: words.AsIs(stageWords[s]), Hint: words.AsIs(hints[s]), Checked: s == p.w.Stage})
	}
	return all
}

// named reports whether the wave chooses among organizations.
func (p *wavePage) named() bool {
	return len(p.reached) > 0 && (p.w.Percent > 0 || p.w.Organizations != "" || p.w.State != "")
}

// reaches says how many organizations the wave is for.
func (p *wavePage) reaches() string {
	where := ""
	if p.w.State != "" {
		where = " in " + p.w.State
	}
	return "It is for " + grouped(int64(len(p.reached))) + " of " + count(p.of, "organization") + where + "."
}

// words are what offices read of the wave.
func (p *wavePage) words() plan.Said {
	return p.w.Words(p.plans[p.w.PlanID], p.programs[p.w.ProgramID], p.lines[p.w.Line], p.today)
}
