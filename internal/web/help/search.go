package help

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/internal/domain/help"
	"parley/internal/web"
	"parley/internal/words"
)

// found is a page that an answer might be on.
type found struct {
	link
	score int
}

const (
	mostFound     = 20
	longestSearch = 200
	searchPurpose = "help search"
)

// sealSearch answers with an address that says nothing of what was typed: it
// could be a patient's name, and an address stays in the browser's history.
func sealSearch(_ context.Context, r *web.Request) (web.Answer, error) {
	typed := []rune(strings.TrimSpace(r.Value("q")))
	if len(typed) == 0 {
		return web.Answer{SeeOther: "/help"}, nil
	}
	sealed, err := web.Seal(r.Settings.Box, searchPurpose, string(typed[:min(len(typed), longestSearch)]))
	return web.Answer{SeeOther: "/help/search?s=" + sealed}, err
}

func showFound(ctx context.Context, r *web.Request) (web.Answer, error) {
	typed := web.Unseal(r.Settings.Box, searchPurpose, r.Query("s"))
	entries, err := help.Shown(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	all, err := search(ctx, typed, entries, r.Formerly())
	return web.Answer{Title: "Search help", Body: foundPage(typed, all)}, err
}

// search finds pages on which all words are, as the reader reads them, the best
// first.
func search(ctx context.Context, typed string, entries []help.Entry, formerly []words.Text) ([]link, error) {
	wanted := strings.Fields(strings.ToLower(typed))
	if len(wanted) == 0 {
		return nil, nil
	}
	var all []found
	look := func(l link, text string) {
		if n := score(wanted, words.T(ctx, l.text), text); n > 0 {
			if l.what == "" {
				l.what = words.AsIs(excerpt(text, wanted))
			}
			all = append(all, found{l, n})
		}
	}
	for _, name := range guideNames {
		g, err := guideNamed(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, s := range g.sections {
			look(link{text: words.AsIs(s.title), href: sectionPath(name, s.id)}, s.text)
		}
	}
	for _, name := range formerly {
		look(link{text: name, href: "/help#formerly", what: "Only the name changed: your account, your orders and the phone numbers are the same."}, "")
	}
	for _, e := range entries {
		look(link{text: words.AsIs(e.Name), href: entryHref(e), what: words.AsIs(e.Text)}, e.Text)
	}
	for _, t := range terms {
		look(link{text: t.Word, href: "/help/glossary#" + t.ID(), what: t.Meaning}, words.T(ctx, t.Meaning))
	}
	for _, l := range slices.Concat(forYourPlan, moreHelp) {
		look(l, words.T(ctx, l.what))
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	var best []link
	for _, f := range all[:min(len(all), mostFound)] {
		best = append(best, f.link)
	}
	return best, nil
}

func entryHref(e help.Entry) string {
	switch e.Kind {
	case help.Contact:
		return "/help/contacts"
	case help.Resource:
		return e.Href
	}
	return "/help/resources#" + e.ID
}

// score counts what is wanted, those in the title for more; 0 if one is nowhere.
func score(wanted []string, title, text string) (n int) {
	title, text = strings.ToLower(title), strings.ToLower(text)
	for _, w := range wanted {
		here := 10*strings.Count(title, w) + min(5, strings.Count(text, w))
		if here == 0 {
			return 0
		}
		n += here
	}
	return n
}

const excerptLength = 160

// excerpt is what stands around the first word that text has.
func excerpt(text string, wanted []string) string {
	runes, low := []rune(text), []rune(strings.ToLower(text))
	at := 0
	if len(low) == len(runes) {
		for _, w := range wanted {
			if i := strings.Index(string(low), w); i >= 0 {
				at = len([]rune(string(low)[:i]))
				break
			}
		}
	}
	from := max(0, at-excerptLength/3)
	to := min(len(runes), from+excerptLength)
	shown := strings.Fields(string(runes[from:to]))
	if from > 0 && len(shown) > 1 {
		shown = append([]string{"…"}, shown[1:]...)
	}
	if to < len(runes) && len(shown) > 1 {
		shown[len(shown)-1] = "…"
	}
	return strings.Join(shown, " ")
}
