package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/tools/go/packages"
)

// read are the packages whose texts offices see. What staff alone see is in
// English.
var read = []string{"parley/internal/web", "parley/internal/web/ui", "parley/internal/web/access", "parley/internal/web/help", "parley/internal/web/portal",
	"parley/internal/domain/...", "parley/internal/infra/...", "parley/internal/fault"}

const wordsPath = "parley/internal/words"

// A found key is a text of the program's, with where it stands.
type found struct {
	context, key string
	refs         []string // "internal/web/portal/home.templ", sorted
}

// gather reads the program and lists what is said, in the order of files.
func gather(root string) ([]found, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
		Dir:  root, Fset: fset,
	}, read...)
	if err != nil {
		return nil, err
	}
	g := &gathering{root: root, fset: fset, keys: map[string]*found{}, seen: map[ast.Expr]bool{}}
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s: %v", p.PkgPath, p.Errors[0])
		}
		for _, f := range p.Syntax {
			g.file(p.TypesInfo, f)
		}
	}
	if err := g.scripts(); err != nil {
		return nil, err
	}
	if err := g.rules(); err != nil {
		return nil, err
	}
	return g.sorted(), nil
}

type gathering struct {
	root string
	fset *token.FileSet
	keys map[string]*found
	seen map[ast.Expr]bool
}

// file takes every constant that becomes a text, and both arguments of As.
func (g *gathering) file(info *types.Info, f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			if called(info, x) == "As" {
				g.add(text(info, x.Args[0]), text(info, x.Args[1]), x)
				g.seen[x.Args[0]], g.seen[x.Args[1]] = true, true
			}
			g.noted(info, x)
		case *ast.FuncDecl:
			if speaks.MatchString(x.Name.Name) {
				g.returned(info, x)
			}
		case *ast.CompositeLit:
			g.fields(info, x)
		}
		if x, ok := n.(ast.Expr); ok {
			if v, ok := info.Types[x]; ok && v.Value != nil && isText(v.Type) && !g.seen[x] {
				g.add("", constant.StringVal(v.Value), x)
				return false
			}
		}
		return true
	})
}

// noted takes what is written into an order's history.
func (g *gathering) noted(info *types.Info, c *ast.CallExpr) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Note" {
		return
	}
	for _, e := range c.Args {
		if t := text(info, e); strings.HasSuffix(t, ".") {
			g.add("", t, e)
		}
	}
}

// fields takes what stands in the fields of records that people read.
func (g *gathering) fields(info *types.Info, list *ast.CompositeLit) {
	t := info.Types[list].Type
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	record, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, el := range list.Elts {
		name := ""
		if kv, is := el.(*ast.KeyValueExpr); is {
			if id, is := kv.Key.(*ast.Ident); is {
				name, el = id.Name, kv.Value
			}
		} else if i < record.NumFields() {
			name = record.Field(i).Name()
		}
		if v := info.Types[el]; readFields[name] && v.Value != nil && v.Value.Kind() == constant.String {
			g.add("", constant.StringVal(v.Value), el)
		}
	}
}

// readFields are fields of the domain's records that hold what people read.
var readFields = map[string]bool{"Words": true, "Meaning": true, "Label": true}

// speaks are functions of the domain whose results are read by people.
var speaks = regexp.MustCompile(`(Words|Meaning|Sentence)$`)

// returned takes the constants that a function returns as strings.
func (g *gathering) returned(info *types.Info, f *ast.FuncDecl) {
	ast.Inspect(f, func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		for _, e := range r.Results {
			if v := info.Types[e]; v.Value != nil && v.Value.Kind() == constant.String {
				g.add("", constant.StringVal(v.Value), e)
			}
			g.listed(info, e)
		}
		return false
	})
}

// listed takes the values of a map that a function looks its answer up in.
func (g *gathering) listed(info *types.Info, e ast.Expr) {
	at, ok := e.(*ast.IndexExpr)
	if !ok {
		return
	}
	list, ok := at.X.(*ast.CompositeLit)
	if name, is := at.X.(*ast.Ident); is && name.Obj != nil {
		if spec, is := name.Obj.Decl.(*ast.ValueSpec); is && len(spec.Values) == 1 {
			list, ok = spec.Values[0].(*ast.CompositeLit)
		}
	}
	if !ok {
		return
	}
	for _, el := range list.Elts {
		if kv, is := el.(*ast.KeyValueExpr); is {
			el = kv.Value
		}
		if v := info.Types[el]; v.Value != nil && v.Value.Kind() == constant.String {
			g.add("", constant.StringVal(v.Value), el)
		}
	}
}

func (g *gathering) add(context, key string, at ast.Node) {
	g.addFrom(strings.Replace(g.fset.Position(at.Pos()).Filename, "_templ.go", ".templ", 1), context, key)
}

func (g *gathering) addFrom(path, context, key string) {
	key = strings.TrimSpace(key)
	if !says(key) {
		return
	}
	path, err := filepath.Rel(g.root, path)
	if err != nil {
		path = ""
	}
	f := g.keys[context+"\x04"+key]
	if f == nil {
		f = &found{context: context, key: key}
		g.keys[context+"\x04"+key] = f
	}
	for _, r := range f.refs {
		if r == path {
			return
		}
	}
	f.refs = append(f.refs, path)
}

// says reports whether there is anything in a key to translate.
func says(key string) bool {
	return strings.IndexFunc(strings.ReplaceAll(key, "%s", ""), unicode.IsLetter) >= 0 || strings.Count(key, "%s") > 1
}

func (g *gathering) sorted() []found {
	all := make([]found, 0, len(g.keys))
	for _, f := range g.keys {
		sort.Strings(f.refs)
		all = append(all, *f)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.refs[0] != b.refs[0] {
			return a.refs[0] < b.refs[0]
		}
		return a.key+a.context < b.key+b.context
	})
	return all
}

func isText(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == "Text" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == wordsPath
}

// called is which function of package words a call calls, "" if none.
func called(info *types.Info, c *ast.CallExpr) string {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	f, ok := info.Uses[s.Sel].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != wordsPath {
		return ""
	}
	return f.Name()
}

func text(info *types.Info, e ast.Expr) string {
	if v := info.Types[e]; v.Value != nil && v.Value.Kind() == constant.String {
		return constant.StringVal(v.Value)
	}
	return ""
}
