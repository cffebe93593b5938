package guideline

import (
	"slices"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// A Carried says what became of answers when the questions changed under
// them: another version, or another guideline because the procedure changed.
// Its lists are link ids in the order of the questionnaire.
type Carried struct {
	Kept    []string // still asked in the same words, and still an answer
	Again   []string // need a new answer: asked differently now, or new and required
	Dropped []string // no longer asked
}

// Carry takes answers over from one version to another. An answer is kept
// where the question is the same: its words, type, unit, and the options that
// were chosen.
func Carry(from, to *Version, f Facts, a Answers) (Answers, Carried) {
	var c Carried
	kept := Answers{}
	before := from.state(f, a)
	for _, old := range flatten(from.Questionnaire.Items) {
		answer, answered := before.answers[old.LinkID]
		if !answered || old.calculated != nil {
			continue
		}
		now := to.index.items[old.LinkID]
		switch {
		case now == nil || !now.Type.asks():
			c.Dropped = append(c.Dropped, old.LinkID)
		case old.same(now, answer):
			kept[old.LinkID] = answer
			c.Kept = append(c.Kept, old.LinkID)
		}
	}
	after := to.state(f, kept)
	for _, i := range flatten(to.Questionnaire.Items) {
		_, answered := after.answers[i.LinkID]
		_, before := before.answers[i.LinkID]
		if i.Type.asks() && after.enabled[i] && !answered && i.calculated == nil && (i.Required || before) {
			c.Again = append(c.Again, i.LinkID)
		}
	}
	return kept, c
}

// same reports whether an answer to i is one to now, meaning the same.
func (i *Item) same(now *Item, a Answer) bool {
	if i.Text != now.Text || i.Type != now.Type || i.Repeats != now.Repeats || a.NotDocumented && !now.NotDocumented || now.acceptsMany(a.Values) != "" {
		return false
	}
	if len(i.Units) > 0 && i.Units[0].Code != now.Units[0].Code {
		return false
	}
	return !slices.ContainsFunc(a.Values, func(v Value) bool {
		old, _ := i.option(v.Text)
		new, _ := now.option(v.Text)
		return i.Type.chooses() && !v.Open && old.Display != new.Display
	})
}

// Changed tells who comes back to a draft what happened to it: "The questions
// changed on Nov 18, 2026. We kept 7 answers; 2 need a new answer."
func (c Carried) Changed(on civil.Date) words.Text {
	changed := words.Say("The questions changed on %s.", civil.DateRange(on, on))
	kept := words.Text("We kept 1 answer")
	if n := len(c.Kept); n != 1 {
		kept = words.Say("We kept %s answers", itoa(n))
	}
	switch len(c.Again) {
	case 0:
		return words.Say("%s %s.", changed, kept)
	case 1:
		return words.Say("%s %s; 1 needs a new answer.", changed, kept)
	}
	return words.Say("%s %s; %s need a new answer.", changed, kept, itoa(len(c.Again)))
}

// Restart tells who is about to change the procedure what it would do:
// "Changing the procedure restarts 6 of 9 clinical questions. 3 answers still
// apply and will be kept."
func (c Carried) Restart(answered int) words.Text {
	if len(c.Kept) == answered {
		return "Changing the procedure keeps all your answers."
	}
	text := words.Say("Changing the procedure restarts %s of %s clinical questions.", itoa(answered-len(c.Kept)), itoa(answered))
	if answered == 1 {
		text = "Changing the procedure restarts 1 of 1 clinical question."
	}
	switch len(c.Kept) {
	case 0:
		return text
	case 1:
		return words.Say("%s 1 answer still applies and will be kept.", text)
	}
	return words.Say("%s %s answers still apply and will be kept.", text, itoa(len(c.Kept)))
}
