package help

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"parley/docs"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// A guide is one of the project's own, as it was when the program was built.
type guide struct {
	lang        words.Language
	name, title string // "office", "Guide for office staff"
	lead        string // HTML before the first section
	sections    []section
}

// A section is one task of a guide.
type section struct {
	id, title string
	html      string
	text      string // without marks, for the search
}

var guideNames = []string{"office", "reviewer", "operator"}

// guides are read once: they are part of the program and never change. Those
// of a language besides English lack what isn't translated.
var guides = sync.OnceValues(func() (map[words.Language]map[string]guide, error) {
	all := map[words.Language]map[string]guide{}
	for _, l := range words.Languages {
		all[l] = map[string]guide{}
		for _, name := range guideNames {
			g, err := openGuide(l, name)
			if errors.Is(err, fs.ErrNotExist) && l != words.English {
				continue
			}
			if err != nil {
				return nil, err
			}
			if l != words.English {
				g.answerTo(all[words.English][name])
			}
			all[l][name] = g
		}
	}
	return all, nil
})

func openGuide(l words.Language, name string) (guide, error) {
	file := name
	if l != words.English {
		file += "." + string(l)
	}
	text, err := docs.Files.ReadFile("guide/" + file + ".md")
	if err != nil {
		return guide{}, err
	}
	g, err := readGuide(name, string(text))
	g.lang = l
	return g, err
}

// answerTo gives the sections the addresses that they have in English, in the
// same order: links to them are the same in every language.
func (g *guide) answerTo(english guide) {
	for i := range min(len(g.sections), len(english.sections)) {
		g.sections[i].id = english.sections[i].id
	}
}

func readGuide(name, text string) (guide, error) {
	head, rest, _ := strings.Cut(text, "\n## ")
	title, lead, _ := strings.Cut(head, "\n")
	g := guide{name: name, title: strings.TrimPrefix(title, "# ")}
	var err error
	if g.lead, err = render(lead); err != nil {
		return g, err
	}
	for part := range strings.SplitSeq(rest, "\n## ") {
		title, body, _ := strings.Cut(part, "\n")
		s := section{id: slugOf(title), title: strings.TrimSpace(title), text: withoutMarks(body)}
		if s.html, err = render(body); err != nil {
			return g, err
		}
		g.sections = append(g.sections, s)
	}
	return g, nil
}

var (
	pictureLink = regexp.MustCompile(`\]\(\.\./pictures/([a-z-]+\.png)\)`)
	guideLink   = regexp.MustCompile(`\]\(([a-z]+)\.md\)`)
	manualLink  = regexp.MustCompile(`\[([^\]]*)\]\(\.\./[a-z-]+\.md[^)]*\)`) // the manual is with the program's source, not here
	notWords    = regexp.MustCompile(`[^a-z0-9]+`)
	marks       = strings.NewReplacer("*", "", "`", "", "|", " ", "#", "", "---", "")
	textLink    = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	markdown    = goldmark.New(goldmark.WithExtensions(extension.Table)) // which takes no HTML
)

func render(text string) (string, error) {
	text = pictureLink.ReplaceAllString(text, "](/help/pictures/$1)")
	text = guideLink.ReplaceAllString(text, "](/help/guides/$1)")
	text = manualLink.ReplaceAllString(text, "$1")
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", err
	}
	// A table is wider than a phone: it scrolls by itself, by keyboard too.
	return strings.NewReplacer("<table>", `<div class="guide-table" tabindex="0" role="group" aria-label="Table"><table>`, "</table>", "</table></div>").Replace(b.String()), nil
}

func slugOf(title string) string {
	return strings.Trim(notWords.ReplaceAllString(strings.ToLower(title), "-"), "-")
}

func withoutMarks(text string) string {
	return strings.Join(strings.Fields(marks.Replace(textLink.ReplaceAllString(text, "$1"))), " ")
}

func sectionPath(guide, section string) string { return "/help/guides/" + guide + "/" + section }

// alone is a section under a heading of the first level: its own headings are
// of the second.
func (s section) alone() templ.Component {
	return templ.Raw(strings.NewReplacer("<h3>", "<h2>", "</h3>", "</h2>").Replace(s.html))
}

func (s section) within() templ.Component { return templ.Raw(s.html) }

func noGuide() error {
	return fault.New(fault.NotFound, "We can't find that guide. Help has all of them.")
}

// guideNamed is a guide in the reader's language, in English if it has no other.
func guideNamed(ctx context.Context, name string) (guide, error) {
	all, err := guides()
	if err != nil {
		return guide{}, err
	}
	for _, l := range []words.Language{words.Of(ctx), words.English} {
		if g, known := all[l][name]; known {
			return g, nil
		}
	}
	return guide{}, noGuide()
}

func (g guide) section(id string) (section, bool) {
	for _, s := range g.sections {
		if s.id == id {
			return s, true
		}
	}
	return section{}, false
}

func showGuide(ctx context.Context, r *web.Request) (web.Answer, error) {
	g, err := guideNamed(ctx, r.PathValue("guide"))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Title: words.AsIs(g.title), Body: guidePage(g)}, nil
}

func showSection(ctx context.Context, r *web.Request) (web.Answer, error) {
	g, err := guideNamed(ctx, r.PathValue("guide"))
	if err != nil {
		return web.Answer{}, err
	}
	s, known := g.section(r.PathValue("section"))
	if !known {
		return web.Answer{}, noGuide()
	}
	return web.Answer{Title: words.AsIs(s.title), Body: sectionPage(g, s)}, nil
}

func showPicture(_ context.Context, r *web.Request) (web.Answer, error) {
	name := r.PathValue("picture")
	body, err := fs.ReadFile(docs.Files, path.Join("pictures", path.Base(name)))
	if err != nil || path.Ext(name) != ".png" {
		return web.Answer{}, fault.New(fault.NotFound, "We can't find that picture.")
	}
	return web.Answer{File: &web.File{Name: name, Type: "image/png", Inline: true, Body: body}}, nil
}
