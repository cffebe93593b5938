package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/infra/db"
)

// A SetupTemplate is a template of letters of one's own: the version that holds,
// or one that will. Versions before it stay where they were made.
type SetupTemplate struct {
	ID       string     `json:"id"`
	Version  string     `json:"version"`
	Kind     string     `json:"kind"`
	Audience string     `json:"audience"` // member or provider
	Language string     `json:"language"`
	Plan     string     `json:"plan,omitempty"` // a code
	Line     string     `json:"line,omitempty"`
	State    string     `json:"state,omitempty"` // of the member, two letters
	From     civil.Date `json:"from"`
	Off      bool       `json:"off,omitempty"`
	Text     []string   `json:"text"` // line by line
}

func (x *exporter) addTemplates(ctx context.Context, tx *db.Tx) error {
	all, err := letter.Currents(ctx, tx)
	if err != nil {
		return err
	}
	coming, err := letter.Coming(ctx, tx)
	for _, t := range slices.Concat(all, coming) {
		if !t.Own {
			continue
		}
		s := t.Source()
		x.Templates = append(x.Templates, SetupTemplate{ID: s.ID, Version: t.Version, Kind: string(s.Kind), Audience: string(s.Audience), Language: s.Language, Plan: s.Plan, Line: s.Line, State: s.State,
			From: t.From, Off: s.Off, Text: strings.Split(s.Text, "\n")})
	}
	slices.SortFunc(x.Templates, func(a, b SetupTemplate) int {
		return compare(a.ID, b.ID, a.From.String(), b.From.String(), a.Version, b.Version)
	})
	return err
}

func (c *configurer) setTemplates(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Templates {
		s := letter.Source{ID: in.ID, Case: letter.Case{Kind: letter.Kind(in.Kind), Audience: letter.Audience(in.Audience), Language: in.Language, Plan: in.Plan, Line: in.Line, State: in.State},
			Off: in.Off, Text: letter.Tidy(strings.Join(in.Text, "\n"))}
		if _, known := c.plans[in.Plan]; in.Plan != "" && !known {
			return fmt.Errorf("letter template %s names plan %q, which is unknown", in.ID, in.Plan)
		}
		if err := config.SetTemplate(ctx, tx, c.by, s, in.Version, in.From); err != nil {
			return about("letter template "+in.ID, err)
		}
	}
	return nil
}
