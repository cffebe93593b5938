package admin

import (
	"context"
	"strconv"

	"parley/internal/domain/worklist"
	"parley/internal/web"
)

// A task is one thing to do before offices can work with the installation.
type task struct {
	name, there, missing string // what there is, and what to do if it isn't
	done                 bool
	link, href           string // "" where it is done on the server
}

func showSetup(ctx context.Context, r *web.Request) (web.Answer, error) {
	s, err := worklist.SetupOf(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Title: "Setup", Body: setupView(tasks(s)), Crumbs: crumbs("Setup")}, nil
}

// tasks are in the order in which they are best done.
func tasks(s worklist.Setup) []task {
	return []task{
		{"Two administrators", count(s.Administrators, "administrator"), "Some steps need a second one, such as removing a lost second factor.", s.Administrators >= 2, "Users", "/admin/users"},
		{"A plan with its types", count(s.Types, "type") + " of plan", "Add a plan, then its types of plan.", s.Types > 0, "Programs and plans", "/admin/config"},
		{"A program", count(s.Programs, "program"), "Add a program: services that are reviewed alike.", s.Programs > 0, "Programs and plans", "/admin/config"},
		{"Who decides", "Said for every type of plan", undelegated(s), s.Types > 0 && s.Undelegated == 0, "Plans and delegation", "/admin/plans"},
		{"What needs authorization", count(s.Procedures, "procedure"), "List procedures in the setup file: parley config import.", s.Procedures > 0, "", ""},
		{"Diagnosis codes", "Imported", "Run parley import icd10cm. Until then diagnoses are taken by their form, without their meaning.", s.Diagnoses, "", ""},
		{"Members", "Imported", "Run parley import members with each plan’s roster.", s.Coverages, "", ""},
		{"Clinical questions", "A guideline is there", "Run parley guideline import. Until then a person decides every request.", s.Guidelines, "", ""},
		{"Reviewers who take calls", count(s.Reviewers, "physician") + " with a program, a license and hours", "Give a physician a program, a license that holds, and hours.", s.Reviewers > 0, "Reviewers", "/board/reviewers"},
		{"Offices", count(s.Offices, "office") + " with people", "Invite an office’s first person.", s.Offices > 0, "Users", "/admin/users"},
		{"Calls open to offices", count(s.Waves, "wave"), "Start a wave: until then no office can book calls online.", s.Waves > 0, "Roll-out", "/admin/rollout"},
	}
}

func undelegated(s worklist.Setup) string {
	if s.Types == 0 {
		return "There is no type of plan yet."
	}
	return upper(count(s.Undelegated, "type")) + " of plan without a line: there the plan itself decides."
}

// left says how much is missing, in one sentence.
func left(all []task) string {
	n := 0
	for _, t := range all {
		if !t.done {
			n++
		}
	}
	switch n {
	case 0:
		return "Everything is set up"
	case 1:
		return "1 task is left"
	}
	return strconv.Itoa(n) + " tasks are left"
}
