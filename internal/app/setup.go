package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
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
	Cutovers      []SetupCutover      `json:"cutovers,omitempty"`
	Help          []SetupHelp         `json:"help,omitempty"`
	Tests         []SetupTest         `json:"tests,omitempty"`
	Templates     []SetupTemplate     `json:"letter_templates,omitempty"`
	Words         []SetupText         `json:"words,omitempty"`
	Service       *SetupService       `json:"service,omitempty"`
}

// A SetupCutover is since when requests for a plan are made here instead of on
// an older platform.
type SetupCutover struct {
	Plan string     `json:"plan"`
	Line string     `json:"line,omitempty"`
	Day  civil.Date `json:"day"`
	Name string     `json:"old_name"`
	URL  string     `json:"old_url,omitempty"`
}

// A SetupPlan is a plan with its lines of business and days without business.
type SetupPlan struct {
	Code            string                  `json:"code"`
	Name            string                  `json:"name"`
	PayerID         string                  `json:"payer_id,omitempty"`
	TimeZone        string                  `json:"time_zone,omitempty"`
	Phone           string                  `json:"phone,omitempty"`
	MemberIDs       []string                `json:"member_ids,omitempty"`         // how they look: # a digit, @ a letter, * either
	MemberIDTests   []string                `json:"member_id_examples,omitempty"` // that have to fit
	Hours           string                  `json:"hours,omitempty"`
	Color           string                  `json:"color,omitempty"` // of its brand, like "#1A56A8"
	Logo            []byte                  `json:"logo,omitempty"`  // a PNG picture, in Base64
	Opens           string                  `json:"opens,omitempty"` // of its local day, like "08:00"; left out with closes: 8 to 18
	Closes          string                  `json:"closes,omitempty"`
	Eligibility     string                  `json:"eligibility,omitempty"`     // address of its own FHIR system; "": its list of members is all there is
	Unmatched       bool                    `json:"allow_unmatched,omitempty"` // offices may send requests for patients whom no list has
	Address         string                  `json:"address,omitempty"`         // of its letterhead, lines apart by "\n"
	AppealAddress   string                  `json:"appeal_address,omitempty"`  // where appeals go by mail; "" for nowhere
	AppealFax       string                  `json:"appeal_fax,omitempty"`
	FederalHolidays bool                    `json:"federal_holidays,omitempty"` // each year
	Holidays        map[string]SetupHoliday `json:"holidays,omitempty"`         // by the date, or the rule of each year
	Lines           []SetupLine             `json:"lines,omitempty"`
}

// A SetupLine is a line of business.
type SetupLine struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Phone        string   `json:"phone,omitempty"`
	Hours        string   `json:"hours,omitempty"`
	DecisionDays int      `json:"decision_days,omitempty"`
	UrgentHours  int      `json:"urgent_hours,omitempty"`
	CallEffect   string   `json:"call_effect,omitempty"` // "change" or "discussion"
	WindowDays   int      `json:"call_window_days,omitempty"`
	WindowIn     string   `json:"call_window_in,omitempty"` // "business" or "calendar"
	Calls        int      `json:"calls_per_decision,omitempty"`
	Peers        string   `json:"peers,omitempty"`
	PreDecision  int      `json:"pre_decision_hours,omitempty"`
	Reviewer     string   `json:"call_reviewer,omitempty"`        // "any", "not_decider" or "decider"
	Reconsider   int      `json:"reconsideration_days,omitempty"` // for new information after a denial; 0 where only an appeal changes it
	RulePacks    []string `json:"rule_packs,omitempty"`           // ids; none for those usual for the type of plan
	Unanswered   string   `json:"unanswered,omitempty"`           // what follows when an office doesn't answer in time: "decide" or "close"
}

// A SetupProgram is a program.
type SetupProgram struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Description  string   `json:"description,omitempty"`
	SlotMinutes  int      `json:"slot_minutes,omitempty"`
	Confirm      string   `json:"confirm,omitempty"`
	LookAhead    int      `json:"look_ahead_days,omitempty"`
	Hold         int      `json:"hold_minutes,omitempty"`
	Notice       int      `json:"notice_minutes,omitempty"`        // of business time
	UrgentNotice int      `json:"urgent_notice_minutes,omitempty"` // 0 is notice_minutes
	Distribution string   `json:"distribution,omitempty"`
	CallFrom     string   `json:"call_from,omitempty"`
	Attempts     int      `json:"attempts_needed,omitempty"`
	Apart        int      `json:"attempts_apart,omitempty"` // minutes
	Reminders    string   `json:"reminders,omitempty"`      // before calls: of 24h, 1h and 15m, with commas, or none; left out: all
	Specialty    string   `json:"specialty,omitempty"`
	MostOrders   int      `json:"most_orders,omitempty"` // that one call can be about
	FileMB       int      `json:"file_mb,omitempty"`     // what can be enclosed with a request
	MostFiles    int      `json:"most_files,omitempty"`
	MostPages    int      `json:"most_pages,omitempty"` // in one file
	FileTypes    []string `json:"file_types,omitempty"`
	Fax          string   `json:"fax,omitempty"`              // where pages can be sent with their cover sheet
	Second       bool     `json:"second_signature,omitempty"` // of another physician under each first denial

	plan.Intake
	plan.Reviewing
}

// A SetupDelegation is a line of the delegation matrix. Plans and programs go
// by their codes.
type SetupDelegation struct {
	Plan     string     `json:"plan"`
	Line     string     `json:"line,omitempty"`
	Program  string     `json:"program,omitempty"`
	Function string     `json:"function"`
	By       string     `json:"by"`
	From     civil.Date `json:"from,omitzero"`
	To       civil.Date `json:"to,omitzero"`
}

// A SetupRollout is a phase of a roll-out.
type SetupRollout struct {
	Feature string     `json:"feature"`
	Plan    string     `json:"plan"`
	Program string     `json:"program,omitempty"`
	Line    string     `json:"line,omitempty"`
	Stage   string     `json:"stage"`
	From    civil.Date `json:"from,omitzero"`
	To      civil.Date `json:"to,omitzero"`
	Notice  string     `json:"notice,omitempty"`
	Spanish string     `json:"notice_es,omitempty"` // the notice

	State         string     `json:"state,omitempty"`         // of the office, two letters
	Organizations []string   `json:"organizations,omitempty"` // by their names; none for all
	Percent       int        `json:"percent,omitempty"`       // of organizations; 0 for all
	StoppedAt     *time.Time `json:"stopped_at,omitempty"`    // turned off by hand
	StoppedWhy    string     `json:"stopped_why,omitempty"`
	Fallback      string     `json:"fallback,omitempty"` // what offices read while they don't have it
	FallbackES    string     `json:"fallback_es,omitempty"`
	Phone         string     `json:"phone,omitempty"` // whom they call then
	WasTo         civil.Date `json:"was_to,omitzero"` // of what ends: its last day before it was put off
}

// A SetupRule is what the law of a state asks of a call.
type SetupRule struct {
	State     string     `json:"state"`
	Line      string     `json:"line,omitempty"`
	Code      string     `json:"code"`
	From      civil.Date `json:"from,omitzero"`
	To        civil.Date `json:"to,omitzero"`
	NeedsTier int        `json:"needs_tier,omitempty"`
	Citation  string     `json:"citation,omitempty"`
	Sentence  string     `json:"sentence,omitempty"`
	Statement string     `json:"statement,omitempty"`
	Off       bool       `json:"off,omitempty"` // it asks nothing
}

// A SetupReviewer makes a person a reviewer. With their names a person who has
// no account yet gets one, without a role and without a password.
type SetupReviewer struct {
	Email      string         `json:"email"`
	FirstName  string         `json:"first_name,omitempty"`
	LastName   string         `json:"last_name,omitempty"`
	Credential string         `json:"credential,omitempty"`
	Inactive   bool           `json:"inactive,omitempty"` // takes no cases and no calls
	NPI        string         `json:"npi,omitempty"`
	Specialty  string         `json:"specialty,omitempty"`
	TimeZone   string         `json:"time_zone,omitempty"`
	Physician  bool           `json:"physician,omitempty"`
	Daily      int            `json:"daily_calls,omitempty"`
	Weekly     int            `json:"weekly_calls,omitempty"`
	Gap        int            `json:"gap_minutes,omitempty"`
	Weight     int            `json:"weight,omitempty"`
	Programs   []string       `json:"programs"`
	Plans      []string       `json:"plans"`
	Lines      []string       `json:"lines,omitempty"`
	Languages  []string       `json:"languages,omitempty"`
	Licenses   []SetupLicense `json:"licenses,omitempty"`
	Hours      []SetupHours   `json:"hours,omitempty"` // if any, they replace those there are
}

// A SetupProcedure is a line of the list of procedures. Plan and line may be
// left out: then it holds for all that has no line of its own.
type SetupProcedure struct {
	Program   string     `json:"program,omitempty"`
	Plan      string     `json:"plan"`
	Line      string     `json:"line,omitempty"`
	System    string     `json:"system"` // "CPT" or "HCPCS"
	Code      string     `json:"code"`
	From      civil.Date `json:"from,omitzero"`
	To        civil.Date `json:"to,omitzero"`
	Needed    bool       `json:"needed,omitempty"` // authorization is
	Wording   string     `json:"wording,omitempty"`
	Also      string     `json:"also,omitempty"` // other words it is looked for by
	Sides     bool       `json:"sides,omitempty"`
	MostUnits int        `json:"most_units,omitempty"`
	Unit      string     `json:"unit,omitempty"`
}

// A SetupLicense is a license to practice.
type SetupLicense struct {
	State   string     `json:"state"`
	Number  string     `json:"number"`
	Expires civil.Date `json:"expires,omitzero"`
}

// SetupHours are weekly hours for calls, such as "Monday", "09:00", "12:00".
// Left out, they hold from the day of the import on, without end, in the
// reviewer's time zone.
type SetupHours struct {
	First    civil.Date `json:"first_day,omitzero"`
	Last     civil.Date `json:"last_day,omitzero"`
	TimeZone string     `json:"time_zone,omitempty"`
	Day      string     `json:"day"`
	From     string     `json:"from,omitempty"`
	To       string     `json:"to,omitempty"`
}

// A SetupOrganization sets what an organization's people see and may do. By its
// NPI an import of requests knows the organization; left out, the NPI it has
// stays, and so do its tax ID and phone. With its kind, one that isn't there is
// made.
type SetupOrganization struct {
	Kind         string `json:"kind,omitempty"` // "office", "site" or "um"
	TIN          string `json:"tin,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Name         string `json:"name"`
	NPI          string `json:"npi,omitempty"`
	Sees         string `json:"sees,omitempty"`
	MailedCodes  bool   `json:"mailed_codes,omitempty"`
	OwnKeys      bool   `json:"own_keys,omitempty"`      // its administrators make keys for its systems
	PasswordDays int    `json:"password_days,omitempty"` // 0 for passwords without an end
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
