package notify_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a mail says is a text that has a translation (package catalog finds
// those without): no sentence goes in as it is, or as a value in another.
func TestNoSentenceIsLeftAsItIs(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			s, ok := c.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			values := c.Args
			switch s.Sel.Name {
			case "Say":
				values = c.Args[1:]
			case "As":
				values = c.Args[2:]
			case "AsIs":
			default:
				return true
			}
			for _, v := range values {
				ast.Inspect(v, func(n ast.Node) bool {
					if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && strings.Contains(l.Value, " ") {
						t.Errorf("%s: %s is said in English to everybody: make it a text of its own", fset.Position(l.Pos()), l.Value)
					}
					return true
				})
			}
			return true
		})
	}
}
