package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// rules takes what the rule packs that come with the program say of clocks: a
// page on which an office sees how its date came about quotes them.
func (g *gathering) rules() error {
	paths, err := filepath.Glob(filepath.Join(g.root, "internal/domain/deadline/packs/*.json"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var packs []struct {
			Name  string
			Rules []struct {
				Sentence, Late string
				Missing        struct{ Sentence string }
			}
		}
		if err := json.Unmarshal(text, &packs); err != nil {
			return err
		}
		for _, p := range packs {
			g.addFrom(path, "", p.Name)
			for _, r := range p.Rules {
				g.addFrom(path, "", r.Sentence)
				g.addFrom(path, "", r.Late)
				g.addFrom(path, "", r.Missing.Sentence)
			}
		}
	}
	return nil
}
