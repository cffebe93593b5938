package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/infra/db"
	"parley/internal/infra/pdf"
)

type letterCmd struct {
	Templates letterTemplatesCmd `cmd:"" help:"List the templates of letters that come with Parley, or print one."`
	Lint      letterLintCmd      `cmd:"" help:"Say what is wrong with templates: gaps that nothing fills, clauses that are missing, and what a reader would stumble over."`
	Draw      letterDrawCmd      `cmd:"" help:"Draw a template about a made-up case as PDF."`
	Import    letterImportCmd    `cmd:"" help:"Publish templates of your own, as docs/letters.md describes them. What is published never changes, so new words need a new version."`
}

type letterTemplatesCmd struct {
	ID string `arg:"" optional:"" help:"The template to print."`
}

// Run lists templates, or prints the one that is named.
func (c *letterTemplatesCmd) Run(s *streams) error {
	for _, t := range letter.Library() {
		switch {
		case c.ID == t.ID:
			_, err := fmt.Fprint(s.out, t.Text)
			return err
		case c.ID == "":
			fmt.Fprintf(s.out, "%-26s %-8s %-17s %-9s %s\n", t.ID, t.Version, t.Kind, t.Audience, t.Language)
		}
	}
	if c.ID != "" {
		return errUsage{fmt.Errorf("there is no template %q", c.ID)}
	}
	return nil
}

type letterLintCmd struct {
	File []string `arg:"" help:"Templates." type:"existingfile"`
}

// Run says what is wrong with each file, and fails if a letter of one wouldn't
// be let through.
func (c *letterLintCmd) Run(s *streams) error {
	bad := false
	for _, path := range c.File {
		t, err := readTemplate(path)
		if err != nil {
			fmt.Fprintf(s.out, "%s: %v\n", path, err)
			bad = true
			continue
		}
		for _, f := range t.Source().Check() {
			fmt.Fprintf(s.out, "%s: %s: %s\n", path, f.Rule, f.Text)
			bad = bad || f.Blocks
		}
	}
	if bad {
		return errors.New("not all of them can be published")
	}
	return nil
}

func readTemplate(path string) (*letter.Template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return letter.Read(string(text))
}

type letterDrawCmd struct {
	File  string `arg:"" help:"The template." type:"existingfile"`
	Out   string `help:"Where the PDF goes." default:"letter.pdf" type:"path"`
	Large bool   `help:"In large print."`
}

// Run draws the letter and says where it is.
func (c *letterDrawCmd) Run(s *streams) error {
	t, err := readTemplate(c.File)
	if err != nil {
		return err
	}
	l, err := t.Sample()
	if err != nil {
		return err
	}
	drawn, err := l.Draw(pdf.Letterhead{Lines: []string{"Harbor Health Plan"}}, c.Large, time.Unix(0, 0))
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, drawn, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "drew %s\n", c.Out)
	return nil
}

type letterImportCmd struct {
	storage
	File []string `arg:"" help:"Templates." type:"existingfile"`
}

// Run publishes all of the files or none.
func (c *letterImportCmd) Run(s *streams) error {
	n := 0
	err := c.with(s, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		for _, path := range c.File {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fresh, err := config.PublishTemplate(ctx, tx, account.Program(), string(text))
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if fresh {
				n++
			}
		}
		return nil
	})
	if err == nil {
		fmt.Fprintf(s.out, "imported %d\n", n)
	}
	return err
}
