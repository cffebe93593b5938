package words

import (
	"strconv"
	"strings"
	"sync"
)

// scripts is where the scripts stand that speak in the browser.
const scripts = "internal/web/ui/static/"

// scriptKeys are what they say: in es.po each text has its places before it.
var scriptKeys = sync.OnceValue(func() []string {
	var keys []string
	said := false
	for line := range strings.Lines(string(spanish)) {
		if places, ok := strings.CutPrefix(line, "#: "); ok {
			said = strings.Contains(places, scripts)
			continue
		}
		quoted, ok := strings.CutPrefix(line, "msgid ")
		if !ok || !said {
			continue
		}
		if k, err := strconv.Unquote(strings.TrimSpace(quoted)); err == nil {
			keys = append(keys, k)
		}
	}
	return keys
})

// ForScripts is what the browser's scripts look their keys up in on a page in l:
// what has a translation.
func ForScripts(l Language) map[string]string {
	said := map[string]string{}
	for _, k := range scriptKeys() {
		if w, _ := lookUp(l, k); w != k {
			said[k] = w
		}
	}
	return said
}
