package words

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed es.po
var spanish string

// An Entry is a text of the program's, as the catalog has it.
type Entry struct {
	ID      string // short, the same for as long as the English wording is
	Key     string // by which it is looked up: its English wording, after a context if it has one
	Context string // says to translators which is meant, where one English wording has several meanings
	English string
	Spanish string   // "" where it isn't translated
	Places  []string // files of the program that say it
}

// Part is the part of the program that says it first.
func (e Entry) Part() string { return path.Dir(e.Places[0]) }

// IDOf is the ID of the entry with a key.
func IDOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:6])
}

// A catalog is the entries, and where each stands among them.
type catalog struct {
	all         []Entry
	byID, byKey map[string]int
	said        map[string]string // Spanish by key
}

// read reads the catalog once, when the first reader wants it. It is as the
// command that writes it leaves it: each text on one line.
var read = sync.OnceValue(func() catalog {
	c := catalog{byID: map[string]int{}, byKey: map[string]int{}, said: map[string]string{}}
	for block := range strings.SplitSeq(spanish, "\n\n") {
		var e Entry
		for line := range strings.Lines(block) {
			what, said, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			text, _ := strconv.Unquote(said)
			switch what {
			case "#:":
				e.Places = strings.Fields(said)
			case "msgctxt":
				e.Context = text
			case "msgid":
				e.English = text
			case "msgstr":
				e.Spanish = text
			}
		}
		if e.English == "" { // what stands before all texts
			continue
		}
		if e.Key = e.English; e.Context != "" {
			e.Key = e.Context + split + e.English
		}
		e.ID = IDOf(e.Key)
		c.byID[e.ID], c.byKey[e.Key] = len(c.all), len(c.all)
		c.all = append(c.all, e)
		if e.Spanish != "" {
			c.said[e.Key] = e.Spanish
		}
	}
	return c
})

// Entries are all texts of the program's, in the order of the files that say
// them. They are shared: nobody may change them.
func Entries() []Entry { return read().all }

// EntryOf is the text with an ID, and whether there is one.
func EntryOf(id string) (e Entry, known bool) {
	i, known := read().byID[id]
	if known {
		e = read().all[i]
	}
	return e, known
}

// EntryFor is the text with a key, and whether there is one.
func EntryFor(key string) (e Entry, known bool) {
	i, known := read().byKey[key]
	if known {
		e = read().all[i]
	}
	return e, known
}

// A Share is how much of a part of the program is translated.
type Share struct {
	Part       string // a folder of the program
	Texts      int
	Translated int // into Spanish; in English every text is there
}

// Percent is how much of the part is translated, rounded down.
func (s Share) Percent() int {
	if s.Texts == 0 {
		return 100
	}
	return s.Translated * 100 / s.Texts
}

// Shares says for each part how much of it is translated, and for all together.
func Shares(all []Entry) (parts []Share, together Share) {
	together.Part = "together"
	for _, e := range all {
		i := slices.IndexFunc(parts, func(s Share) bool { return s.Part == e.Part() })
		if i < 0 {
			i, parts = len(parts), append(parts, Share{Part: e.Part()})
		}
		for _, s := range []*Share{&parts[i], &together} {
			s.Texts++
			if e.Spanish != "" {
				s.Translated++
			}
		}
	}
	slices.SortFunc(parts, func(a, b Share) int { return strings.Compare(a.Part, b.Part) })
	return parts, together
}

// Translated reports whether a key has its wording in a language.
func Translated(l Language, key string) bool {
	_, ok := read().said[key]
	return l == English || ok
}
