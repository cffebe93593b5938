package guideline

import (
	"parley/internal/words"
	"strings"
)

// An Outcome is what the program may say of a request by itself: that it can
// be approved, or that it needs a person. There is no third value. Denying
// takes a physician (architecture: package review), and nothing in here can
// say it: the zero Outcome needs a person, and only [Version.Evaluate] and its
// like make one that doesn't.
type Outcome struct {
	approval *Approval
	open     []Finding
}

// An Approval is what can be approved.
type Approval struct {
	Guideline string // "Lumbar spine MRI 2026.1"
	ID        string // of the guideline, in whatever version
	Code      string // the service it covers
	Units     int
	Unit      string // "" where the unit is the service itself
	Days      int    // how long it is valid, from the day of the decision
	// Files that must be enclosed before it is approved. What is enclosed is
	// not known here: whoever approves looks.
	Files []FileAsked
}

// CanBeApproved returns what can be approved, false if a person is needed.
func (o Outcome) CanBeApproved() (Approval, bool) {
	if o.approval == nil {
		return Approval{}, false
	}
	return *o.approval, true
}

// NeedsAPerson returns the rules that are not met or not shown, with the
// evidence that would help; none if the request can be approved. It may be
// empty although a person is needed: then the guideline has no terms for the
// service.
func (o Outcome) NeedsAPerson() []Finding { return o.open }

// A Result explains itself: what was found of each criterion, and what comes
// of it.
type Result struct {
	Guideline string
	Finding   Finding // of the whole tree
	Outcome   Outcome
}

// Evaluate weighs answers and facts against the criteria. It is the same for
// the same answers, whatever order they came in.
func (v *Version) Evaluate(f Facts, a Answers) Result {
	r := Result{Guideline: v.Name(), Finding: v.find(v.Criteria, v.state(f, a), f.zone())}
	term, covered := v.term(f.Code)
	if r.Finding.Truth == Met && covered {
		r.Outcome.approval = &Approval{Guideline: v.Name(), ID: v.ID, Code: f.Code, Units: term.Units, Unit: term.Unit, Days: term.Days, Files: v.requiredFiles(f, a)}
		return r
	}
	r.Outcome.open = r.Finding.open()
	return r
}

// A Meter is the side list of criteria while an office answers.
type Meter struct {
	Title                 words.Text // "Criteria for lumbar spine MRI"
	Lines                 []MeterLine
	Met, NotMet, NotShown int
	Sentence              words.Text // what it comes to, so far
	Approve               bool       // whether it can be approved as it stands
}

// A MeterLine is one rule, or several put together: then How says how many of
// them it takes. Needed is false where the request can do without, since
// another way is met already.
type MeterLine struct {
	Criterion ID
	Sentence  string
	Truth     Truth
	Word      words.Text // "Met", "Not met" or "Need more"
	Evidence  string
	Needed    bool
	How       words.Text // "Any of these is enough", "At least 2 of these"; "" for a rule, and where it takes all
	Of        []MeterLine
}

// Meter lists the rules in the order of the guideline, with their words.
func (r Result) Meter(v *Version) Meter {
	m := Meter{Title: words.Say("Criteria for %s", words.Written(strings.ToLower(v.Title[:1])+v.Title[1:]))}
	open := map[ID]bool{}
	for _, f := range r.Outcome.NeedsAPerson() {
		open[f.Criterion] = true
	}
	for _, f := range r.Finding.rules() {
		m.count(f.Truth)
	}
	if root := r.Finding.line(open); root.Sentence == "" {
		m.Lines = root.Of
	} else {
		m.Lines = []MeterLine{root}
	}
	_, m.Approve = r.Outcome.CanBeApproved()
	m.Sentence = r.sentence()
	return m
}

// line is a finding with what is below it.
func (f Finding) line(open map[ID]bool) MeterLine {
	l := MeterLine{Criterion: f.Criterion, Sentence: f.Sentence, Truth: f.Truth, Word: f.Truth.Word(), Evidence: f.Evidence, Needed: f.Truth == Met || open[f.Criterion], How: f.how()}
	for _, one := range f.Of {
		below := one.line(open)
		l.Of = append(l.Of, below)
		l.Needed = l.Needed || below.Needed && below.Truth != Met
	}
	return l
}

// how says how many of the parts of a finding it takes.
func (f Finding) how() words.Text {
	switch f.Kind {
	case AnyOf:
		return "Any of these is enough"
	case AtLeast:
		return words.Say("At least %s of these", f.N)
	case Not:
		return "This must not be so"
	}
	return ""
}

func (m *Meter) count(t Truth) {
	switch t {
	case Met:
		m.Met++
	case NotMet:
		m.NotMet++
	default:
		m.NotShown++
	}
}

// Word is how the meter says it to an office.
func (t Truth) Word() words.Text {
	switch t {
	case Met:
		return "Met"
	case NotMet:
		return "Not met"
	}
	return "Need more"
}

func (r Result) sentence() words.Text {
	if _, ok := r.Outcome.CanBeApproved(); ok {
		return "Based on your answers this can be approved when you send it."
	}
	for _, f := range r.Outcome.NeedsAPerson() {
		if f.Truth == NotShown {
			return words.Say("This may need a review. This could help: %s.", words.Written(f.Evidence))
		}
	}
	return "This needs a review by a person."
}
