package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"

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

// previewPage is a draft before it counts: what it changes, what stands under
// it, and what an office would read.
type previewPage struct {
	*subjectPage
	under       worklist.Under
	effects     []string         // of holidays, delegation, waves and rules: what they touch
	lacking     []peer.Unmatched // calls that a rule of a state finds lacking
	mayMove     bool             // whoever looks moves calls
	meanwhile   []config.Change  // what changed live since the draft began
	stale       bool
	office, day string
	looked      *rolloutPage
	doc         config.Doc // that holds on the day asked for
	which       string     // and which that is
	when, text  string     // "now" or "later", and the time as it is typed
	zone, why   string
	revision    int
	faults      map[string]words.Text
	errors      []ui.FieldError
}

func preview(ctx context.Context, r *web.Request) (p *previewPage, err error) {
	p = &previewPage{faults: map[string]words.Text{}, office: strings.TrimSpace(r.Query("office")), day: r.Query("day")}
	if p.subjectPage, err = subject(ctx, r); err != nil {
		return nil, err
	}
	if p.open.ID == "" {
		return p, nil
	}
	if isTemplate(p.s) {
		if p.side, err = besideTemplate(ctx, r, p.s.ID, p.open.Doc); err != nil {
			return nil, err
		}
	}
	var id plan.ID
	var line string
	var program plan.ProgramID
	switch p.s.Kind {
	case "program":
		program = plan.ProgramID(p.s.ID)
	case "plan":
		id = plan.ID(p.s.ID)
	case "line":
		id, line = config.LineOf(p.s.ID)
	case "rule":
		if err := p.ruleEffects(ctx, r); err != nil {
			return nil, err
		}
		return p, p.begin(ctx, r)
	case "pack":
		if err := p.packEffects(ctx, r); err != nil {
			return nil, err
		}
		return p, p.begin(ctx, r)
	case "guideline":
		if err := p.guidelineEffects(ctx, r); err != nil {
			return nil, err
		}
		return p, p.begin(ctx, r)
	case "wave", "calendar", "delegation":
		if err := p.effectsOf(ctx, r); err != nil {
			return nil, err
		}
		return p, p.begin(ctx, r)
	default: // an entry of the help center, a template, or words: nothing stands under it
		return p, p.begin(ctx, r)
	}
	if p.under, err = worklist.UnderPolicy(ctx, r.Tx, r.By, id, line, program); err != nil {
		return nil, err
	}
	if err := p.begin(ctx, r); err != nil {
		return nil, err
	}
	return p, p.lookAs(ctx, r, id, line, program)
}

// begin is the form's beginning, and what changed since the draft's.
func (p *previewPage) begin(ctx context.Context, r *web.Request) error {
	p.doc, p.which = p.open.Doc, "the draft, once it is live"
	p.revision, p.when, p.zone = p.open.Revision, "now", p.loc.String()
	if _, known := civil.ChoiceFor(p.zone); !known {
		p.zone = civil.DefaultZone
	}
	p.text = wall(civil.Start(civil.DateIn(p.at, p.loc).AddDays(1), 8*60, p.loc), p.loc)
	var err error
	if p.tried, err = config.Try(ctx, r.Tx, p.s, p.doc); err != nil {
		return err
	}
	return p.compareBase(ctx, r)
}

// compareBase finds what changed live since the draft began.
func (p *previewPage) compareBase(ctx context.Context, r *web.Request) error {
	if p.open.Base == 0 {
		p.stale = len(p.now) > 0
		p.meanwhile = config.Diff(p.s, config.Doc{}, p.now)
		return nil
	}
	base, err := config.Numbered(ctx, r.Tx, p.s, p.open.Base)
	if err != nil {
		return err
	}
	p.meanwhile = config.Diff(p.s, base.Doc, p.now)
	p.stale = len(p.meanwhile) > 0 || p.open.Base != p.live
	return nil
}

// lookAs works out what one office would see on a day, and which version holds
// then.
func (p *previewPage) lookAs(ctx context.Context, r *web.Request, id plan.ID, line string, program plan.ProgramID) error {
	today := civil.DateIn(p.at, p.loc)
	from := today
	if p.open.EffectiveAt != nil {
		from = civil.DateIn(*p.open.EffectiveAt, p.loc)
	}
	if p.day == "" {
		p.day = from.String()
	}
	p.doc, p.which = p.open.Doc, "the draft, once it is live"
	if p.open.State == config.Scheduled {
		p.which = "the scheduled version"
	}
	if asked, err := civil.ParseDate(p.day); err == nil && asked.Before(from) {
		p.doc, p.which = p.now, "the version that is live now"
	}
	if p.office == "" {
		return nil
	}
	waves, err := plan.Waves(ctx, r.Tx)
	if err != nil {
		return err
	}
	p.looked = &rolloutPage{office: p.office, day: p.day, today: today, loc: p.loc, now: p.at, faults: map[string]words.Text{}, waves: waves, program: program, plan: id, line: line}
	if p.looked.policyNames, err = namesOf(ctx, r, waves); err != nil {
		return err
	}
	if err = p.looked.see(ctx, r); fault.Is(err, fault.Invalid) {
		p.faults, p.errors, p.looked = fault.Of(err).Fields, web.Errors(err, "office", "day"), nil
		return nil
	}
	return err
}

func (p *previewPage) answer() web.Answer {
	return web.Answer{Title: words.Say("Preview of %s", p.called()), Body: previewView(p), Errors: p.errors, Wide: true, Crumbs: p.crumbs("Preview")}
}

func showPreview(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := preview(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.open.ID == "" {
		return web.Answer{SeeOther: p.path()}, nil
	}
	return p.answer(), nil
}

// goLive has the draft hold, now or at a time.
func goLive(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := preview(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.when, p.text, p.zone, p.why = r.Value("when"), r.Value("at"), r.Value("zone"), r.Value("why")
	p.revision, _ = strconv.Atoi(r.Value("revision"))
	if p.when == "later" {
		err = p.schedule(ctx, r)
	} else {
		err = config.GoLive(ctx, r.Tx, r.By, p.s, p.revision, p.why)
	}
	if err == nil {
		return web.Answer{SeeOther: p.path()}, nil
	}
	if fault.Of(err).Kind == fault.Internal || p.open.ID == "" {
		return web.Answer{}, err
	}
	p.revision = p.open.Revision
	p.faults, p.errors = fault.Of(err).Fields, refusals(err, "at", "zone", "why", config.AtCases)
	if isGuideline(p.s) {
		p.errors = guidelineErrors(p.errors)
	}
	if fault.Is(err, fault.Conflict) {
		p.errors = []ui.FieldError{{Text: "This changed while you were looking at it. Read it again before it goes live."}}
	}
	return p.answer(), err
}

func (p *previewPage) schedule(ctx context.Context, r *web.Request) error {
	f := fault.Fields{}
	loc, err := civil.Zone(p.zone)
	f.Check(err == nil, "zone", "Choose a time zone")
	if err := f.Err(); err != nil {
		return err
	}
	at := instant(f, "at", p.text, loc)
	if err := f.Err(); err != nil {
		return err
	}
	return config.Schedule(ctx, r.Tx, r.By, p.s, p.revision, at, p.zone, p.why)
}

// nowHint says what it means that the draft holds now.
func (p *previewPage) nowHint() words.Text {
	if isTemplate(p.s) {
		return "Letters written from then on are made from it"
	}
	if isGuideline(p.s) {
		return "Offices are asked by it for services on its first day or later"
	}
	if isPack(p.s) {
		return "Requests received on its first day or later, and sent from then on, count by it"
	}
	return "Everybody has it with their next page"
}

// turn is a page that does one thing to the open version and shows where that
// led.
func turn(do func(context.Context, *web.Request, config.Subject, int) error, to string) web.Page {
	return func(ctx context.Context, r *web.Request) (web.Answer, error) {
		if err := r.By.Must(account.ManageProgram); err != nil {
			return web.Answer{}, err
		}
		p, err := subject(ctx, r)
		if err != nil {
			return web.Answer{}, err
		}
		seen, _ := strconv.Atoi(r.Value("revision"))
		next := p.path() + to
		if to == "" && len(p.now) == 0 {
			next = listOf(p.s).Href
		}
		return web.Answer{SeeOther: next}, do(ctx, r, p.s, seen)
	}
}

func unschedule(ctx context.Context, r *web.Request, s config.Subject, seen int) error {
	return config.Unschedule(ctx, r.Tx, r.By, s, seen)
}

func refresh(ctx context.Context, r *web.Request, s config.Subject, seen int) error {
	return config.Refresh(ctx, r.Tx, r.By, s, seen)
}

func drop(ctx context.Context, r *web.Request, s config.Subject, seen int) error {
	return config.Drop(ctx, r.Tx, r.By, s, seen)
}

// touchesWords says what stands under what is changed.
func (p *previewPage) touchesWords() string {
	return upper(count(p.under.Orders, "order")) + waitWord(p.under.Orders) + " for a decision under it, and " + count(p.under.Calls, "call") + areWord(p.under.Calls) + " to come. Booked calls stay booked as they are."
}

func waitWord(n int) string {
	if n == 1 {
		return " waits"
	}
	return " wait"
}

func areWord(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// reads are the sentences that an office reads then, and whether each is new.
func (p *previewPage) reads() []string { return config.Reads(p.s, p.doc) }

func (p *previewPage) isNew(sentence string) bool {
	return len(p.now) > 0 && !slices.Contains(config.Reads(p.s, p.now), sentence)
}

func (p *previewPage) zones() (all []ui.Option) {
	for _, z := range civil.Zones {
		all = append(all, ui.Option{Value: z.Name, Label: z.Label, Checked: z.Name == p.zone})
	}
	return all
}

// comparePage is two versions side by side, and the way back to the second.
type comparePage struct {
	*subjectPage
	from, to config.Version
	why      string
	faults   map[string]words.Text
	errors   []ui.FieldError
}

func comparison(ctx context.Context, r *web.Request, from, to string) (p *comparePage, err error) {
	p = &comparePage{faults: map[string]words.Text{}}
	if p.subjectPage, err = subject(ctx, r); err != nil {
		return nil, err
	}
	a, _ := strconv.Atoi(from)
	b, _ := strconv.Atoi(to)
	if p.from, err = config.Numbered(ctx, r.Tx, p.s, a); err == nil {
		p.to, err = config.Numbered(ctx, r.Tx, p.s, b)
	}
	return p, err
}

func (p *comparePage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.heading()), Body: compareView(p), Errors: p.errors, Crumbs: p.crumbs("Versions")}
}

func (p *comparePage) heading() string {
	return "From version " + strconv.Itoa(p.from.Number) + " to version " + strconv.Itoa(p.to.Number)
}

func compare(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := comparison(ctx, r, r.Query("from"), r.Query("to"))
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func rollBack(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := comparison(ctx, r, r.Value("live"), r.Value("number"))
	if err != nil {
		return web.Answer{}, err
	}
	p.why = r.Value("why")
	err = config.RollBack(ctx, r.Tx, r.By, p.s, p.to.Number, p.from.Number, p.why)
	if err == nil {
		return web.Answer{SeeOther: p.path()}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, refusals(err, "why")
	return p.answer(), err
}

// refusals are why something doesn't go live: what is wrong in the form, and
// else with the version itself, whose fields aren't on the page.
func refusals(err error, inForm ...string) []ui.FieldError {
	all := web.Errors(err, inForm...)
	for i := range all {
		if !slices.Contains(inForm, all[i].Field) {
			all[i].Field = ""
		}
	}
	return all
}

// picks are the versions one can choose from.
func (p *comparePage) picks(chosen int) (all []ui.Option) {
	for _, v := range p.versions {
		if v.Number == 0 {
			continue
		}
		label := "Version " + strconv.Itoa(v.Number) + ", " + p.when(*v.LiveAt)
		if v.State == config.Live {
			label += ", live"
		}
		all = append(all, ui.Option{Value: strconv.Itoa(v.Number), Label: words.AsIs(label), Checked: v.Number == chosen})
	}
	return all
}
