package main

import (
	"go/ast"
	"testing"

	"golang.org/x/tools/go/packages"
)

// A page that shows a text must say in which language: templ takes it for a
// string, and would show its marks.
func TestNoPageShowsATextAsItIsKept(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps, Dir: root}, "./internal/web/...")
	if err != nil {
		t.Fatal(err)
	}
	var shown int
	for _, p := range loaded {
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if s, ok := call.Fun.(*ast.SelectorExpr); !ok || s.Sel.Name != "JoinStringErrs" {
					return true
				}
				shown++
				if of := p.TypesInfo.Types[call.Args[0]].Type; of != nil && of.String() == wordsPath+".Text" {
					t.Errorf("%s: a text is shown that isn't in words", p.Fset.Position(call.Pos()))
				}
				return true
			})
		}
	}
	if shown < 2000 {
		t.Errorf("only %d values on pages were found", shown)
	}
}
