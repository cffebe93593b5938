package words

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/leonelquinteros/gotext"
)

//go:embed es.po
var spanish []byte

// translations, by context and key, are read once, when the first reader wants
// them.
var translations = sync.OnceValue(func() map[string]string {
	po := gotext.NewPo()
	po.Parse(spanish)
	all := map[string]string{}
	take := func(context string, some map[string]*gotext.Translation) {
		for key, t := range some {
			if said := t.Trs[0]; key != "" && said != "" {
				all[context+key] = said
			}
		}
	}
	take("", po.GetDomain().GetTranslations())
	for context, some := range po.GetDomain().GetCtxTranslations() {
		take(context+split, some)
	}
	return all
})

// lookUp is a key in a language, in English where it has no translation; in is
// the language that it is in.
func lookUp(l Language, key string) (said string, in Language) {
	english := key
	if _, plain, ok := strings.Cut(key, split); ok {
		english = plain
	}
	if l == English {
		return english, English
	}
	said, ok := translations()[key]
	switch {
	case !ok:
		return english, English
	case l == Pseudo:
		return asPseudo(english), Pseudo
	}
	return said, l
}

// Translated reports whether a key has its wording in a language.
func Translated(l Language, key string) bool {
	_, ok := translations()[key]
	return ok || l == English
}
