package gallery

import (
	"time"

	"github.com/a-h/templ"

	"parley/internal/web/ui"
	"parley/internal/words"
)

const (
	long    = "Krankenversicherungsgenehmigungsverfahrensunterlagen"
	hostile = `<script>alert("x")</script> & "quotes"`
)

var (
	help    = ui.HelpLine{Phone: "(800) 555-0142", Hours: "Monday to Friday, 7 AM to 7 PM CT"}
	alvarez = ui.Patient{Name: "Rosa Alvarez", Born: "04/28/1986 (40)", MemberID: "HHP ···4417", Plan: "Harbor PPO"}
	steps   = []ui.Step{{Label: "Patient and plan"}, {Label: "Order"}, {Label: "Providers"}, {Label: "Clinical"}, {Label: "Review"}}
)

func shell(theme string) ui.Shell {
	return ui.Shell{
		Title: "Components",
		Theme: theme,
		Nav: []ui.NavItem{
			{Text: "Home", Href: "#"}, {Text: "New request", Href: "#"}, {Text: "Orders", Href: "#", Current: true},
			{Text: "Peer-to-peer", Href: "#"}, {Text: "Messages", Href: "#", Count: 3},
			{Text: "Reports", Href: "#"}, {Text: "Help", Href: "#"},
		},
		Person:     &ui.Person{Name: "Maria Santos", Organization: "Cedar Orthopedics", Role: "Office staff"},
		SiteAlert:  &ui.SiteAlert{Heading: "Maintenance on Sunday.", Text: "Sending requests will be paused on Sun, Nov 29, 12:30 to 1:00 PM CT. Lookups stay open."},
		DemoData:   true,
		Help:       help,
		Version:    "0.1.0",
		Idle:       ui.Idle{After: 15 * time.Minute, Warn: 2 * time.Minute},
		Crumbs:     []ui.Link{{Text: "Home", Href: "#"}, {Text: "Orders", Href: "#"}, {Text: "Order 136 930 6954"}},
		ShowSearch: true,
		Now:        at(14),
	}
}

var problems = []ui.FieldError{
	{Field: "npi", Text: "NPI must be 10 digits"},
	{Field: "dob", Text: "Year must include 4 numbers"},
	{Field: "describe", Text: "Select what describes you"},
	{Text: "We couldn't reach the eligibility service for Harbor Health Plan"},
}

var tags = []struct {
	kind ui.TagKind
	text words.Text
}{
	{ui.TagInfo, "In review"},
	{ui.TagSuccess, "Approved"},
	{ui.TagWarning, "More information needed"},
	{ui.TagError, "Denied"},
	{ui.TagNeutral, "Withdrawn"},
	{ui.TagP2P, "Call confirmed"},
}

var clockViews = []ui.ClockView{
	{State: "on_track", Text: "Due in 7 days", Due: "Mon, Nov 30, 2:14 PM CT", At: at(14 + 7*24)},
	{State: "due_soon", Text: "Due in 1 day 4 h", Due: "Tomorrow, 6:00 PM CT", At: at(18 + 24)},
	{State: "at_risk", Text: "Due in 3 h 50 min", Due: "Today, 6:00 PM CT", At: at(18)},
	{State: "overdue", Text: "Overdue by 2 h", Due: "Today, 12:00 PM CT", At: at(12)},
	{State: "paused", Text: "Waiting for the provider since Nov 23, 2:10 PM CT"},
	{State: "met", Text: "2 h early"},
	{State: "none"},
}

func summary() []ui.SummaryRow {
	return []ui.SummaryRow{
		{Key: "Procedure", Content: service("MRI lumbar spine without contrast", "72148"), ChangeHref: "#", ChangeWhat: "procedure"},
		{Key: "Ordering physician", Value: "Dr. Ada Okafor, Cedar Orthopedics", ChangeHref: "#", ChangeWhat: "ordering physician"},
		{Key: "Address", Value: "1200 Main Street\nSuite 4\nSpringfield, IL 62701", ChangeHref: "#", ChangeWhat: "address"},
		{Key: "Status", Content: ui.Tag(ui.TagInfo, "In review")},
		{Key: "Fax"},
	}
}

func orders() ui.TableView {
	row := func(number, name, code string, tag templ.Component, clock ui.ClockView) ui.Row {
		return ui.Row{Cells: []templ.Component{orderLink(number), ui.Text("R. Alvarez"), service(name, code), tag, ui.ClockChip(clock)}}
	}
	return ui.TableView{
		Caption: "214 orders, soonest due first, updated 2:14 PM CT",
		Columns: []ui.Column{
			{Header: "Order"}, {Header: "Patient", Sort: "#"}, {Header: "Service"},
			{Header: "Status", Sort: "#"}, {Header: "Decision due", Sort: "#", Sorted: "ascending"},
		},
		Rows: []ui.Row{
			row("136 930 6954", "MRI lumbar spine without contrast", "72148", ui.Tag(ui.TagWarning, "More information needed"), clockViews[3]),
			row("204 811 7309", "Knee arthroscopy", "29881", ui.Tag(ui.TagInfo, "In review"), clockViews[2]),
			row("136 930 7020", "Physical therapy, 12 visits", "97110", ui.Tag(ui.TagSuccess, "Approved in part"), clockViews[5]),
			row("551 900 2348", "CT abdomen and pelvis with contrast", "74177", ui.Tag(ui.TagError, "Denied"), clockViews[4]),
		},
	}
}

func compact() ui.TableView {
	row := func(when, who, what string) ui.Row {
		return ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(when)), ui.Text(words.AsIs(who)), ui.Text(words.AsIs(what)), orderLink("Open")}}
	}
	return ui.TableView{
		Caption: "Calls this week",
		Compact: true,
		Columns: []ui.Column{{Header: "Time"}, {Header: "Physician"}, {Header: "Order"}, {Header: "Action", Hidden: true}},
		Rows: []ui.Row{
			row("Mon, 2:00 PM CT", "Dr. Okafor", "136 930 6954"),
			row("Tue, 9:30 AM CT", "Dr. Pham", "204 811 7309"),
			row("Wed, 8:00 AM CT", "Dr. Lind", "136 930 7020"),
		},
	}
}

var moments = []ui.Moment{
	{Title: "Message from Harbor Health Plan", Who: "Aisha Khan, RN", At: at(14), When: "Today, 2:00 PM CT", Text: "Send the therapy notes since Sep 1.", New: true},
	{Title: "Peer-to-peer call confirmed", Who: "Maria Santos", At: at(13), When: "Today, 1:00 PM CT", Body: ui.Tag(ui.TagP2P, "Tue, Nov 24, 9:30 AM CT")},
	{Title: "Request sent", Who: "Maria Santos", At: at(9), When: "Today, 9:00 AM CT"},
}

var days = []ui.Day{
	{Heading: "Monday, Nov 23", Closed: "No times left"},
	{Date: "2026-11-24", Heading: "Tuesday, Nov 24", Slots: []ui.Slot{
		{Value: "s_1002", Text: "9:30 to 10:00 AM", Note: "Same specialty"},
		{Value: "s_1003", Text: "2:00 to 2:30 PM", Chosen: true},
		{Value: "s_1004", Text: "4:00 to 4:30 PM"},
	}, More: &ui.Link{Text: "Show 4 more on Tuesday", Href: "#"}},
	{Date: "2026-11-25", Heading: "Wednesday, Nov 25", Slots: []ui.Slot{
		{Value: "s_0", Text: "10:00 to 10:30 AM", Current: true},
		{Value: "s_1005", Text: "11:00 to 11:30 AM"},
		{Value: "s_1006", Text: "11:30 AM to 12:00 PM", Taken: true},
	}},
	{Heading: "Thursday, Nov 26", Closed: "Closed – Thanksgiving"},
	{Date: "2026-11-27", Heading: "Friday, Nov 27", Slots: []ui.Slot{
		{Value: "s_1007", Text: "8:00 to 8:30 AM"},
		{Value: "s_1008", Text: "12:30 to 1:00 PM"},
	}},
}

var describe = ui.Group{
	Name: "describe", Legend: "What describes you?", Hint: "This decides what you can do here", Error: "Select what describes you",
	Options: []ui.Option{
		{Value: "office", Label: "I work for a provider", Hint: "An office, a group or a hospital"},
		{Value: "doctor", Label: "I am a physician or other clinician", Checked: true, Reveal: ui.TextField(ui.Field{Name: "own_npi", Label: "Your NPI", Width: "md"})},
		{Value: "invited", Label: "I was invited", Reveal: ui.TextField(ui.Field{Name: "invite", Label: "Invite code", Width: "md"})},
	},
}

var contact = ui.Group{
	Name: "contact", Legend: "Add to this call", Small: true,
	Options: []ui.Option{
		{Value: "a", Label: "R. Alvarez, order 136 930 7020", Checked: true},
		{Value: "b", Label: "J. Ortiz, order 204 811 7309", Hint: "Same reviewer, 15 minutes longer"},
	},
}

var zones = []ui.Option{
	{Value: "America/New_York", Label: "Eastern"},
	{Value: "America/Chicago", Label: "Central"},
	{Value: "America/Phoenix", Label: "Arizona (no daylight time)"},
}
