package plan

import (
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// Said is what offices read, in English and in Spanish.
type Said struct{ Text, ES string }

// Words are what is said, in the language of who reads it.
func (s Said) Words() words.Text { return words.Both(s.Text, s.ES) }

// Words are what offices read of a wave on a day: its own notice or one made
// of it. Both are "" where there is nothing to say.
func (r Rollout) Words(health Plan, program Program, line string, today civil.Date) Said {
	switch {
	case r.StoppedAt != nil:
		return r.Instead(health, program, civil.Date{}, "")
	case r.Notice != "" && r.NoticeES != "":
		return Said{r.Notice, r.NoticeES}
	}
	name := program.Name + ", " + health.Name
	if r.Line != "" && line != "" {
		name += " (" + line + ")"
	}
	made := r.made(name, FeatureOf(r.Feature), today)
	if r.Notice != "" { // of before there was Spanish
		made.Text = r.Notice
	}
	return made
}

// made are words made of a wave.
func (r Rollout) made(name string, f Feature, today civil.Date) Said {
	switch {
	case r.Stage == Announced && !r.To.IsZero():
		return Said{"Coming for " + name + ": " + f.Words + ", after " + civil.ShortDate(r.To, today).String() + ".",
			"Próximamente para " + name + ": podrá " + f.ES + " después del " + civil.PlainDate(r.To).In(words.Spanish) + "."}
	case r.Stage == Announced:
		return Said{"Coming for " + name + ": " + f.Words + ".", "Próximamente para " + name + ": podrá " + f.ES + "."}
	case r.Stage == Pilot:
		return Said{"You are among the first for " + name + ": " + f.Words + ".", "Usted está entre los primeros para " + name + ": puede " + f.ES + "."}
	case r.Stage == On:
		return Said{"New for " + name + ": " + f.Words + " since " + civil.ShortDate(r.From, today).String() + ".",
			"Nuevo para " + name + ": puede " + f.ES + " desde el " + civil.PlainDate(r.From).In(words.Spanish) + "."}
	case r.Stage == Ending && !r.To.IsZero():
		return r.ending("Ending for "+name+": you can "+f.Words, "Termina para "+name+": puede "+f.ES, today)
	}
	return Said{}
}

// ending says until when something is there, and that this was put off.
func (r Rollout) ending(en, es string, today civil.Date) Said {
	s := Said{en + " until " + civil.ShortDate(r.To, today).String(), es + " hasta el " + civil.PlainDate(r.To).In(words.Spanish)}
	if !r.WasTo.IsZero() {
		s.Text += ", not only until " + civil.ShortDate(r.WasTo, today).String() + " as we said before"
		s.ES += ", y no solo hasta el " + civil.PlainDate(r.WasTo).In(words.Spanish) + " como habíamos dicho"
	}
	return Said{s.Text + ".", s.ES + "."}
}

// Instead are the words in the place of a feature that r, which holds, keeps
// shut: its own, or some made of it. next is the day it opens, zero if none is
// set; phone is whom to call where r doesn't say.
func (r Rollout) Instead(health Plan, program Program, next civil.Date, phone string) Said {
	if r.Phone != "" {
		phone = r.Phone
	}
	f, name := FeatureOf(r.Feature), program.Name+", "+health.Name
	said := Said{"For " + name + " you can’t " + f.Words + ".", "Para " + name + " no puede " + f.ES + "."}
	if !next.IsZero() {
		said.Text += " You can from " + civil.MediumDate(next).String() + " on."
		said.ES += " Podrá desde el " + civil.PlainDate(next).In(words.Spanish) + "."
	}
	if r.Fallback != "" {
		said.Text = r.Fallback
	}
	if r.FallbackES != "" {
		said.ES = r.FallbackES
	}
	return Said{called(said.Text, " Call ", phone), called(said.ES, " Llame al ", phone)}
}

// called says whom to call behind a sentence that doesn't say so already.
func called(words, call, phone string) string {
	if phone == "" || strings.Contains(words, phone) {
		return words
	}
	return words + call + phone + "."
}
