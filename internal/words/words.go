// Package words holds what the program says to offices, and says it in the
// language that a reader chose: English or Spanish.
//
// A Text is a sentence, or a word, that is still in no language. Its key is its
// English wording, as in GNU gettext: code stays readable, and a wording that
// changes is seen to need translating again. A constant becomes a Text by being
// given to what takes one; values are put in by Say. Only a page, a mail or a
// file, which know their reader, turn it into a string.
//
// Translations stand in es.po, the format that translators' tools read. What
// isn't translated shows in English, and the report of package catalog counts it.
//
// An installation can say a text otherwise than the program does (Own). A
// context, and whoever writes a mail, carries the Voice in which it is read: a
// language, and the installation whose it is. Nothing here is common to two
// installations in one process but the catalog.
package words

import (
	"context"
	"fmt"
	"strings"
	"unicode"
)

// A Language is one that readers can choose, as BCP 47 tags it.
type Language string

const (
	English Language = "en"
	Spanish Language = "es"
)

// Languages are those that readers can choose.
var Languages = []Language{English, Spanish}

// Name is what those who speak a language call it.
func (l Language) Name() string {
	if l == Spanish {
		return "Español"
	}
	return "English"
}

// Known reports whether readers can choose l.
func (l Language) Known() bool { return l == English || l == Spanish }

// A Text is what the program says, in no language yet. "" says nothing.
// Converted to a string it may hold marks that nobody should see: use In,
// String or T.
type Text string

// Say is a text with values in it: format is its key, with %s for each value
// (%[2]s where a translation wants another order). A value that is itself a
// Text is translated too; any other stands as it is.
func Say(format Text, values ...any) Text {
	if len(values) == 0 {
		return format
	}
	var b strings.Builder
	b.WriteByte(open)
	b.WriteString(string(format))
	for _, v := range values {
		b.WriteByte(next)
		b.WriteString(string(part(v)))
	}
	b.WriteByte(shut)
	return Text(b.String())
}

// As is Say for a key whose English wording has several translations: context
// says which is meant, to translators alone (msgctxt in es.po).
func As(context string, format Text, values ...any) Text {
	return Say(Text(context+split)+format, values...)
}

// AsIs is a text that is the same in every language: a name, what somebody
// wrote, a number.
func AsIs(s string) Text {
	if s == "" {
		return ""
	}
	return Text(string(rune(mute)) + unmarked.Replace(s) + string(rune(loud)))
}

// Written is AsIs of what somebody wrote in English, such as a question of a
// guideline: see Parts.
func Written(s string) Text {
	if s == "" {
		return ""
	}
	return Text(string(rune(mute))+string(rune(foreign))) + AsIs(s)[1:]
}

// Both is a text that somebody wrote in both languages, so that no translator
// has to; in English alone where there is no Spanish.
func Both(en, es string) Text {
	if es == "" || en == "" {
		return AsIs(en)
	}
	return Text(string(rune(mute)) + unmarked.Replace(en) + split + unmarked.Replace(es) + string(rune(loud)))
}

// Marks that structure a Text. No text that people type holds them.
const (
	mute = 0x02 // what follows is as it is,
	loud = 0x03 // until here
	open = 0x0e // a key with values follows,
	next = 0x1f // each value after one of these,
	shut = 0x0f // until here
	// foreign begins what is in English for a reader of another language, until
	// loud: at once after mute, and in what a reader has put together.
	foreign = 0x1e
)

// split stands between a context and a key, as in the files of gettext itself.
const split = "\x04"

var unmarked = strings.NewReplacer("\x02", "", "\x03", "", "\x0e", "", "\x0f", "", "\x1e", "", "\x1f", "", split, "")

func part(v any) Text {
	switch v := v.(type) {
	case Text:
		return v
	case string:
		return AsIs(v)
	}
	return AsIs(fmt.Sprint(v))
}

// String is the text in English, for logs, programs and pages that have no
// other language.
func (t Text) String() string { return t.In(English) }

// In is the text in a language as the program says it, and in English where
// there is no translation.
func (t Text) In(l Language) string { return t.By(Voice{Language: l}) }

// By is the text as an installation says it to its readers.
func (t Text) By(v Voice) string {
	s := t.marked(v)
	if strings.IndexByte(s, foreign) < 0 {
		return s
	}
	return plain.Replace(s)
}

var plain = strings.NewReplacer("\x1e", "", "\x03", "")

// A Part is a piece of a text as its reader gets it.
type Part struct {
	Said    string
	English bool // though the reader reads another language: a page marks it
}

// Parts are the text in a voice, apart where it is in English: what was written
// in it, and what has no translation.
func (t Text) Parts(v Voice) (all []Part) {
	depth, from, s := 0, 0, t.marked(v)
	take := func(to int, english bool) {
		if said := plain.Replace(s[from:to]); said != "" {
			all = append(all, Part{said, english})
		}
		from = to
	}
	for i := range len(s) {
		switch s[i] {
		case foreign:
			if depth == 0 {
				take(i, false)
			}
			depth++
		case loud:
			if depth--; depth == 0 {
				take(i, true)
			}
		}
	}
	take(len(s), false)
	return all
}

// marked is the text in a voice, with marks around what is in English for a
// reader of another language.
func (t Text) marked(v Voice) string {
	s := string(t)
	if !strings.ContainsAny(s, "\x02\x0e") {
		return v.around(s)
	}
	r := reader{Voice: v, rest: s}
	return r.until()
}

// inEnglish marks what is in English for a reader of l.
func inEnglish(l Language, s string) string {
	if l == English || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return s
	}
	return string(rune(foreign)) + s + string(rune(loud))
}

// A reader puts a text with marks into words.
type reader struct {
	Voice
	rest string
}

// until reads what stands before a mark at the same depth, or all.
func (r *reader) until() string {
	var b strings.Builder
	for r.rest != "" {
		i := strings.IndexAny(r.rest, "\x02\x0e\x0f\x1f")
		if i < 0 {
			i = len(r.rest)
		}
		if i > 0 {
			b.WriteString(r.around(r.rest[:i]))
			r.rest = r.rest[i:]
			continue
		}
		switch r.rest[0] {
		case mute:
			said, rest, _ := strings.Cut(r.rest[1:], "\x03")
			if written, ok := strings.CutPrefix(said, "\x1e"); ok {
				said = inEnglish(r.Language, written)
			} else if en, es, both := strings.Cut(said, split); both {
				if said = en; r.Language == Spanish {
					said = es
				}
			}
			b.WriteString(said)
			r.rest = rest
		case open:
			r.rest = r.rest[1:]
			b.WriteString(r.message())
		default:
			return b.String()
		}
	}
	return b.String()
}

// message reads a key and its values.
func (r *reader) message() string {
	i := strings.IndexAny(r.rest, "\x0f\x1f")
	if i < 0 {
		i = len(r.rest)
	}
	key := r.rest[:i]
	r.rest = r.rest[i:]
	var values []any
	for r.rest != "" && r.rest[0] == next {
		r.rest = r.rest[1:]
		values = append(values, r.until())
	}
	r.rest = strings.TrimPrefix(r.rest, "\x0f")
	format, in := r.lookUp(key)
	said := fmt.Sprintf(format, values...)
	if in != r.Language && strings.IndexFunc(strings.ReplaceAll(format, "%s", ""), unicode.IsLetter) >= 0 {
		return inEnglish(r.Language, said)
	}
	return said
}

// around looks a piece of a text up by itself, without the spaces around it.
func (v Voice) around(s string) string {
	key := strings.TrimSpace(s)
	if key == "" {
		return s
	}
	i := strings.Index(s, key)
	said, in := v.lookUp(key)
	if in != v.Language {
		said = inEnglish(v.Language, said)
	}
	return s[:i] + said + s[i+len(key):]
}

// Join puts texts together with others between them, without those that say
// nothing.
func Join(texts []Text, between Text) Text {
	const apart = "\x02\x03" // so that texts without values stay keys of their own
	var all Text
	for _, t := range texts {
		if all != "" && t != "" {
			all += apart + between + apart
		}
		all += t
	}
	return all
}

type key struct{}

// With has what is done with the context speak a language, in the voice of the
// same installation.
func With(ctx context.Context, l Language) context.Context {
	return Speaking(ctx, VoiceOf(ctx).In(l))
}

// Speaking has what is done with the context speak in a voice.
func Speaking(ctx context.Context, v Voice) context.Context {
	return context.WithValue(ctx, key{}, v)
}

// VoiceOf is the voice of a context: English as the program speaks it unless
// With or Speaking said otherwise.
func VoiceOf(ctx context.Context) Voice {
	if v, ok := ctx.Value(key{}).(Voice); ok {
		return v
	}
	return Voice{Language: English}
}

// Of is the language of a context.
func Of(ctx context.Context) Language { return VoiceOf(ctx).Language }

// T is a text in the context's voice, with values as Say puts them in.
func T(ctx context.Context, text Text, values ...any) string {
	if len(values) == 0 {
		return text.By(VoiceOf(ctx))
	}
	return Say(text, values...).By(VoiceOf(ctx))
}
