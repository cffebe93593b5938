package deadline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// A Problem is what keeps a text from being a rule pack, with its line.
type Problem struct {
	Line int
	Near string // what stands there
	Text string
}

// String is a problem as people read it: "Line 12, “…”: …".
func (p Problem) String() string {
	if p.Near == "" {
		return fmt.Sprintf("Line %d: %s", p.Line, p.Text)
	}
	return fmt.Sprintf("Line %d, “%s”: %s", p.Line, p.Near, p.Text)
}

// Text is p as its file has it.
func (p *Pack) Text() (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(p)
	return strings.TrimSpace(b.String()), err
}

// A draft is a pack with its parts unread, so that each says what is wrong with
// itself.
type draft struct {
	Rules  []json.RawMessage `json:"rules"`
	Rights []json.RawMessage `json:"rights"`
}

// ReadOne reads the text of one pack, and says all that keeps it from being one,
// by line. A file of several is refused, one with a single pack in it is read.
func ReadOne(text string) (*Pack, []Problem) {
	s := source(text)
	var all []json.RawMessage
	if err := json.Unmarshal([]byte(text), &all); err == nil {
		if len(all) != 1 {
			return nil, []Problem{{Line: 1, Text: fmt.Sprintf("the file has %d packs. Give one at a time", len(all))}}
		}
		s.begin = strings.Index(text, string(all[0]))
		s.part = string(all[0])
	}
	p := new(Pack)
	var parts draft
	err := json.Unmarshal([]byte(s.part), &parts)
	if err == nil {
		err = strictly(s.part, p)
	}
	if bad := s.parts(parts); len(bad) > 0 {
		return nil, bad
	}
	if err != nil {
		return nil, []Problem{s.problem(err)}
	}
	if err := p.check(); err != nil {
		return nil, []Problem{s.problem(err)}
	}
	return p, nil
}

// parts are what is wrong with rules and rights, each by itself.
func (s sourceText) parts(d draft) (bad []Problem) {
	at := s.begin
	next := func(raw json.RawMessage) sourceText {
		if i := strings.Index(s.whole[at:], string(raw)); i >= 0 {
			at += i
		}
		return sourceText{whole: s.whole, part: string(raw), begin: at}
	}
	ids := map[string]bool{}
	for _, raw := range d.Rules {
		var r Rule
		one := next(raw)
		err := strictly(string(raw), &r)
		if err == nil {
			err = r.check()
		}
		if err == nil && (r.ID == "" || ids[r.ID]) {
			err = errors.New("a rule needs an id of its own")
		}
		ids[r.ID] = true
		if err != nil {
			bad = append(bad, one.problem(err))
		}
	}
	at = s.begin
	for _, raw := range d.Rights {
		var r Right
		one := next(raw)
		err := strictly(string(raw), &r)
		if err == nil {
			err = r.check()
		}
		if err != nil {
			bad = append(bad, one.problem(err))
		}
	}
	return bad
}

func strictly(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// A sourceText is a part of a text, with where it begins.
type sourceText struct {
	whole, part string
	begin       int
}

func source(text string) sourceText { return sourceText{whole: text, part: text} }

var unknownField = regexp.MustCompile(`^json: unknown field ("[^"]*")$`)

// problem is an error of reading the part, at the line that it is about.
func (s sourceText) problem(err error) Problem {
	at, said := s.first(), err.Error()
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	quoted := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).FindString(said)
	switch {
	case errors.As(err, &syntax):
		at, said = int(syntax.Offset)-1, "this can’t be read from here on: "+syntax.Error()
	case errors.As(err, &kind):
		at, said = int(kind.Offset)-1, fmt.Sprintf("“%s” can’t be a %s", kind.Field, kind.Value)
	case unknownField.MatchString(said):
		quoted = unknownField.FindStringSubmatch(said)[1]
		at, said = s.find(quoted), "there is no field “"+strings.Trim(quoted, `"`)+"” here"
	case quoted != "":
		at = s.find(quoted)
	}
	at = min(max(at, 0), len(s.part))
	line := strings.Count(s.whole[:s.begin+at], "\n")
	near := []rune(strings.TrimSpace(strings.Split(s.whole, "\n")[line]))
	if len(near) > mostNear {
		near = append(near[:mostNear], '…')
	}
	return Problem{line + 1, string(near), said}
}

// mostNear is how much of a line is said again, in letters.
const mostNear = 40

// first is where the part's first letters are.
func (s sourceText) first() int { return len(s.part) - len(strings.TrimLeft(s.part, " \n\r\t{")) }

// find is where a text stands in the part, or where the part begins.
func (s sourceText) find(text string) int {
	if i := strings.Index(s.part, text); i >= 0 {
		return i
	}
	return s.first()
}
