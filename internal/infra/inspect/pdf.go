package inspect

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const (
	hasScript  = "It holds a script. Print it to PDF, and upload that"
	hasLaunch  = "It starts something when it is opened. Print it to PDF, and upload that"
	hasFile    = "It holds another file. Upload that file by itself, and this one printed to PDF"
	twoKinds   = "It is two kinds of file at once"
	noPassword = "Enter its password or upload a copy without one"
	restricted = "Its author forbids changing its pages. Upload it as it is, or another copy"
)

// afterEnd is how much may stand behind a PDF's last mark: some programs
// leave a line there, and some scanners a signature of their own.
const afterEnd = 1 << 10

// configuration never reads or writes a file of the library's own.
func configuration(cmd model.CommandMode, password string) *model.Configuration {
	model.ConfigPath = "disable"
	c := model.NewDefaultConfiguration()
	c.Cmd, c.UserPW, c.OwnerPW = cmd, password, password
	c.Offline, c.Optimize, c.OptimizeBeforeWriting = true, false, false
	return c
}

// lookAtPDF reads a whole PDF: what can act may be in any of its objects.
func lookAtPDF(file []byte, password string) Report {
	end := bytes.LastIndex(file, []byte("%%EOF"))
	switch {
	case end < 0:
		return damaged(broken)
	case len(bytes.TrimSpace(file[end+5:])) > afterEnd:
		return refused(twoKinds)
	}
	ctx, err := api.ReadAndValidate(bytes.NewReader(file), configuration(model.VALIDATE, password))
	switch {
	case locked(err):
		return Report{Verdict: Protected, Why: noPassword}
	case err != nil || ctx.PageCount == 0:
		return damaged(broken)
	}
	for _, entry := range ctx.Table {
		if entry == nil || entry.Free {
			continue
		}
		if why := acts(entry.Object, 0); why != "" {
			return refused(why)
		}
	}
	return Report{Verdict: Fine, Pages: ctx.PageCount, Text: firstText(ctx)}
}

// locked reports whether a password is what is missing.
func locked(err error) bool {
	return errors.Is(err, pdfcpu.ErrWrongPassword) || errors.Is(err, pdfcpu.ErrOwnerPasswordRequired)
}

const deepest = 50 // objects within objects

// acts says what in an object can do something when the file is opened or
// read (ISO 32000-2, 12.6.4 actions; 7.11.4 embedded files; 12.7.8 XFA).
// References are not followed: what they lead to is in the table too.
func acts(o types.Object, depth int) string {
	if depth > deepest {
		return twoKinds // nothing honest is so deep
	}
	switch o := o.(type) {
	case types.Dict:
		return actsDict(o, depth)
	case types.StreamDict:
		return actsDict(o.Dict, depth)
	case *types.StreamDict:
		return actsDict(o.Dict, depth)
	case types.ObjectStreamDict:
		return actsDict(o.Dict, depth)
	case types.Array:
		for _, one := range o {
			if why := acts(one, depth+1); why != "" {
				return why
			}
		}
	}
	return ""
}

func actsDict(d types.Dict, depth int) string {
	if s := d.NameEntry("S"); s != nil {
		switch *s {
		case "JavaScript", "Rendition":
			return hasScript
		case "Launch", "ImportData", "GoToE", "SubmitForm":
			return hasLaunch
		}
	}
	if t := d.NameEntry("Type"); t != nil && *t == "EmbeddedFile" {
		return hasFile
	}
	if s := d.NameEntry("Subtype"); s != nil && (*s == "RichMedia" || *s == "Screen" || *s == "Movie" || *s == "Sound" || *s == "FileAttachment") {
		return hasFile
	}
	for key, value := range d {
		switch key {
		case "JS", "JavaScript", "XFA":
			return hasScript
		case "EmbeddedFiles", "EF":
			return hasFile
		}
		if why := acts(value, depth+1); why != "" {
			return why
		}
	}
	return ""
}

// openPDF makes a copy that needs no password.
func openPDF(file []byte, password string) (Report, []byte) {
	var made bytes.Buffer
	err := api.Decrypt(bytes.NewReader(file), &made, configuration(model.DECRYPT, password))
	switch {
	case locked(err):
		return Report{Verdict: Protected, Why: noPassword}, nil
	case err != nil:
		return damaged(broken), nil
	}
	return lookAtPDF(made.Bytes(), ""), made.Bytes()
}

// selectPages makes a copy with these pages alone, in their order.
func selectPages(file []byte, pages []int) (Report, []byte) {
	return remade(len(pages), func(made io.Writer) error {
		return api.Trim(bytes.NewReader(file), made, texts(pages), configuration(model.TRIM, ""))
	})
}

// turnPages makes a copy in which these pages are turned to the right by so
// many degrees, on top of how they are turned already.
func turnPages(file []byte, pages []int, degrees int) (Report, []byte) {
	if degrees != 90 && degrees != 180 && degrees != 270 {
		return damaged(broken), nil
	}
	whole, err := api.PageCount(bytes.NewReader(file), configuration(model.VALIDATE, ""))
	if err != nil {
		return damaged(broken), nil
	}
	return remade(whole, func(made io.Writer) error {
		return api.Rotate(bytes.NewReader(file), made, degrees, texts(pages), configuration(model.ROTATE, ""))
	})
}

// remade is a copy that must have so many pages.
func remade(pages int, write func(io.Writer) error) (Report, []byte) {
	var made bytes.Buffer
	err := write(&made)
	switch {
	case errors.Is(err, pdfcpu.ErrPermissionDenied) || locked(err):
		return refused(restricted), nil
	case err != nil:
		return damaged(broken), nil
	}
	report := lookAtPDF(made.Bytes(), "")
	if report.Verdict == Fine && report.Pages != pages {
		return damaged(broken), nil
	}
	return report, made.Bytes()
}

func texts(pages []int) (all []string) {
	for _, n := range pages {
		all = append(all, strconv.Itoa(n))
	}
	return all
}

// What is read of a file's text: enough for a heading with a name.
const (
	textPages = 3
	textBytes = 64 << 10
)

// firstText is what the first pages say, a form feed between them, as far as
// their letters can be told without their fonts.
func firstText(ctx *model.Context) string {
	var all []string
	for n := 1; n <= min(ctx.PageCount, textPages); n++ {
		r, err := pdfcpu.ExtractPageContent(ctx, n)
		if err != nil {
			all = append(all, "")
			continue
		}
		content, err := io.ReadAll(io.LimitReader(r, 4<<20))
		if err != nil {
			content = nil
		}
		all = append(all, shown(content))
	}
	text := strings.Join(all, "\f")
	return strings.ToValidUTF8(text[:min(len(text), textBytes)], "")
}

// shown is the text that a page's content shows (ISO 32000-2, 9.4.3): the
// strings of Tj, TJ and the two quotes, with a line end where the position
// moves.
func shown(content []byte) string {
	var b strings.Builder
	for i := 0; i < len(content); {
		switch c := content[i]; {
		case c == '(':
			text, next := literal(content, i+1)
			b.WriteString(text)
			i = next
		case c == 'T' && i+1 < len(content) && strings.IndexByte("dDm*", content[i+1]) >= 0 && b.Len() > 0:
			b.WriteByte('\n')
			i += 2
		case c == '%':
			for i < len(content) && content[i] != '\n' && content[i] != '\r' {
				i++
			}
		default:
			i++
		}
	}
	return b.String()
}

// literal reads a string up to the parenthesis that closes it (7.3.4.2), as
// Latin letters.
func literal(content []byte, i int) (text string, next int) {
	var b strings.Builder
	for depth := 1; i < len(content); i++ {
		switch c := content[i]; c {
		case '\\':
			i++
			if i < len(content) {
				i = escaped(&b, content, i)
			}
			continue
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return b.String(), i + 1
			}
		}
		if content[i] >= ' ' {
			b.WriteRune(rune(content[i]))
		}
	}
	return b.String(), i
}

// escaped writes what stands behind a backslash, and returns where its last
// byte is.
func escaped(b *strings.Builder, content []byte, i int) int {
	if c := content[i]; c < '0' || c > '7' {
		switch c {
		case 'n', 'r', 't':
			b.WriteByte(' ')
		case '(', ')', '\\':
			b.WriteByte(c)
		}
		return i
	}
	n, end := 0, i
	for end < len(content) && end < i+3 && content[end] >= '0' && content[end] <= '7' {
		n = n*8 + int(content[end]-'0')
		end++
	}
	if n >= ' ' && n < 256 {
		b.WriteRune(rune(n))
	}
	return end - 1
}
