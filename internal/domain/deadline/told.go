package deadline

import (
	"strconv"
	"strings"
)

// A Told is one thing that a pack says, in words: what it is about, and what it
// says of it.
type Told struct{ About, Words string }

// Tell is all that a pack says, in words, so that two versions can be compared
// by what they mean.
func (p *Pack) Tell() []Told {
	until := "No end"
	if !p.To.IsZero() {
		until = p.To.String()
	}
	all := []Told{{"Version", p.Version}, {"Name", p.Name.String()}, {"Basis", p.Basis}, {"Source", p.Source}, {"First day", p.From.String()}, {"Last day", until}, {"States", join(p.States, "All")}}
	for _, r := range p.Rules {
		for _, t := range r.Tell() {
			all = append(all, Told{"Rule " + r.ID + ": " + t.About, t.Words})
		}
	}
	n := map[RightKind]int{}
	for _, r := range p.Rights {
		name := "Right " + strings.ReplaceAll(string(r.Kind), "_", " ")
		if n[r.Kind]++; n[r.Kind] > 1 {
			name += " " + strconv.Itoa(n[r.Kind])
		}
		for _, t := range r.Tell() {
			all = append(all, Told{name + ": " + t.About, t.Words})
		}
	}
	return all
}

// Tell is what a rule says, in words.
func (r Rule) Tell() []Told {
	var kinds []string
	for _, k := range r.Kinds {
		kinds = append(kinds, k.Words())
	}
	channel := map[string]string{"": "Any way", "electronic": "Electronically", "other": "By phone, fax or mail"}[r.Channel]
	all := []Told{{"requests", join(kinds, "")}, {"they came", channel}, {"decided within", r.Within.String()}, {"in words", r.Sentence.String()}, {"citation", r.Citation}}
	if r.Late != "" {
		all = append(all, Told{"if late", r.Late.String()})
	}
	all = append(all, r.Missing.tell()...)
	if e := r.Extension; e != nil {
		all = append(all, Told{"can be extended by", e.By.String()}, Told{"grounds to extend", join(e.Grounds, "")}, Told{"grounds in Spanish", join(e.Spanish, "Not said")}, Told{"extension in words", e.Sentence}, Told{"extension citation", e.Citation})
	}
	return all
}

func (m Missing) tell() []Told {
	effect := map[Effect]string{"": "The clock runs on", Runs: "The clock runs on", Pauses: "The clock pauses until the answer", Restarts: "The clock begins again with the answer"}[m.Effect]
	all := []Told{{"when information is asked for", effect}}
	for _, one := range []struct {
		about string
		a     Amount
	}{{"asked for within", m.AskWithin}, {"the office has at least", m.AnswerWithin}, {"left after the answer", m.Then}} {
		if one.a.N > 0 {
			all = append(all, Told{one.about, one.a.String()})
		}
	}
	if m.MayClose {
		all = append(all, Told{"without an answer", "It may be closed without a decision"})
	}
	if m.Sentence != "" {
		all = append(all, Told{"asking in words", m.Sentence.String()})
	}
	if m.Citation != "" {
		all = append(all, Told{"asking citation", m.Citation})
	}
	return all
}

// Tell is what a right says, in words.
func (r Right) Tell() []Told {
	within, takes := "No end", "Not said"
	if r.Within.N > 0 {
		within = r.Within.String()
	}
	if r.Takes.N > 0 {
		takes = r.Takes.String()
	}
	all := []Told{{"within", within}, {"answered within", takes}, {"in English", r.Sentence}, {"in Spanish", r.Spanish}, {"citation", r.Citation}}
	if r.After != "" {
		all = append(all, Told{"after", strings.ReplaceAll(string(r.After), "_", " ")})
	}
	return all
}

func join(all []string, none string) string {
	if len(all) == 0 {
		return none
	}
	return strings.Join(all, ", ")
}
