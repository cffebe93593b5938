package notify

import (
	"html"
	"strings"
)

// compose writes a letter as text and again as HTML that any mail program
// shows: paragraphs and one link, no picture, nothing that reports back.
func (d *Desk) compose(l Letter) (text, page string) {
	var t, h strings.Builder
	for _, line := range l.Lines {
		t.WriteString(line + "\n\n")
		h.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
	}
	if l.Link != "" {
		url := d.URL + l.Link
		t.WriteString(l.LinkText + ": " + url + "\n\n")
		h.WriteString(`<p><a href="` + html.EscapeString(url) + `">` + html.EscapeString(l.LinkText) + "</a></p>\n")
	}
	foot := d.Name + ". This message has no health information; sign in to read more. We never ask for your password by mail."
	t.WriteString("-- \n" + foot + "\n")
	h.WriteString(`<hr><p style="font-size:smaller">` + html.EscapeString(foot) + "</p>\n")
	return t.String(), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>` + html.EscapeString(l.Subject) +
		"</title></head><body style=\"font-family:sans-serif;font-size:16px;line-height:1.5\">\n" + h.String() + "</body></html>\n"
}
