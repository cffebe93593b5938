package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// docs/operate.md lists the settings of serve as its help does: both come
// from the tags of the same fields.
func TestSettingsTableIsFresh(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "../cli/serve.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	structs := map[string]*ast.StructType{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.TypeSpec); ok {
			if fields, ok := s.Type.(*ast.StructType); ok {
				structs[s.Name.Name] = fields
			}
		}
		return true
	})
	if structs["serveCmd"] == nil {
		t.Fatalf("internal/cli/serve.go has no serveCmd, only %v", slices.Sorted(maps.Keys(structs)))
	}
	table := "| setting | default | what it is |\n| --- | --- | --- |\n" + settings(structs, "serveCmd")
	checkTable(t, "../../docs/operate.md", "settings", table)
}

// settings are the rows of a struct's fields, those of what it embeds among
// them, in the order in which they stand.
func settings(structs map[string]*ast.StructType, name string) string {
	var rows strings.Builder
	for _, f := range structs[name].Fields.List {
		embedded, isName := f.Type.(*ast.Ident)
		switch {
		case len(f.Names) == 0 && isName && structs[embedded.Name] != nil:
			rows.WriteString(settings(structs, embedded.Name))
		case f.Tag != nil:
			text, _ := strconv.Unquote(f.Tag.Value) // the compiler has read it
			tag := reflect.StructTag(text)
			given := "`" + tag.Get("default") + "`"
			if tag.Get("default") == "" {
				given = ""
			}
			fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", tag.Get("env"), given, strings.ReplaceAll(tag.Get("help"), "|", `\|`))
		}
	}
	return rows.String()
}
