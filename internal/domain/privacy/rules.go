package privacy

import (
	"time"

	"parley/internal/domain/civil"
	"parley/internal/fault"
)

// A Notice is one that a breach asks for.
type Notice struct {
	Kind   string // one of Notices
	Due    civil.Date
	DoneOn civil.Date // zero while it isn't
	Doer   string
}

// Kinds of notice.
const (
	ToPeople = "people"
	ToMedia  = "media"
	ToHHS    = "hhs"
)

// Notices in the order people read them, with their rules.
var Notices = []struct{ Kind, Words, Rule string }{
	{ToPeople, "To each person", "Without unreasonable delay, at most 60 days after discovery: 45 CFR 164.404"},
	{ToMedia, "To the media", "As for the people, where more than 500 of one state are concerned: 45 CFR 164.406"},
	{ToHHS, "To HHS", "With the notice to the people for 500 or more; for fewer, within 60 days after the end of the calendar year: 45 CFR 164.408"},
}

// Large is how many people a breach concerns for which HHS hears at once (45 CFR
// 164.408). For more than that the media hear too if they are of one state
// (164.406): we don't know of which state people are, so whoever handles it sees.
const Large = 500

// most is how many days after discovery the notices are due.
const most = 60

// Due are the notices of a breach that concerns so many people and was
// discovered on a day.
func Due(people int, discovered civil.Date) []Notice {
	by := discovered.AddDays(most)
	all := []Notice{{Kind: ToPeople, Due: by}}
	if people > Large {
		all = append(all, Notice{Kind: ToMedia, Due: by})
	}
	if people < Large {
		by = civil.Date{Year: discovered.Year, Month: time.December, Day: 31}.AddDays(most)
	}
	return append(all, Notice{Kind: ToHHS, Due: by})
}

// check says what a judgment lacks.
func (j Judged) check() error {
	f := fault.Fields{}
	f.Check(j.People >= 0 && j.People <= 100_000_000, "people", "Enter how many people, in digits")
	f.Check(j.Outcome == "" || j.Outcome == NoBreach || j.Outcome == Breach, "outcome", "Select what it is")
	for _, one := range []struct{ field, text string }{{"done", j.Done}, {"nature", j.Nature}, {"recipient", j.Recipient}, {"acquired", j.Acquired}, {"mitigated", j.Mitigated}, {"outcome_why", j.OutcomeWhy}} {
		f.Check(len([]rune(one.text)) <= MostText, one.field, "This must be 4,000 characters or less")
	}
	if j.Outcome != "" {
		f.Check(j.OutcomeWhy != "", "outcome_why", "Say why")
	}
	if j.Outcome == NoBreach { // the burden of proof is ours: 164.414(b)
		f.Check(j.Nature != "", "nature", "Say what data it was: without all four factors it counts as a breach")
		f.Check(j.Recipient != "", "recipient", "Say who had it: without all four factors it counts as a breach")
		f.Check(j.Acquired != "", "acquired", "Say whether it was seen: without all four factors it counts as a breach")
		f.Check(j.Mitigated != "", "mitigated", "Say how the risk was reduced: without all four factors it counts as a breach")
	}
	f.Check(j.Outcome != Breach || j.People > 0, "people", "Enter how many people: the notices depend on it")
	return f.Err()
}
