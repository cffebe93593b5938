package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Scripts in the browser mark what they say by a tag, t`Page ${n} of ${all}`,
// whose key is "Page %s of %s" (words.js looks it up there).
var (
	tagged   = regexp.MustCompile("(?:^|[^\\w$.'’])t`")
	template = regexp.MustCompile("^(?:[^`\\\\$]|\\$\\{[^{}`]*\\})*`")
	value    = regexp.MustCompile(`\$\{[^{}]*\}`)
)

// scripts takes what the browser's scripts say.
func (g *gathering) scripts() error {
	paths, err := filepath.Glob(filepath.Join(g.root, "internal/web/ui/static/*.js"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		keys, err := inScript(string(source))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, k := range keys {
			g.addFrom(path, "", k)
		}
	}
	return nil
}

// inScript lists the keys that a script says. It fails on one that it can't
// read: with an escape, with a brace or a template within a value, with %s
// written out, or with spaces around it.
func inScript(source string) ([]string, error) {
	var keys []string
	for _, at := range tagged.FindAllStringIndex(source, -1) {
		rest := source[at[1]:]
		inside, ok := strings.CutSuffix(template.FindString(rest), "`")
		if !ok || inside == "" || strings.Contains(inside, "%s") || strings.TrimSpace(inside) != inside {
			return nil, fmt.Errorf("line %d: can't read t`%.40s", 1+strings.Count(source[:at[1]], "\n"), rest)
		}
		keys = append(keys, value.ReplaceAllLiteralString(inside, "%s"))
	}
	return keys, nil
}
