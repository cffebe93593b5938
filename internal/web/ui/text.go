package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"parley/internal/words"
)

// Text is s as a component. What of it is in English on a page in another
// language, such as a question of a guideline, is marked as that, so that it is
// read aloud rightly.
func Text(s words.Text) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range s.Parts(words.VoiceOf(ctx)) {
			said := templ.EscapeString(part.Said)
			if part.English {
				said = `<span lang="en">` + said + `</span>`
			}
			if _, err := io.WriteString(w, said); err != nil {
				return err
			}
		}
		return nil
	})
}

// Written is what somebody wrote in English, as Text.
func Written(s string) templ.Component { return Text(words.Written(s)) }
