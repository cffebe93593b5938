package guideline

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"parley/internal/domain/civil"
)

// Language is what a questionnaire names the language of its expressions.
// They know the answers by the link ids of their questions, the facts by
// their names, and nothing else: no clock, no data, no functions but those
// below.
const Language = "text/expr"

// Limits of one expression. There are no ranges, no loops in loops and no
// list of more than mostValues, so that its time is bounded by its size.
const (
	mostText   = 2000  // bytes
	mostNodes  = 200   // of its tree
	mostMemory = 20000 // values made on the way
	mostValues = 100   // in one list
)

// A Truth is what is known of a statement (Kleene's three values).
type Truth string

// Truths. NotShown is without evidence either way, and not a lesser NotMet.
const (
	Met      Truth = "met"
	NotMet   Truth = "not met"
	NotShown Truth = "not shown"
)

func truthOf(b bool) Truth {
	if b {
		return Met
	}
	return NotMet
}

func (t Truth) not() Truth {
	switch t {
	case Met:
		return NotMet
	case NotMet:
		return Met
	}
	return NotShown
}

// An expression is one that was parsed, type-checked and compiled. Its and,
// or and not are Kleene's: "a or b" is met as soon as a is, whether or not b
// is known. An atom, what stands between them, is not shown if anything it
// names is not known.
type expression struct {
	text string
	root *logic
	uses []string // names, sorted
}

// logic is an operator, an atom with its program, or "answered(name)".
type logic struct {
	op      string // "and", "or", "not", "atom", "answered"
	of      []*logic
	node    ast.Node // as written; what runs is the program
	program *vm.Program
	uses    []string
}

// A scope is what expressions of a questionnaire may name: each name with a
// value of its type, and for choices the codes there are.
type scope struct {
	samples map[string]any
	options map[string][]string
}

// functions are what expressions may call, beside all, any, none, one, count,
// len, abs, min, max, round, floor, ceil, int, float, lower and trim.
var functions = []expr.Option{
	span("days", func(from, to civil.Date) int { return from.DaysUntil(to) }),
	span("weeks", func(from, to civil.Date) int { return from.DaysUntil(to) / 7 }),
	span("months", monthsBetween),
	span("years", func(from, to civil.Date) int { return monthsBetween(from, to) / 12 }),
	expr.Function("answered", func(...any) (any, error) { return nil, errors.New("answered was not taken apart") }, new(func(any) bool)),
}

var builtins = []string{"all", "any", "none", "one", "count", "len", "abs", "min", "max", "round", "floor", "ceil", "int", "float", "lower", "trim"}

// span is a function of the days from one date to another.
func span(name string, f func(from, to civil.Date) int) expr.Option {
	return expr.Function(name, func(p ...any) (any, error) {
		from, to := p[0].(time.Time), p[1].(time.Time)
		return f(civil.DateIn(from, time.UTC), civil.DateIn(to, time.UTC)), nil
	}, new(func(time.Time, time.Time) int))
}

// monthsBetween counts whole months; it is negative if to is earlier.
func monthsBetween(from, to civil.Date) int {
	if to.Before(from) {
		return -monthsBetween(to, from)
	}
	n := (to.Year-from.Year)*12 + int(to.Month) - int(from.Month)
	if from.AddMonths(n).After(to) {
		n--
	}
	return n
}

func options(samples map[string]any) []expr.Option {
	all := []expr.Option{expr.Env(samples), expr.MaxNodes(mostNodes), expr.DisableAllBuiltins()}
	for _, name := range builtins {
		all = append(all, expr.EnableBuiltin(name))
	}
	return append(all, functions...)
}

// condition compiles an expression that is true or false.
func (s scope) condition(text string) (*expression, error) {
	node, err := s.parse(text)
	if err != nil {
		return nil, err
	}
	e := &expression{text: text}
	if e.root, err = s.split(node); err != nil {
		return nil, err
	}
	e.uses = e.root.names()
	return e, nil
}

// value compiles an expression whose value is of a sample's type.
func (s scope) value(text string, sample any) (*expression, error) {
	node, err := s.parse(text)
	if err != nil {
		return nil, err
	}
	atom, err := s.atom(node, sample)
	if err != nil {
		return nil, err
	}
	return &expression{text: text, root: atom, uses: atom.uses}, nil
}

func (s scope) parse(text string) (ast.Node, error) {
	if len(text) > mostText {
		return nil, fmt.Errorf("is longer than %d characters", mostText)
	}
	c := conf.CreateNew()
	c.MaxNodes = mostNodes
	tree, err := parser.ParseWithConfig(text, c)
	if err != nil {
		return nil, err
	}
	w := &warden{scope: s}
	w.visit(tree.Node, 0)
	return tree.Node, w.err
}

// split takes the and, or and not at the top of an expression apart.
func (s scope) split(n ast.Node) (*logic, error) {
	switch n := n.(type) {
	case *ast.BinaryNode:
		if op := map[string]string{"and": "and", "&&": "and", "or": "or", "||": "or"}[n.Operator]; op != "" {
			return s.joined(op, n.Left, n.Right)
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return s.joined("not", n.Node)
		}
	case *ast.CallNode:
		if name, ok := answeredOf(n); ok {
			if _, known := s.samples[name]; !known {
				return nil, fmt.Errorf("knows no %s", name)
			}
			return &logic{op: "answered", uses: []string{name}}, nil
		}
	}
	return s.atom(n, true)
}

func (s scope) joined(op string, parts ...ast.Node) (*logic, error) {
	l := &logic{op: op}
	for _, p := range parts {
		one, err := s.split(p)
		if err != nil {
			return nil, err
		}
		l.of = append(l.of, one)
	}
	return l, nil
}

func answeredOf(n *ast.CallNode) (string, bool) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "answered" || len(n.Arguments) != 1 {
		return "", false
	}
	name, ok := n.Arguments[0].(*ast.IdentifierNode)
	if !ok {
		return "", false
	}
	return name.Value, true
}

// atom compiles what has no and, or or not at its top.
func (s scope) atom(n ast.Node, sample any) (*logic, error) {
	w := &namer{names: map[string]bool{}}
	ast.Walk(&n, w)
	if w.answered {
		return nil, errors.New("answered(…) stands on its own, joined to the rest by and, or and not")
	}
	kind := expr.AsKind(reflect.TypeOf(sample).Kind())
	program, err := expr.Compile(n.String(), append(options(s.samples), kind)...)
	if err != nil {
		return nil, err
	}
	if got := program.Node().Type(); reflect.TypeOf(sample).Kind() == reflect.Struct && got != reflect.TypeOf(sample) {
		return nil, fmt.Errorf("gives %v and must give a date", got)
	}
	return &logic{op: "atom", node: n, program: program, uses: slices.Sorted(maps.Keys(w.names))}, nil
}

// A namer collects which names a part of an expression uses.
type namer struct {
	names    map[string]bool
	answered bool
}

// Visit implements ast.Visitor.
func (w *namer) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		w.answered = w.answered || id.Value == "answered"
		if !slices.Contains([]string{"days", "weeks", "months", "years"}, id.Value) {
			w.names[id.Value] = true
		}
	}
}

// names are those of all atoms below, sorted.
func (l *logic) names() []string {
	all := slices.Clone(l.uses)
	for _, one := range l.of {
		all = append(all, one.names()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// holds says what is known of a condition, given what is known. An atom that
// fails, such as a division by zero, shows nothing.
func (e *expression) holds(env map[string]any) Truth { return e.root.holds(env) }

func (l *logic) holds(env map[string]any) Truth {
	switch l.op {
	case "and":
		return all(l.of, func(o *logic) Truth { return o.holds(env) })
	case "or":
		return some(l.of, func(o *logic) Truth { return o.holds(env) })
	case "not":
		return l.of[0].holds(env).not()
	case "answered":
		_, known := env[l.uses[0]]
		return truthOf(known)
	}
	v, ok := l.run(env)
	if b, isBool := v.(bool); ok && isBool {
		return truthOf(b)
	}
	return NotShown
}

// result is the value of an expression, false if it isn't known.
func (e *expression) result(env map[string]any) (any, bool) { return e.root.run(env) }

func (l *logic) run(env map[string]any) (any, bool) {
	for _, name := range l.uses {
		if _, known := env[name]; !known {
			return nil, false
		}
	}
	machine := vm.VM{MemoryBudget: mostMemory}
	v, err := machine.Run(l.program, env)
	return v, err == nil
}

// all is Kleene's and of many: not met if one is not met, met if all are.
func all[T any](parts []T, holds func(T) Truth) Truth {
	result := Met
	for _, p := range parts {
		switch holds(p) {
		case NotMet:
			return NotMet
		case NotShown:
			result = NotShown
		}
	}
	return result
}

// some is Kleene's or of many.
func some[T any](parts []T, holds func(T) Truth) Truth {
	return all(parts, func(p T) Truth { return holds(p).not() }).not()
}

// monotone reports whether learning more can't turn what is met into not met.
// What asks whether something was answered can, and so can what looks at a
// list that may grow, unless it only asks whether something is in it.
func (l *logic) monotone(lists map[string]bool, negated bool) bool {
	switch l.op {
	case "and", "or":
		return !slices.ContainsFunc(l.of, func(o *logic) bool { return !o.monotone(lists, negated) })
	case "not":
		return l.of[0].monotone(lists, !negated)
	case "answered":
		return !negated
	}
	if !slices.ContainsFunc(l.uses, func(n string) bool { return lists[n] }) {
		return true
	}
	return !negated && grows(l.node)
}

// grows reports whether a node asks only for something to be in a list.
func grows(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return n.Operator == "in"
	case *ast.BuiltinNode:
		return n.Name == "any"
	}
	return false
}

func itoa(n int) string { return strconv.Itoa(n) }
