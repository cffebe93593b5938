package notify

import (
	"html"
	"strings"

	"parley/internal/words"
)

// composed is a letter as its reader gets it.
type composed struct{ subject, text, html, calendar, method string }

// compose puts a letter into words, as text and again as HTML that any mail
// program shows: paragraphs and one link, no picture, nothing that reports back. by is who signs it.
func (d *Desk) compose(l Letter, by words.Text, in words.Voice) composed {
	var t, h strings.Builder
	paragraph := "<p>"
	if l.Written && in.Language != words.English {
		paragraph = `<p lang="en">`
	}
	for _, line := range l.Lines {
		text := line.By(in)
		t.WriteString(text + "\n\n")
		h.WriteString(paragraph + html.EscapeString(text) + "</p>\n")
	}
	if l.Link != "" {
		url, text := d.URL+l.Link, l.LinkText.By(in)
		t.WriteString(text + ": " + url + "\n\n")
		h.WriteString(`<p><a href="` + html.EscapeString(url) + `">` + html.EscapeString(text) + "</a></p>\n")
	}
	foot := words.Say("%s. This message has no health information; sign in to read more. We never ask for your password by mail.", by).By(in)
	t.WriteString("-- \n" + foot + "\n")
	h.WriteString(`<hr><p style="font-size:smaller">` + html.EscapeString(foot) + "</p>\n")
	c := composed{subject: l.Subject.By(in), text: t.String()}
	c.html = `<!doctype html><html lang="` + string(in.Language) + `"><head><meta charset="utf-8"><title>` + html.EscapeString(c.subject) +
		"</title></head><body style=\"font-family:sans-serif;font-size:16px;line-height:1.5\">\n" + h.String() + "</body></html>\n"
	if l.Calendar != nil {
		c.calendar, c.method = string(l.Calendar.in(in)), string(l.Calendar.Method)
	}
	return c
}
