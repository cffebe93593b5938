package admin

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
)

// A door is a page of the administration and what it is for.
type door struct {
	text, href, what string
	needs            account.Permission
}

// A wing is doors that belong together.
type wing struct {
	name  string
	doors []door
}

// wings are all of the administration, so that the navigation can stay short.
var wings = []wing{
	{"Running the service", []door{
		{"Health", "/admin", "Whether everything works, and what readers notice if not", account.ManageProgram},
		{"Setup", "/admin/setup", "What is missing before offices can work with it", account.ManageProgram},
		{"Jobs", "/admin/jobs", "Work that failed, is tried again or waits; run it again or give it up", account.ManageProgram},
		{"Announcements and maintenance", "/admin/notices", "What readers are told, and when something is paused", account.ManageProgram},
		{"Training", "/admin/training", "Sessions, who has a place, who waits, and who came", account.ManageProgram},
		{"Newsletter", "/admin/newsletter", "Write and send it; who takes part in the feedback group", account.ManageProgram},
		{"Surveys", "/admin/surveys", "After what offices are asked how it went, and what they said", account.ManageProgram},
		{"Problems reported", "/admin/problems", "What people reported under Help, and what became of it", account.ManageProgram},
		{"Help center", "/admin/help", "Questions and answers, resources by plan, and whom to reach", account.ManageProgram},
	}},
	{"People", []door{
		{"Users", "/admin/users", "Find people; their roles, accounts and second factors", account.ManageProgram},
		{"Organizations", "/admin/organizations", "Find offices and sites; make two records of one into one", account.ManageProgram},
		{"Newcomers", "/admin/newcomers", "Who registered for an organization where nobody works yet", account.ManageProgram},
		{"Codes by mail", "/admin/codes", "Whose people still sign in with them, and by when they move", account.ManageProgram},
		{"Organizations’ own sign-in", "/admin/sso", "Whose people sign in where their organization keeps their accounts", account.ManageProgram},
		{"Passwords that end", "/admin/passwords", "Whose people choose a new password after some time", account.ManageProgram},
		{systemsTitle, "/admin/integrations", "Keys by which offices’ systems come in, when each was used last; end one", account.ManageProgram},
		{"Licenses", "/board/licenses", "Reviewers’ licenses: which end soon, and calls after the end of one", account.ManageProgram},
		{"Reviewers", "/board/reviewers", "Training, licenses, programs and hours of those who review", account.ManageProgram},
	}},
	{"Who did what", []door{
		{"Audit", "/admin/audit", "Every act and every reading of a member’s data", account.ReadAudit},
		{"Privacy", "/admin/privacy", "Incidents, whether they are breaches, and the notices that follow; what was disclosed of a member", account.HandlePrivacy},
	}},
	{"Rules", []door{
		{"Programs and plans", "/admin/config", "How programs, plans and types of plan are set: drafts, previews, versions and the way back", account.ManageProgram},
		{"Plans and delegation", "/admin/plans", "Who decides, calls and hears appeals for each type of plan, and since when", account.ManageProgram},
		{"Rules about calls", "/admin/scheduling", "What states ask of who takes a call, and where everything else about calls is set", account.ManageProgram},
		{"Roll-out", "/admin/rollout", "Which offices have a feature since when, what they would see on a day and why not, and turning it off", account.ManageProgram},
		{"Cut-over", "/admin/cutover", "Since when requests are made here instead of on an older platform, and its orders", account.ManageProgram},
		{"Letter templates", templatesPath, "What letters say, for which plan and since when: drafts, previews, versions and the way back", account.ManageProgram},
		{"Retention", "/admin/retention", "How long records are kept, and orders of which nothing goes", account.ManageProgram},
		{"Holidays", "/admin/calendars", "Days on which a plan does no business, and what a change does before it is saved", account.ManageProgram},
		{"Words and languages", "/admin/words", "What offices read, in English and Spanish: find it, say it otherwise, and what the service is called", account.ManageProgram},
		{"Guidelines", guidelinesPath, "Questions that offices answer and the criteria weighed by them: new versions, coverage, a trial and the way back", account.ManageProgram},
		{"Rule packs", packsPath, "What laws and agreements give for a decision, in plain words: new versions, drafts and the way back", account.ManageProgram},
		{"Clocks", "/admin/clocks", "By when a request would be decided, and by which rule", account.ManageProgram},
	}},
}

func index(_ context.Context, r *web.Request) (web.Answer, error) {
	var open []wing
	for _, w := range wings {
		mine := wing{name: w.name}
		for _, d := range w.doors {
			if r.By.Can(d.needs) {
				mine.doors = append(mine.doors, d)
			}
		}
		if len(mine.doors) > 0 {
			open = append(open, mine)
		}
	}
	if len(open) == 0 {
		return web.Answer{}, fault.New(fault.Denied, "Your role doesn't open the administration. Ask your administrator.")
	}
	return web.Answer{Title: "Administration", Body: indexView(open)}, nil
}
