package portal

import (
	"strconv"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/request"
	"parley/internal/infra/inspect"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// detail is what stands under a file's name: "1.2 MB, 4 pages, uploaded …".
func (p shelfView) detail(u attachment.Upload) words.Text {
	all := []words.Text{size(u.Size)}
	switch {
	case u.PagesOf > 0:
		all = append(all, words.Say("you’re sharing %s of %s pages", thousands(u.Pages), thousands(u.PagesOf)))
	case u.Pages == 1:
		all = append(all, "1 page")
	case u.Pages > 1:
		all = append(all, words.Say("%s pages", thousands(u.Pages)))
	}
	added := words.Text("uploaded %s by %s")
	if u.Status == attachment.Uploading {
		added = "begun %s by %s"
	}
	return words.Join(append(all, words.Say(added, civil.When(u.AddedAt, p.loc, p.now), u.AddedName)), ", ")
}

// canPick reports whether pages of u can be chosen.
func canPick(u attachment.Upload) bool {
	return u.Status == attachment.Accepted && u.MediaType == inspect.PDF.Media() && u.Pages > 1
}

// canTurn reports whether pages of u can be turned.
func canTurn(u attachment.Upload) bool {
	return u.Status == attachment.Accepted && u.MediaType == inspect.PDF.Media() && u.Pages > 0
}

func (p shelfView) turnChoice(u attachment.Upload) ui.Group {
	return ui.Group{Name: "turn_" + u.ID, Legend: words.Say("Turn %s", u.Name), Error: p.faults["turn_"+u.ID], Small: true, Options: []ui.Option{
		{Value: "right", Label: "To the right"}, {Value: "left", Label: "To the left"}, {Value: "over", Label: "Upside down"},
	}}
}

func fileTag(s attachment.Status) ui.TagKind {
	switch s {
	case attachment.Accepted:
		return ui.TagSuccess
	case attachment.Uploading, attachment.Checking:
		return ui.TagInfo
	case attachment.Protected:
		return ui.TagWarning
	}
	return ui.TagError
}

func kindOptions(chosen string) (all []ui.Option) {
	for _, k := range attachment.Kinds {
		all = append(all, ui.Option{Value: string(k), Label: k, Checked: string(k) == chosen})
	}
	return all
}

// limitsWords is the one sentence about what can be uploaded.
func (p *filesPage) limitsWords() words.Text {
	return words.Say("%s, up to %s MB each, %s files in all, %s pages in a file", words.Text(p.rules.TypeWords()), strconv.Itoa(p.rules.MB), strconv.Itoa(p.rules.Most), thousands(p.rules.Pages))
}

// reason is why there is no file, as it was typed or saved.
func (p *filesPage) reason(w request.Wanted) string {
	if typed, ok := p.typed["without_"+w.ID]; ok {
		return typed
	}
	return w.Without
}

func uploadWords(item string) words.Text {
	if item == "" {
		return "Upload files"
	}
	return "Upload file"
}

// itemWords names what a file is for, to who hears a button and not its place.
func (p *filesPage) itemWords(item string) words.Text {
	for _, w := range p.wanted {
		if w.ID == item {
			return words.Say("for %s", w.Item)
		}
	}
	return "for this request"
}

func earlierWords(p *filesPage, item string) words.Text {
	if item == "" || len(p.wanted) == 0 {
		return "Choose from earlier uploads"
	}
	return words.Say("Choose from earlier uploads %s", p.itemWords(item))
}

func earlierField(item string) string {
	if item == "" {
		return "earlier"
	}
	return "earlier_" + item
}

func (p *filesPage) earlierChoice(item string) ui.Group {
	g := ui.Group{Name: earlierField(item), Legend: "Files you sent before for this patient", Small: true}
	if item != "" {
		g.Legend += words.Say(", %s", p.itemWords(item))
	}
	for _, u := range p.earlier {
		g.Options = append(g.Options, ui.Option{Value: u.ID, Label: words.AsIs(u.Name), Hint: words.Say("%s, %s", words.Text(u.Kind), p.shelf().detail(u))})
	}
	return g
}

// filesChapter are the files among the answers to check, and what is asked for
// and not there.
func (p *sendPage) filesChapter() chapter {
	c := chapter{heading: "Files", id: "files"}
	add := func(key, value words.Text) {
		c.rows = append(c.rows, ui.SummaryRow{Key: key, Value: value})
	}
	for _, w := range p.wanted {
		if len(w.Files) == 0 {
			add(words.AsIs(w.Item), words.AsIs(w.Without))
		}
		for _, u := range w.Files {
			add(words.AsIs(w.Item), words.Say("%s (%s)", u.Name, u.Words()))
		}
	}
	for _, u := range p.files {
		add(words.Text(u.Kind), words.Say("%s (%s)", u.Name, u.Words()))
	}
	if len(c.rows) == 0 {
		add("Files", "None")
	}
	c.rows[0].ChangeHref, c.rows[0].ChangeWhat = p.path("/files"), "files"
	return c
}
