package portal

import (
	"strconv"
	"strings"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/request"
	"parley/internal/infra/inspect"
	"parley/internal/web/ui"
)

// detail is what stands under a file's name: "1.2 MB, 4 pages, uploaded …".
func (p shelfView) detail(u attachment.Upload) string {
	all := []string{size(u.Size)}
	switch {
	case u.PagesOf > 0:
		all = append(all, "you’re sharing "+thousands(u.Pages)+" of "+thousands(u.PagesOf)+" pages")
	case u.Pages == 1:
		all = append(all, "1 page")
	case u.Pages > 1:
		all = append(all, thousands(u.Pages)+" pages")
	}
	verb := "uploaded "
	if u.Status == attachment.Uploading {
		verb = "begun "
	}
	return strings.Join(append(all, verb+civil.When(u.AddedAt, p.loc, p.now)+" by "+u.AddedName), ", ")
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
	return ui.Group{Name: "turn_" + u.ID, Legend: "Turn " + u.Name, Error: p.faults["turn_"+u.ID], Small: true, Options: []ui.Option{
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
		all = append(all, ui.Option{Value: k, Label: k, Checked: k == chosen})
	}
	return all
}

// limitsWords is the one sentence about what can be uploaded.
func (p *filesPage) limitsWords() string {
	return p.rules.TypeWords() + ", up to " + strconv.Itoa(p.rules.MB) + " MB each, " + strconv.Itoa(p.rules.Most) + " files in all, " + thousands(p.rules.Pages) + " pages in a file"
}

// reason is why there is no file, as it was typed or saved.
func (p *filesPage) reason(w request.Wanted) string {
	if typed, ok := p.typed["without_"+w.ID]; ok {
		return typed
	}
	return w.Without
}

func uploadWords(item string) string {
	if item == "" {
		return "Upload files"
	}
	return "Upload file"
}

// itemWords names what a file is for, to who hears a button and not its place.
func (p *filesPage) itemWords(item string) string {
	for _, w := range p.wanted {
		if w.ID == item {
			return "for " + w.Item
		}
	}
	return "for this request"
}

func earlierWords(p *filesPage, item string) string {
	if item == "" || len(p.wanted) == 0 {
		return "Choose from earlier uploads"
	}
	return "Choose from earlier uploads " + p.itemWords(item)
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
		g.Legend += ", " + p.itemWords(item)
	}
	for _, u := range p.earlier {
		g.Options = append(g.Options, ui.Option{Value: u.ID, Label: u.Name, Hint: u.Kind + ", " + p.shelf().detail(u)})
	}
	return g
}

// filesChapter are the files among the answers to check, and what is asked for
// and not there.
func (p *sendPage) filesChapter() chapter {
	c := chapter{heading: "Files", id: "files"}
	add := func(key, value string) { c.rows = append(c.rows, ui.SummaryRow{Key: key, Value: value}) }
	for _, w := range p.wanted {
		if len(w.Files) == 0 {
			add(w.Item, w.Without)
		}
		for _, u := range w.Files {
			add(w.Item, u.Name+" ("+u.Words()+")")
		}
	}
	for _, u := range p.files {
		add(u.Kind, u.Name+" ("+u.Words()+")")
	}
	if len(c.rows) == 0 {
		add("Files", "None")
	}
	c.rows[0].ChangeHref, c.rows[0].ChangeWhat = p.path("/files"), "files"
	return c
}
