package plan

import (
	"slices"
	"strings"
	"time"

	"parley/internal/words"
)

// A Reminder comes before a call.
type Reminder struct {
	Name   string // "24h"
	Before time.Duration
}

// Reminders are those that there can be, the earliest first.
var Reminders = []Reminder{{"24h", 24 * time.Hour}, {"1h", time.Hour}, {"15m", 15 * time.Minute}}

// NoReminders is what a program says that reminds nobody of its calls.
const NoReminders = "none"

// reminderWords are what offices read of each choice of reminders.
var reminderWords = map[string]words.Text{
	"":          "We send a reminder a day, an hour and 15 minutes before.",
	"24h,1h":    "We send a reminder a day and an hour before.",
	"24h,15m":   "We send a reminder a day and 15 minutes before.",
	"1h,15m":    "We send a reminder an hour and 15 minutes before.",
	"24h":       "We send a reminder a day before.",
	"1h":        "We send a reminder an hour before.",
	"15m":       "We send a reminder 15 minutes before.",
	NoReminders: "",
}

// Reminds are the reminders of the program's calls, the earliest first.
func (p Program) Reminds() []Reminder {
	if p.Reminders == "" {
		return Reminders
	}
	names := strings.Split(p.Reminders, ",")
	return slices.DeleteFunc(slices.Clone(Reminders), func(r Reminder) bool { return !slices.Contains(names, r.Name) })
}

// RemindWords tells an office when it is reminded of a call; "" where it isn't.
func (p Program) RemindWords() words.Text { return reminderWords[p.Reminders] }

func (p Program) knowsReminders() bool {
	_, ok := reminderWords[p.Reminders]
	return ok
}
