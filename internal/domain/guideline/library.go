package guideline

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed library/*.json
var library embed.FS

// Library are the guidelines that come with the program, by their id: what
// the demo asks, and examples that an operator can import. They are written
// in our own words from the public sources that each names.
func Library() ([]*Version, error) {
	entries, err := library.ReadDir("library")
	if err != nil {
		return nil, err
	}
	var all []*Version
	for _, e := range entries {
		text, err := library.ReadFile("library/" + e.Name())
		if err != nil {
			return nil, err
		}
		v, err := Read(text)
		if err != nil {
			return nil, fmt.Errorf("guideline %s: %w", strings.TrimSuffix(e.Name(), ".json"), err)
		}
		all = append(all, v)
	}
	return all, nil
}
