// Package admin is what operators and auditors see: whether everything works,
// what did not, and who did what.
package admin

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/notify"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/web"
)

// Pages are the operators' pages with what they need besides the database.
type Pages struct {
	Keys *secret.Signer // signs what is exported
	// Export writes what is set as a file.
	Export func(context.Context, *db.Tx, account.Actor) ([]byte, error)
	Probe  func(context.Context, plan.Plan) string // asks a plan’s own system whether it takes questions; "" if it does, else what is wrong
	Check  func(context.Context) []Finding         // looks at what the service needs, outside of any transaction
}

// Register adds the pages to s.
func (p Pages) Register(s *web.Server) {
	s.Handle("GET /admin", web.Manage, health)
	s.HandleSlow("GET /admin/checks", web.Manage, web.Slow{May: mayCheck, Do: p.runChecks, Then: showChecks})
	s.Handle("GET /admin/index", web.Manage, index)
	s.Handle("GET /admin/setup", web.Manage, showSetup)
	s.Handle("GET /admin/jobs", web.Manage, listJobs)
	s.Handle("POST /admin/jobs/revive", web.Manage, reviveAll)
	s.Handle("GET /admin/jobs/{job}", web.Manage, showJob)
	s.Handle("POST /admin/jobs/{job}/revive", web.Manage, revive)
	s.Handle("POST /admin/jobs/{job}/discard", web.Manage, discard)
	s.Handle("GET /admin/audit", web.Manage, showAudit)
	s.Handle("GET /admin/audit/export", web.Manage, p.exportAudit)
	s.Handle("POST /admin/audit/verify", web.Manage, verify)
	s.Handle("GET /admin/audit/orders/{order}", web.Auditors, explain)
	s.Handle("GET /admin/codes", web.Manage, showFactors)
	s.Handle("POST /admin/codes", web.Manage, startFactorWave)
	s.Handle("POST /admin/codes/{wave}/stop", web.Manage, stopFactorWave)
	s.Handle("GET /admin/newcomers", web.Manage, listNewcomers)
	s.Handle("POST /admin/newcomers/{joining}", web.Manage, decideNewcomer)
	s.Handle("GET /admin/passwords", web.Manage, listPasswordRules)
	s.Handle("POST /admin/passwords", web.Manage, setPasswordRule)
	s.Handle("GET /admin/sso", web.Manage, listConnections)
	s.Handle("POST /admin/sso", web.Manage, chooseConnection)
	s.Handle("GET /admin/sso/{organization}", web.Manage, showConnection)
	s.Handle("POST /admin/sso/{organization}", web.Manage, saveConnection)
	s.HandleSlow("POST /admin/sso/{organization}/reach", web.Manage, web.Slow{May: mayReach, Do: reach, Then: reached})
	s.Handle("POST /admin/sso/{organization}/anew", web.Manage, recognizeAnew)
	s.Handle("POST /admin/sso/{organization}/remove", web.Manage, removeConnection)
	s.Handle("GET /admin/notices", web.Manage, listNotices)
	s.Handle("GET /admin/notices/new", web.Manage, newAnnouncement)
	s.Handle("POST /admin/notices/new", web.Manage, saveAnnouncement)
	s.Handle("GET /admin/notices/{announcement}", web.Manage, showAnnouncement)
	s.Handle("POST /admin/notices/{announcement}", web.Manage, saveAnnouncement)
	s.Handle("POST /admin/notices/{announcement}/end", web.Manage, endAnnouncement)
	s.Handle("GET /admin/maintenance/new", web.Manage, newWindow)
	s.Handle("POST /admin/maintenance/new", web.Manage, saveWindow)
	s.Handle("GET /admin/maintenance/{window}", web.Manage, showWindow)
	s.Handle("POST /admin/maintenance/{window}", web.Manage, saveWindow)
	s.Handle("POST /admin/maintenance/{window}/end", web.Manage, callOff)
	s.Handle("GET /admin/rollout", web.Manage, showRollout)
	s.Handle("GET /admin/problems", web.Manage, listProblems)
	s.Handle("POST /admin/problems/{problem}/close", web.Manage, closeProblem)
	s.Handle("GET /admin/rollout/timeline", web.Manage, showTimeline)
	s.Handle("GET /admin/rollout/new", web.Manage, newWave)
	s.Handle("POST /admin/rollout/new", web.Manage, saveWave)
	s.Handle("GET /admin/rollout/{wave}", web.Manage, showWave)
	s.Handle("POST /admin/rollout/{wave}", web.Manage, saveWave)
	s.Handle("POST /admin/rollout/{wave}/stop", web.Manage, stopWave)
	s.Handle("POST /admin/rollout/{wave}/restart", web.Manage, restartWave)
	s.Handle("GET /admin/calendars", web.Manage, listCalendars)
	s.Handle("GET /admin/calendars/{plan}", web.Manage, showCalendar)
	s.Handle("POST /admin/calendars/{plan}", web.Manage, changeCalendar)
	s.Handle("POST /admin/calendars/{plan}/rebook", web.Manage, rebookDay)
	s.HandleSlow("POST /admin/calendars/{plan}/file", web.Manage, takeCalendar)
	s.Handle("GET /admin/users", web.Manage, listUsers)
	s.Handle("GET /admin/users/access", web.Manage, exportAccess)
	s.Handle("GET "+reviewsPath, web.Manage, listReviewed)
	for pattern, page := range accessReviews.Pages() {
		method, path, _ := strings.Cut(pattern, " ")
		s.Handle(method+" "+reviewsPath+"/{organization}"+path, web.Manage, page)
	}
	s.Handle("GET /admin/users/{person}", web.Manage, showUser)
	s.Handle("POST /admin/users/{person}/roles", web.Manage, giveRole)
	s.Handle("POST /admin/users/{person}/roles/remove", web.Manage, takeRole)
	s.Handle("POST /admin/users/{person}/disable", web.Manage, closeAccount)
	s.Handle("POST /admin/users/{person}/enable", web.Manage, openAccount)
	s.Handle("POST /admin/users/{person}/reset", web.Manage, sendReset)
	s.Handle("POST /admin/users/{person}/view", web.Manage, viewAs)
	s.Handle("POST /view/end", web.SignedIn, endView)
	s.Handle("POST /admin/users/{person}/second", web.Manage, resetFactor)
	s.Handle("GET /admin/plans", web.Manage, listPlans)
	s.HandleSlow("POST /admin/plans/{plan}/probe", web.Manage, web.Slow{May: mayProbe, Do: p.probe, Then: probed})
	s.Handle("GET /admin/plans/{plan}", web.Manage, showPlan)
	s.Handle("POST /admin/plans/{plan}", web.Manage, delegate)
	s.Handle("GET /admin/cutover", web.Manage, showCutovers)
	s.Handle("POST /admin/cutover", web.Manage, setCutover)
	s.Handle("POST /admin/cutover/drop", web.Manage, dropCutover)
	s.Handle("GET /admin/help", web.Manage, listHelp)
	s.Handle("GET /admin/words", web.Manage, listWords)
	registerOrganizations(s)
	registerSystems(s)
	registerTraining(s)
	registerNewsletter(s)
	registerRetention(s)
	registerPrivacy(s)
	registerTemplates(s)
	registerPacks(s)
	registerGuidelines(s)
	s.Handle("GET /admin/surveys", web.Manage, showSurveys)
	s.Handle("POST /admin/surveys", web.Manage, setSurveys)
	s.Handle("GET /admin/surveys.csv", web.Manage, exportSurveys)
	s.Handle("GET /admin/config", web.Manage, listSettings)
	s.Handle("GET /admin/config/export", web.Manage, p.exportConfig)
	s.Handle("GET /admin/config/{kind}/new", web.Manage, editSubject)
	s.Handle("POST /admin/config/{kind}/new", web.Manage, saveSubject)
	s.Handle("GET /admin/config/{kind}/{id}", web.Manage, showSubject)
	s.Handle("GET /admin/config/{kind}/{id}/edit", web.Manage, editSubject)
	s.Handle("POST /admin/config/{kind}/{id}/edit", web.Manage, saveSubject)
	s.HandleSlow("POST /admin/config/plan/{plan}/logo", web.Manage, takeLogo)
	s.Handle("GET /admin/config/{kind}/{id}/preview", web.Manage, showPreview)
	s.Handle("POST /admin/config/{kind}/{id}/live", web.Manage, goLive)
	s.Handle("POST /admin/config/{kind}/{id}/unschedule", web.Manage, turn(unschedule, "/preview"))
	s.Handle("POST /admin/config/{kind}/{id}/refresh", web.Manage, turn(refresh, "/preview"))
	s.Handle("POST /admin/config/{kind}/{id}/drop", web.Manage, turn(drop, ""))
	s.Handle("GET /admin/config/{kind}/{id}/compare", web.Manage, compare)
	s.Handle("POST /admin/config/{kind}/{id}/rollback", web.Manage, rollBack)
	s.Handle("GET /admin/config/{kind}/{id}/cases", web.Manage, showCases)
	s.Handle("POST /admin/config/{kind}/{id}/cases", web.Manage, addCase)
	s.Handle("POST /admin/config/{kind}/{id}/cases/{case}/remove", web.Manage, removeCase)
	s.Handle("GET /admin/scheduling", web.Manage, showScheduling)
	s.Handle("GET /admin/clocks", web.Manage, tryClocks)
}

type healthPage struct {
	queue job.Queue
	dead  []job.Dead
	mails []notify.Sent
	key   string
	loc   *time.Location
	now   time.Time
}

func health(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &healthPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.queue, err = job.Look(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	if p.dead, err = job.Letters(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	p.mails, err = notify.Troubled(ctx, r.Tx, r.By)
	return web.Answer{Title: "Health", Body: healthView(p)}, err
}

// sentence is how things are, in one.
func (p *healthPage) sentence() string {
	switch {
	case p.queue.Dead > 0:
		return "Some work failed and waits for you."
	case len(p.mails) > 0:
		return "Everything works, but some mail did not arrive."
	case p.waited() > 5*time.Minute:
		return "The queue is behind."
	}
	return "Everything works."
}

func (p *healthPage) waited() time.Duration {
	if p.queue.Oldest.IsZero() {
		return 0
	}
	return p.now.Sub(p.queue.Oldest)
}

func (p *healthPage) when(t time.Time) string { return civil.When(t, p.loc, p.now).String() }

func revive(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	if err := job.Revive(ctx, r.Tx, r.PathValue("job")); err != nil {
		return web.Answer{}, err
	}
	to := "/admin"
	if r.Value("from") == "jobs" {
		to = "/admin/jobs"
	}
	return web.Answer{SeeOther: to}, audit.Record(ctx, r.Tx, r.By.Audit("job.revived", "job", r.PathValue("job")))
}
