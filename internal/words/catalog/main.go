// Command catalog keeps the translations of package words in step with the
// program: it adds what is said and not yet in es.po, takes out what nobody says
// any more, and reports how much of each part is translated.
//
//	go run ./internal/words/catalog
package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"sort"
	"text/tabwriter"
)

const file = "internal/words/es.po"

func main() {
	if err := run(".", os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "catalog:", err)
		os.Exit(1)
	}
}

func run(root string, w io.Writer) error {
	said, err := gather(root)
	if err != nil {
		return err
	}
	was, err := os.ReadFile(path.Join(root, file))
	if err != nil {
		return err
	}
	known := translations(was)
	if err := os.WriteFile(path.Join(root, file), write(said, known), 0o644); err != nil {
		return err
	}
	return report(w, said, known)
}

// report prints, for each part of the program, how many texts it says, how many
// of them are translated, and which part of the whole that is.
func report(w io.Writer, said []found, known map[string]string) error {
	type count struct{ all, done int }
	parts := map[string]*count{}
	for _, f := range said {
		for _, part := range []string{path.Dir(f.refs[0]), "together"} {
			if parts[part] == nil {
				parts[part] = &count{}
			}
			parts[part].all++
			if known[f.context+split+f.key] != "" {
				parts[part].done++
			}
		}
	}
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	sort.Strings(names)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "part\ttexts\ttranslated\t%")
	for _, name := range names {
		c := parts[name]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\n", name, c.all, c.done, c.done*100/c.all)
	}
	return t.Flush()
}
