package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/domain/guideline"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

type guidelineCmd struct {
	Test    guidelineTestCmd    `cmd:"" help:"Run the cases that guidelines carry, and look for questions and criteria that nothing can reach. docs/guidelines.md describes the file."`
	Import  guidelineImportCmd  `cmd:"" help:"Publish guidelines. Each must pass its own tests; what is published never changes, so a new text needs a new version."`
	Example guidelineExampleCmd `cmd:"" help:"Print a guideline that comes with Parley, to start from; without a name, list them."`
}

type guidelineTestCmd struct {
	Files []string `arg:"" help:"The guidelines." name:"file" type:"existingfile"`
}

// Run tests every file, also after one that failed.
func (c *guidelineTestCmd) Run(s *streams) error {
	passed, failed := 0, 0
	for _, path := range c.Files {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		report := testGuideline(text)
		for _, m := range report.Failed {
			fmt.Fprintf(s.out, "%s: %s\n", filepath.Base(path), m)
		}
		passed += report.Passed
		failed += len(report.Failed)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed\n", passed, failed)
	switch {
	case failed == 1:
		return errors.New("1 thing in the guidelines is not as it should be")
	case failed > 0:
		return fmt.Errorf("%d things in the guidelines are not as they should be", failed)
	}
	return nil
}

// testGuideline tests one file; of one that can't be read, what is wrong with
// it is what failed.
func testGuideline(text []byte) guideline.Report {
	v, err := guideline.Read(text)
	var wrong guideline.Mistakes
	if errors.As(err, &wrong) {
		return guideline.Report{Failed: wrong}
	}
	return v.Test()
}

type guidelineImportCmd struct {
	storage
	Files []string `arg:"" help:"The guidelines." name:"file" type:"existingfile"`
}

// Run publishes all of them or none.
func (c *guidelineImportCmd) Run(s *streams) error {
	var said []string
	err := c.with(s, func(ctx context.Context, tx *db.Tx) error {
		said = nil
		for _, path := range c.Files {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			p, fresh, err := config.PublishGuideline(ctx, tx, account.Program(), text)
			if f := fault.Of(err); err != nil && f.Kind != fault.Internal {
				return fmt.Errorf("%s: %s", filepath.Base(path), f.Text)
			} else if err != nil {
				return err
			}
			what := "is published already"
			if fresh {
				what = "is published, in effect from " + p.From.String()
			}
			said = append(said, p.Name()+" "+what+".")
		}
		return nil
	})
	for _, line := range said {
		if err == nil {
			fmt.Fprintln(s.out, line)
		}
	}
	return err
}

type guidelineExampleCmd struct {
	Name string `arg:"" optional:"" help:"Its id."`
}

// Run prints the guideline.
func (c *guidelineExampleCmd) Run(s *streams) error {
	all, err := guideline.Library()
	if err != nil {
		return err
	}
	for _, v := range all {
		switch c.Name {
		case "":
			fmt.Fprintf(s.out, "%-24s %s\n", v.ID, v.About)
		case v.ID:
			_, err := s.out.Write(v.Text())
			return err
		}
	}
	if c.Name != "" {
		return fmt.Errorf("no guideline %q comes with Parley; `parley guideline example` lists them", c.Name)
	}
	return nil
}
