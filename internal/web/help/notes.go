package help

import (
	"time"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// A release is what a version changed for offices.
type release struct {
	version string // "" is the one that runs
	day     civil.Date
	changes []change
}

// A change is one thing that is new, in words of those who use it.
type change struct{ name, what words.Text }

// releases are the versions, the newest first. docs/how-to/add-a-release-note.md
// says what belongs here.
var releases = []release{
	{"", civil.Date{Year: 2026, Month: time.November, Day: 23}, []change{
		{"Report a problem", "Help, Report a problem: say what happened and what you expected. You get a reference. A page that fails leads there by itself."},
		{"Spanish", "Choose Español at the top of any page. Pages and the guide are in both languages."},
		{"Holidays in your language", "Days on which a plan is closed show their name in English or Spanish where you choose a time for a call."},
		{"Messages about an order", "We ask for exactly what is missing; you answer item by item, with files, several people at once. You can ask us about an order too. Notices go by mail, once a day, or not at all: Account, Notices."},
		{"Home shows what needs you", "The soonest first: messages, drafts, files that can't be used, calls of today, and denials that a call can still change. Below is what was decided since your last visit."},
		{"After a denial", "The order compares peer-to-peer, reconsideration, appeal and external review, with who can ask and until when. It says how each criterion stood."},
		{"Letters", "The letters about a decision are pages on the order, and files to print."},
		{"By when we decide", "Each order says when it is due, by which rule, and why that changed."},
		{"Your organization", "Administrators set up locations, people, who sees what, phone and fax numbers, and invite by mail."},
		{"Register", "A new office registers by its NPI or its name. Getting started says where you stand."},
		{"Passkeys", "Sign in with your fingerprint, face or device PIN in place of a password and a code."},
		{"Help", "A search, guides with pictures, contacts that say whether they are open now, guideline changes before they take effect, training and a newsletter."},
	}},
	{"0.1.0", civil.Date{Year: 2026, Month: time.November, Day: 21}, []change{
		{"Orders", "One search box that understands what you paste; filters with counts, saved views and a file for your own lists; and a page for each order with decision, reasons and files."},
		{"Peer-to-peer calls", "Free times in your time zone, booked at once; move a call until an hour before, cancel it until it begins. Calendar entries come by mail."},
		{"Signing in", "A password and a code. A page that isn't used locks, and keeps what you typed."},
	}},
}

// isNew reports whether a release came after the day of the newest that a reader
// has seen. Who reads for the first time is shown no marks.
func (r release) isNew(seen string) bool { return seen != "" && r.day.String() > seen }
