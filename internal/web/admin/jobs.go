package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/job"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// standingWords are a standing as it is chosen, and as a tag.
var standingWords = map[job.Standing]struct {
	choice, tag string
	kind        ui.TagKind
}{
	job.ForGood: {"Failed for good", "Failed for good", ui.TagError}, job.Failing: {"Tried again", "Tried again", ui.TagWarning}, job.Waiting: {"Waiting", "Waiting", ui.TagNeutral},
	job.Running: {"Running", "Running", ui.TagInfo}, job.Discarded: {"Given up", "Given up", ui.TagNeutral}, job.Done: {"Done", "Done", ui.TagSuccess},
}

// jobsAbout are what jobs are about, by the first word of their kind.
var jobsAbout = map[string]string{"notify": "Mail", "letter": "Letters", "peer": "Calls", "message": "Messages", "attachment": "Files", "deadline": "Clocks", "audit": "Audit", "member": "Eligibility",
	"account": "Accounts", "config": "Configuration", "review": "Decisions", "request": "Requests", "order": "Orders", "appeal": "Appeals", "plan": "Plans", "provider": "Providers", "training": "Training", "newsletter": "Newsletter", "survey": "Surveys", "retention": "Retention"}

func about(kind string) string {
	first, _, _ := strings.Cut(kind, ".")
	if words := jobsAbout[first]; words != "" {
		return words
	}
	return "Other work"
}

// jobsPage lists jobs of one standing.
type jobsPage struct {
	standing job.Standing
	counts   map[job.Standing]int
	all      []job.Job
	key      string
	loc      *time.Location
	now      time.Time
}

func listJobs(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &jobsPage{standing: job.Standing(r.Query("state")), key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if _, known := standingWords[p.standing]; !known {
		p.standing = job.ForGood
	}
	var err error
	if p.counts, err = job.Counts(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	p.all, err = job.List(ctx, r.Tx, p.standing)
	return web.Answer{Title: "Jobs", Body: jobsView(p), Wide: true, Crumbs: crumbs("Jobs")}, err
}

// link is a standing with how many there are.
func (p *jobsPage) link(s job.Standing) string {
	text := standingWords[s].choice
	if s != job.Done {
		text += " (" + strconv.Itoa(p.counts[s]) + ")"
	}
	return text
}

func (p *jobsPage) table() ui.TableView {
	caption := standingWords[p.standing].choice + ", " + strconv.Itoa(len(p.all))
	if len(p.all) == job.Shown {
		caption += " of them"
	}
	t := ui.TableView{Caption: words.AsIs(caption), Compact: true, Columns: []ui.Column{{Header: "Job"}, {Header: "About"}, {Header: "Attempts"}, {Header: "Due"}, {Header: "What went wrong"}}}
	for _, j := range p.all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{jobLink(j), ui.Text(words.AsIs(about(j.Kind))), ui.Text(words.AsIs(strconv.Itoa(j.Attempt))), ui.Text(civil.When(j.Due, p.loc, p.now)), ui.Text(words.AsIs(j.Error))}})
	}
	return t
}

// reviveAll has all that failed for good run again.
func reviveAll(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	n, err := job.ReviveAll(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	e := r.By.Audit("job.all_revived", "job", "")
	e.Detail = strconv.FormatInt(n, 10)
	return web.Answer{SeeOther: "/admin/jobs"}, audit.Record(ctx, r.Tx, e)
}

// jobPage is one job.
type jobPage struct {
	j      job.Job
	why    string
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
	loc    *time.Location
	now    time.Time
}

func oneJob(ctx context.Context, r *web.Request) (p *jobPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &jobPage{faults: map[string]words.Text{}, key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	p.j, err = job.One(ctx, r.Tx, r.PathValue("job"))
	return p, err
}

func (p *jobPage) answer() web.Answer {
	return web.Answer{Title: words.Say("Job %s", p.j.Kind), Body: jobView(p), Errors: p.errors, Crumbs: crumbs(p.j.Kind, ui.Link{Text: "Jobs", Href: "/admin/jobs"})}
}

func showJob(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := oneJob(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// discard gives up a job that failed for good.
func discard(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := oneJob(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.why = r.Value("why")
	err = job.Discard(ctx, r.Tx, p.j.ID, p.why)
	if err == nil {
		e := r.By.Audit("job.discarded", "job", p.j.ID)
		e.Detail = p.j.Kind + ": " + strings.TrimSpace(p.why)
		return web.Answer{SeeOther: "/admin/jobs"}, audit.Record(ctx, r.Tx, e)
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "why")
	return p.answer(), err
}

func (p *jobPage) facts() []ui.SummaryRow {
	when := func(t time.Time) string { return civil.When(t, p.loc, p.now).String() }
	all := []ui.SummaryRow{{Key: "About", Value: words.AsIs(about(p.j.Kind))}, {Key: "ID", Value: words.AsIs(p.j.ID)}, {Key: "Asked for", Value: words.AsIs(when(p.j.Added))}, {Key: "Due", Value: words.AsIs(when(p.j.Due))}, {Key: "Attempts", Value: words.AsIs(strconv.Itoa(p.j.Attempt))}}
	if p.j.Ended != nil {
		all = append(all, ui.SummaryRow{Key: "Ended", Value: words.AsIs(when(*p.j.Ended))})
	}
	if p.j.Error != "" {
		all = append(all, ui.SummaryRow{Key: "What went wrong", Value: words.AsIs(p.j.Error)})
	}
	if p.j.Discarded != "" {
		all = append(all, ui.SummaryRow{Key: "Why it was given up", Value: words.AsIs(p.j.Discarded)})
	}
	return all
}
