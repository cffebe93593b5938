package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Setup is what a real installation is told about its plans and people, as
// a file of JSON. docs/operate.md has an example. Importing it again changes
// only what is different.
type Setup struct {
	Plans         []SetupPlan         `json:"plans"`
	Programs      []SetupProgram      `json:"programs"`
	Delegations   []SetupDelegation   `json:"delegations"`
	Rollouts      []SetupRollout      `json:"rollouts"`
	Procedures    []SetupProcedure    `json:"procedures"`
	Rules         []SetupRule         `json:"match_rules"`
	Reviewers     []SetupReviewer     `json:"reviewers"`
	Organizations []SetupOrganization `json:"organizations"`
}

// A SetupPlan is a plan with its lines of business and days without business.
type SetupPlan struct {
	Code            string            `json:"code"`
	Name            string            `json:"name"`
	PayerID         string            `json:"payer_id"`
	TimeZone        string            `json:"time_zone"`
	Phone           string            `json:"phone"`
	Hours           string            `json:"hours"`
	Opens           string            `json:"opens"` // of its local day, like "08:00"; left out with closes: 8 to 18
	Closes          string            `json:"closes"`
	FederalHolidays bool              `json:"federal_holidays"` // this year's and the next two
	Holidays        map[string]string `json:"holidays"`         // day to name
	Lines           []SetupLine       `json:"lines"`
}

// A SetupLine is a line of business.
type SetupLine struct {
	Code         string `json:"code"`
	Name         string `json:"name"`
	Phone        string `json:"phone"`
	Hours        string `json:"hours"`
	DecisionDays int    `json:"decision_days"`
	UrgentHours  int    `json:"urgent_hours"`
	CallEffect   string `json:"call_effect"` // "change" or "discussion"
	WindowDays   int    `json:"call_window_days"`
	WindowIn     string `json:"call_window_in"` // "business" or "calendar"
	Calls        int    `json:"calls_per_decision"`
	Peers        string `json:"peers"`
	PreDecision  int    `json:"pre_decision_hours"`
	Reviewer     string `json:"call_reviewer"` // "any", "not_decider" or "decider"
}

// A SetupProgram is a program.
type SetupProgram struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	SlotMinutes  int      `json:"slot_minutes"`
	Confirm      string   `json:"confirm"`
	LookAhead    int      `json:"look_ahead_days"`
	Hold         int      `json:"hold_minutes"`
	Notice       int      `json:"notice_minutes"`        // of business time
	UrgentNotice int      `json:"urgent_notice_minutes"` // 0 is notice_minutes
	Distribution string   `json:"distribution"`
	CallFrom     string   `json:"call_from"`
	Attempts     int      `json:"attempts_needed"`
	Apart        int      `json:"attempts_apart"` // minutes
	Specialty    string   `json:"specialty"`
	MostOrders   int      `json:"most_orders"` // that one call can be about
	FileMB       int      `json:"file_mb"`     // what can be enclosed with a request
	MostFiles    int      `json:"most_files"`
	MostPages    int      `json:"most_pages"` // in one file
	FileTypes    []string `json:"file_types"`
	Fax          string   `json:"fax"` // where pages can be sent with their cover sheet

	plan.Intake
}

// A SetupDelegation is a line of the delegation matrix. Plans and programs go
// by their codes.
type SetupDelegation struct {
	Plan     string     `json:"plan"`
	Line     string     `json:"line"`
	Program  string     `json:"program"`
	Function string     `json:"function"`
	By       string     `json:"by"`
	From     civil.Date `json:"from"`
	To       civil.Date `json:"to"`
}

// A SetupRollout is a phase of a roll-out.
type SetupRollout struct {
	Feature string     `json:"feature"`
	Plan    string     `json:"plan"`
	Program string     `json:"program"`
	Line    string     `json:"line"`
	Stage   string     `json:"stage"`
	From    civil.Date `json:"from"`
	To      civil.Date `json:"to"`
	Notice  string     `json:"notice"`
}

// A SetupRule is what the law of a state asks of a call.
type SetupRule struct {
	State     string     `json:"state"`
	Line      string     `json:"line"`
	Code      string     `json:"code"`
	From      civil.Date `json:"from"`
	To        civil.Date `json:"to"`
	NeedsTier int        `json:"needs_tier"`
	Citation  string     `json:"citation"`
	Sentence  string     `json:"sentence"`
	Statement string     `json:"statement"`
}

// A SetupReviewer makes a person with an account a reviewer.
type SetupReviewer struct {
	Email     string         `json:"email"`
	NPI       string         `json:"npi"`
	Specialty string         `json:"specialty"`
	TimeZone  string         `json:"time_zone"`
	Physician bool           `json:"physician"`
	Daily     int            `json:"daily_calls"`
	Weekly    int            `json:"weekly_calls"`
	Gap       int            `json:"gap_minutes"`
	Weight    int            `json:"weight"`
	Programs  []string       `json:"programs"`
	Plans     []string       `json:"plans"`
	Lines     []string       `json:"lines"`
	Languages []string       `json:"languages"`
	Licenses  []SetupLicense `json:"licenses"`
	Hours     []SetupHours   `json:"hours"` // if any, they replace those there are
}

// A SetupProcedure is a line of the list of procedures. Plan and line may be
// left out: then it holds for all that has no line of its own.
type SetupProcedure struct {
	Program   string     `json:"program"`
	Plan      string     `json:"plan"`
	Line      string     `json:"line"`
	System    string     `json:"system"` // "CPT" or "HCPCS"
	Code      string     `json:"code"`
	From      civil.Date `json:"from"`
	To        civil.Date `json:"to"`
	Needed    bool       `json:"needed"` // authorization is
	Wording   string     `json:"wording"`
	Also      string     `json:"also"` // other words it is looked for by
	Sides     bool       `json:"sides"`
	MostUnits int        `json:"most_units"`
	Unit      string     `json:"unit"`
}

// A SetupLicense is a license to practice.
type SetupLicense struct {
	State   string     `json:"state"`
	Number  string     `json:"number"`
	Expires civil.Date `json:"expires"`
}

// SetupHours are weekly hours for calls, such as "Monday", "09:00", "12:00".
type SetupHours struct {
	Day  string `json:"day"`
	From string `json:"from"`
	To   string `json:"to"`
}

// A SetupOrganization sets what an organization's people see and may do. By its
// NPI an import of requests knows the organization; left out, the NPI it has
// stays.
type SetupOrganization struct {
	Name        string `json:"name"`
	NPI         string `json:"npi"`
	Sees        string `json:"sees"`
	MailedCodes bool   `json:"mailed_codes"`
}

// ReadSetup reads a file. A name it does not know is an error: a typing error
// must not pass for a default.
func ReadSetup(text []byte) (s Setup, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("the file can't be read: %w", err)
	}
	return s, nil
}

// Configure applies a setup in one transaction: all of it or none.
func (a *App) Configure(ctx context.Context, s Setup) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		c := &configurer{by: account.Program(), Setup: s, plans: map[string]plan.Plan{}, programs: map[string]plan.Program{}}
		if err := c.known(ctx, tx); err != nil {
			return err
		}
		for _, step := range []func(context.Context, *db.Tx) error{c.setPlans, c.setPrograms, c.setPolicy, c.setProcedures, c.setRules, c.setOrganizations, c.setReviewers} {
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
}

func (c *configurer) known(ctx context.Context, tx *db.Tx) error {
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

func (c *configurer) setPlans(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Plans {
		p := c.plans[in.Code]
		p.Code, p.Name, p.PayerID, p.TimeZone, p.Phone, p.Hours = in.Code, in.Name, in.PayerID, in.TimeZone, in.Phone, in.Hours
		var err error
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
				CallEffect: l.CallEffect, CallWindowDays: l.WindowDays, CallBusiness: l.WindowIn != "calendar", CallsPerCase: l.Calls, Peers: l.Peers, PreDecisionHours: l.PreDecision, CallReviewer: l.Reviewer}
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

func (c *configurer) setHolidays(ctx context.Context, tx *db.Tx, p plan.Plan, in SetupPlan) error {
	days := map[civil.Date]string{}
	if in.FederalHolidays {
		today := civil.DateIn(tx.Now(), p.Zone())
		days = civil.USFederal(civil.Date{Year: today.Year, Month: time.January, Day: 1}, civil.Date{Year: today.Year + 2, Month: time.December, Day: 31})
	}
	for text, name := range in.Holidays {
		day, err := civil.ParseDate(text)
		if err != nil {
			return err
		}
		days[day] = name
	}
	for day, name := range days {
		if err := plan.Close(ctx, tx, c.by, p.ID, day, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *configurer) setPrograms(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Programs {
		p := c.programs[in.Code]
		p.Code, p.Name, p.Description, p.SlotMinutes, p.Confirm = in.Code, in.Name, in.Description, in.SlotMinutes, in.Confirm
		p.LookAheadDays, p.HoldMinutes, p.NoticeMinutes, p.Distribution, p.CallFrom, p.Specialty = in.LookAhead, in.Hold, in.Notice, in.Distribution, in.CallFrom, in.Specialty
		p.AttemptsNeeded, p.AttemptsApart, p.MostOrders, p.UrgentNotice = in.Attempts, in.Apart, in.MostOrders, in.UrgentNotice
		p.Intake = in.Intake
		p.Files, p.Fax = plan.NewFileRules(in.FileMB, in.MostFiles, in.MostPages, in.FileTypes), in.Fax
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
	for _, in := range c.Rollouts {
		p, ok := c.plans[in.Plan]
		program, known := c.programs[in.Program]
		if !ok || !known {
			return fmt.Errorf("a roll-out names plan %q and program %q, and one of them is unknown", in.Plan, in.Program)
		}
		r := plan.Rollout{Feature: in.Feature, ProgramID: program.ID, PlanID: p.ID, Line: in.Line, Stage: plan.Stage(in.Stage), From: in.From, To: in.To, Notice: in.Notice}
		if err := plan.RollOut(ctx, tx, c.by, r); err != nil {
			return about("roll-out for "+in.Plan, err)
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

func (c *configurer) setRules(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Rules {
		r := peer.Rule{State: in.State, Line: in.Line, Code: in.Code, From: in.From, To: in.To, NeedsTier: in.NeedsTier, Citation: in.Citation, Sentence: in.Sentence, Statement: in.Statement}
		if err := peer.SaveRule(ctx, tx, c.by, r); err != nil {
			return about("match rule "+in.State+" "+in.Code, err)
		}
	}
	return nil
}

func (c *configurer) setOrganizations(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Organizations {
		o, err := account.OrganizationByName(ctx, tx, in.Name)
		if err != nil {
			return about("organization "+in.Name, err)
		}
		if in.NPI != "" && !provider.ValidNPI(in.NPI) {
			return fmt.Errorf("organization %s: %q is not an NPI", in.Name, in.NPI)
		}
		o.NPI = cmp.Or(in.NPI, o.NPI)
		o.Sees, o.MailedCodes = in.Sees, in.MailedCodes
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
