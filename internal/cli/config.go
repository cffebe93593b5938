package cli

import (
	"context"
	"fmt"
	"os"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

type configCmd struct {
	Export configExportCmd `cmd:"" help:"Write what is set as the file that import reads. Imported into an empty database, that exports the same."`
	Import configImportCmd `cmd:"" help:"Set plans, programs, delegation, roll-out and reviewers from a file of JSON (docs/operate.md shows one). Importing it again changes only what is different."`
}

type configImportCmd struct {
	storage
	File string `arg:"" help:"The file." type:"existingfile"`
}

// Run applies the file, all of it or none.
func (c *configImportCmd) Run(s *streams) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	setup, err := app.ReadSetup(text)
	if err != nil {
		return err
	}
	a, err := c.open(s)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	if err := a.Configure(s.ctx, setup); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Set %d plans, %d programs, %d delegations, %d roll-outs, %d reviewers and %d organizations.\n",
		len(setup.Plans), len(setup.Programs), len(setup.Delegations), len(setup.Rollouts), len(setup.Reviewers), len(setup.Organizations))
	return nil
}

type configExportCmd struct {
	storage
	File string `arg:"" optional:"" help:"Where to; left out, to standard output." type:"path"`
}

// Run writes the file. It names reviewers, so that only its owner can read it.
func (c *configExportCmd) Run(s *streams) error {
	a, err := c.open(s)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	var text []byte
	if err := a.DB.Update(s.ctx, func(tx *db.Tx) (err error) {
		text, err = app.Export(s.ctx, tx, account.Program())
		return err
	}); err != nil {
		return err
	}
	if c.File == "" {
		_, err = s.out.Write(text)
		return err
	}
	return os.WriteFile(c.File, text, 0o600)
}

type userPasswordCmd struct {
	storage
	Email string `arg:"" help:"Their email address."`
}

// Run gives the person a new password, to be handed over.
func (c *userPasswordCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, c.Email)
		if err != nil {
			return err
		}
		password := account.FreshPassword()
		if err := account.SetPassword(ctx, tx, account.Program(), p.ID, password); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s can sign in with the password  %s\nAll their sessions ended. They should change it at once.\n", p.Email, password)
		return nil
	})
}
