package deadline

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/words"
)

//go:embed packs/*.json
var library embed.FS

// shipped are the packs that come with the program. They are read once: a
// mistake in one is found by the tests.
var shipped = mustRead()

// Library are the packs that come with the program, by id, the oldest version
// first. They restate public rules in our own words; each names its source.
func Library() []*Pack { return shipped }

func mustRead() []*Pack {
	entries, err := library.ReadDir("packs")
	var all []*Pack
	for _, e := range entries {
		text, readErr := library.ReadFile("packs/" + e.Name())
		some, packErr := Read(text)
		if err = errors.Join(err, readErr, packErr); err != nil {
			panic(fmt.Errorf("rule packs of %s: %w", e.Name(), err))
		}
		all = append(all, some...)
	}
	return all
}

// Read reads a file of packs, a JSON array, and says what is wrong with the
// first that can't be one.
func Read(text []byte) ([]*Pack, error) {
	var all []*Pack
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return nil, err
	}
	for _, p := range all {
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("pack %q: %w", p.ID, err)
		}
	}
	return all, nil
}

func (p *Pack) check() error {
	switch {
	case p.ID == "" || p.Version == "" || strings.ContainsAny(p.ID+p.Version, "@, "):
		return errors.New("it needs an id and a version without spaces, commas or @")
	case p.Name == "" || p.Source == "" || p.From.IsZero():
		return errors.New("it needs a name, a source and the day from which it holds")
	case p.Basis != "law" && p.Basis != "contract":
		return errors.New("its basis is law or contract")
	case len(p.Rules) == 0:
		return errors.New("it has no rules")
	}
	for _, r := range p.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %q: %w", r.ID, err)
		}
	}
	for _, r := range p.Rights {
		if err := r.check(); err != nil {
			return fmt.Errorf("right %q: %w", r.Kind, err)
		}
	}
	return nil
}

func (r Rule) check() error {
	switch {
	case r.Within.N == 0:
		return errors.New("it says no time")
	case r.Sentence == "" || r.Citation == "":
		return errors.New("it needs a sentence and a citation")
	case len(r.Kinds) == 0:
		return errors.New("it is about no kind of request")
	case !slices.Contains([]string{"", "electronic", "other"}, r.Channel):
		return errors.New("a channel is electronic or other")
	case !slices.Contains([]Effect{"", Runs, Pauses, Restarts}, r.Missing.Effect):
		return errors.New("asking for information runs, pauses or restarts the clock")
	case r.Extension != nil && (r.Extension.By.N == 0 || len(r.Extension.Grounds) == 0):
		return errors.New("an extension needs a time and its grounds")
	case r.Extension != nil && len(r.Extension.Spanish) > 0 && len(r.Extension.Spanish) != len(r.Extension.Grounds):
		return errors.New("an extension has as many grounds in Spanish as in English")
	}
	for _, k := range r.Kinds {
		if !slices.Contains(Kinds, k) {
			return fmt.Errorf("there is no kind %q", k)
		}
	}
	return nil
}

// holds reports whether p holds for what is received on a day.
func (p *Pack) holds(day civil.Date) bool {
	return !day.Before(p.From) && (p.To.IsZero() || !day.After(p.To))
}

// Current is the version of a pack that holds on a day, nil if none does. Of two
// that begin on one day the installation's own counts.
func Current(all []*Pack, id string, day civil.Date) *Pack {
	var best *Pack
	for _, p := range all {
		if p.ID == id && !p.back && p.holds(day) && (best == nil || p.From.After(best.From) || p.From == best.From && (p.own || !best.own)) {
			best = p
		}
	}
	return best
}

// usual are the packs of a type of plan that names none.
var usual = map[string]string{
	"medicare_advantage": "medicare-advantage",
	"medicaid":           "medicaid-managed-care",
	"chip":               "chip-managed-care",
	"marketplace":        "marketplace",
	"commercial":         "erisa",
}

// Used are the ids of the packs that a line of business goes by: those it names
// or those usual for it.
func Used(l plan.Line) []string {
	return slices.DeleteFunc(strings.Split(cmp.Or(l.RulePacks, usual[l.Code]), ","), func(id string) bool { return id == "" })
}

// chosen are the packs that hold for a line of business on a day: those it
// names or those usual for it, and what the plan agreed to.
func chosen(all []*Pack, l plan.Line, day civil.Date) []*Pack {
	var hold []*Pack
	for _, id := range Used(l) {
		if p := Current(all, id, day); p != nil {
			hold = append(hold, p)
		}
	}
	return append(hold, agreement(l.DecisionDays, l.UrgentHours, hold))
}

// agreement is the time that a plan gives itself. What asking for information
// does to it is what the law that holds beside it says.
func agreement(days, hours int, beside []*Pack) *Pack {
	p := &Pack{ID: agreed, Version: fmt.Sprintf("%dd%dh", days, hours), Name: "This plan's own time", Basis: "contract", Source: "The plan's agreement",
		Rules: []Rule{
			{ID: "urgent", Kinds: []Kind{Urgent}, Within: Amount{hours, Hours}},
			{ID: "standard", Kinds: []Kind{Standard, Concurrent, Retrospective, Stabilized}, Within: Amount{days, CalendarDays}},
		}}
	for i := range p.Rules {
		r := &p.Rules[i]
		r.Sentence, r.Citation = words.Say("The plan decides within %s.", r.Within.Text()), "The plan's agreement"
		for _, b := range beside {
			if same := (Facts{}).rule(b, r.Kinds[0]); same != nil {
				r.Missing, r.Extension = same.Missing, same.Extension
				if r.Missing.Effect == Restarts && r.Missing.Then.N == 0 {
					r.Missing.Then = r.Within
				}
				break
			}
		}
	}
	return p
}

// agreed is the id of the pack that is a plan's own time.
const agreed = "agreement"
