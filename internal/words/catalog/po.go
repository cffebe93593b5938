package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/leonelquinteros/gotext"
)

const header = `# What Parley says to offices, in Spanish.
# To be reviewed by a qualified translator before a release.
msgid ""
msgstr ""
"Project-Id-Version: Parley\n"
"Language: es\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
`

// split stands between a context and a key.
const split = "\x04"

// translations are those of a file, by context and key.
func translations(po []byte) map[string]string {
	p := gotext.NewPo()
	p.Parse(po)
	all := map[string]string{}
	take := func(context string, some map[string]*gotext.Translation) {
		for key, t := range some {
			all[context+split+key] = t.Trs[0]
		}
	}
	take("", p.GetDomain().GetTranslations())
	for context, some := range p.GetDomain().GetCtxTranslations() {
		take(context, some)
	}
	return all
}

// write is the file for what is said, with the translations that are known.
func write(said []found, known map[string]string) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	for _, f := range said {
		fmt.Fprintf(&b, "\n#: %s\n", strings.Join(f.refs, " "))
		if f.context != "" {
			fmt.Fprintf(&b, "msgctxt %s\n", quoted(f.context))
		}
		fmt.Fprintf(&b, "msgid %s\nmsgstr %s\n", quoted(f.key), quoted(known[f.context+split+f.key]))
	}
	return b.Bytes()
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`)

func quoted(s string) string { return `"` + escapes.Replace(s) + `"` }
