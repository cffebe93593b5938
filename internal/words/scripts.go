package words

import (
	"slices"
	"strings"
	"sync"
)

// scripts is where the scripts stand that speak in the browser.
const scripts = "internal/web/ui/static/"

// scriptKeys are what they say.
var scriptKeys = sync.OnceValue(func() (keys []string) {
	for _, e := range Entries() {
		if slices.ContainsFunc(e.Places, func(place string) bool { return strings.HasPrefix(place, scripts) }) {
			keys = append(keys, e.Key)
		}
	}
	return keys
})

// ForScripts is what the browser's scripts look their keys up in on a page in l:
// what has a translation.
func ForScripts(l Language) map[string]string {
	said := map[string]string{}
	for _, k := range scriptKeys() {
		if w, _ := (Voice{Language: l}).lookUp(k); w != k {
			said[k] = w
		}
	}
	return said
}

// ForScripts is what they look up before that: what the installation says
// otherwise.
func (v Voice) ForScripts() map[string]string {
	said := map[string]string{}
	if v.own == nil {
		return said
	}
	for _, k := range v.own.scripts {
		said[k], _ = v.lookUp(k)
	}
	return said
}
