package words

import (
	"slices"
	"strings"
)

// Service is what the installation calls itself.
var Service = As("service", "Parley")

// service is its key.
const service = "service" + split + "Parley"

// A Wording is a text as an installation says it, where that isn't as the
// program does.
type Wording struct {
	Key              string // see Entry
	English, Spanish string // "" as the program says it
}

// Own is how an installation speaks: what it calls itself, and the texts that it
// says otherwise than the program. nil says everything as the program does.
// Nobody changes one after it is made, so that all who answer readers share it.
type Own struct {
	english, spanish map[string]string
	scripts          []string // keys among them that scripts say
}

// NewOwn is an installation with a name, "" for the program's own, that says
// some texts otherwise.
func NewOwn(name string, all []Wording) *Own {
	o := &Own{english: map[string]string{}, spanish: map[string]string{}}
	for _, w := range append([]Wording{{service, name, name}}, all...) {
		if w.English != "" {
			o.english[w.Key] = w.English
		}
		if w.Spanish != "" {
			o.spanish[w.Key] = w.Spanish
		}
		if slices.Contains(scriptKeys(), w.Key) {
			o.scripts = append(o.scripts, w.Key)
		}
	}
	return o
}

// In is the installation speaking a language.
func (o *Own) In(l Language) Voice { return Voice{l, o} }

// A Voice is a language as an installation speaks it.
type Voice struct {
	Language
	own *Own
}

// In is the same installation in another language.
func (v Voice) In(l Language) Voice { return Voice{l, v.own} }

// lookUp is a key in a voice, in English where it has no translation; in is the
// language that it is in.
func (v Voice) lookUp(key string) (said string, in Language) {
	said = key
	if at := strings.IndexByte(key, split[0]); at >= 0 {
		said = key[at+1:]
	}
	if v.own != nil {
		if own, ok := v.own.english[key]; ok {
			said = own
		}
	}
	switch v.Language {
	case English:
		return said, English
	case Pseudo:
		if !Translated(Pseudo, key) && key != service {
			return said, English
		}
		return asPseudo(said), Pseudo
	}
	if v.own != nil {
		if own, ok := v.own.spanish[key]; ok {
			return own, v.Language
		}
	}
	if spanish, ok := read().said[key]; ok {
		return spanish, v.Language
	}
	if key == service {
		return said, v.Language
	}
	return said, English
}
