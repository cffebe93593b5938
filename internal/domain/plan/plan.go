// Package plan is about health plans: their lines of business (what people
// call the type of plan), the programs under which services are reviewed,
// what a plan has delegated to us and since when, and which of our features
// are open for it. All of it is data with dates, never a rule in code.
package plan

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// An ID identifies a plan; a ProgramID a program.
type (
	ID        string
	ProgramID string
)

// A Plan is a health plan.
type Plan struct {
	ID       ID
	Code     string // short, unique, lower case
	Name     string
	PayerID  string
	TimeZone string // IANA name; business days and deadlines are counted in it
	Phone    string
	Hours    string // "Monday to Friday, 7 AM to 7 PM CT", for people
	// Opens and Closes are when the plan does business on its business days, in
	// minutes of its local day: what is counted in business time counts between
	// them. Zero in Closes is saved as 8 AM to 6 PM.
	Opens, Closes int
	Eligibility   string // base address of its own FHIR system that says whom it covers; "" for none
	Unmatched     bool   // offices may send requests for patients whom no list has
	Address       string // of its letterhead, lines apart by "\n"
	// Where an appeal goes by mail, lines apart by "\n", and by fax; "" where it
	// takes none that way.
	AppealAddress, AppealFax string
	MemberIDs                MemberIDs
	MemberIDExamples         string // numbers that have to fit them, a line each
	Color                    Color  // of its brand, on its letters; "" for none
	Logo                     string // id of its picture, for its letters: see KeepLogo; "" for none
	Source                   string // where an import found it; unique
}

// Zone is the plan's time zone. A plan is not saved without a real one.
func (p Plan) Zone() *time.Location {
	loc, err := civil.Zone(p.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// A Line is a line of business of a plan, with the rules of its peer-to-peer
// calls.
type Line struct {
	PlanID         ID
	Code           string // "commercial", "medicare_advantage", "medicaid", "marketplace"
	Name           string // "Medicare Advantage"
	Phone, Hours   string // "" where the plan's own hold
	DecisionDays   int    // calendar days for a standard request
	UrgentHours    int
	CallEffect     string // "change", or "discussion" where a call after the decision can't change it
	CallWindowDays int    // after the decision; 0 for no end
	CallBusiness   bool   // whether the window counts business days
	CallsPerCase   int    // per decision
	Peers          string // credentials that may speak, comma separated
	CallReviewer   string // who may take a call: AnyReviewer, NotDecider or Decider; "" is AnyReviewer
	// PreDecisionHours are how long before a denial the office can talk to a
	// reviewer, inside the clock of the decision; 0: no such offer is made.
	PreDecisionHours int
	// RulePacks are the ids of the rule packs that hold, comma separated, beside
	// the plan's own days and hours; "" for those usual for the type of plan.
	// See package deadline.
	RulePacks string
	// ReconsiderationDays are the calendar days after an adverse determination in
	// which an office can send new information to have it looked at again; 0
	// where only an appeal changes it.
	ReconsiderationDays int
	// Unanswered is what happens when an office doesn't answer what it is asked
	// in time: DecideThen or, where every rule that holds lets it, CloseThen. ""
	// is DecideThen.
	Unanswered string
}

// What follows when an office doesn't answer.
const (
	DecideThen = "decide" // with what there is
	CloseThen  = "close"  // without a decision
)

// Who may take a call about a decision. NotDecider brings fresh eyes to it;
// Decider has the one who knows the case speak, and nobody else.
const (
	AnyReviewer = "any"
	NotDecider  = "not_decider"
	Decider     = "decider"
)

// A Program groups services that are reviewed alike.
type Program struct {
	ID            ProgramID
	Code          string
	Name          string
	Description   string
	SlotMinutes   int    // 15, 30 or 60
	Confirm       string // "instant", or "staff" where a person confirms each call
	LookAheadDays int    // business days in which times are offered
	HoldMinutes   int
	NoticeMinutes int    // of business time that must lie before a call; see Plan.Opens
	UrgentNotice  int    // the same for urgent orders; 0 is NoticeMinutes
	Distribution  string // address of the internal list that hears of every call
	CallFrom      string // the number we call from
	Specialty     string // of the physicians who order its services; "" for none in particular
	// An office counts as not reached after so many attempts, at least so many
	// minutes apart. Zero is saved as 2 and 5.
	AttemptsNeeded int
	AttemptsApart  int
	MostOrders     int    // that one call can be about. Zero is saved as 3
	Reminders      string // before its calls: "24h,1h", NoReminders, or "" for all
	Intake         Intake
	Reviewing      Reviewing
	Files          FileRules
	Fax            string // where pages can be sent with their cover sheet; "" for nowhere
	// SecondSignature has a first adverse determination wait until a second
	// physician signs it.
	SecondSignature bool
}

// TryAgain tells an office what happens when it doesn't answer, "" where one
// attempt is all.
func (p Program) TryAgain() words.Text {
	switch {
	case p.AttemptsNeeded < 2:
		return ""
	case p.AttemptsApart == 1:
		return "If nobody answers we'll try again after 1 minute."
	}
	return words.Say("If nobody answers we'll try again after %s minutes.", p.AttemptsApart)
}

// Notice is how many minutes of business time must lie before a call about an
// order.
func (p Program) Notice(urgent bool) int {
	if urgent && p.UrgentNotice > 0 {
		return p.UrgentNotice
	}
	return p.NoticeMinutes
}

// ServiceHours are when the plan does business on its business days.
func (p Plan) ServiceHours() civil.Hours { return civil.Hours{Open: p.Opens, Close: p.Closes} }

// CallUntil is the end of the window for a call about a decision made then.
// ok is false where there is no end.
func (l Line) CallUntil(decided time.Time, c civil.Calendar) (until time.Time, ok bool) {
	if l.CallWindowDays == 0 {
		return time.Time{}, false
	}
	day := civil.DateIn(decided, c.Zone)
	if l.CallBusiness {
		day = c.AddBusinessDays(day, l.CallWindowDays)
	} else {
		day = day.AddDays(l.CallWindowDays)
	}
	return civil.EndOfDay(day, c.Zone), true
}

// reachable reports whether members' data may be sent to an address.
func reachable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// Save stores a plan, new if it has no ID. Who may: administrators and imports.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, p Plan) (Plan, error) {
	if err := may(by); err != nil {
		return p, err
	}
	p = p.orUsual()
	if err := p.Check(); err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = ID(db.NewID("pln"))
	}
	n, err := save(ctx, tx, p)
	return p, record(ctx, tx, by.Audit("plan.saved", "plan", string(p.ID)), n, err)
}

func (p Plan) orUsual() Plan {
	if p.Closes == 0 {
		p.Opens, p.Closes = 8*60, 18*60
	}
	p.Color = p.Color.Tidy()
	return p
}

// Check says what keeps a plan from being saved: an Invalid fault at "closes",
// "name", "code", "color", "eligibility", "member_ids", "member_id_examples" or "time_zone".
func (p Plan) Check() error {
	p = p.orUsual()
	f := fault.Fields{}
	f.Check(p.Opens >= 0 && p.Opens < p.Closes && p.Closes <= civil.DayMinutes, "closes", "The plan must close after it opens, by the end of the day")
	f.Check(p.Name != "", "name", "Enter a name")
	f.Check(p.Code != "", "code", "Enter a code")
	f.Check(p.Eligibility == "" || reachable(p.Eligibility), "eligibility", "The address must begin with https://, or with http:// on this machine")
	p.MemberIDs.check(f, p.MemberIDExamples)
	p.Color.check(f)
	_, zoneErr := civil.Zone(p.TimeZone)
	f.Check(p.TimeZone != "" && zoneErr == nil, "time_zone", "Choose a time zone")
	return f.Err()
}

// SaveLine stores a line of business of a plan.
func SaveLine(ctx context.Context, tx *db.Tx, by account.Actor, l Line) error {
	if err := may(by); err != nil {
		return err
	}
	l = l.orUsual()
	if err := l.Check(); err != nil {
		return err
	}
	e := by.Audit("plan.line_saved", "plan", string(l.PlanID))
	e.Detail = l.Code
	n, err := saveLine(ctx, tx, l)
	return record(ctx, tx, e, n, err)
}

func (l Line) orUsual() Line {
	l.CallReviewer, l.Unanswered = cmp.Or(l.CallReviewer, AnyReviewer), cmp.Or(l.Unanswered, DecideThen)
	return l
}

// Check says what keeps a line from being saved: an Invalid fault at
// "unanswered", "call_reviewer" or "reconsideration_days".
func (l Line) Check() error {
	l = l.orUsual()
	f := fault.Fields{}
	f.Check(l.Unanswered == DecideThen || l.Unanswered == CloseThen, "unanswered", "Choose what follows when an office doesn't answer: decide or close")
	f.Check(slices.Contains([]string{AnyReviewer, NotDecider, Decider}, l.CallReviewer), "call_reviewer", "Choose who may take a call: any, not_decider or decider")
	f.Check(l.ReconsiderationDays >= 0, "reconsideration_days", "Days for a reconsideration can't be negative")
	return f.Err()
}

// SaveProgram stores a program, new if it has no ID.
func SaveProgram(ctx context.Context, tx *db.Tx, by account.Actor, p Program) (Program, error) {
	if err := may(by); err != nil {
		return p, err
	}
	p = p.orUsual()
	if err := p.Check(); err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = ProgramID(db.NewID("prg"))
	}
	n, err := saveProgram(ctx, tx, p)
	return p, record(ctx, tx, by.Audit("program.saved", "program", string(p.ID)), n, err)
}

func (p Program) orUsual() Program {
	p.AttemptsNeeded, p.AttemptsApart, p.MostOrders = cmp.Or(p.AttemptsNeeded, 2), cmp.Or(p.AttemptsApart, 5), cmp.Or(p.MostOrders, 3)
	p.Intake.Criteria = cmp.Or(p.Intake.Criteria, Always)
	p.Files = p.Files.orUsual()
	return p
}

// Check says what keeps a program from being saved: an Invalid fault at the
// names that a setup has for its fields.
func (p Program) Check() error {
	p = p.orUsual()
	f := fault.Fields{}
	f.Check(p.NoticeMinutes >= 0 && p.UrgentNotice >= 0, "notice_minutes", "The notice can't be negative")
	f.Check(p.AttemptsNeeded >= 1 && p.AttemptsNeeded <= 5, "attempts_needed", "Attempts needed must be 1 to 5")
	f.Check(p.AttemptsApart >= 1 && p.AttemptsApart <= 30, "attempts_apart", "Attempts must be 1 to 30 minutes apart")
	f.Check(p.knowsReminders(), "reminders", "Reminders are of 24h, 1h and 15m, with commas in this order; none for none")
	f.Check(p.MostOrders >= 1 && p.MostOrders <= 5, "most_orders", "A call can be about 1 to 5 orders")
	f.Check(slices.Contains([]Showing{Always, AfterSending, Never}, p.Intake.Criteria), "criteria", "Choose when offices see the criteria: always, after_sending or never")
	p.Files.check(f)
	p.Reviewing.check(f)
	return f.Err()
}

// Close has a plan do no business on a holiday, in the place of what it has
// for that day. Who may: as for SetHolidays.
func Close(ctx context.Context, tx *db.Tx, by account.Actor, id ID, h Holiday) error {
	if err := may(by); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(!h.Falls.IsZero(), "day", "Enter a date, like 2026-11-24")
	if h.check(f); len(f) > 0 {
		return f.Err()
	}
	e := by.Audit("plan.closed", "plan", string(id))
	e.Detail = h.Falls.String()
	n, err := putHoliday(ctx, tx, id, h)
	return record(ctx, tx, e, n, err)
}

// record keeps who changed a policy, if n rows say that it is another now.
func record(ctx context.Context, tx *db.Tx, e audit.Entry, n int64, err error) error {
	if err != nil || n == 0 {
		return err
	}
	return audit.Record(ctx, tx, e)
}

func may(by account.Actor) error {
	if by.Can(account.ImportData) {
		return nil
	}
	return by.Must(account.ManageProgram)
}

// Get returns a plan, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, id ID) (Plan, error) {
	return found(ctx, tx, id, func(p *policy) map[ID]Plan { return p.plans })
}

// GetLine returns a line of business, or a NotFound fault.
func GetLine(ctx context.Context, tx *db.Tx, id ID, line string) (Line, error) {
	return found(ctx, tx, lineKey{id, line}, func(p *policy) map[lineKey]Line { return p.lines })
}

// GetProgram returns a program, or a NotFound fault.
func GetProgram(ctx context.Context, tx *db.Tx, id ProgramID) (Program, error) {
	return found(ctx, tx, id, func(p *policy) map[ProgramID]Program { return p.programs })
}

// All returns every plan by name, Programs every program by name.
func All(ctx context.Context, tx *db.Tx) ([]Plan, error) { return all(ctx, tx) }

// Programs returns every program by name.
func Programs(ctx context.Context, tx *db.Tx) ([]Program, error) { return programs(ctx, tx) }

// BySource returns the plan an import saved under source, or a NotFound fault.
func BySource(ctx context.Context, tx *db.Tx, source string) (Plan, error) {
	return bySource(ctx, tx, source)
}
