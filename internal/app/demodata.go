package app

import (
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/review"
	"parley/internal/words"
)

// The demo's data. Phone numbers are from the range reserved for fiction,
// addresses end in .example (RFC 2606), and no patient could be mistaken for
// a person.

type demoPlan struct {
	plan.Plan
	lines []plan.Line
}

func demoLine(code, name string, days int, effect string) plan.Line {
	again := 0 // where a call can't change a decision, only an appeal does
	if effect == "change" {
		again = 14
	}
	return plan.Line{ReconsiderationDays: again, Code: code, Name: name, DecisionDays: days, UrgentHours: 72, CallEffect: effect, CallWindowDays: 5, CallBusiness: true, CallsPerCase: 1, Peers: "MD,DO,NP,PA"}
}

var demoPlans = []demoPlan{
	{plan.Plan{Code: "harbor", Name: "Harbor Health Plan", PayerID: "HBR01", TimeZone: "America/Chicago", Phone: "(800) 555-0142", Hours: "Monday to Friday, 7 AM to 7 PM CT", Opens: 7 * 60, Closes: 19 * 60, Unmatched: true,
		Address: "100 Harbor Way\nAustin, TX 78701", AppealAddress: "Appeals, 100 Harbor Way\nAustin, TX 78701", AppealFax: "(800) 555-0143"},
		[]plan.Line{demoLine("commercial", "Commercial", 15, "change"), demoLine("medicare_advantage", "Medicare Advantage", 7, "discussion")}},
	{plan.Plan{Code: "summit", Name: "Summit Community Care", PayerID: "SMT01", TimeZone: "America/New_York", Phone: "(800) 555-0151", Hours: "Monday to Friday, 8 AM to 6 PM ET", Opens: 8 * 60, Closes: 18 * 60,
		Address: "200 Summit Street\nAlbany, NY 12207", AppealAddress: "Appeals, 200 Summit Street\nAlbany, NY 12207", AppealFax: "(800) 555-0152"},
		[]plan.Line{demoLine("medicaid", "Medicaid", 7, "change")}},
	{plan.Plan{Code: "prairie", Name: "Prairie Mutual", PayerID: "PRA01", TimeZone: "America/Denver", Phone: "(800) 555-0163", Hours: "Monday to Friday, 8 AM to 5 PM MT", Opens: 8 * 60, Closes: 17 * 60,
		Address: "300 Prairie Road\nDenver, CO 80202", AppealAddress: "Appeals, 300 Prairie Road\nDenver, CO 80202", AppealFax: "(800) 555-0164"},
		[]plan.Line{demoLine("commercial", "Commercial", 15, "change"), demoLine("marketplace", "Marketplace", 15, "change")}},
}

func demoProgram(code, name, description string, minutes int, confirm, specialty string) plan.Program {
	return plan.Program{Specialty: specialty, Code: code, Name: name, Description: description, SlotMinutes: minutes, Confirm: confirm, LookAheadDays: 10, HoldMinutes: 5, NoticeMinutes: 60,
		Distribution: "p2p-" + code + "@um.example", CallFrom: "(800) 555-0199"}
}

var demoPrograms = []plan.Program{
	demoProgram("msk", "Musculoskeletal", "Joints, spine and pain", 30, "instant", "Orthopedic surgery"),
	demoProgram("radiology", "Radiology", "Imaging", 30, "instant", "Radiology"),
	demoProgram("cardiology", "Cardiology", "Heart and vessels", 30, "instant", "Cardiology"),
	demoProgram("sleep", "Sleep", "Sleep studies and devices", 15, "instant", "Sleep medicine"),
	demoProgram("general", "General services", "Everything without a program of its own", 30, "instant", ""), // what imported requests go to
	demoProgram("dme", "Durable medical equipment", "Wheelchairs and other equipment", 60, "staff", "Physical medicine"),
}

type demoOffice struct {
	key string
	account.Organization
	locations []provider.Location
	doctors   []provider.Practitioner
}

var demoOffices = []demoOffice{
	{"cedar", account.Organization{Kind: "office", Name: "Cedar Orthopedics", NPI: "1234567893", TIN: "000000001", Phone: "(555) 555-0147", Sees: "all"},
		[]provider.Location{
			{Name: "Main Street", Line: "10 Sample Street", City: "Exampleville", State: "TX", ZIP: "00001", Phone: "(555) 555-0147", Fax: "(555) 555-0148", TimeZone: "America/Chicago"},
			{Name: "Lakeside", Line: "20 Sample Street", City: "Exampleville", State: "TX", ZIP: "00002", Phone: "(555) 555-0149", TimeZone: "America/Chicago"}},
		[]provider.Practitioner{
			{NPI: "1043209923", First: "Ada", Last: "Okafor", Credential: "MD", Specialty: "Orthopedic surgery", Phone: "(555) 555-0131"},
			{NPI: "1114905540", First: "Jonah", Last: "Pham", Credential: "DO", Specialty: "Orthopedic surgery", Phone: "(555) 555-0132"},
			{NPI: "1508831082", First: "Mina", Last: "Castro", Credential: "DO", Specialty: "Sports medicine", Phone: "(555) 555-0133"}}},
	{"birch", account.Organization{Kind: "office", Name: "Birch Cardiology", TIN: "000000002", Phone: "(555) 555-0121", Sees: "location"},
		[]provider.Location{{Name: "Downtown", Line: "1 Example Avenue", City: "Sampleton", State: "IL", ZIP: "00003", Phone: "(555) 555-0121", TimeZone: "America/Chicago"}},
		[]provider.Practitioner{{NPI: "1205839764", First: "Mara", Last: "Lindqvist", Credential: "MD", Specialty: "Cardiology", Phone: "(555) 555-0122"}}},
	{"willow", account.Organization{Kind: "office", Name: "Willow Family Medicine", TIN: "000000003", Phone: "(555) 555-0111", Sees: "own", MailedCodes: true},
		[]provider.Location{{Name: "Desert Road", Line: "5 Fixture Road", City: "Testburg", State: "AZ", ZIP: "00004", Phone: "(555) 555-0111", TimeZone: "America/Phoenix"}},
		[]provider.Practitioner{{NPI: "1306849450", First: "Theo", Last: "Abara", Credential: "NP", Specialty: "Family medicine", Phone: "(555) 555-0112"}}},
	{"maple", account.Organization{Kind: "office", Name: "Maple Sleep and Lung", TIN: "000000004", Phone: "(555) 555-0171", Sees: "all"},
		[]provider.Location{{Name: "Hill Campus", Line: "7 Mock Lane", City: "Fixtureford", State: "OH", ZIP: "00005", Phone: "(555) 555-0171", TimeZone: "America/New_York"}},
		[]provider.Practitioner{{NPI: "1407842065", First: "Ines", Last: "Castellan", Credential: "MD", Specialty: "Sleep medicine", Phone: "(555) 555-0172"}}},
	{"imaging", account.Organization{Kind: "site", Name: "Cedar Valley Imaging", TIN: "000000005", Phone: "(555) 555-0181", Sees: "all"},
		[]provider.Location{{Name: "Valley", Line: "9 Scanner Way", City: "Exampleville", State: "TX", ZIP: "00001", Phone: "(555) 555-0181", TimeZone: "America/Chicago"}}, nil},
	{"um", account.Organization{Kind: "um", Name: "Parley Utilization Management", TIN: "000000009", Phone: "(800) 555-0199", Sees: "all"}, nil, nil},
}

type demoPersonData struct {
	email, first, last, credential, phone string
	office                                string
	role                                  account.Role
	location                              int // from 1; 0 for all
}

var demoPeople = []demoPersonData{
	{"maria.chen@cedar.example", "Maria", "Chen", "", "(555) 555-0147", "cedar", account.OfficeStaff, 0},
	{"jess.moreno@cedar.example", "Jess", "Moreno", "", "(555) 555-0149", "cedar", account.OfficeStaff, 2},
	{"ada.okafor@cedar.example", "Ada", "Okafor", "MD", "(555) 555-0131", "cedar", account.Clinician, 0},
	{"dana.cole@cedar.example", "Dana", "Cole", "", "(555) 555-0141", "cedar", account.OrgAdmin, 0},
	{"nina.patel@birch.example", "Nina", "Patel", "", "(555) 555-0121", "birch", account.OfficeStaff, 0},
	{"luis.ortega@willow.example", "Luis", "Ortega", "", "(555) 555-0111", "willow", account.OfficeStaff, 0},
	{"greta.olsen@maple.example", "Greta", "Olsen", "", "(555) 555-0171", "maple", account.OfficeStaff, 0},
	{"tess.romero@imaging.example", "Tess", "Romero", "", "(555) 555-0181", "imaging", account.Site, 0},
	{"aisha.bello@um.example", "Aisha", "Bello", "RN", "(800) 555-0199", "um", account.Nurse, 0},
	{"erik.lind@um.example", "Erik", "Lind", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"sofia.marsh@um.example", "Sofia", "Marsh", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"kenji.mori@um.example", "Kenji", "Mori", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"leila.haddad@um.example", "Leila", "Haddad", "DO", "(800) 555-0199", "um", account.Physician, 0},
	{"paul.ngata@um.example", "Paul", "Ngata", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"clara.voss@um.example", "Clara", "Voss", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"ravi.menon@um.example", "Ravi", "Menon", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"hana.kealoha@um.example", "Hana", "Kealoha", "MD", "(800) 555-0199", "um", account.Physician, 0},
	{"sam.brooks@um.example", "Sam", "Brooks", "", "(800) 555-0199", "um", account.Scheduler, 0},
	{"rosa.imani@um.example", "Rosa", "Imani", "", "(800) 555-0199", "um", account.Intake, 0},
	{"ben.carver@um.example", "Ben", "Carver", "", "(800) 555-0199", "um", account.Appeals, 0},
	{"priya.raman@um.example", "Priya", "Raman", "", "(800) 555-0199", "um", account.Supervisor, 0},
	{"omar.diallo@um.example", "Omar", "Diallo", "", "(800) 555-0199", "um", account.Admin, 0},
	{"lee.fontaine@um.example", "Lee", "Fontaine", "", "(800) 555-0199", "um", account.Auditor, 0},
}

type demoHours struct {
	days     []time.Weekday
	from, to int // hours
}

type demoReviewer struct {
	email string
	review.Reviewer
	programs []string
	hours    []demoHours
}

var (
	weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	early    = []demoHours{{weekdays, 8, 12}}
	late     = []demoHours{{weekdays, 13, 17}}
	midday   = []demoHours{{[]time.Weekday{time.Monday, time.Wednesday, time.Friday}, 10, 14}}
)

func licenses(states ...string) []review.License {
	var all []review.License
	for _, s := range states {
		all = append(all, review.License{State: s, Number: s + "-00" + string(rune('1'+len(all))) + "234"})
	}
	return all
}

func physician(specialty, zone string, states ...string) review.Reviewer {
	return review.Reviewer{Specialty: specialty, TimeZone: zone, Physician: true, Licenses: licenses(states...)}
}

func speaking(language string, r review.Reviewer) review.Reviewer {
	r.Languages = []string{language}
	return r
}

var demoReviewers = []demoReviewer{
	{"erik.lind@um.example", physician("Orthopedic surgery", "America/Chicago", "TX", "IL"), []string{"msk", "dme", "general"}, early},
	{"sofia.marsh@um.example", speaking("Spanish", physician("Orthopedic surgery", "America/New_York", "OH", "NY", "TX")), []string{"msk", "dme", "radiology", "general"}, late},
	{"kenji.mori@um.example", physician("Radiology", "America/Los_Angeles", "CA", "AZ"), []string{"radiology"}, early},
	{"leila.haddad@um.example", physician("Cardiology", "America/Chicago", "IL", "TX"), []string{"cardiology"}, late},
	{"paul.ngata@um.example", physician("Cardiology", "America/Denver", "CO", "AZ"), []string{"cardiology", "radiology"}, midday},
	{"clara.voss@um.example", physician("Sleep medicine", "America/New_York", "OH", "NY"), []string{"sleep"}, early},
	{"ravi.menon@um.example", physician("Family medicine", "America/Phoenix", "AZ", "TX"), []string{"sleep", "dme", "msk", "general"}, midday},
	{"hana.kealoha@um.example", physician("Physical medicine", "Pacific/Honolulu", "HI", "CA"), []string{"msk", "dme"}, early},
	{"aisha.bello@um.example", review.Reviewer{Specialty: "Nursing", TimeZone: "America/Chicago", Licenses: licenses("TX")}, []string{"msk", "radiology", "cardiology", "sleep", "dme"}, nil},
}

// demoLaw is what two states ask of calls, as far as the demo shows it. It is
// data: an installation has its own, checked by its own lawyers.
var demoLaw = []peer.Rule{
	texasMatch("commercial"), texasMatch("marketplace"),
	{State: "OH", Code: "oh_consent", From: civil.Date{Year: 2020, Month: time.January, Day: 1}, Citation: "Ohio R.C. 3923.041, 1751.72, 5160.34",
		Sentence: "Ohio asks for the member’s consent before this call.", Statement: "The member consents to this call"},
}

func texasMatch(line string) peer.Rule {
	return peer.Rule{State: "TX", Line: line, Code: "tx_match", From: civil.Date{Year: 2020, Month: time.January, Day: 1}, NeedsTier: peer.TierLicensed, Citation: "28 TAC §19.1710",
		Sentence:  "Texas asks that the reviewer be licensed in Texas and of the same or a similar specialty, and no such reviewer has a free time before your deadline.",
		Statement: "The physician knows and wants to go ahead"}
}

var demoFirst = []string{"Rosa", "Calvin", "Imogen", "Dexter", "Yolanda", "Quincy", "Beatrix", "Otis", "Marigold", "Ferdinand", "Leonora", "Barnaby", "Winifred", "Horatio"}

var demoLast = []string{"Sampleton", "Testwell", "Mockingham", "Placeholder", "Fixturez", "Dummont", "Exemplar", "Protos", "Specimen", "Fauxman", "O'Sample", "Synthova", "Testa-Demo", "Pretender", "Standin", "Madeup", "Imaginez"}

type demoService struct {
	program, system, code, wording, diagnosis, because string
	units                                              int
	unit                                               string
}

// demoServices carry our own short wording, never a licensed descriptor.
var demoServices = []demoService{
	{"msk", "CPT", "72148", "MRI, lower back", "M54.50", "Low back pain", 1, ""},
	{"msk", "CPT", "29881", "Knee arthroscopy", "M23.204", "Meniscus tear", 1, ""},
	{"msk", "CPT", "27447", "Knee replacement", "M17.11", "Arthritis of the right knee", 1, ""},
	{"radiology", "CPT", "70551", "MRI, brain", "R51.9", "Headache", 1, ""},
	{"radiology", "CPT", "74177", "CT, belly and pelvis", "R10.9", "Belly pain", 1, ""},
	{"cardiology", "CPT", "93306", "Heart ultrasound", "R01.1", "Heart murmur", 1, ""},
	{"cardiology", "CPT", "78452", "Heart stress imaging", "I25.10", "Coronary artery disease", 1, ""},
	{"sleep", "CPT", "95810", "Sleep study in a lab", "G47.33", "Sleep apnea", 1, ""},
	{"sleep", "HCPCS", "E0601", "CPAP machine", "G47.33", "Sleep apnea", 3, "months"},
	{"dme", "HCPCS", "K0861", "Power wheelchair", "G82.20", "Paraplegia", 1, ""},
	{"msk", "CPT", "97110", "Therapy exercises", "M54.50", "Low back pain", 12, "visits"},
}

// demoMoves is what the history of an order says of how it came to a status.
var demoMoves = map[order.Status]words.Text{
	order.NurseReview: "A nurse took up the case.", order.DoctorReview: "Sent to a physician.",
	order.Withdrawn: "The office withdrew it.", order.Closed: "Closed: the member's coverage ended before the service.", order.Voided: "Entered in error.",
	order.NotRequired: "This plan doesn't ask for authorization for this service.", order.NotDelegated: "The plan reviews this service itself.",
}
