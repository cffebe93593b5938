package guideline

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// A warden refuses what would make the time of an expression unbounded or
// reach beyond the answers, and codes that a choice doesn't have.
type warden struct {
	scope
	err  error
	list string // whose values a loop goes through: there are none in loops
}

func (w *warden) refuse(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// visit goes down the tree; loops counts the loops around n.
func (w *warden) visit(n ast.Node, loops int) {
	switch n := n.(type) {
	case *ast.MemberNode, *ast.SliceNode, *ast.MapNode, *ast.ChainNode, *ast.SequenceNode, *ast.VariableDeclaratorNode, *ast.BytesNode:
		w.refuse("%q is not allowed in an expression", n.String())
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			w.refuse("$env is not allowed in an expression")
		}
	case *ast.BinaryNode:
		if n.Operator == ".." || n.Operator == "??" {
			w.refuse("%s is not allowed in an expression", n.Operator)
		}
		w.compare(n)
	case *ast.BuiltinNode: // the library can't disable those with a predicate
		if !slices.Contains(builtins, n.Name) {
			w.refuse("unknown name %s", n.Name)
		}
		if len(n.Arguments) == 2 {
			id, _ := n.Arguments[0].(*ast.IdentifierNode)
			w.list = cmp.Or(id, &ast.IdentifierNode{}).Value
		}
	case *ast.PredicateNode:
		if loops++; loops > 1 {
			w.refuse("a loop in a loop is not allowed in an expression")
		}
	}
	for _, c := range below(n) {
		w.visit(c, loops)
	}
}

// below are the parts that a node has.
func below(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.CallNode:
		return append([]ast.Node{n.Callee}, n.Arguments...)
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		return n.Nodes
	}
	return nil
}

// compare has a code that is compared with a choice be one of its options.
func (w *warden) compare(n *ast.BinaryNode) {
	if !slices.Contains([]string{"==", "!=", "in"}, n.Operator) {
		return
	}
	for _, side := range [][2]ast.Node{{n.Left, n.Right}, {n.Right, n.Left}} {
		name := w.list
		if id, ok := side[0].(*ast.IdentifierNode); ok {
			name = id.Value
		} else if _, ok := side[0].(*ast.PointerNode); !ok {
			continue
		}
		for _, text := range literals(side[1]) {
			if w.options[name] != nil && !slices.Contains(w.options[name], text) {
				w.refuse("%s has no option %q", name, text)
			}
		}
	}
}

// literals are the texts that a node is, or holds as a list.
func literals(n ast.Node) (all []string) {
	switch n := n.(type) {
	case *ast.StringNode:
		return []string{n.Value}
	case *ast.ArrayNode:
		for _, one := range n.Nodes {
			all = append(all, literals(one)...)
		}
	}
	return all
}
