package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Export writes what is set as the file that Configure reads. Imported into an
// empty database, that exports the same bytes. Who may: administrators and the
// program; it is audited, for it names people.
func Export(ctx context.Context, tx *db.Tx, by account.Actor) ([]byte, error) {
	if !by.IsProgram() {
		if err := by.Must(account.ManageProgram); err != nil {
			return nil, err
		}
	}
	x := &exporter{by: by, plans: map[plan.ID]string{"": ""}, programs: map[plan.ProgramID]string{"": ""}, organizations: map[string]string{}}
	for _, step := range []func(context.Context, *db.Tx) error{x.addPlans, x.addPrograms, x.addOrganizations, x.addPolicy, x.addProcedures, x.addRules, x.addReviewers, x.addCutovers, x.addHelp, x.addTemplates, x.addWords, x.addTests} {
		if err := step(ctx, tx); err != nil {
			return nil, err
		}
	}
	if err := audit.Record(ctx, tx, by.Audit("config.exported", "config", "all")); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(x.Setup)
	return text.Bytes(), err
}

// An exporter gathers a setup, and knows things by the names a file calls them.
type exporter struct {
	Setup
	by            account.Actor
	plans         map[plan.ID]string
	programs      map[plan.ProgramID]string
	organizations map[string]string
}

func (x *exporter) addPlans(ctx context.Context, tx *db.Tx) error {
	all, err := plan.All(ctx, tx)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b plan.Plan) int { return strings.Compare(a.Code, b.Code) })
	for _, p := range all {
		x.plans[p.ID] = p.Code
		out := SetupPlan{Code: p.Code, Name: p.Name, PayerID: p.PayerID, TimeZone: p.TimeZone, Phone: p.Phone, Hours: p.Hours, Opens: wallText(p.Opens), Closes: wallText(p.Closes),
			Eligibility: p.Eligibility, Unmatched: p.Unmatched, Address: p.Address, AppealAddress: p.AppealAddress, AppealFax: p.AppealFax, Holidays: map[string]SetupHoliday{}}
		out.MemberIDs, out.MemberIDTests = linesIn(string(p.MemberIDs)), linesIn(p.MemberIDExamples)
		out.Color = string(p.Color)
		if out.Logo, err = plan.Logo(ctx, tx, p.Logo); err != nil {
			return err
		}
		days, err := plan.HolidaysOf(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		for _, h := range days {
			out.Holidays[h.Falls.String()] = setupHoliday(h)
		}
		lines, err := plan.LinesOf(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		slices.SortFunc(lines, func(a, b plan.Line) int { return strings.Compare(a.Code, b.Code) })
		for _, l := range lines {
			out.Lines = append(out.Lines, setupLine(l))
		}
		x.Plans = append(x.Plans, out)
	}
	return nil
}

// linesIn are the lines of a text; none of an empty one.
func linesIn(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func setupLine(l plan.Line) SetupLine {
	out := SetupLine{Code: l.Code, Name: l.Name, Phone: l.Phone, Hours: l.Hours, DecisionDays: l.DecisionDays, UrgentHours: l.UrgentHours, CallEffect: l.CallEffect, WindowDays: l.CallWindowDays, WindowIn: "calendar",
		Calls: l.CallsPerCase, Peers: l.Peers, PreDecision: l.PreDecisionHours, Reviewer: l.CallReviewer, Reconsider: l.ReconsiderationDays, Unanswered: l.Unanswered}
	if l.CallBusiness {
		out.WindowIn = "business"
	}
	if l.RulePacks != "" {
		out.RulePacks = strings.Split(l.RulePacks, ",")
	}
	return out
}

// wallText is what wallMinute reads.
func wallText(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func (x *exporter) addPrograms(ctx context.Context, tx *db.Tx) error {
	all, err := plan.Programs(ctx, tx)
	slices.SortFunc(all, func(a, b plan.Program) int { return strings.Compare(a.Code, b.Code) })
	for _, p := range all {
		x.programs[p.ID] = p.Code
		x.Programs = append(x.Programs, SetupProgram{Code: p.Code, Name: p.Name, Description: p.Description, SlotMinutes: p.SlotMinutes, Confirm: p.Confirm, LookAhead: p.LookAheadDays, Hold: p.HoldMinutes,
			Notice: p.NoticeMinutes, UrgentNotice: p.UrgentNotice, Distribution: p.Distribution, CallFrom: p.CallFrom, Attempts: p.AttemptsNeeded, Apart: p.AttemptsApart, Reminders: p.Reminders, Specialty: p.Specialty, MostOrders: p.MostOrders,
			FileMB: p.Files.MB, MostFiles: p.Files.Most, MostPages: p.Files.Pages, FileTypes: p.Files.Chosen(), Fax: p.Fax, Second: p.SecondSignature, Intake: p.Intake, Reviewing: p.Reviewing})
	}
	return err
}

// addOrganizations refuses names that two share: a file knows organizations by
// their names.
func (x *exporter) addOrganizations(ctx context.Context, tx *db.Tx) error {
	all, err := account.Organizations(ctx, tx, x.by)
	for i, o := range all {
		if i > 0 && all[i-1].Name == o.Name {
			return fault.New(fault.Conflict, "Two organizations are named %q, and a file can't tell them apart: rename one.", o.Name)
		}
		x.organizations[o.ID] = o.Name
		x.Organizations = append(x.Organizations, SetupOrganization{Kind: o.Kind, Name: o.Name, NPI: o.NPI, TIN: o.TIN, Phone: o.Phone, Sees: o.Sees, MailedCodes: o.MailedCodes, PasswordDays: o.PasswordDays, OwnKeys: o.OwnKeys})
	}
	return err
}

func (x *exporter) addPolicy(ctx context.Context, tx *db.Tx) error {
	for id, code := range x.plans {
		all, err := plan.Delegations(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, d := range all {
			x.Delegations = append(x.Delegations, SetupDelegation{Plan: code, Line: d.Line, Program: x.programs[d.ProgramID], Function: string(d.Function), By: string(d.By), From: d.From, To: d.To})
		}
	}
	slices.SortFunc(x.Delegations, func(a, b SetupDelegation) int {
		return cmp.Or(compare(a.Plan, b.Plan, a.Line, b.Line, a.Program, b.Program, a.Function, b.Function), a.From.Compare(b.From), a.To.Compare(b.To), strings.Compare(a.By, b.By))
	})
	waves, err := plan.Waves(ctx, tx)
	for _, w := range waves {
		out := SetupRollout{Feature: w.Feature, Plan: x.plans[w.PlanID], Program: x.programs[w.ProgramID], Line: w.Line, Stage: string(w.Stage), From: w.From, To: w.To, Notice: w.Notice, State: w.State,
			StoppedAt: w.StoppedAt, StoppedWhy: w.StoppedWhy, Fallback: w.Fallback, Phone: w.Phone, Percent: w.Percent, Spanish: w.NoticeES, FallbackES: w.FallbackES, WasTo: w.WasTo}
		for id := range strings.SplitSeq(w.Organizations, ",") {
			if id != "" {
				out.Organizations = append(out.Organizations, x.organizations[id])
			}
		}
		x.Rollouts = append(x.Rollouts, out)
	}
	slices.SortFunc(x.Rollouts, func(a, b SetupRollout) int {
		return cmp.Or(compare(a.Feature, b.Feature, a.Plan, b.Plan, a.Program, b.Program, a.Line, b.Line, a.State, b.State), a.From.Compare(b.From), a.To.Compare(b.To),
			compare(a.Stage, b.Stage, a.Notice, b.Notice), slices.Compare(a.Organizations, b.Organizations), cmp.Compare(a.Percent, b.Percent))
	})
	return err
}

// compare is the order of the first of several pairs that differ.
func compare(pairs ...string) int {
	for i := 0; i < len(pairs); i += 2 {
		if n := strings.Compare(pairs[i], pairs[i+1]); n != 0 {
			return n
		}
	}
	return 0
}

func (x *exporter) addProcedures(ctx context.Context, tx *db.Tx) error {
	all, err := plan.ProcedureLines(ctx, tx)
	for _, p := range all {
		x.Procedures = append(x.Procedures, SetupProcedure{Program: x.programs[p.ProgramID], Plan: x.plans[p.PlanID], Line: p.Line, System: p.System, Code: p.Code, From: p.From, To: p.To, Needed: p.Needed,
			Wording: p.Wording, Also: p.Also, Sides: p.Sides, MostUnits: p.MostUnits, Unit: p.Unit})
	}
	slices.SortFunc(x.Procedures, func(a, b SetupProcedure) int {
		return cmp.Or(compare(a.Program, b.Program, a.Code, b.Code, a.Plan, b.Plan, a.Line, b.Line), a.From.Compare(b.From))
	})
	return err
}

func (x *exporter) addCutovers(ctx context.Context, tx *db.Tx) error {
	all, err := plan.Cutovers(ctx, tx)
	for _, c := range all {
		x.Cutovers = append(x.Cutovers, SetupCutover{Plan: x.plans[c.PlanID], Line: c.Line, Day: c.Day, Name: c.OldName, URL: c.OldURL})
	}
	slices.SortFunc(x.Cutovers, func(a, b SetupCutover) int { return compare(a.Plan, b.Plan, a.Line, b.Line) })
	return err
}

func (x *exporter) addReviewers(ctx context.Context, tx *db.Tx) error {
	all, err := review.All(ctx, tx)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b review.Reviewer) int { return strings.Compare(a.Email, b.Email) })
	for _, r := range all {
		p, err := account.Get(ctx, tx, r.PersonID)
		if err != nil {
			return err
		}
		hours, err := peer.HoursOf(ctx, tx, r.PersonID)
		if err != nil {
			return err
		}
		x.Reviewers = append(x.Reviewers, x.setupReviewer(p, r, hours))
	}
	return nil
}

func (x *exporter) setupReviewer(p account.Person, r review.Reviewer, hours []peer.WeeklyHours) SetupReviewer {
	out := SetupReviewer{Email: p.Email, FirstName: p.FirstName, LastName: p.LastName, Credential: p.Credential, Inactive: !r.Active, NPI: r.NPI, Specialty: r.Specialty, TimeZone: r.TimeZone, Physician: r.Physician,
		Daily: r.DailyCalls, Weekly: r.WeeklyCalls, Gap: r.GapMinutes, Weight: r.Weight, Lines: slices.Sorted(slices.Values(r.Lines)), Languages: slices.Sorted(slices.Values(r.Languages))}
	for _, id := range r.Programs {
		out.Programs = append(out.Programs, x.programs[id])
	}
	for _, id := range r.Plans {
		out.Plans = append(out.Plans, x.plans[id])
	}
	slices.Sort(out.Programs)
	slices.Sort(out.Plans)
	for _, l := range r.Licenses {
		out.Licenses = append(out.Licenses, SetupLicense(l))
	}
	slices.SortFunc(out.Licenses, func(a, b SetupLicense) int { return compare(a.State, b.State, a.Number, b.Number) })
	slices.SortFunc(hours, func(a, b peer.WeeklyHours) int {
		return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.Start, b.Start), a.From.Compare(b.From), cmp.Compare(a.End, b.End))
	})
	for _, h := range hours {
		one := SetupHours{Day: h.Weekday.String(), From: wallText(h.Start), To: wallText(h.End), First: h.From, Last: h.To}
		if h.TimeZone != r.TimeZone {
			one.TimeZone = h.TimeZone
		}
		out.Hours = append(out.Hours, one)
	}
	return out
}
