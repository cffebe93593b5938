package app

import (
	"bytes"
	"encoding/json"
	"fmt"

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
	Eligibility     string            `json:"eligibility"`     // address of its own FHIR system; "": its list of members is all there is
	Unmatched       bool              `json:"allow_unmatched"` // offices may send requests for patients whom no list has
	Address         string            `json:"address"`         // of its letterhead, lines apart by "\n"
	AppealAddress   string            `json:"appeal_address"`  // where appeals go by mail; "" for nowhere
	AppealFax       string            `json:"appeal_fax"`
	FederalHolidays bool              `json:"federal_holidays"` // this year's and the next two
	Holidays        map[string]string `json:"holidays"`         // day to name
	Lines           []SetupLine       `json:"lines"`
}

// A SetupLine is a line of business.
type SetupLine struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Phone        string   `json:"phone"`
	Hours        string   `json:"hours"`
	DecisionDays int      `json:"decision_days"`
	UrgentHours  int      `json:"urgent_hours"`
	CallEffect   string   `json:"call_effect"` // "change" or "discussion"
	WindowDays   int      `json:"call_window_days"`
	WindowIn     string   `json:"call_window_in"` // "business" or "calendar"
	Calls        int      `json:"calls_per_decision"`
	Peers        string   `json:"peers"`
	PreDecision  int      `json:"pre_decision_hours"`
	Reviewer     string   `json:"call_reviewer"`        // "any", "not_decider" or "decider"
	Reconsider   int      `json:"reconsideration_days"` // for new information after a denial; 0 where only an appeal changes it
	RulePacks    []string `json:"rule_packs"`           // ids; none for those usual for the type of plan
	Unanswered   string   `json:"unanswered"`           // what follows when an office doesn't answer in time: "decide" or "close"
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
	Fax          string   `json:"fax"`              // where pages can be sent with their cover sheet
	Second       bool     `json:"second_signature"` // of another physician under each first denial

	plan.Intake
	plan.Reviewing
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
