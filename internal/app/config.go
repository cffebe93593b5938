package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Configure applies a setup in one transaction: all of it or none.
func (a *App) Configure(ctx context.Context, s Setup) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		c := &configurer{by: account.Program(), Setup: s, plans: map[string]plan.Plan{}, programs: map[string]plan.Program{}}
		if err := c.known(ctx, tx); err != nil {
			return err
		}
		for _, step := range []func(context.Context, *db.Tx) error{c.keepVersions, c.setPlans, c.setPrograms, c.setOrganizations, c.setPolicy, c.setProcedures, c.setRules, c.setReviewers, c.setCutovers, c.setHelp, c.setTemplates, c.setWords, c.setTests, c.prove, c.keepVersions} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

type configurer struct {
	Setup
	by       account.Actor
	plans    map[string]plan.Plan
	programs map[string]plan.Program
	waves    []string // ids of those that were there
}

func (c *configurer) known(ctx context.Context, tx *db.Tx) error {
	waves, err := plan.Waves(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range waves {
		c.waves = append(c.waves, w.ID)
	}
	plans, err := plan.All(ctx, tx)
	if err != nil {
		return err
	}
	for _, p := range plans {
		c.plans[p.Code] = p
	}
	programs, err := plan.Programs(ctx, tx)
	for _, p := range programs {
		c.programs[p.Code] = p
	}
	return err
}

// subjects are what the file names of plans and programs that are there.
func (c *configurer) subjects() (all []config.Subject) {
	for _, in := range c.Plans {
		p, there := c.plans[in.Code]
		if !there {
			continue
		}
		all = append(all, config.Subject{Kind: "plan", ID: string(p.ID)}, config.CalendarSubject(p.ID), config.DelegationSubject(p.ID))
		for _, l := range in.Lines {
			all = append(all, config.LineSubject(p.ID, l.Code))
		}
	}
	for _, in := range c.Programs {
		if p, there := c.programs[in.Code]; there {
			all = append(all, config.Subject{Kind: "program", ID: string(p.ID)})
		}
	}
	return all
}

// keepVersions has the versions of what the file names say what it was before
// and is after.
func (c *configurer) keepVersions(ctx context.Context, tx *db.Tx) error {
	entries, err := c.helpSubjects(ctx, tx)
	if err != nil {
		return err
	}
	rules, err := c.ruleSubjects(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range slices.Concat(c.subjects(), entries, c.wordsSubjects(), rules) {
		if err := config.Witness(ctx, tx, c.by, s, "Set by a file."); err != nil {
			return err
		}
	}
	return nil
}

func (c *configurer) setPlans(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Plans {
		p := c.plans[in.Code]
		p.Code, p.Name, p.PayerID, p.TimeZone, p.Phone, p.Hours, p.Eligibility, p.Unmatched = in.Code, in.Name, in.PayerID, in.TimeZone, in.Phone, in.Hours, in.Eligibility, in.Unmatched
		p.MemberIDs, p.MemberIDExamples = plan.MemberIDs(strings.Join(in.MemberIDs, "\n")), strings.Join(in.MemberIDTests, "\n")
		p.Address, p.AppealAddress, p.AppealFax = in.Address, in.AppealAddress, in.AppealFax
		p.Color, p.Logo = plan.Color(in.Color), ""
		var err error
		if len(in.Logo) > 0 {
			if p.Logo, err = plan.KeepLogo(ctx, tx, c.by, in.Logo); err != nil {
				return about("plan "+in.Code, err)
			}
		}
		if p.Opens, p.Closes, err = serviceHours(in); err != nil {
			return about("plan "+in.Code, err)
		}
		p, err = plan.Save(ctx, tx, c.by, p)
		if err != nil {
			return about("plan "+in.Code, err)
		}
		c.plans[in.Code] = p
		for _, l := range in.Lines {
			line := plan.Line{PlanID: p.ID, Code: l.Code, Name: l.Name, Phone: l.Phone, Hours: l.Hours, DecisionDays: l.DecisionDays, UrgentHours: l.UrgentHours,
				CallEffect: l.CallEffect, CallWindowDays: l.WindowDays, CallBusiness: l.WindowIn != "calendar", CallsPerCase: l.Calls, Peers: l.Peers, PreDecisionHours: l.PreDecision, CallReviewer: l.Reviewer, ReconsiderationDays: l.Reconsider, Unanswered: l.Unanswered}
			if unknown, err := deadline.Known(ctx, tx, l.RulePacks); err != nil || unknown != "" {
				return about("plan "+in.Code+", line "+l.Code, cmp.Or(err, fmt.Errorf("there is no rule pack %q; `parley deadline packs` lists them", unknown)))
			}
			line.RulePacks = strings.Join(l.RulePacks, ",")
			if err := plan.SaveLine(ctx, tx, c.by, line); err != nil {
				return about("plan "+in.Code+", line "+l.Code, err)
			}
		}
		if err := c.setHolidays(ctx, tx, p, in); err != nil {
			return about("plan "+in.Code+", holidays", err)
		}
	}
	return nil
}

// serviceHours reads when a plan does business; 0 and 0 where nothing is said.
func serviceHours(in SetupPlan) (opens, closes int, err error) {
	if in.Opens == "" && in.Closes == "" {
		return 0, 0, nil
	}
	if opens, err = wallMinute(in.Opens); err == nil {
		closes, err = wallMinute(in.Closes)
	}
	return opens, closes, err
}

// wallMinute reads a time of a local day, like "09:00", in minutes; "24:00" is
// the day's end.
func wallMinute(text string) (int, error) {
	if text == "24:00" {
		return civil.DayMinutes, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("a time must read like 09:00, not %q", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

func (c *configurer) setPrograms(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Programs {
		p := c.programs[in.Code]
		p.Code, p.Name, p.Description, p.SlotMinutes, p.Confirm = in.Code, in.Name, in.Description, in.SlotMinutes, in.Confirm
		p.LookAheadDays, p.HoldMinutes, p.NoticeMinutes, p.Distribution, p.CallFrom, p.Specialty = in.LookAhead, in.Hold, in.Notice, in.Distribution, in.CallFrom, in.Specialty
		p.AttemptsNeeded, p.AttemptsApart, p.MostOrders, p.UrgentNotice, p.Reminders = in.Attempts, in.Apart, in.MostOrders, in.UrgentNotice, in.Reminders
		p.Intake, p.Reviewing = in.Intake, in.Reviewing
		p.Files, p.Fax, p.SecondSignature = plan.NewFileRules(in.FileMB, in.MostFiles, in.MostPages, in.FileTypes), in.Fax, in.Second
		p, err := plan.SaveProgram(ctx, tx, c.by, p)
		if err != nil {
			return about("program "+in.Code, err)
		}
		c.programs[in.Code] = p
	}
	return nil
}

// setPolicy stores delegations and phases. One that is there already, to the
// letter, is left alone.
func (c *configurer) setPolicy(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Delegations {
		p, ok := c.plans[in.Plan]
		program, known := c.programs[in.Program]
		if !ok || in.Program != "" && !known {
			return fmt.Errorf("a delegation names plan %q and program %q, and one of them is unknown", in.Plan, in.Program)
		}
		d := plan.Delegation{PlanID: p.ID, Line: in.Line, ProgramID: program.ID, Function: plan.Function(in.Function), By: plan.Doer(in.By), From: in.From, To: in.To}
		if err := plan.Delegate(ctx, tx, c.by, d); err != nil {
			return about("delegation of "+in.Plan, err)
		}
	}
	return c.setRollouts(ctx, tx)
}

func (c *configurer) setRollouts(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Rollouts {
		p, ok := c.plans[in.Plan]
		program, known := c.programs[in.Program]
		if !ok || !known {
			return fmt.Errorf("a roll-out names plan %q and program %q, and one of them is unknown", in.Plan, in.Program)
		}
		r := plan.Rollout{Feature: in.Feature, ProgramID: program.ID, PlanID: p.ID, Line: in.Line, State: in.State, Stage: plan.Stage(in.Stage), From: in.From, To: in.To, Notice: in.Notice,
			StoppedAt: in.StoppedAt, StoppedWhy: in.StoppedWhy, Fallback: in.Fallback, Phone: in.Phone, Percent: in.Percent, NoticeES: in.Spanish, FallbackES: in.FallbackES, WasTo: in.WasTo}
		var ids []string
		for _, name := range in.Organizations {
			o, err := account.OrganizationByName(ctx, tx, name)
			if err != nil {
				return about("roll-out for "+in.Plan+", organization "+name, err)
			}
			ids = append(ids, o.ID)
		}
		r.Organizations = strings.Join(ids, ",")
		if err := plan.RollOut(ctx, tx, c.by, r); err != nil {
			return about("roll-out for "+in.Plan, err)
		}
	}
	return nil
}

func (c *configurer) setCutovers(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Cutovers {
		p, ok := c.plans[in.Plan]
		if !ok {
			return fmt.Errorf("a cut-over names plan %q, which is unknown", in.Plan)
		}
		if err := plan.SetCutover(ctx, tx, c.by, plan.Cutover{PlanID: p.ID, Line: in.Line, Day: in.Day, OldName: in.Name, OldURL: in.URL}); err != nil {
			return about("cut-over of "+in.Plan, err)
		}
	}
	return nil
}

func (c *configurer) setProcedures(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Procedures {
		p, ok := c.plans[in.Plan]
		program, known := c.programs[in.Program]
		if !known || in.Plan != "" && !ok {
			return fmt.Errorf("procedure %s names plan %q and program %q, and one of them is unknown", in.Code, in.Plan, in.Program)
		}
		one := plan.Procedure{ProgramID: program.ID, PlanID: p.ID, Line: in.Line, System: in.System, Code: in.Code, From: in.From, To: in.To, Needed: in.Needed,
			Wording: in.Wording, Also: in.Also, Sides: in.Sides, MostUnits: in.MostUnits, Unit: in.Unit}
		if err := plan.SaveProcedure(ctx, tx, c.by, one); err != nil {
			return about("procedure "+in.Code, err)
		}
	}
	return nil
}

func (c *configurer) setOrganizations(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Organizations {
		o, err := account.OrganizationByName(ctx, tx, in.Name)
		if fault.Is(err, fault.NotFound) && in.Kind != "" {
			o, err = account.Organization{Name: in.Name}, nil
		}
		if err != nil {
			return about("organization "+in.Name, err)
		}
		if o.Name != in.Name { // it became part of another, which is set by its own name
			continue
		}
		if in.NPI != "" && !provider.ValidNPI(in.NPI) {
			return fmt.Errorf("organization %s: %q is not an NPI", in.Name, in.NPI)
		}
		o.Kind, o.NPI, o.TIN, o.Phone = cmp.Or(in.Kind, o.Kind), cmp.Or(in.NPI, o.NPI), cmp.Or(in.TIN, o.TIN), cmp.Or(in.Phone, o.Phone)
		o.Sees, o.MailedCodes, o.PasswordDays, o.OwnKeys = in.Sees, in.MailedCodes, in.PasswordDays, in.OwnKeys
		if _, err := account.SaveOrganization(ctx, tx, c.by, o); err != nil {
			return about("organization "+in.Name, err)
		}
	}
	return nil
}

// about says which part of a setup is at fault, with the words of its fields.
func about(what string, err error) error {
	for _, text := range fault.Of(err).Fields {
		return fmt.Errorf("%s: %s", what, text)
	}
	return fmt.Errorf("%s: %w", what, err)
}
