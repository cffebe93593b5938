package account

import (
	"slices"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/words"
)

// A PersonID identifies a person with an account.
type PersonID string

// A Role is what a person is in an organization. The texts are stored and
// shown to people.
type Role string

// Roles, as the field names them.
const (
	OfficeStaff Role = "office staff"
	Clinician   Role = "clinician"
	OrgAdmin    Role = "organization administrator"
	Site        Role = "rendering site"
	Nurse       Role = "nurse reviewer"
	Physician   Role = "physician reviewer"
	Scheduler   Role = "scheduler"
	Intake      Role = "intake representative"
	Appeals     Role = "appeals coordinator"
	Supervisor  Role = "supervisor"
	Admin       Role = "administrator"
	Auditor     Role = "auditor"
	program     Role = "program" // Parley itself; nobody can be given it
)

// Roles lists every role a person can be given, in the order people read them.
var Roles = []Role{OfficeStaff, Clinician, OrgAdmin, Site, Nurse, Physician, Scheduler, Intake, Appeals, Supervisor, Admin, Auditor}

// A Permission is one thing a role may do.
type Permission string

// Permissions, from the table "who can do what".
const (
	ReadOrders     Permission = "read orders"
	ReadClinical   Permission = "read clinical files"
	SendRequests   Permission = "send requests for authorization"
	AnswerClinical Permission = "answer clinical questions"
	BookCalls      Permission = "book, move and cancel calls"
	ConfirmCalls   Permission = "confirm calls for the organization"
	HoldCalls      Permission = "take peer-to-peer calls"
	ReviewOrders   Permission = "review orders"
	Approve        Permission = "approve"
	Deny           Permission = "make an adverse determination"
	Supervise      Permission = "supervise reviews"
	Correspond     Permission = "read and write messages"
	FileAppeals    Permission = "ask for a reconsideration or an appeal"
	HandleLetters  Permission = "handle letters"
	ManageOffice   Permission = "manage an organization"
	ManageProgram  Permission = "administer the program"
	ReadAudit      Permission = "read the audit"
	ImportData     Permission = "import data"
	ActOnBehalf    Permission = "take requests for an office"
	HandleFaxes    Permission = "put faxes on orders"
	HandlePrivacy  Permission = "handle privacy incidents"
)

var may = map[Role][]Permission{
	OfficeStaff: {ReadOrders, Correspond, FileAppeals, ReadClinical, SendRequests, AnswerClinical, BookCalls},
	Clinician:   {ReadOrders, Correspond, FileAppeals, ReadClinical, SendRequests, AnswerClinical, BookCalls},
	OrgAdmin:    {ReadOrders, Correspond, FileAppeals, ReadClinical, SendRequests, AnswerClinical, BookCalls, ManageOffice},
	Site:        {ReadOrders},
	Nurse:       {ReadOrders, Correspond, FileAppeals, HandleLetters, ReadClinical, AnswerClinical, ReviewOrders, Approve, ActOnBehalf, HandleFaxes},
	Physician:   {ReadOrders, Correspond, HandleLetters, ReadClinical, ReviewOrders, Approve, Deny, HoldCalls},
	Scheduler:   {ReadOrders, BookCalls, ConfirmCalls},
	Intake:      {ReadOrders, Correspond, FileAppeals, HandleLetters, AnswerClinical, ActOnBehalf, HandleFaxes},
	Appeals:     {ReadOrders, Correspond, FileAppeals, HandleLetters, ReadClinical},
	Supervisor:  {ReadOrders, Correspond, FileAppeals, HandleLetters, ReadClinical, AnswerClinical, ReviewOrders, Supervise, BookCalls, ConfirmCalls, ActOnBehalf, HandleFaxes},
	Admin:       {ManageProgram, ReadAudit, ImportData, HandlePrivacy},
	Auditor:     {ReadOrders, ReadAudit},
	assistant:   {ReadOrders, Correspond, ReadClinical, SendRequests, AnswerClinical},
	program:     {ReadOrders, BookCalls, ConfirmCalls, ImportData, Approve, AnswerClinical},
}

// A Side is where a role works. Each side has pages of its own.
type Side string

// Sides of the house.
const (
	Portal Side = "portal" // a provider's office or site
	Review Side = "review" // utilization management
	Manage Side = "admin"  // operators and auditors
)

// Side says where r works.
func (r Role) Side() Side {
	switch r {
	case OfficeStaff, Clinician, OrgAdmin, Site, assistant:
		return Portal
	case Admin, Auditor:
		return Manage
	}
	return Review
}

// Words is what an office reads for r within its organization.
func (r Role) Words() words.Text {
	switch r {
	case OfficeStaff:
		return "Staff"
	case Clinician:
		return "Clinician"
	case OrgAdmin:
		return "Administrator"
	case Site:
		return "Rendering site"
	}
	return words.AsIs(string(r))
}

// A Seat is one role of a person in one organization.
type Seat struct {
	OrganizationID, Organization string
	Role                         Role
	LocationID                   string // "" for all of the organization's locations
	PractitionerID               string // the clinician this person is, if one
	Sees                         string // "all", "location" or "own": which of the organization's orders
	Limited                      bool   // to their own orders, until they are known to belong there
	MailedCodes                  bool   // the organization lets its people use a mailed code
}

// A Scope limits staff to a plan, a program or both; "" means any.
type Scope struct{ PlanID, ProgramID string }

// An Actor is who acts: a person in all their seats, or the program itself.
// The zero Actor is nobody and may do nothing.
type Actor struct {
	ID       PersonID
	Name     string // "Maria Chen"
	Email    string
	Zone     string         // IANA name the person chose; "" if not asked yet
	Theme    string         // "", "light" or "dark"
	Language words.Language // "" for what their browser asks for
	Seats    []Seat
	Scopes   []Scope    // staff only; none means every plan and program
	Verified bool       // a second factor was given in this session
	Assists  *Assisting // for whom staff act at the moment; nil for everybody else
	System   string     // by whose key a comes in, such as "Elm EHR"; "" for a person
	Viewed   *Viewing   // who sees through a's eyes, and may change nothing; nil for everybody else
}

// Program is Parley itself, acting by a rule or a clock. A person can never be it.
func Program() Actor {
	return Actor{ID: "program", Name: "Parley", Verified: true, Seats: []Seat{{Role: program}}}
}

// Speaker is who speaks in one call, whom a personal link and a code let in.
// They have no account and no role: what they may do with that call, and
// nothing else, package peer says.
func Speaker(call, name string) Actor {
	return Actor{ID: speakerPrefix + PersonID(call), Name: name, Verified: true}
}

// speakerPrefix tells speakers from people, whose ids begin with "per_".
const speakerPrefix PersonID = "speaker:"

// Speaks reports whether a is the speaker of the call with this id.
func (a Actor) Speaks(call string) bool { return a.ID == speakerPrefix+PersonID(call) }

// IsProgram reports whether a is the program itself.
func (a Actor) IsProgram() bool { return a.Has(program) }

// Known reports whether a is anyone at all.
func (a Actor) Known() bool { return a.ID != "" }

// Has reports whether a has any of the roles.
func (a Actor) Has(roles ...Role) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool { return slices.Contains(roles, s.Role) })
}

// On reports whether a has a role that works on side s.
func (a Actor) On(s Side) bool {
	return slices.ContainsFunc(a.Seats, func(seat Seat) bool { return seat.Role != program && seat.Role.Side() == s })
}

// Can reports whether any of a's roles has permission p.
func (a Actor) Can(p Permission) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool { return slices.Contains(may[s.Role], p) })
}

// Must returns a Denied fault unless a can p.
func (a Actor) Must(p Permission) error {
	if a.Can(p) {
		return nil
	}
	return fault.New(fault.Denied, "Your role doesn't let you %s. Ask your administrator.", p)
}

// IsStaff reports whether a works for the utilization-management organization.
func (a Actor) IsStaff() bool { return a.On(Review) || a.On(Manage) || a.IsProgram() }

// ActsFor reports whether a has a seat on the portal in the organization.
func (a Actor) ActsFor(organizationID string) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool {
		return s.Role.Side() == Portal && s.OrganizationID == organizationID
	})
}

// ReadsOf reports whether a, on the portal, reads what somebody of the
// organization asked there: a colleague's too, but for whom is limited to their
// own.
func (a Actor) ReadsOf(organizationID string, id PersonID) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool {
		return s.Role.Side() == Portal && s.OrganizationID == organizationID && (!s.Limited || id == a.ID)
	})
}

// Covers reports whether a, as staff, works on the plan and program.
func (a Actor) Covers(planID, programID string) bool {
	if !a.IsStaff() {
		return false
	}
	if len(a.Scopes) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Scopes, func(s Scope) bool {
		return (s.PlanID == "" || s.PlanID == planID) && (s.ProgramID == "" || s.ProgramID == programID)
	})
}

// Seat returns the first seat, which says where a's home is. The zero Seat
// if there is none.
func (a Actor) Seat() Seat {
	if len(a.Seats) == 0 {
		return Seat{}
	}
	return a.Seats[0]
}

// Audit begins an audit entry in a's name, which says for whom they act.
func (a Actor) Audit(action, kind, id string) audit.Entry {
	name := a.Name
	if a.Assists != nil {
		name += " for " + a.Assists.Organization + " by " + a.Assists.Channel
	}
	if a.System != "" {
		name += " by " + a.System
	}
	if a.Viewed != nil { // it is they who read
		return audit.Entry{ActorID: string(a.Viewed.ByID), ActorName: a.Viewed.ByName + " as " + a.Name + " sees it", Action: action, Kind: kind, ObjectID: id}
	}
	return audit.Entry{ActorID: string(a.ID), ActorName: name, Action: action, Kind: kind, ObjectID: id}
}
