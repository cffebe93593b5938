package words

import (
	"regexp"
	"strings"
)

// Pseudo is English as no one writes it, long and accented: "[Çööñtïïñüüéé]". On
// a page in it, plain letters stand only in what people typed, and whatever has
// no room for a longer language breaks. A browser that asks for it gets it; no
// one chooses it. CLDR calls the locale en-XA.
const Pseudo Language = "en-XA"

// asPseudo writes a key so, and leaves the places of its values.
func asPseudo(key string) string {
	var b strings.Builder
	b.WriteByte('[')
	for at := 0; at < len(key); {
		if end := verb.FindStringIndex(key[at:]); end != nil && end[0] == 0 {
			b.WriteString(key[at : at+end[1]])
			at += end[1]
			continue
		}
		b.WriteString(accents.Replace(key[at : at+1]))
		at++
	}
	b.WriteByte(']')
	return b.String()
}

var verb = regexp.MustCompile(`%(\[\d\])?[a-z%]`)

// accents doubles vowels: texts grow by a third, as other languages do, and
// still break between words.
var accents = strings.NewReplacer(
	"a", "åå", "e", "éé", "i", "ïï", "o", "öö", "u", "üü", "A", "ÅÅ", "E", "ÉÉ", "I", "ÏÏ", "O", "ÖÖ", "U", "ÜÜ",
	"b", "ƀ", "c", "ç", "d", "ð", "f", "ƒ", "g", "ğ", "h", "ĥ", "j", "ĵ", "k", "ķ", "l", "ļ", "m", "ɱ", "n", "ñ", "p", "þ", "q", "ɋ",
	"r", "ŕ", "s", "š", "t", "ţ", "v", "ṽ", "w", "ŵ", "x", "ẋ", "y", "ÿ", "z", "ž",
	"B", "Ɓ", "C", "Ç", "D", "Ð", "F", "Ƒ", "G", "Ğ", "H", "Ĥ", "J", "Ĵ", "K", "Ķ", "L", "Ļ", "M", "Ṁ", "N", "Ñ", "P", "Þ", "Q", "Ɋ",
	"R", "Ŕ", "S", "Š", "T", "Ţ", "V", "Ṽ", "W", "Ŵ", "X", "Ẋ", "Y", "Ÿ", "Z", "Ž",
)
