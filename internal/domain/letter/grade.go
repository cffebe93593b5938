package letter

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	sentenceEnd = regexp.MustCompile(`[.!?:]+(\s|$)`)
	silentE     = regexp.MustCompile(`[^aeiouy]e$`)
	vowels      = regexp.MustCompile(`[aeiouy]+`)
	vocales     = regexp.MustCompile(`[aeiouáéíóúü]+`)
	word        = regexp.MustCompile(`[\p{L}’']+`)
)

// counted are the words, sentences and syllables of a text.
func counted(s, lang string) (words, sentences, syllables float64) {
	for _, part := range sentenceEnd.Split(s, -1) {
		all := word.FindAllString(part, -1)
		if len(all) == 0 {
			continue
		}
		sentences++
		for _, w := range all {
			words++
			syllables += float64(syllablesOf(strings.ToLower(w), lang))
		}
	}
	return words, sentences, syllables
}

func syllablesOf(w, lang string) int {
	if lang == "es" {
		n := 0
		for _, together := range vocales.FindAllString(w, -1) {
			n += 1 + hiatuses([]rune(together))
		}
		return max(1, n)
	}
	n := len(vowels.FindAllString(w, -1))
	if silentE.MatchString(w) && !strings.HasSuffix(w, "le") {
		n--
	}
	return max(1, n)
}

// hiatuses are how often two vowels that stand together belong to two
// syllables: both are strong, or the weak one has an accent.
func hiatuses(vowels []rune) (n int) {
	for i := range len(vowels) - 1 {
		if !strings.ContainsRune("iuü", vowels[i]) && !strings.ContainsRune("iuü", vowels[i+1]) {
			n++
		}
	}
	return n
}

// Grade is the school grade that a text in English asks of its reader, by
// Flesch and Kincaid (Kincaid and others, 1975): 0.39 of the words in a
// sentence and 11.8 of the syllables in a word, less 15.59. 0 for no words.
func Grade(s string) float64 {
	words, sentences, syllables := counted(s, "en")
	if words == 0 {
		return 0
	}
	return 0.39*words/sentences + 11.8*syllables/words - 15.59
}

// Ease is how easily a text in Spanish is read, from 0 to 100, by the formula
// of Szigriszt Pazos (1993); on the scale INFLESZ (Barrio-Cantalejo and others,
// 2008) a text of 55 or more can be read by most grown-ups. 100 for no words.
func Ease(s string) float64 {
	words, sentences, syllables := counted(s, "es")
	if words == 0 {
		return 100
	}
	return 206.835 - 62.3*syllables/words - words/sentences
}

// hasLetters reports whether s says anything.
func hasLetters(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }
