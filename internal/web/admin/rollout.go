package admin

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var stageWords = map[plan.Stage]string{plan.Off: "Off", plan.Announced: "Announced", plan.Pilot: "Pilot", plan.On: "On", plan.Ending: "Ending"}

var stageTags = map[plan.Stage]ui.TagKind{plan.Off: ui.TagNeutral, plan.Announced: ui.TagInfo, plan.Pilot: ui.TagInfo, plan.On: ui.TagSuccess, plan.Ending: ui.TagWarning}

// policyNames are what plans, programs and offices are called.
type policyNames struct {
	plans    map[plan.ID]plan.Plan
	programs map[plan.ProgramID]plan.Program
	lines    map[string]string // by code
	orgs     map[string]string
}

func namesOf(ctx context.Context, r *web.Request, waves []plan.Rollout) (n policyNames, err error) {
	n = policyNames{map[plan.ID]plan.Plan{}, map[plan.ProgramID]plan.Program{}, map[string]string{}, map[string]string{}}
	plans, err := plan.All(ctx, r.Tx)
	if err != nil {
		return n, err
	}
	for _, p := range plans {
		n.plans[p.ID] = p
		lines, err := plan.LinesOf(ctx, r.Tx, p.ID)
		if err != nil {
			return n, err
		}
		for _, l := range lines {
			n.lines[l.Code] = l.Name
		}
	}
	programs, err := plan.Programs(ctx, r.Tx)
	if err != nil {
		return n, err
	}
	for _, p := range programs {
		n.programs[p.ID] = p
	}
	for _, w := range waves {
		for _, id := range organizations(w) {
			if _, known := n.orgs[id]; known {
				continue
			}
			o, err := account.GetOrganization(ctx, r.Tx, id)
			if err != nil {
				return n, err
			}
			n.orgs[id] = o.Name
		}
	}
	return n, nil
}

func organizations(w plan.Rollout) []string {
	if w.Organizations == "" {
		return nil
	}
	return strings.Split(w.Organizations, ",")
}

// who says for whom a wave is.
func (n policyNames) who(w plan.Rollout) string {
	parts := []string{n.plans[w.PlanID].Name, n.programs[w.ProgramID].Name}
	if w.Line != "" {
		parts = append(parts, cmp.Or(n.lines[w.Line], w.Line))
	}
	if w.State != "" {
		parts = append(parts, w.State)
	}
	for _, id := range organizations(w) {
		parts = append(parts, n.orgs[id])
	}
	if w.Percent > 0 {
		parts = append(parts, strconv.Itoa(w.Percent)+"% of organizations")
	}
	return strings.Join(parts, ", ")
}

// rolloutPage lists all waves, and what one office would see on a day.
type rolloutPage struct {
	policyNames
	waves   []plan.Rollout
	drafts  []setting
	today   civil.Date
	office  string // the name asked for
	day     string
	feature string        // only this one
	draft   *plan.Rollout // looked at as if it were live
	seen    []worklist.Offered
	looked  bool
	program plan.ProgramID // only this one is looked at; "" for all, and so below
	plan    plan.ID
	line    string
	faults  map[string]words.Text
	errors  []ui.FieldError
	loc     *time.Location
	now     time.Time
}

func showRollout(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &rolloutPage{office: strings.TrimSpace(r.Query("office")), day: r.Query("day"), feature: plan.FeatureOf(r.Query("feature")).ID, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	p.today = civil.DateIn(p.now, p.loc)
	if p.day == "" {
		p.day = p.today.String()
	}
	var err error
	if p.waves, err = plan.Waves(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	if p.policyNames, err = namesOf(ctx, r, p.waves); err != nil {
		return web.Answer{}, err
	}
	if p.drafts, err = draftsOf(ctx, r, "wave"); err != nil {
		return web.Answer{}, err
	}
	if p.office != "" {
		err = p.see(ctx, r)
	}
	ans := web.Answer{Title: "Roll-out", Body: rolloutView(p), Wide: true, Crumbs: crumbs("Roll-out"), Errors: p.errors}
	if err != nil && fault.Of(err).Kind != fault.Internal {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "office", "day")
		ans.Errors = p.errors
	}
	return ans, err
}

// see works out what an office would see, by which wave, and why not.
func (p *rolloutPage) see(ctx context.Context, r *web.Request) (err error) {
	p.seen, err = worklist.OfferedTo(ctx, r.Tx, r.By, worklist.Look{Organization: p.office, Day: p.day, Feature: p.feature, Plan: p.plan, Program: p.program, Line: p.line, Zone: p.loc, Draft: p.draft})
	p.looked = err == nil
	return err
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func sortedPlans(m map[plan.ID]plan.Plan) (all []plan.Plan) {
	for _, p := range m {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b plan.Plan) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func sortedPrograms(m map[plan.ProgramID]plan.Program) (all []plan.Program) {
	for _, p := range m {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b plan.Program) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (p *rolloutPage) table() ui.TableView {
	t := ui.TableView{Caption: "Waves, by plan and program", Columns: []ui.Column{{Header: "Feature"}, {Header: "For"}, {Header: "Stage"}, {Header: "From"}, {Header: "To"}, {Header: "What offices read"}, {Header: "Change", Hidden: true}}}
	for _, w := range p.waves {
		to := "no end"
		if !w.To.IsZero() {
			to = civil.MediumDate(w.To).String()
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(upper(plan.FeatureOf(w.Feature).Words))), ui.Text(words.AsIs(p.who(w))), stageTag(w), ui.Text(civil.MediumDate(w.From)), ui.Text(words.AsIs(to)),
			ui.Text(words.AsIs(w.Words(p.plans[w.PlanID], p.programs[w.ProgramID], p.lines[w.Line], p.today).Text)), waveLink(w.ID, plan.FeatureOf(w.Feature).Words+", "+p.who(w)+" from "+w.From.String())}})
	}
	return t
}

// featureFilter lets a reader look at one feature.
func (p *rolloutPage) featureFilter() []ui.Option {
	all := []ui.Option{{Label: "All that waves are about"}}
	for _, f := range plan.Features {
		all = append(all, ui.Option{Value: f.ID, Label: words.AsIs(upper(f.Words)), Checked: f.ID == p.feature})
	}
	return all
}

// dayWords is the day that was asked for; one that can't be read is shown as
// typed.
func dayWords(entered string) string {
	if d, err := civil.ParseDate(entered); err == nil {
		return civil.MediumDate(d).String()
	}
	return entered
}

func (p *rolloutPage) seenTable() ui.TableView {
	t := ui.TableView{Caption: words.Say("What %s would see on %s", p.office, words.Text(dayWords(p.day))), Columns: []ui.Column{{Header: "Feature"}, {Header: "For"}, {Header: "Stage"}, {Header: "Why"}}}
	for _, s := range p.seen {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(upper(s.Feature.Words))), ui.Text(words.AsIs(s.Where)), stageTag(plan.Rollout{Stage: s.Stage}), ui.Text(words.AsIs(s.Why))}})
	}
	return t
}

// touches says what a wave reaches, in a sentence.
func touches(t worklist.Touched) string {
	return count(t.Offices, "office") + " with " + count(t.People, "person") + ", " + count(t.Orders, "order") + " of theirs so far, " + strconv.Itoa(t.Denied) + " of them denied in whole or in part."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if what == "person" {
		return grouped(int64(n)) + " people"
	}
	return grouped(int64(n)) + " " + what + "s"
}
