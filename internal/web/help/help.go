// Package help is what readers find when they look for help: guides, words,
// answers, resources, whom to reach, and whether the service runs. Most of it
// is for everybody, signed in or not, and holds nothing private.
package help

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/help"
	"parley/internal/domain/plan"
	"parley/internal/infra/secret"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// Pages are the pages with what they need besides the database.
type Pages struct {
	Keys *secret.Signer // of links that end a newsletter
}

// Register adds the pages of this package to s.
func (p Pages) Register(s *web.Server) {
	for pattern, page := range map[string]web.Page{
		"GET /help":                          showHelp,
		"GET /help/glossary":                 showGlossary,
		"GET /help/protect":                  showProtect,
		"GET /help/guides/{guide}":           showGuide,
		"GET /help/guides/{guide}/{section}": showSection,
		"GET /help/pictures/{picture}":       showPicture,
		"GET /help/resources":                showResources,
		"GET /help/contacts":                 showContacts,
		"GET /help/coming":                   showComing,
		"GET /help/releases":                 showReleases,
		"GET /help/search":                   showFound,
		"POST /help/search":                  sealSearch,
		"GET /help/here/{topic}":             showHere,
		"GET /status":                        showStatus,
		"GET /accessibility":                 showAccessibility,
		"GET /system-requirements":           showRequirements,
	} {
		s.Handle(pattern, web.Public, page)
	}
	p.registerNewsletter(s)
	s.Handle("GET /help/problem", web.SignedIn, showProblem)
	s.Handle("POST /help/problem", web.SignedIn, reportProblem)
	s.Handle("GET /help/problem/{problem}", web.SignedIn, showReported)
	s.Handle("GET /help/survey/{survey}", web.SignedIn, showSurvey)
	s.Handle("POST /help/survey/{survey}", web.SignedIn, answerSurvey)
	s.Handle("POST /help/survey/{survey}/skip", web.SignedIn, skipSurvey)
	s.Handle("GET /help/training", web.SignedIn, showTraining)
	s.Handle("POST /help/training/{training}/register", web.SignedIn, registerForTraining)
	s.Handle("POST /help/training/{training}/leave", web.SignedIn, leaveTraining)
}

func showHelp(_ context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Help", Body: helpPage(r.Settings.Support, r.Formerly())}, nil
}

func showGlossary(context.Context, *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Words we use", Body: glossaryPage()}, nil
}

func showProtect(context.Context, *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Protect patients’ information", Body: protectPage()}, nil
}

func showAccessibility(_ context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Accessibility statement", Body: accessibilityPage(r.Settings.Support)}, nil
}

func showRequirements(context.Context, *web.Request) (web.Answer, error) {
	return web.Answer{Title: "System requirements", Body: requirementsPage()}, nil
}

// A link is somewhere in the help center, and what is there.
type link struct {
	text words.Text
	href string
	what words.Text
}

// tasks are what people do, each with its part of a guide.
func tasks() (all []link) {
	for _, t := range help.Topics {
		all = append(all, link{text: t.Name, href: sectionPath(t.Guide, t.Section)})
	}
	return all
}

var forYourPlan = []link{
	{"Resources by plan", "/help/resources", "Questions and answers, guides, procedures that need authorization, and what is asked about each service"},
	{"Whom to call or write to", "/help/contacts", "By plan and program, and whether they are open now"},
	{"Guideline changes that are coming", "/help/coming", "What changes, and from which day"},
	{"Procedures that need authorization", "/procedures", "By plan, to read or as a file"},
}

var moreHelp = []link{
	{"Report a problem", "/help/problem", "Tell us what doesn't work"},
	{"Training", "/help/training", "Sessions to register for"},
	{"Newsletter and feedback group", "/help/newsletter", "Hear what is new, and help to make it better"},
	{"Release notes", "/help/releases", "What each version changed"},
	{"Guide for office staff", "/help/guides/office", "All of it, on one page"},
	{"Guide for reviewers and schedulers", "/help/guides/reviewer", ""},
	{"Guide for operators", "/help/guides/operator", ""},
	{"Words we use", "/help/glossary", "What authorization, determination, peer-to-peer and other words mean here"},
	{"Protect patients’ information", "/help/protect", "A few habits that keep it safe"},
	{"Service status", "/status", "What runs, and when maintenance is planned"},
	{"Accessibility statement", "/accessibility", ""},
	{"System requirements", "/system-requirements", ""},
}

// chooser is a choice of a plan, and where it leads, without a script.
type chooser struct {
	plans    []plan.Plan
	programs []plan.Program // to choose from too; none where it makes no difference
	plan     plan.Plan      // chosen; zero for all
	program  string         // code; "" for all
	path     string
}

func openChooser(ctx context.Context, r *web.Request, path string) (c chooser, err error) {
	c.path = path
	if c.plans, err = plan.All(ctx, r.Tx); err != nil {
		return c, err
	}
	for _, p := range c.plans {
		if p.Code == r.Query("plan") {
			c.plan = p
		}
	}
	return c, nil
}

func (c chooser) options() []ui.Option {
	all := []ui.Option{{Label: "All plans"}}
	for _, p := range c.plans {
		all = append(all, ui.Option{Value: p.Code, Label: words.AsIs(p.Name), Checked: p.Code == c.plan.Code})
	}
	return all
}

func (c chooser) programOptions() []ui.Option {
	all := []ui.Option{{Label: "All programs"}}
	for _, p := range c.programs {
		all = append(all, ui.Option{Value: p.Code, Label: words.AsIs(p.Name), Checked: p.Code == c.program})
	}
	return all
}

// zone is the plan's where one is chosen, else the reader's.
func (c chooser) zone(r *web.Request) *time.Location {
	if c.plan.ID != "" {
		return c.plan.Zone()
	}
	return r.Zone(civil.DefaultZone)
}
