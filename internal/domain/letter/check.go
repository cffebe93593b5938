package letter

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// How long the text of a template can be.
const (
	mostText  = 20000
	mostLines = 500
)

var (
	atLine    = regexp.MustCompile(`^template: [^:]*:(\d+)(?::\d+)?: (?:executing .*? at <.*?>: )?(.*)$`)
	functions = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len"}
)

// Check is what is wrong with s and what its readers would stumble over, in a
// letter about a made-up case. It can be published if nothing of it blocks.
func (s Source) Check() (all []Finding) {
	say := func(rule, text string, args ...any) {
		all = append(all, Finding{true, rule, fmt.Sprintf(text, args...)})
	}
	if !hasLetters(s.Text) {
		say("text", "Enter the text of the letter")
		return all
	}
	if n := len([]rune(s.Text)); n > mostText {
		say("text", "The text has %d characters, and %d are the most", n, mostText)
		return all
	}
	if n := strings.Count(s.Text, "\n") + 1; n > mostLines {
		say("text", "The text has %d lines, and %d are the most", n, mostLines)
		return all
	}
	if clauses[s.Language] == nil || clauses[s.Language].Lookup(s.ID) != nil {
		say("text", "This can't be read as a template")
		return all
	}
	body, err := template.New(s.ID).Parse(s.Text)
	if err != nil {
		say("text", "%s", sentence(err))
		return all
	}
	w := &walk{language: s.Language, root: reflect.TypeFor[Facts]()}
	for _, t := range body.Templates() {
		if t.Name() != s.ID {
			w.say("“%s” can't be written here: clauses are the same in all letters", t.Name())
		}
	}
	w.list(body.Root, w.root)
	for _, text := range w.found {
		say("gap", "%s", text)
	}
	for _, c := range s.missing(body.Root) {
		say("clause", "The clause {{template %q .}} is missing: %s", c, clauseWords[c])
	}
	if len(all) > 0 {
		return all
	}
	t, err := s.Read()
	if err != nil {
		say("text", "%s", sentence(err))
		return all
	}
	l, err := t.Sample()
	if err != nil {
		say("text", "%s", sentence(err))
		return all
	}
	return l.Problems
}

// sentence says what text/template found, without its own words around it.
func sentence(err error) string {
	m := atLine.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error()
	}
	return "Line " + m[1] + ": " + m[2]
}

// missing are the clauses that a letter can't be without and that s doesn't
// have.
func (s Source) missing(root *parse.ListNode) (all []string) {
	has := clausesIn(root)
	for _, c := range required[s.Audience][s.Kind] {
		if !slices.Contains(has, c) {
			all = append(all, c)
		}
	}
	return all
}

func clausesIn(root *parse.ListNode) (all []string) {
	if root == nil {
		return nil
	}
	for _, n := range root.Nodes {
		if c, ok := n.(*parse.TemplateNode); ok {
			all = append(all, c.Name)
		}
	}
	return all
}

// A walk goes through all branches of a template, also those that no made-up
// case takes, and finds gaps that nothing fills.
type walk struct {
	language string
	root     reflect.Type
	ranging  bool // inside of {{range}}: another would multiply the text
	found    []string
}

func (w *walk) say(text string, args ...any) {
	if one := fmt.Sprintf(text, args...); !slices.Contains(w.found, one) {
		w.found = append(w.found, one)
	}
}

// list looks at nodes where "." is of a type; nil is for one that isn't known.
func (w *walk) list(l *parse.ListNode, dot reflect.Type) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			w.pipe(n.Pipe, dot)
		case *parse.IfNode:
			w.pipe(n.Pipe, dot)
			w.list(n.List, dot)
			w.list(n.ElseList, dot)
		case *parse.WithNode:
			w.list(n.List, w.pipe(n.Pipe, dot))
			w.list(n.ElseList, dot)
		case *parse.RangeNode:
			said := len(w.found)
			of := w.pipe(n.Pipe, dot)
			if w.ranging {
				w.say("{{range}} can't stand inside of {{range}}")
			}
			if of != nil && of.Kind() == reflect.Slice {
				of = of.Elem()
			} else if of = nil; len(w.found) == said {
				w.say("%s isn't a list: {{range}} can't go through it", n.Pipe)
			}
			outside := w.ranging
			w.ranging = true
			w.list(n.List, of)
			w.ranging = outside
			w.list(n.ElseList, dot)
		case *parse.TemplateNode:
			w.clause(n, dot)
		}
	}
}

func (w *walk) clause(n *parse.TemplateNode, dot reflect.Type) {
	if !slices.Contains(clauseNames(w.language), n.Name) {
		w.say("There is no clause “%s”", n.Name)
		return
	}
	if n.Pipe == nil || w.pipe(n.Pipe, dot) != w.root {
		w.say("Write {{template %q .}} outside of {{range}} and {{with}}, with the dot", n.Name)
	}
}

// pipe looks at what stands in a gap, and is its type, nil if that isn't known.
func (w *walk) pipe(p *parse.PipeNode, dot reflect.Type) (t reflect.Type) {
	if p == nil {
		return nil
	}
	for _, c := range p.Cmds {
		for _, a := range c.Args {
			t = w.argument(a, dot)
		}
		if len(c.Args) > 1 {
			t = nil
		}
	}
	if len(p.Cmds) > 1 {
		return nil
	}
	return t
}

func (w *walk) argument(n parse.Node, dot reflect.Type) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return w.field(n.String(), dot, n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return w.field(n.String(), w.root, n.Ident[1:])
		}
	case *parse.ChainNode:
		w.argument(n.Node, dot)
	case *parse.PipeNode:
		return w.pipe(n, dot)
	case *parse.IdentifierNode:
		if !slices.Contains(functions, n.Ident) {
			w.say("“%s” isn't available here", n.Ident)
		}
	}
	return nil
}

func (w *walk) field(said string, of reflect.Type, names []string) reflect.Type {
	if of == nil {
		return nil
	}
	if t := fieldOf(of, names); t != nil {
		return t
	}
	if of != w.root && fieldOf(w.root, names) != nil {
		w.say("{{%s}} isn't available here. Inside of {{range}} and {{with}} write {{$%s}}", said, said)
		return nil
	}
	w.say("{{%s}} isn't available here", said)
	return nil
}

// fieldOf is the type of a field of a field, nil if there is none.
func fieldOf(of reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if of.Kind() != reflect.Struct {
			return nil
		}
		f, ok := of.FieldByName(name)
		if !ok {
			return nil
		}
		of = f.Type
	}
	return of
}
