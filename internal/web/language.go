package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"

	"parley/internal/domain/account"
	"parley/internal/words"
)

// languages finds the best of those there are for what a browser asks for. The
// first is for who asks for none of them.
var languages = language.NewMatcher([]language.Tag{language.English, language.Spanish})

// speaks is the language of what r is answered with: what the person chose, else
// what was chosen in this browser, else what the browser asks for. Those who
// work for the organization read English, as its letters and criteria are.
func (r *Request) speaks() words.Language {
	if r.inEnglish() {
		return words.English
	}
	if r.By.Language.Known() {
		return r.By.Language
	}
	if chosen := words.Language(r.Brief("language")); chosen.Known() {
		return chosen
	}
	if strings.HasPrefix(r.Header.Get("Accept-Language"), string(words.Pseudo)) {
		return words.Pseudo
	}
	_, at := language.MatchStrings(languages, r.Header.Get("Accept-Language"))
	return words.Languages[at]
}

// Speaks reports whether the reader can choose a language.
func (r *Request) Speaks() bool { return !r.inEnglish() && r.By.Viewed == nil }

func (r *Request) inEnglish() bool {
	return r.By.On(account.Review) || r.By.On(account.Manage) || r.By.IsStaff() && r.By.Viewed == nil
}

// LanguageCookie remembers for a year which language was chosen in a browser.
func (s *Settings) LanguageCookie(l words.Language) *http.Cookie {
	return s.cookie("parley_language", string(l), 365*24*time.Hour)
}

// Speak has whoever asks read in the language they choose from now on, and leads
// them back to where they were.
func Speak(ctx context.Context, r *Request) (Answer, error) {
	l := words.Language(r.Value("language"))
	if !l.Known() {
		l = words.English
	}
	a := Answer{SeeOther: cameFrom(r), Cookies: []*http.Cookie{r.Settings.LanguageCookie(l)}}
	if !r.By.Known() {
		return a, nil
	}
	return a, account.SetLanguage(ctx, r.Tx, r.By, l)
}

// other is the language that a reader can change to.
func other(l words.Language) words.Language {
	if l == words.English {
		return words.Spanish
	}
	return words.English
}

// cameFrom is the page on which a form stands: what the browser says of it. The
// page itself doesn't repeat its address, which may be anything.
func cameFrom(r *Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return ours(from.RequestURI())
}
